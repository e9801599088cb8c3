package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"leadline/crm"
	"leadline/phone"
)

// rulesRead waits until the desk has read rules of which ok holds.
func (d *aDesk) rulesRead(what string, ok func(rules) bool) {
	d.t.Helper()
	deadline := time.Now().Add(patience)
	for {
		now := make(chan rules)
		d.desk.post(func() { now <- d.desk.rules })
		if ok(<-now) {
			return
		}
		if time.Now().After(deadline) {
			d.t.Fatalf("waited for %s", what)
		}
		time.Sleep(time.Millisecond)
	}
}

func (d *aDesk) list(list crm.ListName, text string) {
	d.t.Helper()
	entries, wrong := crm.ParseEntries(list, text, "DE")
	if len(wrong) > 0 {
		d.t.Fatal(wrong)
	}
	d.do(crm.AddEntries{Entries: entries})
}

// logged waits until the call log has a call that ended.
func (d *aDesk) logged() crm.Call {
	d.t.Helper()
	deadline := time.Now().Add(patience)
	for time.Now().Before(deadline) {
		page, err := d.file.Calls(context.Background(), crm.Query{Limit: 1})
		if err != nil {
			d.t.Fatal(err)
		}
		if len(page.Rows) == 1 && page.Rows[0].Call.Outcome != crm.Open {
			return page.Rows[0].Call
		}
		time.Sleep(time.Millisecond)
	}
	d.t.Fatal("no call was logged")
	return crm.Call{}
}

func TestACallOfTheBlacklistIsDeclinedWithoutAWindow_E3(t *testing.T) {
	d := newDesk(t)
	d.list(crm.Blacklist, "0900*")
	d.rulesRead("the blacklist", func(r rules) bool { _, found := r.blacklist.Find(crm.Parse("0900 123456", "DE")); return found })
	d.ring("1", "0900123456")
	d.ring("1", "0900123456")
	d.ended("1", "0900123456", phone.Declined)
	if call := d.logged(); call.Outcome != crm.Declined || call.Reason.Key != crm.ReasonBlacklist || call.Party.E164 != 49900123456 {
		t.Errorf("the log has %+v", call)
	}
	d.phone.mu.Lock()
	defer d.phone.mu.Unlock()
	if got := d.phone.asked; len(got) != 1 || got[0] != "decline 1" {
		t.Errorf("the phone was asked %q", got)
	}
	if calls := d.desk.Snapshot().Calls; len(calls) != 0 {
		t.Errorf("a window: %+v", calls)
	}
}

// The blacklist may not have been read yet when the first call rings.
func TestACallOfTheBlacklistIsDeclinedAlsoWhenTheFileKnewLater_E3(t *testing.T) {
	d := newDesk(t)
	d.list(crm.Blacklist, "0900*")
	read := make(chan struct{})
	d.desk.post(func() { // after what the change set off; then as if nothing had been read
		d.desk.find(func(context.Context) {
			d.desk.post(func() { d.desk.rules.blacklist = crm.Blocklist{}; close(read) })
		})
	})
	<-read
	d.ring("1", "0900123456")
	d.rulesRead("the call to be declined", func(rules) bool { return d.phone.did("decline 1") })
}

func TestAnExceptionRingsAndIsLoggedOnly_E1(t *testing.T) {
	d := newDesk(t)
	d.contact("Jürgen", "Müller", "0176 1234567")
	d.list(crm.Exceptions, "0176 1234567")
	d.ring("1", "01761234567")
	c := d.call("the reason", func(c Call) bool { return c.Reason.Key == crm.ReasonException })
	if c.State != Incoming {
		t.Errorf("an exception does not ring: %+v", c)
	}
	d.ended("1", "01761234567", phone.Missed)
	if call := d.logged(); call.Outcome != crm.Missed || call.Reason.Key != crm.ReasonException {
		t.Errorf("the log has %+v", call)
	}
}

func TestACompletedTransferIsWritten_D2(t *testing.T) {
	d := newDesk(t)
	petra := crm.User{ID: d.file.NewID(), Name: "Petra", Extension: "102"}
	line := crm.Line{ID: d.file.NewID(), Name: "101", Mode: crm.Auto, ChangeResponsible: true}
	d.do(crm.SaveUser{User: petra}, crm.SaveLine{Line: line})
	d.ring("1", "01761234567")
	d.call("the lead", func(c Call) bool { return c.Card.Responsible == "Anna Krüger" })
	d.answered("1", "01761234567")
	d.call("it to be told before", func(c Call) bool {
		return c.HandsOver.Key == "After a completed transfer the lead goes to the colleague you pass it to."
	})
	d.change("1", "01761234567", func(c *phone.Call) {
		c.State, c.Cause, c.Answered, c.Ended = phone.Ended, phone.Transferred, d.at, d.at.Add(time.Minute)
		c.Transfer = phone.Transfer{State: phone.TransferDone, To: "102"}
	})
	d.call("the lead to be Petra's", func(c Call) bool { return c.Card.Responsible == "Petra" && c.Reason.Key == crm.ReasonPassedOn })
	if call := d.logged(); call.PassedTo != petra.ID {
		t.Errorf("the log has %+v", call)
	}
}

