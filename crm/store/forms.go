package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"leadline/crm"
)

// SaveDraft keeps a form as it is typed, by f.Call. It stays on this machine.
func (s *Store) SaveDraft(ctx context.Context, f crm.Form) error {
	form, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("save the draft: %w", err)
	}
	return s.write(ctx, func(t *tx) error {
		_, err := t.exec(`INSERT INTO draft(call, form, at) VALUES(?, ?, ?)
			ON CONFLICT(call) DO UPDATE SET form = excluded.form, at = excluded.at`, f.Call.Bytes(), string(form), s.now().UnixMilli())
		return err
	})
}

// DropDraft forgets the draft of a call.
func (s *Store) DropDraft(ctx context.Context, call crm.ID) error {
	return s.write(ctx, func(t *tx) error { return t.dropDraft(call) })
}

func (t *tx) dropDraft(call crm.ID) error {
	_, err := t.exec("DELETE FROM draft WHERE call = ?", call.Bytes())
	return err
}

// Drafts are the forms that were not saved as records yet, oldest first.
func (s *Store) Drafts(ctx context.Context) (drafts []crm.Form, err error) {
	r, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	err = each(r, "SELECT form FROM draft ORDER BY at", nil, func(rows *sql.Rows) error {
		var f crm.Form
		err := rows.Scan(jsonColumn{&f})
		drafts = append(drafts, f)
		return err
	})
	return drafts, err
}

// Create makes a lead or contact (with its company) of a form, or fills in the one that the form names, and drops the
// draft, in one transaction. The form's call is linked, and so are earlier calls
// of the number that are on no record: who calls for the third time and is saved then has
// three calls, as C1 would have had it. An error of type crm.Invalid says what the form lacks.
func (s *Store) Create(ctx context.Context, f crm.Form) (ref crm.Ref, err error) {
	if err := f.Check(); err != nil {
		return ref, err
	}
	err = s.write(ctx, func(t *tx) error {
		if f.Responsible == "" {
			user, err := me(t)
			if err != nil {
				return err
			}
			f.Responsible = user.ID
		}
		switch {
		case !f.Into.None():
			ref, err = f.Into, t.fillIn(f)
		case f.Kind == crm.KindContact:
			ref, err = t.contactFrom(f)
		default:
			ref, err = t.leadFrom(f)
		}
		if err == nil && f.Into.None() {
			ref, err = t.withoutLead(ref)
		}
		if err != nil {
			return err
		}
		if f.Call != "" {
			if err := t.moveCall(f.Call, ref); err != nil {
				return err
			}
			if err := t.dropDraft(f.Call); err != nil {
				return err
			}
		}
		return t.adopt(f.Party, ref)
	})
	if err != nil {
		return crm.Ref{}, fmt.Errorf("create the %s: %w", f.Kind, err)
	}
	return ref, nil
}

func (t *tx) contactFrom(f crm.Form) (crm.Ref, error) {
	id, err := t.s.makeID()
	if err != nil {
		return crm.Ref{}, err
	}
	if f.CompanyID, err = t.companyOf(f); err != nil {
		return crm.Ref{}, err
	}
	c := crm.Contact{ID: id, FirstName: f.FirstName, LastName: f.LastName, Company: f.CompanyID, Numbers: f.Numbers(), SIP: f.SIP(),
		Source: f.Source, Responsible: f.Responsible, Origin: crm.Origin{Call: f.Call, Reason: crm.Say(crm.ReasonByHand)}}
	return crm.Ref{Kind: crm.KindContact, ID: id}, t.do(crm.CreateContact{Contact: c})
}

// companyOf is the company of a form: the chosen one, that of the typed name, or a new one of that name; "" for none.
func (t *tx) companyOf(f crm.Form) (id crm.ID, err error) {
	if f.CompanyID != "" || f.Company == "" {
		return f.CompanyID, nil
	}
	rid, err := companyNamed(t, f.Company)
	switch {
	case err != nil:
		return "", err
	case rid != 0:
		err = t.row("SELECT id FROM company WHERE rid = ?", rid).Scan(idBlob{&id})
		return id, explain(err)
	}
	if id, err = t.s.makeID(); err != nil {
		return "", err
	}
	return id, t.do(crm.CreateCompany{Company: crm.Company{ID: id, Name: f.Company, Source: f.Source, Responsible: f.Responsible}})
}

