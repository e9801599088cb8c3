package secret

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is a password. It formats, logs and marshals to JSON as dots, so that a
// struct that holds one can be printed without harm. The zero Secret is "none".
type Secret string

const redacted = "••••"

// String is dots, or empty when there is no password.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return redacted
}

// Format redacts under every verb. String alone would not do: a wrong one, as in
// %d, makes fmt print the value behind it.
func (s Secret) Format(f fmt.State, verb rune) {
	if verb == 'v' && f.Flag('#') || verb == 'q' {
		fmt.Fprintf(f, "%q", s.String())
		return
	}
	_, _ = io.WriteString(f, s.String())
}

// LogValue is for slog, whose text handler would otherwise take the string kind as it is.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalJSON redacts too: the automation door and crash reports speak JSON.
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + s.String() + `"`), nil }

// Reveal is the password itself, for the place that signs with it.
func (s Secret) Reveal() string { return string(s) }
