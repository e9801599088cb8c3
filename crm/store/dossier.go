package store

import (
	"context"
	"database/sql"

	"leadline/crm"
)

// Dossier is all that the file has of one person or company (GDPR, article 15).
type Dossier struct {
	Contact   *crm.Contact   `json:"contact,omitempty"`
	Company   *crm.Company   `json:"company,omitempty"` // the person's, or the one that is asked for
	Leads     []crm.Lead     `json:"leads,omitempty"`   // with one of the numbers, or the one that is asked for
	Deals     []crm.Deal     `json:"deals,omitempty"`
	Calls     []crm.Call     `json:"calls,omitempty"` // with their notes, oldest first
	Notes     []crm.Note     `json:"notes,omitempty"`
	FollowUps []crm.FollowUp `json:"follow_ups,omitempty"`
}

// Dossier gathers what the file has of a contact, company, lead or deal: the record, what
// hangs on it, and the calls with its numbers, also those that were saved on nothing.
func (s *Store) Dossier(ctx context.Context, r crm.Ref) (d Dossier, err error) {
	q, err := s.read(ctx)
	if err != nil {
		return d, err
	}
	k, err := keyOf(q, r)
	if err != nil {
		return d, err
	}
	var numbers []crm.Number
	var sip []string
	column := ""
	switch k.kind() {
	case crm.KindContact:
		c, err := contactByRid(q, k.rid())
		if err != nil {
			return d, err
		}
		d.Contact, numbers, sip, column = &c.Contact, c.Numbers, c.SIP, "contact"
		if c.Company != "" {
			rid, err := ridOf(q, "company", c.Company)
			if err != nil {
				return d, err
			}
			f, err := companyByRid(q, rid)
			if err != nil {
				return d, err
			}
			// Only its name: the rest is not the person's.
			d.Company = &crm.Company{ID: f.ID, Name: f.Name}
		}
	case crm.KindCompany:
		c, err := companyByRid(q, k.rid())
		if err != nil {
			return d, err
		}
		d.Company, numbers, sip, column = &c.Company, c.Numbers, c.SIP, "company"
	case crm.KindLead:
		l, err := leadByRid(q, k.rid())
		if err != nil {
			return d, err
		}
		d.Leads, numbers, sip = []crm.Lead{l.Lead}, l.Numbers, l.SIP
	case crm.KindDeal:
		deal, err := dealByRid(q, k.rid())
		if err != nil {
			return d, err
		}
		d.Deals = []crm.Deal{deal.Deal}
	}
	keys := []key{k}
	for _, n := range numbers {
		same, err := keysOf(q, n.Party())
		if err != nil {
			return d, err
		}
		for _, other := range same {
			if other.kind() != crm.KindLead || other == k {
				continue
			}
			l, err := leadByRid(q, other.rid())
			if err != nil {
				return d, err
			}
			d.Leads, keys = append(d.Leads, l.Lead), append(keys, other)
		}
	}
	if column != "" {
		err = each(q, "SELECT "+dealColumns+dealTables+"WHERE d."+column+" = ? ORDER BY d.rid", []any{k.rid()}, func(rows *sql.Rows) error {
			deal, err := scanDeal(rows)
			d.Deals, keys = append(d.Deals, deal.Deal), append(keys, makeKey(crm.KindDeal, deal.rid))
			return err
		})
		if err != nil {
			return d, err
		}
	}
	return d, d.activities(q, keys, numbers, sip)
}

// activities adds calls, notes and follow-ups of the records, and calls by the numbers.
func (d *Dossier) activities(q querier, keys []key, numbers []crm.Number, sip []string) error {
	seen := map[int64]bool{}
	call := func(rows *sql.Rows) error {
		c, err := scanCall(rows)
		if err != nil || seen[c.rid] {
			return err
		}
		seen[c.rid] = true
		c.Refs, err = refsOf(q, c.rid)
		d.Calls = append(d.Calls, c.Call)
		return err
	}
	for _, k := range keys {
		err := each(q, "SELECT "+callColumns+callTables+"WHERE c.rid IN (SELECT call FROM call_link WHERE key = ?) ORDER BY c.began", []any{int64(k)}, call)
		if err != nil {
			return err
		}
		err = each(q, "SELECT data FROM note WHERE key = ? ORDER BY at", []any{int64(k)}, func(rows *sql.Rows) error {
			n, err := scanJSON[crm.Note](rows)
			d.Notes = append(d.Notes, n)
			return err
		})
		if err != nil {
			return err
		}
		err = each(q, "SELECT data FROM followup WHERE key = ? ORDER BY due", []any{int64(k)}, func(rows *sql.Rows) error {
			f, err := scanJSON[crm.FollowUp](rows)
			d.FollowUps = append(d.FollowUps, f)
			return err
		})
		if err != nil {
			return err
		}
	}
	peers := make([]string, 0, len(numbers)+len(sip))
	for _, n := range numbers {
		peers = append(peers, n.Party().Key())
	}
	for _, a := range sip {
		peers = append(peers, "sip:"+a)
	}
	for _, peer := range peers {
		if err := each(q, "SELECT "+callColumns+callTables+"WHERE c.peer = ? ORDER BY c.began", []any{peer}, call); err != nil {
			return err
		}
	}
	return nil
}
