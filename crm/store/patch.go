package store

import (
	"encoding/json"
	"fmt"
	"time"

	"leadline/crm"
)

// asPatch makes a change that sets a whole record one of only the fields that differ from
// what is stored, so that it takes back nothing that somebody else changes meanwhile.
func (t *tx) asPatch(change crm.Change) (crm.Change, error) {
	var r crm.Ref
	var after any
	switch do := change.(type) {
	case crm.UpdateContact:
		r, after = crm.Ref{Kind: crm.KindContact, ID: do.ID}, do.Contact
	case crm.UpdateCompany:
		r, after = crm.Ref{Kind: crm.KindCompany, ID: do.ID}, do.Company
	case crm.UpdateLead:
		r, after = crm.Ref{Kind: crm.KindLead, ID: do.ID}, do.Lead
	case crm.UpdateDeal:
		r, after = crm.Ref{Kind: crm.KindDeal, ID: do.ID}, do.Deal
	default:
		return change, nil
	}
	k, err := keyOf(t, r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", change.CommandName(), err)
	}
	before, err := document(t, k)
	if err != nil {
		return nil, err
	}
	now, err := json.Marshal(after)
	if err != nil {
		return nil, err
	}
	return crm.Diff(r, before, now)
}

// document is a record as JSON.
func document(q querier, k key) (json.RawMessage, error) {
	record, err := recordByKey(q, k)
	if err != nil {
		return nil, err
	}
	return json.Marshal(record)
}

func recordByKey(q querier, k key) (any, error) {
	switch k.kind() {
	case crm.KindContact:
		c, err := contactByRid(q, k.rid())
		return c.Contact, err
	case crm.KindCompany:
		c, err := companyByRid(q, k.rid())
		return c.Company, err
	case crm.KindLead:
		l, err := leadByRid(q, k.rid())
		return l.Lead, err
	}
	d, err := dealByRid(q, k.rid())
	return d.Deal, err
}

func (t *tx) updateRecord(u crm.UpdateRecord, at time.Time) error {
	k, err := keyOf(t, u.Ref)
	if err != nil {
		return err
	}
	before, err := document(t, k)
	if err != nil {
		return err
	}
	after, err := crm.Patch(before, u)
	if err != nil {
		return err
	}
	switch k.kind() {
	case crm.KindContact:
		return saveDocument(after, func(c crm.Contact) error { return t.saveContact(c, at, false) })
	case crm.KindCompany:
		return saveDocument(after, func(c crm.Company) error { return t.saveCompany(c, at, false) })
	case crm.KindLead:
		return saveDocument(after, func(l crm.Lead) error { return t.saveLead(l, at, false) })
	}
	return saveDocument(after, func(d crm.Deal) error { return t.saveDeal(d, at, false) })
}

func saveDocument[R any](doc json.RawMessage, save func(R) error) error {
	var record R
	if err := json.Unmarshal(doc, &record); err != nil {
		return fmt.Errorf("what the record would become cannot be read: %w", err)
	}
	return save(record)
}
