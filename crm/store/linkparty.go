package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"leadline/crm"
)

// LinkParty says that a caller whom the CRM did not know is a contact, company or lead that is there
// (requirements.md C3): the record gets the number, this call and those of the number that are on no
// record. A lead that this call has made becomes that record: it is converted into a contact or company
// and stays, closed and linked (F1), and is put into another lead (B4). So is a contact or company that
// it made, where it is of the same kind. All of it, or nothing.
func (s *Store) LinkParty(ctx context.Context, call crm.ID, to crm.Ref) error {
	err := s.write(ctx, func(t *tx) error {
		if to.Kind == crm.KindDeal {
			return crm.Invalid{Text: crm.Say(crm.LinkNeedsParty)}
		}
		c, err := callByID(t, call)
		if err != nil {
			return err
		}
		made, err := t.madeBy(call)
		if err != nil {
			return err
		}
		for _, r := range made {
			if err := t.become(r, to); err != nil {
				return err
			}
		}
		if err := t.addParty(to, c.Party); err != nil {
			return err
		}
		if err := t.moveCall(call, to); err != nil {
			return err
		}
		if err := t.dropDraft(call); err != nil {
			return err
		}
		return t.adopt(c.Party, to)
	})
	if err != nil {
		return fmt.Errorf("link the call to the %s: %w", to.Kind, err)
	}
	return nil
}

// madeBy are the parties that a call has made: the lead first.
func (t *tx) madeBy(call crm.ID) (made []crm.Ref, err error) {
	for _, kind := range []crm.Kind{crm.KindLead, crm.KindContact, crm.KindCompany} {
		err = each(t, "SELECT id FROM "+string(kind)+" WHERE made_call = ?", []any{call.Bytes()}, func(rows *sql.Rows) error {
			r := crm.Ref{Kind: kind}
			err := rows.Scan(idBlob{&r.ID})
			made = append(made, r)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return made, nil
}

// become makes a record that a call has made the one that was meant, where that can be.
func (t *tx) become(made, to crm.Ref) error {
	switch {
	case made == to:
		return nil
	case made.Kind == to.Kind:
		m, _, err := mergeOf(t, to, made, nil)
		if err != nil {
			return err
		}
		return t.do(m)
	case made.Kind != crm.KindLead:
		return nil
	}
	l, err := leadByID(t, made.ID)
	if err != nil || !l.Status.Open() {
		return err
	}
	c, err := t.s.conversionOf(t, made.ID, crm.Conversion{Into: []crm.Ref{to}, Region: t.s.region})
	if err != nil {
		return err
	}
	return t.convertInto(c)
}

// addParty gives a record the number or SIP address of a party, unless it has it.
func (t *tx) addParty(r crm.Ref, p crm.Party) error {
	f := crm.Form{Party: p}
	numbers, sip := f.Numbers(), f.SIP()
	k, err := keyOf(t, r)
	if err != nil {
		return err
	}
	if keys, err := keysOf(t, p); err != nil || slices.Contains(keys, k) {
		return err
	}
	record, err := recordByKey(t, k)
	if err != nil {
		return err
	}
	switch had := record.(type) {
	case crm.Contact:
		had.Numbers, had.SIP = append(had.Numbers, numbers...), append(had.SIP, sip...)
		return t.do(crm.UpdateContact{Contact: had})
	case crm.Company:
		had.Numbers, had.SIP = append(had.Numbers, numbers...), append(had.SIP, sip...)
		return t.do(crm.UpdateCompany{Company: had})
	case crm.Lead:
		had.Numbers, had.SIP = append(had.Numbers, numbers...), append(had.SIP, sip...)
		return t.do(crm.UpdateLead{Lead: had})
	}
	return crm.Invalid{Text: crm.Say(crm.LinkNeedsParty)}
}
