//go:build !linux && !freebsd && !netbsd && !openbsd && !windows

package hotkey

// Possible tells whether this desktop gives keys to programs.
func Possible() bool { return false }

func grab(map[Combo]Action, func(Action)) (map[Combo]bool, func(), error) { return nil, nil, ErrSystem }
