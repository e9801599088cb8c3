package desk

import (
	"context"
	"time"
)

// retryWrite is how long a text that could not be saved waits for the next try.
const retryWrite = 2 * time.Second

// savedText is the way of a text to the file: of several changes while one is
// being written only the last is written next (requirements.md H4).
type savedText struct {
	text    string
	savedAt time.Time // when the file last had all of it; zero meanwhile
	failed  Text      // why it isn't there; zero when all is well
	version int       // counts the changes
	given   int       // the version that was given to the writer last
	writing bool      // that has not come back yet, or is tried again
}

// writing is one write, with the values it writes: it runs on the writer's goroutine.
type writing func(context.Context) error

// saveText has a changed text written; next makes the write of its present state
// on the desk's goroutine, like saveText itself.
func (d *Desk) saveText(t *savedText, next func() writing) {
	t.version++
	t.savedAt, d.dirty = time.Time{}, true
	d.unsaved[t] = next
	if !t.writing {
		d.writeText(t, next)
	}
}

func (d *Desk) writeText(t *savedText, next func() writing) {
	t.writing = true
	t.given = t.version
	version, save := t.version, next()
	d.write(func(ctx context.Context) {
		err := save(ctx)
		d.post(func() {
			switch {
			case version != t.given: // a later one is on its way
				return
			case err != nil:
				d.log.Error("save text", "error", err)
				t.failed, d.dirty = because("Not saved: {why}", err), true
				time.AfterFunc(retryWrite, func() { d.post(func() { d.writeText(t, next) }) })
				return
			}
			t.failed, d.dirty = Text{}, true
			if t.version != version {
				d.writeText(t, next)
				return
			}
			t.writing, t.savedAt = false, d.now()
			delete(d.unsaved, t)
		})
	})
}

// writeNow has a text written that waits for an earlier one to be: before what makes the earlier one pointless.
func (d *Desk) writeNow(t *savedText) {
	if next := d.unsaved[t]; next != nil && t.version != t.given {
		d.writeText(t, next)
	}
}

// writeRest has all texts written that wait for earlier ones to be, or for another try, when the desk takes no more wishes.
func (d *Desk) writeRest() {
	for t, next := range d.unsaved {
		if t.version != t.given || t.failed.Key != "" {
			d.writeText(t, next)
		}
	}
}
