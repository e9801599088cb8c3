package ui

import (
	"testing"

	"fyne.io/fyne/v2/app"
)

// What Fyne does as the last thing is handed to a loop that may have looked for the last time: on a busy machine the
// program was there for ever.
func TestFyneHasNothingToDoWhenTheWindowsHaveGone(t *testing.T) {
	a := app.NewWithID(AppID)
	stopped := a.Lifecycle().(interface{ OnStopped() func() }).OnStopped
	if stopped() == nil {
		t.Fatal("Fyne has nothing to do by itself any more: endWithoutDeeds is of no use")
	}
	endWithoutDeeds(a)
	if stopped() != nil {
		t.Error("Fyne has something to do at the end")
	}
}
