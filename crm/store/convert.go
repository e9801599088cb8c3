package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"leadline/crm"
)

// convertLead makes what a lead becomes, and puts the lead's calls, notes and
// follow-ups on it. The lead stays, closed and linked (F1).
func (t *tx) convertLead(c crm.ConvertLead, at time.Time) error {
	l, err := leadByID(t, c.Lead)
	if err != nil {
		return err
	}
	if !l.Status.Open() {
		if l.Status == crm.LeadConverted && len(l.Became) > 0 {
			return nil // done already
		}
		return crm.Invalid{Text: crm.Say(crm.ConvertClosed)}
	}
	if err := t.makeConverted(c, at); err != nil {
		return err
	}
	refs := c.Refs()
	l.Status, l.Became = crm.LeadConverted, refs
	if err := t.saveLead(l.Lead, at, false); err != nil {
		return err
	}
	lead := crm.Ref{Kind: crm.KindLead, ID: c.Lead}
	return t.moveAlong(lead, refs)
}

// makeConverted makes what is not there yet: the ids of what rules make follow from the
// lead, so another program may have been first.
func (t *tx) makeConverted(c crm.ConvertLead, at time.Time) error {
	if c.Company != nil {
		if err := t.unlessThere("company", c.Company.ID, func() error { return t.saveCompany(*c.Company, at, true) }); err != nil {
			return err
		}
	}
	if c.Contact != nil {
		if err := t.unlessThere("contact", c.Contact.ID, func() error { return t.saveContact(*c.Contact, at, true) }); err != nil {
			return err
		}
	}
	if c.Deal != nil {
		return t.unlessThere("deal", c.Deal.ID, func() error { return t.saveDeal(*c.Deal, at, true) })
	}
	return nil
}

func (t *tx) unlessThere(table string, id crm.ID, save func() error) error {
	if _, err := ridOf(t, table, id); !errors.Is(err, ErrNotFound) {
		return err
	}
	return save()
}

// moveAlong saves the calls of a lead on what it became as well, first of all, and moves its
// notes and follow-ups there.
func (t *tx) moveAlong(lead crm.Ref, refs []crm.Ref) error {
	if len(refs) == 0 {
		return nil
	}
	calls, err := callsOf(t, lead)
	if err != nil {
		return err
	}
	for _, c := range calls {
		if err := t.linkCall(crm.LinkCall{Call: c.ID, Refs: union(refs, c.Refs), Reason: c.Reason}); err != nil {
			return err
		}
	}
	from, err := keyOf(t, lead)
	if err != nil {
		return err
	}
	to, err := keyOf(t, refs[0])
	if err != nil {
		return err
	}
	return t.moveNotes(from, to)
}

// callsOf are the calls that are saved on a record.
func callsOf(q querier, r crm.Ref) (calls []crm.Call, err error) {
	k, err := keyOf(q, r)
	if err != nil {
		return nil, err
	}
	var ids []crm.ID
	err = each(q, "SELECT c.id FROM call_link k JOIN call c ON c.rid = k.call WHERE k.key = ?", []any{int64(k)}, func(rows *sql.Rows) error {
		var id crm.ID
		err := rows.Scan(idBlob{&id})
		ids = append(ids, id)
		return err
	})
	for _, id := range ids {
		if err != nil {
			return nil, err
		}
		var c callRow
		c, err = callByID(q, id)
		calls = append(calls, c.Call)
	}
	return calls, err
}

// union is first, then what second has besides.
func union(first, second []crm.Ref) []crm.Ref {
	all := make([]crm.Ref, 0, len(first)+len(second))
	seen := map[crm.Ref]bool{}
	for _, refs := range [][]crm.Ref{first, second} {
		for _, r := range refs {
			if !seen[r] {
				seen[r] = true
				all = append(all, r)
			}
		}
	}
	return all
}

// ConversionOf proposes what a lead becomes, for a window to show and change (F1).
func (s *Store) ConversionOf(ctx context.Context, lead crm.ID, kinds []crm.Kind, into []crm.Ref, pipeline crm.ID) (crm.ConvertLead, error) {
	r, err := s.read(ctx)
	if err != nil {
		return crm.ConvertLead{}, err
	}
	return s.conversionOf(r, lead, crm.Conversion{Kinds: kinds, Into: into, Pipeline: pipeline, Region: s.region,
		NewID: func(crm.Kind) crm.ID { return s.NewID() }})
}

// conversionOf is ConversionOf; without a pipeline the deal is in the one of the lead's line, or of the CRM mode (F4).
func (s *Store) conversionOf(q querier, lead crm.ID, c crm.Conversion) (crm.ConvertLead, error) {
	l, err := leadByID(q, lead)
	if err == nil && c.Pipeline == "" {
		c.Pipeline, err = pipelineOf(q, l.Line)
	}
	return l.Convert(c), err
}

