package ui

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/crm/store"
	"leadline/ui/desk"
	"leadline/ui/text"
)

// gross makes an open lead, as a call would have.
func gross(t *testing.T, s *store.Store) crm.Lead {
	t.Helper()
	l := crm.Lead{ID: s.NewID(), FirstName: "Jörg", LastName: "Groß", CompanyName: "Groß & Söhne KG", Status: crm.LeadNew, Source: crm.SourceCall,
		Numbers: []crm.Number{number(t, "0221 987 65 43")}}
	do(t, s, crm.CreateLead{Lead: l})
	return l
}

func TestALeadIsConvertedAndTakenBackInItsDetail_F1(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	lead := gross(t, s)
	field := crm.Field{ID: s.NewID(), Name: "Customer number", Kinds: []crm.Kind{crm.KindCompany}, Type: crm.NumberField, Required: true}
	do(t, s, crm.SaveField{Field: field})
	b.m.Go(pageLeads)
	b.waits("Convert…")
	b.tap("button", "Convert…")
	b.waits("Convert lead")
	b.type_("First name", "Jürgen")
	b.type_("Title of the deal", "40 brackets")
	b.tap("button", "Convert")
	if !b.says("Fill in Customer number first.") {
		t.Error("it does not ask for the required field")
	}
	b.type_("Customer number", "4711,5")
	b.tap("button", "Convert")
	b.waits("Became the deal")
	became := record(t, s, crm.Ref{Kind: crm.KindLead, ID: lead.ID}).Lead.Became
	if len(became) != 3 {
		t.Fatalf("it became %v", became)
	}
	contact, company, deal := record(t, s, became[0]).Contact, record(t, s, became[1]).Company, record(t, s, became[2]).Deal
	if contact.Name() != "Jürgen Groß" || contact.Company != company.ID || len(contact.Numbers) != 1 || contact.Source != crm.SourceCall {
		t.Errorf("the contact is %+v", contact)
	}
	if company.Name != "Groß & Söhne KG" || company.Fields[field.ID] != "4711.5" {
		t.Errorf("the company is %+v", company)
	}
	if deal.Title != "40 brackets" || deal.Contact != contact.ID || deal.Company != company.ID || deal.Lead != lead.ID {
		t.Errorf("the deal is %+v", deal)
	}
	if b.finds("button", "Convert…") {
		t.Error("a converted lead can be converted")
	}
	b.tap("button", "Undo") // the record's; there is a notice with another one
	b.waits("Convert…")
	if b.says("was converted") {
		t.Error("a notice still says that it was converted, and offers Undo")
	}
	if got := record(t, s, crm.Ref{Kind: crm.KindLead, ID: lead.ID}).Lead; got.Status != crm.LeadNew || len(got.Became) != 0 {
		t.Errorf("after Undo the lead is %+v", got)
	}
	if _, err := s.Record(ctx, became[0]); err == nil {
		t.Error("after Undo the contact is still there")
	}
}

// Look.md: from the end of a call one comes to the conversion of its lead.
func TestALeadIsConvertedFromTheEndOfACall_F1(t *testing.T) {
	b, s := customersBench(t, Look{"de", "light"})
	lead := gross(t, s)
	ref := desk.Ref{Kind: desk.Lead, ID: string(lead.ID)}
	b.m.Go(pageCalls)
	b.m.convertInFront(ref)
	b.waits("Lead umwandeln")
	b.tap("button", "Cancel")
	b.m.openInFront(ref)
	b.settle()
	if b.says("Lead umwandeln") || !b.finds("button", "Convert…") {
		t.Error("to open the lead begins to convert it")
	}
}

