package desk

import (
	"testing"
	"time"

	"leadline/crm"
	"leadline/phone"
)

func TestWhoSentACallHereIsSaid(t *testing.T) {
	stop := func(user, display string) phone.Diversion {
		return phone.Diversion{From: phone.Party{User: user, Host: "pbx", Display: display}}
	}
	for name, tt := range map[string]struct {
		call phone.Call
		key  string
		who  string
	}{
		"nobody":                {phone.Call{}, "", ""},
		"a colleague":           {phone.Call{ReferredBy: "sip:102@pbx"}, "passed on by {who}", "102"},
		"a number":              {phone.Call{ReferredBy: "tel:+493020948812;x=y"}, "passed on by {who}", "030 2094 8812"},
		"forwarded":             {phone.Call{Diversions: []phone.Diversion{stop("+493044", ""), stop("200", "Reception")}}, "sent on by {who}", "Reception (200)"},
		"forwarded, withheld":   {phone.Call{Diversions: []phone.Diversion{{From: phone.Party{Withheld: true}}}}, "", ""},
		"transferred, and more": {phone.Call{ReferredBy: "sip:anna@pbx", Diversions: []phone.Diversion{stop("200", "")}}, "passed on by {who}", "anna@pbx"},
	} {
		t.Run(name, func(t *testing.T) {
			got := passedBy(tt.call, "DE")
			if got.Key != tt.key || got.Args["who"] != tt.who {
				t.Errorf("%+v", got)
			}
		})
	}
}

