package store

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
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
		p.Contact.Company = b.there[p.companyName]
		if c := b.made[p.companyName]; c != nil {
			p.Contact.Company = c.ID
		}
	}
	sortForIndex(b.companies, b.people)
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
func sortForIndex(companies []*crm.Company, people []*Arrival) {
	slices.SortStableFunc(companies, func(x, y *crm.Company) int { return cmp.Compare(x.Name, y.Name) })
	slices.SortFunc(people, func(x, y *Arrival) int { return x.place - y.place })
}

// arguments are the batch as the JSON of crm.ImportContacts, put together of what is written
// already. A company is in the same as its first person, or in the last.
func (b *batch) arguments(by crm.ID) (commands [][]byte, err error) {
	var companies, contacts bytes.Buffer
	list := func(to *bytes.Buffer, parts ...[]byte) {
		if to.Len() > 0 {
			to.WriteByte(',')
		}
		for _, part := range parts {
			to.Write(part)
		}
	}
	finish := func() {
		commands = append(commands, slices.Concat([]byte(`{"companies":[`), companies.Bytes(), []byte(`],"contacts":[`), contacts.Bytes(), []byte(`],"by":"`+string(by)+`"}`)))
		companies.Reset()
		contacts.Reset()
	}
	written := map[*crm.Company]bool{}
	company := func(c *crm.Company) error {
		if c == nil || written[c] {
			return nil
		}
		written[c] = true
		text, err := json.Marshal(c)
		list(&companies, text)
		return err
	}
	for _, p := range b.people {
		if err := company(b.made[p.companyName]); err != nil {
			return nil, fmt.Errorf("write company %q: %w", p.Company, err)
		}
		end := []byte("}")
		if p.Contact.Company != "" {
			end = []byte(`,"company":"` + string(p.Contact.Company) + `"}`)
		}
		list(&contacts, p.written[:len(p.written)-1], end)
		if companies.Len()+contacts.Len() > commandBytes {
			finish()
		}
	}
	for _, c := range b.companies {
		if err := company(c); err != nil {
			return nil, fmt.Errorf("write company %q: %w", c.Name, err)
		}
	}
	if companies.Len()+contacts.Len() > 0 {
		finish()
	}
	return commands, nil
}

// importContacts adds what another import, here or elsewhere, made of its file.
func (t *tx) importContacts(do crm.ImportContacts, at time.Time) error {
	companies := make([]*crm.Company, len(do.Companies))
	for i := range do.Companies {
		companies[i] = &do.Companies[i]
	}
	people := make([]*Arrival, len(do.Contacts))
	for i, c := range do.Contacts {
		people[i] = &Arrival{Newcomer: Newcomer{Contact: c}}
		if err := people[i].prepare(); err != nil {
			return err
		}
	}
	return t.importAll(companies, people, do.By, at)
}

// importAll adds many people and companies, as saveCompany and saveContact
// would one by one, and tells the windows once.
func (t *tx) importAll(companies []*crm.Company, people []*Arrival, by crm.ID, at time.Time) error {
	b := bulk{tx: t, at: at, by: by, later: len(companies)+len(people) >= indexLater, users: map[crm.ID]any{}, companies: map[crm.ID]named{}}
	b.companyRows, b.contactRows = make([]any, 0, companyWidth*len(companies)), make([]any, 0, contactWidth*len(people))
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
	return b.write()
}

// bulk collects the rows of an import, in the order of their tables' keys.
type bulk struct {
	*tx
	at    time.Time
	by    crm.ID
	later bool // the search index is made in the background
	// fromServer: who made and who changed a record is in it; else whoever imports has done both.
	fromServer bool
	users      map[crm.ID]any
	companies  map[crm.ID]named

	lastCompany, lastContact int64
	companyRows, contactRows []any
	wordRows, addressRows    []any
	digitRows                []any
	phones                   []phoneRow
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
	b.companyRows = append(b.companyRows, companyValues(rid, c, responsible, made, b.at)...)
	if b.companyRows[len(b.companyRows)-1], err = b.changedBy(c.ChangedBy, made); err != nil {
		return err
	}
	b.ways(makeKey(crm.KindCompany, rid), c.Numbers, c.SIP)
	if !b.later {
		b.index(makeKey(crm.KindCompany, rid), c.Numbers, companyWords(c))
	}
	return nil
}

func (b *bulk) contact(p *Arrival) error {
	c := p.Contact
	responsible, err := b.user(c.Responsible)
	if err != nil {
		return err
	}
	made, err := b.user(cmp.Or(c.MadeBy, b.by))
	if err != nil {
		return err
	}
	company, ok := b.companies[c.Company]
	if !ok && c.Company != "" {
		if company.rid, err = ridOf(b.tx, "company", c.Company); err != nil {
			return err
		}
		if !b.later {
			if company.name, err = nameOfCompany(b.tx, company.rid); err != nil {
				return err
			}
		}
		b.companies[c.Company] = company
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
	b.contactRows = append(b.contactRows, rid, c.ID.Bytes(), c.FirstName, c.LastName, p.sort, c.Position, nullRid(company.rid), responsible,
		p.numbers, p.more, created, updated, made, changed)
	b.ways(makeKey(crm.KindContact, rid), c.Numbers, c.SIP)
	if !b.later {
		b.index(makeKey(crm.KindContact, rid), c.Numbers, contactWords(c, company.name))
	}
	return nil
}

// ways are those from numbers and SIP addresses to a record.
func (b *bulk) ways(k key, numbers []crm.Number, sip []string) {
	for _, n := range numbers {
		if n.E164 != 0 {
			b.phones = append(b.phones, phoneRow{n.E164, k})
		}
	}
	if len(sip) == 0 && !slices.ContainsFunc(numbers, func(n crm.Number) bool { return n.E164 == 0 }) {
		return
	}
	for _, p := range b.parties(numbers, sip) {
		if p.Kind != crm.Phone {
			b.addressRows = append(b.addressRows, p.Key(), int64(k))
		}
	}
}

// index is what the search has of a record.
func (b *bulk) index(k key, numbers []crm.Number, words string) {
	if windows := digitWindows(numbers); windows != "" {
		b.digitRows = append(b.digitRows, int64(k), windows)
	}
	b.wordRows = append(b.wordRows, int64(k), words)
}

func (b *bulk) write() error {
	slices.SortFunc(b.phones, func(x, y phoneRow) int { return cmp.Compare(x.number, y.number) })
	phones := make([]any, 0, 2*len(b.phones))
	for _, p := range b.phones {
		phones = append(phones, int64(p.number), int64(p.key))
	}
	for _, table := range []struct {
		insert string
		width  int
		values []any
	}{
		{companyInsert, companyWidth, b.companyRows},
		{contactInsert, contactWidth, b.contactRows},
		{phoneInsert, 2, phones},
		{addressInsert, 2, b.addressRows},
		{wordsInsert, 2, b.wordRows},
		{digitsInsert, 2, b.digitRows},
	} {
		if err := b.insertMany(table.insert, table.width, table.values); err != nil {
			return err
		}
	}
	if !b.later {
		return nil
	}
	if n := int64(len(b.companyRows) / companyWidth); n > 0 {
		if err := b.noteUnindexed("company", b.lastCompany-n+1, b.lastCompany); err != nil {
			return err
		}
	}
	if n := int64(len(b.contactRows) / contactWidth); n > 0 {
		return b.noteUnindexed("contact", b.lastContact-n+1, b.lastContact)
	}
	return nil
}
