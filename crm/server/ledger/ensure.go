package ledger

import (
	"cmp"
	"slices"
	"time"

	"leadline/crm"
	"leadline/crm/wire"
)

// ensureLead makes the lead of a call unless the number has an open one by now, or
// belongs to a customer or to nobody (B4; the cases are those of sync-notes).
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
	if done, err := t.ensured(x, row, e); done || err != nil {
		return err
	}
	except, err := t.exception(all)
	if err != nil {
		return err
	}
	if except { // E1
		return t.redirectCall(e.Lead.Origin.Call, refsOf(e), nil)
	}
	if became := field[[]crm.Ref](row, "became"); row.live() && len(became) > 0 { // F1, F2
		return t.instead(e, row, union(became, []crm.Ref{x.Ref()}))
	}
	for _, find := range []func([]crm.Party, crm.EnsureLead) ([]crm.Ref, error){t.customer, t.otherOpen, t.staysOnClosed} {
		if refs, err := find(all, e); err != nil {
			return err
		} else if len(refs) > 0 {
			return t.instead(e, row, refs)
		}
	}
	return t.nextLead(e, row)
}

// mostGenerations are more leads than any number has.
const mostGenerations = 1 << 20

// otherOpen is the open lead that the number has already (B4).
func (t *tx) otherOpen(all []crm.Party, _ crm.EnsureLead) ([]crm.Ref, error) {
	open, err := t.openLead(all, "")
	if err != nil || open.None() {
		return nil, err
	}
	return []crm.Ref{open.Ref()}, nil
}

// refsOf is what the program saved the call on.
func refsOf(e crm.EnsureLead) []crm.Ref {
	refs := []crm.Ref{{Kind: crm.KindLead, ID: e.Lead.ID}}
	if e.Convert != nil {
		refs = append(e.Convert.Refs(), refs...)
	}
	return refs
}

// callTime is when the call was for which a lead is wanted.
func (t *tx) callTime(e crm.EnsureLead) time.Time {
	if !e.Lead.Created.IsZero() {
		return e.Lead.Created
	}
	return t.at.Time()
}

// ensured says whether the id of the lead is right as it is: it is the open lead
// of the number, or it was open when the call was.
func (t *tx) ensured(x Key, row *Row, e crm.EnsureLead) (bool, error) {
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
		return !t.callTime(e).After(removed) && !t.toCome(removed), nil
	}
	closed := field[time.Time](row, closedAt)
	return isOpen(row) || t.callTime(e).Before(closed) && !t.toCome(closed), nil
}

// toCome says of what has happened that the server's clock ran ahead when it did.
func (t *tx) toCome(at time.Time) bool { return at.After(t.latest.Time()) }

// exception says whether one of the parties is on the list of exceptions now (E1).
func (t *tx) exception(all []crm.Party) (bool, error) {
	rows, err := t.all(wire.Entry)
	if err != nil {
		return false, err
	}
	exceptions, err := Exceptions(rows)
	return slices.ContainsFunc(all, func(p crm.Party) bool { _, found := exceptions.Find(p); return found }), err
}

// Exceptions are those among the entries of both lists (E1).
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

// customer is what a call with a known party is saved on: the contact with its company, else the company, and what is
// open with them (C1, C3).
func (t *tx) customer(all []crm.Party, _ crm.EnsureLead) ([]crm.Ref, error) {
	for _, entity := range []wire.Entity{wire.Contact, wire.Company} {
		for _, p := range all {
			keys, err := t.peer(p.Key())
			if err != nil {
				return nil, err
			}
			for _, k := range keys {
				if k.Entity == entity {
					return t.belongings(k, all)
				}
			}
		}
	}
	return nil, nil
}

// belongings are what a call with a customer is saved on, as crm.Facts has it: the customer, the company, their open deals
// and the open lead of the number.
func (t *tx) belongings(k Key, all []crm.Party) ([]crm.Ref, error) {
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
	open, err := t.otherOpen(all, crm.EnsureLead{})
	return slices.Concat(refs, deals, open), err
}

// mostDeals of a customer are enough to save a call on.
const mostDeals = 32

// openDeals are those of a customer; of a company all, or only those that are of none of its people.
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

// staysOnClosed is the closed lead that a call is saved on, where the company
// makes no new leads of who comes back (B6).
func (t *tx) staysOnClosed(all []crm.Party, e crm.EnsureLead) ([]crm.Ref, error) {
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

// instead has the call saved on records that are there. An id that never had a row becomes
// an alias; one with a row must not, or aliases would go in a circle.
func (t *tx) instead(e crm.EnsureLead, row *Row, refs []crm.Ref) error {
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

// nextLead makes the lead: with the id that the program gave it when that is the next one of the number,
// else with the next one that is neither row nor alias.
func (t *tx) nextLead(e crm.EnsureLead, row *Row) error {
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
		made.Convert = renamed(e.Convert, made.Lead.ID)
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
		if made.Convert, err = t.atOnce(made.Lead); err != nil {
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
	return t.instead(e, row, refsOf(made))
}

// atOnce is how a lead is converted that a program made which did not know of the switch to the simple mode yet: there nobody
// would see it (F2, F6). nil in the classic mode.
func (t *tx) atOnce(l crm.Lead) (*crm.ConvertLead, error) {
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

// freeGeneration is the next generation of a number whose id is neither row nor alias.
func (t *tx) freeGeneration(peer string, after int) (number int, id crm.ID, err error) {
	for number = after + 1; ; number++ {
		id = crm.LeadID(t.b.key, peer, number)
		if used, err := t.taken(Key{wire.Lead, id}); err != nil || !used {
			return number, id, err
		}
	}
}

// renamed is a conversion by the rules of another lead: the ids of what is made follow from the lead's.
func renamed(c *crm.ConvertLead, lead crm.ID) *crm.ConvertLead {
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
