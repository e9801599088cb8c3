package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"leadline/crm"
)

// Duplicate is a record that is probably the same as another. It is crm's, so that the
// windows can show it without linking SQLite.
type Duplicate = crm.Duplicate

// mostDuplicates are shown; who has more should look at the list.
const mostDuplicates = 20

// Duplicates finds records of the same kind that are probably the same: with one of the
// numbers, one of the e-mail addresses, or the name. Surest first.
func (s *Store) Duplicates(ctx context.Context, r crm.Ref) ([]Duplicate, error) {
	q, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	self, err := keyOf(q, r)
	if err != nil {
		return nil, err
	}
	mine, err := likenessOf(q, self)
	if err != nil {
		return nil, err
	}
	return s.likeThis(ctx, q, r.Kind, self, mine)
}

// Like finds what a record would double that is being typed, as Duplicates does. Its Ref
// may have no ID: it is not there yet.
func (s *Store) Like(ctx context.Context, typed crm.Likeness) ([]Duplicate, error) {
	q, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	self := noKey
	if typed.Ref.ID != "" {
		if self, err = keyOf(q, typed.Ref); err != nil {
			return nil, err
		}
	}
	return s.likeThis(ctx, q, typed.Ref.Kind, self, newLikeness(typed.Name, typed.Numbers, typed.SIP, typed.Emails))
}

// noKey is no record's.
const noKey key = -1

// likeThis finds the records of a kind that are like one, but that one.
func (s *Store) likeThis(ctx context.Context, q querier, kind crm.Kind, self key, mine likeness) ([]Duplicate, error) {
	candidates, err := s.candidates(ctx, q, kind, self, mine)
	if err != nil {
		return nil, err
	}
	var found []Duplicate
	for _, k := range candidates {
		d, err := mine.compare(q, k)
		if err != nil {
			return nil, err
		}
		if d.ByNumber || d.ByEmail || d.ByName {
			found = append(found, d)
		}
	}
	slices.SortStableFunc(found, func(a, b Duplicate) int { return sureness(b) - sureness(a) })
	return found[:min(len(found), mostDuplicates)], nil
}

func sureness(d Duplicate) int { return 4*b2i(d.ByNumber) + 2*b2i(d.ByEmail) + b2i(d.ByName) }

// likeness is what records are compared by.
type likeness struct {
	parties []crm.Party
	emails  []string
	name    string
}

func likenessOf(q querier, k key) (l likeness, err error) {
	var numbers []crm.Number
	var sip []string
	var emails []crm.Email
	switch k.kind() {
	case crm.KindContact:
		c, err := contactByRid(q, k.rid())
		if err != nil {
			return l, err
		}
		numbers, sip, emails, l.name = c.Numbers, c.SIP, c.Emails, c.Name()
	case crm.KindCompany:
		c, err := companyByRid(q, k.rid())
		if err != nil {
			return l, err
		}
		numbers, sip, emails, l.name = c.Numbers, c.SIP, c.Emails, c.Name
	case crm.KindLead:
		c, err := leadByRid(q, k.rid())
		if err != nil {
			return l, err
		}
		numbers, sip, emails, l.name = c.Numbers, c.SIP, c.Emails, c.Name()
	}
	return newLikeness(l.name, numbers, sip, emails), nil
}

func newLikeness(name string, numbers []crm.Number, sip []string, emails []crm.Email) likeness {
	l := likeness{name: name}
	for _, n := range numbers {
		l.parties = append(l.parties, n.Party())
	}
	for _, a := range sip {
		l.parties = append(l.parties, crm.Party{Kind: crm.SIPAddress, Address: a})
	}
	for _, e := range emails {
		l.emails = append(l.emails, strings.ToLower(e.Address))
	}
	return l
}

// candidates are the records of the kind that share a number, or a word of name or e-mail.
func (s *Store) candidates(ctx context.Context, q querier, kind crm.Kind, self key, l likeness) ([]key, error) {
	var all []key
	for _, p := range l.parties {
		keys, err := keysOf(q, p)
		if err != nil {
			return nil, err
		}
		all = append(all, keys...)
	}
	words := append([]string{}, l.emails...)
	if name := strings.Join(crm.NameWords(l.name), " "); name != "" {
		words = append(words, name, german.Replace(name), withoutE(name))
	}
	for _, w := range words {
		keys, err := s.keysByWords(ctx, w, slices.Index(kinds[:], kind), searchedRows)
		if err != nil {
			return nil, err
		}
		all = append(all, keys...)
	}
	slices.Sort(all)
	all = slices.Compact(all)
	return slices.DeleteFunc(all, func(k key) bool { return k == self || k.kind() != kind }), nil
}

// withoutE is a name typed without the e that stands for an umlaut, as the index has "Müller" too.
func withoutE(name string) string {
	return strings.NewReplacer("ae", "a", "oe", "o", "ue", "u", "Ae", "A", "Oe", "O", "Ue", "U").Replace(name)
}

