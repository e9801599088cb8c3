package ui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"leadline/crm"
	"leadline/crm/store"
	"leadline/ui/kit"
	"leadline/ui/text"
)

func TestAContactIsMadeByHandWithWhatItWouldDouble(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	field := crm.Field{ID: s.NewID(), Name: "Birthday", Kinds: []crm.Kind{crm.KindContact}, Type: crm.DateField}
	do(t, s, crm.SaveField{Field: field}, crm.CreateCompany{Company: crm.Company{ID: s.NewID(), Name: "Groß & Söhne KG"}},
		crm.CreateContact{Contact: crm.Contact{ID: s.NewID(), FirstName: "Jörg", LastName: "Groß", Numbers: []crm.Number{number(t, "0221 987 65 43")}}})
	b.m.Go(pageContacts)
	b.waits("Jörg Groß")
	b.tap("button", "New contact")
	b.waits("Last name")
	b.tap("button", "Save")
	if b.widget("field", "Last name").(*kit.Field).Problem() == "" {
		t.Error("a contact without a name is saved")
	}
	b.type_("Number", "+49 221 98765 43")
	b.waits("Similar: Jörg Groß · same number")
	b.type_("Number", "call me")
	b.type_("First name", "Käthe")
	b.type_("Last name", "Gross")
	b.tap("button", "Add e-mail")
	b.type_("E-mail", "nonsense")
	b.waits("Birthday") // the fields of the company's own are read from the file
	b.type_("Birthday", "31.2.1980")
	b.tap("button", "Save")
	if !b.widget("field", "Number").(*kit.Field).Focused() {
		t.Error("the first field that is wrong has not the keyboard")
	}
	wrong := func(name string) {
		if b.widget("field", name).(*kit.Field).Problem() == "" {
			t.Errorf("%s takes nonsense", name)
		}
	}
	wrong("Number")
	wrong("E-mail")
	b.type_("Number", "0171 3920044")
	b.choose("select", "Type", "Mobile")
	b.type_("E-mail", "kaethe@example.org")
	wrong("Birthday") // in sight again, now that no line says what is wrong above it
	b.type_("Birthday", "3.2.1980")
	b.type_("Find a company", "Groß")
	b.waits("Groß & Söhne KG")
	b.tap("row", "Groß & Söhne KG")
	b.tap("button", "Save")
	b.waits("Käthe Gross")
	b.waits("kaethe@example.org")
	found, err := s.Search(ctx, "Käthe", 1)
	if err != nil || len(found) != 1 {
		t.Fatalf("found %v, %v", found, err)
	}
	c := record(t, s, found[0].Ref)
	if c.Contact.Numbers[0].E164 != 491713920044 || c.Contact.Numbers[0].Label != crm.LabelMobile || c.CompanyName != "Groß & Söhne KG" ||
		c.Contact.Fields[field.ID] != "1980-02-03" || c.Responsible != "Anna Krüger" {
		t.Errorf("the contact is %+v", c.Contact)
	}
}

func TestEachKindOfRecordIsEdited(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	company := crm.Company{ID: s.NewID(), Name: "Meier GmbH", Numbers: []crm.Number{number(t, "030 2094-0")}, Comment: "old", SIP: []string{"meier@example.org"}}
	lead := gross(t, s)
	deal := crm.Deal{ID: s.NewID(), Title: "Delivery", Amount: crm.Money{Minor: 4800050, Currency: "EUR"}, Company: company.ID}
	do(t, s, crm.CreateCompany{Company: company}, crm.CreateDeal{Deal: deal})
	edit := func(kind crm.Kind, id crm.ID, field, value string) crm.Record {
		t.Helper()
		ref := crm.Ref{Kind: kind, ID: id}
		b.m.open(deskRef(ref))
		b.waits("Follow-up")
		b.settle()
		b.more("Edit")
		pumpUntil(t, b.d, func() bool { return b.finds("field", field) })
		b.type_(field, value)
		b.tap("button", "Save")
		pumpUntil(t, b.d, func() bool { return !b.finds("field", field) })
		b.settle()
		return record(t, s, ref)
	}
	if c := edit(crm.KindCompany, company.ID, "Comment", "new").Company; c.Comment != "new" || len(c.SIP) != 1 || c.Numbers[0].Written != "030 2094-0" {
		t.Errorf("the company is %+v", c)
	}
	if l := edit(crm.KindLead, lead.ID, "Company name", "Groß AG").Lead; l.CompanyName != "Groß AG" || l.Numbers[0].Written != lead.Numbers[0].Written {
		t.Errorf("the lead is %+v", l)
	}
	if d := edit(crm.KindDeal, deal.ID, "Amount", "61.250,50").Deal; d.Amount.Minor != 6125050 || d.Company != company.ID || d.Title != "Delivery" {
		t.Errorf("the deal is %+v", d)
	}
}

