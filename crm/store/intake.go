package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

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
	if c.Party.Kind != crm.Withheld {
		u, err := colleagueOf(q, c.Party)
		if err != nil {
			return f, err
		}
		f.Colleague = u.Name
	}
	if f.Workspace, err = workspace(q); err != nil {
		return f, err
	}
	if f.Workspace.Mode == crm.Simple { // deals may be made (F4)
		for _, id := range []*crm.ID{&f.Line.Pipeline, &f.Workspace.Pipeline} {
			if *id, err = pipelineThere(q, *id); err != nil {
				return f, err
			}
		}
	}
	if f.Blacklist, err = entryOf(q, crm.Blacklist, c.Party); err != nil {
		return f, err
	}
	if f.Exception, err = entryOf(q, crm.Exceptions, c.Party); err != nil {
		return f, err
	}
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
	if f.Deals, err = openDealRefs(q, k, true); err != nil || k.kind() != crm.KindContact {
		return err
	}
	var company int64
	err = q.row("SELECT f.rid, f.id, f.name FROM contact c JOIN company f ON f.rid = c.company WHERE c.rid = ?", k.rid()).
		Scan(&company, idBlob{&f.Company.Ref.ID}, &f.Company.Name)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return explain(err)
	}
	f.Company.Ref.Kind = crm.KindCompany
	more, err := openDealRefs(q, makeKey(crm.KindCompany, company), false) // and what the company has open as a whole
	f.Deals = append(f.Deals, more...)
	return err
}

// entryOf is the line of a list that a party falls under, as a person wrote it; "" for none.
func entryOf(q querier, list crm.ListName, p crm.Party) (string, error) {
	e, ok, err := listed(q, list, p)
	if !ok {
		return "", err
	}
	return e.Pattern, err
}

// madeBy is what a call made by the rules.
func madeBy(q querier, call crm.ID) (made []crm.Made, err error) {
	if call == "" {
		return nil, nil
	}
	for _, kind := range kinds {
		err := each(q, "SELECT r.id, u.id, r.reason FROM "+string(kind)+" r LEFT JOIN user u ON u.rid = r.responsible WHERE r.made_call = ?",
			[]any{call.Bytes()}, func(rows *sql.Rows) error {
				m := crm.Made{Ref: crm.Ref{Kind: kind}}
				var reason crm.Text
				err := rows.Scan(idBlob{&m.Ref.ID}, idBlob{&m.Responsible}, jsonColumn{&reason})
				if reason.Key != crm.ReasonByHand {
					made = append(made, m)
				}
				return err
			})
		if err != nil {
			return nil, err
		}
	}
	return made, nil
}

// intake makes what the rules say of a call that began or was reached, and
// says what it is saved on.
func (t *tx) intake(c *crm.Call, f crm.Facts) (crm.Decision, error) {
	d := crm.Decide(f)
	c.Refs, c.Reason = d.Attach, d.Reason
	var err error
	switch d.Create {
	case crm.KindLead:
		c.Refs, err = t.makeLead(*c, f, d)
	case crm.KindDeal:
		c.Refs, err = t.makeDeal(*c, f, d)
	}
	d.Attach = c.Refs
	return d, err
}

// makeLead makes the lead of a call, with the id that every program gives it (B4), and in the simple
// mode converts it at once (F2): one command, so that it is all done or nothing.
func (t *tx) makeLead(c crm.Call, f crm.Facts, d crm.Decision) ([]crm.Ref, error) {
	peer := c.Party.Key()
	do := crm.EnsureLead{Peer: peer}
	var key []byte
	if err := t.row("SELECT s.workspace_key, coalesce((SELECT number FROM generation WHERE peer = ?), 0) + 1 FROM sync s", peer).
		Scan(&key, &do.Generation); err != nil {
		return nil, explain(err)
	}
	form := crm.Form{Party: c.Party}
	do.Lead = crm.Lead{ID: crm.LeadID(key, peer, do.Generation), Status: crm.LeadNew, Numbers: form.Numbers(), SIP: form.SIP(),
		Source: d.Source, Line: c.Line, Repeat: d.Repeat, Origin: crm.Origin{Call: c.ID, Reason: d.Reason},
		Responsible: d.Responsible, Created: c.Began, Updated: c.Began}
	// A name that the PBX sent is better than none; often it is the number again.
	if name := c.Party.Display; name != "" && crm.Parse(name, f.Line.Region).Kind != crm.Phone {
		do.Lead.LastName = name
	}
	refs := []crm.Ref{{Kind: crm.KindLead, ID: do.Lead.ID}}
	if len(d.Convert) > 0 {
		convert := do.Lead.Convert(crm.Conversion{Kinds: d.Convert, Pipeline: d.Pipeline, Region: f.Line.Region,
			NewID: func(k crm.Kind) crm.ID { return crm.ConvertedID(do.Lead.ID, k) }})
		convert = convert.MadeBy(do.Lead.Origin) // in the simple mode nobody has seen a lead
		do.Convert = &convert
		refs = append(convert.Refs(), refs...)
	}
	return refs, t.do(do)
}

