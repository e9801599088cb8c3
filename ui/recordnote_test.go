package ui

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/kit"
)

// keptInMemory is what the windows remember, for as long as a test takes.
type keptInMemory struct {
	Kept
	values map[string]string
}

func (k keptInMemory) String(key string) string       { return k.values[key] }
func (k keptInMemory) SetString(key, value string)    { k.values[key] = value }
func (k keptInMemory) RemoveValue(key string)         { delete(k.values, key) }
func (k keptInMemory) Bool(key string) bool           { return k.values[key] == "true" }
func (k keptInMemory) SetBool(key string, on bool)    {}
func (k keptInMemory) SetFloat(key string, v float64) {}
func (k keptInMemory) FloatWithFallback(_ string, none float64) float64 {
	return none
}

func TestANoteIsWrittenOnARecordAndTakenBack(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	groß := crm.Contact{ID: s.NewID(), FirstName: "Jörg", LastName: "Groß", Emails: []crm.Email{{Address: "einkauf?@gross.example"}}}
	meier := crm.Contact{ID: s.NewID(), LastName: "Meier"}
	do(t, s, crm.CreateContact{Contact: groß}, crm.CreateContact{Contact: meier})
	at := func(c crm.Contact) desk.Ref { return deskRef(crm.Ref{Kind: crm.KindContact, ID: c.ID}) }
	note := func() *kit.Field { return b.widget("field", "Note").(*kit.Field) }

	b.m.open(at(groß))
	b.waits("Jörg Groß")
	if b.widget("button", "Add").Enabled() {
		t.Error("a note without a word can be added")
	}
	b.type_("Note", "Wants forty brackets ")
	b.shot("note-light")
	b.m.open(at(meier))
	b.waits("Meier")
	if note().Text() != "" {
		t.Errorf("another record has the draft %q", note().Text())
	}
	b.m.open(at(groß))
	pumpUntil(t, b.d, func() bool { return note().Text() == "Wants forty brackets " })

	ctrlEnter := &desktop.CustomShortcut{KeyName: fyne.KeyReturn, Modifier: fyne.KeyModifierShortcutDefault}
	note().Focusable().(fyne.Shortcutable).TypedShortcut(ctrlEnter)
	b.waits("Note added")
	b.waits("Wants forty brackets")
	notes := record(t, s, crmRef(at(groß))).Timeline
	if len(notes) == 0 || notes[0].Body != "Wants forty brackets" || notes[0].Who != "Anna Krüger" || note().Text() != "" {
		t.Errorf("the timeline is %+v, the field has %q", notes, note().Text())
	}
	b.tap("button", "Undo")
	pumpUntil(t, b.d, func() bool { return note().Text() == "Wants forty brackets" })
	if notes := record(t, s, crmRef(at(groß))).Timeline; len(notes) > 0 && notes[0].Body != "" {
		t.Errorf("it is still there: %+v", notes)
	}

	var opened string
	view := b.m.pages[pageContacts].(*listPage).detail
	view.opt.Browse = func(u *url.URL) error { opened = u.String(); return nil }
	b.tap("button", "E-mail")
	if opened != "mailto:einkauf%3F@gross.example" {
		t.Errorf("opens %q", opened)
	}
	view.opt.Browse = func(*url.URL) error { return errors.New("no xdg-open") }
	b.tap("button", "Write an e-mail")
	b.waits("No e-mail program could be started: no xdg-open")
	b.tap("button", "Copy")
	if got := b.m.opt.App.Clipboard().Content(); got != "einkauf?@gross.example" {
		t.Errorf("copied %q", got)
	}
}

