package ledger

import (
	"cmp"
	"slices"
	"time"

	"leadline/crm"
	"leadline/crm/wire"
)

// ensureLead makes the lead that a program asks for when it has a call with an unknown number (B4). Several programs ask for the same
// one: a queue rings many phones, and each of them may know less than the server. So the call is saved elsewhere when the number
//   - is an exception: on no record at all (E1);
//   - has a lead that was converted: on what that became (F1, F2);
//   - is a customer's: on the customer's records (C1);
//   - has an open lead: on that;
//   - has a closed lead, and the company makes no new ones of who calls again: on the latest of those (B6).
//
// Else the number's next lead is made. The cases are those of sync-notes, ensure_lead.
func (t *tx) ensureLead(e crm.EnsureLead) error {
	all := parties(e.Lead.Numbers, e.Lead.SIP, t.b.region)
	if len(e.Lead.ID.Bytes()) == 0 || e.Generation < 1 || e.Generation > mostGenerations || !slices.ContainsFunc(all, func(p crm.Party) bool { return p.Key() == e.Peer }) {
		return refuse(wire.RejectInvalid, crm.NoSense)
	}
	x := Key{wire.Lead, e.Lead.ID}
	row, err := t.row(x)
	if err != nil {
		return err
	}
	if done, err := t.hasLead(x, row, e); done || err != nil {
		return err
	}
	except, err := t.exception(all)
	if err != nil {
		return err
	}
	if except {
		return t.redirectCall(e.Lead.Origin.Call, refsOf(e), nil)
	}
	if became := field[[]crm.Ref](row, "became"); row.live() && len(became) > 0 {
		return t.saveCallOn(e, row, union(became, []crm.Ref{x.Ref()}))
	}
	for _, find := range []func([]crm.Party, crm.EnsureLead) ([]crm.Ref, error){t.customerRefs, t.openLeadRefs, t.closedLeadRefs} {
		if refs, err := find(all, e); err != nil {
			return err
		} else if len(refs) > 0 {
			return t.saveCallOn(e, row, refs)
		}
	}
	return t.createNextLead(e, row)
}

// mostGenerations bounds a generation that a program sends: no number has had so many leads.
const mostGenerations = 1 << 20

// openLeadRefs is the open lead that one of the parties has already; none where there is none (B4).
func (t *tx) openLeadRefs(all []crm.Party, _ crm.EnsureLead) ([]crm.Ref, error) {
	open, err := t.openLead(all, "")
	if err != nil || open.None() {
		return nil, err
	}
	return []crm.Ref{open.Ref()}, nil
}

// refsOf are the records that the program saved the call on: the lead that it wanted, after what it converted that into.
func refsOf(e crm.EnsureLead) []crm.Ref {
	refs := []crm.Ref{{Kind: crm.KindLead, ID: e.Lead.ID}}
	if e.Convert != nil {
		refs = append(e.Convert.Refs(), refs...)
	}
	return refs
}

// callTime is when the call began for which a lead is wanted; the command's time where the program does not say.
func (t *tx) callTime(e crm.EnsureLead) time.Time {
	if !e.Lead.Created.IsZero() {
		return e.Lead.Created
	}
	return t.at.Time()
}

// hasLead says whether the call already has the lead that the program named, so that nothing is left to do: the lead is open, or it
// was open at the time of the call and was closed, removed or merged later. x is the lead's key, row its row, nil where it has none.
func (t *tx) hasLead(x Key, row *Row, e crm.EnsureLead) (bool, error) {
	root, err := t.root(x)
	if err != nil {
		return false, err
	}
	if root != x {
		now, err := t.row(root)
		return now.live() && (root.Entity != wire.Lead || isOpen(now)), err
	}
	switch {
	case row == nil:
		return false, nil
	case row.Deleted:
		removed := row.Stamps[gone].Time()
		return !t.callTime(e).After(removed) && !t.inFuture(removed), nil
	}
	closed := field[time.Time](row, closedAt)
	return isOpen(row) || t.callTime(e).Before(closed) && !t.inFuture(closed), nil
}

// inFuture says whether a time that the server has noted lies ahead of its clock: the clock ran ahead when that was noted, and the
// time says nothing about what came first.
func (t *tx) inFuture(at time.Time) bool { return at.After(t.latest.Time()) }

