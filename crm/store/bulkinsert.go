package store

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"leadline/crm"
	"leadline/crm/wire"
)

// commandBytes is how long the arguments of an import's command get before the next one begins: many of them make a push.
const commandBytes = wire.MostBytes / 4

// save adds the batch, by as many commands as keep each of them handy.
func (b *batch) save() error {
	user, err := me(b)
	if err != nil {
		return err
	}
	for _, p := range b.people {
		if p.firm != nil {
			p.Contact.Company = p.firm.id()
		}
	}
	b.sortForIndex()
	commands, err := b.arguments(user.ID)
	if err != nil {
		return err
	}
	c, err := b.tx.command(crm.ImportContacts{})
	if err != nil {
		return err
	}
	perform := func() error { return b.tx.importAll(b.companies, b.people, user.ID, c.At.Time()) }
	for _, args := range commands {
		if err := b.tx.applyWritten(c, args, perform); err != nil {
			return err
		}
		perform = func() error { return nil } // all is done already
		c.At++                                // of the same millisecond
		if c.ID, err = b.tx.s.makeID(); err != nil {
			return err
		}
	}
	return nil
}

// sortForIndex puts a batch in the order of the indexes by name, so that each of their pages is come to once.
func (b *batch) sortForIndex() {
	slices.SortStableFunc(b.companies, func(x, y *crm.Company) int { return cmp.Compare(x.Name, y.Name) })
	last := -1
	for _, p := range b.people {
		last = max(last, p.place)
	}
	placed := make([]*PreparedRow, last+1)
	for _, p := range b.people {
		placed[p.place] = p
	}
	b.people = slices.DeleteFunc(placed, func(p *PreparedRow) bool { return p == nil })
}

// arguments are the batch as the JSON of crm.ImportContacts, put together of what is written
// already. A company is in the same as its first person, or in the last.
func (b *batch) arguments(by crm.ID) (commands []string, err error) {
	var contacts strings.Builder
	var companies plainJSON
	const begin, room = `{"contacts":[`, 1 << 14
	finish := func() {
		contacts.WriteString(`],"companies":[`)
		contacts.Write(companies.out)
		contacts.WriteString(`],"by":"` + string(by) + `"}`)
		commands = append(commands, contacts.String())
		contacts = strings.Builder{}
		companies.begin()
	}
	written := map[*crm.Company]bool{}
	company := func(c *crm.Company) error {
		if c == nil || written[c] {
			return nil
		}
		written[c] = true
		return companies.add(c)
	}
	for _, p := range b.people {
		if contacts.Len() == 0 {
			contacts.Grow(commandBytes + room)
			contacts.WriteString(begin)
		} else {
			contacts.WriteByte(',')
		}
		contacts.WriteString(p.written)
		if p.Contact.Company != "" {
			contacts.WriteString(`,"company":"` + string(p.Contact.Company) + `"`)
		}
		contacts.WriteByte('}')
		if p.firm != nil {
			if err := company(p.firm.made); err != nil {
				return nil, err
			}
		}
		if len(companies.out)+contacts.Len() > commandBytes {
			finish()
		}
	}
	for _, c := range b.companies {
		if err := company(c); err != nil {
			return nil, err
		}
	}
	if len(companies.out) > 0 && contacts.Len() == 0 {
		contacts.WriteString(begin)
	}
	if contacts.Len() > 0 {
		finish()
	}
	return commands, nil
}

// add writes a company behind others.
func (j *plainJSON) add(c *crm.Company) error {
	if len(j.out) > 0 {
		j.out = append(j.out, ',')
	}
	at := len(j.out)
	if j.company(c) {
		return nil
	}
	text, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("write company %q: %w", c.Name, err)
	}
	j.out, j.odd = append(j.out[:at], text...), false
	return nil
}

