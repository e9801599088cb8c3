package ledger

import (
	"slices"

	"leadline/crm"
	"leadline/crm/wire"
)

// convertLead makes what a lead becomes, and puts the lead's calls, notes and
// follow-ups on it. The lead stays, closed and linked (F1).
func (t *tx) convertLead(c crm.ConvertLead) error {
	k, err := t.root(Key{wire.Lead, c.Lead})
	if err != nil {
		return err
	}
	if k.Entity != wire.Lead {
		return t.convertKnown(c)
	}
	was, err := t.current(k)
	if err != nil || was == nil {
		return err
	}
	if !isOpen(was) {
		if slices.Equal(field[[]crm.Ref](was, "became"), c.Refs()) {
			return nil // another program has done the same before
		}
		return refuse(wire.RejectChanged, crm.ConvertClosed)
	}
	if err := t.makeConverted(c); err != nil {
		return err
	}
	refs, err := t.resolve("", c.Refs())
	if err != nil {
		return err
	}
	row := was.clone()
	row.Fields["status"], row.Fields["became"] = raw(crm.LeadConverted), raw(refs)
	row.Stamps["status"], row.Stamps["became"] = t.at, t.at
	t.signed(row)
	if err := t.putLead(was, row); err != nil {
		return err
	}
	return t.moveAlong(k, refs)
}

// convertKnown does a conversion of a lead that was never made, since the number is a customer's (C1). The customer's records stay as they
// are; what an agent has typed becomes records of its own, to be merged by hand.
func (t *tx) convertKnown(c crm.ConvertLead) error {
	if c.Deal != nil {
		deal := *c.Deal
		deal.Lead = ""
		c.Deal = &deal
	}
	return t.makeConverted(c)
}

func (t *tx) makeConverted(c crm.ConvertLead) error {
	into, err := t.resolve("", c.Into)
	if err != nil {
		return err
	}
	if len(into) < len(c.Into) {
		return refuse(wire.RejectGone, crm.WasRemoved)
	}
	if c.Company != nil {
		if err := t.create(wire.Company, c.Company.ID, *c.Company); err != nil {
			return err
		}
	}
	if c.Contact != nil {
		if err := t.create(wire.Contact, c.Contact.ID, *c.Contact); err != nil {
			return err
		}
	}
	if c.Deal != nil {
		return t.createDeal(*c.Deal)
	}
	return nil
}

// createDeal makes a deal, in the first stage of its pipeline unless it says another (F4).
func (t *tx) createDeal(d crm.Deal) error {
	if d.Stage == "" {
		p, err := t.pipeline(d.Pipeline)
		if err != nil {
			return err
		}
		d.Stage = p.First()
	}
	k := Key{wire.Deal, d.ID}
	was, err := t.row(k)
	if err != nil {
		return err
	}
	person, err := t.row(Key{wire.Contact, d.Contact})
	switch {
	case err != nil:
		return err
	case !was.live() && (was.wiped() || person.wiped()):
		return t.createWithoutPerson(k, d)
	}
	return t.create(wire.Deal, d.ID, d)
}

// moveAlong saves the calls of a lead also on the records that it was converted into, before the others, and moves its notes and
// follow-ups there.
func (t *tx) moveAlong(lead Key, refs []crm.Ref) error {
	if len(refs) == 0 {
		return nil
	}
	children, err := t.childrenOf(lead)
	if err != nil {
		return err
	}
	for _, k := range children {
		child, err := t.row(k)
		if err != nil {
			return err
		}
		switch k.Entity {
		case wire.Call:
			err = t.rehang(child, union(refs, field[[]crm.Ref](child, "refs")))
		case wire.Note, wire.FollowUp:
			row := child.clone()
			row.Fields["ref"] = raw(refs[0])
			err = t.put(row)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// union is first, then what second has besides.
func union[T comparable](first, second []T) []T {
	all := slices.Clone(first)
	for _, v := range second {
		if !slices.Contains(all, v) {
			all = append(all, v)
		}
	}
	return all
}
