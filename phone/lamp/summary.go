package lamp

import (
	"errors"
	"strconv"
	"strings"
)

// SummaryType is the content type of a message summary.
const SummaryType = "application/simple-message-summary"

// Summary is what waits in a mailbox.
type Summary struct {
	Waiting bool
	Account string // URI of the mailbox, to call it; "" when untold
	Voice   Count  // zero when the PBX tells no numbers
}

// Count is how many messages there are of one kind.
type Count struct{ New, Old, UrgentNew, UrgentOld int }

// maxMessages is more than any mailbox holds: beyond it a number is nonsense.
const maxMessages = 99999

// ParseSummary reads a message summary (RFC 3842 §5.2). It asks for the line that says
// whether messages wait, and for nothing else.
func ParseSummary(body []byte) (Summary, error) {
	var s Summary
	known := false
	for line := range strings.Lines(string(body)) {
		line = strings.TrimSpace(line)
		if line == "" && known {
			break // headers of single messages follow
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			continue
		}
		value = strings.TrimSpace(value)
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "messages-waiting":
			switch strings.ToLower(value) {
			case "yes":
				s.Waiting, known = true, true
			case "no":
				s.Waiting, known = false, true
			}
		case "message-account":
			s.Account = printable(value)
		case "voice-message":
			s.Voice = parseCount(value)
		}
	}
	if !known {
		return Summary{}, errors.New("a message summary that doesn't say whether messages wait")
	}
	return s, nil
}

// parseCount reads "new/old (urgent new/urgent old)".
func parseCount(text string) Count {
	var c Count
	all, urgent, _ := strings.Cut(text, "(")
	c.New, c.Old = parsePair(all)
	urgent, _, _ = strings.Cut(urgent, ")")
	c.UrgentNew, c.UrgentOld = parsePair(urgent)
	return c
}

func parsePair(text string) (a, b int) {
	first, second, _ := strings.Cut(text, "/")
	return number(first), number(second)
}

func number(text string) int {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil || n < 0 || n > maxMessages {
		return 0
	}
	return n
}