func (l likeness) compare(q querier, k key) (d Duplicate, err error) {
	other, err := likenessOf(q, k)
	if err != nil {
		return d, err
	}
	var by crm.Party
	for _, p := range l.parties {
		if p.Key() != "" && slices.ContainsFunc(other.parties, func(o crm.Party) bool { return o.Key() == p.Key() }) {
			d.ByNumber, by = true, p
		}
	}
	for _, e := range l.emails {
		d.ByEmail = d.ByEmail || slices.Contains(other.emails, e)
	}
	d.ByName = crm.NameKey(l.name) != "" && crm.NameKey(l.name) == crm.NameKey(other.name)
	d.Match, err = matchOf(q, k, by)
	return d, err
}

// MergeOf proposes how gone is put into keep, and in which fields there is a choice; take
// names the fields of which gone's value is wanted.
func (s *Store) MergeOf(ctx context.Context, keep, gone crm.Ref, take map[string]bool) (m crm.MergeRecords, diffs []crm.Difference, err error) {
	q, err := s.read(ctx)
	if err != nil {
		return m, nil, err
	}
	return mergeOf(q, keep, gone, take)
}

func mergeOf(q querier, keep, gone crm.Ref, take map[string]bool) (m crm.MergeRecords, diffs []crm.Difference, err error) {
	k, err := keyOf(q, keep)
	if err != nil {
		return m, nil, err
	}
	g, err := keyOf(q, gone)
	if err != nil {
		return m, nil, err
	}
	// What they are now, if they were merged into others meanwhile.
	if m.Keep, err = refOf(q, k); err == nil {
		m.Gone, err = refOf(q, g)
	}
	if err != nil {
		return m, nil, err
	}
	if m.Keep.Kind != m.Gone.Kind || m.Keep == m.Gone {
		return m, nil, crm.Invalid{Text: crm.Say(crm.MergeUnlike)}
	}
	switch m.Keep.Kind {
	case crm.KindContact:
		a, errA := contactByRid(q, k.rid())
		b, errB := contactByRid(q, g.rid())
		merged, d := crm.MergeContacts(a.Contact, b.Contact, take)
		m.Contact, diffs, err = &merged, d, errors.Join(errA, errB)
	case crm.KindCompany:
		a, errA := companyByRid(q, k.rid())
		b, errB := companyByRid(q, g.rid())
		merged, d := crm.MergeCompanies(a.Company, b.Company, take)
		m.Company, diffs, err = &merged, d, errors.Join(errA, errB)
	case crm.KindLead:
		a, errA := leadByRid(q, k.rid())
		b, errB := leadByRid(q, g.rid())
		merged, d := crm.MergeLeads(a.Lead, b.Lead, take)
		m.Lead, diffs, err = &merged, d, errors.Join(errA, errB)
	default:
		err = crm.Invalid{Text: crm.Say(crm.MergeUnlike)}
	}
	return m, diffs, err
}

// Merge puts one record into another, and says how to take it back.
func (s *Store) Merge(ctx context.Context, m crm.MergeRecords) (u crm.Undo, err error) {
	err = s.write(ctx, func(t *tx) error {
		name, err := nameOf(t, m.Keep)
		if err != nil {
			return err
		}
		gone, err := nameOf(t, m.Gone)
		if err != nil {
			return err
		}
		back, err := t.unmerge(m)
		if err != nil {
			return err
		}
		if err := t.do(m); err != nil {
			return err
		}
		u, err = t.keepUndo(crm.Say(crm.UndoMerge, "gone", gone, "name", name), back, []crm.Ref{m.Keep})
		return err
	})
	return u, err
}

func (t *tx) mergeRecords(m crm.MergeRecords, at time.Time) error {
	if m.Keep.Kind != m.Gone.Kind || m.Keep == m.Gone {
		return crm.Invalid{Text: crm.Say(crm.MergeUnlike)}
	}
	if err := t.removeRecord(crm.RemoveRecord{Ref: m.Gone, Instead: m.Keep}); err != nil {
		return err
	}
	switch {
	case m.Keep.Kind == crm.KindContact && m.Contact != nil && m.Contact.ID == m.Keep.ID:
		return t.saveContact(*m.Contact, at, false)
	case m.Keep.Kind == crm.KindCompany && m.Company != nil && m.Company.ID == m.Keep.ID:
		return t.saveCompany(*m.Company, at, false)
	case m.Keep.Kind == crm.KindLead && m.Lead != nil && m.Lead.ID == m.Keep.ID:
		return t.saveLead(*m.Lead, at, false)
	}
	return fmt.Errorf("merge %s %s: nothing is said of what becomes of it", m.Keep.Kind, m.Keep.ID)
}

// unmerge is how a merge is taken back: the record that goes is made anew
// with its id, and everything hangs where it hung.
func (t *tx) unmerge(m crm.MergeRecords) (back wayBack, err error) {
	recreate, _, err := t.asItIs(m.Gone)
	if err != nil {
		return back, err
	}
	_, restore, err := t.asItIs(m.Keep)
	if err != nil {
		return back, err
	}
	back.first = []crm.Change{recreate, restore}
	if back.hung, err = t.hangingOn(m.Gone); err != nil {
		return back, err
	}
	err = t.pointingTo(&back.hung, m.Gone)
	return back, err
}

