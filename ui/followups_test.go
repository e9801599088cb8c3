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
	"leadline/ui/kit"
	"leadline/ui/text"
)

// followUps makes a contact with follow-ups of yesterday, today, tomorrow and later.
func followUps(t *testing.T, s *store.Store) crm.Ref {
	t.Helper()
	me, err := s.Me(ctx)
	if err != nil {
		t.Fatal(err)
	}
	c := crm.Contact{ID: s.NewID(), FirstName: "Jörg", LastName: "Groß", Numbers: []crm.Number{number(t, "0221 987 65 43")}}
	ref := crm.Ref{Kind: crm.KindContact, ID: c.ID}
	changes := []crm.Change{crm.CreateContact{Contact: c}}
	for _, f := range []struct {
		days int
		text string
	}{{-1, "Late price"}, {0, "Ask for the drawing"}, {1, "Send the offer"}, {9, "New year's card"}} {
		changes = append(changes, crm.SaveFollowUp{FollowUp: crm.FollowUp{ID: s.NewID(), Ref: ref, Due: mainNow.AddDate(0, 0, f.days), Text: f.text, Responsible: me.ID}})
	}
	do(t, s, changes...)
	return ref
}

func TestFollowUpsAreWorkedOffByKey_H3(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	b.m.Go(pageFollowUps)
	b.waits("Nothing to follow up")
	followUps(t, s)
	b.m.pages[pageFollowUps].Enter()
	for _, words := range []string{"Overdue", "Today", "Tomorrow", "Later", "Late price", "Jörg Groß · 0221 987 65 43", "4 follow-ups"} {
		b.waits(words)
	}
	press := func(name string, key fyne.KeyName) {
		b.t.Helper()
		b.widget("row", name).(*followUpRow).TypedKey(&fyne.KeyEvent{Name: key})
		b.settle()
	}
	press("Late price", fyne.KeyR)
	if got := strings.Join(b.desk.dialled, " "); got != "+492219876543" {
		t.Errorf("dialled %s", got)
	}
	press("Late price", fyne.KeyDown)
	page := b.m.pages[pageFollowUps].(*followUpsPage)
	if row := b.widget("row", "Ask for the drawing").(*followUpRow); page.at != row.row.ID {
		t.Error("Down does not choose the next one")
	}
	press("Ask for the drawing", fyne.KeyD)
	b.waits("Done: Ask for the drawing")
	b.waits("3 follow-ups")
	if b.finds("row", "Ask for the drawing") {
		t.Error("what is done is still there")
	}
	if row := b.widget("row", "Send the offer").(*followUpRow); page.at != row.row.ID {
		t.Error("the next one is not chosen")
	}
	b.tap("button", "Undo")
	b.waits("4 follow-ups")
	press("Late price", fyne.KeySpace)
	b.waits("3 follow-ups")
	b.tap("button", "Done")
	b.waits("Today 10:44") // when it was done
}

func TestAFollowUpIsNotedAndChangedOnARecord_H3(t *testing.T) {
	b, s := customersBench(t, Look{"de", "light"})
	c := crm.Contact{ID: s.NewID(), LastName: "Groß"}
	do(t, s, crm.CreateContact{Contact: c})
	ref := crm.Ref{Kind: crm.KindContact, ID: c.ID}
	b.m.Go(pageContacts)
	b.waits("Groß")
	b.tap("button", "Follow-up")
	b.waits("Was zu tun ist")
	b.type_("What is to be done", "Angebot schicken")
	b.type_("Day", "bald")
	b.type_("Time", "25")
	b.tap("button", "Save")
	for _, field := range []string{"Day", "Time"} {
		if b.widget("field", field).(*kit.Field).Problem() == "" {
			t.Errorf("%s takes nonsense", field)
		}
	}
	b.tap("button", "In a week")
	b.type_("Time", "14.30")
	b.tap("button", "Save")
	b.waits("Geplant")
	due := func() crm.FollowUp {
		t.Helper()
		all, err := s.FollowUps(ctx, ref)
		if err != nil || len(all) != 1 {
			t.Fatalf("%d follow-ups, %v", len(all), err)
		}
		return all[0]
	}
	if f := due(); f.Text != "Angebot schicken" || !f.Due.Equal(at("2026-11-30", "14:30")) {
		t.Errorf("noted %+v", f)
	}
	b.tap("button", "Change…")
	b.waits("Was zu tun ist")
	if got := b.widget("field", "Day").(*kit.Field).Text(); got != "30.11.2026" {
		t.Errorf("the day is %s", got)
	}
	b.type_("Day", "3.12.")
	b.tap("button", "Save")
	b.waits("Geplant")
	if f := due(); !f.Due.Equal(at("2026-12-03", "14:30")) {
		t.Errorf("moved to %s", f.Due)
	}
	b.tap("button", "Done")
	b.waits("Erledigt: Angebot schicken")
	if f := due(); f.Done.IsZero() || f.DoneBy == "" {
		t.Errorf("done: %+v", f)
	}
}

