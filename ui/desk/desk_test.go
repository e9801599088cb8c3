package desk

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"leadline/crm"
	"leadline/phone"
)

// C1, C2, H1: however the PBX writes the number, the customer is in the window.
func TestAKnownCallerIsNamed(t *testing.T) {
	d := newDesk(t)
	ref := d.contact("Jürgen", "Müller-Lüdenscheidt", "0176 1234567")
	d.ring("1", "00491761234567")
	c := d.call("the customer", func(c Call) bool { return c.Card.Known })
	if c.Card.Name != "Jürgen Müller-Lüdenscheidt" || c.Card.Ref != ref {
		t.Errorf("the card is of %q (%v)", c.Card.Name, c.Card.Ref)
	}
	if c.Card.MatchedBy.Key != "by mobile" {
		t.Errorf("matched %q", c.Card.MatchedBy.Key)
	}
	if c.Party.Number != "0176 123 45 67" || c.Party.Dial != "+491761234567" {
		t.Errorf("the number is shown as %q and dialled as %q", c.Party.Number, c.Party.Dial)
	}
	d.ended("1", "00491761234567", phone.Missed)
	d.until("the missed call", func(s Snapshot) bool { return s.Missed == 1 })
	if row := d.lastCall(); row.Call.Outcome != crm.Missed || string(row.Ref.ID) != ref.ID {
		t.Errorf("the log has %v on %v", row.Call.Outcome, row.Ref)
	}
}

// B2: nothing is made by itself; who is saved is linked and known the next time.
func TestAStrangerBecomesALead(t *testing.T) {
	for _, when := range []string{"ringing", "talking", "ended"} {
		t.Run(when, func(t *testing.T) {
			d := newDesk(t)
			const number = "+492219876543"
			d.ring("1", number)
			c := d.call("the lookup", looked)
			if c.Card.Known || len(c.Card.Marks) != 1 || c.Card.Marks[0].Tone != MarkNotInCRM {
				t.Fatalf("a stranger's card is %+v", c.Card)
			}
			if c.Reason.Key == "" {
				c = d.call("the reason", func(c Call) bool { return c.Reason.Key != "" })
			}
			switch when {
			case "talking":
				d.answered("1", number)
			case "ended":
				d.ended("1", number, phone.Missed)
			}
			d.desk.OpenForm(c.ID, Lead)
			c = d.call("the form", func(c Call) bool { return c.Form != nil && len(c.Form.Sources) > 0 })
			if c.Form.Number != "0221 987 65 43" || c.Form.Source != "Call" || c.Form.Responsible != "Anna Krüger" {
				t.Errorf("the form is filled in with %+v", *c.Form)
			}
			f := *c.Form
			f.FirstName, f.LastName, f.Company = "Jörg", "Groß", "Groß & Söhne KG"
			d.desk.ChangeForm(c.ID, f)
			d.call("the draft", func(c Call) bool { return c.Form != nil && c.Form.DraftSaved })
			d.desk.SaveForm(c.ID)
			c = d.call("the lead", func(c Call) bool { return c.Form == nil && c.Card.Known })
			if c.Card.Name != "Groß & Söhne KG" || c.Card.Ref.Kind != Lead || !c.Saved {
				t.Errorf("the card is %+v", c.Card)
			}
			if row := d.lastCall(); string(row.Ref.ID) != c.Card.Ref.ID {
				t.Errorf("the call is on %v, the lead is %v", row.Ref, c.Card.Ref)
			}
			d.ended("1", number, phone.Missed)
			d.desk.CloseCall(c.ID)
			d.until("an empty desk", func(s Snapshot) bool { return len(s.Calls) == 0 })
			d.ring("2", "0221 987 65 43")
			d.call("the lead again", func(c Call) bool { return c.Card.Ref.Kind == Lead })
		})
	}
}

