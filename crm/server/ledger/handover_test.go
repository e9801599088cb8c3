package ledger

import (
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/wire"
)

// A queue rings several phones, each of which makes the lead or finds the one that the first has made; who takes the call
// has a call of their own. Of a lead that the first phone's program told of, the others answer and pass on the same.
func TestWhatAnotherPhoneMadeGoesToWhoTakesTheCall_D1_D2(t *testing.T) {
	at := func(seconds int) time.Time { return time.Date(2026, 11, 25, 10, 0, seconds, 0, time.UTC) }
	for _, test := range []struct {
		what      string
		owner     crm.Owner
		passes    bool
		began     int  // at Ben's; Anna's rings from 0 on, whose program makes the lead
		stopped   int  // at Anna's; 0: it rings there still
		knows     bool // Ben's program knows the lead already, and makes none
		passed    bool // Ben passes it on to Ada
		byHand    bool // somebody has given it to Ada before
		want      string
		otherLine bool
	}{
		{what: "all at once", owner: crm.WhoAnswers, want: "Ben"},
		{what: "all at once, the first in the queue has it", want: "Anna"},
		{what: "one after the other", owner: crm.WhoAnswers, began: 20, stopped: 15, knows: true, want: "Ben"},
		{what: "the caller gave up and called again", owner: crm.WhoAnswers, began: 40, stopped: 15, knows: true, want: "Anna"},
		{what: "another line", owner: crm.WhoAnswers, knows: true, otherLine: true, want: "Anna"},
		{what: "somebody has decided otherwise", owner: crm.WhoAnswers, byHand: true, want: "Ada"},
		{what: "passed on", passes: true, passed: true, want: "Ada"},
		{what: "passed on by the second", passes: true, began: 20, stopped: 15, knows: true, passed: true, want: "Ada"},
		{what: "passed on by who has answered", owner: crm.WhoAnswers, passes: true, passed: true, want: "Ada"},
		{what: "passed on, and the line hands nothing over", passed: true, want: "Anna"},
	} {
		c := newCompany(t)
		c.now = at(0)
		line, other := c.id(), c.id()
		c.do(c.as(c.admin), crm.SaveWorkspace{Workspace: crm.Workspace{Owner: test.owner}})
		c.do(c.as(c.admin), crm.SaveLine{Line: crm.Line{ID: line, Name: "Sales", ChangeResponsible: test.passes}})
		c.do(c.as(c.admin), crm.SaveLine{Line: crm.Line{ID: other, Name: "Service", ChangeResponsible: test.passes}})
		ensure, hers := c.ring(c.anna, 1, at(0))
		hers.Line = line
		c.do(c.as(c.anna), ensure)
		c.do(c.as(c.anna), hers)
		if test.stopped > 0 {
			c.do(c.as(c.anna), crm.EndCall{ID: hers.ID, Ended: at(test.stopped), Outcome: crm.Missed})
		}
		again, his := c.ring(c.ben, 1, at(test.began))
		if his.Line = line; test.otherLine {
			his.Line = other
		}
		again.Lead.Responsible = c.anna
		if !test.knows {
			c.do(c.as(c.ben), again)
		}
		c.do(c.as(c.ben), his)
		if test.byHand {
			c.do(c.as(c.anna), crm.Assign{Ref: leadRef(leadOf(1)), From: c.anna, To: c.admin})
		}
		c.do(c.as(c.ben), crm.UpdateCall{ID: his.ID, Answered: at(test.began + 5)})
		if test.passed {
			c.do(c.as(c.ben), crm.UpdateCall{ID: his.ID, PassedTo: c.admin})
		}
		names := map[crm.ID]string{c.anna: "Anna", c.ben: "Ben", c.admin: "Ada"}
		lead := get[crm.Lead](c, wire.Lead, leadOf(1))
		if got := names[lead.Responsible]; got != test.want {
			t.Errorf("%s: %s has it, want %s", test.what, got, test.want)
		}
		if reason := get[crm.Call](c, wire.Call, his.ID).Reason; test.want != "Anna" && !test.byHand && reason.Args["name"] != test.want {
			t.Errorf("%s: the call says %+v", test.what, reason)
		}
	}
}

