package desk

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"leadline/crm"
	"leadline/phone"
)

// atRest waits until nothing is under way any more.
func atRest(d *Desk) {
	for range 8 { // the longest chain of a wish, its write, what that changed and the look at it
		for _, box := range []*mailbox{d.mail, d.writer, d.mail, d.reader, d.mail} {
			done := make(chan struct{})
			box.put(func() { close(done) })
			<-done
		}
	}
}

// standing has the writer stand still until go on.
func (d *aDesk) standing() (goOn func()) {
	gate := make(chan struct{})
	d.desk.write(func(context.Context) { <-gate })
	return func() { close(gate) }
}

// typing has an unknown caller's form open with a name in it.
func (d *aDesk) typing(name string) (Call, Form) {
	d.t.Helper()
	d.answered("1", "02219876543")
	c := d.call("the call", looked)
	d.desk.OpenForm(c.ID, Contact)
	c = d.call("the form", func(c Call) bool { return c.Form != nil && len(c.Form.Sources) > 0 })
	f := *c.Form
	f.LastName = name
	d.desk.ChangeForm(c.ID, f)
	return d.call("the draft", func(c Call) bool { return c.Form.DraftSaved }), f
}

func (d *aDesk) drafts() []crm.Form {
	d.t.Helper()
	drafts, err := d.file.Drafts(context.Background())
	if err != nil {
		d.t.Fatal(err)
	}
	return drafts
}

