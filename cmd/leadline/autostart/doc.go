// Package autostart has the desktop start a program when its user signs in: by XDG Autostart, by the Run key of
// Windows, or by a launch agent of macOS. It needs no rights beyond the user's own.
package autostart

import "errors"

// Entry is what is started. Name is what the desktop shows, ID the name of the entry: "org.leadline.Leadline".
type Entry struct{ Name, ID string }

// ErrUnknown is that it is not known where the desktop keeps such entries.
var ErrUnknown = errors.New("this desktop's place for what starts with the session is not known")
