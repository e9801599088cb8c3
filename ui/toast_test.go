package ui

import (
	"strings"
	"testing"
)

// Two things were done by the same words: each is taken back by its own button.
func TestEachNoticeTakesBackItsOwn(t *testing.T) {
	b := newMainBench(t, fullDesk(), &mainSettings{accounts: oneAccount}, Look{"en", "light"})
	var undone []string
	b.m.offer("Note added", "Undo", func() { undone = append(undone, "first") })
	b.m.offer("Note added", "Undo", func() { undone = append(undone, "second") })
	b.tapLast("button", "Undo")
	b.tap("button", "Undo")
	if got := strings.Join(undone, ", "); got != "second, first" {
		t.Errorf("undone: %s", got)
	}
	b.m.warn("The disk is full")
	b.tapLast("button", "Close")
	b.m.warn("The disk is full")
	if !b.says("The disk is full") {
		t.Error("what was closed is not said again")
	}
}
