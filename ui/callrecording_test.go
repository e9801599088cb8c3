package ui

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"

	"leadline/ui/desk"
	"leadline/ui/kit"
)

func TestACallIsRecordedByTileAndByKey_H3(t *testing.T) {
	b, w := inWindow(t, sample("talk"))
	tile := named[*kit.Tile](b, w, "Record")
	if tile.Value() != "off" {
		t.Error("it shows a recording that isn't")
	}
	tile.Tap()
	b.press(w, fyne.KeyR, fyne.KeyModifierControl)
	b.took("record 4 true", "record 4 true")

	b.show(sample("recorded"))
	tile = named[*kit.Tile](b, w, "Pause recording")
	if tile.Value() != "on" {
		t.Error("it doesn't show the recording")
	}
	tile.Tap()
	b.took("record 4 false")
	b.show(sample("paused"))
	named[*kit.Tile](b, w, "Resume recording").Tap()
	b.took("record 4 true")
	b.show(sample("unrecorded"))
	named[*kit.Tile](b, w, "Record").Tap()
	b.took("record 4 true")
	if !slices.Contains(visibleNames(w), "Not recorded any more: the disk is full") {
		t.Errorf("it is not said that nothing is recorded any more: %q", visibleNames(w))
	}
}

func TestHoldByKeySaysSo_H3(t *testing.T) {
	b, w := inWindow(t, sample("talk"))
	b.press(w, fyne.KeyH, fyne.KeyModifierControl)
	b.took("hold 4 true")
	b.show(sample("held"))
	if !slices.Contains(visibleNames(w), "On hold") {
		t.Errorf("the hold is not said: %q", visibleNames(w))
	}
	b.press(w, fyne.KeyH, fyne.KeyModifierControl)
	b.took("hold 4 false")
	there := sample("talk")
	there.State = desk.HeldThere
	b.show(there)
	if !slices.Contains(visibleNames(w), "Put on hold there") {
		t.Errorf("their hold is not said: %q", visibleNames(w))
	}
}
