package desk

import (
	"testing"

	"leadline/crm"
	"leadline/phone"
)

// Missed, answered, answered elsewhere, rejected, busy, failed and cancelled are told apart in the log, and
// only a missed call is one to call back.
func TestHowACallEndedIsToldApart_C4(t *testing.T) {
	for _, c := range []struct {
		cause  phone.Cause
		want   crm.Outcome
		missed int
	}{
		{phone.Missed, crm.Missed, 1},
		{phone.HungUpThere, crm.Answered, 0},
		{phone.AnsweredElsewhere, crm.AnsweredElsewhere, 0},
		{phone.Declined, crm.Declined, 0},
		{phone.DeclinedThere, crm.DeclinedThere, 0},
		{phone.Busy, crm.Busy, 0},
		{phone.NoAnswer, crm.NoAnswer, 0},
		{phone.NotFound, crm.NotFound, 0},
		{phone.Failed, crm.Failed, 0},
		{phone.Cancelled, crm.Cancelled, 0},
	} {
		t.Run(c.cause.String(), func(t *testing.T) {
			d := newDesk(t)
			d.ring("1", "01761234567")
			d.ended("1", "01761234567", c.cause)
			if call := d.logged(); call.Outcome != c.want {
				t.Errorf("the log says %s, want %s", call.Outcome, c.want)
			}
			d.until("the missed calls", func(s Snapshot) bool { return s.Missed == c.missed })
		})
	}
}

// Where the PBX is gone, or fails, the window says so and what to do, beside what there was on the wire.
func TestACallThatFailedSaysWhatToDo_C4(t *testing.T) {
	for _, c := range []struct {
		code          int
		reason, words string
	}{
		{0, "INVITE: no answer", "The PBX does not answer. Try again in a moment; the strip at the bottom of the main window says how it stands"},
		{503, "Service Unavailable", "The PBX could not set the call up. Try again; if it stays so, ask whoever looks after it"},
		{488, "Not Acceptable Here", "The call could not be set up"},
		{0, "INVITE: no codec in common", "The call could not be set up"},
	} {
		call := phone.Call{State: phone.Ended, Cause: phone.Failed, SIPCode: c.code, SIPReason: c.reason}
		outcome, why := outcomeOf(call)
		if outcome != Failed || why.Key != c.words || detailOf(call) == "" {
			t.Errorf("%d %s: %v, %q", c.code, c.reason, outcome, why.Key)
		}
		call.Answered = call.Began.Add(1)
		if outcome, why := outcomeOf(call); outcome != Answered || why.Key != "The connection was lost" {
			t.Errorf("%d %s after an answer: %v, %q", c.code, c.reason, outcome, why.Key)
		}
	}
}

// C4: every end is told apart, and the file says the same as the window.
func TestEveryEndIsToldApart(t *testing.T) {
	seen := map[Outcome]phone.Cause{}
	for cause, want := range map[phone.Cause]Outcome{
		phone.HungUpThere: Answered, phone.Missed: Missed, phone.AnsweredElsewhere: AnsweredElsewhere,
		phone.Declined: Declined, phone.DeclinedThere: DeclinedThere, phone.Busy: Busy, phone.NoAnswer: NoAnswer,
		phone.NotFound: NotFound, phone.Cancelled: Cancelled, phone.Failed: Failed,
	} {
		d := newDesk(t)
		d.ring("1", "0301234567")
		d.ended("1", "0301234567", cause)
		c := d.call("the end", func(c Call) bool { return c.State == Ended })
		if c.Outcome != want || want != Answered && c.Why.Key == "" {
			t.Errorf("%v is %v, %q", cause, c.Outcome, c.Why.Key)
		}
		if had, ok := seen[c.Outcome]; ok {
			t.Errorf("%v and %v look the same", had, cause)
		}
		seen[c.Outcome] = cause
		d.close()
		if got := d.lastCall().Call.Outcome; viewOutcome(got) != want {
			t.Errorf("%v is %v in the file", cause, got)
		}
	}
}

// The outcomes of desk and crm are the same list in the same order.
func TestOutcomesAreThoseOfTheFile(t *testing.T) {
	for o, name := range map[Outcome]string{
		Open: "open", Answered: "answered", Missed: "missed", AnsweredElsewhere: "answered-elsewhere",
		Declined: "declined", DeclinedThere: "declined-there", Busy: "busy", NoAnswer: "no-answer",
		NotFound: "not-found", Cancelled: "cancelled", Failed: "failed", Interrupted: "interrupted",
	} {
		if got := fileOutcome(o).String(); got != name {
			t.Errorf("outcome %d is %q in the file, not %q", o, got, name)
		}
	}
}