// Who was passed a caller passes them on in turn (D2); what is there for long stays whose it is.
func TestACallerPassedOnTwiceGoesToTheLast_D2(t *testing.T) {
	for _, tt := range []struct {
		talked, later time.Duration // with Anna, and until Ben's phone rang
		want          string
	}{{20 * time.Second, -time.Second, "Ada"}, {25 * time.Minute, -time.Second, "Ada"}, {20 * time.Second, 30 * time.Minute, "Ben"}} {
		c := newCompany(t)
		line, began := c.id(), c.now
		c.do(c.as(c.admin), crm.SaveLine{Line: crm.Line{ID: line, Name: "Sales", ChangeResponsible: true}})
		ensure, hers := c.ring(c.anna, 1, began)
		hers.Line = line
		c.do(c.as(c.anna), ensure)
		c.do(c.as(c.anna), hers)
		c.do(c.as(c.anna), crm.UpdateCall{ID: hers.ID, Answered: began.Add(time.Second)})
		c.do(c.as(c.anna), crm.UpdateCall{ID: hers.ID, PassedTo: c.ben})
		c.do(c.as(c.anna), crm.Assign{Ref: leadRef(leadOf(1)), From: c.anna, To: c.ben})
		c.do(c.as(c.anna), crm.EndCall{ID: hers.ID, Ended: began.Add(tt.talked), Outcome: crm.Answered})
		_, his := c.ring(c.ben, 1, began.Add(tt.talked+tt.later))
		his.Line = line
		c.do(c.as(c.ben), his)
		c.do(c.as(c.ben), crm.UpdateCall{ID: his.ID, Answered: his.Began.Add(time.Second)})
		c.do(c.as(c.ben), crm.UpdateCall{ID: his.ID, PassedTo: c.admin})
		names := map[crm.ID]string{c.anna: "Anna", c.ben: "Ben", c.admin: "Ada"}
		if got := names[get[crm.Lead](c, wire.Lead, leadOf(1)).Responsible]; got != tt.want {
			t.Errorf("after %v, %v later: %s has it, want %s", tt.talked, tt.later, got, tt.want)
		}
	}
}

