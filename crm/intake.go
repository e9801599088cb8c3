package crm

import (
	"cmp"
	"slices"
)

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
// is transferred and ends. The first case that fits is the one that counts.
func Decide(f Facts) Decision {
	d := Decision{
		Responsible: responsible(f).ID,
		Source:      cmp.Or(f.Line.Source, SourceCall),             // the line's own, else Call (A4)
		Pipeline:    cmp.Or(f.Line.Pipeline, f.Workspace.Pipeline), // the line's own, else the CRM mode's (F4)
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
		saveOnKnown(f, &d)
	case len(f.Matches) > 0: // B6: every lead of the number is closed, and nothing else has it
		comesBack(f, &d)
	case f.Party.Kind == Internal: // an extension that is no user's, a service number
		d.Reason = Say(ReasonInternal)
	case f.Line.Mode != Auto: // B2
		suggest(&d, Say(f.inMode(ReasonSuggest, ReasonSuggestContact)))
	case !f.Line.LeadFor.Includes(f.Direction): // B3
		suggest(&d, Say(f.inMode(ReasonNotThisWay, ReasonNoCustomerThisWay), "line", f.Line.Name))
	case !makesLeads(f): // B1: it does not ring there yet
		suggest(&d, Say(f.inMode(ReasonNotReached, ReasonCustomerWhenRings), "line", f.Line.Name))
	default: // B1
		makeLead(f, &d)
	}
	changeHands(f, &d)
	return d
}

// saveOnKnown saves the call of a party that the CRM knows (C1), who never makes a lead. In
// the simple mode a customer without an open deal gets one (F3).
func saveOnKnown(f Facts, d *Decision) {
	d.Attach = belongings(f)
	d.Reason = savedOn(f)
	customer := f.Matches[0].Ref.Kind == KindContact || f.Matches[0].Ref.Kind == KindCompany
	if f.Workspace.Mode == Simple && customer && len(f.Deals) == 0 && makesLeads(f) {
		d.Create = KindDeal
		d.Reason = Say(ReasonNewDeal, "line", f.Line.Name)
	}
}

// comesBack makes a new lead, marked repeat, of one whose leads are all closed, where the
// workspace says so; else the call is saved on the old one (B6).
func comesBack(f Facts, d *Decision) {
	if f.Workspace.RepeatLeads && makesLeads(f) {
		d.Repeat = true
		makeLead(f, d)
		return
	}
	d.Attach = []Ref{f.Matches[0].Ref}
	suggest(d, Say(ReasonClosedLead))
}

// suggest makes nothing; the window offers the forms (B2).
func suggest(d *Decision, why Text) {
	d.Suggest = true
	d.Reason = why
}

// makeLead has a lead made (B1), and in the simple mode converted at once (F2).
func makeLead(f Facts, d *Decision) {
	d.Create = KindLead
	if f.Workspace.Mode == Simple {
		d.Convert = f.Workspace.ConvertTo.Kinds()
	}
	d.Reason = madeAs(f, d.Repeat)
}

// inMode is the sentence for the CRM mode: in the simple one nobody knows of leads (F2).
func (f Facts) inMode(classic, simple string) string {
	if f.Workspace.Mode == Simple {
		return simple
	}
	return classic
}

// makesLeads says whether the line makes leads by itself (B1) of calls in this direction (B3): when it
// rings here, or as soon as it rings there.
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

// changeHands gives what this call made to its heir. Records that were there before keep
// theirs, and nobody gets anything who has left.
func changeHands(f Facts, d *Decision) {
	to, why := heir(f)
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

// heir is who owns from now on what the call made, and why: the colleague whom it was
// transferred to, where the line says so (D2), else who answered, where the workspace does (D1).
func heir(f Facts) (to User, why string) {
	switch {
	case f.Exception != "": // E1: the CRM is not touched
	case f.PassedTo.ID != "":
		if f.Line.ChangeResponsible {
			return f.PassedTo, ReasonPassedOn
		}
	case f.AnsweredBy.ID != "" && f.Direction == Incoming && f.Workspace.Owner == WhoAnswers:
		return f.AnsweredBy, ReasonAnswered
	}
	return User{}, ""
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

// AtEnd says what a call that is saved on some records, or on none, is saved on when it has ended. Who got a contact or
// company with the number while it went on has the call there too (C1), and there first (C3); what it is on already stays.
// gained is false when nothing changes. It is not asked of a call that an agent has put where it is (C3).
func AtEnd(f Facts, on []Ref) (d Decision, gained bool) {
	if len(Decide(f).Attach) == 0 { // nobody has the number, or it never reaches the CRM (B5, E1, E3)
		return Decision{}, false
	}
	best := f.Matches[0]
	if best.Ref.Kind != KindContact && best.Ref.Kind != KindCompany {
		return Decision{}, false
	}
	if len(on) > 0 && (on[0].Kind == KindDeal || rank(best) >= rank(Match{Ref: on[0]})) {
		return Decision{}, false
	}
	d = Attach(f)
	for _, r := range on {
		if !slices.Contains(d.Attach, r) {
			d.Attach = append(d.Attach, r)
		}
	}
	return d, true
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
