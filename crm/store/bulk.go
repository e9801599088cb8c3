package store

import (
	"context"
	"database/sql"
	"maps"
	"slices"
	"strings"

	"leadline/crm"
)

// ImportRow is one row of an import: a person with the name of their company.
type ImportRow struct {
	Contact crm.Contact // without ID and company
	Company string      // its name; "" for none
	Named   bool        // Contact.Responsible is whom the file names, and not whom the import gives all to
	Person  bool        // without a name, too, somebody of the company, and not the company itself
}

// ImportCounts says what became of the rows of an import.
type ImportCounts struct{ Contacts, Companies, Updated, Skipped int }

// Duplicates says what happens to an imported person who is there already.
type Duplicates string

const (
	Skip   Duplicates = "skip"   // nothing; also the zero value
	Update Duplicates = "update" // what the imported person has is set, numbers, e-mails and lines of the comment are added
	Add    Duplicates = "add"    // there will be two
)

// Trial remembers who came in earlier batches of an import that writes nothing: eight bytes for each number, e-mail and
// company, so that a preview of a million rows needs no memory to speak of. That two of a million look alike by these and
// are not happens once in a million previews.
type Trial struct {
	seen      map[uint64]struct{} // first halves of marks
	companies map[uint64]struct{} // see hashOf
}

// Import adds people, and the companies that are not there by name yet, in one
// transaction. Who is there already is known by name and number, else by name and e-mail, and by name and company where
// there is neither. people are all rows that one call of PrepareImport gave.
func (s *Store) Import(ctx context.Context, people []*PreparedRow, d Duplicates) (w ImportCounts, err error) {
	err = s.writeBy(ctx, s.commitBulk, func(t *tx) error {
		if err := t.rememberTaken(len(people)); err != nil {
			return err
		}
		b := batch{querier: t, tx: t, duplicates: d}
		if w, err = b.importRows(people); err != nil {
			return err
		}
		if w.Contacts+w.Companies > 0 {
			if err := b.save(); err != nil {
				return err
			}
		}
		return b.bringUpToDate()
	})
	if err != nil {
		return ImportCounts{}, err
	}
	return w, nil
}

// TryImport says what Import would do. It writes nothing and lets others write; people may be of PrepareTrial.
func (s *Store) TryImport(ctx context.Context, people []*PreparedRow, d Duplicates, trial *Trial) (ImportCounts, error) {
	if trial.seen == nil {
		trial.seen, trial.companies = map[uint64]struct{}{}, map[uint64]struct{}{}
	}
	r, err := s.read(ctx)
	if err != nil {
		return ImportCounts{}, err
	}
	b := batch{querier: r, duplicates: d, trial: trial}
	return b.importRows(people)
}

// elsewhere is the place of what is not among the contacts of this batch.
const elsewhere = -1

// batch is some people of an import, on their way into the file.
type batch struct {
	querier
	tx         *tx    // nil in a trial
	trial      *Trial // nil where it is none
	duplicates Duplicates
	seen       map[mark]known    // who came in this batch; of those who are like nobody else in it only in a trial
	taken      map[crm.E164]bool // those of their numbers that records have already
	namesakes  map[string]bool   // see there

	companies []*crm.Company // new ones
	people    []*PreparedRow // new ones
	newer     []newer        // of those who are there
	preparer  *preparer      // for who is brought up to date
}

// newer is a contact or company that is there, and what an import has of them.
type newer struct {
	key key
	by  *PreparedRow
}

func (b *batch) importRows(people []*PreparedRow) (w ImportCounts, err error) {
	if err = b.findFirms(people); err != nil {
		return w, err
	}
	if b.taken, err = b.takenNumbers(people); err != nil {
		return w, err
	}
	if b.namesakes, err = b.findNamesakes(people); err != nil {
		return w, err
	}
	b.seen = map[mark]known{}
	for _, p := range people {
		var there known
		if b.duplicates != Add {
			if there, err = b.find(p); err != nil {
				return w, err
			}
		}
		switch {
		case !there.is:
			err = b.add(p)
		case b.duplicates == Update:
			w.Updated++
			b.see(p, there)
			err = b.update(there, p)
		default:
			w.Skipped++
		}
		if err != nil {
			return w, err
		}
	}
	w.Contacts, w.Companies = len(b.people), len(b.companies)
	return w, nil
}

