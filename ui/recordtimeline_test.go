package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/kit"
)

// topOfEvent is how far from the top of the window an event lies that says words; -1 when it is out of view.
func (b *mainBench) topOfEvent(words string) float32 {
	y := float32(-1)
	kit.Walk(b.m.Window().Content(), func(o fyne.CanvasObject, pos fyne.Position) {
		if n, ok := o.(*kit.TimelineNode); ok && y < 0 && strings.Contains(n.Value(), words) {
			y = pos.Y
		}
	})
	return y
}

// However much has happened, one reads on to the first of it, by the mouse and by the keys; no more than a page of it is drawn
// at a time, and what is read stays where it is.
func TestATimelineGoesOnToItsFirstEvent(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	c := crm.Contact{ID: s.NewID(), LastName: "Groß", Created: mainNow.AddDate(-1, 0, 0)}
	ref := crm.Ref{Kind: crm.KindContact, ID: c.ID}
	happened := []crm.Change{crm.CreateContact{Contact: c}}
	const notes = 450
	for n := range notes {
		at := mainNow.Add(-time.Duration(notes-n) * time.Minute)
		happened = append(happened, crm.SaveRecordNote{Note: crm.Note{ID: s.NewID(), Ref: ref, At: at, Text: fmt.Sprintf("note %d.", n)}})
	}
	do(t, s, happened...)
	b.m.open(deskRef(ref))
	b.waits("note 449.")
	b.shot("timeline-long")
	view := b.m.pages[pageContacts].(*listPage).detail
	drawn := func() (first, last string) {
		b.settle()
		if len(view.rec.Timeline) > crm.TimelinePage {
			t.Fatalf("%d events are drawn", len(view.rec.Timeline))
		}
		return view.rec.Timeline[0].Body, view.rec.Timeline[len(view.rec.Timeline)-1].Body
	}
	end := func() {
		s := b.scroll(0)
		s.ScrollToOffset(fyne.NewPos(0, s.Content.Size().Height-s.Size().Height))
	}
	end()
	before := b.topOfEvent("note 250.")
	if before < 0 {
		t.Fatal("the end of the page is not in view")
	}
	b.shot("timeline-earlier")
	b.tap("button", "Show earlier")
	pumpUntil(t, b.d, func() bool { first, last := drawn(); return first == "note 349." && last == "note 150." })
	if after := b.topOfEvent("note 250."); after != before {
		t.Errorf("what is read moved from %v to %v", before, after)
	}
	if got := b.focused(); got != "reader Timeline" {
		t.Errorf("the keys go to %s", got)
	}
	press := func(key fyne.KeyName) { view.reader.TypedKey(&fyne.KeyEvent{Name: key}) }
	for range 60 {
		press(fyne.KeyPageDown)
		b.settle()
	}
	if !b.says("Created") || b.says("Show earlier") {
		t.Error("the keys do not lead to the first event")
	}
	press(fyne.KeyHome)
	b.shot("timeline-later")
	for range 60 {
		press(fyne.KeyPageUp)
		b.settle()
	}
	if first, _ := drawn(); first != "note 449." || b.says("Show later") || !b.says("Write a note") && !b.says("Note") {
		t.Errorf("the keys do not lead back to the newest event, but to %q", first)
	}
	// Another record begins with its newest.
	end()
	b.tap("button", "Show earlier")
	pumpUntil(t, b.d, func() bool { first, _ := drawn(); return first == "note 349." })
	other := crm.Contact{ID: s.NewID(), LastName: "Weiß"}
	do(t, s, crm.CreateContact{Contact: other})
	b.m.open(deskRef(crm.Ref{Kind: crm.KindContact, ID: other.ID}))
	b.waits("Weiß")
	b.m.open(deskRef(ref))
	b.waits("note 449.")
}
