package store

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/maphash"
	"slices"
	"strings"
	"unicode/utf8"

	"leadline/crm"
)

// PreparedRow is a row of an import with all that can be worked out without the file, so that the file's one writer need not do it.
type PreparedRow struct {
	*ImportRow
	name  string // folded
	firm  *firm  // their company; nil for none
	marks []mark // what tells them from others of the import
	alike bool   // perhaps another of those who were prepared together has one of the marks

	row     contactRowValues
	written string // the contact as JSON, but for the company and the brace at the end
	place   int    // by name among those who were prepared together
}

// contactRowValues are the columns of a contact that can be worked out without the file.
type contactRowValues struct {
	id, first, last, position, numbers, more any
	sort                                     string
}

// firm is a company of people who were prepared together.
type firm struct {
	name  string       // folded
	there crm.ID       // of the one that is in the file
	made  *crm.Company // or that a batch adds
	row   named        // of that in the file
}

// ofCompany says whether a row is about a company alone.
func (a *PreparedRow) ofCompany() bool {
	return a.firm != nil && a.name == "" && a.Contact.Name() == "" && !a.Person
}

// stranger is what tells somebody apart of whom there is no name, no number and no address for e-mail; "" for who has one.
func (a *PreparedRow) stranger() string {
	if c := &a.Contact; c.Name() == "" && !a.ofCompany() && len(c.Numbers)+len(c.Emails) == 0 {
		return strangerOf(*c)
	}
	return ""
}

func strangerOf(c crm.Contact) string {
	return strings.Join(append([]string{"", c.Comment}, c.SIP...), "\x00")
}

// id is the company's once it is known whether it is there.
func (f *firm) id() crm.ID {
	if f.made != nil {
		return f.made.ID
	}
	return f.there
}

// PrepareImport prepares the rows of a batch for Import. Importers call it on a goroutine of their own. The prepared rows keep what people
// points to.
func (s *Store) PrepareImport(people []ImportRow) ([]*PreparedRow, error) {
	all := make([]PreparedRow, len(people))
	rows := make([]*PreparedRow, len(people))
	byName := make([]namedPlace, len(people))
	preparer := newPreparer(people)
	for i := range people {
		rows[i] = &all[i]
		all[i].ImportRow = &people[i]
		sort := preparer.folded(people[i].Contact.LastName, people[i].Contact.FirstName)
		all[i].row.sort = sort
		byName[i] = namedPlace{beginning(sort), sort, i}
	}
	// The ids grow with the names, so that both indexes grow at one place after the other: see sortForIndex.
	slices.SortFunc(byName, namedPlace.compare)
	ids, err := s.makeIDs(len(people))
	if err != nil {
		return nil, err
	}
	for place, n := range byName {
		a := rows[n.place]
		a.place, a.Contact.ID = place, ids[place]
	}
	for _, a := range rows {
		a.firm = preparer.firm(a.Company)
		if err := a.prepare(preparer); err != nil {
			return nil, err
		}
	}
	findAlike(rows)
	return rows, nil
}

// findAlike tells those apart who are surely like nobody else of them: of whose marks no other has a hash.
func findAlike(rows []*PreparedRow) {
	marks := 0
	for _, a := range rows {
		marks += len(a.marks)
	}
	const sparse = 16 // bits for each mark
	mask := uint64(64)
	for mask < uint64(sparse*marks) {
		mask *= 2
	}
	once, again := make([]uint64, mask/64), make([]uint64, mask/64)
	mask--
	for _, a := range rows {
		for _, m := range a.marks {
			at, bit := m.first&mask/64, uint64(1)<<(m.first%64)
			again[at] |= once[at] & bit
			once[at] |= bit
		}
	}
	for _, a := range rows {
		a.alike = slices.ContainsFunc(a.marks, func(m mark) bool { return again[m.first&mask/64]&(1<<(m.first%64)) != 0 })
	}
}

// namedPlace is the place of somebody, to be sorted by name. Most names differ in their first eight bytes, which are
// compared as one number.
type namedPlace struct {
	begins uint64
	name   string
	place  int
}

func (n namedPlace) compare(than namedPlace) int {
	if n.begins != than.begins {
		return cmp.Compare(n.begins, than.begins)
	}
	return cmp.Or(strings.Compare(n.name, than.name), n.place-than.place)
}

func beginning(text string) uint64 {
	var first [8]byte
	copy(first[:], text)
	return binary.BigEndian.Uint64(first[:])
}

// PrepareTrial prepares imported people for TryImport alone: only what tells them from others.
func PrepareTrial(people []ImportRow) []*PreparedRow {
	all := make([]PreparedRow, len(people))
	rows := make([]*PreparedRow, len(people))
	preparer := newPreparer(people)
	for i := range people {
		rows[i] = &all[i]
		all[i].ImportRow = &people[i]
		all[i].row.sort = preparer.folded(people[i].Contact.LastName, people[i].Contact.FirstName)
		all[i].firm = preparer.firm(people[i].Company)
		all[i].tellApart(preparer)
	}
	return rows
}

// mark tells people of one import apart: by name and number, by name and e-mail, or by name and company. These are hashed by seeds
// that nobody knows, into 128 bits: two of a million are as good as never alike, and a map of marks has nothing to compare
// or to collect.
type mark struct{ first, second uint64 }

var markSeeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}

func hashOf(text string) mark {
	return mark{maphash.String(markSeeds[0], text), maphash.String(markSeeds[1], text)}
}

