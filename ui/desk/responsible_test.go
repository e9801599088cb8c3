package desk

import (
	"context"
	"testing"
	"time"

	"leadline/crm"
	"leadline/phone"
)

const (
	salesLine = "+49301000"
	hisCaller = "+493020948812" // Ben's customer
)

// salesDesk is Anna's desk with a line that sends to the responsible, and Ben, whose customer calls.
func salesDesk(t *testing.T) (d *aDesk, ben crm.ID, line crm.Line) {
	t.Helper()
	d = newDesk(t)
	ben = d.colleague("Ben", "102")
	number, _ := crm.ParseNumber(salesLine, "DE", crm.LabelWork)
	line = crm.Line{ID: d.file.NewID(), Name: "Sales", Number: number, SendToResponsible: true}
	caller, _ := crm.ParseNumber(hisCaller, "DE", crm.LabelWork)
	d.do(crm.SaveLine{Line: line}, crm.CreateContact{Contact: crm.Contact{ID: d.file.NewID(), LastName: "Meier", Numbers: []crm.Number{caller}, Responsible: ben}})
	d.team("Ben 102 untold")
	d.tells(ben, TeamFree)
	return d, ben, line
}

// tells has the server say how a colleague is.
func (d *aDesk) tells(who crm.ID, state TeamState) {
	d.t.Helper()
	d.desk.TeamTold([]UserState{{User: who, State: state}}, true)
	d.until("told of the colleague", func(s Snapshot) bool { return len(s.Team) > 0 && s.Team[0].State == state })
}

// rings has a call come in on the line of sales.
func (d *aDesk) rings(id, caller string, change func(*phone.Call)) {
	d.change(id, caller, func(c *phone.Call) {
		c.Lines = []string{salesLine}
		if change != nil {
			change(c)
		}
	})
}

// settled waits until what was asked of the file before is answered, and taken over.
func (d *aDesk) settled() {
	d.t.Helper()
	done := make(chan struct{})
	d.desk.post(func() { // after the mail so far
		d.desk.find(func(context.Context) { d.desk.post(func() { close(done) }) })
	})
	select {
	case <-done:
	case <-time.After(patience):
		d.t.Fatal("the desk does not come to rest")
	}
}

func TestACallGoesToTheResponsiblePerson_D3(t *testing.T) {
	d, ben, line := salesDesk(t)
	d.rings("in-1", hisCaller, nil)
	d.settled()
	if !d.phone.did("redirect in-1 102") || d.notice() != crm.RouteResponsible {
		t.Fatalf("the phone was asked %q last, said was %q", d.phone.last(), d.notice())
	}
	diverted := func(user string) func(*phone.Call) {
		return func(c *phone.Call) { c.Diversions = []phone.Diversion{{From: phone.Party{User: user, Host: "pbx"}}} }
	}
	steps := []struct {
		what   string
		change func(*phone.Call)
		before func()
		sent   bool
	}{
		{what: "it comes back at once"},
		{what: "a colleague has passed it on", change: func(c *phone.Call) { c.ReferredBy = "sip:103@pbx" }},
		{what: "Ben has not taken it", change: diverted("102")},
		{what: "it came from our own number", change: diverted("101")},
		{what: "the queue has sent it", change: diverted("800"), sent: true},
		{what: "Ben talks", before: func() { d.tells(ben, TeamTalking) }},
		{what: "Ben wants no calls", before: func() { d.tells(ben, TeamQuiet) }},
		{what: "Ben is away", before: func() { d.tells(ben, TeamAway) }},
		{what: "Ben's program is closed", before: func() { d.tells(ben, TeamOffline) }},
		{what: "Ben is back", before: func() { d.tells(ben, TeamFree) }, sent: true},
		{what: "the line does not send", before: func() { line.SendToResponsible = false; d.do(crm.SaveLine{Line: line}) }},
	}
	for i, step := range steps {
		id := "in-" + string(rune('a'+i))
		if step.what != "it comes back at once" {
			d.desk.post(func() { d.desk.sent = nil })
		}
		if step.before != nil {
			step.before()
		}
		d.rings(id, hisCaller, step.change)
		d.settled()
		if did := d.phone.did("redirect " + id + " 102"); did != step.sent {
			t.Errorf("%s: sent on %t, want %t", step.what, did, step.sent)
		}
	}
	line.SendToResponsible = true
	d.do(crm.SaveLine{Line: line})
	d.rings("stranger", "+493055501", nil)
	d.rings("mine", "", nil)
	d.settled()
	if d.phone.did("redirect stranger 102") || d.phone.did("redirect mine 102") {
		t.Error("a stranger's call is sent on")
	}
}

// A queue that rings all: one phone sends it on, and none where it rings at the responsible already.
func TestOnePhoneOfAQueueSendsItOn_D3(t *testing.T) {
	d, ben, line := salesDesk(t)
	eva := d.colleague("Eva", "103")
	d.team("Ben 102 free, Eva 103 offline")
	who, err := d.file.Me(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	me := who.ID
	queue := crm.Queue{ID: d.file.NewID(), Name: "Sales", Ringing: crm.AllAtOnce}
	line.Queue = queue.ID
	free := func(all ...crm.ID) map[crm.ID]bool {
		is := map[crm.ID]bool{}
		for _, id := range all {
			is[id] = true
		}
		return is
	}
	for _, test := range []struct {
		what    string
		members []crm.ID
		free    map[crm.ID]bool
		ringing crm.Ringing
		want    bool
	}{
		{"we are the first", []crm.ID{me, eva}, free(eva, ben), crm.AllAtOnce, true},
		{"Eva is the first", []crm.ID{eva, me}, free(eva, ben), crm.AllAtOnce, false},
		{"Eva is not there", []crm.ID{eva, me}, free(ben), crm.AllAtOnce, true},
		{"Ben is among them", []crm.ID{me, ben}, free(ben), crm.AllAtOnce, false},
		{"one after the other", []crm.ID{eva, me, ben}, free(eva, ben), crm.Evenly, true},
	} {
		queue.Members, queue.Ringing = test.members, test.ringing
		if got := (team{me: me, queues: []crm.Queue{queue}}).sends(line, ben, test.free); got != test.want {
			t.Errorf("%s: %t, want %t", test.what, got, test.want)
		}
	}
}
