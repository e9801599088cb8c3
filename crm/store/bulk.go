package store

import (
	"context"
	"database/sql"
	"errors"
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
type Welcomed struct{ Contacts, Companies, Updated, Skipped int }

// Duplicates says what happens to a newcomer who is there already.
type Duplicates string

const (
	Skip   Duplicates = "skip"   // nothing; also the zero value
	Update Duplicates = "update" // what the newcomer has is set, numbers and e-mails are added
	Add    Duplicates = "add"    // there will be two
)

// Trial remembers who came in earlier batches of an import that writes nothing.
type Trial struct {
	seen map[string]int // the place of each mark among all new contacts
	made int            // new contacts of earlier batches
}

// errTrial takes back what a trial wrote.
var errTrial = errors.New("a trial writes nothing")

// Welcome adds people, and the companies that are not there by name yet, in one
// transaction. Who is there already is known by name and number (by
// name and e-mail or company where there is no number).
func (s *Store) Welcome(ctx context.Context, people []Newcomer, d Duplicates) (w Welcomed, err error) {
	err = s.write(ctx, func(t *tx) error {
		w, err = t.welcome(people, d, &Trial{seen: map[string]int{}})
		return err
	})
	if err != nil {
		return Welcomed{}, err
	}
	return w, nil
}

// TryWelcome says what Welcome would do, and writes nothing.
func (s *Store) TryWelcome(ctx context.Context, people []Newcomer, d Duplicates, trial *Trial) (w Welcomed, err error) {
	if trial.seen == nil {
		trial.seen = map[string]int{}
	}
	err = s.write(ctx, func(t *tx) error {
		if w, err = t.welcome(people, d, trial); err != nil {
			return err
		}
		trial.made += w.Contacts
		return errTrial
	})
	if !errors.Is(err, errTrial) {
		return Welcomed{}, err
	}
	return w, nil
}

// earlierBatch is the place of what is not among the contacts of this batch.
const earlierBatch = -1

// welcome is one batch.
func (t *tx) welcome(people []Newcomer, d Duplicates, trial *Trial) (w Welcomed, err error) {
	var do crm.ImportContacts
	companies, err := t.companiesOf(people)
	if err != nil {
		return w, err
	}
	taken, err := t.takenNumbers(people)
	if err != nil {
		return w, err
	}
	for _, p := range people {
		var there known
		marks := marksOf(p)
		if d != Add {
			if there, err = t.find(p, marks, trial, taken); err != nil {
				return w, err
			}
		}
		if there.is {
			if d == Update {
				w.Updated++
				if err := t.update(&do, there, p); err != nil {
					return w, err
				}
			} else {
				w.Skipped++
			}
			continue
		}
		place := trial.made + len(do.Contacts)
		if err := t.addNewcomer(&do, p, companies); err != nil {
			return w, err
		}
		if place == trial.made+len(do.Contacts) {
			place = earlierBatch // a company
		}
		for _, m := range marks {
			if _, ok := trial.seen[m]; !ok {
				trial.seen[m] = place
			}
		}
	}
	w.Contacts, w.Companies = len(do.Contacts), len(do.Companies)
	if w.Contacts+w.Companies == 0 {
		return w, nil
	}
	return w, t.do(do)
}

func (t *tx) addNewcomer(do *crm.ImportContacts, p Newcomer, companies map[string]crm.ID) (err error) {
	c := p.Contact
	if c.ID, err = t.s.makeID(); err != nil {
		return err
	}
	if name := fold(p.Company); name != "" {
		id, ok := companies[name]
		if !ok {
			if id, err = t.s.makeID(); err != nil {
				return err
			}
			do.Companies = append(do.Companies, crm.Company{ID: id, Name: p.Company, Responsible: c.Responsible})
			companies[name] = id
		}
		c.Company = id
		if c.Name() == "" { // a row with a company only: its numbers are the company's
			return t.giveTo(do, id, c)
		}
	}
	do.Contacts = append(do.Contacts, c)
	return nil
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

// update brings a contact or company that is there up to date with a newcomer.
func (t *tx) update(do *crm.ImportContacts, there known, p Newcomer) error {
	switch {
	case there.place >= 0 && there.place < len(do.Contacts):
		refresh(&do.Contacts[there.place], p.Contact)
	case there.key == 0: // of an earlier batch of a trial
	case there.key.kind() == crm.KindContact:
		was, err := contactByRid(t, there.key.rid())
		if err != nil {
			return err
		}
		refresh(&was.Contact, p.Contact)
		return t.do(crm.UpdateContact{Contact: was.Contact})
	case there.key.kind() == crm.KindCompany:
		was, err := companyByRid(t, there.key.rid())
		if err != nil {
			return err
		}
		enrich(&was.Company, p.Contact)
		return t.do(crm.UpdateCompany{Company: was.Company})
	}
	return nil
}

// refresh sets what a newcomer has and adds the numbers and addresses that are not there yet.
func refresh(c *crm.Contact, n crm.Contact) {
	set := func(to *string, from string) {
		if from != "" {
			*to = from
		}
	}
	set(&c.FirstName, n.FirstName)
	set(&c.LastName, n.LastName)
	set(&c.Position, n.Position)
	set(&c.Comment, n.Comment)
	set(&c.Source, n.Source)
	c.Numbers, c.Emails = addNumbers(c.Numbers, n.Numbers), addEmails(c.Emails, n.Emails)
	c.SIP, c.Marks, c.Addresses = addMissing(c.SIP, n.SIP), addMissing(c.Marks, n.Marks), addMissing(c.Addresses, n.Addresses)
	for id, value := range n.Fields {
		if c.Fields == nil {
			c.Fields = crm.Values{}
		}
		c.Fields[id] = value
	}
}

func enrich(f *crm.Company, c crm.Contact) {
	f.Numbers, f.Emails = addNumbers(f.Numbers, c.Numbers), addEmails(f.Emails, c.Emails)
	f.SIP, f.Marks, f.Addresses = addMissing(f.SIP, c.SIP), addMissing(f.Marks, c.Marks), addMissing(f.Addresses, c.Addresses)
	if f.Comment == "" {
		f.Comment = c.Comment
	}
	if f.Source == "" {
		f.Source = c.Source
	}
	if f.Fields == nil {
		f.Fields = c.Fields
	}
}

func addMissing[V comparable](have, more []V) []V {
	for _, v := range more {
		if !slices.Contains(have, v) {
			have = append(have, v)
		}
	}
	return have
}

func addNumbers(have, more []crm.Number) []crm.Number {
	for _, n := range more {
		if !slices.ContainsFunc(have, func(h crm.Number) bool { return h.Party().Key() == n.Party().Key() && h.Extension == n.Extension }) {
			have = append(have, n)
		}
	}
	return have
}

func addEmails(have, more []crm.Email) []crm.Email {
	for _, m := range more {
		if !slices.ContainsFunc(have, func(h crm.Email) bool { return strings.EqualFold(h.Address, m.Address) }) {
			have = append(have, m)
		}
	}
	return have
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

// known is a newcomer who is there already.
type known struct {
	is    bool
	key   key // of the record in the file; 0 for one of this import
	place int // among the new contacts of the batch; -1 for none
}

// marksOf are what tells a newcomer from others of the import.
func marksOf(p Newcomer) []string {
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
	return marks
}

// find looks for a newcomer in the file and earlier in the import.
func (t *tx) find(p Newcomer, marks []string, trial *Trial, taken map[crm.E164]bool) (known, error) {
	for _, m := range marks {
		if place, ok := trial.seen[m]; ok {
			return known{is: true, place: place - trial.made}, nil
		}
	}
	name := fold(p.Contact.Name())
	for _, n := range p.Contact.Numbers {
		if n.E164 != 0 && !taken[n.E164] {
			continue
		}
		keys, err := keysOf(t, n.Party())
		if err != nil {
			return known{}, err
		}
		for _, k := range keys {
			m, err := matchOf(t, k, n.Party())
			if err != nil {
				return known{}, err
			}
			if fold(m.Name) == name && k.kind() == crm.KindContact || name == "" && k.kind() == crm.KindCompany && fold(m.Name) == fold(p.Company) {
				return known{is: true, key: k, place: earlierBatch}, nil
			}
		}
	}
	if len(p.Contact.Numbers) > 0 {
		return known{}, nil
	}
	return t.findByName(p, name)
}

// findByName compares people without a number by name, then e-mail or company.
func (t *tx) findByName(p Newcomer, name string) (there known, err error) {
	if name == "" {
		rid, err := companyNamed(t, p.Company)
		return known{is: rid != 0, key: makeKey(crm.KindCompany, rid), place: earlierBatch}, err
	}
	err = each(t, "SELECT "+contactColumns+contactTables+"WHERE c.sort = ?", []any{contactSort(p.Contact)}, func(rows *sql.Rows) error {
		c, err := scanContact(rows)
		same := false
		switch {
		case len(p.Contact.Emails) > 0 && len(c.Emails) > 0:
			same = strings.EqualFold(p.Contact.Emails[0].Address, c.Emails[0].Address)
		case len(p.Contact.Emails) == 0 && len(c.Emails) == 0:
			same = fold(c.companyName) == fold(p.Company)
		}
		if same && !there.is {
			there = known{is: true, key: makeKey(crm.KindContact, c.rid), place: earlierBatch}
		}
		return err
	})
	return there, err
}
