package ui

import (
	"slices"
	"strings"
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

// What is wrong with the sound leads to where a device is chosen, and names of any length stay in the window.
func TestATroubleWithTheSoundLeadsToItsDevices(t *testing.T) {
	inLook(t, func(t *testing.T, look string) {
		b, w := inWindow(t, sample("talk"))
		led := 0
		b.calls.devices = func() { led++ }
		w.sound(desk.Sound{Problem: desk.Text{Key: "{wanted} is not connected, {device} is used as the microphone",
			Args: map[string]string{"wanted": "Jabra Evolve2 65 Mono UC", "device": "Built-in Audio Analog Stereo"}}})
		b.tap(w, "Devices…")
		if led != 1 {
			t.Errorf("%s: the devices were shown %d times", look, led)
		}
		kit.Walk(w.view.below.root, func(o fyne.CanvasObject, at fyne.Position) {
			if at.X+o.Size().Width > callWidth+0.5 {
				t.Errorf("%s: %T ends at %v", look, o, at.X+o.Size().Width)
			}
			if p, is := o.(*kit.Prose); is && !strings.HasSuffix(strings.Join(kit.Wrap(p.Value(), kit.Secondary, p.Size().Width)[:2], " "), p.Value()[len(p.Value())-12:]) {
				t.Errorf("%s: %q is not read whole", look, p.Value())
			}
		})
		c := sample("talk")
		c.Trouble = say("They can't hear you: nothing has arrived there for {n} s", "n", "20")
		b.show(c)
		if slices.Contains(visibleNames(w), "Devices…") {
			t.Errorf("%s: a trouble of the network leads to the devices", look)
		}
	})
}