func TestAFailedTransferHandsNothingOver_D2(t *testing.T) {
	d := newDesk(t)
	d.do(crm.SaveUser{User: crm.User{ID: d.file.NewID(), Name: "Petra", Extension: "102"}}, crm.SaveLine{Line: crm.Line{ID: d.file.NewID(), Name: "101", Mode: crm.Auto, ChangeResponsible: true}})
	d.ring("1", "01761234567")
	d.call("the lead", func(c Call) bool { return c.Card.Responsible == "Anna Krüger" })
	d.answered("1", "01761234567")
	failed := phone.Transfer{State: phone.TransferFailed, To: "102", Code: 486, Reason: "Busy Here"}
	d.change("1", "01761234567", func(c *phone.Call) { c.State, c.Answered, c.Transfer = phone.Active, d.at, failed })
	d.call("the failure", func(c Call) bool { return c.Transfer.Failed })
	d.change("1", "01761234567", func(c *phone.Call) {
		c.State, c.Cause, c.Answered, c.Ended, c.Transfer = phone.Ended, phone.HungUpThere, d.at, d.at.Add(time.Minute), failed
	})
	call := d.logged()
	lead, err := d.file.Record(context.Background(), call.Refs[0])
	if err != nil || call.PassedTo != "" || lead.Responsible != "Anna Krüger" {
		t.Errorf("%s has the lead, the log has %+v, %v", lead.Responsible, call, err)
	}
}

func TestNumbersAreDialledAsTheLineWantsThem_A1(t *testing.T) {
	d := newDesk(t)
	line := crm.Line{ID: d.file.NewID(), Name: "Sales", Number: crm.Number{E164: 493012345}, DialOut: crm.Dialout{Rules: []crm.DialRule{{From: "+49", To: "0"}, {From: "+", To: "00"}}, Prefix: "0"}}
	d.do(crm.SaveLine{Line: line})
	d.desk.SetAccounts([]phone.Account{{Name: "Office", Address: "sip:101@pbx", DefaultLine: "+493012345"}, {Name: "Home", Address: "sip:1@home"}})
	d.rulesRead("the line", func(r rules) bool { return !r.lines["Sales"].DialOut.None() })
	for _, c := range []struct{ target, account, want string }{
		{"0221 9876543", "Office", "dial Office 002219876543"}, {"+43 1 5051234", "Office", "dial Office 0004315051234"},
		{"102", "Office", "dial Office 102"}, {"*97", "Office", "dial Office *97"}, {"0221 9876543", "Home", "dial Home 02219876543"},
	} {
		d.desk.Dial(c.target, c.account)
		d.rulesRead("the call to be placed", func(rules) bool { return d.phone.last() == c.want })
	}
	d.ring("1", "0301234567") // by Office
	d.desk.Transfer(d.call("a call", looked).ID, "0221 9876543")
	d.rulesRead("the call to be passed on", func(rules) bool { return d.phone.did("transfer 1 002219876543") })
}

func TestANumberIsReadAsItsLineWritesThem_A1(t *testing.T) {
	d := newDesk(t)
	vienna := crm.Line{ID: d.file.NewID(), Name: "Vienna", Number: crm.Number{E164: 4317654321}, Region: "AT"}
	d.do(crm.SaveLine{Line: vienna})
	d.rulesRead("the line", func(r rules) bool { return r.lines["+4317654321"].Region == "AT" })
	ring := func(id, dialled string) {
		d.desk.CallChanged(phone.Call{ID: phone.CallID(id), Account: "Office", Direction: phone.Incoming, State: phone.Ringing,
			Remote: phone.Party{User: "015051234", Host: "pbx.example.org"}, Lines: []string{dialled}, Began: d.at})
	}
	ring("1", "+4317654321")
	ring("2", "Vienna")
	ring("3", "101")
	s := d.until("three calls", func(s Snapshot) bool { return len(s.Calls) == 3 })
	for i, want := range []string{"+4315051234", "+4315051234", "+4915051234"} {
		if got := s.Calls[i].Party.Dial; got != want {
			t.Errorf("call %d is from %s, want %s", i+1, got, want)
		}
	}
}