// ensureLead makes a lead unless its number has an open one by now.
func (t *tx) ensureLead(e crm.EnsureLead, at time.Time) error {
	if err := t.hadLeads(e.Peer, e.Generation); err != nil {
		return err
	}
	if _, err := ridOf(t, "lead", e.Lead.ID); !errors.Is(err, ErrNotFound) {
		return err // there already
	}
	for _, p := range t.parties(e.Lead.Numbers, e.Lead.SIP) {
		if open, err := openLeadOf(t, p, ""); err != nil || !open.None() {
			return err
		}
	}
	if err := t.saveLead(e.Lead, at, true); err != nil || e.Convert == nil {
		return err
	}
	return t.convertLead(*e.Convert, at)
}

// hadLeads remembers how many leads a number has had.
func (t *tx) hadLeads(peer string, generation int) error {
	_, err := t.exec(`INSERT INTO generation(peer, number) VALUES(?, ?)
		ON CONFLICT(peer) DO UPDATE SET number = max(number, excluded.number)`, peer, generation)
	return err
}

// openLeadOf is the open lead of a party, but for the one named; the zero Ref when there is none.
func openLeadOf(q querier, p crm.Party, except crm.ID) (open crm.Ref, err error) {
	keys, err := openLeadKeys(q, p)
	for _, k := range keys {
		if err != nil || !open.None() {
			return open, err
		}
		var lead crm.Ref
		if lead, err = refOf(q, k); lead.ID != except {
			open = lead
		}
	}
	return open, err
}

// openLeadKeys are the open leads of a party: at most one, but for those of before the programs knew of each other (B4).
func openLeadKeys(q querier, p crm.Party) ([]key, error) {
	switch p.Kind {
	case crm.Phone:
		return readKeys(q, "SELECT key "+fromOpenLeads, int64(p.E164))
	case crm.Internal, crm.SIPAddress:
		return readKeys(q, "SELECT p.key FROM address p CROSS JOIN lead l ON l.rid = p.key >> 2 WHERE p.peer = ? AND p.key & 3 = 2 AND l.open = 1", p.Key())
	}
	return nil, nil
}

// makeDeal makes the deal of a known customer who has none open (F3). Its id follows from
// the customer and the deals there were, so that fifty agents make one.
func (t *tx) makeDeal(c crm.Call, f crm.Facts, d crm.Decision) ([]crm.Ref, error) {
	customer := f.Matches[0]
	deal := crm.Deal{Title: customer.Name, Pipeline: d.Pipeline, Source: d.Source, Responsible: d.Responsible,
		Origin: crm.Origin{Call: c.ID, Reason: d.Reason}, Created: c.Began, Updated: c.Began}
	column := "contact"
	if customer.Ref.Kind == crm.KindCompany {
		column, deal.Company = "company", customer.Ref.ID
	} else {
		deal.Contact, deal.Company = customer.Ref.ID, f.Company.Ref.ID
	}
	if deal.Title == "" {
		deal.Title = c.Party.Show(f.Line.Region)
	}
	k, err := keyOf(t, customer.Ref)
	if err != nil {
		return nil, err
	}
	var before int
	if err := t.row("SELECT count(*) FROM deal WHERE "+column+" = ?", k.rid()).Scan(&before); err != nil {
		return nil, explain(err)
	}
	// Fewer than there were are counted when one was removed since, or is another customer's now.
	for n, taken := before+1, true; taken; n++ {
		deal.ID = crm.DealID(customer.Ref, n)
		if taken, err = isHere(t, rowOf(crm.Ref{Kind: crm.KindDeal, ID: deal.ID})); err != nil {
			return nil, err
		}
	}
	return append(d.Attach, crm.Ref{Kind: crm.KindDeal, ID: deal.ID}), t.do(crm.CreateDeal{Deal: deal})
}
