package ui

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/kit"
	"leadline/ui/text"
)

func TestTheTourHasFourStepsAndComesOnce(t *testing.T) {
	for _, look := range []Look{{"en", "light"}, {"de", "dark"}} {
		b := newMainBench(t, fullDesk(), &mainSettings{accounts: oneAccount}, look)
		b.m.opt.Tour = true
		b.m.TourOnce()
		for i, s := range tourSteps(false) {
			if !b.says(text.T(s.line)) {
				t.Fatalf("%v: step %d is not shown", look, i+1)
			}
			b.shot("main-tour-" + look.Theme + "-" + string(rune('1'+i)))
			if i == 1 {
				b.tap("button", "Back")
				b.tap("button", "Next")
			}
			if i < 3 {
				b.tap("button", "Next")
			}
		}
		b.tap("button", "Done")
		if b.m.layer.PopupOpen() {
			t.Error("the tour does not end")
		}
		b.m.TourOnce()
		if b.m.layer.PopupOpen() {
			t.Error("the tour comes again by itself")
		}
		b.tap("button", "Help")
		b.tap("item", "Tour")
		b.tap("button", "Skip the tour")
		if b.m.layer.PopupOpen() {
			t.Error("it can't be skipped")
		}
	}
}

// Who tries the field at once sees what it finds.
func TestTheTourLeavesRoomForWhatTheFieldFinds(t *testing.T) {
	for _, size := range []fyne.Size{{Width: 900, Height: 600}, {Width: 1280, Height: 800}} {
		b := newMainBench(t, fullDesk(), &mainSettings{accounts: oneAccount}, Look{"en", "light"})
		b.m.Window().Resize(size)
		b.m.Tour()
		b.type_("Search, or dial a number", "0221 98")
		b.m.omni.entry.FocusGained()
		b.settle()
		if !b.m.omni.popup.Visible() {
			t.Fatal("nothing is found")
		}
		b.shot(fmt.Sprintf("main-tour-results-%.0f", size.Width))
		driver := fyne.CurrentApp().Driver()
		found := driver.AbsolutePositionForObject(b.m.omni.popup)
		end := found.Add(b.m.omni.popup.Size())
		kit.Walk(b.m.Window().Content(), func(o fyne.CanvasObject, at fyne.Position) {
			n, is := o.(kit.Named)
			if !is || n.Name() != "Next" && n.Name() != "One field for everything" {
				return
			}
			if at.X < end.X && at.Y < end.Y && at.X+o.Size().Width > found.X && at.Y+o.Size().Height > found.Y {
				t.Errorf("%v: %q at %v lies over what is found, from %v to %v", size, n.Name(), at, found, end)
			}
			if at.X+o.Size().Width > size.Width || at.Y+o.Size().Height > size.Height-mainBottom {
				t.Errorf("%v: %q at %v is outside", size, n.Name(), at)
			}
		})
	}
}

func TestTheTourWaitsForTheWelcome(t *testing.T) {
	b := newMainBench(t, fullDesk(), &mainSettings{}, Look{"en", "light"})
	b.m.opt.Tour = true
	b.m.TourOnce()
	if b.m.layer.PopupOpen() {
		t.Error("the tour lies over the welcome")
	}
	b.m.Home()
	if !b.m.layer.PopupOpen() {
		t.Error("the tour does not come after the welcome")
	}
}

// Who works without leads is told of none.
func TestWithoutLeadsNothingSpeaksOfThem_F2(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	w, err := s.Workspace(ctx)
	if err != nil {
		t.Fatal(err)
	}
	w.Mode = crm.Simple
	do(t, s, crm.SaveWorkspace{Workspace: w})
	snap := b.desk.Snapshot()
	snap.NoLeads = true
	b.desk.watch(snap)
	b.settle()
	b.m.Go(pageDeals)
	b.waits("No deals yet")
	if !b.says("A new customer's call makes one, or you make it by hand.") {
		t.Error("the board tells to convert a lead")
	}
	b.m.Tour()
	b.tap("button", "Next")
	if b.says("makes a lead") || !b.says("makes a contact of a stranger") {
		t.Error("the tour speaks of leads")
	}
}