// What a header names first may be a queue or an internal number, which is no line: the call belongs to the first that is one.
func TestACallBelongsToTheFirstLineThatTheCompanyHas_A2(t *testing.T) {
	d := newDesk(t)
	sales := crm.Line{ID: d.file.NewID(), Name: "Sales", Number: crm.Number{E164: 493012345}}
	support := crm.Line{ID: d.file.NewID(), Name: "Support", Number: crm.Number{E164: 493054321}}
	d.do(crm.SaveLine{Line: sales}, crm.SaveLine{Line: support})
	d.rulesRead("the lines", func(r rules) bool { return len(r.names) == 2 })
	for i, tt := range []struct {
		lines []string
		want  string
	}{
		{[]string{"600", "+493054321", "Sales"}, "Support"}, {[]string{"600", "Sales"}, "Sales"}, {[]string{"+493012345", "Support"}, "Sales"}, {[]string{"600", "601"}, "600"},
	} {
		id := phone.CallID(rune('1' + i))
		ringing := phone.Call{ID: id, Account: "Office", Direction: phone.Incoming, State: phone.Ringing,
			Remote: phone.Party{User: "015051234", Host: "pbx.example.org"}, Lines: tt.lines, Began: d.at}
		first := make(chan string) // as the window has it before the file has answered
		d.desk.post(func() { first <- d.desk.newCall(ringing).name })
		if got := <-first; got != tt.want {
			t.Errorf("%q: the call begins on %s, not on %s", tt.lines, got, tt.want)
		}
		d.desk.CallChanged(ringing)
		s := d.until("the call", func(s Snapshot) bool { return len(s.Calls) == i+1 && s.Calls[i].Line != "" })
		if got := s.Calls[i].Line; got != tt.want {
			t.Errorf("%q: the call is on %s, not on %s", tt.lines, got, tt.want)
		}
	}
}

func TestTheWindowsHearThatThereAreNoLeads_F2(t *testing.T) {
	d := newDesk(t)
	d.ring("1", "01761234567")
	d.call("the call", func(c Call) bool { return !c.NoLeads })
	d.do(crm.SaveWorkspace{Workspace: crm.Workspace{Mode: crm.Simple}})
	d.until("the simple mode", func(s Snapshot) bool { return s.NoLeads && len(s.Calls) == 1 && s.Calls[0].NoLeads })
	d.do(crm.SaveWorkspace{Workspace: crm.Workspace{}})
	d.until("the classic mode", func(s Snapshot) bool { return !s.NoLeads })
}