// What was typed outlives the program, but not the record that it is about (I4), nor the company's having this copy erased.
func TestDraftsOfNotes_I4(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	groß := crm.Contact{ID: s.NewID(), LastName: "Groß"}
	do(t, s, crm.CreateContact{Contact: groß})
	ref := deskRef(crm.Ref{Kind: crm.KindContact, ID: groß.ID})
	kept := keptInMemory{values: map[string]string{}}
	readNoteDrafts(kept).set(ref, "forty brackets")
	if got := readNoteDrafts(kept).of(ref); got != "forty brackets" {
		t.Errorf("after a start the draft is %q", got)
	}
	d := readNoteDrafts(kept)
	d.prune(b.m.opt)
	b.settle()
	if d.of(ref) == "" {
		t.Error("a draft is lost")
	}
	twin := crm.Contact{ID: s.NewID(), LastName: "Gross"}
	do(t, s, crm.CreateContact{Contact: twin})
	gone := crm.Ref{Kind: crm.KindContact, ID: twin.ID}
	d.set(deskRef(gone), "in blue")
	merge, _, err := s.MergeOf(ctx, crmRef(ref), gone, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Merge(ctx, merge); err != nil {
		t.Fatal(err)
	}
	d.prune(b.m.opt)
	pumpUntil(t, b.d, func() bool { return d.of(ref) == "forty brackets\nin blue" && d.of(deskRef(gone)) == "" })
	do(t, s, crm.RemoveRecord{Ref: crmRef(ref)})
	d.prune(b.m.opt)
	pumpUntil(t, b.d, func() bool { return d.of(ref) == "" })
	if len(kept.values) > 0 {
		t.Errorf("kept of a person who is gone: %v", kept.values)
	}

	b.m.opt.drafts.set(ref, "forty brackets")
	b.m.snap.Sync.State, b.m.looked = desk.Loading, time.Time{}
	b.m.draw(true)
	b.settle()
	if b.m.opt.drafts.of(ref) == "" {
		t.Error("a draft is lost while the records come in")
	}
	b.m.snap.Sync.State = desk.Everywhere
	b.m.draw(true)
	pumpUntil(t, b.d, func() bool { return b.m.opt.drafts.of(ref) == "" })

	b.m.opt.drafts.set(ref, "forty brackets")
	b.m.snap.Sync.State = desk.ErasedHere
	b.m.draw(true)
	if len(b.m.opt.drafts.texts) > 0 {
		t.Error("drafts outlive the erased copy")
	}
	kept.values[prefDrafts] = "{"
	if d := readNoteDrafts(kept); d.of(ref) != "" || d.texts == nil {
		t.Errorf("damaged ones are %v", d.texts)
	}
}

func TestANoteThatIsNotAddedStays(t *testing.T) {
	b, s := customersBench(t, Look{"de", "light"})
	groß := crm.Contact{ID: s.NewID(), LastName: "Groß"}
	do(t, s, crm.CreateContact{Contact: groß})
	b.m.open(deskRef(crm.Ref{Kind: crm.KindContact, ID: groß.ID}))
	b.waits("Groß")
	b.type_("Note", "vierzig Konsolen")
	s.Close()
	b.tap("button", "Add")
	b.waits("Die Notiz wurde nicht hinzugefügt")
	if got := b.widget("field", "Note").Value(); got != "vierzig Konsolen" || !b.widget("button", "Add").Enabled() {
		t.Errorf("the field has %q", got)
	}
	if !strings.Contains(b.m.opt.Kept.String(prefDrafts), "vierzig Konsolen") {
		t.Error("the draft is not kept")
	}
}

func TestARecordIsMadeFromTheTop(t *testing.T) {
	b, _ := customersBench(t, Look{"en", "light"})
	for _, name := range []string{"New contact", "New company", "New lead", "New deal"} {
		b.m.Go(pageCalls)
		b.m.layer.ShowMenu(b.m.frame.add, b.m.newRecords()...)
		b.tap("item", name)
		b.waits(name)
		b.waits("Save")
	}
	b.m.snap.NoLeads = true
	if got := len(b.m.newRecords()); got != 3 {
		t.Errorf("without leads there are %d kinds to make", got)
	}
}