// and is the mark of this and a number; of two numbers it is never the same.
func (m mark) and(number uint64) mark {
	const odd, another = 0x9e3779b97f4a7c15, 0xd6e8feb86659fd93
	return mark{m.first ^ number*odd, m.second ^ number*another}
}

func (a *PreparedRow) prepare(on *preparer) (err error) {
	c := &a.Contact
	a.tellApart(on)
	numbers, more := on.numbers(c.Numbers), on.more(contactMore(*c))
	a.row = contactRowValues{id: c.ID.Bytes(), first: c.FirstName, last: c.LastName, position: c.Position, sort: on.folded(c.LastName, c.FirstName)}
	if numbers != "" {
		a.row.numbers = numbers
	}
	if more != "" {
		a.row.more = more
	}
	if a.written, err = on.contact(c, numbers); err != nil {
		return fmt.Errorf("contact %q: %w", c.Name(), err)
	}
	return nil
}

func (a *PreparedRow) tellApart(on *preparer) {
	c := &a.Contact
	a.name = on.folded(strings.TrimSpace(c.FirstName), strings.TrimSpace(c.LastName))
	a.marks = on.roomForMarks(marksOf(c))
	called := a.name
	if a.ofCompany() {
		called = "\x01" + a.companyName() // as nobody is called
	}
	if len(c.Numbers)+len(c.Emails) == 0 {
		a.marks[0] = hashOf(called + "\x00|" + a.companyName() + a.stranger())
		return
	}
	for i, m := range c.Emails {
		a.marks[len(c.Numbers)+i] = hashOf(called + "\x00" + strings.ToLower(m.Address))
	}
	name := hashOf(called)
	for i, n := range c.Numbers {
		if n.E164 != 0 {
			a.marks[i] = name.and(uint64(n.E164))
		} else {
			a.marks[i] = hashOf(called + "\x00" + n.Party().Key())
		}
	}
}

// marksOf is how many marks somebody has.
func marksOf(c *crm.Contact) int { return max(1, len(c.Numbers)+len(c.Emails)) }

// companyName is the name of their company, folded; "" for none.
func (a *PreparedRow) companyName() string {
	if a.firm == nil {
		return ""
	}
	return a.firm.name
}

// preparer is what imported people are prepared with: their texts are written one behind the other, since a piece of memory for each
// took more time than what is in it.
type preparer struct {
	texts  strings.Builder
	json   plainJSON
	fold   []byte
	marks  []mark
	firms  map[string]*firm // by names as they are written; nil for what is none
	byFold map[string]*firm // by those, folded
}

func newPreparer(people []ImportRow) *preparer {
	marks := 0
	for i := range people {
		marks += marksOf(&people[i].Contact)
	}
	return &preparer{marks: make([]mark, marks), firms: map[string]*firm{}, byFold: map[string]*firm{}}
}

// keep is the text as a string.
func (b *preparer) keep(text []byte) string {
	const atOnce = 1 << 16
	if b.texts.Cap()-b.texts.Len() < len(text) {
		b.texts = strings.Builder{}
		b.texts.Grow(max(atOnce, len(text)))
	}
	at := b.texts.Len()
	b.texts.Write(text)
	return b.texts.String()[at:]
}

// folded is fold of two words with a blank between them.
func (b *preparer) folded(one, two string) string {
	b.fold = b.fold[:0]
	for _, s := range [...]string{one, " ", two} {
		for i := range len(s) {
			c := s[i]
			if c >= utf8.RuneSelf {
				return fold(one + " " + two)
			}
			if 'A' <= c && c <= 'Z' {
				c += 'a' - 'A'
			}
			b.fold = append(b.fold, c)
		}
	}
	return b.keep(bytes.TrimSpace(b.fold))
}

func (b *preparer) firm(company string) *firm {
	f, ok := b.firms[company]
	if !ok {
		if name := fold(company); name != "" {
			if f = b.byFold[name]; f == nil {
				f = &firm{name: name}
				b.byFold[name] = f
			}
		}
		b.firms[company] = f
	}
	return f
}

func (b *preparer) roomForMarks(n int) (room []mark) {
	if n > len(b.marks) {
		b.marks = make([]mark, n)
	}
	room, b.marks = b.marks[:n:n], b.marks[n:]
	return room
}

// numbers and more are the columns of these names; "" is none.
func (b *preparer) numbers(numbers []crm.Number) string {
	if len(numbers) == 0 {
		return ""
	}
	if b.json.begin(); b.json.numbers(numbers) {
		return b.keep(b.json.out)
	}
	return textJSON(numbers)
}

func (b *preparer) more(m more) string {
	switch b.json.begin(); {
	case m.empty():
		return ""
	case b.json.more(m):
		return b.keep(b.json.out)
	}
	return textJSON(m)
}

// contact is the JSON of a contact but for the company and the brace at the end, with its numbers as they are written already.
func (b *preparer) contact(c *crm.Contact, numbers string) (string, error) {
	b.json.begin()
	if !b.json.contact(c) {
		rest := *c
		rest.Company, rest.Numbers = "", nil
		written, err := json.Marshal(rest)
		if err != nil {
			return "", err
		}
		b.json.out = append(b.json.out[:0], written[:len(written)-1]...)
	}
	if numbers != "" {
		b.json.out = append(append(b.json.out, `,"numbers":`...), numbers...)
	}
	return b.keep(b.json.out), nil
}
