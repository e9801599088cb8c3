package store

import (
	"context"
	"errors"

	"leadline/crm"
)

// Decide gathers the facts of a call and asks crm.Decide. It writes nothing.
func (s *Store) Decide(ctx context.Context, c crm.Call) (crm.Decision, error) {
	r, err := s.read(ctx)
	if err != nil {
		return crm.Decision{}, err
	}
	f, err := factsOf(r, c)
	if err != nil {
		return crm.Decision{}, err
	}
	return crm.Decide(f), nil
}

// factsOf gathers what the intake rules may depend on.
func factsOf(q querier, c crm.Call) (f crm.Facts, err error) {
	f = crm.Facts{Direction: c.Direction, Party: c.Party, Reached: !c.Answered.IsZero()}
	if f.Line, err = lineByID(q, c.Line); err != nil {
		return f, err
	}
	if f.Agent, err = userByID(q, c.Agent); errors.Is(err, ErrNotFound) {
		f.Agent, err = me(q)
	}
	if err != nil {
		return f, err
	}
	if f.First, err = firstInQueue(q, f.Line.Queue); err != nil {
		return f, err
	}
	if peer := c.Party.Key(); peer != "" {
		if f.Colleague, err = colleague(q, peer); err != nil {
			return f, err
		}
	}
	w, err := workspace(q)
	if err != nil {
		return f, err
	}
	f.RepeatLeads = w.RepeatLeads
	if f.Matches, err = match(q, c.Party); err != nil || len(f.Matches) == 0 {
		return f, err
	}
	return f, addBelongings(q, &f)
}

// firstInQueue is the first member who has not left (D1, D4); the zero User when there is none.
func firstInQueue(q querier, id crm.ID) (crm.User, error) {
	queue, err := queueByID(q, id)
	if err != nil {
		return crm.User{}, err
	}
	for _, member := range queue.Members {
		u, err := userByID(q, member)
		if err == nil && !u.Left {
			return u, nil
		}
		if err != nil && !errors.Is(err, ErrNotFound) {
			return crm.User{}, err
		}
	}
	return crm.User{}, nil
}

// addBelongings fills in what belongs to the best match (C1): company and open deals.
func addBelongings(q querier, f *crm.Facts) error {
	k, err := keyOf(q, f.Matches[0].Ref)
	if err != nil {
		return err
	}
	if k.kind() == crm.KindContact {
		c, err := contactByRid(q, k.rid())
		if err != nil {
			return err
		}
		if c.Company != "" {
			f.Company = crm.Match{Ref: crm.Ref{Kind: crm.KindCompany, ID: c.Company}, Name: c.companyName}
		}
	}
	deals, err := openDeals(q, k, mostMatches)
	for _, d := range deals {
		f.Deals = append(f.Deals, crm.Ref{Kind: crm.KindDeal, ID: d.ID})
	}
	return err
}

// intake makes what the rules say of a call that began or was reached, and
// says what it is saved on.
func (t *tx) intake(c *crm.Call, f crm.Facts) (crm.Decision, error) {
	d := crm.Decide(f)
	c.Refs, c.Reason = d.Attach, d.Reason
	if d.Create != crm.KindLead {
		return d, nil
	}
	id, err := t.s.makeID()
	if err != nil {
		return d, err
	}
	form := crm.Form{Party: c.Party}
	lead := crm.Lead{ID: id, Status: crm.LeadNew, Numbers: form.Numbers(), SIP: form.SIP(), Source: d.Source, Line: c.Line,
		Repeat: d.Repeat, Origin: crm.Origin{Call: c.ID, Reason: d.Reason}, Responsible: d.Responsible, Created: c.Began, Updated: c.Began}
	// A name that the PBX sent is better than none; often it is the number again.
	if name := c.Party.Display; name != "" && crm.Parse(name, f.Line.Region).Kind != crm.Phone {
		lead.LastName = name
	}
	c.Refs = []crm.Ref{{Kind: crm.KindLead, ID: id}}
	d.Attach = c.Refs
	return d, t.do(crm.CreateLead{Lead: lead})
}
