package ui

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/kit"
)

// aboutNotes chooses from the menu of the nth note that is in view and can be changed; it says how many there are.
func (b *mainBench) aboutNotes(nth int, name string) (n int) {
	b.t.Helper()
	kit.Walk(b.m.Window().Content(), func(o fyne.CanvasObject, _ fyne.Position) {
		w, ok := o.(*kit.Button)
		if !ok || w.Name() != "Change this note" {
			return
		}
		if n == nth {
			defer w.Tap()
		}
		n++
	})
	b.settle()
	if name != "" {
		b.tap("item", name)
	}
	return n
}

func TestANoteIsChangedAndDeletedLater_H4(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	me, err := s.Me(ctx)
	if err != nil {
		t.Fatal(err)
	}
	petra := crm.User{ID: s.NewID(), Name: "Petra Weiß", Extension: "102"}
	groß, meier := crm.Contact{ID: s.NewID(), LastName: "Groß"}, crm.Contact{ID: s.NewID(), LastName: "Meier"}
	at := func(c crm.Contact) crm.Ref { return crm.Ref{Kind: crm.KindContact, ID: c.ID} }
	mine := crm.Note{ID: s.NewID(), Ref: at(groß), At: mainNow.Add(-time.Hour), By: me.ID, Text: "Wants forty brackets"}
	hers := crm.Note{ID: s.NewID(), Ref: at(groß), At: mainNow.Add(-2 * time.Hour), By: petra.ID, Text: "In blue"}
	do(t, s, crm.SaveUser{User: petra}, crm.CreateContact{Contact: groß}, crm.CreateContact{Contact: meier}, crm.SaveRecordNote{Note: mine}, crm.SaveRecordNote{Note: hers})
	b.m.open(deskRef(at(groß)))
	b.waits("Wants forty brackets")
	b.shot("note-own")
	if n := b.aboutNotes(1, ""); n != 2 || b.finds("item", "Edit") || !b.finds("item", "Delete") { // who may change settings deletes others' notes
		t.Errorf("%d notes have a menu, that of a colleague's has not Delete alone", n)
	}
	b.m.layer.ClosePopup()

	b.aboutNotes(0, "Edit")
	field := func() *kit.Field { return b.widget("field", "Changed note").(*kit.Field) }
	if field().Text() != mine.Text || b.m.Window().Canvas().Focused() != field().Focusable() {
		t.Errorf("the field has %q", field().Text())
	}
	b.type_("Changed note", "Wants fifty brackets ")
	b.shot("note-edit")
	if !strings.Contains(b.m.opt.Kept.String(prefDrafts), "fifty") {
		t.Error("what is typed is lost when the program ends")
	}
	b.m.open(deskRef(at(meier)))
	b.waits("Meier")
	b.m.open(deskRef(at(groß)))
	b.waits("In blue")
	if got := field().Text(); got != "Wants fifty brackets " {
		t.Errorf("after another record the field has %q", got)
	}
	do(t, s, crm.SaveRecordNote{Note: crm.Note{ID: s.NewID(), Ref: at(groß), At: mainNow, By: petra.ID, Text: "By Friday"}})
	b.colleague()
	b.waits("By Friday")
	if got := field().Text(); got != "Wants fifty brackets " {
		t.Errorf("after a colleague's note the field has %q", got)
	}
	ctrlEnter := &desktop.CustomShortcut{KeyName: fyne.KeyReturn, Modifier: fyne.KeyModifierShortcutDefault}
	field().Focusable().(fyne.Shortcutable).TypedShortcut(ctrlEnter)
	b.waits("Note changed")
	note := func() string {
		n, err := s.Note(ctx, mine.ID)
		if err != nil {
			return err.Error()
		}
		return n.Text
	}
	if note() != "Wants fifty brackets" || !b.says("edited") || b.m.opt.Kept.String(prefDrafts) != "" {
		t.Errorf("the note is %q", note())
	}
	b.tap("button", "Undo")
	pumpUntil(t, b.d, func() bool { return note() == "Wants forty brackets" })
	b.waits("Wants forty brackets")
	if b.says("edited") {
		t.Error("what was taken back is told")
	}

	b.aboutNotes(1, "Edit")
	b.type_("Changed note", "Wants none")
	b.tap("button", "Cancel")
	if note() != "Wants forty brackets" || !b.says("Wants forty brackets") {
		t.Errorf("cancelled, the note is %q", note())
	}
	b.aboutNotes(1, "Edit")
	b.type_("Changed note", "  ")
	if b.widget("button", "Save").Enabled() {
		t.Error("a note without a word can be saved")
	}
	b.type_("Changed note", "Wants forty brackets")
	field().Focusable().TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	b.settle()
	b.aboutNotes(2, "Delete")
	b.waits("Note deleted")
	if n, err := s.Note(ctx, hers.ID); err == nil {
		t.Errorf("there is still %+v", n)
	}
	b.tap("button", "Undo")
	b.waits("In blue")
	if n, err := s.Note(ctx, hers.ID); err != nil || n.By != petra.ID || !n.Edited.IsZero() {
		t.Errorf("brought back is %+v, %v", n, err)
	}
}

