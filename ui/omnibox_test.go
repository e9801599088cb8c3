package ui

import (
	"errors"
	"testing"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/desk"
)

const omniName = "Search, or dial a number"

func TestTheFirstRowDialsWhatIsTyped_H5(t *testing.T) {
	b := fullBench(t)
	b.type_(omniName, "030 / 2094-8812")
	if !b.says("Dial on line Office") {
		t.Error("it does not say on which line")
	}
	b.m.omni.key(fyne.KeyReturn, false)
	if len(b.desk.dialled) != 1 || b.desk.dialled[0] != "030 / 2094-8812" {
		t.Errorf("dialled %q", b.desk.dialled)
	}
	if b.m.omni.entry.Text != "" || b.m.omni.popup.Visible() {
		t.Error("the field is not empty after dialling")
	}
}

func TestArrowsReachTheRecords(t *testing.T) {
	b := fullBench(t)
	b.type_(omniName, "0221 98")
	b.m.omni.key(fyne.KeyUp, false)
	b.m.omni.key(fyne.KeyDown, false)
	b.m.omni.key(fyne.KeyReturn, false)
	b.settle()
	if b.m.at != pageLeads || !b.says("Needs 40 brackets") {
		t.Errorf("the record is not opened, the page is %s", b.m.at)
	}
	if len(b.desk.dialled) > 0 {
		t.Errorf("dialled %q", b.desk.dialled)
	}
	b.type_(omniName, "0221 98")
	for range 9 {
		b.m.omni.key(fyne.KeyDown, false)
	}
	b.m.omni.key(fyne.KeyReturn, true)
	if len(b.desk.dialled) != 1 || b.desk.dialled[0] != "+4922198450" {
		t.Errorf("Ctrl+Enter on the last row dialled %q", b.desk.dialled)
	}
}

// A key that leads elsewhere closes the menu that is open: its lines lay beside those of the search.
func TestAKeyThatLeadsElsewhereClosesAMenu(t *testing.T) {
	b := fullBench(t)
	for _, key := range []fyne.KeyName{fyne.KeyK, fyne.Key2, fyne.KeyF, fyne.KeyComma} {
		b.tap("button", "Help")
		if !b.m.layer.PopupOpen() {
			t.Fatal("there is no menu")
		}
		b.press(key)
		if b.m.layer.PopupOpen() {
			t.Errorf("Ctrl+%s leaves the menu open", key)
		}
		if b.m.omni.entry.focused != (key == fyne.KeyK) {
			t.Errorf("after Ctrl+%s the keyboard is at %q", key, b.focused())
		}
		b.m.Window().Canvas().Unfocus()
	}
	b.tap("button", "Help")
	b.m.DialText("tel:+4930555")
	b.settle()
	if b.m.layer.PopupOpen() || !b.m.omni.entry.focused {
		t.Error("a link that is opened leaves the menu open")
	}
}

func TestWordsAreSearchedAndNotDialled(t *testing.T) {
	b := fullBench(t)
	b.type_(omniName, "Meier")
	if !b.says("Nobody found") {
		t.Error("it does not say that nobody was found")
	}
	b.m.omni.key(fyne.KeyReturn, false)
	if len(b.desk.dialled) > 0 {
		t.Errorf("dialled %q", b.desk.dialled)
	}
	b.desk.fail = errors.New("disk")
	b.type_(omniName, "Meiers")
	if !b.says("The search failed") {
		t.Error("it does not say that the search failed")
	}
}

// The picture main-empty-omnibox: what was typed becomes a contact.
func TestAContactIsMadeOfWhatWasTyped(t *testing.T) {
	b, s := customersBench(t, Look{"de", "dark"})
	do(t, s, crm.CreateContact{Contact: crm.Contact{ID: s.NewID(), LastName: "Meier", Numbers: []crm.Number{number(t, "0221 98765")}}})
	for _, short := range []string{"112", "Meier", "sip:anna@example.org"} {
		b.type_(omniName, short)
		pumpUntil(t, b.d, func() bool { return b.m.omni.query == short })
		if b.says("Neuer Kontakt mit " + short) {
			t.Errorf("%q is offered to become a contact", short)
		}
	}
	for _, c := range []struct{ typed, field, want string }{
		{"0221 98765", "Number", "0221 98765"}, // somebody has it: the form says who
		{"Anna Lena Groß", "Last name", "Groß"},
	} {
		b.type_(omniName, c.typed)
		pumpUntil(t, b.d, func() bool { return b.m.omni.query == c.typed })
		b.shot("omnibox-add-" + c.field)
		b.tap("row", "New contact with "+c.typed)
		b.waits("Neuer Kontakt")
		if b.m.at != pageContacts {
			t.Errorf("the form is on the page %s", b.m.at)
		}
		if got := b.widget("field", c.field).Value(); got != c.want {
			t.Errorf("%q: the form has %q", c.typed, got)
		}
		b.shot("omnibox-added-" + c.field)
		b.tap("button", "Cancel")
		b.settle()
	}
	b.type_(omniName, "Anna Lena Groß")
	pumpUntil(t, b.d, func() bool { return b.m.omni.query == "Anna Lena Groß" })
	if !b.says("Niemand gefunden") {
		t.Error("it does not say any more that nobody was found")
	}
}

