package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/text"
)

// wantedBy is what a refused change would have set, a line for each value under its field's name in the windows' language: what
// somebody typed can be kept elsewhere before the change is dropped. Left out are ids, which say nothing to a person, values that are
// empty, and what no person has typed. own are the company's own fields.
func wantedBy(c crm.Change, own []crm.Field, now time.Time) string {
	if c == nil {
		return ""
	}
	data, err := json.Marshal(c)
	if err != nil {
		return ""
	}
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		return ""
	}
	w := wanted{own: own, now: now}
	w.values("", v, "")
	return strings.Join(w.lines, "\n")
}

// wanted are the lines of what a change would have set.
type wanted struct {
	own   []crm.Field
	now   time.Time
	lines []string
}

// values says the texts and numbers within a JSON value, by the name of the field that each is in. of is what they are to a record:
// "Work".
func (w *wanted) values(field string, v any, of string) {
	switch v := v.(type) {
	case map[string]any:
		if money, ok := moneyIn(v); ok {
			w.say(field, money, of)
			return
		}
		label, _ := v["label"].(string)
		names := make([]string, 0, len(v))
		for name := range v {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			if !unsaid[name] {
				w.values(name, v[name], labelWord(label))
			}
		}
	case []any:
		for _, one := range v {
			w.values(field, one, of)
		}
	case string:
		at, noTime := time.Parse(time.RFC3339, v)
		switch _, noID := crm.ParseID(v); {
		case v == "" || noID == nil || noTime == nil && at.IsZero():
		case noTime == nil:
			w.say(field, text.Day(at.Local(), w.now), of)
		case stages[field]:
			w.say(field, text.Say(desk.Text{Key: v}), of)
		default:
			w.say(field, v, of)
		}
	case float64:
		if v != 0 {
			w.say(field, fmt.Sprint(v), of)
		}
	case bool:
		if v {
			w.say(field, "✓", of)
		}
	}
}

func (w *wanted) say(field, value, of string) {
	if of != "" {
		value += " (" + of + ")"
	}
	w.lines = append(w.lines, w.name(field)+": "+value)
}

// name is what the windows call a field.
func (w *wanted) name(field string) string {
	if i := slices.IndexFunc(w.own, func(f crm.Field) bool { return string(f.ID) == field }); i >= 0 {
		return w.own[i].Name
	}
	if _, err := crm.ParseID(field); err == nil {
		return text.T("Custom fields") // one that was taken away since
	}
	if key, ok := fieldNames[field]; ok {
		return text.T(key)
	}
	return strings.ReplaceAll(field, "_", " ") // of what only administrators set up
}

// moneyIn is an amount as it is written.
func moneyIn(v map[string]any) (money string, ok bool) {
	cents, ok := v["cents"].(float64)
	if !ok {
		return "", false
	}
	currency, _ := v["currency"].(string)
	m := crm.Money{Minor: int64(cents), Currency: currency}
	if currency == "" {
		m.Currency = crm.Euro
	}
	return text.Money(m.Minor, m.Digits(), m.Currency), true
}

// unsaid are fields that no person has typed, or that are said with another one.
var unsaid = map[string]bool{"label": true, "kind": true, "origin": true, "created": true, "updated": true, "made_by": true, "changed_by": true,
	"e164": true, "short": true, "ext": true, "key": true, "peer": true, "generation": true, "party": true, "quality": true, "files": true}

// stages are fields with one of our words, or of the company's own.
var stages = map[string]bool{"status": true, "stage": true, "from": true, "to": true, "outcome": true}

var fieldNames = map[string]text.Key{
	"first_name": text.Key("First name"), "last_name": text.Key("Last name"), "name": text.Key("Name"), "title": text.Key("Title"),
	"position": text.Key("Position"), "company": text.Key("Company"), "company_name": text.Key("Company"), "department": text.Key("Department"),
	"written": text.Key("Number"), "number": text.Key("Number"), "numbers": text.Key("Number"), "sip": text.Key("SIP address"),
	"address": text.Key("E-mail"), "emails": text.Key("E-mail"), "email": text.Key("E-mail"),
	"street": text.Key("Street"), "postal_code": text.Key("Postal code"), "city": text.Key("City"), "state": text.Key("State or region"),
	"country": text.Key("Country|address"), "comment": text.Key("Comment"), "marks": text.Key("Marks"), "source": text.Key("Source"),
	"status": text.Key("Status"), "stage": text.Key("Stage"), "amount": text.Key("Amount"), "currency": text.Key("Currency"),
	"from": text.Key("From|stage"), "to": text.Key("To|stage"), "text": text.Key("Text|field"), "note": text.Key("Note"), "due": text.Key("When"),
	"result": text.Key("Result"), "extension": text.Key("Extension"), "line": text.Key("Line"), "type": text.Key("Type"),
	"detail": text.Key("Details"), "answered": text.Key("Answered"), "began": text.Key("When"), "at": text.Key("When"), "done": text.Key("Done"),
	"ended": text.Key("Until"),
}

func labelWord(label string) string {
	if key, ok := labelWords[crm.Label(label)]; ok {
		return text.T(key)
	}
	return ""
}

var labelWords = map[crm.Label]text.Key{crm.LabelWork: text.Key("Work"), crm.LabelMobile: text.Key("Mobile"), crm.LabelHome: text.Key("At home"),
	crm.LabelMain: text.Key("Main number"), crm.LabelPrivate: text.Key("Private"), crm.LabelFax: text.Key("Fax")}