// B2: who was not saved is still somebody who called before.
func TestAStrangersEarlierCallsAreShown(t *testing.T) {
	d := newDesk(t)
	d.ring("1", "02219876543")
	c := d.call("the first call", looked)
	if c.Card.MatchedBy.Key != "First call of this number" {
		t.Errorf("the first call says %q", c.Card.MatchedBy.Key)
	}
	d.desk.Note(c.ID, "will noch einmal anrufen")
	d.call("the note", func(c Call) bool { return !c.Note.SavedAt.IsZero() })
	d.ended("1", "02219876543", phone.HungUpThere)
	d.call("the end", func(c Call) bool { return c.State == Ended })
	d.desk.CloseCall(c.ID)
	d.until("an empty desk", func(s Snapshot) bool { return len(s.Calls) == 0 })
	d.ring("2", "+492219876543")
	c = d.call("the second call", func(c Call) bool { return looked(c) && len(c.Card.LastCalls) == 1 })
	if c.Card.MatchedBy.Key != "" || c.Card.LastCalls[0].Title != "will noch einmal anrufen" {
		t.Errorf("the second call shows %+v", c.Card)
	}
}

// H5: about a deal one calls its contact, or else its company.
func TestADealsCustomerIsCalledFromItsRecord_H5(t *testing.T) {
	d := newDesk(t)
	n, _ := crm.ParseNumber("0711 440 29-0", "DE", crm.LabelMain)
	company := crm.Company{ID: d.file.NewID(), Name: "Meier GmbH", Numbers: []crm.Number{n}}
	contact, mute := d.contact("Jörg", "Groß", "0221 987 65 43"), crm.Contact{ID: d.file.NewID(), LastName: "Klein"}
	d.do(crm.CreateCompany{Company: company}, crm.CreateContact{Contact: mute})
	for want, deal := range map[string]crm.Deal{
		"+492219876543": {Contact: crm.ID(contact.ID), Company: company.ID},
		"+49711440290":  {Contact: mute.ID, Company: company.ID},
		"":              {Contact: mute.ID},
	} {
		deal.ID, deal.Title = d.file.NewID(), "40 brackets"
		d.do(crm.CreateDeal{Deal: deal})
		if r, err := d.desk.Record(t.Context(), Ref{Kind: Deal, ID: string(deal.ID)}, 0); err != nil || r.Dial != want {
			t.Errorf("%+v: %q, %v", deal, r.Dial, err)
		}
	}
}

// A call that has ended is not among the calls and notes before it, of a customer and of a stranger.
func TestAnEndedCallIsNotAmongTheCallsBeforeIt_H1(t *testing.T) {
	for _, known := range []bool{true, false} {
		d := newDesk(t)
		const number = "0221 987 65 43"
		contact := crm.Contact{ID: d.file.NewID(), LastName: "Groß"}
		if known {
			n, _ := crm.ParseNumber(number, "DE", crm.LabelMobile)
			contact.Numbers = []crm.Number{n}
		}
		d.do(crm.CreateContact{Contact: contact})
		for _, note := range []string{"before", "now"} {
			d.ring(note, number)
			c := d.call("the call", looked)
			d.desk.Note(c.ID, note)
			d.call("the note", func(c Call) bool { return !c.Note.SavedAt.IsZero() })
			d.ended(note, number, phone.HungUpThere)
			d.call("the end", func(c Call) bool { return c.State == Ended && !d.lastCall().Call.Ended.IsZero() })
			contact.Position = note
			d.do(crm.UpdateContact{Contact: contact}) // who calls is looked up once more
			d.settled()
			c = d.call("who it is", func(c Call) bool { return !known || c.Card.Position == note })
			if note == "now" {
				if len(c.Card.LastCalls) != 1 || c.Card.LastCalls[0].Title != "before" || c.Card.Calls != 1 || known && (len(c.Card.Notes) != 1 || c.Card.Notes[0].Text != "before") {
					t.Errorf("known: %t: %d calls before it: %+v, notes %+v", known, c.Card.Calls, c.Card.LastCalls, c.Card.Notes)
				}
			}
			d.desk.CloseCall(c.ID)
			d.until("an empty desk", func(s Snapshot) bool { return len(s.Calls) == 0 })
		}
	}
}