// The program ends while the disk is at the word before.
func TestWhatIsTypedLastIsSavedAtTheEnd_H4(t *testing.T) {
	path := filepath.Join(t.TempDir(), "leadline.db")
	s := openFile(t, path)
	d := deskOn(t, s)
	c, f := d.typing("Groß")
	goOn := d.standing()
	d.desk.Note(c.ID, "Rückruf")
	d.desk.Note(c.ID, "Rückruf Donnerstag")
	f.LastName = "Größer"
	d.desk.ChangeForm(c.ID, f)
	f.LastName = "Größer-Süßmilch"
	d.desk.ChangeForm(c.ID, f)
	go func() {
		for closed := false; !closed; time.Sleep(time.Millisecond) {
			d.desk.mail.mu.Lock()
			closed = d.desk.mail.closed
			d.desk.mail.mu.Unlock()
		}
		d.desk.mail.wait()
		goOn()
	}()
	d.close()
	if got := d.lastCall().Call.Note; got != "Rückruf Donnerstag" {
		t.Errorf("the note is %q", got)
	}
	if got := d.drafts(); len(got) != 1 || got[0].LastName != f.LastName {
		t.Errorf("the drafts are %+v", got)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// The last letters are typed while the disk is at those before, and Enter follows at once.
func TestWhatWasSavedIsNoDraftAnyMore_H4(t *testing.T) {
	d := newDesk(t)
	c, f := d.typing("Gro")
	goOn := d.standing()
	for _, name := range []string{"Groß", "Groß-Lüdenscheidt"} {
		f.LastName = name
		d.desk.ChangeForm(c.ID, f)
	}
	d.desk.SaveForm(c.ID)
	d.desk.OpenForm(c.ID, Lead) // too late
	d.call("it to be saved", func(c Call) bool { return c.Form.Saving })
	goOn()
	d.call("the contact", func(c Call) bool { return c.Form == nil && c.Card.Name == f.LastName })
	atRest(d.desk)
	if got := d.drafts(); len(got) > 0 {
		t.Errorf("there are drafts still: %+v", got)
	}
}

func TestWhatIsTypedIntoAFormThatCannotBeSavedStays_H4(t *testing.T) {
	d := newDesk(t)
	c, f := d.typing("Groß")
	d.file.fail(errors.New("the cable is out"))
	goOn := d.standing()
	d.desk.SaveForm(c.ID)
	f.Company = "Groß Metallbau"
	d.desk.ChangeForm(c.ID, f)
	goOn()
	d.call("the form with all of it", func(c Call) bool {
		return c.Form != nil && c.Form.Error.Key != "" && !c.Form.Saving && c.Form.DraftSaved && c.Form.Company == f.Company
	})
	if got := d.drafts(); len(got) != 1 || got[0].Company != f.Company {
		t.Errorf("the drafts are %+v", got)
	}
}

// Who a caller is is decided once: what is tapped while the file is told comes too late.
func TestNothingElseIsDecidedWhileACallerIsLinked_C3(t *testing.T) {
	d := newDesk(t)
	ref := d.contact("Jürgen", "Müller", "0176 1234567")
	c, f := d.typing("Groß")
	d.file.fail(errors.New("the cable is out")) // of what saves a form
	goOn := d.standing()
	d.desk.LinkTo(c.ID, ref)
	f.LastName = "Groß-Lüdenscheidt"
	d.desk.ChangeForm(c.ID, f)
	d.desk.SaveForm(c.ID)
	d.desk.CancelForm(c.ID)
	d.desk.Choose(c.ID, Ref{Lead, string(d.file.NewID())})
	d.call("the form to wait", func(c Call) bool { return c.Form != nil && c.Form.Saving })
	goOn()
	d.call("it is linked", func(c Call) bool { return c.Form == nil && c.Card.Ref == ref && c.Saved })
	atRest(d.desk)
	if got := d.drafts(); len(got) > 0 {
		t.Errorf("there are drafts still: %+v", got)
	}
	d.file.fail(nil)
	goOn = d.standing()
	d.desk.LinkTo(c.ID, Ref{Deal, string(d.file.NewID())})
	d.desk.OpenForm(c.ID, Contact)
	goOn()
	c = d.call("it says why not", func(c Call) bool { return c.Linking.Error.Key == crm.LinkNeedsParty })
	if c.Form != nil {
		t.Error("a form was opened meanwhile")
	}
	d.desk.OpenForm(c.ID, Contact)
	d.call("a form", func(c Call) bool { return c.Form != nil })
}

// A record that the agent has picked or made may be deleted or merged in the main window while the call goes on.
func TestAPickedRecordThatGoesGivesWay_C3(t *testing.T) {
	d := newDesk(t)
	ctx := context.Background()
	other := d.contact("Emre", "Özdemir", "030 1111111")
	c, _ := d.typing("Groß")
	d.desk.SaveForm(c.ID)
	c = d.call("the contact", func(c Call) bool { return c.Card.Name == "Groß" })
	m, _, err := d.file.MergeOf(ctx, fileRef(other), fileRef(c.Card.Ref), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.file.Merge(ctx, m); err != nil {
		t.Fatal(err)
	}
	d.call("who it is now", func(c Call) bool { return c.Card.Ref == other && c.Card.Name == "Emre Özdemir" })
	renamed := *m.Contact
	renamed.LastName = "Demir"
	d.do(crm.UpdateContact{Contact: renamed})
	d.call("the other name", func(c Call) bool { return c.Card.Name == "Emre Demir" })
	if _, err := d.file.Remove(ctx, fileRef(other)); err != nil {
		t.Fatal(err)
	}
	d.call("nobody", func(c Call) bool { return !c.Card.Known && !c.Card.Loading })
	if n := d.notice(); n != "" {
		t.Errorf("the agent was told: %s", n)
	}
}

func TestAFollowUpComesBackWithTheForm_H3_H4(t *testing.T) {
	path := filepath.Join(t.TempDir(), "leadline.db")
	s := openFile(t, path)
	if _, err := s.SignIn(context.Background(), crm.User{Name: "Anna Krüger", Extension: "101"}); err != nil {
		t.Fatal(err)
	}
	d := deskOn(t, s)
	d.do(crm.SaveLine{Line: crm.Line{ID: d.file.NewID(), Name: "101", Mode: crm.Auto}})
	d.typing("Groß")
	d.ended("1", "02219876543", 1)
	c := d.call("the lead", func(c Call) bool { return c.State == Ended && c.Card.Known })
	due := noon.AddDate(0, 0, 3)
	d.desk.FollowUp(c.ID, due, "")
	atRest(d.desk)
	d.do(crm.LinkCall{Call: crm.ID(c.ID)}) // it was put on nothing since, as one of an exception is
	d.close()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	s = openFile(t, path)
	t.Cleanup(func() { s.Close() })
	d = deskOn(t, s)
	c = d.call("the form", func(c Call) bool { return c.Form != nil && looked(c) })
	if !c.FollowUp.Equal(due) || c.FollowUpOwner != "" {
		t.Errorf("the follow-up is %v of %q, want %v", c.FollowUp, c.FollowUpOwner, due)
	}
	d.desk.FollowUp(c.ID, due.AddDate(0, 0, 1), "")
	atRest(d.desk)
	all, err := d.file.FollowUps(context.Background(), fileRef(c.Card.Ref))
	if err != nil || len(all) != 1 || !all[0].Due.Equal(due.AddDate(0, 0, 1)) {
		t.Errorf("there are %+v, %v", all, err)
	}
}

// The number becomes a customer's while the window shows the lead that it was: at a colleague's, or by another call of it.
func TestALeadGivesWayToTheCustomer_C3(t *testing.T) {
	d := newDesk(t)
	number := crm.Parse("02219876543", "DE").Number(crm.LabelWork)
	d.do(crm.CreateLead{Lead: crm.Lead{ID: d.file.NewID(), LastName: "Groß", Status: crm.LeadJunk, Numbers: []crm.Number{number}}})
	d.ring("1", "02219876543")
	d.call("the lead", func(c Call) bool { return c.Card.Ref.Kind == Lead && c.Card.Name == "Groß" })
	ref := d.contact("Jörg", "Groß", "02219876543")
	d.call("the contact", func(c Call) bool { return c.Card.Ref == ref })
}

// The window shows the customer whom the number got while the call went on; when it has ended the call is theirs, beside the lead that
// it was on. What the agent picked stays as it was picked.
func TestACustomerOfTheMiddleOfACallHasItFromItsEndOn_C1(t *testing.T) {
	for _, c := range []struct {
		name   string
		picks  bool
		except bool
		want   []crm.Kind
	}{
		{name: "shown", want: []crm.Kind{crm.KindContact, crm.KindLead}},
		{name: "the agent picks the lead", picks: true, want: []crm.Kind{crm.KindLead}},
		{name: "an exception by then", except: true, want: []crm.Kind{crm.KindLead}},
	} {
		d := newDesk(t)
		number := crm.Parse("02219876543", "DE").Number(crm.LabelWork)
		d.do(crm.CreateLead{Lead: crm.Lead{ID: d.file.NewID(), LastName: "Groß", Numbers: []crm.Number{number}}})
		d.answered("1", "02219876543")
		lead := d.call("the lead", func(c Call) bool { return c.Card.Ref.Kind == Lead }).Card.Ref
		atRest(d.desk)
		ref := d.contact("Jörg", "Groß", "02219876543")
		call := d.call("the contact", func(c Call) bool { return c.Card.Ref == ref })
		if c.picks {
			d.desk.Choose(call.ID, lead)
			d.call("the lead again", func(c Call) bool { return c.Card.Ref == lead })
		}
		if c.except {
			entries, _ := crm.ParseEntries(crm.Exceptions, "0221 9876543", "DE")
			d.do(crm.AddEntries{Entries: entries})
		}
		d.ended("1", "02219876543", phone.HungUpThere)
		atRest(d.desk)
		row, err := d.file.Call(context.Background(), crm.ID(call.ID))
		if err != nil {
			t.Fatal(err)
		}
		var on []crm.Kind
		for _, r := range row.Call.Refs {
			on = append(on, r.Kind)
		}
		if !slices.Equal(on, c.want) {
			t.Errorf("%s: the call is on %v", c.name, on)
		}
		if shown := d.desk.Snapshot().Calls[0]; !c.picks && !c.except && shown.Reason.Key != crm.ReasonSeveralContact {
			t.Errorf("%s: the window says %q", c.name, shown.Reason.Key)
		}
	}
}

// A colleague gives the caller's company another name while the call goes on.
func TestTheCardHasTheNameThatTheCompanyHasNow_H1(t *testing.T) {
	d := newDesk(t)
	company := crm.Company{ID: d.file.NewID(), Name: "Mühle"}
	number := crm.Parse("02219876543", "DE").Number(crm.LabelWork)
	d.do(crm.CreateCompany{Company: company},
		crm.CreateContact{Contact: crm.Contact{ID: d.file.NewID(), LastName: "Ofen", Company: company.ID, Numbers: []crm.Number{number}}})
	d.ring("1", "02219876543")
	d.call("the company", func(c Call) bool { return c.Card.Company == "Mühle" })
	company.Name = "Mühle & Söhne"
	d.do(crm.UpdateCompany{Company: company})
	d.call("its name of now", func(c Call) bool { return c.Card.Company == "Mühle & Söhne" })
}

func TestAPickThatComesTooLateSaysSo_C3(t *testing.T) {
	d := newDesk(t)
	d.contact("Ayşe", "Özdemir", "030 1111111")
	d.contact("Emre", "Özdemir", "030 1111111")
	d.ring("1", "0301111111")
	c := d.call("both", func(c Call) bool { return len(c.Card.Matches) == 2 })
	other := c.Card.Matches[1].Ref
	goOn := d.standing()
	d.desk.Choose(c.ID, other)
	if _, err := d.file.Remove(context.Background(), fileRef(other)); err != nil {
		t.Fatal(err)
	}
	goOn()
	d.call("who is left", func(c Call) bool { return c.Card.Ref.ID != other.ID && c.Card.Known })
	atRest(d.desk)
	if got := d.notice(); got != "That did not work: {why}" {
		t.Errorf("the agent was told: %s", got)
	}
}

func TestANoteThatComesAsItsCallIsPutAwayIsSaved_H4(t *testing.T) {
	d := newDesk(t)
	d.ring("1", "02219876543")
	c := d.call("the call", looked)
	d.ended("1", "02219876543", phone.Missed)
	d.desk.CloseCall(c.ID)
	d.desk.Note(c.ID, "Rückruf")
	atRest(d.desk)
	if got := d.lastCall().Call.Note; got != "Rückruf" {
		t.Errorf("the note is %q", got)
	}
}
