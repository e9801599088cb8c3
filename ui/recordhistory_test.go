package ui

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/kit"
)

func TestTheTimelineTellsChangesAndTakesThemBack(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	c := crm.Contact{ID: s.NewID(), FirstName: "Jörg", LastName: "Gros", Source: crm.SourceCall}
	do(t, s, crm.CreateContact{Contact: c})
	b.m.open(deskRef(crm.Ref{Kind: crm.KindContact, ID: c.ID}))
	b.waits("Edit all fields")
	b.tap("button", "Edit all fields")
	b.waits("Last name")
	b.type_("Last name", "Groß")
	b.choose("select", "Source", "Website")
	b.tap("button", "Save")
	b.waits("Last name: Gros → Groß")
	if !b.says("Source: Call → Website") {
		t.Error("the second field is not told")
	}
	b.shot("history-light")
	b.tap("button", "Undo")
	b.waits("Last name: Groß → Gros")
	if got := record(t, s, crm.Ref{Kind: crm.KindContact, ID: c.ID}).Contact; got.LastName != "Gros" || got.Source != crm.SourceCall {
		t.Errorf("taken back it is %+v", got)
	}
}

func TestARecordIsMovedOnItsStageLine_F4(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	lead := gross(t, s)
	deal := crm.Deal{ID: s.NewID(), Title: "Delivery"}
	do(t, s, crm.CreateDeal{Deal: deal})
	b.m.open(deskRef(crm.Ref{Kind: crm.KindLead, ID: lead.ID}))
	b.waits("Groß & Söhne KG")
	b.choose("select", "Stage", "Processed")
	b.waits("Status: New → Processed")
	if got := record(t, s, crm.Ref{Kind: crm.KindLead, ID: lead.ID}).Lead; got.Status != crm.LeadProcessed {
		t.Errorf("the lead is %q", got.Status)
	}
	line := b.widget("select", "Stage").(*kit.StageLine)
	b.focus(line)
	line.TypedKey(&fyne.KeyEvent{Name: fyne.KeyLeft})
	b.waits("Status: Processed → In progress")
	b.choose("select", "Stage", "Converted")
	b.waits("Convert lead")
	b.tap("button", "Cancel")
	b.m.open(deskRef(crm.Ref{Kind: crm.KindDeal, ID: deal.ID}))
	b.waits("Delivery")
	b.choose("select", "Stage", "In talks")
	b.waits("Stage: New → In talks")
	b.stage(s, deal.ID, crm.DealInTalks)
}