// add adds an imported person to the batch, and their company where that is new.
func (b *batch) add(p *PreparedRow) error {
	if err := b.addCompany(p); err != nil {
		return err
	}
	if p.ofCompany() { // its numbers are the company's
		b.see(p, known{is: true, place: elsewhere})
		return b.giveToCompany(p)
	}
	b.see(p, known{is: true, place: len(b.people)})
	b.people = append(b.people, p)
	return nil
}

// see remembers who somebody is, for those who come after.
func (b *batch) see(p *PreparedRow, who known) {
	if !p.alike && b.trial == nil {
		return
	}
	for _, m := range p.marks {
		if _, ok := b.seen[m]; ok {
			continue
		}
		b.seen[m] = who
		if b.trial != nil {
			b.trial.seen[m.first] = struct{}{}
		}
	}
}

func (b *batch) addCompany(p *PreparedRow) error {
	f := p.firm
	if f == nil || f.made != nil || f.there != "" {
		return nil
	}
	c := &crm.Company{Name: p.Company, Responsible: p.Contact.Responsible}
	if b.trial != nil {
		name := hashOf(f.name).first
		if _, ok := b.trial.companies[name]; ok {
			return nil
		}
		b.trial.companies[name] = struct{}{}
	} else {
		var err error
		if c.ID, err = b.tx.s.makeID(); err != nil {
			return err
		}
	}
	b.companies, f.made = append(b.companies, c), c
	return nil
}

// giveToCompany gives what a nameless row has to its company: one that is made in this
// batch, else one that is there.
func (b *batch) giveToCompany(p *PreparedRow) error {
	if b.tx == nil {
		return nil
	}
	if c := p.firm.made; c != nil {
		enrich(c, p.Contact)
		return nil
	}
	rid, err := ridOf(b, "company", p.firm.there)
	if err != nil || rid == 0 {
		return err
	}
	was, err := companyByRid(b, rid)
	if err != nil {
		return err
	}
	enrich(&was.Company, p.Contact)
	return b.tx.do(crm.UpdateCompany{Company: was.Company})
}

// update brings a contact or company that is there up to date with an imported person. What is in the file already is so when
// the companies of this batch are, too.
func (b *batch) update(there known, p *PreparedRow) error {
	switch {
	case b.tx == nil:
		return b.addCompany(p)
	case there.place >= 0:
		earlier := b.people[there.place]
		refresh(&earlier.Contact, p)
		if earlier.Company == "" || p.Company != "" {
			earlier.Company, earlier.firm = p.Company, p.firm
		}
		if err := b.addCompany(p); err != nil {
			return err
		}
		if b.preparer == nil {
			b.preparer = newPreparer(nil)
		}
		return earlier.prepare(b.preparer)
	case there.key == 0: // the company of this batch
		if p.firm != nil && p.firm.made != nil {
			refreshCompany(p.firm.made, p)
		}
		return nil
	}
	b.newer = append(b.newer, newer{there.key, p})
	return b.addCompany(p)
}

// bringUpToDate writes what is newer of those who are there.
func (b *batch) bringUpToDate() error {
	for _, n := range b.newer {
		if n.key.kind() == crm.KindCompany {
			was, err := companyByRid(b, n.key.rid())
			if err != nil {
				return err
			}
			refreshCompany(&was.Company, n.by)
			if err := b.tx.do(crm.UpdateCompany{Company: was.Company}); err != nil {
				return err
			}
			continue
		}
		was, err := contactByRid(b, n.key.rid())
		if err != nil {
			return err
		}
		refresh(&was.Contact, n.by)
		if f := n.by.firm; f != nil && fold(was.companyName) != f.name {
			was.Contact.Company = f.id()
		}
		if err := b.tx.do(crm.UpdateContact{Contact: was.Contact}); err != nil {
			return err
		}
	}
	return nil
}

