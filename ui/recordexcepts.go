package ui

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"

	"leadline/ui/desk"
)

// recordExcepts adds what a record is called by to the exceptions (requirements.md E2).
type recordExcepts struct {
	v      *recordView
	asking asker[[]string, desk.Trace]
	trace  *desk.Trace // the open question; nil when none is
	about  []string    // the numbers of the question
}

func newRecordExcepts(v *recordView) recordExcepts {
	return recordExcepts{v: v, asking: asker[[]string, desk.Trace]{do: v.opt.Do, ask: func(ctx context.Context, numbers []string) (desk.Trace, error) {
		return v.opt.Desk.TraceOf(ctx, numbers)
	}}}
}

// stop takes the question back.
func (e *recordExcepts) stop() {
	e.asking.Stop()
	e.trace = nil
}

// numbers are those of the record, or that of a call with a stranger.
func (e *recordExcepts) numbers() (all []string) {
	if e.v.row.Ref == (desk.Ref{}) {
		if e.v.row.Dial != "" {
			all = append(all, e.v.row.Dial)
		}
		return all
	}
	for _, f := range e.v.rec.Facts {
		if f.Dial != "" {
			all = append(all, f.Dial)
		}
	}
	return all
}

// possible says whether there is a number to add, and nothing being asked about that.
func (e *recordExcepts) possible() bool { return e.trace == nil && len(e.numbers()) > 0 }

func (e *recordExcepts) question() fyne.CanvasObject {
	q := newExceptQuestion(func(yes bool) {
		trace := *e.trace
		e.trace = nil
		e.v.draw()
		if yes {
			e.add(trace)
		}
	})
	q.ask(e.trace)
	return q.root
}

// ask adds at once when nothing would be removed.
func (e *recordExcepts) ask() {
	e.about = e.numbers()
	e.asking.Ask(e.about, func(t desk.Trace, err error) {
		switch {
		case err != nil: // the desk tells
		case t.None():
			e.add(t)
		default:
			e.trace = &t
			e.v.draw()
		}
	})
}

// add adds, and leaves the record if it went with it.
func (e *recordExcepts) add(trace desk.Trace) {
	numbers, ref := e.about, e.v.row.Ref
	fileDo(e.v.opt, func(ctx context.Context) error { return e.v.opt.Desk.AddExceptions(ctx, numbers) }, func(err error) {
		if err != nil { // the desk tells
			return
		}
		if e.v.row.Ref == ref {
			if slices.Contains(trace.Leads, ref) {
				e.v.Clear()
			} else {
				e.v.Reload()
			}
		}
		e.v.changed()
	})
}
