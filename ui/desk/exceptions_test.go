package desk

import (
	"context"
	"errors"
	"testing"

	"leadline/crm"
)

// exceptions are the entries in the file.
func (d *aDesk) exceptions() []crm.Entry {
	d.t.Helper()
	entries, err := d.file.Entries(context.Background(), crm.Exceptions)
	if err != nil {
		d.t.Fatal(err)
	}
	return entries
}

func excepted(c Call) bool { return c.Reason.Key == crm.ReasonException }

func TestAStrangersNumberBecomesAnExceptionAtOnce_E2(t *testing.T) {
	d := newDesk(t)
	d.ring("1", "02219876543")
	c := d.call("the call", looked)
	d.desk.Except(c.ID)
	c = d.call("the exception", excepted)
	if c.Excepting != nil || c.Reason.Args["entry"] != "+492219876543" {
		t.Errorf("%+v, %v", c.Excepting, c.Reason)
	}
	if e := d.exceptions(); len(e) != 1 || e[0].Key != "+492219876543" {
		t.Errorf("the exceptions are %+v", e)
	}
	if row := d.lastCall(); row.Call.Reason.Key != crm.ReasonException {
		t.Errorf("the call's reason is %v", row.Call.Reason)
	}
}

func TestWhatAnExceptionRemovesIsAskedFirst_E2(t *testing.T) {
	d := newDesk(t)
	d.contact("Jürgen", "Müller", "0176 1234567")
	d.ring("1", "01761234567")
	c := d.call("the name", func(c Call) bool { return c.Card.Known && c.Reason.Key != "" })
	d.desk.Except(c.ID)
	asked := d.call("the question", func(c Call) bool { return c.Excepting != nil })
	if asked.Excepting.Calls != 1 || len(asked.Excepting.Leads) != 0 {
		t.Errorf("the question is %+v", asked.Excepting)
	}
	d.desk.AnswerException(c.ID, false)
	d.call("no question", func(c Call) bool { return c.Excepting == nil })
	if len(d.exceptions()) != 0 || d.lastCall().Ref.None() {
		t.Error("no was taken for yes")
	}
	d.desk.Except(c.ID)
	d.call("the question again", func(c Call) bool { return c.Excepting != nil })
	d.desk.AnswerException(c.ID, true)
	d.call("the exception", excepted)
	if len(d.exceptions()) != 1 || !d.lastCall().Ref.None() {
		t.Errorf("%d exceptions, the call is on %v", len(d.exceptions()), d.lastCall().Ref)
	}
}

func TestAnExceptionKeepsItsComment_E2(t *testing.T) {
	d := newDesk(t)
	entries, _ := crm.ParseEntries(crm.Exceptions, "0221 9876543 ; courier", "DE")
	d.do(crm.AddEntries{Entries: entries})
	if err := d.desk.AddExceptions(context.Background(), []string{"+492219876543", "sip:anna@example.org"}); err != nil {
		t.Fatal(err)
	}
	all := d.exceptions()
	if len(all) != 2 || all[0].Comment+all[1].Comment != "courier" {
		t.Errorf("the exceptions are %+v", all)
	}
}

func TestAnExceptionThatCannotBeAddedSaysSo_E2(t *testing.T) {
	d := newDesk(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := d.desk.AddExceptions(ctx, []string{"+492219876543"}); !errors.Is(err, context.Canceled) {
		t.Fatalf("it says %v", err)
	}
	d.until("the notice", func(Snapshot) bool { return d.notice() == "Not added to the CRM exceptions: {why}" })
}