// A3: an outgoing call is on the account's default line; B1: a number that does not
// even ring makes no lead, one that does makes one where the line says so.
func TestAnOutgoingCallMakesItsLeadWhenItRings(t *testing.T) {
	d := newDesk(t)
	n, _ := crm.ParseNumber("030 5557-100", "DE", crm.LabelMain)
	d.do(crm.SaveLine{Line: crm.Line{
		ID: d.file.NewID(), Name: "Zentrale", Number: n, Region: "DE", Mode: crm.Auto, LeadFor: crm.LeadForAll,
	}})
	d.desk.SetAccounts([]phone.Account{{Name: "Office", Address: "101@pbx", DefaultLine: "0305557100"}})
	out := func(f func(*phone.Call)) {
		c := phone.Call{
			ID: "1", Account: "Office", Direction: phone.Outgoing, State: phone.Dialling, Began: d.at,
			Remote: phone.Party{User: "02219876543", Host: "pbx"}, Dialled: "02219876543",
		}
		f(&c)
		d.desk.CallChanged(c)
	}
	out(func(*phone.Call) {})
	c := d.call("the line and the reason", func(c Call) bool { return looked(c) && c.Line == "Zentrale" && c.Reason.Key != "" })
	if c.Card.Known {
		t.Fatalf("a number that has not rung made %+v", c.Card)
	}
	out(func(c *phone.Call) { c.State, c.Rang = phone.RingingThere, d.at.Add(time.Second) })
	d.call("the lead", func(c Call) bool { return c.Card.Ref.Kind == Lead })
}

// B5: a withheld number is said, not looked up.
func TestAWithheldCallerIsNobody(t *testing.T) {
	d := newDesk(t)
	d.contact("Anna", "Ohnenummer", "030 1234567")
	d.ring("1", "")
	c := d.call("the call", looked)
	if !c.Party.Withheld || c.Party.Number != "" || c.Card.Known || len(c.Card.Marks) != 0 {
		t.Errorf("a withheld caller is %+v with %+v", c.Party, c.Card)
	}
}

// C3: several matches are listed; picking another moves the call there.
func TestPickingAnotherMatchMovesTheCall(t *testing.T) {
	d := newDesk(t)
	d.contact("Şule", "Özdemir", "0711 440290")
	other := d.contact("Mehmet", "Bayraktar", "0711 440290")
	d.ring("1", "0711440290")
	c := d.call("both", func(c Call) bool { return len(c.Card.Matches) == 2 })
	if c.Card.MatchedBy.Args["n"] != "2" {
		t.Errorf("matched %v", c.Card.MatchedBy)
	}
	if c.Card.Ref == other {
		other = c.Card.Matches[1].Ref
	}
	d.desk.Choose(c.ID, other)
	d.call("the other", func(c Call) bool { return c.Card.Ref == other })
	d.desk.Note(c.ID, "x") // comes after the move
	d.call("the note", func(c Call) bool { return !c.Note.SavedAt.IsZero() })
	if row := d.lastCall(); viewRef(row.Ref) != other {
		t.Errorf("the call is on %v", row.Ref)
	}
}

// H4: a note is in the file as it is typed; while one write is under way only the
// last state waits.
func TestANoteIsSavedAsItIsTyped_H4(t *testing.T) {
	d := newDesk(t)
	d.ring("1", "0301234567")
	c := d.call("the reason", func(c Call) bool { return c.Reason.Key != "" })
	release := d.file.hold()
	for _, s := range []string{"B", "Br", "Bra", "Brau", "Braucht 40"} {
		d.desk.Note(c.ID, s)
	}
	c = d.call("the text", func(c Call) bool { return c.Note.Text == "Braucht 40" })
	if !c.Note.SavedAt.IsZero() {
		t.Error("a note that is still being written says that it is saved")
	}
	release()
	d.call("the saved note", func(c Call) bool { return !c.Note.SavedAt.IsZero() })
	if got := d.lastCall().Call.Note; got != "Braucht 40" {
		t.Errorf("the file has %q", got)
	}
	if n := len(d.file.notes); n > 2 {
		t.Errorf("%d writes for five keystrokes during one: %q", n, d.file.notes)
	}
}

// H4: a full disk is said, and what was typed is written when there is room again.
func TestANoteOutlivesAFullDisk(t *testing.T) {
	d := newDesk(t)
	d.ring("1", "0301234567")
	c := d.call("the reason", func(c Call) bool { return c.Reason.Key != "" })
	d.file.fail(errors.New("the disk is full"))
	d.desk.Note(c.ID, "wichtig")
	c = d.call("the trouble", func(c Call) bool { return c.Note.Failed.Key != "" })
	if c.Note.Text != "wichtig" || !c.Note.SavedAt.IsZero() {
		t.Errorf("the note is %+v", c.Note)
	}
	d.file.fail(nil)
	d.call("the saved note", func(c Call) bool { return !c.Note.SavedAt.IsZero() && c.Note.Failed.Key == "" })
	if got := d.lastCall().Call.Note; got != "wichtig" {
		t.Errorf("the file has %q", got)
	}
}