func TestTheNoteOfACallIsChangedLater_H4(t *testing.T) {
	b, s := customersBench(t, Look{"de", "light"})
	me, err := s.Me(ctx)
	if err != nil {
		t.Fatal(err)
	}
	groß := crm.Contact{ID: s.NewID(), LastName: "Groß"}
	ref := crm.Ref{Kind: crm.KindContact, ID: groß.ID}
	call := crm.Call{ID: s.NewID(), Direction: crm.Incoming, Party: crm.Parse("030 1234567", "DE"), Began: mainNow.Add(-time.Hour), Ended: mainNow, Refs: []crm.Ref{ref},
		Agent: me.ID, AgentName: me.Name, Outcome: crm.Answered, Note: "Will vierzig Konsolen"}
	do(t, s, crm.CreateContact{Contact: groß}, crm.BeginCall{Call: call})
	b.m.open(deskRef(ref))
	b.waits("Will vierzig Konsolen")
	note := func() string {
		row, err := s.Call(ctx, call.ID)
		if err != nil {
			t.Fatal(err)
		}
		return row.Call.Note
	}
	b.aboutNotes(0, "Edit")
	b.type_("Changed note", "Will fünfzig Konsolen")
	b.tap("button", "Save")
	b.waits("Notiz geändert")
	if note() != "Will fünfzig Konsolen" {
		t.Errorf("the note is %q", note())
	}
	b.aboutNotes(0, "Delete")
	b.waits("Notiz gelöscht")
	if note() != "" || b.aboutNotes(-1, "") > 0 {
		t.Errorf("there is still %q", note())
	}
	b.tapLast("button", "Undo")
	pumpUntil(t, b.d, func() bool { return note() == "Will fünfzig Konsolen" })

	// What was being changed of a note that is gone goes with it (I4).
	b.m.opt.drafts.set(desk.Ref{Kind: draftOfCall, ID: string(call.ID)}, "Will sechzig")
	b.m.opt.drafts.set(desk.Ref{Kind: draftOfNote, ID: string(s.NewID())}, "Will siebzig")
	b.m.opt.drafts.prune(b.m.opt)
	pumpUntil(t, b.d, func() bool { return !strings.Contains(b.m.opt.Kept.String(prefDrafts), "siebzig") })
	if !strings.Contains(b.m.opt.Kept.String(prefDrafts), "sechzig") {
		t.Error("a draft of a note that is there is lost")
	}
	do(t, s, crm.SaveNote{Call: call.ID, At: mainNow})
	b.m.opt.drafts.prune(b.m.opt)
	pumpUntil(t, b.d, func() bool { return b.m.opt.Kept.String(prefDrafts) == "" })
}
