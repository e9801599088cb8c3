package ui

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/kit"
)

func TestTheResultIsChosenByKeyAndByClick_H3(t *testing.T) {
	b := newBench(t)
	c := sample("ended")
	b.show(c)
	w := b.calls.slots[0]
	b.pass(time.Second)
	b.desk.took()
	for i, r := range crm.Results {
		w.win.Canvas().OnTypedRune()(rune('1' + i))
		b.took("result 4 " + r)
	}
	w.win.Canvas().OnTypedRune()('7')
	b.took()
	b.tap(w, "Complaint")
	b.took("result 4 Complaint")
	c.Result = "Quote"
	b.show(c)
	if k := named[*kit.Button](b, w, "Quote"); !k.Enabled() {
		t.Error("the result cannot be taken back")
	}
	w.win.Canvas().Focus(w.view.note.field.Focusable())
	w.win.Canvas().Focused().TypedRune('1')
	b.took()
	if w.view.note.field.Text() != c.Note.Text+"1" && w.view.note.field.Text() != "1"+c.Note.Text {
		t.Errorf("a digit in the note is no result: %q", w.view.note.field.Text())
	}
}

func TestTheEndOfACallLeadsOn(t *testing.T) {
	b := newBench(t)
	var did []string
	b.calls.open = func(r desk.Ref) { did = append(did, "open "+r.ID) }
	b.calls.convert = func(r desk.Ref) { did = append(did, "convert "+r.ID) }
	c := sample("ended")
	c.Card.Known, c.Card.Ref, c.Card.OpenLead = true, desk.Ref{Kind: desk.Lead, ID: "l7"}, true
	talk := c
	talk.State = desk.Talking
	b.show(talk)
	w := b.calls.slots[0]
	if slices.Contains(visibleNames(w), "Open the record") {
		t.Error("it leads on while they talk")
	}
	b.show(c)
	b.tap(w, "Open the record")
	b.tap(w, "Convert…")
	if want := []string{"open l7", "convert l7"}; !slices.Equal(did, want) {
		t.Errorf("it did %q", did)
	}
	c.Card.OpenLead = false
	b.show(c)
	if slices.Contains(visibleNames(w), "Convert…") {
		t.Error("a lead that is closed is offered to be converted")
	}
}

// Look.md: the wrap-up has the recording at its foot.
func TestTheRecordingIsHeardInTheWrapUp_H3(t *testing.T) {
	c := sample("ended")
	b, w := inWindow(t, c)
	if slices.Contains(visibleNames(w), "Recording") {
		t.Error("a call that was not recorded has a recording")
	}
	c.Recordings = []desk.Recorded{{Call: c.ID, Name: "talk.flac"}}
	b.show(c)
	play := named[*kit.Button](b, w, "Recording")
	b.waits("its length", func() bool { return play.Value() == "Recording 1:00" })
	room := w.view.note.root.Size().Height
	play.Tap()
	b.waits("it to play", func() bool { return slices.Contains(visibleNames(w), "Pause") })
	if left := w.view.note.root.Size().Height; left >= room || left < noteLeast {
		t.Errorf("the note has %v of %v", left, room)
	}
	b.pass(time.Minute)
	if !w.busy || w.closing {
		t.Error("the window goes while one listens")
	}
	play.Tap()
	if slices.Contains(visibleNames(w), "Place in the recording") {
		t.Error("it is not put away")
	}
	if did := b.settings.player.took(); !strings.Contains(did, "pause") {
		t.Errorf("it plays on: %s", did)
	}
	b.pass(linger)
	b.took("close 4")

	gone := c
	gone.ID, gone.Recordings = "10", []desk.Recorded{{Call: "10", Name: "gone.flac"}}
	b.show(gone)
	w = b.calls.of("10")
	b.tap(w, "Recording")
	b.waits("why it can't be played", func() bool {
		return slices.Contains(visibleNames(w), "The recording cannot be played: no such file")
	})
}

func TestNoResultIsAskedWhereNobodyTalked_H3(t *testing.T) {
	b := newBench(t)
	for _, name := range []string{"missed", "busy", "talk", "elsewhere"} {
		b.show(sample(name))
		if slices.Contains(visibleNames(b.calls.slots[0]), "Complaint") {
			t.Errorf("%s: a result is asked for", name)
		}
		b.show()
	}
}