// The window is there before the disk is: a file that hangs holds nothing up.
func TestNoCallWaitsForTheDisk(t *testing.T) {
	d := newDesk(t)
	d.contact("Käthe", "Süßmilch", "089 452177")
	release := d.file.hold()
	defer release()
	d.ring("1", "089452177")
	d.call("the name, while the write hangs", func(c Call) bool { return c.Card.Name == "Käthe Süßmilch" })
	d.answered("1", "089452177")
	d.call("the conversation", func(c Call) bool { return c.State == Talking })
	d.desk.HangUp(d.desk.Snapshot().Calls[0].ID)
	d.ended("1", "089452177", phone.HungUpHere)
	d.call("the end", func(c Call) bool { return c.State == Ended && c.Outcome == Answered })
}

// A lookup that hangs delays the window by no more than a blink: by the head start, and then it comes without.
func TestNoWindowWaitsForALookupThatHangs(t *testing.T) {
	d := newDesk(t)
	if d.desk.headStart > 20*time.Millisecond {
		t.Errorf("a lookup has a head start of %v", d.desk.headStart)
	}
	release := d.file.holdLookups()
	defer release()
	d.ring("1", "089452177")
	if c := d.call("the call without a name", func(c Call) bool { return c.Card.Loading }); c.Party.Number == "" {
		t.Error("the window has no number")
	}
}

// One snapshot has the call and its name: the window is painted once.
func TestTheFirstSnapshotOfACallHasItsName(t *testing.T) {
	d := newDesk(t)
	d.desk.headStart = time.Minute // on a busy machine, too
	d.contact("Käthe", "Süßmilch", "089 452177")
	var mu sync.Mutex
	var first *Call
	d.desk.Subscribe(func(s Snapshot) {
		mu.Lock()
		defer mu.Unlock()
		if first == nil && len(s.Calls) > 0 {
			first = &s.Calls[0]
		}
	})
	release := d.file.holdLookups() // the call is on the desk before the answer, surely
	d.ring("1", "089452177")
	release()
	d.call("the name", func(c Call) bool { return c.Card.Known })
	mu.Lock()
	defer mu.Unlock()
	if first.Card.Loading {
		t.Error("the first snapshot is without the name")
	}
}

// H4: the program is killed; the next one says so and has the typed form.
func TestWhatWasTypedComesBackAfterACrash(t *testing.T) {
	path := filepath.Join(t.TempDir(), "leadline.db")
	s := openFile(t, path)
	d := deskOn(t, s)
	d.ring("1", "02219876543")
	c := d.call("the reason", func(c Call) bool { return c.Reason.Key != "" })
	d.answered("1", "02219876543")
	d.desk.OpenForm(c.ID, Contact)
	c = d.call("the form", func(c Call) bool { return c.Form != nil })
	f := *c.Form
	f.LastName = "Groß"
	d.desk.ChangeForm(c.ID, f)
	d.desk.Note(c.ID, "Rückruf Donnerstag")
	d.call("both saved", func(c Call) bool { return c.Form.DraftSaved && !c.Note.SavedAt.IsZero() })
	d.close()
	if err := s.Close(); err != nil { // the kill; crm/store's own test really kills
		t.Fatal(err)
	}

	s = openFile(t, path)
	t.Cleanup(func() { s.Close() })
	d = deskOn(t, s)
	c = d.call("the interrupted call", func(c Call) bool { return c.Form != nil && looked(c) })
	if c.Form.LastName != "Groß" || c.Form.Kind != Contact || c.Note.Text != "Rückruf Donnerstag" {
		t.Errorf("the form is %+v, the note %q", *c.Form, c.Note.Text)
	}
	if c.State != Ended || c.Outcome != Interrupted || c.Why.Key == "" {
		t.Errorf("the call is %v, %v, %q", c.State, c.Outcome, c.Why.Key)
	}
	d.desk.CloseCall(c.ID)
	d.desk.SaveForm(c.ID)
	d.call("the contact", func(c Call) bool { return c.Card.Name == "Groß" })
	if row := d.lastCall(); row.Call.Outcome != crm.Interrupted || row.Name != "Groß" {
		t.Errorf("the log says %v with %q", row.Call.Outcome, row.Name)
	}
}

