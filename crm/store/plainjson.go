package store

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"leadline/crm"
)

// plainJSON writes what most rows of an import are made of as encoding/json does, which took most of the time.
type plainJSON struct {
	out []byte
	odd bool // something is in it that is another within JSON: what was written is of no use
}

func (j *plainJSON) name(name string) {
	if j.out[len(j.out)-1] != '{' {
		j.out = append(j.out, ',')
	}
	j.out = append(append(append(j.out, '"'), name...), `":`...)
}

// text writes a member, unless it is empty.
func (j *plainJSON) text(name, text string) {
	if text == "" {
		return
	}
	j.name(name)
	j.out = append(append(append(j.out, '"'), text...), '"')
	j.odd = j.odd || !plainText(text)
}

func (j *plainJSON) emails(emails []crm.Email) {
	if len(emails) == 0 {
		return
	}
	j.name("emails")
	for i, m := range emails {
		j.out = append(j.out, "[,"[min(i, 1)], '{')
		j.text("address", m.Address)
		j.text("label", string(m.Label))
		j.out = append(j.out, '}')
		j.odd = j.odd || m.Address == ""
	}
	j.out = append(j.out, ']')
}

// begin empties it.
func (j *plainJSON) begin() { j.out, j.odd = j.out[:0], false }

// numbers writes numbers; ok is false where encoding/json has to.
func (j *plainJSON) numbers(numbers []crm.Number) (ok bool) {
	for i, n := range numbers {
		j.out = append(j.out, "[,"[min(i, 1)], '{')
		if n.E164 != 0 {
			j.name("e164")
			j.out = strconv.AppendUint(j.out, uint64(n.E164), 10)
		}
		j.text("short", n.Short)
		j.text("written", n.Written)
		j.text("ext", n.Extension)
		j.text("label", string(n.Label))
		j.out = append(j.out, '}')
	}
	j.out = append(j.out, ']')
	return !j.odd
}

// more writes the rest of a contact or company; ok is false where encoding/json has to.
func (j *plainJSON) more(m more) (ok bool) {
	if len(m.SIP)+len(m.Addresses)+len(m.Marks)+len(m.Fields) > 0 {
		return false
	}
	j.out = append(j.out, '{')
	j.emails(m.Emails)
	j.text("comment", m.Comment)
	j.text("source", m.Source)
	j.out = append(j.out, '}')
	return !j.odd
}

// contact writes a contact without company and numbers, and without the brace at its end; ok is false for one that
// encoding/json has to write.
func (j *plainJSON) contact(c *crm.Contact) (ok bool) {
	if len(c.SIP)+len(c.Addresses)+len(c.Marks)+len(c.Fields) > 0 || !plainRecord(c.ID, c.Origin, c.MadeBy, c.ChangedBy, c.Created, c.Updated) {
		return false
	}
	j.out = append(j.out, '{')
	j.text("id", string(c.ID))
	j.text("first_name", c.FirstName)
	j.text("last_name", c.LastName)
	j.text("position", c.Position)
	j.emails(c.Emails)
	j.text("comment", c.Comment)
	j.text("source", c.Source)
	j.text("responsible", string(c.Responsible))
	return !j.odd
}

// company writes a company; ok is false for one that encoding/json has to write.
func (j *plainJSON) company(c *crm.Company) (ok bool) {
	if len(c.Numbers)+len(c.SIP)+len(c.Emails)+len(c.Addresses)+len(c.Marks)+len(c.Fields) > 0 || c.Comment != "" || c.Source != "" || c.Name == "" ||
		!plainRecord(c.ID, c.Origin, c.MadeBy, c.ChangedBy, c.Created, c.Updated) {
		return false
	}
	j.out = append(j.out, '{')
	j.text("id", string(c.ID))
	j.text("name", c.Name)
	j.text("responsible", string(c.Responsible))
	j.out = append(j.out, '}')
	return !j.odd
}

// plainRecord says whether a record is one that an import makes: it has an id, and is of no call and nobody's yet.
func plainRecord(id crm.ID, o crm.Origin, madeBy, changedBy crm.ID, created, updated time.Time) bool {
	return id != "" && o.Call == "" && o.Reason.Key == "" && o.Reason.Args == nil && madeBy == "" && changedBy == "" && created.IsZero() && updated.IsZero()
}

// numbersJSON is toJSON for numbers.
func numbersJSON(numbers []crm.Number) any { return column((&preparer{}).numbers(numbers)) }

// moreJSON is toJSON for the rest of a contact or company.
func moreJSON(m more) any { return column((&preparer{}).more(m)) }

// column is a text for a column in which nothing is NULL.
func column(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// plainText says whether a text is the same within JSON.
func plainText(s string) bool {
	beyond := false
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c < ' ' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			return false
		}
		beyond = beyond || c >= utf8.RuneSelf
	}
	return !beyond || utf8.ValidString(s) && !strings.ContainsAny(s, "\u2028\u2029")
}
