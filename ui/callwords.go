package ui

import (
	"strings"
	"time"

	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// stateLook is how a call's state is told: a word, a shape, and a colour for the
// word and the line on top. Never by colour alone (look.md).
type stateLook struct {
	word text.Key
	icon theme.IconName
	line kit.LineState
}

func lookOf(c desk.Call) stateLook {
	switch c.State {
	case desk.Incoming:
		if c.Waiting {
			return stateLook{text.Key("Call waiting"), theme.IconIncoming, kit.LineRinging}
		}
		return stateLook{text.Key("Incoming"), theme.IconIncoming, kit.LineRinging}
	case desk.Dialling:
		return stateLook{text.Key("Dialling"), theme.IconOutgoing, kit.LineRinging}
	case desk.RingingThere:
		return stateLook{text.Key("Ringing there"), theme.IconOutgoing, kit.LineRinging}
	case desk.EarlyMedia:
		return stateLook{text.Key("Not answered yet"), theme.IconOutgoing, kit.LineRinging}
	case desk.Talking:
		if c.Merged != "" {
			return stateLook{text.Key("In a conference"), theme.IconOnCall, kit.LineTalking}
		}
		return stateLook{text.Key("On call"), theme.IconOnCall, kit.LineTalking}
	case desk.HeldHere:
		return stateLook{text.Key("On hold"), theme.IconPause, kit.LineHeld}
	case desk.HeldThere:
		return stateLook{text.Key("Put on hold there"), theme.IconPause, kit.LineHeld}
	}
	l := stateLook{outcomeWord(c.Outcome), theme.IconHangUp, kit.LineEnded}
	if c.Outcome == desk.Missed {
		l.icon = theme.IconMissed
	}
	return l
}

// outcomeWord tells how a call ended (requirements.md C4).
func outcomeWord(o desk.Outcome) text.Key {
	switch o {
	case desk.Missed:
		return text.Key("Missed")
	case desk.AnsweredElsewhere:
		return text.Key("Answered elsewhere")
	case desk.Declined:
		return text.Key("Declined")
	case desk.DeclinedThere:
		return text.Key("Declined there")
	case desk.Busy:
		return text.Key("Busy")
	case desk.NoAnswer:
		return text.Key("No answer")
	case desk.NotFound:
		return text.Key("Number not found")
	case desk.Cancelled:
		return text.Key("Cancelled")
	case desk.Failed:
		return text.Key("Call failed")
	case desk.Interrupted:
		return text.Key("Interrupted")
	}
	return text.Key("Ended")
}

// callerName is the largest line of a window: who it is, as far as anybody knows.
func callerName(c desk.Call) string {
	switch p := c.Party; {
	case c.Card.Name != "":
		return c.Card.Name
	case p.Withheld:
		return text.T("Number withheld")
	case p.Internal && p.Display != "":
		return p.Display
	case p.Number != "":
		return p.Number
	case p.Display != "":
		return p.Display
	}
	return text.T("Unknown")
}

// callerRole is the line below: position and company, else what the numbering plan
// and the PBX tell.
func callerRole(c desk.Call) string {
	if c.Card.Known {
		return joined(", ", c.Card.Position, c.Card.Company)
	}
	if c.Party.Internal {
		return text.T("Colleague")
	}
	return c.Party.Place
}

// callerTail stands behind the number: the place and how the record was found.
func callerTail(c desk.Call) string {
	if c.Card.Known {
		return joined(" · ", c.Party.Place, text.Say(c.Card.MatchedBy))
	}
	display := c.Party.Display
	if display == callerName(c) || display == c.Party.Number {
		display = ""
	}
	return joined(" · ", display, text.Say(c.Card.MatchedBy))
}

// joined joins what is there.
func joined(sep string, parts ...string) string {
	var some []string
	for _, p := range parts {
		if p = strings.TrimSpace(p); p != "" {
			some = append(some, p)
		}
	}
	return strings.Join(some, sep)
}

// kindWord names a kind of record.
func kindWord(k desk.RecordKind) text.Key {
	switch k {
	case desk.Contact:
		return text.Key("Contact")
	case desk.Company:
		return text.Key("Company")
	case desk.Lead:
		return text.Key("Lead")
	case desk.Deal:
		return text.Key("Deal")
	}
	return ""
}

// qualityWord says what the bars show.
func qualityWord(q desk.Quality) text.Key {
	switch {
	case q <= 0:
		return ""
	case q == 1:
		return text.Key("Bad|quality")
	case q == 2:
		return text.Key("Poor|quality")
	case q == 3:
		return text.Key("Fair|quality")
	}
	return text.Key("Good|quality")
}

// secrecyWord says whether others can listen in on the network, where that is asked for.
func secrecyWord(c desk.Call) text.Key {
	switch {
	case c.Encrypted:
		return text.Key("Encrypted")
	case c.Exposed:
		return text.Key("Not encrypted")
	}
	return ""
}

// clockOf is the time a window's clock shows: how long it rings or is being dialled,
// how long they have talked.
func clockOf(c desk.Call, now time.Time) time.Duration {
	from := c.Began
	if !c.Answered.IsZero() {
		from = c.Answered
	}
	if c.State == desk.Ended && !c.Ended.IsZero() {
		now = c.Ended
	}
	if from.IsZero() || now.Before(from) {
		return 0
	}
	return now.Sub(from)
}
