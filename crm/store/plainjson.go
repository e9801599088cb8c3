package store

import (
	"strconv"
	"strings"
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

// numbersJSON is toJSON for numbers.
func numbersJSON(numbers []crm.Number) any {
	if len(numbers) == 0 {
		return nil
	}
	j := plainJSON{out: make([]byte, 0, 64*len(numbers))}
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
	if j.odd {
		return toJSON(numbers)
	}
	return string(append(j.out, ']'))
}

// moreJSON is toJSON for the rest of a contact.
func moreJSON(m more) any {
	if len(m.SIP)+len(m.Addresses)+len(m.Marks)+len(m.Fields) > 0 {
		return toJSON(m)
	}
	if len(m.Emails) == 0 && m.Comment == "" && m.Source == "" {
		return nil
	}
	j := plainJSON{out: append(make([]byte, 0, 64*(1+len(m.Emails))+len(m.Comment)), '{')}
	j.emails(m.Emails)
	j.text("comment", m.Comment)
	j.text("source", m.Source)
	if j.odd {
		return toJSON(m)
	}
	return string(append(j.out, '}'))
}

// plainContact is the JSON of a contact without company and numbers; ok is false for one that encoding/json has to write.
func plainContact(c crm.Contact) (written []byte, ok bool) {
	if len(c.Numbers)+len(c.SIP)+len(c.Addresses)+len(c.Marks)+len(c.Fields) > 0 || c.Company != "" ||
		c.Origin.Call != "" || c.Origin.Reason.Key != "" || c.Origin.Reason.Args != nil || c.MadeBy != "" || c.ChangedBy != "" || !c.Created.IsZero() || !c.Updated.IsZero() || c.ID == "" {
		return nil, false
	}
	const other = 350 // what else the command has of a contact: two numbers and the company
	j := plainJSON{out: append(make([]byte, 0, other+64*len(c.Emails)+len(c.Comment)), '{')}
	j.text("id", string(c.ID))
	j.text("first_name", c.FirstName)
	j.text("last_name", c.LastName)
	j.text("position", c.Position)
	j.emails(c.Emails)
	j.text("comment", c.Comment)
	j.text("source", c.Source)
	j.text("responsible", string(c.Responsible))
	return append(j.out, '}'), !j.odd
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
