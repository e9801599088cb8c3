package store

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"leadline/crm"
)

// Arrival is a newcomer with all that can be worked out without the file, so that the file's one writer need not.
type Arrival struct {
	Newcomer
	name, companyName string // folded
	marks             []mark // what tells them from others of the import

	sort          string // see contactSort
	numbers, more any    // the columns of these names
	written       []byte // the contact as JSON, but for the company
}

// Arrivals prepares newcomers for Welcome. Importers call it on a goroutine of their own.
func (s *Store) Arrivals(people []Newcomer) ([]*Arrival, error) {
	all := make([]Arrival, len(people))
	arrivals := make([]*Arrival, len(people))
	for i, p := range people {
		arrivals[i] = &all[i]
		all[i].Newcomer = p
		all[i].sort = contactSort(p.Contact)
	}
	// The ids grow with the names, so that both indexes grow at one place after the other: see sortForIndex.
	for _, a := range slices.SortedFunc(slices.Values(arrivals), func(x, y *Arrival) int { return cmp.Compare(x.sort, y.sort) }) {
		var err error
		if a.Contact.ID, err = s.makeID(); err != nil {
			return nil, err
		}
		if err := a.prepare(); err != nil {
			return nil, err
		}
	}
	return arrivals, nil
}

// mark tells people of one import apart: by name and number, or by name, e-mail and company.
type mark struct {
	name   string
	number crm.E164
	other  string // a short number; else e-mail and company
}

func (a *Arrival) prepare() (err error) {
	c := a.Contact
	a.name, a.companyName = fold(c.Name()), fold(a.Company)
	a.marks = a.findMarks()
	a.sort, a.numbers, a.more = contactSort(c), numbersJSON(c.Numbers), toJSON(contactMore(c))
	c.Company, c.Numbers = "", nil
	if a.written, err = json.Marshal(c); err != nil {
		return fmt.Errorf("contact %q: %w", c.Name(), err)
	}
	if numbers, ok := a.numbers.(string); ok { // they are written once
		a.written = slices.Concat(a.written[:len(a.written)-1], []byte(`,"numbers":`), []byte(numbers), []byte("}"))
	}
	return nil
}

func (a *Arrival) findMarks() []mark {
	if len(a.Contact.Numbers) == 0 {
		mail := ""
		if len(a.Contact.Emails) > 0 {
			mail = strings.ToLower(a.Contact.Emails[0].Address)
		}
		return []mark{{name: a.name, other: mail + "|" + a.companyName}}
	}
	marks := make([]mark, len(a.Contact.Numbers))
	for i, n := range a.Contact.Numbers {
		marks[i] = mark{name: a.name, number: n.E164}
		if n.E164 == 0 {
			marks[i].other = n.Party().Key()
		}
	}
	return marks
}
