package store

import (
	"slices"
	"testing"

	"leadline/crm"
)

// Where two rows of requirements.md meet.

func TestWhoIsCalledAgainHasANewLeadWhenItRingsThere_B1_B6(t *testing.T) {
	s := seeded(t)
	line := lineOf(t, s, crm.Auto)
	setWorkspace(t, s, crm.Workspace{RepeatLeads: true})
	first, _ := begin(t, s, crm.Incoming, DemoUnknown, line)
	ok(t, s.Do(ctx, crm.SetLeadStatus{Lead: first.Refs[0].ID, From: crm.LeadNew, To: crm.LeadJunk}))
	c, d := begin(t, s, crm.Outgoing, DemoUnknown, line)
	if d.Create != "" || !slices.Equal(c.Refs, first.Refs) {
		t.Fatalf("before it rings there: %+v on %v", d, c.Refs)
	}
	c, d, err := s.RingCall(ctx, c.ID)
	ok(t, err)
	if d.Create != crm.KindLead || !d.Repeat || len(c.Refs) != 1 || c.Refs[0] == first.Refs[0] {
		t.Fatalf("when it rings there: %+v on %v", d, c.Refs)
	}
	if l := must(s.Record(ctx, c.Refs[0]))(t).Lead; !l.Repeat || !l.Status.Open() || l.Origin.Call != c.ID {
		t.Errorf("the new lead is %+v", l)
	}
	ok(t, s.AnswerCall(ctx, c.ID, noon))
	if open := openLeadsOf(t, s); len(open) != 5 { // four of the demo
		t.Errorf("%d leads are open", len(open))
	}
}

func TestACallPutElsewhereMakesNothingWhenItRingsThere_C3(t *testing.T) {
	s := seeded(t)
	line := lineOf(t, s, crm.Auto)
	setWorkspace(t, s, crm.Workspace{Mode: crm.Simple})
	other := must(s.Match(ctx, crm.Parse(DemoKnown, "DE")))(t)[0].Ref
	for _, number := range []string{"089 4521 77", DemoUnknown} {
		c, _ := begin(t, s, crm.Outgoing, number, line)
		ok(t, s.LinkCall(ctx, c.ID, other))
		rung, d, err := s.RingCall(ctx, c.ID)
		ok(t, err)
		if d.Create != "" || rung.Refs[0] != other {
			t.Errorf("%s: %+v on %v", number, d, rung.Refs)
		}
	}
}

func TestADealIsMadeAlsoWhereOneOfBeforeIsGone_F3(t *testing.T) {
	s := seeded(t)
	line := lineOf(t, s, crm.Auto)
	setWorkspace(t, s, crm.Workspace{Mode: crm.Simple})
	var deals []crm.Ref
	for range 3 {
		c, d := begin(t, s, crm.Incoming, "089 4521 77", line)
		if d.Create != crm.KindDeal {
			t.Fatalf("%+v", d)
		}
		deal := c.Refs[len(c.Refs)-1]
		if slices.Contains(deals, deal) {
			t.Fatalf("%v again", deal)
		}
		deals = append(deals, deal)
		ok(t, s.Do(ctx, crm.SetDealStage{Deal: deal.ID, From: crm.DealNew, To: crm.DealWon}))
		if len(deals) == 2 {
			ok(t, s.Do(ctx, crm.RemoveRecord{Ref: deals[0]}))
		}
	}
}

func TestAmongManyClosedLeadsTheOpenOneIsFound_B4(t *testing.T) {
	for _, number := range []string{DemoUnknown, "sip:spam@example.org"} {
		s := seeded(t)
		party, line := crm.Parse(number, "DE"), lineOf(t, s, crm.Auto)
		setWorkspace(t, s, crm.Workspace{RepeatLeads: true})
		form := crm.Form{Party: party}
		var do []crm.Change
		for range mostMatches + 3 {
			do = append(do, crm.CreateLead{Lead: crm.Lead{ID: s.NewID(), Status: crm.LeadJunk, Numbers: form.Numbers(), SIP: form.SIP()}})
		}
		ok(t, s.Do(ctx, do...))
		first, d := begin(t, s, crm.Incoming, number, line)
		again, more := begin(t, s, crm.Incoming, number, line)
		if d.Create != crm.KindLead || more.Create != "" || !slices.Equal(again.Refs, first.Refs) {
			t.Errorf("%s: the next call makes %+v and is on %v, want %v", number, more, again.Refs, first.Refs)
		}
	}
}

func TestAColleagueWithALongExtensionMakesNothing_B5(t *testing.T) {
	s := seeded(t)
	ok(t, s.Do(ctx, crm.SaveUser{User: crm.User{ID: s.NewID(), Name: "Zora", Extension: "2001234"}}))
	if c, d := begin(t, s, crm.Incoming, "2001234", lineOf(t, s, crm.Auto)); d.Reason.Key != crm.ReasonColleague || len(c.Refs) > 0 {
		t.Errorf("%+v on %v", d, c.Refs)
	}
}

