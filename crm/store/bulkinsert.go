package store

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"leadline/crm"
)

// rowsAtOnce are written by one statement of an import: the way into SQLite and
// back costs as much as the row.
const rowsAtOnce = 100

// importContacts adds many people and companies, as saveCompany and saveContact
// would one by one, and tells the windows once.
func (t *tx) importContacts(do crm.ImportContacts, at time.Time) error {
	b := bulk{tx: t, at: at, by: do.By, users: map[crm.ID]any{}, companies: map[crm.ID]named{}}
	for _, c := range do.Companies {
		if err := b.company(c); err != nil {
			return fmt.Errorf("company %q: %w", c.Name, err)
		}
	}
	for _, c := range do.Contacts {
		if err := b.contact(c); err != nil {
			return fmt.Errorf("contact %q: %w", c.Name(), err)
		}
	}
	t.changed = Changed{Lists: true}
	return b.write()
}

// bulk collects the rows of an import, in the order of their tables' keys.
type bulk struct {
	*tx
	at        time.Time
	by        crm.ID
	users     map[crm.ID]any
	companies map[crm.ID]named

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
	b.index(makeKey(crm.KindCompany, rid), c.Numbers, c.SIP, companyWords(c))
	return nil
}

func (b *bulk) contact(c crm.Contact) error {
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
		if company.name, err = nameOfCompany(b.tx, company.rid); err != nil {
			return err
		}
		b.companies[c.Company] = company
	}
	rid, err := b.next("contact", &b.lastContact)
	if err != nil {
		return err
	}
	b.contactRows = append(b.contactRows, contactValues(rid, c, company.rid, responsible, made, b.at)...)
	b.index(makeKey(crm.KindContact, rid), c.Numbers, c.SIP, contactWords(c, company.name))
	return nil
}

func (b *bulk) index(k key, numbers []crm.Number, sip []string, words string) {
	for _, p := range b.parties(numbers, sip) {
		if p.Kind == crm.Phone {
			b.phones = append(b.phones, phoneRow{p.E164, k})
		} else {
			b.addressRows = append(b.addressRows, p.Key(), int64(k))
		}
	}
	if windows := digitWindows(numbers); windows != "" {
		b.digitRows = append(b.digitRows, int64(k), windows)
	}
	b.wordRows = append(b.wordRows, int64(k), words)
}

func (b *bulk) write() error {
	slices.SortFunc(b.phones, func(x, y phoneRow) int { return int(int64(x.number) - int64(y.number)) })
	phones := make([]any, 0, 2*len(b.phones))
	for _, p := range b.phones {
		phones = append(phones, int64(p.number), int64(p.key))
	}
	for _, table := range []struct {
		insert string
		width  int
		values []any
	}{
		{companyInsert, 11, b.companyRows},
		{contactInsert, 14, b.contactRows},
		{phoneInsert, 2, phones},
		{addressInsert, 2, b.addressRows},
		{wordsInsert, 2, b.wordRows},
		{digitsInsert, 2, b.digitRows},
	} {
		if err := b.insertMany(table.insert, table.width, table.values); err != nil {
			return err
		}
	}
	return nil
}

// insertMany writes rows of that many values each.
func (t *tx) insertMany(insert string, width int, values []any) error {
	one := "(" + strings.Repeat("?, ", width-1) + "?)"
	many := insert + strings.Repeat(one+", ", rowsAtOnce-1) + one
	for len(values) >= rowsAtOnce*width {
		if _, err := t.exec(many, values[:rowsAtOnce*width]...); err != nil {
			return err
		}
		values = values[rowsAtOnce*width:]
	}
	for ; len(values) > 0; values = values[width:] {
		if _, err := t.exec(insert+one, values[:width]...); err != nil {
			return err
		}
	}
	return nil
}
