package ui

import (
	"time"

	"fyne.io/fyne/v2"

	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// pause is how long the keyboard rests before what was typed is handed to the desk.
const pause = 300 * time.Millisecond

// callNote is the note, saved as it is typed (requirements.md H4).
type callNote struct {
	v     *callView
	root  *fyne.Container
	field *kit.Field
	saved *kit.StateWord
	draft draft[string]
}

func newCallNote(v *callView) *callNote {
	n := &callNote{v: v}
	n.field = kit.NewNoteField("Note", 76, func(s string) {
		n.draft.typed(s, v.w.now())
		v.w.onTyped()
		n.say(v.w.call.Note)
	}).WithPlaceholder("Type here, saved as you type")
	n.saved = kit.NewStateWord("", "", kit.Neutral, kit.Caption)
	head := kit.Sized(0, 31, kit.Pad(5, callMargin, 0, callMargin, kit.Row(8, kit.NewLabel("Note", kit.Section), kit.Spacer(), n.saved)))
	n.root = kit.PadGrow(0, 0, 13, 0, kit.Column(0, head, kit.PadGrow(0, callMargin, 0, callMargin, n.field)))
	return n
}

func (n *callNote) begin() {
	n.draft = draft[string]{}
	n.field.SetText("")
	n.say(desk.Note{})
}

func (n *callNote) fill(note desk.Note) {
	if n.draft.arrived(note.Text) {
		n.field.SetText(note.Text)
	}
	n.say(note)
}

// say tells whether the file has what is typed.
func (n *callNote) say(note desk.Note) {
	switch {
	case note.Failed.Key != "":
		n.saved.Set(text.T("Not saved: {why}", "why", text.Say(note.Failed)), theme.IconWarning, kit.Bad)
	case n.draft.dirty || n.draft.waiting || (note.SavedAt.IsZero() && n.field.Text() != ""):
		n.saved.Set(text.T("Saving…"), "", kit.Neutral)
	case note.SavedAt.IsZero():
		n.saved.Set("", "", kit.Neutral)
	default:
		n.saved.Set(text.T("Saved {time}", "time", text.TimeSeconds(note.SavedAt)), theme.IconCheck, kit.Neutral)
	}
}

func (n *callNote) tick(now time.Time) {
	if n.draft.rested(now) {
		n.flush()
	}
}

// flush hands in what was typed without waiting for the pause.
func (n *callNote) flush() {
	if s, ok := n.draft.send(); ok {
		n.v.w.desk.Note(n.v.w.id, s)
	}
}

// draft is a value that is being typed here and kept by the desk. What is typed is
// never overwritten by an older snapshot that was under way meanwhile.
type draft[T comparable] struct {
	now     T
	dirty   bool // typed and not handed in yet
	waiting bool // handed in and not seen in a snapshot yet
	at      time.Time
}

func (d *draft[T]) typed(v T, at time.Time) { d.now, d.dirty, d.at = v, true, at }

// rested tells whether it is time to hand in.
func (d *draft[T]) rested(now time.Time) bool { return d.dirty && now.Sub(d.at) >= pause }

// rest is how long it takes until it is time, a minute when nothing waits.
func (d *draft[T]) rest(now time.Time) time.Duration {
	if !d.dirty {
		return time.Minute
	}
	return pause - now.Sub(d.at)
}

// send is what has to be handed in now, if anything.
func (d *draft[T]) send() (T, bool) {
	if !d.dirty {
		return d.now, false
	}
	d.dirty, d.waiting = false, true
	return d.now, true
}

// arrived takes what a snapshot has, and tells whether it should be shown.
func (d *draft[T]) arrived(v T) bool {
	if d.waiting && v == d.now {
		d.waiting = false
	}
	if d.dirty || d.waiting {
		return false
	}
	changed := v != d.now
	d.now = v
	return changed
}
