package notify

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Notification is one message on the desktop. Title and Body are plain text.
type Notification struct {
	Tag     string // names it: another with the same tag takes its place
	Title   string
	Body    string
	Actions []Action // buttons, where the desktop has them
	Urgent  bool     // stays until it is closed, also over full-screen windows
}

// Action is a button. Key comes back when it is pressed. The key "default" is a
// click on the notification itself.
type Action struct{ Key, Label string }

// Default is the key of a click on the notification itself.
const Default = "default"

// Desktop shows notifications. Its methods may wait for the desktop for some
// seconds: call them from a goroutine of your own, one at a time.
type Desktop interface {
	// Show shows n, or replaces the one with its tag.
	Show(n Notification) error
	// Close takes the notification with that tag away, if it is still there.
	Close(tag string)
	// Shut closes all that is shown and ends the connection to the desktop. It may be called while another
	// method waits, which then waits no longer.
	Shut()
}

// ErrNone says that this desktop has no notifications.
var ErrNone = errors.New("this desktop shows no notifications")

// most is how many characters of a stranger's name reach the desktop.
const most = 200

// plain makes foreign text fit for one line of a notification: control characters
// out (a terminal-based notifier would obey them), not endless, and never an option
// of the command that some fallbacks call with it.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == utf8.RuneError, unicode.IsControl(r):
			return -1
		case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069: // turn the direction of what follows
			return -1
		}
		return r
	}, s)
	if n := 0; len(s) > most {
		for i := range s {
			if n++; n > most {
				s = s[:i] + "…"
				break
			}
		}
	}
	if strings.HasPrefix(s, "-") {
		s = "\u2010" + s[1:]
	}
	return s
}