func TestANewRecordThatIsNotMadeLeavesTheListAsItWas(t *testing.T) {
	b, _ := customersBench(t, Look{"en", "light"})
	for page, add := range map[pageName]string{pageContacts: "New contact", pageCompanies: "New company", pageLeads: "New lead", pageDeals: "New deal"} {
		b.m.Go(page)
		b.waits("No " + string(page) + " yet")
		b.tap("button", add)
		pumpUntil(t, b.d, func() bool { return b.finds("button", "Save") })
		b.tap("button", "Save")
		if !b.finds("button", "Save") {
			t.Errorf("%s: an empty one is saved", page)
		}
		b.tap("button", "Cancel")
		b.waits("No " + string(page) + " yet")
	}
}

func TestAmountsAreReadAsTyped(t *testing.T) {
	defer func() { _ = text.SetLanguage("en") }()
	for _, c := range []struct {
		language, typed, currency string
		minor                     int64
		ok                        bool
	}{
		{"en", "", "EUR", 0, true}, {"en", "48000", "EUR", 4800000, true}, {"en", "48.000", "EUR", 4800000, true}, {"en", "48,000.50", "EUR", 4800050, true},
		{"en", "48.000,5 €", "EUR", 4800050, true}, {"en", "1 234,56", "EUR", 123456, true}, {"en", "0.99", "EUR", 99, true}, {"en", "12.34.56", "EUR", 0, false},
		{"en", "a lot", "EUR", 0, false}, {"en", "-5", "EUR", 0, false}, {"en", "1.23.456", "EUR", 0, false}, {"en", "99999999999999999999", "EUR", 0, false},
		{"en", "chf 200", "CHF", 20000, true}, {"en", "48,000", "JPY", 48000, true}, {"en", "48.5", "JPY", 0, false}, {"en", "48.00", "JPY", 48, true},
		{"en", "1.234", "KWD", 1234, true}, {"en", "1,234", "KWD", 1234000, true}, {"de", "1,234", "KWD", 1234, true}, {"de", "1.234", "KWD", 1234000, true},
		{"de", "1.234,5", "KWD", 1234500, true}, {"de", "0,0001", "CLF", 1, true},
	} {
		_ = text.SetLanguage(c.language)
		if m, ok := amountOf(c.typed, c.currency); ok != c.ok || ok && m != (crm.Money{Minor: c.minor, Currency: c.currency}) {
			t.Errorf("%s: %q is %+v, %v", c.language, c.typed, m, ok)
		}
	}
	for _, minor := range []int64{0, 1, 99, 100, 123456, 4800000} {
		for _, currency := range []string{"EUR", "JPY", "KWD", "CLF"} {
			for _, language := range []string{"en", "de"} {
				_ = text.SetLanguage(language)
				m := crm.Money{Minor: minor, Currency: currency}
				if got, ok := amountOf(typedAmount(m), currency); !ok || got != m {
					t.Errorf("%s: %+v comes back as %+v from %q", language, m, got, typedAmount(m))
				}
			}
		}
	}
}

func TestTheCurrencyOfADealIsChosenAmongTheCompanys(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	deal := crm.Deal{ID: s.NewID(), Title: "Delivery", Amount: crm.Money{Minor: 4800050, Currency: "EUR"}}
	do(t, s, crm.SaveWorkspace{Workspace: crm.Workspace{Currencies: []string{"CHF", "JPY"}}}, crm.CreateDeal{Deal: deal})
	edit := func(amount, currency string) {
		t.Helper()
		b.m.open(deskRef(crm.Ref{Kind: crm.KindDeal, ID: deal.ID}))
		b.waits("Follow-up")
		b.settle()
		b.more("Edit")
		pumpUntil(t, b.d, func() bool { return b.finds("field", "Amount") })
		b.type_("Amount", amount)
		if err := b.widget("select", "Currency").(*kit.Select).Choose(currency); err != nil {
			t.Fatal(err)
		}
		b.tap("button", "Save")
	}
	edit("48,000.50", "JPY")
	if why := b.widget("field", "Amount").(*kit.Field).Problem(); why != "Not an amount in JPY" {
		t.Errorf("half a yen is %q", why)
	}
	b.type_("Amount", "48,000")
	b.tap("button", "Save")
	pumpUntil(t, b.d, func() bool { return !b.finds("field", "Amount") })
	b.waits("¥48,000")
	if d := record(t, s, crm.Ref{Kind: crm.KindDeal, ID: deal.ID}).Deal; d.Amount != (crm.Money{Minor: 48000, Currency: "JPY"}) {
		t.Errorf("the amount is %+v", d.Amount)
	}
	b.m.Go(pageDeals)
	b.tap("button", "New deal")
	pumpUntil(t, b.d, func() bool { return b.finds("field", "Amount") })
	if got := b.widget("select", "Currency").(*kit.Select).Chosen(); got != "CHF" {
		t.Errorf("a new deal begins in %q", got)
	}
	b.shot("deal-currency")
}

