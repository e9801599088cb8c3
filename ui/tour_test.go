package ui

import (
	"testing"

	"leadline/ui/text"
)

func TestTheTourHasFourStepsAndComesOnce(t *testing.T) {
	for _, look := range []Look{{"en", "light"}, {"de", "dark"}} {
		b := newMainBench(t, fullDesk(), &mainSettings{accounts: oneAccount}, look)
		b.m.opt.Tour = true
		b.m.TourOnce()
		for i, s := range tourSteps() {
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
