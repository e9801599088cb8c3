package ui

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/crm/store"
	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
)

// theErasures are those of a server in memory.
type theErasures struct {
	all    []Erasure
	takes  ErasureTakes
	asked  []crm.ID // the ids under which it was asked to erase
	fail   error    // of the next
	reason error    // why the list is not told
}

func (e *theErasures) WouldErase(context.Context, crm.Ref) (ErasureTakes, error) { return e.takes, nil }
func (e *theErasures) Erase(_ context.Context, id crm.ID, person crm.Ref) (Erasure, error) {
	e.asked = append(e.asked, id)
	if err := e.fail; err != nil {
		e.fail = nil
		return Erasure{}, err
	}
	done := Erasure{ID: id, At: mainNow, By: "Anna Krüger", Records: []crm.Ref{person}, ErasureTakes: e.takes, Copies: someCopies()}
	e.all = append([]Erasure{done}, e.all...)
	return done, nil
}
func (e *theErasures) Erasures(context.Context) ([]Erasure, error) {
	if e.reason != nil {
		return nil, e.reason
	}
	return e.all, nil
}

func someCopies() []ErasureCopy {
	return []ErasureCopy{{User: "Petra Weiß", Device: "petra-laptop", Seen: mainNow.Add(-3 * 24 * time.Hour)},
		{User: "Tobias Schön", Device: "tobias-pc", Seen: mainNow.Add(-40 * 24 * time.Hour), Out: true},
		{User: "Anna Krüger", Device: "anna-laptop", This: true, Seen: mainNow, Done: mainNow},
		{User: "Mona Jäger", Seen: mainNow.Add(-time.Hour), Done: mainNow, Out: true, Gone: true}}
}

// erasureBench shows a contact that can be erased; how the file stands with a server is state.
func erasureBench(t *testing.T, e *theErasures, state desk.SyncState, look Look) (*mainBench, *store.Store) {
	t.Helper()
	b, s := customersBench(t, Look{"en", "light"})
	c := crm.Contact{ID: s.NewID(), FirstName: "Käthe", LastName: "Süßmilch", Numbers: []crm.Number{number(t, "089 452177")}}
	do(t, s, crm.CreateContact{Contact: c})
	opt := b.m.opt
	b.m.Stop()
	b.desk.snap.Sync = desk.Sync{State: state}
	opt.Erasures = e
	ApplyLook(opt.App, look)
	b.m = NewMain(opt)
	b.m.Window().Resize(fyne.NewSize(1280, 800))
	t.Cleanup(b.m.Stop)
	b.settle()
	b.m.open(deskRef(crm.Ref{Kind: crm.KindContact, ID: c.ID}))
	b.waits("Süßmilch")
	b.settle()
	return b, s
}

