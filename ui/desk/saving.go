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
	writing bool
	version int
}

// writing is one write, with the values it writes: it runs on the writer's goroutine.
type writing func(context.Context) error

// saveText has a changed text written; next makes the write of its present state
// on the desk's goroutine, like saveText itself.
func (d *Desk) saveText(t *savedText, next func() writing) {
	t.version++
	t.savedAt, d.dirty = time.Time{}, true
	if !t.writing {
		d.writeText(t, next)
	}
}

func (d *Desk) writeText(t *savedText, next func() writing) {
	t.writing = true
	version, save := t.version, next()
	d.write(func(ctx context.Context) {
		err := save(ctx)
		d.post(func() {
			d.dirty = true
			if err != nil {
				d.log.Error("save text", "error", err)
				t.failed = because("Not saved: {why}", err)
				time.AfterFunc(retryWrite, func() { d.post(func() { d.writeText(t, next) }) })
				return
			}
			t.failed = Text{}
			if t.version != version {
				d.writeText(t, next)
				return
			}
			t.writing, t.savedAt = false, d.now()
		})
	})
}
