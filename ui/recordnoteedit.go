package ui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// noteEdit is a note in a timeline whose words are being changed, of the record or of a call. What is typed stays a draft until it
// is saved, as a new note's does (requirements.md H4).
type noteEdit struct {
	v     *recordView
	of    desk.Event
	box   *fyne.Container
	field *kit.Field
	save  *kit.Button
	busy  bool
}

const noteTall = 240 // px, for what a few lines do not show

// Drafts of changed words are kept as those of new notes are, by what they are of.
const (
	draftOfNote desk.RecordKind = "note"
	draftOfCall desk.RecordKind = "call"
)

func draftOf(e desk.Event) desk.Ref {
	if e.Kind == desk.EventCall {
		return desk.Ref{Kind: draftOfCall, ID: string(e.Call)}
	}
	return desk.Ref{Kind: draftOfNote, ID: e.Note}
}

func newNoteEdit(v *recordView, e desk.Event) *noteEdit {
	n := &noteEdit{v: v, of: e}
	words := v.opt.drafts.of(draftOf(e))
	if words == "" {
		words = e.Body
	}
	high := float32(noteHigh)
	if len(words) > 200 || strings.Count(words, "\n") > 3 {
		high = noteTall
	}
	n.field = kit.NewNoteField("Changed note", high, n.typed).WithFoot(noteFoot)
	n.field.OnKey(func(e *fyne.KeyEvent) bool {
		if e.Name == fyne.KeyEscape && n.field.Text() == n.of.Body {
			n.end()
			return true
		}
		return false
	})
	n.field.OnShortcut(func(s fyne.Shortcut) bool {
		c, is := s.(*desktop.CustomShortcut)
		if !is || c.Modifier != fyne.KeyModifierShortcutDefault || c.KeyName != fyne.KeyReturn && c.KeyName != fyne.KeyEnter {
			return false
		}
		n.submit()
		return true
	})
	n.save = kit.NewButton("Save", kit.Line, n.submit).Small()
	foot := kit.Sized(0, noteFoot, kit.Pad(0, 4, 4, 2, kit.RowAligned(2, kit.End, kit.Spacer(), kit.NewButton("Cancel", kit.Ghost, n.end).Small(), n.save)))
	n.box = kit.Stack(n.field, kit.Column(0, kit.Spacer(), foot))
	n.field.SetText(words)
	n.look()
	return n
}

func (n *noteEdit) typed(words string) {
	if words == n.of.Body {
		words = ""
	}
	n.v.opt.drafts.set(draftOf(n.of), words)
	n.look()
}

func (n *noteEdit) look() {
	switch {
	case n.busy:
		n.save.SetEnabled(false, text.T("Saving"))
	case strings.TrimSpace(n.field.Text()) == "":
		n.save.SetEnabled(false, text.T("Nothing is written yet"))
	default:
		n.save.SetEnabled(true, "")
	}
}

// submit saves the words; that can be taken back.
func (n *noteEdit) submit() {
	words := strings.TrimSpace(n.field.Text())
	switch {
	case n.busy || words == "":
		return
	case words == n.of.Body:
		n.end()
		return
	}
	n.busy = true
	n.look()
	n.v.rewrite(n.of, words, "Note changed", func(err error) {
		n.busy = false
		n.look()
		if err == nil {
			n.end()
		}
	})
}

// end shows the note again, and forgets what was typed.
func (n *noteEdit) end() {
	n.v.opt.drafts.set(draftOf(n.of), "")
	delete(n.v.edits, draftOf(n.of))
	n.v.redraw()
}

// editing is where the words of an event's note are changed; nil where they are not.
func (v *recordView) editing(e desk.Event) *noteEdit {
	if !e.MayEdit || v.opt.Customers == nil {
		return nil
	}
	key := draftOf(e)
	n := v.edits[key]
	if n == nil && v.opt.drafts.of(key) != "" { // left behind, or from before a start
		n = newNoteEdit(v, e)
		v.edits[key] = n
	}
	return n
}

// changeNote opens the words of an event's note.
func (v *recordView) changeNote(e desk.Event) {
	n := newNoteEdit(v, e)
	v.edits[draftOf(e)] = n
	v.redraw()
	n.field.Focus()
}

// noteMore is the menu of what can be done about an event's note; nil for nothing.
func (v *recordView) noteMore(e desk.Event) fyne.CanvasObject {
	if v.opt.Customers == nil || !e.MayEdit && !e.MayRemove || v.editing(e) != nil {
		return nil
	}
	var items []kit.MenuItem
	if e.MayEdit {
		items = append(items, kit.MenuItem{Key: "Edit", Do: func() { v.changeNote(e) }})
	}
	if e.MayRemove {
		items = append(items, kit.MenuItem{Key: "Delete", Do: func() { v.rewrite(e, "", "Note deleted", func(error) {}) }})
	}
	more := kit.NewIconButton("Change this note", theme.IconMore, kit.Ghost, nil).Small()
	more.OnTap(func() { v.host.over().ShowMenu(more, items...) })
	return more
}

// noteStep is a change of a note's words, and the way back.
type noteStep struct{ do, undo crm.Change }

// rewrite changes the words of an event's note, for none takes it away, and offers to take that back.
func (v *recordView) rewrite(e desk.Event, words string, told text.Key, done func(error)) {
	fileAsk(v.opt, func(ctx context.Context) (step noteStep, err error) {
		if step, err = v.noteStepTo(ctx, e, words); err == nil {
			err = v.opt.Customers.Do(ctx, step.do)
		}
		return step, err
	}, func(step noteStep, err error) {
		done(err)
		if err != nil {
			v.host.warn(text.T("The note was not changed: {why}", "why", companyWhy(err)))
			return
		}
		v.Reload()
		v.host.offer(text.T(told), "Undo", func() {
			fileDo(v.opt, func(ctx context.Context) error { return v.opt.Customers.Do(ctx, step.undo) }, func(err error) {
				if err != nil {
					v.host.warn(companyWhy(err))
				}
				v.Reload()
			})
		})
	})
}

func (v *recordView) noteStepTo(ctx context.Context, e desk.Event, words string) (s noteStep, err error) {
	now := v.opt.Now()
	if e.Kind == desk.EventCall {
		call := crm.ID(e.Call)
		return noteStep{crm.SaveNote{Call: call, Text: words, At: now}, crm.SaveNote{Call: call, Text: e.Body, At: now}}, nil
	}
	was, err := v.opt.Customers.Note(ctx, crm.ID(e.Note))
	is := was
	is.Text, is.Edited = words, now
	return noteStep{crm.SaveRecordNote{Note: is}, crm.SaveRecordNote{Note: was}}, err
}