// twins are two contacts that are one person.
func twins(t *testing.T, s *store.Store) (keep, gone crm.Contact) {
	t.Helper()
	keep = crm.Contact{ID: s.NewID(), FirstName: "Jörg", LastName: "Groß", Position: "Buyer", Numbers: []crm.Number{number(t, "0221 987 65 43")}}
	gone = crm.Contact{ID: s.NewID(), FirstName: "Joerg", LastName: "Gross", Position: "Head of purchasing", Source: "Website",
		Numbers: []crm.Number{number(t, "0221 987 65 43"), number(t, "0171 3920044")}}
	do(t, s, crm.CreateContact{Contact: keep}, crm.CreateContact{Contact: gone})
	return keep, gone
}

func TestTwoRecordsAreMergedFieldByFieldAndTakenBack(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	keep, gone := twins(t, s)
	ref, other := crm.Ref{Kind: crm.KindContact, ID: keep.ID}, crm.Ref{Kind: crm.KindContact, ID: gone.ID}
	b.m.open(deskRef(ref))
	b.waits("Buyer")
	b.more("Edit")
	b.waits("Similar: Joerg Gross · same number")
	b.type_("Position", "Chief buyer")
	pumpUntil(t, b.d, func() bool { return b.says("same number") && !b.finds("button", "Merge…") }) // what was typed would be lost
	b.tap("button", "Cancel")
	b.more("Edit")
	b.waits("Similar: Joerg Gross · same number")
	b.tap("button", "Merge…")
	b.waits("Head of purchasing")
	b.choose("radio", "Position", "Head of purchasing")
	b.tap("button", "Merge")
	b.waits("Joerg Gross was merged into Jörg Groß")
	if c := record(t, s, ref).Contact; c.Name() != "Jörg Groß" || c.Position != "Head of purchasing" || len(c.Numbers) != 2 || c.Source != "Website" {
		t.Errorf("merged into %+v", c)
	}
	if r := record(t, s, other); r.Ref != ref {
		t.Errorf("the other one is still there: %v", r.Ref)
	}
	b.tap("button", "Undo")
	pumpUntil(t, b.d, func() bool { r, err := s.Record(ctx, other); return err == nil && r.Ref == other })
	if c := record(t, s, ref).Contact; c.Position != "Buyer" || len(c.Numbers) != 1 {
		t.Errorf("after Undo it is %+v", c)
	}
}

func TestANumberIsMovedToWhoHasItNowAndTakenBack(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	heir, has := twins(t, s)
	ref, to := crm.Ref{Kind: crm.KindContact, ID: has.ID}, crm.Ref{Kind: crm.KindContact, ID: heir.ID}
	call := crm.Call{Direction: crm.Incoming, Party: has.Numbers[1].Party(), Began: mainNow}
	call, _, err := s.BeginCall(ctx, call)
	if err != nil {
		t.Fatal(err)
	}
	b.m.open(deskRef(ref))
	b.waits("Head of purchasing")
	b.more("Move a number…")
	b.waits("the next call of it is theirs")
	b.tap("button", "Move number")
	b.waits("Choose the other record first.")
	b.choose("radio", "Number", "0171 3920044")
	b.type_("Name, company or number", "Groß")
	b.waits("Jörg Groß")
	b.tapLast("row", "Jörg Groß")
	b.tap("button", "Move number")
	b.waits("A number was moved from Joerg Gross to Jörg Groß")
	for r, want := range map[crm.Ref]int{ref: 1, to: 2} {
		if c := record(t, s, r).Contact; len(c.Numbers) != want {
			t.Errorf("%s has %+v", c.Name(), c.Numbers)
		}
	}
	if row, err := s.Call(ctx, call.ID); err != nil || row.Ref != to {
		t.Errorf("the call is on %v, %v", row.Ref, err)
	}
	b.tap("button", "Undo")
	pumpUntil(t, b.d, func() bool { return len(record(t, s, ref).Contact.Numbers) == 2 })
	if row, err := s.Call(ctx, call.ID); err != nil || row.Ref != ref || len(record(t, s, to).Contact.Numbers) != 1 {
		t.Errorf("taken back, the call is on %v, %v", row.Ref, err)
	}
}