// fillIn gives the record that a form names what was typed.
func (t *tx) fillIn(f crm.Form) error {
	if f.Into.Kind == crm.KindLead {
		return t.fillLead(f.Into, f)
	}
	rid, err := ridOf(t, "contact", f.Into.ID)
	if err != nil {
		return err
	}
	c, err := contactByRid(t, rid)
	if err != nil {
		return err
	}
	c.FirstName, c.LastName = f.FirstName, f.LastName
	company, err := t.companyOf(f)
	if err != nil {
		return err
	}
	c.Company = cmp.Or(company, c.Company)
	return t.change(crm.UpdateContact{Contact: c.Contact})
}

// leadFrom makes a lead of a form, or fills in the open lead that has the number by now (B4).
func (t *tx) leadFrom(f crm.Form) (crm.Ref, error) {
	open, err := openLeadOf(t, f.Party, "")
	if err != nil {
		return crm.Ref{}, err
	}
	if !open.None() {
		return open, t.fillLead(open, f)
	}
	id, err := t.s.makeID()
	if err != nil {
		return crm.Ref{}, err
	}
	l := crm.Lead{ID: id, FirstName: f.FirstName, LastName: f.LastName, CompanyName: f.Company, Status: crm.LeadNew,
		Numbers: f.Numbers(), SIP: f.SIP(), Source: f.Source, Line: f.Line, Responsible: f.Responsible, Origin: crm.Origin{Call: f.Call, Reason: crm.Say(crm.ReasonByHand)}}
	return crm.Ref{Kind: crm.KindLead, ID: id}, t.do(crm.CreateLead{Lead: l})
}

// withoutLead converts a lead just made by hand where there are no leads in the interface (F2).
func (t *tx) withoutLead(ref crm.Ref) (crm.Ref, error) {
	w, err := workspace(t)
	if err != nil || ref.Kind != crm.KindLead || w.Mode != crm.Simple {
		return ref, err
	}
	c, err := t.s.conversionOf(t, ref.ID, crm.Conversion{Kinds: w.ConvertTo.Kinds(), Region: t.s.region,
		NewID: func(k crm.Kind) crm.ID { return crm.ConvertedID(ref.ID, k) }})
	if err != nil {
		return ref, err
	}
	return c.Refs()[0], t.do(c)
}

// fillLead writes what was typed in a form on a lead that is there.
func (t *tx) fillLead(r crm.Ref, f crm.Form) error {
	l, err := leadByID(t, r.ID)
	if err != nil {
		return err
	}
	if f.FirstName != "" || f.LastName != "" {
		l.FirstName, l.LastName = f.FirstName, f.LastName
	}
	l.CompanyName = cmp.Or(f.Company, l.CompanyName)
	return t.change(crm.UpdateLead{Lead: l.Lead})
}

// adopt puts the calls of a number that are on no record on the one just made.
func (t *tx) adopt(p crm.Party, ref crm.Ref) error {
	peer := p.Key()
	if peer == "" {
		return nil
	}
	var orphans []crm.ID
	err := each(t, `SELECT c.id FROM call c WHERE c.peer = ? 
		AND NOT EXISTS (SELECT 1 FROM call_link k WHERE k.call = c.rid)`, []any{peer}, func(rows *sql.Rows) error {
		var id crm.ID
		err := rows.Scan(idBlob{&id})
		orphans = append(orphans, id)
		return err
	})
	for _, id := range orphans {
		if err == nil {
			err = t.moveCall(id, ref)
		}
	}
	return err
}

// Similar finds records that a form may double: people and leads of that name, companies and leads of that company.
func (s *Store) Similar(ctx context.Context, f crm.Form) ([]crm.Match, error) {
	const limit = 5
	var similar []crm.Match
	seen := map[crm.Ref]bool{}
	for _, words := range []string{f.Company, crm.FullName(f.FirstName, f.LastName)} {
		if len([]rune(words)) < 3 {
			continue
		}
		found, err := s.Search(ctx, words, limit)
		if err != nil {
			return nil, err
		}
		for _, m := range found {
			if !seen[m.Ref] && m.Ref.Kind != crm.KindDeal && len(similar) < limit {
				seen[m.Ref] = true
				similar = append(similar, crm.Match{Ref: m.Ref, Name: m.Name, Sub: m.Sub, By: m.Number, Last: m.At})
			}
		}
	}
	return similar, nil
}
