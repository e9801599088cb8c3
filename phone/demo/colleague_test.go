package demo_test

import (
	"fmt"
	"testing"
	"time"

	"leadline/phone"
	"leadline/phone/audio"
	"leadline/phone/demo"
	"leadline/phone/rig"
)

// company is two agents, 101 and 102, each at a box of their own.
func company(t *testing.T) (a, b *agent) {
	t.Helper()
	a, b = connect(t, demo.Options{}), connect(t, demo.Options{Extension: "102"})
	demo.Join(a.pbx, b.pbx)
	return a, b
}

// takes answers what rings at an agent.
func (a *agent) takes() phone.Call {
	a.t.Helper()
	c := a.call("it rings", func(c phone.Call) bool { return c.State == phone.Ringing })
	if err := a.Answer(c.ID); err != nil {
		a.t.Fatal(err)
	}
	return c
}

func (a *agent) reaches(id phone.CallID, s phone.CallState) {
	a.t.Helper()
	a.call(fmt.Sprintf("it is %s", s), func(c phone.Call) bool { return c.ID == id && c.State == s })
}

func (a *agent) ends(id phone.CallID, cause phone.Cause) phone.Call {
	a.t.Helper()
	return a.call("it ends: "+cause.String(), func(c phone.Call) bool { return c.ID == id && c.State == phone.Ended && c.Cause == cause })
}

func (a *agent) dials(to string) phone.CallID {
	a.t.Helper()
	id, err := a.Dial("", to)
	if err != nil {
		a.t.Fatal(err)
	}
	return id
}

// hears waits until the other side's tone of 700 Hz, and little else, was heard for half a second in all, from now on: a busy
// machine leaves gaps between, and a half second without one is a matter of luck there.
func (a *agent) hears(what string) {
	a.t.Helper()
	e := rig.Ear{Hertz: 700, Rate: audio.Rate}
	a.mu.Lock()
	at := len(a.heard)
	a.mu.Unlock()
	rig.Eventually(a.t, 20*time.Second, what, func() (bool, string) {
		a.mu.Lock()
		more := a.heard[at:]
		at = len(a.heard)
		a.mu.Unlock()
		e.Take(more)
		return e.Lasted >= 0.5, e.String()
	})
}

// hearsCustomer waits for what is heard to be a voice, and not a colleague's tone.
func (a *agent) hearsCustomer() {
	a.t.Helper()
	rig.Eventually(a.t, 20*time.Second, "the customer is heard", func() (bool, string) {
		s := a.ear(0.5)
		return s.Level() > 0.01 && s.Share(700) < 0.5, fmt.Sprint(s.Level(), s.Share(700))
	})
}

func TestColleaguesCallEachOther(t *testing.T) {
	a, b := company(t)
	id := a.dials("102")
	there := b.takes()
	if there.Remote.User != "101" {
		t.Errorf("called by %+v", there.Remote)
	}
	a.reaches(id, phone.Active)
	a.hears("the colleague is heard")
	b.hears("the agent is heard")
	if err := b.HangUp(there.ID); err != nil {
		t.Fatal(err)
	}
	a.ends(id, phone.HungUpThere)

	id = b.dials("101")
	here := a.call("it rings", func(c phone.Call) bool { return c.State == phone.Ringing })
	if err := a.Decline(here.ID, false); err != nil {
		t.Fatal(err)
	}
	b.ends(id, phone.DeclinedThere)

	id = a.dials("102")
	b.call("it rings", func(c phone.Call) bool { return c.State == phone.Ringing })
	if err := a.HangUp(id); err != nil {
		t.Fatal(err)
	}
	b.call("missed", func(c phone.Call) bool { return c.Cause == phone.Missed })
}

func TestACustomerIsPassedOnToAColleague(t *testing.T) {
	a, b := company(t)
	call := ring(t, a.pbx, demo.Known)
	c := a.takes()
	await(t, call, demo.Answered)
	if err := a.Transfer(c.ID, "102"); err != nil {
		t.Fatal(err)
	}
	there := b.takes()
	if there.Remote.User != demo.Known.Number {
		t.Errorf("the colleague is called by %+v", there.Remote)
	}
	if e := a.ends(c.ID, phone.Transferred); e.Transfer.State != phone.TransferDone {
		t.Errorf("told %+v", e.Transfer)
	}
	b.reaches(there.ID, phone.Active)
	b.hearsCustomer()
	if err := b.HangUp(there.ID); err != nil {
		t.Fatal(err)
	}
	await(t, call, demo.Ended)
}

func TestACustomerWhomNobodyTakesComesBack(t *testing.T) {
	a, b := company(t)
	call := ring(t, a.pbx, demo.Known)
	c := a.takes()
	await(t, call, demo.Answered)
	for target, code := range map[string]int{"102": 603, "601": 486, "604": 404} {
		if err := a.Transfer(c.ID, target); err != nil {
			t.Fatal(err)
		}
		if target == "102" {
			there := b.call("it rings", func(c phone.Call) bool { return c.State == phone.Ringing })
			if err := b.Decline(there.ID, false); err != nil {
				t.Fatal(err)
			}
		}
		a.call("it is back from "+target, func(x phone.Call) bool {
			return x.State == phone.Active && x.Transfer.State == phone.TransferFailed && x.Transfer.Code == code
		})
	}
	a.hearsCustomer()
}

func TestAColleagueIsAskedFirst(t *testing.T) {
	a, b := company(t)
	call := ring(t, a.pbx, demo.Known)
	c := a.takes()
	await(t, call, demo.Answered)
	asked := a.dials("102")
	there := b.takes()
	a.reaches(asked, phone.Active)
	b.hears("the agent is heard")
	if err := a.Phone.Join(c.ID, asked); err != nil {
		t.Fatal(err)
	}
	a.ends(c.ID, phone.Transferred)
	a.ends(asked, phone.Transferred)
	b.hearsCustomer()
	b.call("the colleague sees the customer", func(x phone.Call) bool {
		return x.ID == there.ID && x.State == phone.Active && x.Connected.User == demo.Known.Number
	})
	if err := b.HangUp(there.ID); err != nil {
		t.Fatal(err)
	}
	b.ends(there.ID, phone.HungUpHere)
}
