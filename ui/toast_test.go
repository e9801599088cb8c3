package ui

import (
	"strings"
	"testing"

	"leadline/ui/desk"
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

// What is said of a damaged file is there when the agent comes back, as a whole, and goes when it was read.
func TestANoticeThatStaysIsReadAndClosed(t *testing.T) {
	b := newMainBench(t, fullDesk(), &mainSettings{accounts: oneAccount}, Look{"en", "light"})
	kept := "contacts.db.damaged-" + strings.Repeat("20261123-", 30) + "1"
	damaged := desk.Notice{Text: desk.Text{Key: "The file with your customers was damaged. What could be read was saved: {saved}. The damaged file is kept as {file}",
		Args: map[string]string{"saved": "12 contacts", "file": kept}}, Warning: true, Stays: true}
	b.desk.notice(damaged)
	b.desk.notice(damaged)
	b.settle()
	if n := len(b.m.toasts.shown); n != 1 || b.m.toasts.shown[0].timer != nil {
		t.Fatalf("%d notices are there, or it goes by itself", n)
	}
	for _, words := range []string{"One", "Two", "Three"} {
		b.m.warn(words)
	}
	var seen strings.Builder
	for _, line := range b.m.toasts.shown[0].toast.Lines() {
		seen.WriteString(line)
	}
	if !strings.HasSuffix(seen.String(), "20261123-1") {
		t.Errorf("it says %s", seen.String())
	}
	b.tap("button", "Close")
	if b.says("is kept as") {
		t.Error("it cannot be closed")
	}
}
