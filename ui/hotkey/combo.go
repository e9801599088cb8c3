package hotkey

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Action is what a key does.
type Action string

const (
	Answer  Action = "answer"  // the call that rings longest
	Decline Action = "decline" // the same
	HangUp  Action = "hang_up" // the call that one talks in
	Mute    Action = "mute"    // the same: the microphone on or off
	Hold    Action = "hold"    // the same: hold it, or take it back
)

// Actions are all of them, in the order in which they are shown.
var Actions = []Action{Answer, Decline, HangUp, Mute, Hold}

// Combo is a key with what is held beside it. The zero Combo is none.
type Combo struct {
	Ctrl, Alt, Shift, Super bool
	Key                     string // "A".."Z", "0".."9", "F1".."F24", "Pause", "Insert", "Home", "End"
}

var (
	// ErrKey is that there is no such key.
	ErrKey = errors.New("there is no such key")
	// ErrBare is that the key would be taken from whoever types.
	ErrBare = errors.New("a key that types needs Ctrl, Alt or Super")
)

// modifiers by how they are written, in English and German, in small letters.
var modifiers = map[string]func(*Combo){
	"ctrl": func(c *Combo) { c.Ctrl = true }, "strg": func(c *Combo) { c.Ctrl = true },
	"alt":   func(c *Combo) { c.Alt = true },
	"shift": func(c *Combo) { c.Shift = true }, "umschalt": func(c *Combo) { c.Shift = true },
	"super": func(c *Combo) { c.Super = true }, "win": func(c *Combo) { c.Super = true },
}

var named = []string{"Pause", "Insert", "Home", "End"}

// Parse reads "Ctrl+Shift+F9"; "" is the zero Combo. Its errors wrap ErrKey or ErrBare.
func Parse(s string) (c Combo, err error) {
	if strings.TrimSpace(s) == "" {
		return Combo{}, nil
	}
	parts := strings.Split(s, "+")
	for _, p := range parts[:len(parts)-1] {
		set := modifiers[strings.ToLower(strings.TrimSpace(p))]
		if set == nil {
			return Combo{}, fmt.Errorf("%q in %q: %w", p, s, ErrKey)
		}
		set(&c)
	}
	if c.Key = keyNamed(strings.TrimSpace(parts[len(parts)-1])); c.Key == "" {
		return Combo{}, fmt.Errorf("%q: %w", s, ErrKey)
	}
	if !c.Ctrl && !c.Alt && !c.Super && (len(c.Key) == 1 || c.Key == "Insert" || c.Key == "Home" || c.Key == "End") {
		return Combo{}, fmt.Errorf("%q: %w", s, ErrBare)
	}
	return c, nil
}

func keyNamed(s string) string {
	up := strings.ToUpper(s)
	if len(up) == 1 && (up >= "A" && up <= "Z" || up >= "0" && up <= "9") {
		return up
	}
	if n := fKey(up); n > 0 {
		return up
	}
	if i := slices.IndexFunc(named, func(n string) bool { return strings.EqualFold(n, s) }); i >= 0 {
		return named[i]
	}
	return ""
}

// fKey is the number of "F1".."F24", else 0.
func fKey(key string) int {
	if n, err := strconv.Atoi(strings.TrimPrefix(key, "F")); err == nil && n >= 1 && n <= 24 && key == "F"+strconv.Itoa(n) {
		return n
	}
	return 0
}

// String is how it is written in English.
func (c Combo) String() string {
	if c == (Combo{}) {
		return ""
	}
	var parts []string
	for _, m := range []struct {
		on   bool
		name string
	}{{c.Ctrl, "Ctrl"}, {c.Alt, "Alt"}, {c.Shift, "Shift"}, {c.Super, "Super"}} {
		if m.on {
			parts = append(parts, m.name)
		}
	}
	return strings.Join(append(parts, c.Key), "+")
}
