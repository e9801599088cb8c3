package crm

import (
	"slices"
	"testing"
)

func TestRulesAreTriedBeforeTheyAreSaved(t *testing.T) {
	sales := Line{ID: "l1", Name: "Sales", Mode: Suggest, Source: "Call"}
	other := Line{ID: "l2", Name: "Service", Mode: Auto, Source: "Call"}
	second := Party{Kind: Phone, E164: 49301111111}
	call := func(id ID, l Line, d Direction, p Party, matches ...Match) PastFacts {
		return PastFacts{Call{ID: id}, Facts{Line: l, Direction: d, Reached: true, Party: p, Matches: matches, Agent: anna}}
	}
	calls := []PastFacts{
		call("1", sales, Incoming, stranger), call("2", sales, Incoming, stranger), call("3", sales, Outgoing, second),
		call("4", sales, Incoming, Party{}), call("5", sales, Incoming, stranger, contact), call("6", other, Incoming, second),
	}
	auto := sales
	auto.Mode, auto.LeadFor, auto.Queue = Auto, LeadForIncoming, "q"
	first := func(l Line) User {
		if l.Queue == "q" {
			return petra
		}
		return User{}
	}
	ids := func(out Tryout) (all []ID) {
		for _, d := range out.Differences {
			all = append(all, d.Call.ID)
		}
		return all
	}

	out := TryRules(calls, RuleChange{Lines: []Line{auto}}, first)
	if out.Calls != 6 || out.Before != (Tally{Leads: 1, Saved: 2, Suggested: 3}) || out.After != (Tally{Leads: 2, Saved: 4, Suggested: 1}) {
		t.Errorf("%+v %+v", out.Before, out.After)
	}
	if !slices.Equal(ids(out), []ID{"1", "2", "5"}) || out.Differences[0].After.Responsible != petra.ID || out.Differences[1].After.Create != "" {
		t.Errorf("%+v", out.Differences)
	}

	none := TryRules(calls, RuleChange{Lines: []Line{sales}, Workspace: &Workspace{}}, first)
	if len(none.Differences) != 0 || none.Before != none.After {
		t.Errorf("nothing was changed: %+v", none)
	}

	simple := TryRules(calls, RuleChange{Lines: []Line{auto}, Workspace: &Workspace{Mode: Simple, ConvertTo: ToBoth}}, first)
	if simple.After.Leads != 2 || simple.After.Contacts != 2 || simple.After.Companies != 2 || simple.After.Deals != 2 {
		t.Errorf("%+v", simple.After)
	}

	list := func(name ListName, text string) []Entry { e, _ := ParseEntries(name, text, "DE"); return e }
	excepted := TryRules(calls, RuleChange{Exceptions: list(Exceptions, "030 1111111"), Blacklist: list(Blacklist, stranger.E164.String())}, first)
	if !slices.Equal(ids(excepted), []ID{"1", "2", "3", "5", "6"}) || excepted.After.Declined != 3 || excepted.After.Leads != 0 {
		t.Errorf("%v %+v", ids(excepted), excepted.After)
	}
	unsaved := TryRules([]PastFacts{call("7", Line{}, Incoming, stranger)}, RuleChange{Lines: []Line{{Name: "New", Mode: Auto}}}, first)
	if len(unsaved.Differences) != 0 {
		t.Errorf("a call without a line is on one that is not saved yet: %+v", unsaved.Differences)
	}
	source := other
	source.Source = "Website"
	if out := TryRules(calls, RuleChange{Lines: []Line{source}}, first); !slices.Equal(ids(out), []ID{"6"}) {
		t.Errorf("another source: %v", ids(out))
	}
}
