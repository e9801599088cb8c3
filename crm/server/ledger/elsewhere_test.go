package ledger

import (
	"slices"
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
		began            int // at Ben's
		want             crm.Outcome
	}{
		{"it rang on both", "030 20948812", false, 8, 8, 0, crm.AnsweredElsewhere},
		{"the phone hears of it late", "030 20948812", false, 8, 6, 0, crm.AnsweredElsewhere},
		{"Ben's goes on to ring", "030 20948812", false, 40, 8, 0, crm.AnsweredElsewhere},
		{"the queue goes on to Ben", "030 20948812", false, 40, 20, 25, crm.AnsweredElsewhere},
		{"the caller gave up and called again", "030 20948812", false, 40, 8, 35, crm.Missed},
		{"it was answered before it rang", "030 20948812", false, -20, 8, -25, crm.Missed},
		{"another line", "030 20948812", true, 8, 8, 0, crm.Missed},
		{"nobody knows who it was", "anonymous", false, 8, 8, 0, crm.Missed},
	} {
		for _, missedFirst := range []bool{true, false} {
			c := newCompany(t)
			c.now = at(59)
			line := c.id()
			hers := c.rung(c.anna, test.caller, line, at(0))
			if test.otherLine {
				line = c.id()
			}
			his := c.rung(c.ben, test.caller, line, at(test.began))
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

// A queue rings one phone after the other; whose ring is told when does not matter (C4, H6).
func TestACallThatTheQueueTookOnIsNoMissedOne_H6(t *testing.T) {
	began := time.Date(2026, 11, 25, 10, 0, 0, 0, time.UTC)
	at := func(seconds int) time.Time { return began.Add(time.Duration(seconds) * time.Second) }
	type ring struct {
		agent    string
		from, to int
		how      crm.Outcome // Answered at the end of the ring
		want     crm.Outcome // Answered: the outcome of a conversation is not asked
	}
	for what, rings := range map[string][]ring{
		"the third takes it": {{"anna", 0, 15, crm.Missed, crm.AnsweredElsewhere}, {"ben", 20, 35, crm.Missed, crm.AnsweredElsewhere},
			{"carl", 40, 44, crm.Answered, crm.Answered}},
		"one declines it": {{"anna", 0, 15, crm.Missed, crm.AnsweredElsewhere}, {"ben", 16, 30, crm.Declined, crm.Declined},
			{"carl", 31, 44, crm.Answered, crm.Answered}},
		"one is not to be disturbed": {{"anna", 0, 0, crm.Missed, crm.AnsweredElsewhere}, {"ben", 0, 9, crm.Answered, crm.Answered}},
		"a program was killed":       {{"anna", 0, 0, crm.Interrupted, crm.AnsweredElsewhere}, {"ben", 5, 9, crm.Answered, crm.Answered}},
		"round and round": {{"anna", 0, 15, crm.Missed, crm.AnsweredElsewhere}, {"ben", 20, 35, crm.Missed, crm.AnsweredElsewhere},
			{"anna", 40, 55, crm.Missed, crm.AnsweredElsewhere}, {"ben", 60, 75, crm.Missed, crm.AnsweredElsewhere}, {"carl", 80, 81, crm.Answered, crm.Answered}},
		"who missed it takes it": {{"anna", 0, 15, crm.Missed, crm.Missed}, {"ben", 20, 35, crm.Missed, crm.AnsweredElsewhere},
			{"anna", 40, 41, crm.Answered, crm.Answered}},
		"nobody takes it": {{"anna", 0, 15, crm.Missed, crm.Missed}, {"ben", 20, 35, crm.Missed, crm.Missed}},
		"called again a minute later": {{"anna", 0, 15, crm.Missed, crm.Missed}, {"ben", 20, 35, crm.Missed, crm.Missed},
			{"carl", 95, 99, crm.Answered, crm.Answered}},
		"called again after the conversation": {{"anna", 0, 4, crm.Answered, crm.Answered}, {"ben", 30, 45, crm.Missed, crm.Missed}},
	} {
		orders := [][]int{{}}
		for i := range rings { // each order in which the server may hear of them
			var more [][]int
			for _, o := range orders {
				for at := range len(o) + 1 {
					more = append(more, slices.Insert(slices.Clone(o), at, i))
				}
			}
			orders = more
		}
		for _, order := range orders {
			c := newCompany(t)
			c.now = at(200)
			agents := map[string]crm.ID{"anna": c.anna, "ben": c.ben, "carl": c.admin}
			calls := make([]crm.ID, len(rings))
			for _, i := range order {
				r := rings[i]
				agent := agents[r.agent]
				calls[i] = c.rung(agent, number, "", at(r.from))
				if r.how == crm.Answered {
					c.do(c.as(agent), crm.UpdateCall{ID: calls[i], Answered: at(r.to)})
				} else {
					c.do(c.as(agent), crm.EndCall{ID: calls[i], Ended: at(r.to), Outcome: r.how})
				}
			}
			for i, r := range rings {
				if got := get[crm.Call](c, wire.Call, calls[i]).Outcome; r.want != crm.Answered && got != r.want {
					t.Errorf("%s, told in the order %v: ring %d at %s is %v, want %v", what, order, i, r.agent, got, r.want)
				}
			}
		}
	}
}

// A conversation that a killed program ended is one all the same.
func TestAnInterruptedConversationStays_H6(t *testing.T) {
	c := newCompany(t)
	began := c.now
	hers, his := c.rung(c.anna, number, "", began), c.rung(c.ben, number, "", began.Add(30*time.Second))
	c.do(c.as(c.anna), crm.UpdateCall{ID: hers, Answered: began.Add(time.Second)})
	c.do(c.as(c.anna), crm.EndCall{ID: hers, Ended: began.Add(25 * time.Second), Outcome: crm.Interrupted})
	c.do(c.as(c.ben), crm.UpdateCall{ID: his, Answered: began.Add(32 * time.Second)})
	if got := get[crm.Call](c, wire.Call, hers).Outcome; got != crm.Interrupted {
		t.Errorf("the conversation is now %v", got)
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

// What is remembered of a number's calls is each of them once, and not for longer than it can matter.
func TestWhatIsRememberedOfANumbersCalls_H6(t *testing.T) {
	c := newCompany(t)
	began := c.now
	ringings := func() rang {
		t.Helper()
		all, err := Read[rang](c.m.rows[Key{Rang, crm.NumberID(number)}])
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	taken := c.rung(c.anna, number, "", began)
	for range 2 { // sent again
		c.do(c.as(c.anna), crm.UpdateCall{ID: taken, Answered: began.Add(time.Second)})
	}
	if all := ringings(); len(all.Answered) != 1 {
		t.Errorf("one call was answered %d times", len(all.Answered))
	}
	for i := range 3 {
		c.now = began.Add(time.Duration(i+1) * time.Hour)
		missed := c.rung(c.ben, number, "", c.now)
		c.do(c.as(c.ben), crm.EndCall{ID: missed, Ended: c.now, Outcome: crm.Missed})
	}
	if all := ringings(); len(all.Missed) != 1 {
		t.Errorf("of hours ago %d calls are remembered", len(all.Missed)-1)
	}
}

// An agent's second device is another phone: what rang there while the first was picked up is no missed call.
func TestACallTakenOnTheOtherDeviceIsNoMissedOne_H6(t *testing.T) {
	c := newCompany(t)
	began := c.now
	desk, laptop := c.rung(c.anna, number, "", began), c.rung(c.anna, number, "", began)
	c.do(c.as(c.anna), crm.UpdateCall{ID: desk, Answered: began.Add(5 * time.Second)})
	c.do(c.as(c.anna), crm.EndCall{ID: laptop, Ended: began.Add(5 * time.Second), Outcome: crm.Missed})
	if got := get[crm.Call](c, wire.Call, laptop).Outcome; got != crm.AnsweredElsewhere {
		t.Errorf("on the laptop it is %v", got)
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
