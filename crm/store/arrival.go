package store

import (
	"cmp"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/maphash"
	"slices"
	"strings"
)

// Arrival is a newcomer with all that can be worked out without the file, so that the file's one writer need not.
type Arrival struct {
	Newcomer
	name, companyName string // folded
	marks             []mark // what tells them from others of the import

	sort          string // see contactSort
	numbers, more any    // the columns of these names
	written       []byte // the contact as JSON, but for the company
	place         int    // by name among those who were prepared together
}

// Arrivals prepares newcomers for Welcome. Importers call it on a goroutine of their own.
func (s *Store) Arrivals(people []Newcomer) ([]*Arrival, error) {
	all := make([]Arrival, len(people))
	arrivals := make([]*Arrival, len(people))
	byName := make([]namedPlace, len(people))
	for i, p := range people {
		arrivals[i] = &all[i]
		all[i].Newcomer = p
		all[i].sort = contactSort(p.Contact)
		byName[i] = namedPlace{beginning(all[i].sort), all[i].sort, i}
	}
	// The ids grow with the names, so that both indexes grow at one place after the other: see sortForIndex.
	slices.SortFunc(byName, namedPlace.compare)
	for place, n := range byName {
		a := arrivals[n.place]
		a.place = place
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

// ForTrial prepares newcomers for TryWelcome alone: only what tells them from others.
func ForTrial(people []Newcomer) []*Arrival {
	all := make([]Arrival, len(people))
	arrivals := make([]*Arrival, len(people))
	for i, p := range people {
		arrivals[i] = &all[i]
		all[i].Newcomer = p
		all[i].sort = contactSort(p.Contact)
		all[i].tellApart()
	}
	return arrivals
}

// mark tells people of one import apart: by name and number, or by name, e-mail and company. These are hashed by seeds
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

func (a *Arrival) prepare() (err error) {
	c := a.Contact
	a.tellApart()
	a.sort, a.numbers, a.more = contactSort(c), numbersJSON(c.Numbers), moreJSON(contactMore(c))
	c.Company, c.Numbers = "", nil
	ok := false
	if a.written, ok = plainContact(c); !ok {
		if a.written, err = json.Marshal(c); err != nil {
			return fmt.Errorf("contact %q: %w", c.Name(), err)
		}
	}
	if numbers, ok := a.numbers.(string); ok { // they are written once
		a.written = append(a.written[:len(a.written)-1], `,"numbers":`...)
		a.written = append(append(a.written, numbers...), '}')
	}
	return nil
}

func (a *Arrival) tellApart() {
	a.name, a.companyName = fold(a.Contact.Name()), fold(a.Company)
	if len(a.Contact.Numbers) == 0 {
		mail := ""
		if len(a.Contact.Emails) > 0 {
			mail = strings.ToLower(a.Contact.Emails[0].Address)
		}
		a.marks = []mark{hashOf(a.name + "\x00" + mail + "|" + a.companyName)}
		return
	}
	name := hashOf(a.name)
	a.marks = make([]mark, len(a.Contact.Numbers))
	for i, n := range a.Contact.Numbers {
		if n.E164 != 0 {
			a.marks[i] = name.and(uint64(n.E164))
		} else {
			a.marks[i] = hashOf(a.name + "\x00" + n.Party().Key())
		}
	}
}