func TestAFollowUpIsTypedAndReachedByArrows_H3(t *testing.T) {
	b := newBench(t)
	c := sample("ended")
	b.show(c)
	w := b.calls.slots[0]
	later := w.view.later
	b.desk.took()
	canvas := w.win.Canvas()
	later.day.Type("26.11.2026")
	later.clock.Type("14.30")
	canvas.Focus(later.clock.Focusable())
	canvas.Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	b.took("follow up 4 2026-11-26 14:30")
	c.FollowUp = time.Date(2026, 11, 26, 14, 30, 0, 0, time.UTC)
	b.show(c)
	canvas.Focus(later.day.Focusable())
	canvas.Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyUp})
	b.took("follow up 4 2026-11-27 14:30")
	canvas.Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyPageUp})
	b.took("follow up 4 2026-12-04 14:30")
	canvas.Focus(later.clock.Focusable())
	canvas.Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	b.took("follow up 4 2026-12-04 14:15")
	later.clock.Type("25 Uhr")
	canvas.Unfocus()
	b.took()
	if !slices.Contains(visibleNames(w), "Not a time") {
		t.Error("what is no time is not said")
	}
	later.day.Type("")
	later.clock.Type("")
	later.flush()
	b.took("follow up 4 0001-01-01 00:00")
}

func TestDoneShowsTheCallThatWaits_H3(t *testing.T) {
	b := newBench(t)
	c, other := sample("ended"), sample("known")
	b.show(c)
	w := b.calls.slots[0]
	b.pass(time.Second)
	b.desk.took()
	says := func(want string) {
		t.Helper()
		if got := named[*kit.Button](b, w, "Close").Value(); got != want {
			t.Errorf("it says %q, want %q", got, want)
		}
	}
	says("Done")
	b.show(c, other)
	b.calls.of(other.ID).closed() // out of the way
	b.pass(time.Second)
	b.desk.took()
	says("Done, next call")
	b.tap(w, "Close")
	b.took("close 4")
	if !b.calls.of(other.ID).shown {
		t.Error("the call that waits is not shown")
	}
	b.show(c)
	b.pass(time.Second)
	says("Done")
	b.show()
	b.show(c)
	b.pass(time.Second)
	b.desk.took()
	b.press(b.calls.slots[0], fyne.KeyReturn, fyne.KeyModifierControl)
	b.took("close 4")
}

func TestAStrangerIsLinkedToARecord_C3(t *testing.T) {
	b := newBench(t)
	c := sample("unknown")
	b.show(c)
	w := b.calls.slots[0]
	b.pass(time.Second)
	b.desk.took()
	b.tap(w, "Link to…")
	if slices.Contains(visibleNames(w), "Create lead") {
		t.Error("the form is there beside the search")
	}
	w.view.link.field.Type("groß")
	b.took("find 2 groß")
	c.Linking = desk.Linking{Words: "groß", Searched: true}
	b.show(c)
	if !slices.Contains(visibleNames(w), "Nothing found") {
		t.Error("it does not say that nothing is found")
	}
	c.Linking.Found = []desk.Match{{Ref: desk.Ref{Kind: desk.Contact, ID: "c7"}, Name: "Jörg Groß", Sub: "Groß & Söhne KG"},
		{Ref: desk.Ref{Kind: desk.Lead, ID: "l7"}, Name: "Groß Lüftung"}}
	b.show(c)
	named[*pressFocus](b, w, "Groß Lüftung").Tap()
	b.took("link 2 lead l7")
	w.win.Canvas().Focus(w.view.link.field.Focusable())
	w.win.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	b.took("link 2 contact c7")
	c.Linking.Error = say("Not linked: {why}", "why", "the disk is full")
	b.show(c)
	if !slices.Contains(visibleNames(w), "Not linked: the disk is full") {
		t.Errorf("it does not say why: %q", visibleNames(w))
	}
	w.win.Canvas().Unfocus()
	b.press(w, fyne.KeyEscape, 0)
	if w.view.linkOpen || !slices.Contains(visibleNames(w), "Create lead") {
		t.Error("Esc does not close the search")
	}
	// A lead that the line has made and nobody has named can be somebody who is there, too.
	made := sample("talk")
	made.Card.Name = ""
	b.show(made)
	b.press(b.calls.of(made.ID), fyne.KeyL, fyne.KeyModifierControl)
	if !b.calls.of(made.ID).view.linkOpen {
		t.Error("a lead without a name cannot be linked")
	}
	several := sample("several") // it may be none of them
	b.show(several)
	b.tap(b.calls.of(several.ID), "Someone else…")
	if !b.calls.of(several.ID).view.linkOpen {
		t.Error("who is none of several cannot be linked")
	}
	known := sample("known")
	b.show(known)
	b.press(b.calls.of(known.ID), fyne.KeyL, fyne.KeyModifierControl)
	if b.calls.of(known.ID).view.linkOpen {
		t.Error("who is known can be linked")
	}
}
