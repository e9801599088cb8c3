package exchange

import (
	"bufio"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"leadline/crm"
	"leadline/crm/store"
)

// Format is how customers are written for other programs.
type Format string

const (
	GoogleCSV Format = "csv"    // Google Contacts, its newer form
	VCard3    Format = "vcard3" // RFC 2426
	VCard4    Format = "vcard4" // RFC 6350
	JSON      Format = "json"   // everything: see ExportEverything; of one person: see ExportPerson
)

// ParseFormat reads a format's name; "" goes by the file's: .vcf is vCard 4.0, .json everything, else CSV.
func ParseFormat(s, file string) (Format, error) {
	switch f := Format(strings.ToLower(s)); f {
	case GoogleCSV, VCard3, VCard4, JSON:
		return f, nil
	case "vcard":
		return VCard4, nil
	case "":
		switch strings.ToLower(filepath.Ext(file)) {
		case ".vcf", ".vcard":
			return VCard4, nil
		case ".json", ".jsonl":
			return JSON, nil
		}
		return GoogleCSV, nil
	}
	return "", fmt.Errorf("there is no format %q; the formats are csv, vcard3, vcard4 and json", s)
}

// Export writes all companies and contacts in a format that Import takes again,
// and returns how many contacts there were. A company comes before its people, as
// a row or card without a person.
func Export(ctx context.Context, s *store.Store, w io.Writer, f Format) (n int, err error) {
	if f == JSON {
		return ExportEverything(ctx, s, w)
	}
	users, err := namesOfUsers(ctx, s)
	if err != nil {
		return 0, err
	}
	out := bufio.NewWriterSize(w, 1<<16)
	switch f {
	case VCard3, VCard4:
		n, err = exportCards(ctx, s, cardWriter{out, f == VCard4, users})
	default:
		n, err = exportCSV(ctx, s, out, users)
	}
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		return n, fmt.Errorf("write the export (%d contacts were written): %w", n, err)
	}
	return n, nil
}

func exportCards(ctx context.Context, s *store.Store, w cardWriter) (n int, err error) {
	err = s.EachCompany(ctx, func(c crm.Company) error {
		w.company(c)
		return nil
	})
	if err != nil {
		return 0, err
	}
	err = s.EachContact(ctx, func(c crm.Contact, company string) error {
		n++
		w.contact(c, company)
		return nil
	})
	return n, err
}

func exportCSV(ctx context.Context, s *store.Store, w io.Writer, users map[crm.ID]string) (n int, err error) {
	e := csvWriter{out: csv.NewWriter(w), users: users, phones: 1, emails: 1, addresses: 1}
	if e.fields, err = s.Fields(ctx); err != nil {
		return 0, err
	}
	// Looked through first for how many columns there must be.
	err = s.EachContact(ctx, func(c crm.Contact, company string) error {
		e.widen(c)
		e.marks = e.marks || mustBeMarked(c, company)
		return nil
	})
	if err == nil {
		err = s.EachCompany(ctx, func(c crm.Company) error { e.widen(companyAsContact(c)); return nil })
	}
	if err == nil {
		err = e.header()
	}
	if err == nil {
		err = s.EachCompany(ctx, func(c crm.Company) error { return e.row(crm.KindCompany, companyAsContact(c), c.Name) })
	}
	if err == nil {
		err = s.EachContact(ctx, func(c crm.Contact, company string) error {
			n++
			return e.row(crm.KindContact, c, company)
		})
	}
	if err == nil {
		e.out.Flush()
		err = e.out.Error()
	}
	return n, err
}

// csvWriter is one export under way. A snapshot it is not: who is added between
// the two looks and has more numbers than anybody has those beyond joined by ":::".
type csvWriter struct {
	out                               *csv.Writer
	fields                            customFields
	users                             map[crm.ID]string
	phones, emails, addresses, custom int
	marks                             bool // somebody must be marked as a contact
}

func (e *csvWriter) widen(c crm.Contact) {
	e.phones, e.emails = max(e.phones, len(c.Numbers)+len(c.SIP)), max(e.emails, len(c.Emails))
	e.addresses, e.custom = max(e.addresses, len(c.Addresses)), max(e.custom, len(c.Fields))
}

func (e *csvWriter) header() error {
	header := []string{"First Name", "Last Name", "Organization Name", "Organization Title", "Notes", "Labels", "Source", "Responsible"}
	for n := 1; n <= e.addresses; n++ {
		for _, part := range []string{"Label", "Formatted", "Street", "City", "Region", "Postal Code", "Country"} {
			header = append(header, fmt.Sprintf("Address %d - %s", n, part))
		}
	}
	for n := 1; n <= e.phones; n++ {
		header = append(header, fmt.Sprintf("Phone %d - Label", n), fmt.Sprintf("Phone %d - Value", n))
	}
	for n := 1; n <= e.emails; n++ {
		header = append(header, fmt.Sprintf("E-mail %d - Label", n), fmt.Sprintf("E-mail %d - Value", n))
	}
	for n := 1; n <= e.custom; n++ {
		header = append(header, fmt.Sprintf("Custom Field %d - Label", n), fmt.Sprintf("Custom Field %d - Value", n))
	}
	if e.marks {
		header = append(header, recordColumn)
	}
	return e.out.Write(header)
}

// recordColumn says of a row that must be marked that it is about a contact.
const (
	recordColumn = "Leadline Record"
	isContact    = "contact"
)

// mustBeMarked says whether somebody without a name would come in again as their company, called by their e-mail address, or not at all.
func mustBeMarked(c crm.Contact, company string) bool {
	return c.Name() == "" && (company != "" || len(c.Emails) > 0 || len(c.Numbers)+len(c.SIP) == 0)
}

func (e *csvWriter) row(kind crm.Kind, c crm.Contact, company string) error {
	row := []string{c.FirstName, c.LastName, company, c.Position, c.Comment, strings.Join(c.Marks, " "+joined+" "), c.Source, e.users[c.Responsible]}
	for n := range e.addresses {
		var a crm.Address
		if n < len(c.Addresses) {
			a = c.Addresses[n]
		}
		row = append(row, title(string(a.Label)), a.Formatted(), a.Street, a.City, a.State, a.PostalCode, a.Country)
	}
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
	row = appendPairs(appendPairs(row, phones, e.phones), emails, e.emails)
	custom := e.fields.labelled(kind, c.Fields)
	for n := range e.custom {
		if n >= len(custom) {
			custom = append(custom, labelled{})
		}
		row = append(row, custom[n].label, custom[n].value)
	}
	switch {
	case !e.marks:
	case kind == crm.KindContact && mustBeMarked(c, company):
		row = append(row, isContact)
	default:
		row = append(row, "")
	}
	return e.out.Write(row)
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
