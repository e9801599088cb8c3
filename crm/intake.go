package crm

import "strconv"

// Facts are all that a decision may depend on.
type Facts struct {
	Line        Line
	Direction   Direction
	Reached     bool // outgoing: the far end rings or answered; before, a mistyped number leaves nothing (B1)
	Party       Party
	Colleague   string  // the user whose extension or number the party is; "" when none (B5)
	Matches     []Match // best first, as Rank orders them
	Company     Match   // the company of the best match, when that is a contact
	Deals       []Ref   // open deals of the best match
	RepeatLeads bool    // the workspace makes a new lead for who comes back (B6)
	Agent       User    // who calls, or at whose phone it rings
	First       User    // first in the line's queue group (D1); zero when it has none
}

// Decision is what a call makes and what it is saved on.
type Decision struct {
	Create      Kind   // KindLead, or "" for nothing
	Repeat      bool   // the lead made is of one who comes back (B6)
	Attach      []Ref  // what the call is saved on; the first is the party's own record
	Suggest     bool   // the window offers the forms (B2)
	Responsible ID     // of what is made, by the rule or by hand
	Source      string // of what is made (A4)
	Reason      Text   // why, for the footer of the window
}

// Decide says what a call makes and where it is saved (requirements.md B, C1, C3,
// D1). The same facts give the same decision; it is asked when a call rings, is
// answered and ends.
func Decide(f Facts) Decision {
	d := Decision{Source: f.Line.Source, Responsible: responsible(f).ID}
	if d.Source == "" {
		d.Source = SourceCall
	}
	switch {
	case f.Party.Kind == Withheld: // B5
		d.Reason = Say(ReasonWithheld)
	case f.Colleague != "": // B5
		d.Reason = Say(ReasonColleague, "name", f.Colleague)
	case len(f.Matches) > 0 && !f.Matches[0].Closed: // C1
		d.Attach = belongings(f)
		d.Reason = savedOn(f)
	case len(f.Matches) > 0: // B6: every lead of the number is closed, and nothing else has it
		d.Attach = []Ref{f.Matches[0].Ref}
		d.Suggest = true
		d.Reason = Say(ReasonClosedLead)
		if f.RepeatLeads && makesLeads(f) {
			d.Create, d.Repeat, d.Suggest, d.Attach = KindLead, true, false, nil
			d.Reason = Say(ReasonRepeat, "line", f.Line.Name)
		}
	case f.Party.Kind == Internal: // an extension that is no user's, a service number
		d.Reason = Say(ReasonInternal)
	case f.Line.Mode != Auto: // B2
		d.Suggest = true
		d.Reason = Say(ReasonSuggest)
	case !f.Line.LeadFor.Includes(f.Direction): // B3
		d.Suggest = true
		d.Reason = Say(ReasonNotThisWay, "line", f.Line.Name)
	case !makesLeads(f): // B1, not yet
		d.Suggest = true
		d.Reason = Say(ReasonNotReached, "line", f.Line.Name)
	default: // B1
		d.Create = KindLead
		d.Reason = newLead(f)
	}
	return d
}

// Attach says what a call is saved on when it is put on the best match by hand
// (C3: picking another moves the call there), whoever called.
func Attach(f Facts) Decision {
	return Decision{Attach: belongings(f), Reason: savedOn(f)}
}

// makesLeads says whether the line makes a lead of this call by itself, now.
func makesLeads(f Facts) bool {
	return f.Line.Mode == Auto && f.Line.LeadFor.Includes(f.Direction) && (f.Direction == Incoming || f.Reached)
}

// responsible is who owns what the call makes (D1).
func responsible(f Facts) User {
	if f.Direction == Incoming && f.First.ID != "" {
		return f.First
	}
	return f.Agent
}

// belongings are the records that a call with the best match is saved on (C1):
// itself, its company, its open deals, and the open leads that have the number.
func belongings(f Facts) []Ref {
	refs := []Ref{f.Matches[0].Ref}
	if !f.Company.Ref.None() {
		refs = append(refs, f.Company.Ref)
	}
	refs = append(refs, f.Deals...)
	for _, m := range f.Matches[1:] {
		if m.Ref.Kind == KindLead && !m.Closed {
			refs = append(refs, m.Ref)
		}
	}
	return refs
}

func savedOn(f Facts) Text {
	best, deals := f.Matches[0], strconv.Itoa(len(f.Deals))
	if others(f) {
		switch best.Ref.Kind {
		case KindContact:
			return Say(ReasonSeveralContact)
		case KindCompany:
			return Say(ReasonSeveralCompany)
		}
		return Say(ReasonSeveralLead)
	}
	switch best.Ref.Kind {
	case KindLead:
		return Say(ReasonLead)
	case KindDeal:
		return Say(ReasonDeal)
	case KindCompany:
		return sayDeals(len(f.Deals), ReasonCompany, ReasonCompanyDeal, ReasonCompanyDeals, "company", best.Name, "deals", deals)
	}
	if f.Company.Ref.None() {
		return sayDeals(len(f.Deals), ReasonContact, ReasonContactDeal, ReasonContactDeals, "deals", deals)
	}
	return sayDeals(len(f.Deals), ReasonContactCompany, ReasonContactCompanyDeal, ReasonContactCompanyDeals,
		"company", f.Company.Name, "deals", deals)
}

// others says whether the agent has a choice: a match that is neither the best
// nor its company.
func others(f Facts) bool {
	for _, m := range f.Matches[1:] {
		if m.Ref != f.Company.Ref {
			return true
		}
	}
	return false
}

func sayDeals(n int, none, one, many string, pairs ...string) Text {
	switch n {
	case 0:
		return Say(none, pairs...)
	case 1:
		return Say(one, pairs...)
	}
	return Say(many, pairs...)
}

func newLead(f Facts) Text {
	who := responsible(f)
	switch {
	case f.Direction == Outgoing:
		return Say(ReasonNewLeadOut, "line", f.Line.Name, "name", who.Name)
	case f.First.ID != "":
		return Say(ReasonNewLeadQueue, "line", f.Line.Name, "name", who.Name, "queue", f.Line.QueueName)
	}
	return Say(ReasonNewLead, "line", f.Line.Name)
}
