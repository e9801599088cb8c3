package ui

import (
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"leadline/ui/desk"
	"leadline/ui/kit"
)

func TestANoteIsSavedAsItIsTyped_H4(t *testing.T) {
	b := newBench(t)
	call := sample("talk")
	call.Note = desk.Note{}
	b.show(call)
	w := b.calls.slots[0]
	note := w.view.note.field
	note.Type("Bra")
	b.pass(200 * time.Millisecond)
	note.Type("Braucht")
	b.pass(200 * time.Millisecond)
	b.took()
	b.pass(100 * time.Millisecond)
	b.took("note 4 Braucht")

	// While the answer is under way, more is typed. What arrives is older.
	note.Type("Braucht 40")
	call.Note = desk.Note{Text: "Braucht", SavedAt: b.now}
	b.show(call)
	if note.Text() != "Braucht 40" {
		t.Fatalf("an older snapshot made %q of it", note.Text())
	}
	if !slices.Contains(visibleNames(w), "Saving…") {
		t.Errorf("it does not say that it is being saved: %q", visibleNames(w))
	}
	b.pass(pause)
	b.took("note 4 Braucht 40")
	call.Note = desk.Note{Text: "Braucht 40", SavedAt: noon.Add(5 * time.Second)}
	b.show(call)
	if !slices.Contains(visibleNames(w), "Saved 10:42:17") {
		t.Errorf("it does not say that it is saved: %q", visibleNames(w))
	}
	note.Type("Braucht 40 Konsolen")
	b.show() // the call is gone before the pause was over
	b.took("note 4 Braucht 40 Konsolen")
}

func TestAFormIsADraftAtTheDesk(t *testing.T) {
	b := newBench(t)
	b.show(sample("unknown"))
	w := b.calls.slots[0]
	b.tap(w, "Create contact")
	b.took("form 2 contact")
	call := sample("form")
	b.show(call)
	named[*kit.Field](b, w, "Last name").Type("Große")
	b.pass(pause)
	b.took("change 2 Jörg|Große|Groß & Söhne KG|Call|Anna Krüger")
	if f := b.desk.forms[0]; !f.Touched || f.Kind != desk.Lead || f.Number != "+492219876543" {
		t.Errorf("the draft is %+v", f)
	}
	b.show(call) // from before the change
	if got := named[*kit.Field](b, w, "Last name").Text(); got != "Große" {
		t.Errorf("an older snapshot made %q of it", got)
	}
	if err := named[*kit.Select](b, w, "Source").Choose("Website"); err != nil {
		t.Fatal(err)
	}
	b.press(w, fyne.KeyS, fyne.KeyModifierControl)
	b.took("change 2 Jörg|Große|Groß & Söhne KG|Website|Anna Krüger", "save 2")
	b.tap(w, "Use it")
	b.took("choose 2 company k1")
	b.tap(w, "Cancel")
	b.took("cancel 2")
	saving := *call.Form
	saving.Saving = true
	call.Form = &saving
	b.show(call)
	b.tap(w, "Save lead")
	b.took() // it is being saved already
}

func TestWhoMayBecomeARecord(t *testing.T) {
	saved := sample("unknown")
	saved.Saved = true
	ended := sample("missed")
	for _, c := range []struct {
		name string
		call desk.Call
		want bool
	}{
		{"an unknown number", sample("unknown"), true},
		{"after the end too", ended, true},
		{"known already", sample("known"), false},
		{"withheld", sample("withheld"), false},
		{"a colleague", sample("internal"), false},
		{"not looked up yet", sample("loading"), false},
		{"made already", saved, false},
	} {
		b := newBench(t)
		b.show(c.call)
		if got := slices.Contains(visibleNames(b.calls.slots[0]), "Create lead"); got != c.want {
			t.Errorf("%s: offered %v, want %v", c.name, got, c.want)
		}
	}
}

func TestACRMWithoutLeadsOffersAContact_F2(t *testing.T) {
	b := newBench(t)
	call := sample("unknown")
	call.NoLeads = true
	b.show(call)
	if names := visibleNames(b.calls.slots[0]); slices.Contains(names, "Create lead") || !slices.Contains(names, "Create contact") {
		t.Errorf("it offers %q", names)
	}
}

func TestChoosingWhoIsCalling(t *testing.T) {
	b := newBench(t)
	b.show(sample("several"))
	w := b.calls.slots[0]
	row, ok := w.win.Canvas().Focused().(*pressFocus)
	if !ok || row.Name() != "Şule Özdemir" {
		t.Fatalf("the focus is on %T", w.win.Canvas().Focused())
	}
	b.press(w, fyne.KeyDown, 0)
	b.press(w, fyne.KeyDown, 0)
	b.press(w, fyne.KeyReturn, 0)
	b.took("choose 3 lead s3")
	moved := sample("several")
	moved.Card.Matches[0].Shown, moved.Card.Matches[2].Shown = false, true
	b.show(moved)
	if row := w.win.Canvas().Focused().(*pressFocus); row.Name() != "Heating Weilimdorf" {
		t.Errorf("the focus went to %q", row.Name())
	}
}

func TestAnOldFormNeverReturns(t *testing.T) {
	b := newBench(t)
	b.show(sample("form"))
	w := b.calls.slots[0]
	w.view.form.last.Type("Nobody")
	b.tap(w, "Cancel")
	b.took("cancel 2")
	b.show(sample("unknown"))
	again := sample("form")
	again.Form = &desk.Form{Kind: desk.Lead} // nothing is filled in
	b.show(again)
	if got := w.view.form.last.Text(); got != "" {
		t.Errorf("a new form begins with %q", got)
	}
}