func TestMergingAsksForTheOtherRecord(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	keep, gone := twins(t, s)
	b.m.open(deskRef(crm.Ref{Kind: crm.KindContact, ID: keep.ID}))
	b.waits("Buyer")
	b.more("Merge…")
	b.waits("Merge two records")
	b.tap("button", "Merge")
	b.waits("Choose the other record first.")
	find := b.widget("field", "Find a contact").(*kit.Field)
	test.Type(find.Focusable(), "Mü") // in the place of what is proposed
	if find.Text() != "Mü" {
		t.Errorf("typing another name leaves %q", find.Text())
	}
	b.type_("Find a contact", "Gross")
	b.waits("Joerg Gross")
	b.tapLast("row", "Joerg Gross") // the first one is in the list
	b.waits("Head of purchasing")
	do(t, s, crm.RemoveRecord{Ref: crm.Ref{Kind: crm.KindContact, ID: gone.ID}})
	b.tap("button", "Merge")
	b.waits("That did not work")
}

// Issue 6.6: everything without the mouse; Tab goes from the field to what is behind the offered records.
func TestAnOfferedRecordIsChosenByKey(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	keep, _ := twins(t, s)
	b.m.open(deskRef(crm.Ref{Kind: crm.KindContact, ID: keep.ID}))
	b.waits("Buyer")
	b.more("Merge…")
	b.waits("Merge two records")
	press := func(keys ...fyne.KeyName) {
		for _, k := range keys {
			b.m.Window().Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: k})
		}
	}
	b.type_("Find a contact", "Gross")
	b.waits("Joerg Gross")
	press(fyne.KeyDown, fyne.KeyDown, fyne.KeyUp, fyne.KeyUp, fyne.KeyReturn)
	b.waits("Head of purchasing")
	b.tap("button", "Choose another")
	find := b.widget("field", "Find a contact").(*kit.Field)
	pumpUntil(t, b.d, find.Focused)
	press(fyne.KeyEnter)
	b.waits("Head of purchasing")
}

// tapLast taps the last visible widget of a role and a name.
func (b *mainBench) tapLast(role, name string) {
	b.t.Helper()
	b.last(role, name).(kit.Tappable).Tap()
	b.settle()
}

func TestPicturesOfRecordForms(t *testing.T) {
	for _, c := range []struct {
		look Look
		size fyne.Size
	}{{Look{"en", "light"}, fyne.NewSize(1280, 800)}, {Look{"de", "dark"}, fyne.NewSize(900, 700)}} {
		b, s := customersBench(t, c.look)
		b.m.Window().Resize(c.size)
		keep, _ := twins(t, s)
		name := func(what string) string { return what + "-" + c.look.Theme + "-" + c.look.Language }
		b.m.open(deskRef(crm.Ref{Kind: crm.KindContact, ID: keep.ID}))
		b.waits("Jörg Groß")
		b.more("Edit")
		b.waits(text.T("same number"))
		b.shot(name("form"))
		b.tap("button", "Merge…")
		b.waits("Head of purchasing")
		b.shot(name("merge"))
	}
}

