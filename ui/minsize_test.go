package ui

import (
	"fmt"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"leadline/crm"
)

// allMinSizes asks all that can be seen below o for its least size, children first: so does Fyne before each frame in which
// anything has changed. It says how many they are.
func allMinSizes(o fyne.CanvasObject) (n int) {
	if !o.Visible() {
		return 0
	}
	var in []fyne.CanvasObject
	switch c := o.(type) {
	case *fyne.Container:
		in = c.Objects
	case fyne.Widget:
		in = test.WidgetRenderer(c).Objects()
	}
	for _, c := range in {
		n += allMinSizes(c)
	}
	o.MinSize()
	return n + 1
}

// longTimeline opens a customer with as many events as a page of a timeline has: calls with long notes.
func longTimeline(t testing.TB) *mainBench {
	t.Helper()
	b, s := customersBench(t, Look{"de", "light"})
	c := crm.Contact{ID: s.NewID(), FirstName: "Jürgen", LastName: "Müller-Lüdenscheidt", Numbers: []crm.Number{number(t, "030 2094 8812")}}
	changes := []crm.Change{crm.CreateContact{Contact: c}}
	for i := range crm.TimelinePage {
		began := mainNow.Add(-time.Duration(i) * 7 * time.Hour)
		id := s.NewID()
		changes = append(changes,
			crm.BeginCall{Call: crm.Call{ID: id, Direction: crm.Incoming, Party: crm.Parse("030 2094 8812", "DE"), Began: began, Answered: began, Refs: []crm.Ref{{Kind: crm.KindContact, ID: c.ID}}}},
			crm.SaveNote{Call: id, Text: fmt.Sprintf("Anruf %d: %.400s", i, longNote), At: began},
			crm.EndCall{ID: id, Ended: began.Add(time.Minute), Outcome: crm.Answered})
	}
	do(t, s, changes...)
	b.m.open(deskRef(crm.Ref{Kind: crm.KindContact, ID: c.ID}))
	b.waits("Anruf 0: ")
	return b
}

func BenchmarkLeastSizesOfALongTimeline(b *testing.B) {
	m := longTimeline(b).m.Window().Content()
	n := allMinSizes(m)
	b.ReportAllocs()
	for b.Loop() {
		allMinSizes(m)
	}
	b.ReportMetric(float64(n), "objects")
}
