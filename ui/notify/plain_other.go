//go:build !linux && !freebsd && !netbsd && !openbsd && !windows

package notify

import (
	"fmt"

	"github.com/gen2brain/beeep"
)

// message is a notification without buttons, all that can be had here. It goes by
// itself after some seconds.
type message struct{ app string }

// Open returns the notifications of this desktop. app is the program's name;
// pressed is never called here.
func Open(app string, _ func(tag, key string)) Desktop { return message{app} }

// Show implements Desktop.
func (m message) Show(n Notification) error {
	beeep.AppName = m.app
	if err := beeep.Notify(plain(n.Title), plain(n.Body), ""); err != nil {
		return fmt.Errorf("show a notification: %w", err)
	}
	return nil
}

// Close implements Desktop.
func (message) Close(string) {}

// Shut implements Desktop.
func (message) Shut() {}
