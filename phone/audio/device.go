package audio

import (
	"errors"
	"fmt"
	"strings"
)

// Kind tells what a device is for.
type Kind int

const (
	Microphone Kind = iota
	Speaker         // ringers are speakers too
)

func (k Kind) String() string {
	if k == Microphone {
		return "microphone"
	}
	return "speaker"
}

// Device is one entry of the list a person chooses from.
type Device struct {
	ID      string // stable across restarts, as far as the system's sound server can
	Name    string // for people
	Kind    Kind
	Default bool // the system's choice
}

// Null as a choice is silence paced by a clock, for tests and for machines
// without sound.
const Null = "null"

// FilePrefix begins a choice that is a WAV file: a microphone hears the file
// over and over, a speaker is recorded to it. "file:greeting.wav".
const FilePrefix = "file:"

// Choice is what the agent chose, by ID or by name; "" is the system's default.
type Choice struct {
	Microphone, Speaker, Ringer string
}

// Validate checks what can be checked without a sound card: file choices name a
// file. A device that is not there is no error, it may come back.
func (c Choice) Validate() error {
	for _, role := range []struct{ role, device string }{
		{"microphone", c.Microphone}, {"speaker", c.Speaker}, {"ringer", c.Ringer},
	} {
		if file, ok := strings.CutPrefix(role.device, FilePrefix); ok && file == "" {
			return fmt.Errorf("%s %q: %w", role.role, role.device, errNoFile)
		}
	}
	return nil
}

var errNoFile = errors.New(`"file:" must be followed by the name of a WAV file`)

// find picks the device that a choice means: by ID, then by name, then by name
// whatever its case. It reports false when the device is not there now.
func find(devices []Device, kind Kind, choice string) (Device, bool) {
	same := []func(d Device) bool{
		func(d Device) bool { return d.ID == choice },
		func(d Device) bool { return d.Name == choice },
		func(d Device) bool { return strings.EqualFold(d.Name, choice) },
	}
	for _, is := range same {
		for _, d := range devices {
			if d.Kind == kind && is(d) {
				return d, true
			}
		}
	}
	return Device{}, false
}

// defaultOf is the system's default device of a kind, else the first one.
// Monitors (what a speaker plays, offered as a microphone by PulseAudio) are
// never taken unasked: the far end would hear itself.
func defaultOf(devices []Device, kind Kind) (Device, bool) {
	var first *Device
	for i, d := range devices {
		if d.Kind != kind || kind == Microphone && isMonitor(d) {
			continue
		}
		if d.Default {
			return d, true
		}
		if first == nil {
			first = &devices[i]
		}
	}
	if first != nil {
		return *first, true
	}
	return Device{}, false
}

func isMonitor(d Device) bool { return strings.HasSuffix(d.ID, ".monitor") }