// Requirement I4: what goes is said, the word is asked for, and what comes of it is shown device by device.
func TestAPersonIsErasedForGood_I4(t *testing.T) {
	e := &theErasures{takes: ErasureTakes{Leads: 1, Calls: 3, Notes: 2, Recordings: 1, Deals: 1}}
	b, _ := erasureBench(t, e, desk.Everywhere, Look{"en", "light"})
	b.more("Erase for good (GDPR)…")
	for _, words := range []string{"Käthe Süßmilch is erased for good. Nobody can take that back.", "3 calls: they stay in the figures", "1 recording", "1 lead with the same number",
		"On the server at once, and on every device", "Type “erase” to confirm."} {
		b.waits(words)
	}
	b.tap("button", "Erase for good")
	b.type_("Confirmation", "eras")
	b.tap("button", "Erase for good")
	if len(e.asked) > 0 || b.widget("field", "Confirmation").(*kit.Field).Problem() == "" {
		t.Fatal("it is erased without the word")
	}
	b.type_("Confirmation", "Erase")
	e.fail = &TestFailure{Field: FieldAddress, Why: desk.Text{Key: "The server cannot be reached"}}
	b.tap("button", "Erase for good")
	b.waits("trying again does no harm")
	b.tap("button", "Erase for good")
	if len(e.asked) != 2 || e.asked[0] != e.asked[1] {
		t.Errorf("it was asked for under %q, want the same id twice", e.asked)
	}
	for _, words := range []string{"2 of 4 devices have to follow", "Petra Weiß · petra-laptop", "not yet", "signed out; erases its whole copy when it connects",
		"Anna Krüger · anna-laptop (this device)", "whole copy erased", "seen 20 November 2026", string(e.asked[0])} {
		b.waits(words)
	}
	if b.says("Süßmilch") {
		t.Error("the name is shown still")
	}
	b.tap("button", "Copy as proof")
	proof := b.m.opt.App.Clipboard().Content()
	for _, words := range []string{string(e.asked[0]), "by Anna Krüger", "1 contact, 1 more lead, 3 calls, 1 recording, 2 notes and follow-ups, 1 deal", "petra-laptop", "As of 23 November 2026"} {
		if !strings.Contains(proof, words) {
			t.Errorf("the proof lacks %q:\n%s", words, proof)
		}
	}
	e.all[0].Copies = someCopies()[2:]
	b.tap("button", "Back")
	b.m.Go(pageCalls)
	b.m.ShowSettings(settingsErasures)
	b.waits("Erased everywhere")
	b.tap("button", "View")
	b.waits("Copy as proof")
}

// In a small window the word that is asked for is in view, with what is said of it, and the number of an erasure is whole.
func TestErasingInASmallWindow_I4(t *testing.T) {
	for _, look := range []Look{{"en", "light"}, {"de", "dark"}} {
		e := &theErasures{takes: ErasureTakes{Leads: 1, Calls: 3, Notes: 2, Recordings: 1, Deals: 1}}
		b, _ := erasureBench(t, e, desk.Everywhere, look)
		b.m.Window().Resize(fyne.NewSize(900, 600))
		seen := func(when string, words string) {
			t.Helper()
			b.settle()
			bar := fyne.CurrentApp().Driver().AbsolutePositionForObject(b.widget("button", "Erase for good").(fyne.CanvasObject)).Y - 10
			found := false
			kit.Walk(b.m.Window().Content(), func(o fyne.CanvasObject, at fyne.Position) {
				if n, is := o.(kit.Named); is && n.Value() == words {
					found = true
					if end := at.Y + o.Size().Height; end > bar {
						t.Errorf("%v, %s: %q ends at %v, the bar begins at %v", look, when, words, end, bar)
					}
				}
			})
			if !found {
				t.Errorf("%v, %s: %q is not in view", look, when, words)
			}
		}
		ask := text.T("Type “{word}” to confirm.", "word", text.T("erase|word"))
		b.more("Erase for good (GDPR)…")
		seen("at first", ask)
		b.type_("Confirmation", "x")
		b.tap("button", "Erase for good")
		seen("after another word", text.T("That is another word."))
		seen("after another word", ask)
		b.shot("erase-small-" + look.Language)
		e.fail = &TestFailure{Field: FieldAddress, Why: desk.Text{Key: "The server cannot be reached"}}
		b.type_("Confirmation", text.T("erase|word"))
		b.tap("button", "Erase for good")
		if b.says("..") {
			t.Errorf("%v: a sentence ends twice", look)
		}
		b.tap("button", "Erase for good")
		b.waits(text.T("Copy as proof"))
		b.tap("button", "Back")
		b.waits(string(e.asked[0]))
		kit.Walk(b.m.Window().Content(), func(o fyne.CanvasObject, _ fyne.Position) {
			if l, is := o.(*kit.Label); is && strings.Contains(l.Value(), string(e.asked[0])) {
				t.Errorf("%v: %q is in a line that ends where it is too long", look, l.Value())
			}
		})
		b.shot("erasures-small-" + look.Language)
	}
}