func TestALinkFillsTheFieldAndWaits_H5(t *testing.T) {
	b := fullBench(t)
	b.m.DialText("tel:+49-30-1234567")
	b.settle()
	if got := b.m.omni.entry.Text; got != "+49-30-1234567" || len(b.desk.dialled) > 0 {
		t.Errorf("the field has %q, dialled %q", got, b.desk.dialled)
	}
	b.m.omni.key(fyne.KeyReturn, false)
	if len(b.desk.dialled) != 1 {
		t.Error("Enter does not dial")
	}
}

func TestClickingARowWorksAlthoughTheFieldLosesTheKeyboard(t *testing.T) {
	b := fullBench(t)
	b.type_(omniName, "0221 98")
	row := b.m.omni.items[1]
	row.MouseIn(nil)
	b.m.Window().Canvas().Unfocus() // as pressing the mouse does
	if !b.m.omni.popup.Visible() || b.m.omni.items[1] != row {
		t.Fatal("the row is gone before the mouse is released")
	}
	row.Tapped(nil)
	b.settle()
	if b.m.at != pageLeads || b.m.omni.popup.Visible() {
		t.Error("the click did not open the record")
	}
	b.type_(omniName, "0221 98")
	b.m.Window().Canvas().Unfocus()
	if b.m.omni.popup.Visible() {
		t.Error("the popup stays although one clicked elsewhere")
	}
}

func TestARowThatStaysTheSameIsNotMadeAnew(t *testing.T) {
	b := fullBench(t)
	found := b.m.opt.Desk.(*mainDesk).found
	found["Üm"] = []desk.Row{{Title: "Ümit Çelik", Sub: "Köln"}, {Title: "Ümran Ay", Sub: "Bonn"}}
	found["Ümi"] = found["Üm"][:1]
	found["Ümit"] = []desk.Row{{Title: "Ümit Çelik", Sub: "Aachen"}}
	b.type_(omniName, "Üm")
	row := b.m.omni.items[0]
	b.type_(omniName, "Ümi")
	if len(b.m.omni.items) != 1 || b.m.omni.items[0] != row {
		t.Error("a further letter makes the same row anew")
	}
	b.type_(omniName, "Ümit")
	if b.m.omni.items[0] == row || !b.says("Aachen") {
		t.Error("a row that shows something else is not made anew")
	}
}

func TestMatchesOfOlderTypingAreDropped(t *testing.T) {
	b := fullBench(t)
	b.m.opt.Desk.(*mainDesk).found["0221 9"] = []desk.Row{{Title: "Old"}}
	b.type_(omniName, "0221 9")
	b.type_(omniName, "0221 98")
	if b.says("Old") || !b.says("Ümit Çelik") {
		t.Error("older matches are shown")
	}
}

func TestTheSearchSaysWhileItsIndexIsBeingMade(t *testing.T) {
	b := fullBench(t)
	b.type_(omniName, "süß")
	if b.says("The search index is being made") {
		t.Error("an index is missed that is there")
	}
	b.type_(omniName, "")
	b.m.omni.opt.Importer = mainImporter{unindexed: 11516}
	b.type_(omniName, "süß")
	b.waits("11,516 records are found by their numbers and last names only.")
}

// Around what is typed there is the popup alone: no line of Fyne's own entry.
func TestNoLineIsDrawnThroughTheOpenField(t *testing.T) {
	b := fullBench(t)
	b.type_(omniName, "0221 98")
	b.m.Window().Canvas().Focus(b.m.omni.entry)
	b.settle()
	img, at := picture(b.m.Window().Canvas()), fyne.CurrentApp().Driver().AbsolutePositionForObject(b.m.omni.entry)
	field := img.At(int(at.X)+300, int(at.Y)+10) // where nothing is typed
	for y := 8; y < mainTop-2; y++ {
		if got := img.At(int(at.X)+300, y); got != field {
			t.Errorf("a line of %v is at %d", got, y)
		}
	}
}
