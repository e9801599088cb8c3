package ui

import (
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
)

// customInput is where a value of a custom field is typed or chosen.
type customInput struct {
	field  crm.Field
	typed  *kit.Field  // nil for a choice
	choice *kit.Select // nil for what is typed
}

func newCustomInput(f crm.Field, value string, changed func()) *customInput {
	i := &customInput{field: f}
	name := text.Key(f.Name)
	if f.Type == crm.ChoiceField {
		options := kit.Options(f.Choices...)
		if !f.Required {
			options = append([]kit.Option{{ID: "", Key: text.Key("None|choice")}}, options...)
		}
		i.choice = kit.NewBareSelect(name, options, func(string) { changed() })
		i.choice.SetChosen(value)
		return i
	}
	i.typed = kit.NewBareField(name, func(string) { i.typed.SetError(""); changed() })
	if f.Type == crm.DateField {
		i.typed.WithPlaceholder(text.Key(shownDay("2026-11-25")))
	}
	i.typed.SetText(shownValue(f.Type, value))
	return i
}

// Row is the input with its name at the left.
func (i *customInput) Row() fyne.CanvasObject {
	if i.choice != nil {
		return selectRow(text.Key(i.field.Name), i.choice, "")
	}
	return fieldRow(text.Key(i.field.Name), 260, i.typed, "")
}

// Value is the value as a record keeps it.
func (i *customInput) Value() string {
	switch {
	case i.choice != nil:
		return i.choice.Chosen()
	case i.field.Type == crm.DateField:
		return keptDay(i.typed.Text())
	case i.field.Type == crm.NumberField:
		return keptDecimal(i.typed.Text())
	}
	return strings.TrimSpace(i.typed.Text())
}

// Check says at the field what is wrong; true when nothing is.
func (i *customInput) Check() bool {
	err := i.field.Check(i.Value())
	if i.typed != nil {
		why := ""
		if err != nil {
			why = companyWhy(err)
		}
		i.typed.SetError(why)
	}
	return err == nil
}

const germanDay = "2.1.2006"

// keptDay is a day as typed, 25.11.2026 or 2026-11-25, as records keep it; what is no day stays.
func keptDay(typed string) string {
	typed = strings.TrimSpace(typed)
	if t, err := time.Parse(germanDay, typed); err == nil {
		return t.Format(time.DateOnly)
	}
	return typed
}

// shownDay is a kept day as the language writes it in a field.
func shownDay(kept string) string {
	if t, err := time.Parse(time.DateOnly, kept); err == nil && text.Language() == "de" {
		return t.Format(germanDay)
	}
	return kept
}

// keptDecimal is a number as typed, 1.234,5 or 1,234.5 or 1,5 or 1.5, as records keep it: a mark before three digits
// groups them where it is not the language's own before a fraction.
func keptDecimal(typed string) string {
	typed = strings.TrimSpace(typed)
	group := ","
	if text.DecimalPoint() == "," {
		group = "."
	}
	whole, fraction, _ := strings.Cut(typed, text.DecimalPoint())
	if parts := strings.Split(strings.TrimLeft(whole, "+-−"), group); len(parts) > 1 && !strings.Contains(fraction, group) &&
		!slices.ContainsFunc(parts[1:], func(p string) bool { return len(p) != 3 }) {
		typed = strings.ReplaceAll(typed, group, "")
	}
	typed = strings.Replace(typed, "−", "-", 1)
	if strings.Count(typed, ",") == 1 && !strings.Contains(typed, ".") {
		return strings.Replace(typed, ",", ".", 1)
	}
	return typed
}

// shownValue is a kept value of a custom field as the language writes it.
func shownValue(t crm.FieldType, kept string) string {
	switch t {
	case crm.DateField:
		return shownDay(kept)
	case crm.NumberField:
		return strings.Replace(kept, ".", text.DecimalPoint(), 1)
	}
	return kept
}

// customInputs are the inputs of the fields that records of any of the kinds have.
func customInputs(fields []crm.Field, values crm.Values, changed func(), of func(crm.Field) bool) (all []*customInput) {
	for _, f := range fields {
		if of(f) {
			all = append(all, newCustomInput(f, values[f.ID], changed))
		}
	}
	return all
}

// checkInputs says at each field what is wrong, and the first of it in words.
func checkInputs(inputs []*customInput) (why string) {
	for _, i := range inputs {
		if !i.Check() && why == "" {
			why = companyWhy(i.field.Check(i.Value()))
		}
	}
	return why
}

// valuesInto puts what was typed into a record's values.
func valuesInto(values crm.Values, inputs []*customInput, k crm.Kind) crm.Values {
	for _, i := range inputs {
		if !i.field.Has(k) {
			continue
		}
		if v := i.Value(); v != "" {
			if values == nil {
				values = crm.Values{}
			}
			values[i.field.ID] = v
		} else {
			delete(values, i.field.ID)
		}
	}
	return values
}

// kindName is a kind of record in words.
func kindName(k desk.RecordKind) text.Key {
	switch k {
	case desk.Company:
		return text.Key("Company")
	case desk.Lead:
		return text.Key("Lead")
	case desk.Deal:
		return text.Key("Deal")
	}
	return text.Key("Contact")
}
