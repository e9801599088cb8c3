package screen

import "time"

// Events is where the screen says that something has happened: not to be had here.
type Events struct{}

// Until is for other systems.
func (e *Events) Until(time.Time) {}

// Wait is for other systems.
func (e *Events) Wait() (came bool) { return true }