// What was there before the call keeps its responsible, and so do what a person made and what the rules made where the line says so.
func TestWhatBecomesOfTheRecordIsToldBeforeATransfer_D2(t *testing.T) {
	incoming := phone.Call{Direction: phone.Incoming, Began: noon}
	lead := func(madeFor CallID, ago time.Duration) Card {
		return Card{Known: true, Responsible: "Anna", Ref: Ref{Kind: Lead}, MadeFor: madeFor, Made: noon.Add(-ago)}
	}
	const (
		before = "The record stays with {name}: it was there before this call."
		other  = "Another phone has made the record of this caller. If that was this call, it goes to the colleague you pass it to."
		goes   = "After a completed transfer the lead goes to the colleague you pass it to."
		keeps  = "The lead stays with {name}: this line hands nothing over with a transfer."
	)
	ben := crm.User{ID: "b", Name: "Ben"}
	// Ben is at work, and Anna's phone had the call first, from so long ago on.
	bens := func(ago time.Duration, edit func(*crm.Call)) onDesk {
		c := onDesk{card: lead("2", ago), phone: incoming, me: ben, party: crm.Parse("030 111", "DE")}
		c.card.Responsible = "Ben"
		c.first = crm.Call{ID: "2", Direction: crm.Incoming, Party: c.party, Began: noon.Add(-ago), Answered: noon.Add(5*time.Second - ago)}
		edit(&c.first)
		return c
	}
	passed := func(later time.Duration) func(*crm.Call) {
		return func(c *crm.Call) { c.PassedTo, c.Ended = "b", noon.Add(-later) }
	}
	unknown := func(c *crm.Call) { *c = crm.Call{} }
	for name, tt := range map[string]struct {
		call onDesk
		goes bool
		key  string
	}{
		"passed on after a long talk":                {bens(25*time.Minute, passed(-time.Second)), true, goes},
		"passed on after a long talk, stays":         {bens(25*time.Minute, passed(-time.Second)), false, keeps},
		"passed on, and rung a moment later":         {bens(25*time.Minute, passed(9*time.Second)), true, goes},
		"passed on, and called again":                {bens(25*time.Minute, passed(time.Minute)), true, before},
		"passed on, which this file hears later":     {bens(25*time.Minute, func(*crm.Call) {}), true, other},
		"passed on, and given to another":            {given(bens(25*time.Minute, passed(0)), "Anna"), true, other},
		"passed on to another":                       {bens(25*time.Minute, func(c *crm.Call) { c.PassedTo, c.Ended = "c", noon }), true, before},
		"spoken with Anna until the end":             {bens(25*time.Minute, func(c *crm.Call) { c.Ended = noon.Add(-time.Second) }), true, before},
		"missed by Anna, then Ben":                   {bens(time.Minute, func(c *crm.Call) { c.Answered, c.Ended = time.Time{}, noon }), true, other},
		"missed by Anna long ago":                    {bens(25*time.Minute, func(c *crm.Call) { c.Answered, c.Ended = time.Time{}, noon }), true, before},
		"Anna called them":                           {bens(time.Minute, func(c *crm.Call) { c.Direction = crm.Outgoing }), true, before},
		"from another number":                        {bens(time.Minute, func(c *crm.Call) { c.Party = crm.Parse("030 222", "DE") }), true, before},
		"Anna's call is hers to see, now Ben's":      {bens(25*time.Minute, unknown), true, other},
		"Anna's call is hers to see, and hers":       {given(bens(25*time.Minute, unknown), "Anna"), true, before},
		"Anna's call is hers to see, and of the day": {bens(5*time.Hour, unknown), true, before},
		"a stranger":                        {onDesk{}, true, ""},
		"nobody's":                          {onDesk{card: Card{Known: true}}, true, ""},
		"there before":                      {onDesk{card: Card{Known: true, Responsible: "Anna"}}, true, before},
		"made, a lead":                      {onDesk{card: Card{Known: true, Ref: Ref{Kind: Lead}}, made: true}, true, "After a completed transfer the lead goes to the colleague you pass it to."},
		"made, a contact":                   {onDesk{card: Card{Known: true, Ref: Ref{Kind: Contact}}, made: true}, true, "After a completed transfer what this call has made goes to the colleague you pass it to."},
		"made, a lead that stays":           {onDesk{card: lead("1", 0), made: true}, false, keeps},
		"made, a deal that stays":           {onDesk{card: Card{Known: true, Responsible: "Anna", Ref: Ref{Kind: Contact}}, made: true}, false, "What this call has made keeps its responsible person: this line hands nothing over with a transfer."},
		"made by hand":                      {onDesk{card: Card{Known: true, Responsible: "Anna", Ref: Ref{Kind: Lead}}, byHand: true}, true, "What was made by hand stays with {name}: a transfer hands over what a line makes by itself."},
		"made at another phone":             {onDesk{card: lead("2", 20*time.Second), phone: incoming}, true, other},
		"made at another phone, stays":      {onDesk{card: lead("2", 20*time.Second), phone: incoming}, false, keeps},
		"made at another phone, long ago":   {onDesk{card: lead("2", time.Hour), phone: incoming}, true, before},
		"made at another phone, and called": {onDesk{card: lead("2", time.Minute), phone: phone.Call{Direction: phone.Outgoing, Began: noon}}, true, before},
		"made for another caller":           {onDesk{card: lead("2", time.Minute), phone: incoming, linked: true}, true, before},
	} {
		c := tt.call
		c.id, c.line = "1", crm.Line{ChangeResponsible: tt.goes}
		if got := c.handsOver(); got.Key != tt.key || got.Args["name"] != "" && got.Args["name"] != c.card.Responsible {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func given(c onDesk, to string) onDesk {
	c.card.Responsible = to
	return c
}

// Who was passed a caller after more than the ten minutes for which rings are remembered is told that the lead goes on in turn,
// as the server has it do.
func TestWhoWasPassedACallerAfterALongTalkIsToldThatTheLeadGoesOn_D2(t *testing.T) {
	d := newDesk(t)
	d.until("it to have closed what was left open", func(s Snapshot) bool { return s.Data > 0 })
	me, err := d.file.Me(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	petra := crm.User{ID: d.file.NewID(), Name: "Petra", Extension: "102"}
	party := crm.Parse("01761234567", "DE")
	hers := crm.Call{ID: d.file.NewID(), Direction: crm.Incoming, Party: party, Began: d.at.Add(-25 * time.Minute), Agent: petra.ID}
	lead := crm.Lead{ID: d.file.NewID(), Title: "Groß", Status: crm.LeadNew, Created: hers.Began, Responsible: me.ID,
		Numbers: []crm.Number{{E164: party.E164}}, Origin: crm.Origin{Call: hers.ID, Reason: crm.Say(crm.ReasonPassedOn)}}
	d.do(crm.SaveUser{User: petra}, crm.SaveLine{Line: crm.Line{ID: d.file.NewID(), Name: "101", ChangeResponsible: true}},
		crm.CreateLead{Lead: lead}, crm.BeginCall{Call: hers}, crm.UpdateCall{ID: hers.ID, Answered: hers.Began.Add(time.Second)})
	d.ring("1", "01761234567")
	d.answered("1", "01761234567")
	d.call("what may become of it", func(c Call) bool {
		return c.HandsOver.Key == "Another phone has made the record of this caller. If that was this call, it goes to the colleague you pass it to."
	})
	d.do(crm.UpdateCall{ID: hers.ID, PassedTo: me.ID})
	d.call("what becomes of it", func(c Call) bool {
		return c.HandsOver.Key == "After a completed transfer the lead goes to the colleague you pass it to."
	})
}

// What is said is what the file does: a lead by hand stays with who made it.
func TestALeadByHandStaysAfterATransfer_D2_B2(t *testing.T) {
	d := newDesk(t)
	petra := crm.User{ID: d.file.NewID(), Name: "Petra", Extension: "102"}
	line := crm.Line{ID: d.file.NewID(), Name: "101", Mode: crm.Suggest, ChangeResponsible: true}
	d.do(crm.SaveUser{User: petra}, crm.SaveLine{Line: line})
	d.ring("1", "01761234567")
	c := d.call("the stranger", looked)
	d.answered("1", "01761234567")
	d.desk.OpenForm(c.ID, Lead)
	d.desk.ChangeForm(c.ID, Form{Kind: Lead, LastName: "Groß"})
	d.desk.SaveForm(c.ID)
	d.call("it to be told before", func(c Call) bool {
		return c.HandsOver.Key == "What was made by hand stays with {name}: a transfer hands over what a line makes by itself." && c.HandsOver.Args["name"] == "Anna Krüger"
	})
	d.change("1", "01761234567", func(c *phone.Call) {
		c.State, c.Cause, c.Answered, c.Ended = phone.Ended, phone.Transferred, d.at, d.at.Add(time.Minute)
		c.Transfer = phone.Transfer{State: phone.TransferDone, To: "102"}
	})
	if call := d.logged(); call.PassedTo != petra.ID {
		t.Errorf("the log has %+v", call)
	}
	if row := d.lastCall(); row.Name != "Groß" {
		t.Errorf("the call is on %q", row.Name)
	} else if rec, err := d.file.Record(t.Context(), row.Ref); err != nil || rec.Responsible != "Anna Krüger" {
		t.Errorf("%s has it, %v", rec.Responsible, err)
	}
}

// The way of a call is in its record, and the timeline says who sent it on (A2).
func TestATimelineSaysWhoSentACallOn_A2(t *testing.T) {
	way := diverted(phone.Call{Diversions: []phone.Diversion{
		{From: phone.Party{User: "+493020948812", Host: "pbx"}, Reason: "unconditional"},
		{From: phone.Party{User: "200", Host: "pbx", Display: "Reception"}, Reason: "no-answer"},
	}}, "DE")
	if len(way) != 2 || way[0].From.E164 != 493020948812 || way[1].From.Short != "200" || way[1].Reason != "no-answer" {
		t.Errorf("the record says %+v", way)
	}
	if got := sentOnBy(way, "DE"); got.Key != "sent on by {who}" || got.Args["who"] != "Reception (200)" {
		t.Errorf("the timeline says %+v", got)
	}
	if got := sentOnBy(nil, "DE"); got.Key != "" {
		t.Errorf("of a call that came straight: %+v", got)
	}
}

// A call that a colleague has passed on beyond the PBX says who is at the other end now, and no more once the first is back.
func TestACallThatIsPassedOnBeyondThePBXSaysWhoIsThere(t *testing.T) {
	d := newDesk(t)
	c := phone.Call{ID: "1", Account: "Office", Direction: phone.Incoming, State: phone.Active, Began: d.at,
		Remote: phone.Party{User: "102", Host: "pbx", Display: "Petra"}, Answered: d.at}
	d.desk.CallChanged(c)
	d.call("the call", func(c Call) bool { return looked(c) && c.Passed.Key == "" })
	c.Connected = phone.Party{User: "+493020948812", Host: "pbx", Display: "Meier"}
	d.desk.CallChanged(c)
	seen := d.call("who is there now", func(c Call) bool { return c.Passed.Key == "now with {who}" })
	if seen.Passed.Args["who"] != "Meier (030 2094 8812)" || seen.Party.Number != "102" {
		t.Errorf("it says %+v of %+v", seen.Passed, seen.Party)
	}
	c.Connected = c.Remote
	d.desk.CallChanged(c)
	d.call("the first again", func(c Call) bool { return c.Passed.Key == "" })
}

// A call that the far end sends on says so in its window; who was called stays who it is.
func TestACallThatIsSentOnSaysWhereTo(t *testing.T) {
	d := newDesk(t)
	c := phone.Call{ID: "1", Account: "Office", Direction: phone.Outgoing, State: phone.Dialling, Began: d.at, Remote: phone.Party{User: "02219876543", Host: "pbx"}}
	d.desk.CallChanged(c)
	d.call("the call", func(c Call) bool { return looked(c) && c.Passed.Key == "" })
	c.SentOn = phone.Party{User: "102", Host: "pbx", Display: "Petra"}
	d.desk.CallChanged(c)
	seen := d.call("where it was sent on to", func(c Call) bool { return c.Passed.Key == "sent on to {who}" })
	if seen.Passed.Args["who"] != "Petra (102)" || seen.Party.Number != "0221 987 65 43" {
		t.Errorf("it says %+v of %+v", seen.Passed, seen.Party)
	}
}

// A colleague is no stranger: the window names them, on whatever of their numbers.
func TestACallWithAColleagueNamesThem_B5(t *testing.T) {
	d := newDesk(t)
	mobile, _ := crm.ParseNumber("0176 7654321", "DE", crm.LabelMobile)
	d.do(crm.SaveUser{User: crm.User{ID: d.file.NewID(), Name: "Petra Weiß", Extension: "102", Numbers: []crm.Number{mobile}}})
	for id, number := range map[string]string{"1": "102", "2": "01767654321"} {
		d.ring(id, number)
		seen := d.call("Petra on "+number, func(c Call) bool {
			return c.Card.Name == "Petra Weiß" && c.Party.Internal && !c.Card.Known && len(c.Card.Marks) == 0
		})
		d.ended(id, number, phone.Missed)
		d.desk.CloseCall(seen.ID)
		d.until("no call", func(s Snapshot) bool { return len(s.Calls) == 0 })
	}
}