// refresh sets what an imported person has and adds the numbers and addresses that are not there yet. Of the comment nothing is
// taken away: an agent may have written it.
func refresh(c *crm.Contact, p *PreparedRow) {
	n := p.Contact
	set(&c.FirstName, n.FirstName)
	set(&c.LastName, n.LastName)
	set(&c.Position, n.Position)
	set(&c.Source, n.Source)
	if p.Named {
		c.Responsible = n.Responsible
	}
	c.Comment = addLines(c.Comment, n.Comment)
	c.Numbers, c.Emails = addNumbers(c.Numbers, n.Numbers), addEmails(c.Emails, n.Emails)
	c.SIP, c.Marks, c.Addresses = addMissing(c.SIP, n.SIP), addMissing(c.Marks, n.Marks), addMissing(c.Addresses, n.Addresses)
	c.Fields = setFields(c.Fields, n.Fields)
}

// refreshCompany is refresh for a company, of a row that is about nobody else.
func refreshCompany(f *crm.Company, p *PreparedRow) {
	n := p.Contact
	set(&f.Source, n.Source)
	if p.Named {
		f.Responsible = n.Responsible
	}
	f.Comment = addLines(f.Comment, n.Comment)
	f.Numbers, f.Emails = addNumbers(f.Numbers, n.Numbers), addEmails(f.Emails, n.Emails)
	f.SIP, f.Marks, f.Addresses = addMissing(f.SIP, n.SIP), addMissing(f.Marks, n.Marks), addMissing(f.Addresses, n.Addresses)
	f.Fields = setFields(f.Fields, n.Fields)
}

func set(to *string, from string) {
	if from != "" {
		*to = from
	}
}

func setFields(have, more crm.Values) crm.Values {
	for id, value := range more {
		if have == nil {
			have = crm.Values{}
		}
		have[id] = value
	}
	return have
}

// addLines adds the lines of a comment that are not in it yet.
func addLines(have, more string) string {
	lines := slices.Collect(strings.SplitSeq(have, "\n"))
	for line := range strings.SplitSeq(more, "\n") {
		if !slices.Contains(lines, line) {
			lines = append(lines, line)
			have += "\n" + line
		}
	}
	return strings.TrimPrefix(have, "\n")
}

func enrich(f *crm.Company, c crm.Contact) {
	f.Numbers, f.Emails = addNumbers(f.Numbers, c.Numbers), addEmails(f.Emails, c.Emails)
	f.SIP, f.Marks, f.Addresses = addMissing(f.SIP, c.SIP), addMissing(f.Marks, c.Marks), addMissing(f.Addresses, c.Addresses)
	f.Comment = addLines(f.Comment, c.Comment)
	if f.Source == "" {
		f.Source = c.Source
	}
	for id, value := range c.Fields {
		if f.Fields[id] == "" {
			f.Fields = setFields(f.Fields, crm.Values{id: value})
		}
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
		if !hasEmail(have, m) {
			have = append(have, m)
		}
	}
	return have
}

func hasEmail(have []crm.Email, m crm.Email) bool {
	return slices.ContainsFunc(have, func(h crm.Email) bool { return strings.EqualFold(h.Address, m.Address) })
}

// findFirms finds the companies of imported people that are there.
func (b *batch) findFirms(people []*PreparedRow) error {
	firms := map[string]*firm{}
	for _, p := range people {
		if p.firm != nil {
			p.firm.there, p.firm.made, p.firm.row = "", nil, named{}
			firms[p.firm.name] = p.firm
		}
	}
	return each(b, "SELECT f.sort, f.id FROM json_each(?) j JOIN company f ON f.sort = j.value ORDER BY f.rid DESC",
		[]any{orEmpty(toJSON(slices.Sorted(maps.Keys(firms))))}, func(rows *sql.Rows) error {
			var name string
			var id crm.ID
			err := rows.Scan(&name, idBlob{&id})
			firms[name].there = id // the oldest of that name is the last
			return err
		})
}