// asItIs are the changes that make a record as it is now, and that set it so.
func (t *tx) asItIs(r crm.Ref) (create, update crm.Change, err error) {
	k, err := keyOf(t, r)
	if err != nil {
		return nil, nil, err
	}
	switch r.Kind {
	case crm.KindContact:
		c, err := contactByRid(t, k.rid())
		return crm.CreateContact{Contact: c.Contact}, crm.UpdateContact{Contact: c.Contact}, err
	case crm.KindCompany:
		c, err := companyByRid(t, k.rid())
		return crm.CreateCompany{Company: c.Company}, crm.UpdateCompany{Company: c.Company}, err
	case crm.KindLead:
		l, err := leadByRid(t, k.rid())
		return crm.CreateLead{Lead: l.Lead}, crm.UpdateLead{Lead: l.Lead}, err
	}
	return nil, nil, crm.Invalid{Text: crm.Say(crm.MergeUnlike)}
}

// MoveNumber gives a number of one record to another, with the calls of that number
// if they are to go along, and says how to take it back: somebody has it now who did not then.
func (s *Store) MoveNumber(ctx context.Context, number crm.Number, from, to crm.Ref, withCalls bool) (u crm.Undo, err error) {
	err = s.write(ctx, func(t *tx) error {
		if from, to, err = t.twoOf(from, to); err != nil {
			return err
		}
		peer := number.Party().Key()
		var moved []crm.Number
		take, back, err := t.edited(from, func(numbers []crm.Number) (rest []crm.Number) {
			for _, n := range numbers {
				if n.Party().Key() == peer { // with each of its extensions
					moved = append(moved, n)
				} else {
					rest = append(rest, n)
				}
			}
			return rest
		})
		if err != nil {
			return err
		}
		if len(moved) == 0 {
			moved = []crm.Number{number}
		}
		give, backTo, err := t.edited(to, func(numbers []crm.Number) []crm.Number { return addNumbers(slices.Clone(numbers), moved) })
		if err != nil {
			return err
		}
		undo := wayBack{first: []crm.Change{backTo, back}}
		changes := []crm.Change{take, give}
		if withCalls {
			move, hung, err := t.callsFrom(from, to, peer)
			if err != nil {
				return err
			}
			changes, undo.hung.Calls = append(changes, move...), hung
		}
		names := [2]string{}
		for i, r := range []crm.Ref{from, to} {
			if names[i], err = nameOf(t, r); err != nil {
				return err
			}
		}
		if err := t.do(changes...); err != nil {
			return err
		}
		u, err = t.keepUndo(crm.Say(crm.UndoNumber, "gone", names[0], "name", names[1]), undo, []crm.Ref{to, from})
		return err
	})
	return u, err
}

// twoOf are two records as they are called now, if one was merged into a third meanwhile; they may not have become one.
func (t *tx) twoOf(a, b crm.Ref) (crm.Ref, crm.Ref, error) {
	asked := b
	for _, r := range []*crm.Ref{&a, &b} {
		k, err := keyOf(t, *r)
		if err == nil {
			*r, err = refOf(t, k)
		}
		if err != nil {
			return a, b, err
		}
	}
	if a == b {
		return a, b, fmt.Errorf("%s %s was merged: %w", asked.Kind, asked.ID, ErrNotFound)
	}
	return a, b, nil
}

// edited is the change that gives a record other numbers, and its way back.
func (t *tx) edited(r crm.Ref, edit func([]crm.Number) []crm.Number) (change, back crm.Change, err error) {
	_, back, err = t.asItIs(r)
	if err != nil {
		return nil, nil, err
	}
	switch was := back.(type) {
	case crm.UpdateContact:
		was.Numbers = edit(was.Numbers)
		return was, back, nil
	case crm.UpdateCompany:
		was.Numbers = edit(was.Numbers)
		return was, back, nil
	case crm.UpdateLead:
		was.Numbers = edit(was.Numbers)
		return was, back, nil
	}
	return nil, nil, crm.Invalid{Text: crm.Say(crm.MergeUnlike)}
}

// callsFrom are the changes that put a number's calls from one record on another, and where they hang now.
func (t *tx) callsFrom(from, to crm.Ref, peer string) (move []crm.Change, hung []hungCall, err error) {
	calls, err := callsOf(t, from)
	for _, c := range calls {
		if c.Party.Key() != peer {
			continue
		}
		refs := slices.Clone(c.Refs)
		refs[slices.Index(refs, from)] = to
		move = append(move, crm.LinkCall{Call: c.ID, Refs: union(refs, nil), Reason: c.Reason})
		hung = append(hung, hungCall{Call: c.ID, Refs: c.Refs, Reason: c.Reason})
	}
	return move, hung, err
}