func TestARoleThatMayNotCallSaysSo_G1(t *testing.T) {
	d := newDesk(t)
	d.account()
	d.contact("Jürgen", "Müller", "0176 1234567")
	me, err := d.file.Me(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	role := crm.Role{ID: d.file.NewID(), Name: "Trainee", Rights: crm.Rights{Call: crm.CallCRM}}
	me.Roles = []crm.ID{role.ID}
	d.do(crm.SaveRole{Role: role}, crm.SaveUser{User: me})
	d.rulesRead("the role", func(r rules) bool { return r.rights == role.Rights })
	d.desk.Dial("0221 1111111", "Office")
	d.rulesRead("the refusal", func(rules) bool { return d.notice() == crm.MayCallCRMOnly })
	d.desk.Dial("0176 1234567", "Office")
	d.rulesRead("the call", func(rules) bool { return d.phone.last() == "dial Office 01761234567" })
}

// Whoever may not call out may call for help, and it is dialled as it is, whatever the line does to numbers.
func TestHelpIsCalledByEverybody_G1(t *testing.T) {
	d := newDesk(t)
	d.account()
	d.trainee()(crm.CallNobody)
	line := crm.Line{ID: d.file.NewID(), Name: "Sales", Number: crm.Number{E164: 493012345},
		DialOut: crm.Dialout{Rules: []crm.DialRule{{From: "+49", To: "0"}, {From: "+", To: "00"}}, Prefix: "0"}}
	d.do(crm.SaveLine{Line: line})
	d.rulesRead("the line", func(r rules) bool { return !r.lines["Sales"].DialOut.None() })
	d.desk.CallOver("Sales")
	for _, number := range []string{"112", "110", "tel:112"} {
		d.desk.Dial(number, "Office")
		want := "dial Office " + strings.TrimPrefix(number, "tel:")
		d.rulesRead(want, func(rules) bool { return d.phone.last() == want })
	}
	d.desk.Dial("117", "Office") // of another country
	d.rulesRead("the refusal", func(rules) bool { return d.notice() == crm.MayCallNobody })
}

// trainee gives the agent a role whose right to call is then set; there are a contact, 0176 1234567, and a colleague, 102.
func (d *aDesk) trainee() (may func(crm.CallRight)) {
	d.t.Helper()
	d.contact("Jürgen", "Müller", "0176 1234567")
	me, err := d.file.Me(context.Background())
	if err != nil {
		d.t.Fatal(err)
	}
	role := crm.Role{ID: d.file.NewID(), Name: "Trainee"}
	me.Roles = []crm.ID{role.ID}
	d.do(crm.SaveRole{Role: role}, crm.SaveUser{User: me}, crm.SaveUser{User: crm.User{ID: d.file.NewID(), Name: "Petra", Extension: "102"}})
	return func(right crm.CallRight) {
		d.t.Helper()
		role.Rights.Call = right
		d.do(crm.SaveRole{Role: role})
		d.rulesRead("the right", func(r rules) bool { return r.rights.Call == right })
	}
}

// Passing a call on, or all of them, costs the company what dialling does; colleagues are not called out to.
func TestACallIsPassedOnOnlyToWhomTheRoleAllows_G1(t *testing.T) {
	d := newDesk(t)
	d.account()
	may := d.trainee()
	d.ring("1", "0301234567")
	id := d.call("the call", looked).ID
	for _, tt := range []struct {
		right   crm.CallRight
		to      string
		refusal string
	}{
		{crm.CallNobody, "0900123456", crm.MayCallNobody},
		{crm.CallNobody, "102", ""},
		{crm.CallCRM, "0900123457", crm.MayCallCRMOnly},
		{crm.CallCRM, "01761234567", ""},
		{crm.CallCRMAndColleagues, "0900123458", crm.MayCallCRMOrStaff},
		{crm.CallAnyone, "0900123459", ""},
	} {
		may(tt.right)
		passed, deflected, sent := "transfer 1 "+tt.to, "redirect 1 "+tt.to, fmt.Sprintf("forward all to %q, busy \"\", no answer \"\" after 0s", tt.to)
		for what, wish := range map[string]func(){passed: func() { d.desk.Transfer(id, tt.to) }, deflected: func() { d.desk.SendOn(id, tt.to) }, sent: func() { d.desk.ForwardAll(tt.to) }} {
			d.mu.Lock()
			d.notices = nil
			d.mu.Unlock()
			wish()
			d.rulesRead("a word on "+what, func(rules) bool {
				return tt.refusal == "" && d.phone.did(what) || tt.refusal != "" && d.notice() == tt.refusal
			})
			if tt.refusal != "" && d.phone.did(what) {
				t.Errorf("with right %d: %s", tt.right, what)
			}
		}
	}
}

// What goes on by itself is asked for like what the agent sends, also when the role changes later.
func TestCallsThatAreNotTakenGoOnOnlyToWhomTheRoleAllows_G1_D3(t *testing.T) {
	d := newDesk(t)
	d.account()
	may := d.trainee()
	const abroad = "0900123456"
	told := func(refused string) {
		t.Helper()
		d.until("a word of "+refused, func(Snapshot) bool {
			d.mu.Lock()
			defer d.mu.Unlock()
			return slices.ContainsFunc(d.notices, func(n Notice) bool {
				return n.Text.Key == "Calls do not go on to {target}, which your role does not allow" && n.Text.Args["target"] == refused
			})
		})
		d.mu.Lock()
		d.notices = nil
		d.mu.Unlock()
	}
	for _, tt := range []struct {
		right     crm.CallRight
		ask, want Diversion
	}{
		{crm.CallNobody, Diversion{Busy: abroad, NoAnswer: "102"}, Diversion{NoAnswer: "102"}},
		{crm.CallNobody, Diversion{Busy: "102", NoAnswer: abroad}, Diversion{Busy: "102"}},
		{crm.CallCRM, Diversion{Busy: "01761234567", NoAnswer: abroad}, Diversion{Busy: "01761234567"}},
		{crm.CallCRMAndColleagues, Diversion{Busy: "103", NoAnswer: "01761234567"}, Diversion{NoAnswer: "01761234567"}},
		{crm.CallCRMAndColleagues, Diversion{Busy: abroad, NoAnswer: abroad, After: time.Minute}, Diversion{After: time.Minute}},
		{crm.CallAnyone, Diversion{Busy: abroad, NoAnswer: abroad}, Diversion{Busy: abroad, NoAnswer: abroad}},
	} {
		may(tt.right)
		d.desk.Divert(tt.ask)
		d.until(fmt.Sprintf("%+v of %+v", tt.want, tt.ask), func(s Snapshot) bool { return s.Diverted == tt.want })
		for _, refused := range []string{tt.ask.Busy, tt.ask.NoAnswer} {
			kept := refused == tt.want.Busy || refused == tt.want.NoAnswer
			err := d.desk.MaySendOn(t.Context(), refused)
			if _, no := errors.AsType[crm.Invalid](err); no == kept || kept != (err == nil) {
				t.Errorf("asked for %q with right %d: %v", refused, tt.right, err)
			}
			if !kept {
				told(refused)
				break
			}
		}
		if want := fmt.Sprintf("forward all to \"\", busy %q, no answer %q after %s", tt.want.Busy, tt.want.NoAnswer, tt.want.After); d.phone.last() != want {
			t.Errorf("the phone was told %q, want %q", d.phone.last(), want)
		}
	}
	d.desk.ForwardAll(abroad)
	d.until("forwarding", func(s Snapshot) bool { return s.Presence.Forward == abroad })
	may(crm.CallCRM) // that the agent has no more
	d.until("the end of it", func(s Snapshot) bool { return s.Presence == Presence{} && s.Diverted == Diversion{} })
	told(abroad)
	may(crm.CallAnyone) // what the settings say holds again, not what was for a while
	d.until("what the settings say", func(s Snapshot) bool {
		return s.Presence == Presence{} && s.Diverted == Diversion{Busy: abroad, NoAnswer: abroad}
	})
}

// A far end that sends a call on (302, REFER) names numbers that the agent hasn't dialled.
func TestACallIsSentOnOnlyToWhomTheRoleAllows_G1(t *testing.T) {
	d := newDesk(t)
	d.account()
	may := d.trainee()
	at := func(user string) phone.Party {
		return phone.Party{User: user, Host: "pbx", URI: "sip:" + user + "@pbx"}
	}
	for _, tt := range []struct {
		right   crm.CallRight
		to      string
		refusal string
	}{
		{crm.CallNobody, "01761234567", crm.MayCallNobody},
		{crm.CallCRM, "+491761234567", ""},
		{crm.CallCRM, "102", crm.MayCallCRMOnly},
		{crm.CallCRM, "bob", crm.MayCallCRMOnly},
		{crm.CallCRMAndColleagues, "102", ""},
		{crm.CallCRMAndColleagues, "0900123456", crm.MayCallCRMOrStaff},
		{crm.CallAnyone, "0900123456", ""},
	} {
		may(tt.right)
		err := d.desk.MayCall(context.Background(), "Office", at(tt.to))
		if (err == nil) != (tt.refusal == "") || err != nil && err.Error() != tt.refusal {
			t.Errorf("with right %d to %s: %v, want %q", tt.right, tt.to, err, tt.refusal)
		}
	}
	out := phone.Call{ID: "1", Account: "Office", Direction: phone.Outgoing, State: phone.Dialling, Remote: at("102"), Began: d.at}
	d.desk.CallChanged(out)
	out.State, out.Cause, out.SIPCode, out.Barred, out.Ended = phone.Ended, phone.Failed, 302, at("0900123456"), d.at
	d.desk.CallChanged(out)
	c := d.call("its end", func(c Call) bool { return c.State == Ended })
	if c.Outcome != Failed || c.Why.Key != "Sent on to {who}, which your role does not allow" || c.Why.Args["who"] == "" {
		t.Errorf("%v because of %+v", c.Outcome, c.Why)
	}
}

// A line that the company has not set up is shown by its number, as numbers are written.
func TestANumberInPlaceOfALinesNameIsWrittenAsNumbersAre_A2(t *testing.T) {
	d := newDesk(t)
	d.change("1", "+492219876543", func(c *phone.Call) { c.Lines = []string{"+493020948812"} })
	call := d.call("the call", func(c Call) bool { return !c.Card.Loading })
	if call.Line != "030 2094 8812" {
		t.Errorf("its window says %q", call.Line)
	}
	d.ended("1", "+492219876543", phone.Missed)
	d.logged()
	page, err := d.desk.List(context.Background(), Query{List: CallList, Limit: 1})
	if err != nil || len(page.Rows) != 1 || page.Rows[0].Line != "030 2094 8812" {
		t.Errorf("the list says %+v, %v", page.Rows, err)
	}
	for name, want := range map[string]string{"Zentrale": "Zentrale", "+49 Zentrale": "+49 Zentrale", "101": "101", "": ""} {
		if got := d.desk.lineWords(name); got != want {
			t.Errorf("%q is shown as %q", name, got)
		}
	}
}