// takenNumbers are those of imported rows' numbers that records have already.
func (b *batch) takenNumbers(people []*PreparedRow) (map[crm.E164]bool, error) {
	var remembered *takenNumbers
	if b.tx != nil {
		remembered = b.tx.s.taken
	}
	var numbers []crm.E164
	for _, p := range people {
		for _, n := range p.Contact.Numbers {
			if n.E164 != 0 && remembered.may(n.E164) {
				numbers = append(numbers, n.E164)
			}
		}
	}
	taken := map[crm.E164]bool{}
	if len(numbers) == 0 {
		return taken, nil
	}
	slices.Sort(numbers) // one walk through the index, not a jump for each
	err := each(b, "SELECT DISTINCT p.e164 FROM json_each(?) j CROSS JOIN phone p ON p.e164 = j.value", []any{toJSON(numbers)},
		func(rows *sql.Rows) error {
			var n int64
			err := rows.Scan(&n)
			taken[crm.E164(n)] = true
			return err
		})
	return taken, err
}

// known is an imported person who is there already.
type known struct {
	is    bool
	key   key // of the record in the file; 0 for one of this import
	place int // among the new contacts of the batch; or elsewhere
}

// find looks for an imported person in the file and earlier in the import.
func (b *batch) find(p *PreparedRow) (known, error) {
	for _, m := range p.marks {
		if !p.alike && b.trial == nil {
			break
		}
		if who, ok := b.seen[m]; ok {
			return who, nil
		}
		if b.trial != nil {
			if _, ok := b.trial.seen[m.first]; ok {
				return known{is: true, place: elsewhere}, nil
			}
		}
	}
	for _, n := range p.Contact.Numbers {
		if n.E164 != 0 && !b.taken[n.E164] {
			continue
		}
		keys, err := keysOf(b, n.Party())
		if err != nil {
			return known{}, err
		}
		for _, k := range keys {
			m, err := matchOf(b, k, n.Party())
			if err != nil {
				return known{}, err
			}
			same := k.kind() == crm.KindContact && fold(m.Name) == p.name
			if p.ofCompany() {
				same = k.kind() == crm.KindCompany && fold(m.Name) == p.companyName()
			}
			if same {
				return known{is: true, key: k, place: elsewhere}, nil
			}
		}
	}
	if len(p.Contact.Numbers) > 0 && !b.namesakes[p.row.sort] {
		return known{}, nil
	}
	return b.findByName(p)
}

// findNamesakes finds whose names contacts have already, of those imported people who have a number and an e-mail address: who has
// another number may be known by the address.
func (b *batch) findNamesakes(people []*PreparedRow) (map[string]bool, error) {
	namesakes := map[string]bool{}
	var names []string
	for _, p := range people {
		if p.name != "" && len(p.Contact.Numbers) > 0 && len(p.Contact.Emails) > 0 {
			names = append(names, p.row.sort)
		}
	}
	if len(names) == 0 || b.duplicates == Add {
		return namesakes, nil
	}
	slices.Sort(names) // one walk through the index, not a jump for each
	err := each(b, "SELECT j.value FROM json_each(?) j WHERE EXISTS(SELECT 1 FROM contact WHERE sort = j.value)", []any{toJSON(names)},
		func(rows *sql.Rows) error {
			var name string
			err := rows.Scan(&name)
			namesakes[name] = true
			return err
		})
	return namesakes, err
}

// findByName compares people by name, then e-mail, or company where nobody has an address and the imported person no number.
func (b *batch) findByName(p *PreparedRow) (there known, err error) {
	if p.ofCompany() {
		rid, err := companyNamed(b, p.Company)
		return known{is: rid != 0, key: makeKey(crm.KindCompany, rid), place: elsewhere}, err
	}
	if p.Contact.Name() == "" && !p.Person {
		return known{}, nil // there may be very many without a name
	}
	err = each(b, "SELECT "+contactColumns+contactTables+"WHERE c.sort = ?", []any{p.row.sort}, func(rows *sql.Rows) error {
		c, err := scanContact(rows)
		same := slices.ContainsFunc(p.Contact.Emails, func(m crm.Email) bool { return hasEmail(c.Emails, m) })
		if len(c.Emails)+len(p.Contact.Emails)+len(p.Contact.Numbers) == 0 {
			same = fold(c.companyName) == p.companyName()
			if stranger := p.stranger(); stranger != "" {
				same = same && strangerOf(c.Contact) == stranger
			}
		}
		if same && !there.is {
			there = known{is: true, key: makeKey(crm.KindContact, c.rid), place: elsewhere}
		}
		return err
	})
	return there, err
}