func TestAStrangersCallBecomesARecord_B2(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	known := crm.Contact{ID: s.NewID(), LastName: "Groß"}
	do(t, s, crm.CreateContact{Contact: known})
	call := func(number string) crm.Call {
		c, _, err := s.BeginCall(ctx, crm.Call{Direction: crm.Incoming, Party: crm.Parse(number, "DE"), Began: mainNow.Add(-time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.EndCall(ctx, c.ID, mainNow.Add(-59*time.Minute), crm.Missed, ""); err != nil {
			t.Fatal(err)
		}
		return c
	}
	first, second := call("0176 1234567"), call("0176 7654321")
	b.m.Go(pageLeads)
	b.m.Go(pageCalls)
	b.waits("0176 123 45 67")
	b.tap("row", "0176 123 45 67")
	b.waits("Create lead")
	b.settle()
	b.shot("stranger-light")
	b.tap("button", "Create contact")
	b.waits("New contact")
	if got := b.widget("field", "Number").(*kit.Field).Text(); got != "0176 123 45 67" {
		t.Errorf("the number is %q", got)
	}
	b.tap("button", "Cancel")
	b.waits("Create contact")
	b.tap("button", "Create contact")
	b.waits("New contact")
	b.type_("Last name", "Süßmilch")
	b.tap("button", "Save")
	b.waits("Süßmilch")
	if row, err := s.Call(ctx, first.ID); err != nil || row.Name != "Süßmilch" {
		t.Errorf("the call is with %q (%v)", row.Name, err)
	}
	b.m.Go(pageCalls)
	b.waits("0176 765 43 21")
	b.tap("row", "0176 765 43 21")
	b.waits("Link to…")
	b.tap("button", "Link to…")
	b.waits("Who is it?")
	b.tap("button", "Link")
	b.waits("Choose a record of those that are there first.")
	b.type_("Name, company or number", "Groß")
	b.waits("Contact")
	b.tap("row", "Groß")
	b.tap("button", "Link")
	pumpUntil(t, b.d, func() bool { return b.m.at == pageContacts })
	if row, err := s.Call(ctx, second.ID); err != nil || row.Ref.ID != known.ID {
		t.Errorf("the call is on %+v (%v)", row.Ref, err)
	}
}

func TestARecordIsDeletedAndBroughtBack(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	c := crm.Contact{ID: s.NewID(), LastName: "Groß"}
	do(t, s, crm.CreateContact{Contact: c})
	b.m.open(deskRef(crm.Ref{Kind: crm.KindContact, ID: c.ID}))
	b.waits("Edit all fields")
	b.more("Delete…")
	b.waits("Delete Groß with its notes and follow-ups?")
	b.tap("button", "Delete now")
	b.waits("Groß was deleted")
	b.waits("No contacts yet")
	b.tap("button", "Undo")
	b.waits("Edit all fields")
	if got := record(t, s, crm.Ref{Kind: crm.KindContact, ID: c.ID}).Contact; got.LastName != "Groß" {
		t.Errorf("it is %+v", got)
	}
}

func TestACompanyShowsItsPeopleAndDeals(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	company := crm.Company{ID: s.NewID(), Name: "Groß & Söhne KG"}
	c := crm.Contact{ID: s.NewID(), FirstName: "Jörg", LastName: "Groß", Company: company.ID}
	do(t, s, crm.CreateCompany{Company: company}, crm.CreateContact{Contact: c})
	b.m.open(deskRef(crm.Ref{Kind: crm.KindCompany, ID: company.ID}))
	b.waits("Jörg Groß")
	b.more("New deal")
	b.waits("Title of the deal")
	if !b.says("Groß & Söhne KG") || !b.says("Choose another") {
		t.Error("the deal is not the company's")
	}
	b.type_("Title of the deal", "Boiler")
	b.tap("button", "Save")
	pumpUntil(t, b.d, func() bool { return b.m.at == pageDeals })
	b.m.open(deskRef(crm.Ref{Kind: crm.KindCompany, ID: company.ID}))
	b.waits("Open deal")
	b.shot("company-light")
	b.m.open(desk.Ref{Kind: desk.Contact, ID: string(c.ID)})
	b.waits("Edit all fields")
	b.more("New deal")
	b.waits("Title of the deal")
	b.tap("button", "Cancel")
	b.waits("Edit all fields")
}

// Who is called away from a form finds it as it was left.
func TestWhatWasTypedInAFormIsThereAgain(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	groß, meier := crm.Contact{ID: s.NewID(), LastName: "Groß"}, crm.Contact{ID: s.NewID(), LastName: "Meier"}
	do(t, s, crm.CreateContact{Contact: groß}, crm.CreateContact{Contact: meier})
	at := func(c crm.Contact) desk.Ref { return deskRef(crm.Ref{Kind: crm.KindContact, ID: c.ID}) }
	form := func(last string) {
		t.Helper()
		pumpUntil(t, b.d, func() bool { return b.finds("field", "Last name") })
		if got := b.widget("field", "Last name").(*kit.Field).Text(); got != last {
			t.Errorf("the form has %q, want %q", got, last)
		}
	}
	b.m.open(at(groß))
	b.waits("Edit all fields")
	b.tap("button", "Edit all fields")
	form("Groß")
	b.m.open(at(meier))
	b.waits("Edit all fields")
	if b.says("is kept") {
		t.Error("a form in which nothing was typed is kept")
	}
	b.m.open(at(groß))
	b.waits("Edit all fields")
	b.tap("button", "Edit all fields")
	form("Groß")
	b.type_("Last name", "Große")
	b.m.open(at(meier))
	b.waits("Edit contact: what you typed is kept until you come back.")
	b.tap("button", "New contact")
	form("")
	b.type_("Last name", "Süßmilch")
	b.m.open(at(groß))
	form("Große")
	b.tap("button", "Save")
	b.waits("Last name: Groß → Große")
	b.tap("button", "New contact")
	form("Süßmilch")
	b.tap("button", "Cancel")
	b.tap("button", "New contact")
	form("")
}
