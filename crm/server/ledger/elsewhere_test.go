package ledger

import (
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/wire"
)

// rung is a call of a number as it rang on one agent's phone, not ended yet.
func (c *company) rung(agent crm.ID, caller string, line crm.ID, began time.Time) crm.ID {
	c.t.Helper()
	id := c.id()
	c.do(c.as(agent), crm.BeginCall{Call: crm.Call{ID: id, Direction: crm.Incoming, Agent: agent, Party: crm.Parse(caller, "DE"), Line: line, Began: began}})
	return id
}

func TestACallThatAColleagueTookIsNoMissedOne_H6(t *testing.T) {
	at := func(seconds int) time.Time { return time.Date(2026, 11, 25, 10, 0, seconds, 0, time.UTC) }
	for _, test := range []struct {
		what             string
		caller           string
		otherLine        bool
		answered, missed int // seconds: when Ben answered, and when it stopped to ring at Anna's
		want             crm.Outcome
	}{
		{"it rang on both", "030 20948812", false, 8, 8, crm.AnsweredElsewhere},
		{"the phone hears of it late", "030 20948812", false, 8, 6, crm.AnsweredElsewhere},
		{"the caller gave up and called again", "030 20948812", false, 40, 8, crm.Missed},
		{"it was answered before it rang", "030 20948812", false, -20, 8, crm.Missed},
		{"another line", "030 20948812", true, 8, 8, crm.Missed},
		{"nobody knows who it was", "anonymous", false, 8, 8, crm.Missed},
	} {
		for _, missedFirst := range []bool{true, false} {
			c := newCompany(t)
			c.now = at(59)
			line := c.id()
			hers := c.rung(c.anna, test.caller, line, at(0))
			if test.otherLine {
				line = c.id()
			}
			his := c.rung(c.ben, test.caller, line, at(min(0, test.answered)))
			answer := func() { c.do(c.as(c.ben), crm.UpdateCall{ID: his, Answered: at(test.answered)}) }
			miss := func() { c.do(c.as(c.anna), crm.EndCall{ID: hers, Ended: at(test.missed), Outcome: crm.Missed}) }
			if missedFirst {
				miss()
				answer()
			} else {
				answer()
				miss()
			}
			if got := get[crm.Call](c, wire.Call, hers).Outcome; got != test.want {
				t.Errorf("%s, the missed one first %t: %v, want %v", test.what, missedFirst, got, test.want)
			}
		}
	}
}

// What the agent of the call has made of it meanwhile stays.
func TestOnlyAMissedCallBecomesOneOfElsewhere_H6(t *testing.T) {
	c := newCompany(t)
	began := c.now
	declined, his := c.rung(c.anna, number, "", began), c.rung(c.ben, number, "", began)
	c.do(c.as(c.anna), crm.EndCall{ID: declined, Ended: began.Add(time.Second), Outcome: crm.Declined})
	c.do(c.as(c.ben), crm.UpdateCall{ID: his, Answered: began.Add(2 * time.Second)})
	if got := get[crm.Call](c, wire.Call, declined).Outcome; got != crm.Declined {
		t.Errorf("declined is now %v", got)
	}
}

func TestAnybodyAddsACallerToTheExceptions_E2(t *testing.T) {
	c := newCompany(t)
	entry := func(list crm.ListName, pattern string, prefix bool) crm.Entry {
		return crm.Entry{ID: c.id(), List: list, Pattern: pattern, Key: number, Prefix: prefix}
	}
	mine := entry(crm.Exceptions, number, false)
	c.do(c.as(c.anna), crm.AddEntries{Entries: []crm.Entry{mine}})
	c.do(c.as(c.anna), crm.AddEntries{Entries: []crm.Entry{mine}}) // sent again
	other := mine
	other.Key = "+4930999"
	for _, entries := range [][]crm.Entry{{entry(crm.Exceptions, "+49*", true)}, {entry(crm.Blacklist, number, false)}, {mine, entry(crm.Blacklist, number, false)}, {other}, {}} {
		c.refused(wire.RejectNotAllowed, c.try(c.as(c.anna), crm.AddEntries{Entries: entries}))
	}
	c.refused(wire.RejectNotAllowed, c.try(c.as(c.anna), crm.RemoveEntries{IDs: []crm.ID{mine.ID}}))
	c.do(c.as(c.admin), crm.AddEntries{Entries: []crm.Entry{entry(crm.Exceptions, "+49*", true), entry(crm.Blacklist, number, false)}})
}