// Offline nobody is erased, and who has no server erases at once.
func TestWhereAPersonIsErased_I4(t *testing.T) {
	e := &theErasures{}
	b, _ := erasureBench(t, e, desk.ServerAway, Look{"en", "light"})
	b.more("Erase for good (GDPR)…")
	b.waits("That works only while it can be reached.")
	b.type_("Confirmation", "erase")
	b.tap("button", "Erase for good")
	if len(e.asked) > 0 {
		t.Error("it is asked for without a server")
	}
	b.tap("button", "Cancel")

	alone := &theErasures{}
	b, _ = erasureBench(t, alone, desk.NoServer, Look{"en", "light"})
	b.more("Erase for good (GDPR)…")
	b.waits("On this computer, at once.")
	b.type_("Confirmation", "erase")
	b.widget("field", "Confirmation").(*kit.Field).Submit()
	b.settle()
	if len(alone.asked) != 1 {
		t.Errorf("asked %d times", len(alone.asked))
	}
}

// Who is no administrator is not offered it, and the settings say who may (G2).
func TestOnlyAdministratorsErase_G2(t *testing.T) {
	e := &theErasures{reason: errors.New("nobody asks")}
	b, s := erasureBench(t, e, desk.Everywhere, Look{"en", "light"})
	me, err := s.Me(ctx)
	if err != nil {
		t.Fatal(err)
	}
	boss := crm.User{ID: s.NewID(), Name: "Petra Weiß", Roles: []crm.ID{crm.Administrator}}
	me.Roles = []crm.ID{crm.Agent}
	do(t, s, crm.SaveUser{User: boss}, crm.SaveUser{User: me})
	b.m.pages[pageContacts].(*listPage).detail.Reload()
	b.settle()
	b.tap("button", "More")
	if b.finds("item", "Erase for good (GDPR)…") {
		t.Error("an agent is offered to erase")
	}
	b.m.layer.ClosePopup()
	b.m.ShowSettings(settingsErasures)
	b.waits("Petra Weiß may.")
	if b.says("nobody asks") {
		t.Error("the server is asked all the same")
	}
}

// What the server does not tell is said, and asked again; before anybody was erased it says what the place is for.
func TestTheListOfErasures_I4(t *testing.T) {
	e := &theErasures{reason: &TestFailure{Why: desk.Text{Key: "The server is too old for that"}}}
	b, _ := erasureBench(t, e, desk.Everywhere, Look{"en", "light"})
	b.m.ShowSettings(settingsErasures)
	b.waits("The server is too old for that")
	e.reason = nil
	b.tap("button", "Try again")
	b.waits("Nobody was erased yet")
	e.all = []Erasure{{ID: "x", At: mainNow, Here: true, Records: []crm.Ref{{Kind: crm.KindLead}}}}
	b.m.Go(pageCalls)
	b.m.ShowSettings(settingsErasures)
	b.waits("Erased here")
}

func TestPicturesOfErasures(t *testing.T) {
	for name, look := range map[string]Look{"light": {"en", "light"}, "light-de": {"de", "light"}, "dark-de": {"de", "dark"}} {
		e := &theErasures{takes: ErasureTakes{Leads: 1, Calls: 3, Notes: 2, Recordings: 1, Deals: 1}}
		b, _ := erasureBench(t, e, desk.Everywhere, look)
		b.more("Erase for good (GDPR)…")
		b.shot("erase-" + name)
		word := map[string]string{"en": "erase", "de": "löschen"}[look.Language]
		b.type_("Confirmation", word)
		b.tap("button", "Erase for good")
		b.waits("petra-laptop")
		b.shot("erased-" + name)
		e.all = append(e.all, Erasure{ID: "0190f2aa-1111-7000-8000-000000000001", At: mainNow.AddDate(0, -3, 0), By: "Petra Weiß", Records: []crm.Ref{{Kind: crm.KindLead, ID: "1"}}, Copies: someCopies()[2:]})
		b.tap("button", "Back")
		b.m.Go(pageCalls)
		b.m.ShowSettings(settingsErasures)
		b.shot("erasures-" + name)
	}
}
