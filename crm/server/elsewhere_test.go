package server

import (
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/wire"
)

// A queue rings Anna, then Ben, who takes it: Anna, who sees her own calls only, learns that nobody needs to call back (C4, H6).
func TestACallThatAColleagueTookLaterLeavesNoMissedOne_H6(t *testing.T) {
	onEach(t, func(t *testing.T, c *company) {
		own := crm.Role{ID: newID(t), Name: "Own calls", Rights: crm.Rights{SeeCalls: crm.ReachOwn}}
		c.signIn(c.admin).do(crm.SaveRole{Role: own})
		anna, ben := c.signIn(c.addUser(crm.User{Name: "Anna", Roles: []crm.ID{own.ID}})), c.signIn(c.addUser(crm.User{Name: "Ben", Roles: []crm.ID{own.ID}}))
		began := time.Now().Add(-time.Minute)
		ring := func(p *program, after time.Duration) crm.ID {
			_, call := p.rings(1)
			call.Call.Began, call.Call.Refs = began.Add(after), nil
			p.do(call)
			return call.Call.ID
		}
		hers := ring(anna, 0)
		anna.do(crm.EndCall{ID: hers, Ended: began.Add(15 * time.Second), Outcome: crm.Missed})
		anna.pull(0)
		if call, ok := has[crm.Call](anna, wire.Call, hers); !ok || call.Outcome != crm.Missed {
			t.Fatalf("before anybody answered: %v, %t", call.Outcome, ok)
		}
		his := ring(ben, 20*time.Second)
		ben.do(crm.UpdateCall{ID: his, Answered: began.Add(24 * time.Second)})
		anna.pull(0)
		if call, ok := has[crm.Call](anna, wire.Call, hers); !ok || call.Outcome != crm.AnsweredElsewhere {
			t.Errorf("after Ben answered: %v, %t", call.Outcome, ok)
		}
		if _, ok := has[crm.Call](anna, wire.Call, his); ok {
			t.Error("Anna sees Ben's call")
		}
		c.verify()
	})
}