func TestALeadIsConvertedIntoWhatIsThere_F1(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	lead := gross(t, s)
	known := crm.Contact{ID: s.NewID(), FirstName: "Jörg", LastName: "Groß"}
	do(t, s, crm.CreateContact{Contact: known}, crm.CreateContact{Contact: crm.Contact{ID: s.NewID(), LastName: "Großmann"}})
	b.m.Go(pageLeads)
	b.waits("Convert…")
	b.tap("button", "Convert…")
	b.waits("Convert lead")
	b.choose("select", "Contact", "Existing")
	b.choose("select", "Company", "None")
	b.choose("select", "Deal", "None")
	b.waits("Jörg Groß")
	b.tap("button", "Convert")
	if !b.says("Choose a record of those that are there first.") {
		t.Error("it does not ask which record")
	}
	b.tap("row", "Jörg Groß")
	b.tap("button", "Convert")
	b.waits("Became the contact")
	if became := record(t, s, crm.Ref{Kind: crm.KindLead, ID: lead.ID}).Lead.Became; len(became) != 1 || became[0].ID != known.ID {
		t.Errorf("it became %v", became)
	}
	b.tap("button", "Open this record")
	if b.m.at != pageContacts {
		t.Errorf("the contact is not opened: %s", b.m.at)
	}
	b.waits("Groß & Söhne KG was converted · Today 10:44") // said at the contact, too, with its Undo
}

func TestWhatALeadCannotBecomeIsSaid_F1(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	gross(t, s)
	b.m.Go(pageLeads)
	b.waits("Convert…")
	b.tap("button", "Convert…")
	b.waits("Convert lead")
	b.type_("Company name", "")
	b.tap("button", "Convert")
	b.waits("Type the company's name first.")
	for _, part := range []string{"Contact", "Company", "Deal"} {
		b.choose("select", part, "None")
	}
	b.tap("button", "Convert")
	b.waits("Choose what the lead becomes.")
	b.tap("button", "Cancel")
	if b.says("Convert lead") {
		t.Error("the form is still there")
	}
}

func TestAConversionThatIsTooOldToTakeBackSaysSo_F1(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	lead := gross(t, s)
	b.m.Go(pageLeads)
	b.waits("Convert…")
	b.tap("button", "Convert…")
	b.waits("Convert lead")
	b.tap("button", "Convert")
	b.waits("Became the deal")
	deal := record(t, s, record(t, s, crm.Ref{Kind: crm.KindLead, ID: lead.ID}).Lead.Became[2]).Deal
	stored := *deal
	stored.Title = "Something else"
	later := mainNow.Add(1)
	stored.Updated = later
	do(t, s, crm.UpdateDeal{Deal: stored}, crm.RemoveRecord{Ref: crm.Ref{Kind: crm.KindDeal, ID: deal.ID}})
	b.tap("button", "Undo")
	b.waits("It is too late to take that back.")
}

// TestPicturesOfConversion draws the form and what it leads to; see TestPicturesOfTheMainWindow.
func TestPicturesOfConversion(t *testing.T) {
	for _, c := range []struct {
		look Look
		size fyne.Size
	}{{Look{"en", "light"}, fyne.NewSize(1280, 800)}, {Look{"de", "dark"}, fyne.NewSize(900, 760)}} {
		b, s := customersBench(t, c.look)
		l := crm.Lead{ID: s.NewID(), FirstName: "Franz Xaver", LastName: "Höllerer-Wöhrmann", Status: crm.LeadNew,
			CompanyName: "Donaudampfschifffahrtsgesellschaft Österreich mbH & Co. KG", Numbers: []crm.Number{number(t, "0221 987 65 43")}}
		do(t, s, crm.CreateLead{Lead: l}, crm.SaveField{Field: crm.Field{ID: s.NewID(), Name: "Kundennummer", Kinds: []crm.Kind{crm.KindCompany}, Type: crm.NumberField, Required: true}})
		b.m.Window().Resize(c.size)
		b.m.Go(pageLeads)
		b.waits(text.T("More"))
		if c.size.Width < mainNarrow {
			b.more("Convert…")
		} else {
			b.tap("button", "Convert…")
		}
		b.waits(text.T("Convert lead"))
		b.shot("convert-" + c.look.Theme + "-" + c.look.Language)
		b.type_("Kundennummer", "12")
		b.tap("button", "Convert")
		b.waits(text.T("Undo"))
		b.shot("converted-" + c.look.Theme + "-" + c.look.Language)
		if strings.Contains(text.T("Undo"), "|") || !b.says(l.CompanyName) {
			t.Error("the lead is not shown")
		}
		b.m.open(desk.Ref{Kind: desk.Contact, ID: string(record(t, s, crm.Ref{Kind: crm.KindLead, ID: l.ID}).Lead.Became[0].ID)})
		b.waits("Franz Xaver")
	}
}