// exception says whether one of the parties is on the list of exceptions now (E1).
func (t *tx) exception(all []crm.Party) (bool, error) {
	rows, err := t.all(wire.Entry)
	if err != nil {
		return false, err
	}
	exceptions, err := Exceptions(rows)
	return slices.ContainsFunc(all, func(p crm.Party) bool { _, found := exceptions.Find(p); return found }), err
}

// Exceptions are the entries that are exceptions, without those of the blacklist (E1). An error says that an entry cannot be read.
func Exceptions(entries []*Row) (crm.Blocklist, error) {
	var exceptions []crm.Entry
	for _, r := range entries {
		e, err := Read[crm.Entry](r)
		if err != nil {
			return crm.Blocklist{}, err
		}
		if e.List == crm.Exceptions {
			exceptions = append(exceptions, e)
		}
	}
	return crm.NewBlocklist(exceptions), nil
}

// customerRefs are the records that a call with a customer is saved on; none where no party is a contact or a company. A contact
// goes before a company (C1, C3).
func (t *tx) customerRefs(all []crm.Party, _ crm.EnsureLead) ([]crm.Ref, error) {
	for _, entity := range []wire.Entity{wire.Contact, wire.Company} {
		for _, p := range all {
			keys, err := t.peer(p.Key())
			if err != nil {
				return nil, err
			}
			for _, k := range keys {
				if k.Entity == entity {
					return t.refsOfCustomer(k, all)
				}
			}
		}
	}
	return nil, nil
}

// refsOfCustomer are a contact with its company, or a company; their open deals; and the open lead of the number. It is the order of
// crm.Decide.
func (t *tx) refsOfCustomer(k Key, all []crm.Party) ([]crm.Ref, error) {
	refs := []crm.Ref{k.Ref()}
	r, err := t.row(k)
	if err != nil {
		return nil, err
	}
	deals, err := t.openDeals(k, true)
	if err != nil {
		return nil, err
	}
	if id := field[crm.ID](r, "company"); k.Entity == wire.Contact && id != "" {
		company := Key{wire.Company, id}
		refs = append(refs, company.Ref())
		more, err := t.openDeals(company, false)
		if err != nil {
			return nil, err
		}
		deals = append(deals, more...)
	}
	open, err := t.openLeadRefs(all, crm.EnsureLead{})
	return slices.Concat(refs, deals, open), err
}

// mostDeals bounds the open deals that one call is saved on.
const mostDeals = 32

// openDeals are the open deals of a contact or a company, mostDeals at most. Without ofPeople those are left out that have a contact.
func (t *tx) openDeals(of Key, ofPeople bool) (refs []crm.Ref, err error) {
	children, err := t.childrenOf(of)
	for _, k := range children {
		if err != nil || len(refs) == mostDeals {
			return refs, err
		}
		if k.Entity != wire.Deal {
			continue
		}
		var r *Row
		if r, err = t.row(k); err != nil {
			return nil, err
		}
		var p crm.Pipeline
		p, err = t.pipeline(field[crm.ID](r, "pipeline"))
		if p.Open(field[crm.DealStage](r, "stage")) && (ofPeople || field[crm.ID](r, "contact") == "") {
			refs = append(refs, k.Ref())
		}
	}
	return refs, err
}

// closedLeadRefs is the lead of the number that was closed last, where the company makes no new lead when a customer calls again
// (B6); else none.
func (t *tx) closedLeadRefs(all []crm.Party, e crm.EnsureLead) ([]crm.Ref, error) {
	w, err := t.workspace()
	if err != nil || w.RepeatLeads || e.Lead.Repeat {
		return nil, err
	}
	var last *Row
	for _, p := range all {
		keys, err := t.peer(p.Key())
		if err != nil {
			return nil, err
		}
		for _, k := range keys {
			r, err := t.row(k)
			if err != nil {
				return nil, err
			}
			if k.Entity == wire.Lead && r.live() && (last == nil || field[time.Time](r, closedAt).After(field[time.Time](last, closedAt))) {
				last = r
			}
		}
	}
	if last == nil {
		return nil, nil
	}
	return []crm.Ref{last.Ref()}, nil
}