// importContacts adds what another import, here or elsewhere, made of its file.
func (t *tx) importContacts(do crm.ImportContacts, at time.Time) error {
	companies := make([]*crm.Company, len(do.Companies))
	for i := range do.Companies {
		companies[i] = &do.Companies[i]
	}
	people := make([]*PreparedRow, len(do.Contacts))
	on := newPreparer(nil)
	for i, c := range do.Contacts {
		people[i] = &PreparedRow{ImportRow: &ImportRow{Contact: c}}
		if err := people[i].prepare(on); err != nil {
			return err
		}
	}
	return t.importAll(companies, people, do.By, at)
}

// importAll adds many people and companies, as saveCompany and saveContact
// would one by one, and tells the windows once.
func (t *tx) importAll(companies []*crm.Company, people []*PreparedRow, by crm.ID, at time.Time) error {
	b := newBulk(t)
	b.at, b.by, b.later = at, by, len(companies)+len(people) >= indexLater
	b.phones = make([]phoneRow, 0, 2*len(people))
	for _, c := range companies {
		if err := b.company(*c); err != nil {
			return fmt.Errorf("company %q: %w", c.Name, err)
		}
	}
	for _, p := range people {
		if err := b.contact(p); err != nil {
			return fmt.Errorf("contact %q: %w", p.Contact.Name(), err)
		}
	}
	t.changed = Changed{Lists: true}
	return b.finish()
}

// bulk writes the rows of an import, companies before contacts, and collects those that are written in the order of their tables' keys.
type bulk struct {
	*tx
	at    time.Time
	by    crm.ID
	later bool // the search index is made in the background
	// fromServer: who made and who changed a record is in it; else whoever imports has done both.
	fromServer bool
	users      map[crm.ID]any
	companies  map[crm.ID]named

	lastCompany, lastContact            int64
	companyRows, contactRows, phoneRows inserter
	wordRows, addressRows, digitRows    inserter
	phones                              []phoneRow
}

func newBulk(t *tx) bulk {
	into := func(insert string, width int) inserter { return inserter{tx: t, insert: insert, width: width} }
	return bulk{tx: t, users: map[crm.ID]any{}, companies: map[crm.ID]named{},
		companyRows: into(companyInsert, companyWidth), contactRows: into(contactInsert, contactWidth), phoneRows: into(phoneInsert, 2),
		wordRows: into(wordsInsert, 2), addressRows: into(addressInsert, 2), digitRows: into(digitsInsert, 2)}
}

type named struct {
	rid  int64
	name string
}

type phoneRow struct {
	number crm.E164
	key    key
}

func (b *bulk) user(id crm.ID) (rid any, err error) {
	rid, ok := b.users[id]
	if !ok {
		rid, err = userRid(b.tx, id)
		b.users[id] = rid
	}
	return rid, err
}

func (b *bulk) changedBy(id crm.ID, made any) (any, error) {
	if !b.fromServer {
		return made, nil
	}
	return b.user(id)
}

// next is the rid that the next row of a table gets.
func (b *bulk) next(table string, last *int64) (int64, error) {
	if *last == 0 {
		if err := b.row("SELECT coalesce(max(rid), 0) FROM " + table).Scan(last); err != nil {
			return 0, explain(err)
		}
	}
	*last++
	return *last, nil
}

func (b *bulk) company(c crm.Company) error {
	responsible, err := b.user(c.Responsible)
	if err != nil {
		return err
	}
	made, err := b.user(cmp.Or(c.MadeBy, b.by))
	if err != nil {
		return err
	}
	rid, err := b.next("company", &b.lastCompany)
	if err != nil {
		return err
	}
	b.companies[c.ID] = named{rid, c.Name}
	row := companyValues(rid, c, responsible, made, b.at)
	if row[len(row)-1], err = b.changedBy(c.ChangedBy, made); err != nil {
		return err
	}
	if err := b.companyRows.add(row...); err != nil {
		return err
	}
	if err := b.ways(makeKey(crm.KindCompany, rid), c.Numbers, c.SIP); err != nil || b.later {
		return err
	}
	return b.index(makeKey(crm.KindCompany, rid), c.Numbers, companyWords(c))
}

