package crm

import (
	"maps"
	"slices"
)

// Difference is a field in which two records differ, both filled in.
type Difference struct {
	Field      string // its name in JSON: "last_name"; of a custom field its id
	Keep, Gone string
}

// Duplicate is a record that is probably the same as another, and by what.
type Duplicate struct {
	Match
	ByNumber, ByEmail, ByName bool
}

// Likeness is what a record is compared by with others; its Ref has no ID while it is not saved.
type Likeness struct {
	Ref     Ref
	Name    string
	Numbers []Number
	SIP     []string
	Emails  []Email
}

// scalar is a field of a record that has one value.
type scalar[T any] struct {
	name string
	of   func(*T) *string
}

func idField[T any](name string, of func(*T) *ID) scalar[T] {
	return scalar[T]{name, func(r *T) *string { return (*string)(of(r)) }}
}

var contactScalars = []scalar[Contact]{
	{"first_name", func(c *Contact) *string { return &c.FirstName }},
	{"last_name", func(c *Contact) *string { return &c.LastName }},
	{"position", func(c *Contact) *string { return &c.Position }},
	{"source", func(c *Contact) *string { return &c.Source }},
	idField("company", func(c *Contact) *ID { return &c.Company }),
	idField("responsible", func(c *Contact) *ID { return &c.Responsible }),
}

var companyScalars = []scalar[Company]{
	{"name", func(c *Company) *string { return &c.Name }},
	{"source", func(c *Company) *string { return &c.Source }},
	idField("responsible", func(c *Company) *ID { return &c.Responsible }),
}

var leadScalars = []scalar[Lead]{
	{"title", func(l *Lead) *string { return &l.Title }},
	{"first_name", func(l *Lead) *string { return &l.FirstName }},
	{"last_name", func(l *Lead) *string { return &l.LastName }},
	{"company_name", func(l *Lead) *string { return &l.CompanyName }},
	{"source", func(l *Lead) *string { return &l.Source }},
	idField("responsible", func(l *Lead) *ID { return &l.Responsible }),
}

// parts are what people, companies and leads have several of, or write freely: merged, it is joined.
type parts struct {
	numbers   *[]Number
	sip       *[]string
	emails    *[]Email
	addresses *[]Address
	marks     *[]string
	comment   *string
	fields    *Values
}

func (c *Contact) parts() parts {
	return parts{&c.Numbers, &c.SIP, &c.Emails, &c.Addresses, &c.Marks, &c.Comment, &c.Fields}
}

func (c *Company) parts() parts {
	return parts{&c.Numbers, &c.SIP, &c.Emails, &c.Addresses, &c.Marks, &c.Comment, &c.Fields}
}

func (l *Lead) parts() parts {
	return parts{&l.Numbers, &l.SIP, &l.Emails, &l.Addresses, &l.Marks, &l.Comment, &l.Fields}
}

// MergeContacts puts gone into keep. Where both have a value keep's stays, but for the fields
// named in take; numbers and addresses are joined, comments stand below each other. It tells
// in which fields there was a choice.
func MergeContacts(keep, gone Contact, take map[string]bool) (Contact, []Difference) {
	diffs := mergeScalars(&keep, &gone, contactScalars, take)
	diffs = append(diffs, mergeParts(keep.parts(), gone.parts(), take)...)
	return keep, diffs
}

// MergeCompanies is MergeContacts for companies.
func MergeCompanies(keep, gone Company, take map[string]bool) (Company, []Difference) {
	diffs := mergeScalars(&keep, &gone, companyScalars, take)
	diffs = append(diffs, mergeParts(keep.parts(), gone.parts(), take)...)
	return keep, diffs
}

// MergeLeads is MergeContacts for leads. The status is the one of keep.
func MergeLeads(keep, gone Lead, take map[string]bool) (Lead, []Difference) {
	diffs := mergeScalars(&keep, &gone, leadScalars, take)
	diffs = append(diffs, mergeParts(keep.parts(), gone.parts(), take)...)
	return keep, diffs
}

func mergeScalars[T any](keep, gone *T, scalars []scalar[T], take map[string]bool) (diffs []Difference) {
	for _, s := range scalars {
		k, g := s.of(keep), s.of(gone)
		if *k != "" && *g != "" && *k != *g {
			diffs = append(diffs, Difference{s.name, *k, *g})
		}
		if *k == "" || *g != "" && take[s.name] {
			*k = *g
		}
	}
	return diffs
}

func mergeParts(keep, gone parts, take map[string]bool) (diffs []Difference) {
	*keep.numbers = joinNumbers(*keep.numbers, *gone.numbers)
	*keep.sip = joinSame(*keep.sip, *gone.sip)
	*keep.emails = joinEmails(*keep.emails, *gone.emails)
	*keep.addresses = joinSame(*keep.addresses, *gone.addresses)
	*keep.marks = joinSame(*keep.marks, *gone.marks)
	*keep.comment = joinComments(*keep.comment, *gone.comment)
	*keep.fields, diffs = mergeFields(*keep.fields, *gone.fields, take)
	return diffs
}

func mergeFields(keep, gone Values, take map[string]bool) (out Values, diffs []Difference) {
	out = maps.Clone(keep)
	for _, id := range slices.Sorted(maps.Keys(gone)) {
		k, g := keep[id], gone[id]
		if k != "" && g != "" && k != g {
			diffs = append(diffs, Difference{string(id), k, g})
		}
		if g != "" && (k == "" || take[string(id)]) {
			if out == nil {
				out = Values{}
			}
			out[id] = g
		}
	}
	return out, diffs
}

func joinNumbers(keep, gone []Number) []Number {
	return joinBy(keep, gone, func(n Number) string {
		if key := n.Party().Key(); key != "" {
			return key + ";" + n.Extension
		}
		return n.Written
	})
}

func joinEmails(keep, gone []Email) []Email {
	return joinBy(keep, gone, func(e Email) string { return FoldName(e.Address) })
}

func joinSame[T comparable](keep, gone []T) []T {
	return joinBy(keep, gone, func(v T) T { return v })
}

// joinBy is keep, then what gone has besides.
func joinBy[T any, K comparable](keep, gone []T, by func(T) K) []T {
	all := slices.Clone(keep)
	seen := map[K]bool{}
	for _, v := range keep {
		seen[by(v)] = true
	}
	for _, v := range gone {
		if !seen[by(v)] {
			seen[by(v)] = true
			all = append(all, v)
		}
	}
	return all
}

func joinComments(keep, gone string) string {
	switch {
	case gone == "" || gone == keep:
		return keep
	case keep == "":
		return gone
	}
	return keep + "\n\n" + gone
}
