package store

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Arrival is a newcomer with all that can be worked out without the file, so that the file's one writer need not.
type Arrival struct {
	Newcomer
	name, companyName string   // folded
	marks             []string // what tells them from others of the import

	sort          string // see contactSort
	numbers, more any    // the columns of these names
	written       []byte // the contact as JSON, but for the company
}

// Arrivals prepares newcomers for Welcome. Importers call it on a goroutine of their own.
func (s *Store) Arrivals(people []Newcomer) ([]*Arrival, error) {
	all := make([]Arrival, len(people))
	arrivals := make([]*Arrival, len(people))
	for i, p := range people {
		a := &all[i]
		a.Newcomer = p
		var err error
		if a.Contact.ID, err = s.makeID(); err != nil {
			return nil, err
		}
		if err := a.prepare(); err != nil {
			return nil, err
		}
		arrivals[i] = a
	}
	return arrivals, nil
}

func (a *Arrival) prepare() (err error) {
	c := a.Contact
	a.name, a.companyName = fold(c.Name()), fold(a.Company)
	a.marks = a.findMarks()
	a.sort, a.numbers, a.more = contactSort(c), toJSON(c.Numbers), toJSON(contactMore(c))
	c.Company = ""
	if a.written, err = json.Marshal(c); err != nil {
		return fmt.Errorf("contact %q: %w", c.Name(), err)
	}
	return nil
}

func (a *Arrival) findMarks() []string {
	marks := make([]string, 0, len(a.Contact.Numbers)+1)
	for _, n := range a.Contact.Numbers {
		marks = append(marks, a.name+"|"+n.Party().Key())
	}
	if len(marks) == 0 {
		mail := ""
		if len(a.Contact.Emails) > 0 {
			mail = strings.ToLower(a.Contact.Emails[0].Address)
		}
		marks = append(marks, a.name+"|"+mail+"|"+a.companyName)
	}
	return marks
}
