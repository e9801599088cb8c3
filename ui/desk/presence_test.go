package desk

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"leadline/crm"
	"leadline/phone"
)

// account gives the desk one that is registered.
func (d *aDesk) account() {
	d.desk.SetAccounts([]phone.Account{{Name: "Office", Address: "sip:101@pbx"}})
}

func TestPresenceIsSetAtThePhoneAndEndsByItself(t *testing.T) {
	d := newDesk(t)
	d.desk.DoNotDisturb(time.Time{})
	d.account()
	d.until("the account", func(s Snapshot) bool { return len(s.Accounts) == 1 })
	if d.desk.Snapshot().Presence.Quiet || d.notice() != "Connect a PBX account first" {
		t.Fatalf("without an account there was something to be quiet: %q", d.notice())
	}
	d.desk.DoNotDisturb(time.Time{})
	d.until("do not disturb", func(s Snapshot) bool { return s.Presence.Quiet })
	if got, want := d.phone.last(), "quiet until "+phone.Forever.Format(time.DateTime); got != want {
		t.Errorf("the phone was told %q, want %q", got, want)
	}
	d.desk.Available()
	d.until("available", func(s Snapshot) bool { return s.Presence == Presence{} })
	quiet := make(chan struct{})
	var once sync.Once
	defer d.desk.Subscribe(func(s Snapshot) { // from before on: it may be over before anybody looks
		if s.Presence.Quiet {
			once.Do(func() { close(quiet) })
		}
	})()
	d.desk.DoNotDisturb(time.Now().Add(50 * time.Millisecond))
	select {
	case <-quiet:
	case <-time.After(patience):
		t.Fatal("it is never quiet")
	}
	d.until("its end", func(s Snapshot) bool { return s.Presence == Presence{} })
}

func TestEveryCallIsSentOn(t *testing.T) {
	d := newDesk(t)
	d.account()
	d.desk.ForwardAll("not a number")
	d.desk.ForwardAll("030 2094-8812")
	d.until("forwarding", func(s Snapshot) bool { return s.Presence.Forward == "030 2094-8812" })
	if !d.phone.did(`forward all to "03020948812", busy "", no answer "" after 0s`) {
		t.Errorf("the phone was told %q", d.phone.asked)
	}
	d.desk.Available()
	d.until("available", func(s Snapshot) bool { return s.Presence == Presence{} })
	if !d.phone.did(`forward all to "", busy "", no answer "" after 0s`) {
		t.Errorf("the phone was told %q", d.phone.asked)
	}
}

// quietCall is one that do not disturb has refused.
func quietCall(id phone.CallID, from string) phone.Call {
	return phone.Call{
		ID: id, Account: "Office", Direction: phone.Incoming, State: phone.Ended, Cause: phone.Declined,
		SIPCode: 486, SIPReason: phone.QuietReason, Remote: phone.Party{User: from}, Began: noon, Ended: noon,
	}
}