func (b *bulk) contact(p *PreparedRow) error {
	if err := b.companyRows.flush(); err != nil { // to which it may point
		return err
	}
	c := &p.Contact
	responsible, err := b.user(c.Responsible)
	if err != nil {
		return err
	}
	made, err := b.user(cmp.Or(c.MadeBy, b.by))
	if err != nil {
		return err
	}
	company, err := b.companyOf(p)
	if err != nil {
		return err
	}
	rid, err := b.next("contact", &b.lastContact)
	if err != nil {
		return err
	}
	changed, err := b.changedBy(c.ChangedBy, made)
	if err != nil {
		return err
	}
	created, updated := stamps(c.Created, c.Updated, b.at)
	r := &p.row
	if err := b.contactRows.add(rid, r.id, r.first, r.last, r.sort, r.position, nullRid(company.rid), responsible, r.numbers, r.more,
		created, updated, made, changed); err != nil {
		return err
	}
	if err := b.ways(makeKey(crm.KindContact, rid), c.Numbers, c.SIP); err != nil || b.later {
		return err
	}
	return b.index(makeKey(crm.KindContact, rid), c.Numbers, contactWords(*c, company.name))
}

// companyOf is somebody's company; it is looked up once for all of its people.
func (b *bulk) companyOf(p *PreparedRow) (company named, err error) {
	id := p.Contact.Company
	if id == "" {
		return company, nil
	}
	if p.firm != nil && p.firm.row.rid != 0 {
		return p.firm.row, nil
	}
	company, ok := b.companies[id]
	if !ok {
		if company.rid, err = ridOf(b.tx, "company", id); err != nil {
			return company, err
		}
		if !b.later {
			if company.name, err = nameOfCompany(b.tx, company.rid); err != nil {
				return company, err
			}
		}
		b.companies[id] = company
	}
	if p.firm != nil {
		p.firm.row = company
	}
	return company, nil
}

// ways are those from numbers and SIP addresses to a record.
func (b *bulk) ways(k key, numbers []crm.Number, sip []string) error {
	for _, n := range numbers {
		if n.E164 != 0 {
			b.phones = append(b.phones, phoneRow{n.E164, k})
		}
	}
	if len(sip) == 0 && !slices.ContainsFunc(numbers, func(n crm.Number) bool { return n.E164 == 0 }) {
		return nil
	}
	for _, p := range b.parties(numbers, sip) {
		if p.Kind != crm.Phone {
			if err := b.addressRows.add(p.Key(), int64(k)); err != nil {
				return err
			}
		}
	}
	return nil
}

// index is what the search has of a record.
func (b *bulk) index(k key, numbers []crm.Number, words string) error {
	if windows := digitWindows(numbers); windows != "" {
		if err := b.digitRows.add(int64(k), windows); err != nil {
			return err
		}
	}
	return b.wordRows.add(int64(k), words)
}

// finish writes what is left.
func (b *bulk) finish() error {
	slices.SortFunc(b.phones, func(x, y phoneRow) int { return cmp.Compare(x.number, y.number) })
	for _, p := range b.phones {
		b.s.taken.add(p.number)
		if err := b.phoneRows.add(int64(p.number), int64(p.key)); err != nil {
			return err
		}
	}
	for _, rows := range []*inserter{&b.companyRows, &b.contactRows, &b.phoneRows, &b.addressRows, &b.wordRows, &b.digitRows} {
		if err := rows.flush(); err != nil {
			return err
		}
	}
	if !b.later {
		return nil
	}
	if n := b.companyRows.rows; n > 0 {
		if err := b.noteUnindexed("company", b.lastCompany-n+1, b.lastCompany); err != nil {
			return err
		}
	}
	if n := b.contactRows.rows; n > 0 {
		return b.noteUnindexed("contact", b.lastContact-n+1, b.lastContact)
	}
	return nil
}