// H1: a window stays as long as unsaved work does.
func TestACallWithATypedFormIsNotPutAway(t *testing.T) {
	d := newDesk(t)
	d.ring("1", "02219876543")
	c := d.call("the call", looked)
	d.desk.OpenForm(c.ID, Lead)
	c = d.call("the form", func(c Call) bool { return c.Form != nil })
	f := *c.Form
	f.LastName = "Groß"
	d.desk.ChangeForm(c.ID, f)
	d.ended("1", "02219876543", phone.Missed)
	d.until("unsaved work", func(s Snapshot) bool { return s.Unsaved == 1 && s.Calls[0].State == Ended })
	d.desk.CloseCall(c.ID)
	d.desk.CancelForm(c.ID)
	d.call("no form", func(c Call) bool { return c.Form == nil })
	if d.notice() != "Save the form or cancel it first" {
		t.Errorf("the notice is %q", d.notice())
	}
	d.desk.CloseCall(c.ID)
	d.until("an empty desk", func(s Snapshot) bool { return len(s.Calls) == 0 })
	d.close()
	if drafts, _ := d.file.Drafts(context.Background()); len(drafts) != 0 {
		t.Errorf("%d drafts of a cancelled form are kept", len(drafts))
	}
}

// A similar company is filled in and not doubled; a similar person takes the call.
func TestASimilarRecordCanBeUsed(t *testing.T) {
	d := newDesk(t)
	company := Ref{Company, string(d.file.NewID())}
	d.do(crm.CreateCompany{Company: crm.Company{ID: crm.ID(company.ID), Name: "Groß & Söhne KG"}})
	person := d.contact("Jörg", "Groß", "0221 111111")
	d.ring("1", "02219876543")
	c := d.call("the reason", func(c Call) bool { return c.Reason.Key != "" && looked(c) })
	d.desk.OpenForm(c.ID, Contact)
	c = d.call("the form", func(c Call) bool { return c.Form != nil })
	f := *c.Form
	f.FirstName, f.LastName, f.Company = "Jörg", "Groß", "Groß & Söhne"
	d.desk.ChangeForm(c.ID, f)
	d.call("both similar ones", func(c Call) bool { return c.Form != nil && len(c.Form.Similar) == 2 })
	d.desk.Choose(c.ID, company)
	c = d.call("the company", func(c Call) bool { return c.Form.Company == "Groß & Söhne KG" })
	if c.Card.Known {
		t.Error("the call is on the company")
	}
	d.desk.Choose(c.ID, person)
	d.call("the person", func(c Call) bool { return c.Form == nil && c.Card.Ref == person })
	d.close()
	if row := d.lastCall(); viewRef(row.Ref) != person {
		t.Errorf("the call is on %v", row.Ref)
	}
}

func TestAFormThatCannotBeSavedStaysAndSaysWhy(t *testing.T) {
	d := newDesk(t)
	d.ring("1", "02219876543")
	c := d.call("the reason", func(c Call) bool { return c.Reason.Key != "" })
	d.desk.OpenForm(c.ID, Contact)
	d.desk.SaveForm(c.ID)
	c = d.call("the missing name", func(c Call) bool { return c.Form != nil && c.Form.Error.Key == "A contact needs a name" })
	f := *c.Form
	f.LastName = "Groß"
	d.desk.ChangeForm(c.ID, f)
	d.file.fail(errors.New("the disk is full"))
	d.desk.SaveForm(c.ID)
	c = d.call("the full disk", func(c Call) bool { return c.Form != nil && c.Form.Error.Key == "Not saved: {why}" })
	if c.Form.LastName != "Groß" || c.Form.Saving {
		t.Errorf("the form is %+v", *c.Form)
	}
	d.file.fail(nil)
	d.desk.SaveForm(c.ID)
	d.call("the contact", func(c Call) bool { return c.Card.Known && c.Form == nil })
}

