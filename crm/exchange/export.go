package exchange

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"leadline/crm"
	"leadline/crm/store"
)

// Export writes all companies and contacts as a CSV of Google Contacts (its newer
// form), which Import takes again, and returns how many contacts there were. A company is
// a row without a person, before its people.
func Export(ctx context.Context, s *store.Store, w io.Writer) (int, error) {
	e := exporter{out: csv.NewWriter(w), phones: 1, emails: 1}
	// Looked through first for how many columns there must be.
	err := s.EachContact(ctx, func(c crm.Contact, _ string) error {
		e.phones, e.emails = max(e.phones, len(c.Numbers)+len(c.SIP)), max(e.emails, len(c.Emails))
		return nil
	})
	if err == nil {
		err = s.EachCompany(ctx, func(c crm.Company) error {
			e.phones, e.emails = max(e.phones, len(c.Numbers)+len(c.SIP)), max(e.emails, len(c.Emails))
			return nil
		})
	}
	if err == nil {
		err = e.header()
	}
	if err == nil {
		err = s.EachCompany(ctx, func(c crm.Company) error {
			return e.row(crm.Contact{Numbers: c.Numbers, SIP: c.SIP, Emails: c.Emails, Addresses: c.Addresses, Comment: c.Comment, Marks: c.Marks}, c.Name)
		})
	}
	count := 0
	if err == nil {
		err = s.EachContact(ctx, func(c crm.Contact, company string) error {
			count++
			return e.row(c, company)
		})
	}
	if err == nil {
		e.out.Flush()
		err = e.out.Error()
	}
	if err != nil {
		return count, fmt.Errorf("write the export (%d contacts were written): %w", count, err)
	}
	return count, nil
}

// exporter is one export under way. A snapshot it is not: who is added between
// the two looks and has more numbers than anybody has those beyond joined by ":::".
type exporter struct {
	out            *csv.Writer
	phones, emails int
}

func (e exporter) header() error {
	header := []string{"First Name", "Last Name", "Organization Name", "Organization Title", "Notes", "Labels", "Address 1 - Label", "Address 1 - Formatted"}
	for n := 1; n <= e.phones; n++ {
		header = append(header, fmt.Sprintf("Phone %d - Label", n), fmt.Sprintf("Phone %d - Value", n))
	}
	for n := 1; n <= e.emails; n++ {
		header = append(header, fmt.Sprintf("E-mail %d - Label", n), fmt.Sprintf("E-mail %d - Value", n))
	}
	return e.out.Write(header)
}

func (e exporter) row(c crm.Contact, company string) error {
	label, address := "", ""
	if len(c.Addresses) > 0 {
		label, address = string(c.Addresses[0].Label), c.Addresses[0].Formatted()
	}
	row := []string{c.FirstName, c.LastName, company, c.Position, c.Comment, strings.Join(c.Marks, " "+joined+" "), label, address}
	var phones, emails []labelled
	for _, n := range c.Numbers {
		phones = append(phones, labelled{string(n.Label), written(n)})
	}
	for _, a := range c.SIP {
		phones = append(phones, labelled{"SIP", "sip:" + a})
	}
	for _, m := range c.Emails {
		emails = append(emails, labelled{string(m.Label), m.Address})
	}
	return e.out.Write(appendPairs(appendPairs(row, phones, e.phones), emails, e.emails))
}

type labelled struct{ label, value string }

// appendPairs fills the columns of labels and values.
func appendPairs(row []string, values []labelled, columns int) []string {
	for n := range columns {
		switch {
		case n >= len(values):
			row = append(row, "", "")
		case n < columns-1:
			row = append(row, title(values[n].label), values[n].value)
		default:
			rest := make([]string, 0, len(values)-n)
			for _, v := range values[n:] {
				rest = append(rest, v.value)
			}
			row = append(row, title(values[n].label), strings.Join(rest, " "+joined+" "))
		}
	}
	return row
}

// written is a number so that it means the same in every country, and as it was written where that does.
func written(n crm.Number) string {
	switch {
	case n.E164 == 0:
		return n.Short
	case crm.Parse(n.Written, "ZZ").E164 == n.E164:
		return n.Written
	case n.Extension != "":
		return n.E164.String() + ";" + n.Extension
	}
	return n.E164.String()
}

func title(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
