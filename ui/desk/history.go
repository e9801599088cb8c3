package desk

import (
	"encoding/json"
	"fmt"
	"strings"

	"leadline/crm"
)

// changed is what was changed of a record, for the eye; fields are the company's own.
func (d *Desk) changed(all []crm.FieldChange, fields []crm.Field) []Changed {
	var out []Changed
	for _, c := range all {
		out = append(out, Changed{Field: c.Field, Label: fieldLabel(c, fields), From: d.fieldValue(c.Field, c.From), To: d.fieldValue(c.Field, c.To)})
	}
	return out
}

// fieldLabel names a field of a record.
func fieldLabel(c crm.FieldChange, fields []crm.Field) Text {
	if id := c.Custom(); id != "" {
		for _, f := range fields {
			if f.ID == id {
				return Text{Key: "{tag}", Args: map[string]string{"tag": f.Name}}
			}
		}
		return Text{Key: "A field that is no more"}
	}
	switch c.Field {
	case "first_name":
		return Text{Key: "First name"}
	case "last_name":
		return Text{Key: "Last name"}
	case "name":
		return Text{Key: "Name"}
	case "title":
		return Text{Key: "Title"}
	case "position":
		return Text{Key: "Position"}
	case "company", "company_name":
		return Text{Key: "Company"}
	case "contact":
		return Text{Key: "Contact"}
	case "numbers":
		return Text{Key: "Numbers"}
	case "sip":
		return Text{Key: "SIP addresses"}
	case "emails":
		return Text{Key: "E-mail"}
	case "addresses":
		return Text{Key: "Addresses"}
	case "status":
		return Text{Key: "Status"}
	case "stage":
		return Text{Key: "Stage"}
	case "pipeline":
		return Text{Key: "Pipeline"}
	case "amount":
		return Text{Key: "Amount"}
	case "responsible":
		return Text{Key: "Responsible"}
	case "source":
		return Text{Key: "Source"}
	case "comment":
		return Text{Key: "Comment"}
	case "marks":
		return Text{Key: "Marks"}
	case "line":
		return Text{Key: "Line"}
	}
	return Text{Key: "{tag}", Args: map[string]string{"tag": c.Field}}
}

// fieldValue is a value of a field for the eye, as a command has it.
func (d *Desk) fieldValue(field string, value any) string {
	switch field {
	case "amount":
		var m crm.Money
		if reread(value, &m) {
			return d.amount(m)
		}
	case "numbers":
		return eachOf(value, func(n crm.Number) string { return n.Show(d.region) })
	case "emails":
		return eachOf(value, func(e crm.Email) string { return e.Address })
	case "addresses":
		return eachOf(value, crm.Address.Line)
	case "sip", "marks":
		return eachOf(value, func(s string) string { return s })
	}
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	}
	return fmt.Sprint(value)
}

// eachOf is what the elements of a list say, with commas between.
func eachOf[T any](value any, say func(T) string) string {
	var all []T
	if !reread(value, &all) {
		return ""
	}
	words := make([]string, len(all))
	for i, one := range all {
		words[i] = say(one)
	}
	return strings.Join(words, ", ")
}

// reread reads what was read as JSON without knowing what it is.
func reread(value, into any) bool {
	if value == nil {
		return false
	}
	b, err := json.Marshal(value)
	return err == nil && json.Unmarshal(b, into) == nil
}
