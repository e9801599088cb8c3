package crm

import (
	"reflect"
	"slices"
)

// RuleChange is what an administrator would save. What is nil stays as it is.
type RuleChange struct {
	Workspace  *Workspace
	Lines      []Line  // those that change, by their id
	Exceptions []Entry // the whole list
	Blacklist  []Entry // the whole list
}

// PastFacts are a call of the past with its facts, as they were without what
// the rules made since the trial's beginning.
type PastFacts struct {
	Call  Call
	Facts Facts
}

// RuleDifference is a call that would have gone another way.
type RuleDifference struct {
	Call          Call
	Before, After Decision
}

// Tally counts what calls make.
type Tally struct {
	Leads, Contacts, Companies, Deals int
	Saved                             int // calls saved on a record
	Suggested                         int // windows that offered the forms
	Declined                          int
}

// Tryout is what changed rules would have done to the calls of the past.
type Tryout struct {
	Calls         int
	Before, After Tally
	Differences   []RuleDifference // in the order of the calls
}

// TryRules runs the rules over calls of the past, oldest first, as they are and as
// changed, each with what it would have made on the way (the second call of a stranger finds
// the lead of the first), and says what is different. first is who is first in a line's queue.
func TryRules(calls []PastFacts, change RuleChange, first func(Line) User) Tryout {
	before, after := newTrial(RuleChange{}, first), newTrial(change, first)
	out := Tryout{Calls: len(calls)}
	for _, c := range calls {
		was, would := before.decide(c.Facts), after.decide(c.Facts)
		out.Before.count(was)
		out.After.count(would)
		if !sameOutcome(was, would) {
			out.Differences = append(out.Differences, RuleDifference{c.Call, was, would})
		}
	}
	return out
}

func (t *Tally) count(d Decision) {
	switch d.Create {
	case KindLead:
		t.Leads++
	case KindDeal:
		t.Deals++
	}
	for _, k := range d.Convert {
		switch k {
		case KindContact:
			t.Contacts++
		case KindCompany:
			t.Companies++
		case KindDeal:
			t.Deals++
		}
	}
	if len(d.Attach) > 0 || d.Create != "" {
		t.Saved++
	}
	if d.Suggest {
		t.Suggested++
	}
	if d.Decline {
		t.Declined++
	}
}

// sameOutcome says whether two decisions do the same, whatever their reasons.
func sameOutcome(a, b Decision) bool {
	if a.Decline != b.Decline || a.Create != b.Create || a.Repeat != b.Repeat || a.Suggest != b.Suggest ||
		!slices.Equal(a.Convert, b.Convert) || !slices.Equal(a.Attach, b.Attach) {
		return false
	}
	if a.Create == "" {
		return true
	}
	makesDeal := a.Create == KindDeal || slices.Contains(a.Convert, KindDeal)
	return a.Responsible == b.Responsible && a.Source == b.Source && (!makesDeal || a.Pipeline == b.Pipeline)
}

// trial is one run of the rules with what they made on the way.
type trial struct {
	change     RuleChange
	lines      map[ID]Line
	exceptions Blocklist
	blacklist  Blocklist
	first      func(Line) User
	made       map[string][]Match // by the party's key
	deals      map[string]Ref     // of a party's customer
}

func newTrial(change RuleChange, first func(Line) User) *trial {
	t := &trial{change: change, lines: map[ID]Line{}, exceptions: NewBlocklist(change.Exceptions), blacklist: NewBlocklist(change.Blacklist),
		first: first, made: map[string][]Match{}, deals: map[string]Ref{}}
	for _, l := range change.Lines {
		t.lines[l.ID] = l
	}
	return t
}

func (t *trial) decide(f Facts) Decision {
	f = t.changed(f)
	peer := f.Party.Key()
	f.Matches = append(slices.Clone(f.Matches), t.made[peer]...)
	Rank(f.Matches)
	if deal, ok := t.deals[peer]; ok {
		f.Deals = append(slices.Clone(f.Deals), deal)
	}
	d := Decide(f)
	virtual := func(k Kind) Ref { return Ref{k, ID("made in the trial for " + peer)} }
	switch {
	case len(d.Convert) > 0:
		t.made[peer] = append(t.made[peer], Match{Ref: virtual(d.Convert[0])})
		t.deals[peer] = virtual(KindDeal)
	case d.Create == KindLead:
		t.made[peer] = append(t.made[peer], Match{Ref: virtual(KindLead)})
	case d.Create == KindDeal:
		t.deals[peer] = virtual(KindDeal)
	}
	return d
}

// changed are the facts under the changed settings.
func (t *trial) changed(f Facts) Facts {
	if t.change.Workspace != nil {
		f.Workspace = *t.change.Workspace
	}
	if l, ok := t.lines[f.Line.ID]; ok && f.Line.ID != "" && !reflect.DeepEqual(l, f.Line) {
		f.Line, f.First = l, t.first(l)
	}
	if t.change.Exceptions != nil {
		e, _ := t.exceptions.Find(f.Party)
		f.Exception = e.Pattern
	}
	if t.change.Blacklist != nil {
		e, _ := t.blacklist.Find(f.Party)
		f.Blacklist = e.Pattern
	}
	return f
}