func TestARegistrationIsSaidInWords(t *testing.T) {
	d := newDesk(t)
	d.desk.SetAccounts([]phone.Account{{Name: "Office", Address: "101@pbx"}})
	d.desk.RegistrationChanged(phone.Registration{
		Account: "Office", State: phone.Refused, Cause: phone.RegWrongPassword, Code: 401, Reason: "Unauthorized",
	})
	s := d.until("the refusal", func(s Snapshot) bool { return len(s.Accounts) == 1 && s.Accounts[0].State == Refused })
	if a := s.Accounts[0]; a.Why.Key != "Wrong user or password" || a.Detail != "401 Unauthorized" || a.User != "101" {
		t.Errorf("the account is %+v", a)
	}
	for cause := phone.RegUnreachable; cause <= phone.RegUntrusted; cause++ {
		if WhyNotRegistered(cause).Key == "" {
			t.Errorf("%v has no words", cause)
		}
	}
}

func TestListsAndRecordsAreReadFromTheFile(t *testing.T) {
	d := newDesk(t)
	ref := d.contact("Käthe", "Süßmilch", "089 452177")
	d.ring("1", "089452177")
	d.ended("1", "089452177", phone.Missed)
	d.until("the missed call", func(s Snapshot) bool { return s.Missed == 1 })
	ctx := context.Background()
	for list, title := range map[List]string{CallList: "Käthe Süßmilch", MissedList: "Käthe Süßmilch", ContactList: "Käthe Süßmilch"} {
		page, err := d.desk.List(ctx, Query{List: list, Limit: 10})
		if err != nil || len(page.Rows) != 1 || page.Rows[0].Title != title || page.Rows[0].Dial != "+4989452177" {
			t.Errorf("%s: %v, %+v", list, err, page)
		}
	}
	if _, err := d.desk.List(ctx, Query{List: "nonsense", Limit: 10}); err == nil {
		t.Error("an unknown list is no error")
	}
	r, err := d.desk.Record(ctx, ref, 0)
	if err != nil || r.Title != "Käthe Süßmilch" || r.Dial != "+4989452177" || len(r.Timeline) == 0 {
		t.Errorf("the record: %v, %+v", err, r)
	}
	found, err := d.desk.Search(ctx, "süss", 10)
	if err != nil || len(found) != 1 || found[0].Ref != ref {
		t.Errorf("the search: %v, %+v", err, found)
	}
}

// Requirements.md D2: how a call was passed on is told in words.
func TestHowACallWasPassedOnIsTold(t *testing.T) {
	for _, tt := range []struct {
		transfer phone.Transfer
		cause    phone.Cause
		key      string
		stands   string
	}{
		{phone.Transfer{State: phone.TransferAsked, To: "112"}, phone.NotEnded, "", "Being passed on to {to}…"},
		{phone.Transfer{State: phone.TransferRinging, To: "112"}, phone.NotEnded, "", "It rings at {to}…"},
		{phone.Transfer{State: phone.TransferFailed, To: "112", Code: 486, Reason: "Busy Here"}, phone.NotEnded, "", "Could not be passed on to {to}: {why}"},
		{phone.Transfer{State: phone.TransferDone, To: "112"}, phone.Transferred, "Passed on to {to}", "Passed on to {to}"},
		{phone.Transfer{State: phone.TransferDone}, phone.Transferred, "Passed on", "Passed on to {to}"},
		{phone.Transfer{State: phone.TransferDone, To: "112"}, phone.Redirected, "Sent on to {to}", "Passed on to {to}"},
	} {
		if got := transferOf(tt.transfer); string(got.Text.Key) != tt.stands || got.Failed != (tt.transfer.State == phone.TransferFailed) {
			t.Errorf("%+v stands as %+v", tt.transfer, got)
		}
		if tt.cause == phone.NotEnded {
			continue
		}
		if _, why := outcomeOf(phone.Call{Cause: tt.cause, Transfer: tt.transfer, Answered: time.Unix(1, 0)}); string(why.Key) != tt.key {
			t.Errorf("%s is told as %q, want %q", tt.cause, why.Key, tt.key)
		}
	}
	if got := transferOf(phone.Transfer{State: phone.TransferFailed, Code: 486, Reason: "Busy Here"}); got.Text.Args["why"] != "486 Busy Here" {
		t.Errorf("the reason is %q", got.Text.Args["why"])
	}
}