// What was made of a caller changes hands only where it is the same call, made by the rules, and somebody of ours takes it.
func TestNothingElseChangesHands_D1_D2(t *testing.T) {
	for what, edit := range map[string]func(c *company, e *crm.EnsureLead, hers, his *crm.Call) (before, then []crm.Change){
		"Ben calls them at that moment": func(_ *company, _ *crm.EnsureLead, _, his *crm.Call) (before, then []crm.Change) {
			his.Direction = crm.Outgoing
			return
		},
		"Anna had called them": func(_ *company, _ *crm.EnsureLead, hers, _ *crm.Call) (before, then []crm.Change) {
			hers.Direction = crm.Outgoing
			return
		},
		"another number of theirs": func(c *company, e *crm.EnsureLead, _, his *crm.Call) (before, then []crm.Change) {
			e.Lead.Numbers = append(e.Lead.Numbers, phone("030 7777777")...)
			his.Party = crm.Parse("030 7777777", "DE")
			return
		},
		"they talk with Anna": func(_ *company, _ *crm.EnsureLead, hers, _ *crm.Call) (before, then []crm.Change) {
			return []crm.Change{crm.UpdateCall{ID: hers.ID, Answered: hers.Began.Add(time.Second)}}, nil
		},
		"Anna's program fell out long ago": func(_ *company, _ *crm.EnsureLead, hers, his *crm.Call) (before, then []crm.Change) {
			his.Began = hers.Began.Add(crm.RangTogether + time.Minute)
			return
		},
		"made by hand": func(_ *company, e *crm.EnsureLead, _, _ *crm.Call) (before, then []crm.Change) {
			e.Lead.Origin.Reason = crm.Say(crm.ReasonByHand)
			return
		},
		"converted by hand": func(_ *company, e *crm.EnsureLead, _, _ *crm.Call) (before, then []crm.Change) {
			e.Lead.Origin.Reason = crm.Say(crm.ReasonConverted)
			return
		},
		"passed on to who has left": func(c *company, _ *crm.EnsureLead, _, his *crm.Call) (before, then []crm.Change) {
			gone := c.id()
			c.do(c.as(c.admin), crm.SaveUser{User: crm.User{ID: gone, Name: "Gone", Left: true}})
			return nil, []crm.Change{crm.UpdateCall{ID: his.ID, PassedTo: gone}}
		},
	} {
		c := newCompany(t)
		line, began := c.id(), c.now
		c.do(c.as(c.admin), crm.SaveLine{Line: crm.Line{ID: line, Name: "Sales", ChangeResponsible: true}})
		if what != "passed on to who has left" {
			c.do(c.as(c.admin), crm.SaveWorkspace{Workspace: crm.Workspace{Owner: crm.WhoAnswers}})
		}
		ensure, hers := c.ring(c.anna, 1, began)
		_, his := c.ring(c.ben, 1, began.Add(2*time.Second))
		hers.Line, his.Line = line, line
		before, then := edit(c, &ensure, &hers.Call, &his.Call)
		c.do(c.as(c.anna), ensure)
		c.do(c.as(c.anna), hers)
		for _, change := range before {
			c.do(c.as(c.anna), change)
		}
		c.do(c.as(c.ben), his)
		for _, change := range append([]crm.Change{crm.UpdateCall{ID: his.ID, Answered: his.Began.Add(3 * time.Second)}}, then...) {
			c.do(c.as(c.admin), change)
		}
		if got := get[crm.Lead](c, wire.Lead, leadOf(1)).Responsible; got != c.anna {
			t.Errorf("%s: the lead goes to %s", what, get[crm.User](c, wire.User, got).Name)
		}
	}
}

// What is handed over keeps a later word on whose it is: what was said before that and arrives after the transfer changes nothing.
func TestAHandoverKeepsTheLaterStamp_D2(t *testing.T) {
	c := newCompany(t)
	line, began := c.id(), c.now
	c.do(c.as(c.admin), crm.SaveLine{Line: crm.Line{ID: line, Name: "Sales", ChangeResponsible: true}})
	ensure, hers := c.ring(c.anna, 1, began)
	_, his := c.ring(c.ben, 1, began.Add(2*time.Second))
	hers.Line, his.Line = line, line
	c.do(c.as(c.anna), ensure)
	c.do(c.as(c.anna), hers)
	c.do(c.as(c.ben), his)
	c.do(c.as(c.ben), crm.UpdateCall{ID: his.ID, Answered: his.Began.Add(time.Second)})
	lead, passed := leadRef(leadOf(1)), c.now.Add(time.Minute)
	c.now = c.now.Add(time.Hour)
	c.do(c.as(c.admin), set(lead, "responsible", c.ben))
	for _, late := range []struct {
		change crm.Change
		at     time.Time
	}{{crm.UpdateCall{ID: his.ID, PassedTo: c.admin}, passed}, {set(lead, "responsible", c.anna), passed.Add(time.Minute)}} {
		if err := c.tryAt(c.as(c.ben), late.change, late.at); err != nil {
			t.Fatal(err)
		}
		if got := get[crm.Lead](c, wire.Lead, lead.ID).Responsible; got != c.admin {
			t.Errorf("after %s: %s has it", late.change.CommandName(), get[crm.User](c, wire.User, got).Name)
		}
	}
}