// What was noted in a call without words is told by the call's note, on the record as in the list; without either it is to call back.
func TestAFollowUpWithoutWordsReadsAlikeEverywhere_H3(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	me, err := s.Me(ctx)
	if err != nil {
		t.Fatal(err)
	}
	c := crm.Contact{ID: s.NewID(), LastName: "Groß"}
	ref := crm.Ref{Kind: crm.KindContact, ID: c.ID}
	call := crm.Call{ID: s.NewID(), Direction: crm.Incoming, Party: crm.Parse("0221 987 65 43", "DE"), Began: mainNow}
	due := crm.FollowUp{ID: s.NewID(), Ref: ref, Call: call.ID, Due: mainNow, Responsible: me.ID}
	bare := crm.FollowUp{ID: s.NewID(), Ref: ref, Due: mainNow, Responsible: me.ID}
	do(t, s, crm.CreateContact{Contact: c}, crm.BeginCall{Call: call}, crm.SaveNote{Call: call.ID, Text: "Wants a price\nper 100", At: mainNow},
		crm.SaveFollowUp{FollowUp: due}, crm.SaveFollowUp{FollowUp: bare})
	b.m.Go(pageFollowUps)
	b.waits("2 follow-ups")
	b.widget("row", "Wants a price")
	b.widget("row", "Call back")
	b.m.open(deskRef(ref))
	b.waits("Planned")
	b.waits("Wants a price")
	b.waits("Call back")
	b.tap("button", "Done")
	b.waits("Done: Wants a price")
}

// brokenFile is a file that fails at what the test says.
type brokenFile struct {
	Customers
	fail error
}

func (f brokenFile) FollowUpList(context.Context, crm.Query) (crm.FollowUpPage, error) {
	return crm.FollowUpPage{}, f.fail
}

func TestFollowUpsThatCannotBeReadSaySo(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	opt := b.m.opt
	opt.Customers = brokenFile{s, errors.New("the disk is gone")}
	p := newFollowUpsPage(opt, b.m)
	p.Enter()
	pumpUntil(t, b.d, func() bool { return p.failed })
	found := false
	kit.Walk(p.Object(), func(o fyne.CanvasObject, _ fyne.Position) {
		if n, ok := o.(kit.Named); ok && strings.Contains(n.Value(), "The list could not be read") {
			found = true
		}
	})
	if !found {
		t.Error("it does not say that it could not be read")
	}
}

// finds tells whether a widget of a role and a name is seen.
func (b *mainBench) finds(role, name string) bool {
	found := false
	kit.Walk(b.m.Window().Content(), func(o fyne.CanvasObject, _ fyne.Position) {
		if n, ok := o.(kit.Named); ok && n.Role() == role && n.Name() == name {
			found = true
		}
	})
	return found
}

func TestPicturesOfFollowUps(t *testing.T) {
	for _, c := range []struct {
		look Look
		size fyne.Size
	}{{Look{"en", "light"}, fyne.NewSize(1280, 800)}, {Look{"de", "dark"}, fyne.NewSize(900, 600)}} {
		b, s := customersBench(t, c.look)
		ref := followUps(t, s)
		me, _ := s.Me(ctx)
		do(t, s, crm.SaveFollowUp{FollowUp: crm.FollowUp{ID: s.NewID(), Ref: ref, Due: mainNow.Add(4 * time.Hour), Responsible: me.ID,
			Text: "Donaudampfschifffahrtsgesellschaft Österreich mbH & Co. KG nach dem Liefertermin und den Zahlungsbedingungen fragen"}})
		snap := b.desk.snap
		snap.Due = 3
		b.desk.watch(snap)
		b.m.Window().Resize(c.size)
		b.m.Go(pageFollowUps)
		b.waits("Late price")
		b.shot("followups-" + c.look.Theme + "-" + c.look.Language)
		b.m.open(deskRef(ref))
		b.waits(text.T("Planned"))
		b.shot("followups-record-" + c.look.Theme + "-" + c.look.Language)
		b.tap("button", "Follow-up")
		b.waits(text.T("What is to be done"))
		b.shot("followups-form-" + c.look.Theme + "-" + c.look.Language)
	}
}
