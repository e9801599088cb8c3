package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"leadline/crm"
)

// Newcomer is a person to be imported, with the name of their company.
type Newcomer struct {
	Contact crm.Contact // without ID and company
	Company string      // its name; "" for none
}

// Welcomed says what became of newcomers.
type Welcomed struct{ Contacts, Companies, Skipped int }

// Welcome adds people, and the companies that are not there by name yet, in one
// transaction and one command. Who is there already, by name and number (by
// name and e-mail or company where there is no number), is skipped.
func (s *Store) Welcome(ctx context.Context, people []Newcomer) (w Welcomed, err error) {
	err = s.write(ctx, func(t *tx) error {
		var do crm.ImportContacts
		companies, err := t.companiesOf(people)
		if err != nil {
			return err
		}
		taken, err := t.takenNumbers(people)
		if err != nil {
			return err
		}
		seen := map[string]bool{}
		for _, p := range people {
			known, err := t.knows(p, seen, taken)
			if err != nil {
				return err
			}
			if known {
				w.Skipped++
				continue
			}
			c := p.Contact
			if c.ID, err = s.makeID(); err != nil {
				return err
			}
			if name := fold(p.Company); name != "" {
				id, ok := companies[name]
				if !ok {
					if id, err = s.makeID(); err != nil {
						return err
					}
					do.Companies = append(do.Companies, crm.Company{ID: id, Name: p.Company, Responsible: c.Responsible})
					companies[name] = id
				}
				c.Company = id
				if c.Name() == "" { // a row with a company only: its numbers are the company's
					if err := t.giveTo(&do, id, c); err != nil {
						return err
					}
					continue
				}
			}
			do.Contacts = append(do.Contacts, c)
		}
		w.Contacts, w.Companies = len(do.Contacts), len(do.Companies)
		if w.Contacts+w.Companies == 0 {
			return nil
		}
		return t.do(do)
	})
	if err != nil {
		return Welcomed{}, err
	}
	return w, nil
}

// giveTo gives what a nameless row has to its company: one that is made in this
// batch, else one that is there.
func (t *tx) giveTo(do *crm.ImportContacts, company crm.ID, c crm.Contact) error {
	for i := range do.Companies {
		if do.Companies[i].ID == company {
			enrich(&do.Companies[i], c)
			return nil
		}
	}
	rid, err := ridOf(t, "company", company)
	if err != nil {
		return err
	}
	was, err := companyByRid(t, rid)
	if err != nil {
		return err
	}
	enrich(&was.Company, c)
	return t.do(crm.UpdateCompany{Company: was.Company})
}

func enrich(f *crm.Company, c crm.Contact) {
	f.Numbers, f.Emails = append(f.Numbers, c.Numbers...), append(f.Emails, c.Emails...)
	f.SIP, f.Marks = append(f.SIP, c.SIP...), append(f.Marks, c.Marks...)
	f.Addresses = append(f.Addresses, c.Addresses...)
	if f.Comment == "" {
		f.Comment = c.Comment
	}
}

// companiesOf are the companies of newcomers that are there, by their folded names.
func (t *tx) companiesOf(people []Newcomer) (map[string]crm.ID, error) {
	var names []string
	for _, p := range people {
		if p.Company != "" {
			names = append(names, fold(p.Company))
		}
	}
	slices.Sort(names)
	companies := map[string]crm.ID{}
	err := each(t, "SELECT f.sort, f.id FROM json_each(?) j JOIN company f ON f.sort = j.value ORDER BY f.rid DESC",
		[]any{orEmpty(toJSON(slices.Compact(names)))}, func(rows *sql.Rows) error {
			var name string
			var id crm.ID
			err := rows.Scan(&name, idBlob{&id})
			companies[name] = id // the oldest of that name is the last
			return err
		})
	return companies, err
}

// takenNumbers are those of newcomers' numbers that records have already.
func (t *tx) takenNumbers(people []Newcomer) (map[crm.E164]bool, error) {
	var numbers []crm.E164
	for _, p := range people {
		for _, n := range p.Contact.Numbers {
			if n.E164 != 0 {
				numbers = append(numbers, n.E164)
			}
		}
	}
	slices.Sort(numbers) // one walk through the index, not a jump for each
	taken := map[crm.E164]bool{}
	err := each(t, "SELECT DISTINCT p.e164 FROM json_each(?) j CROSS JOIN phone p ON p.e164 = j.value", []any{orEmpty(toJSON(numbers))},
		func(rows *sql.Rows) error {
			var n int64
			err := rows.Scan(&n)
			taken[crm.E164(n)] = true
			return err
		})
	return taken, err
}

// knows says whether a person is in the file or earlier in the batch (seen).
func (t *tx) knows(p Newcomer, seen map[string]bool, taken map[crm.E164]bool) (bool, error) {
	name := fold(p.Contact.Name())
	marks := make([]string, 0, len(p.Contact.Numbers)+1)
	for _, n := range p.Contact.Numbers {
		marks = append(marks, name+"|"+n.Party().Key())
	}
	if len(marks) == 0 {
		mail := ""
		if len(p.Contact.Emails) > 0 {
			mail = strings.ToLower(p.Contact.Emails[0].Address)
		}
		marks = append(marks, name+"|"+mail+"|"+fold(p.Company))
	}
	known := false
	for _, m := range marks {
		known = known || seen[m]
		seen[m] = true
	}
	if known {
		return true, nil
	}
	for _, n := range p.Contact.Numbers {
		if n.E164 != 0 && !taken[n.E164] {
			continue
		}
		keys, err := keysOf(t, n.Party())
		if err != nil {
			return false, err
		}
		for _, k := range keys {
			m, err := matchOf(t, k, n.Party())
			if err != nil {
				return false, err
			}
			if fold(m.Name) == name || name == "" && k.kind() == crm.KindCompany && fold(m.Name) == fold(p.Company) {
				return true, nil
			}
		}
	}
	if len(p.Contact.Numbers) > 0 {
		return false, nil
	}
	return t.knowsByName(p, name)
}

// knowsByName compares people without a number by name, then e-mail or company.
func (t *tx) knowsByName(p Newcomer, name string) (known bool, err error) {
	if name == "" {
		rid, err := companyNamed(t, p.Company)
		return rid != 0, err
	}
	err = each(t, "SELECT "+contactColumns+contactTables+"WHERE c.sort = ?", []any{contactSort(p.Contact)}, func(rows *sql.Rows) error {
		c, err := scanContact(rows)
		switch {
		case len(p.Contact.Emails) > 0 && len(c.Emails) > 0:
			known = known || strings.EqualFold(p.Contact.Emails[0].Address, c.Emails[0].Address)
		case len(p.Contact.Emails) == 0 && len(c.Emails) == 0:
			known = known || fold(c.companyName) == fold(p.Company)
		}
		return err
	})
	return known, err
}