func TestAddressesAndSIPAddressesAreEdited(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	old := crm.Address{Street: "Hauptstr. 5\nHinterhaus ", PostalCode: "10115", City: "Berlin", Label: crm.LabelHome}
	contact := crm.Contact{ID: s.NewID(), LastName: "Groß", Addresses: []crm.Address{old}, SIP: []string{"gross@example.org"}}
	company := crm.Company{ID: s.NewID(), Name: "Meier GmbH"}
	lead := crm.Lead{ID: s.NewID(), LastName: "Klein", Status: crm.LeadNew}
	do(t, s, crm.CreateContact{Contact: contact}, crm.CreateCompany{Company: company}, crm.CreateLead{Lead: lead})
	open := func(kind crm.Kind, id crm.ID) {
		t.Helper()
		b.m.open(deskRef(crm.Ref{Kind: kind, ID: id}))
		b.waits("Follow-up")
		b.settle()
		b.more("Edit")
		pumpUntil(t, b.d, func() bool { return b.finds("button", "Add address") })
	}
	save := func() {
		t.Helper()
		b.tap("button", "Save")
		pumpUntil(t, b.d, func() bool { return !b.finds("button", "Add address") })
		b.settle()
	}
	for kind, id := range map[crm.Kind]crm.ID{crm.KindCompany: company.ID, crm.KindLead: lead.ID} {
		open(kind, id)
		b.tap("button", "Add address")
		b.tap("button", "Save") // an empty one is none
		pumpUntil(t, b.d, func() bool { return !b.finds("button", "Add address") })
		b.settle()
		open(kind, id)
		b.tap("button", "Add address")
		b.type_("Street and number", "Lange Reihe 7")
		b.type_("Postal code", "20099")
		b.type_("City", " Hamburg ")
		b.choose("select", "Type", "Private")
		b.tap("button", "Add SIP address")
		b.type_("SIP address", "no address")
		b.tap("button", "Save")
		if b.widget("field", "SIP address").(*kit.Field).Problem() == "" {
			t.Error("a SIP address takes nonsense")
		}
		b.type_("SIP address", "sip:hamburg@example.org")
		save()
		b.waits("Lange Reihe 7, 20099 Hamburg")
		b.waits("Private address")
		b.waits("hamburg@example.org")
		rec := record(t, s, crm.Ref{Kind: kind, ID: id})
		var addresses []crm.Address
		var sip []string
		if kind == crm.KindLead {
			addresses, sip = rec.Lead.Addresses, rec.Lead.SIP
		} else {
			addresses, sip = rec.Company.Addresses, rec.Company.SIP
		}
		if want := (crm.Address{Street: "Lange Reihe 7", PostalCode: "20099", City: "Hamburg", Label: crm.LabelPrivate}); len(addresses) != 1 || addresses[0] != want || len(sip) != 1 || sip[0] != "hamburg@example.org" {
			t.Errorf("%s: %+v, %v", kind, addresses, sip)
		}
	}
	open(crm.KindContact, contact.ID)
	b.shot("form-addresses")
	b.type_("Position", "Head")
	save()
	if c := record(t, s, crm.Ref{Kind: crm.KindContact, ID: contact.ID}).Contact; c.Position != "Head" || len(c.Addresses) != 1 || c.Addresses[0] != old || len(c.SIP) != 1 {
		t.Errorf("what was not touched is %+v, %v", c.Addresses, c.SIP)
	}
	open(crm.KindContact, contact.ID)
	b.type_("City", "Potsdam")
	save()
	if c := record(t, s, crm.Ref{Kind: crm.KindContact, ID: contact.ID}).Contact; len(c.Addresses) != 1 || c.Addresses[0].City != "Potsdam" || c.Addresses[0].Street != old.Street || c.Addresses[0].Label != crm.LabelHome {
		t.Errorf("with another city: %+v", c.Addresses)
	}
}

func TestASIPAddressIsReadAsTyped(t *testing.T) {
	for typed, want := range map[string]string{
		"anna@example.org": "anna@example.org", " sip:anna@example.org ": "anna@example.org", "SIPS:anna@example.org": "anna@example.org",
		`"Anna" <sip:anna@example.org>`: "anna@example.org", "anna": "", "@example.org": "", "anna@": "", "a b@example.org": "", "tel:+49@x": "", "": "", "a@b@c": "",
	} {
		if got, ok := crm.ParseSIPAddress(typed, "DE"); got != want || ok != (want != "") {
			t.Errorf("%q is %q, %v", typed, got, ok)
		}
	}
}

func TestAFormWarnsOfExceptions_E1(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	entries, wrong := crm.ParseEntries(crm.Exceptions, "0900*\n*@spam.example", "DE")
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	if err := s.SetEntries(ctx, crm.Exceptions, entries); err != nil {
		t.Fatal(err)
	}
	contact := crm.Contact{ID: s.NewID(), LastName: "Groß", Emails: []crm.Email{{Address: "gross@spam.example"}}}
	do(t, s, crm.CreateContact{Contact: contact})
	b.m.open(deskRef(crm.Ref{Kind: crm.KindContact, ID: contact.ID}))
	b.waits("Follow-up")
	b.settle()
	b.more("Edit")
	b.waits("*@spam.example is a CRM exception: calls with it never reach this record.")
	b.tap("button", "Add number")
	b.type_("Number", "0900 1234")
	b.waits("0900* is a CRM exception")
	b.shot("form-exception")
	b.type_("Number", "030 1234567")
	if b.says("0900* is a CRM exception") {
		t.Error("it still warns of a number that is no longer there")
	}
	b.tap("button", "Save") // it warns, and no more
	pumpUntil(t, b.d, func() bool { return !b.finds("button", "Add number") })
	if c := record(t, s, crm.Ref{Kind: crm.KindContact, ID: contact.ID}).Contact; len(c.Numbers) != 1 || len(c.Emails) != 1 {
		t.Errorf("saved is %+v", c)
	}
}