// Convert converts a lead by hand, and says how to take it back. An error of type
// crm.Invalid says what is missing.
func (s *Store) Convert(ctx context.Context, c crm.ConvertLead) (u crm.Undo, err error) {
	err = s.write(ctx, func(t *tx) error {
		all, err := fields(t)
		if err != nil {
			return err
		}
		if err := c.Check(all); err != nil {
			return err
		}
		lead := crm.Ref{Kind: crm.KindLead, ID: c.Lead}
		back, err := t.unconvert(c)
		if err != nil {
			return err
		}
		name, err := nameOf(t, lead)
		if err != nil {
			return err
		}
		if err := t.convertInto(c); err != nil {
			return err
		}
		u, err = t.keepUndo(crm.Say(crm.UndoConversion, "name", name), back, append(c.Refs(), lead))
		return err
	})
	return u, err
}

// convertInto converts a lead, and gives the contact or company that it is converted into what the lead knows of them: the person,
// where there is one, else the company. The next call of the lead's number is theirs then (C1).
func (t *tx) convertInto(c crm.ConvertLead) error {
	l, err := leadByID(t, c.Lead)
	if err != nil {
		return err
	}
	if err := t.do(c); err != nil {
		return err
	}
	party := c.Refs()[0]
	if !containsRef(c.Into, party) {
		return nil
	}
	k, err := keyOf(t, party)
	if err != nil {
		return err
	}
	record, err := recordByKey(t, k)
	if err != nil {
		return err
	}
	switch was := record.(type) {
	case crm.Contact:
		now := l.KnownTo(was)
		if now.Company == "" && c.Company != nil {
			now.Company = c.Company.ID
		}
		return t.do(crm.UpdateContact{Contact: now})
	case crm.Company:
		return t.do(crm.UpdateCompany{Company: l.KnownToCompany(was)})
	}
	return nil
}

// unconvert is how a conversion is taken back.
func (t *tx) unconvert(c crm.ConvertLead) (back wayBack, err error) {
	lead := crm.Ref{Kind: crm.KindLead, ID: c.Lead}
	_, was, err := t.asItIs(lead)
	if err != nil {
		return back, err
	}
	back.first = []crm.Change{was}
	if back.hung, err = t.hangingOn(lead); err != nil {
		return back, err
	}
	for _, r := range c.Refs() {
		if !containsRef(c.Into, r) {
			back.then = append(back.then, crm.RemoveRecord{Ref: r, Instead: lead})
			continue
		}
		_, was, err := t.asItIs(r)
		if err != nil {
			return back, err
		}
		back.first = append(back.first, was)
	}
	return back, nil
}

func containsRef(refs []crm.Ref, r crm.Ref) bool {
	for _, other := range refs {
		if other == r {
			return true
		}
	}
	return false
}

// nameOf is a record's name for a sentence.
func nameOf(q querier, r crm.Ref) (string, error) {
	k, err := keyOf(q, r)
	if err != nil {
		return "", err
	}
	m, err := matchOf(q, k, crm.Party{})
	return m.Name, err
}

// SetWorkspace saves the settings of the company. A switch from the classic to the
// simple mode converts the open leads, all in one transaction (F6); converted says how many.
// asked are the leads that a person was asked about: when there are others, nothing is
// saved and the error is of type crm.LeadsOpen, which has all there are.
func (s *Store) SetWorkspace(ctx context.Context, w crm.Workspace, asked []crm.ID) (converted int, err error) {
	err = s.write(ctx, func(t *tx) error {
		was, err := workspace(t)
		if err != nil {
			return err
		}
		var leads []crm.ID
		if was.Mode == crm.Classic && w.Mode == crm.Simple {
			if leads, err = openLeadIDs(t); err != nil {
				return err
			}
			told := make(map[crm.ID]bool, len(asked))
			for _, id := range asked {
				told[id] = true
			}
			if slices.ContainsFunc(leads, func(id crm.ID) bool { return !told[id] }) {
				return crm.LeadsOpen{Leads: leads}
			}
		}
		if err := t.do(crm.SaveWorkspace{Workspace: w}); err != nil {
			return err
		}
		converted = len(leads)
		return t.convertAll(leads, w)
	})
	if err != nil {
		return 0, fmt.Errorf("save the settings: %w", err)
	}
	return converted, nil
}

func openLeadIDs(q querier) (leads []crm.ID, err error) {
	err = each(q, "SELECT id FROM lead WHERE open = 1 ORDER BY rid", nil, func(rows *sql.Rows) error {
		var id crm.ID
		err := rows.Scan(idBlob{&id})
		leads = append(leads, id)
		return err
	})
	return leads, err
}

func (t *tx) convertAll(leads []crm.ID, w crm.Workspace) error {
	for _, id := range leads {
		c, err := t.s.conversionOf(t, id, crm.Conversion{Kinds: w.ConvertTo.Kinds(), Region: t.s.region,
			NewID: func(k crm.Kind) crm.ID { return crm.ConvertedID(id, k) }})
		if err == nil {
			err = t.do(c)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