// A call that was refused before it rang has no window, and is worked off as every call that nobody took.
func TestACallRefusedByDoNotDisturbIsMissed_H6_C4(t *testing.T) {
	d := newDesk(t)
	ref := d.contact("Jürgen", "Müller", "0176 1234567")
	saved := make(chan struct{}, 16)
	defer d.file.OnChange(func(crm.Changed) { saved <- struct{}{} })()
	d.desk.CallChanged(quietCall("1", "00491761234567"))
	<-saved // it began
	<-saved // it ended
	if row := d.lastCall(); row.Call.Outcome != crm.Missed || string(row.Ref.ID) != ref.ID || row.Call.Detail != "486 do not disturb" {
		t.Errorf("the log has %+v", row)
	}
	if calls := d.desk.Snapshot().Calls; len(calls) > 0 {
		t.Errorf("on the desk is %+v", calls)
	}
	d.until("one to call back", func(s Snapshot) bool { return s.Missed == 1 })
	day := crm.StatisticsQuery{From: noon.Add(-time.Hour), To: noon.Add(time.Hour)}
	st, err := d.file.Statistics(t.Context(), day)
	if err != nil || st.Total.Missed != 1 || st.Total.Back != 0 {
		t.Errorf("the statistics count %+v, %v", st.Total, err)
	}
	rec, err := d.desk.Record(t.Context(), ref, 0)
	if err != nil || !slices.ContainsFunc(rec.Timeline, func(e Event) bool {
		return e.Kind == EventCall && e.Outcome == Missed && e.NotTaken.Key == "Do not disturb"
	}) {
		t.Errorf("the timeline tells %+v, %v", rec.Timeline, err)
	}

	back := crm.Call{ID: d.file.NewID(), Direction: crm.Outgoing, Party: crm.Parse("0176 1234567", "DE"), Began: noon.Add(time.Minute)}
	if _, _, err := d.file.BeginCall(t.Context(), back); err != nil {
		t.Fatal(err)
	}
	if err := d.file.AnswerCall(t.Context(), back.ID, noon.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	d.until("nobody to call back", func(s Snapshot) bool { return s.Missed == 0 })
	if st, err := d.file.Statistics(t.Context(), day); err != nil || st.Total.Back != 1 {
		t.Errorf("called back, the statistics count %+v, %v", st.Total, err)
	}
}

// E3: nobody has to call back who is on the blacklist.
func TestTheBlacklistIsDeclinedWhileNotToBeDisturbed_E3(t *testing.T) {
	d := newDesk(t)
	d.list(crm.Blacklist, "0900*")
	d.rulesRead("the blacklist", func(r rules) bool {
		_, listed := r.blacklist.Find(crm.Parse("0900 123456", "DE"))
		return listed
	})
	d.desk.CallChanged(quietCall("1", "0900123456"))
	if call := d.logged(); call.Outcome != crm.Declined || call.Reason.Key != crm.ReasonBlacklist {
		t.Errorf("the log has %+v", call)
	}
}

func TestCallsThatAreNotTakenAreSentOn(t *testing.T) {
	d := newDesk(t)
	d.account()
	v := Diversion{Busy: "102", NoAnswer: "030 2094-8812", After: 15 * time.Second}
	d.desk.Divert(v)
	d.until("the diversion", func(s Snapshot) bool { return s.Diverted == v })
	if got, want := d.phone.last(), `forward all to "", busy "102", no answer "03020948812" after 15s`; got != want {
		t.Errorf("the phone was told %q, want %q", got, want)
	}
	d.desk.ForwardAll("104") // for a while: what is set for good stays
	d.until("forwarding", func(s Snapshot) bool { return s.Presence.Forward == "104" && s.Diverted == v })
	if want := `forward all to "104", busy "102", no answer "03020948812" after 15s`; !d.phone.did(want) {
		t.Errorf("the phone was told %q, want %q", d.phone.asked, want)
	}
	d.phone.mu.Lock()
	d.phone.err = errors.New("no such target")
	d.phone.mu.Unlock()
	d.desk.Divert(Diversion{Busy: "103"})
	d.until("a word of it", func(Snapshot) bool { return d.notice() == "That did not work: {why}" })
	if got := d.desk.Snapshot().Diverted; got != v {
		t.Errorf("shown is %+v, which the phone refused", got)
	}
}

func TestDecliningMayBeForThisPhoneOnly(t *testing.T) {
	d := newDesk(t)
	d.ring("1", "0176 1234567")
	c := d.call("the call", looked)
	d.desk.DeclineAs(true)
	d.desk.Decline(c.ID)
	d.desk.DeclineAs(false)
	d.desk.Decline(c.ID)
	d.rulesRead("what comes after", func(rules) bool { return d.phone.did("decline 1") })
	if !d.phone.did("decline 1 as busy") {
		t.Errorf("the phone was told %q", d.phone.asked)
	}
}

// A call that nobody declined is not told as declined: the agent wonders who did.
func TestAListTellsWhyACallWasNotTaken_C4(t *testing.T) {
	for want, c := range map[string]crm.Call{
		"Do not disturb": {Direction: crm.Incoming, Outcome: crm.Declined, Detail: "486 " + phone.QuietReason},
		"Sent on":        {Direction: crm.Incoming, Outcome: crm.Declined, Detail: "302 Moved Temporarily"},
		"Blacklisted":    {Direction: crm.Incoming, Outcome: crm.Declined, Detail: "603 Decline", Reason: crm.Say(crm.ReasonBlacklist, "entry", "0900*")},
		"Declined":       {Direction: crm.Incoming, Outcome: crm.Declined, Detail: "486 Busy Here"},
		"Declined there": {Direction: crm.Outgoing, Outcome: crm.DeclinedThere, Detail: "603 Decline"},
		"Missed":         {Direction: crm.Incoming, Outcome: crm.Missed, Detail: "486 " + phone.QuietReason},
	} {
		if got, _ := callStatus(c); got.Key != want {
			t.Errorf("%+v is told as %q, want %q", c, got.Key, want)
		}
	}
}

// A laptop that slept through the end of do not disturb is available when it wakes: timers have stood still, the clock on the wall has not.
func TestDoNotDisturbEndsByTheClockOnTheWall(t *testing.T) {
	was := quietLook
	quietLook = 5 * time.Millisecond
	t.Cleanup(func() { quietLook = was })
	d := newDesk(t)
	d.account()
	began := time.Now()
	d.desk.DoNotDisturb(began.Add(time.Hour))
	d.until("do not disturb", func(s Snapshot) bool { return s.Presence.Quiet })
	if until := d.desk.Snapshot().Presence.Until; until != until.Round(0) || !until.Equal(began.Add(time.Hour)) {
		t.Errorf("it ends at %v, by a clock that sleeps", until)
	}
	d.ahead.Store(int64(2 * time.Hour))
	d.until("its end", func(s Snapshot) bool { return s.Presence == Presence{} })
}