// saveCallOn saves the call on records that are there instead of on the lead that the program wanted. An id without a row becomes an
// alias of the lead among them, else of the first. One with a row must not, or aliases would go in a circle.
func (t *tx) saveCallOn(e crm.EnsureLead, row *Row, refs []crm.Ref) error {
	x, lead := Key{wire.Lead, e.Lead.ID}, refs[0]
	if i := slices.IndexFunc(refs, func(r crm.Ref) bool { return r.Kind == crm.KindLead }); i >= 0 {
		lead = refs[i]
	}
	if row == nil && lead.ID != x.ID {
		if err := t.alias(x, KeyOf(lead)); err != nil {
			return err
		}
	}
	return t.redirectCall(e.Lead.Origin.Call, refsOf(e), refs)
}

// createNextLead makes the number's next lead. It gets the id that the program has derived, unless that is taken or of a generation that
// the number has had: then the id of the next generation that is neither row nor alias. row is that of the program's id, nil for none.
func (t *tx) createNextLead(e crm.EnsureLead, row *Row) error {
	known, err := t.generation(e.Peer)
	if err != nil {
		return err
	}
	number, made := e.Generation, e
	used, err := t.taken(Key{wire.Lead, e.Lead.ID})
	if err != nil {
		return err
	}
	if used || e.Generation <= known {
		if number, made.Lead.ID, err = t.freeGeneration(e.Peer, max(known, e.Generation)); err != nil {
			return err
		}
		made.Lead.Repeat = e.Lead.Repeat || row != nil
		made.Convert = ofLead(e.Convert, made.Lead.ID)
	}
	if made.Lead.Status == "" {
		made.Lead.Status = crm.LeadNew
	}
	if err := t.create(wire.Lead, made.Lead.ID, made.Lead); err != nil {
		return err
	}
	if err := t.countTo(e.Peer, number); err != nil {
		return err
	}
	if made.Convert == nil {
		if made.Convert, err = t.simpleConversion(made.Lead); err != nil {
			return err
		}
	}
	if made.Convert != nil {
		if err := t.convertLead(*made.Convert); err != nil {
			return err
		}
	}
	if made.Lead.ID == e.Lead.ID && (made.Convert == nil) == (e.Convert == nil) {
		return nil
	}
	return t.saveCallOn(e, row, refsOf(made))
}

// simpleConversion converts a lead that comes without a conversion although the company works in the simple mode: its program has not
// heard of the switch yet, and nobody would see the lead (F2, F6). nil in the classic mode.
func (t *tx) simpleConversion(l crm.Lead) (*crm.ConvertLead, error) {
	w, err := t.workspace()
	if err != nil || w.Mode != crm.Simple {
		return nil, err
	}
	line, err := t.row(Key{wire.Line, l.Line})
	if err != nil {
		return nil, err
	}
	own := crm.ID("")
	if line.live() {
		own = field[crm.ID](line, "pipeline")
	}
	c := l.Convert(crm.Conversion{Kinds: w.ConvertTo.Kinds(), Pipeline: cmp.Or(own, w.Pipeline), Region: t.b.region,
		NewID: func(k crm.Kind) crm.ID { return crm.ConvertedID(l.ID, k) }}).MadeBy(l.Origin)
	return &c, nil
}

// freeGeneration is the first generation after a given one whose id is neither row nor alias, with that id.
func (t *tx) freeGeneration(peer string, after int) (number int, id crm.ID, err error) {
	for number = after + 1; ; number++ {
		id = crm.LeadID(t.b.key, peer, number)
		if used, err := t.taken(Key{wire.Lead, id}); err != nil || !used {
			return number, id, err
		}
	}
}

// ofLead is a conversion with another lead in its place: the ids of the records that it makes follow from the lead's (crm.ConvertedID).
func ofLead(c *crm.ConvertLead, lead crm.ID) *crm.ConvertLead {
	if c == nil {
		return nil
	}
	r := *c
	r.Lead = lead
	if c.Company != nil {
		company := *c.Company
		company.ID = crm.ConvertedID(lead, crm.KindCompany)
		r.Company = &company
	}
	if c.Contact != nil {
		contact := *c.Contact
		contact.ID = crm.ConvertedID(lead, crm.KindContact)
		if c.Company != nil && contact.Company == c.Company.ID {
			contact.Company = r.Company.ID
		}
		r.Contact = &contact
	}
	if c.Deal != nil {
		deal := *c.Deal
		deal.ID, deal.Lead = crm.ConvertedID(lead, crm.KindDeal), lead
		if r.Contact != nil {
			deal.Contact = r.Contact.ID
		}
		if r.Company != nil {
			deal.Company = r.Company.ID
		}
		r.Deal = &deal
	}
	return &r
}
