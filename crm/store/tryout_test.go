package store

import (
	"slices"
	"testing"
	"time"

	"leadline/crm"
)

func TestTheCallsOfThePastAreTriedUnderOtherRules(t *testing.T) {
	s := seeded(t)
	line := lineOf(t, s, crm.Auto)
	made, _ := begin(t, s, crm.Incoming, DemoUnknown, line)
	ok(t, s.EndCall(ctx, made.ID, noon.Add(time.Hour), crm.Missed, ""))
	begin(t, s, crm.Incoming, DemoUnknown, line)
	known, _ := begin(t, s, crm.Incoming, DemoKnown, line)
	before, _ := outbox(t, s)

	same := must(s.TryRules(ctx, noon, crm.RuleChange{}))(t)
	if same.Calls != 3 || len(same.Differences) != 0 || same.Before.Leads != 1 || same.Before.Saved != 3 {
		t.Errorf("%+v", same)
	}
	line.Mode = crm.Suggest
	out := must(s.TryRules(ctx, noon, crm.RuleChange{Lines: []crm.Line{line}}))(t)
	if len(out.Differences) != 2 || out.Differences[0].Call.ID != made.ID || out.Before.Leads != 1 || out.After.Leads != 0 || out.After.Suggested != 2 {
		t.Errorf("%+v", out)
	}
	simple := must(s.TryRules(ctx, noon, crm.RuleChange{Workspace: &crm.Workspace{Mode: crm.Simple}}))(t)
	if simple.After.Contacts != 1 || simple.After.Deals != 1 || slices.ContainsFunc(simple.Differences, func(d crm.RuleDifference) bool { return d.Call.ID == known.ID }) {
		t.Errorf("%+v", simple)
	}
	if month := must(s.TryRules(ctx, noon.AddDate(0, -1, 0), crm.RuleChange{}))(t); month.Calls <= 3 {
		t.Errorf("%d calls in a month", month.Calls)
	}
	if after, _ := outbox(t, s); len(after) != len(before) {
		t.Error("trying wrote something")
	}
}

func TestARecordSaysByWhichCallAndRuleItCameToBe(t *testing.T) {
	s := seeded(t)
	setWorkspace(t, s, crm.Workspace{Mode: crm.Simple, ConvertTo: crm.ToBoth})
	c, _ := begin(t, s, crm.Incoming, DemoUnknown, lineOf(t, s, crm.Auto))
	for _, r := range c.Refs {
		events := must(s.Record(ctx, r))(t).Timeline
		made := events[slices.IndexFunc(events, func(e crm.Event) bool { return e.Kind == crm.EventCreated })]
		if made.Call != c.ID || made.Reason.Key != crm.ReasonNewCustomer || made.By == nil || made.By.ID != c.ID {
			t.Errorf("the %s says %+v", r.Kind, made)
		}
	}
	ref := contactWith(t, s, "Jörg", "Groß", "", "", "")
	if made := must(s.Record(ctx, ref))(t).Timeline[0]; made.Who != "Anna Krüger" || made.Call != "" {
		t.Errorf("made by hand: %+v", made)
	}
}

func TestWhatBecomesAnExceptionCanBeTakenOutOfTheCRM_E2(t *testing.T) {
	for _, remove := range []bool{true, false} {
		s := seeded(t)
		c, _ := begin(t, s, crm.Incoming, DemoUnknown, lineOf(t, s, crm.Auto))
		known, _ := begin(t, s, crm.Incoming, DemoKnown, crm.Line{})
		person := known.Refs[0]
		entries, _ := crm.ParseEntries(crm.Exceptions, DemoUnknown+"\n"+DemoKnown, "DE")
		trace := must(s.TraceOf(ctx, entries))(t)
		if !slices.Equal(trace.Leads, c.Refs) || trace.Calls < 3 {
			t.Errorf("the question says %+v", trace)
		}
		ok(t, s.AddExceptions(ctx, entries, remove))
		row := must(s.Call(ctx, c.ID))(t)
		if remove != row.Ref.None() || remove != (row.Call.Reason.Key == crm.ReasonException) {
			t.Errorf("removing %v: the call is on %v, %q", remove, row.Ref, row.Call.Reason.Key)
		}
		if m := must(s.Match(ctx, crm.Parse(DemoUnknown, "DE")))(t); remove != (len(m) == 0) {
			t.Errorf("removing %v: %+v", remove, m)
		}
		if card := must(s.Card(ctx, person, 9, ""))(t); remove != (card.Calls == 0) || card.Name == "" {
			t.Errorf("removing %v: a contact stays, its calls do not: %+v", remove, card)
		}
		if _, d := begin(t, s, crm.Incoming, DemoKnown, crm.Line{}); d.Reason.Key != crm.ReasonException {
			t.Errorf("the next call: %+v", d)
		}
	}
}

func TestAnIncomingCallIsRoutedToTheResponsible_D3(t *testing.T) {
	s := seeded(t)
	l := lineOf(t, s, crm.Suggest)
	l.SendToResponsible, l.Number = true, num("030 999999", crm.LabelMain)
	ok(t, s.Do(ctx, crm.SaveLine{Line: l}))
	at := func(crm.User) bool { return true }
	for _, c := range []struct {
		caller, line string
		ready        func(crm.User) bool
		want         string
	}{
		{DemoKnown, "+4930999999", at, "101"}, {"sip:03020948812@pbx", l.Name, at, "101"}, {DemoKnown, l.Name, func(crm.User) bool { return false }, ""},
		{DemoUnknown, l.Name, at, ""}, {"anonymous", l.Name, at, ""}, {DemoKnown, "no such line", at, ""}, {DemoKnown, DemoLine, at, ""},
	} {
		if got := must(s.Route(ctx, c.caller, c.line, c.ready))(t); got.Extension != c.want {
			t.Errorf("%s on %s goes to %q (%s), want %q", c.caller, c.line, got.Extension, got.Reason.Key, c.want)
		}
	}
}
