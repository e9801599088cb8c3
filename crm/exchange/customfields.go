package exchange

import (
	"cmp"
	"slices"

	"leadline/crm"
)

// customFields are the company's own fields, which a CSV knows by their names.
type customFields []crm.Field

// named is the field of that name; ok is false when records of the kind have none. A field
// that this program does not know goes by its id.
func (f customFields) named(k crm.Kind, name string) (id crm.ID, ok bool) {
	for _, field := range f {
		if field.Has(k) && crm.FoldName(field.Name) == crm.FoldName(name) {
			return field.ID, true
		}
	}
	id, err := crm.ParseID(name)
	return id, err == nil
}

// fitted is a value as the field of an id holds it. One of a field that this program does not know is kept as it is.
func (f customFields) fitted(id crm.ID, value string) (string, *crm.Text) {
	at := slices.IndexFunc(f, func(field crm.Field) bool { return field.ID == id })
	if at < 0 {
		return value, nil
	}
	return fitted(f[at], value)
}

// labelled are the values of a record with the names of their fields, in the fields' order.
func (f customFields) labelled(k crm.Kind, values crm.Values) (all []labelled) {
	order := map[string]int{}
	for id, value := range values {
		at := slices.IndexFunc(f, func(field crm.Field) bool { return field.ID == id })
		name := string(id)
		if at >= 0 {
			if found, ok := f.named(k, f[at].Name); ok && found == id { // no other is of that name
				name = f[at].Name
			}
		}
		order[name] = at
		all = append(all, labelled{name, value})
	}
	slices.SortFunc(all, func(a, b labelled) int { return cmp.Or(order[a.label]-order[b.label], cmp.Compare(a.label, b.label)) })
	return all
}

// addCustom gives a person the values of custom fields. What there is no field for stays in the comment.
func (p *person) addCustom(values []labelled, fields customFields) {
	kind := crm.KindContact
	if p.contact.Name() == "" && p.company != "" && !p.marked {
		kind = crm.KindCompany
	}
	for _, v := range values {
		id, ok := fields.named(kind, v.label)
		if !ok {
			p.addComment(v.label + ": " + v.value)
			continue
		}
		value, why := fields.fitted(id, v.value)
		if why != nil {
			p.misfits = append(p.misfits, Misfit{Column: v.label, Value: v.value, Why: *why})
			p.addComment(v.label + ": " + v.value)
			continue
		}
		if p.contact.Fields == nil {
			p.contact.Fields = crm.Values{}
		}
		p.contact.Fields[id] = value
	}
}
