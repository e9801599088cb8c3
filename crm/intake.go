package crm

import "strconv"

// Facts are all that a decision may depend on.
type Facts struct {
	Line      Line
	Workspace Workspace
	Direction Direction
	Reached   bool // outgoing: the far end rings or answered; before, a mistyped number leaves nothing (B1)
	Party     Party
	Blacklist string  // the entry that the party falls under (E3); "" when none
	Exception string  // the same of the exceptions (E1)
	Colleague string  // the user whose extension or number the party is; "" when none (B5)
	Matches   []Match // best first, as Rank orders them
	Company   Match   // the company of the best match, when that is a contact
	Deals     []Ref   // open deals of the best match
	Agent     User    // who calls, or at whose phone it rings
	First     User    // first in the line's queue group who has not left (D1, D4); zero when it has none

	Made       []Made // what the rules made of this very call, and who is responsible for it now
	AnsweredBy User   // at the moment of the answer: who did (D1)
	PassedTo   User   // at the moment of a completed transfer: the colleague whom it went to (D2)
}

// Made is a record that a call made.
type Made struct {
	Ref         Ref
	Responsible ID
}

// Decision is what a call makes and what it is saved on.
type Decision struct {
	Decline     bool     // at once, without a window (E3)
	Create      Kind     // KindLead; KindDeal for a known customer without one (F3); "" for nothing
	Convert     []Kind   // what the lead is converted into at once (F2)
	Repeat      bool     // the lead made is of one who comes back (B6)
	Attach      []Ref    // what the call is saved on; the first is the party's own record
	Suggest     bool     // the window offers the forms (B2)
	Assign      []Assign // what the call made changes hands (D1, D2)
	Responsible ID       // of what is made, by the rule or by hand
	Source      string   // of what is made (A4)
	Pipeline    ID       // of a deal that is made (F4)
	Reason      Text     // why, for the footer of the window
}

// Decide says what a call makes and where it is saved (requirements.md A to F).
// The same facts give the same decision; it is asked when a call rings, is answered,
// is transferred and ends.
func Decide(f Facts) Decision {
	d := Decision{Source: f.Line.Source, Responsible: responsible(f).ID, Pipeline: f.Line.Pipeline}
	if d.Source == "" {
		d.Source = SourceCall
	}
	if d.Pipeline == "" {
		d.Pipeline = f.Workspace.Pipeline
	}
	switch {
	case f.Party.Kind == Withheld: // B5
		d.Reason = Say(ReasonWithheld)
	case f.Blacklist != "" && f.Direction == Incoming: // E3
		d.Decline = true
		d.Reason = Say(ReasonBlacklist, "entry", f.Blacklist)
	case f.Exception != "": // E1
		d.Reason = Say(ReasonException, "entry", f.Exception)
	case f.Colleague != "": // B5
		d.Reason = Say(ReasonColleague, "name", f.Colleague)
	case len(f.Matches) > 0 && !f.Matches[0].Closed: // C1
		known(f, &d)
	case len(f.Matches) > 0: // B6: every lead of the number is closed, and nothing else has it
		d.Attach = []Ref{f.Matches[0].Ref}
		d.Suggest = true
		d.Reason = Say(ReasonClosedLead)
		if f.Workspace.RepeatLeads && makesLeads(f) {
			d.Attach, d.Suggest, d.Repeat = nil, false, true
			makeLead(f, &d)
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
		makeLead(f, &d)
	}
	changeHands(f, &d)
	return d
}

// known decides for a party that the CRM knows (C1), who never makes a lead. In the
// simple mode a customer without an open deal gets one (F3).
func known(f Facts, d *Decision) {
	d.Attach = belongings(f)
	d.Reason = savedOn(f)
	customer := f.Matches[0].Ref.Kind == KindContact || f.Matches[0].Ref.Kind == KindCompany
	if f.Workspace.Mode == Simple && customer && len(f.Deals) == 0 && makesLeads(f) {
		d.Create = KindDeal
		d.Reason = Say(ReasonNewDeal, "line", f.Line.Name)
	}
}

// makeLead has a lead made (B1), and in the simple mode converted at once (F2).
func makeLead(f Facts, d *Decision) {
	d.Create = KindLead
	if f.Workspace.Mode == Simple {
		d.Convert = f.Workspace.ConvertTo.Kinds()
	}
	d.Reason = newLead(f, d.Repeat)
}

// changeHands gives what this call made to who answered, where the workspace says
// so (D1), or to the colleague whom the call was transferred to, where the line
// does (D2). Records that were there before keep theirs.
func changeHands(f Facts, d *Decision) {
	var to User
	var why string
	switch {
	case f.Exception != "":
	case f.PassedTo.ID != "":
		if f.Line.ChangeResponsible {
			to, why = f.PassedTo, ReasonPassedOn
		}
	case f.AnsweredBy.ID != "" && f.Direction == Incoming && f.Workspace.Owner == WhoAnswers:
		to, why = f.AnsweredBy, ReasonAnswered
	}
	if to.ID == "" || to.Left {
		return
	}
	for _, m := range f.Made {
		if m.Responsible != to.ID {
			d.Assign = append(d.Assign, Assign{Ref: m.Ref, From: m.Responsible, To: to.ID})
			d.Reason = Say(why, "name", to.Name)
		}
	}
}

// Attach says what a call is saved on when it is put on the best match by hand
// (C3: picking another moves the call there), whoever called. A call with an exception
// is saved on nothing (E1).
func Attach(f Facts) Decision {
	if f.Exception != "" {
		return Decision{Reason: Say(ReasonException, "entry", f.Exception)}
	}
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

func newLead(f Facts, repeat bool) Text {
	who := responsible(f)
	plain, queue, out := ReasonNewLead, ReasonNewLeadQueue, ReasonNewLeadOut
	switch {
	case repeat && f.Workspace.Mode == Simple:
		return Say(ReasonRepeatCustomer, "line", f.Line.Name)
	case repeat:
		return Say(ReasonRepeat, "line", f.Line.Name)
	case f.Workspace.Mode == Simple:
		plain, queue, out = ReasonNewCustomer, ReasonNewCustomerQueue, ReasonNewCustomerOut
	}
	switch {
	case f.Direction == Outgoing:
		return Say(out, "line", f.Line.Name, "name", who.Name)
	case f.First.ID != "":
		return Say(queue, "line", f.Line.Name, "name", who.Name, "queue", f.Line.QueueName)
	}
	return Say(plain, "line", f.Line.Name)
}
