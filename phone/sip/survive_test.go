package sip

import (
	"log/slog"
	"testing"
	"time"
)

// fragile is told of panics; all else makes it panic.
type fragile struct {
	Events
	broke chan any
}

func (f fragile) Broke(v any) { f.broke <- v }

func TestAPanicInADialogIsTold(t *testing.T) {
	s := &Stack{log: slog.New(slog.DiscardHandler), dialogs: map[string]*Dialog{}}
	for name, what := range map[string]func(*Dialog){
		"a goroutine of the dialog": func(*Dialog) { panic("boom") },
		"a listener":                func(d *Dialog) { d.tell(Events.Refresh) },
		"an INVITE that is nil":     (*Dialog).dial,
		"an answer that is nil":     func(d *Dialog) { d.provisional(nil) },
	} {
		d := s.newDialog()
		told := fragile{broke: make(chan any, 8)}
		d.events = told
		close(d.ready)
		d.spawn(func() { what(d) })
		select {
		case v := <-told.broke:
			if v == nil {
				t.Errorf("%s: told nothing", name)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("%s: nobody was told", name)
		}
	}
}
