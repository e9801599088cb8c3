package crm

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// FieldType is what a custom field holds.
type FieldType string

const (
	TextField   FieldType = "text"
	NumberField FieldType = "number" // decimal, with a point
	DateField   FieldType = "date"   // 2026-11-25
	ChoiceField FieldType = "choice" // one of Choices
)

// Field is a custom field of the company's own.
type Field struct {
	ID       ID        `json:"id"`
	Name     string    `json:"name"`
	Kinds    []Kind    `json:"kinds"` // of records that have it
	Type     FieldType `json:"type"`
	Choices  []string  `json:"choices,omitempty"`
	Required bool      `json:"required,omitempty"` // asked for when a record is made by hand or converted
	Order    int       `json:"order,omitempty"`
}

// Values are what a record has in custom fields, by the field's id. A value of a
// field that this program does not know is kept.
type Values map[ID]string

// What a value may be wrong in, as the window says it.
const (
	FieldMissing    = "Fill in {field} first."
	FieldNoNumber   = "{field} is a number: “{value}” is none."
	FieldNoDate     = "{field} is a date: “{value}” is none."
	FieldNotOffered = "{field} does not offer “{value}”."
)

// FieldTexts are all sentences of Field.Check.
var FieldTexts = []string{FieldMissing, FieldNoNumber, FieldNoDate, FieldNotOffered}

// Has says whether records of that kind have the field.
func (f Field) Has(k Kind) bool { return slices.Contains(f.Kinds, k) }

// Check says what is wrong in a value; nil when nothing. An empty value is
// wrong where the field is required.
func (f Field) Check(value string) error {
	wrong := func(sentence string) error { return Invalid{Say(sentence, "field", f.Name, "value", value)} }
	if strings.TrimSpace(value) == "" {
		if f.Required {
			return Invalid{Say(FieldMissing, "field", f.Name)}
		}
		return nil
	}
	switch f.Type {
	case NumberField:
		if _, err := strconv.ParseFloat(value, 64); err != nil {
			return wrong(FieldNoNumber)
		}
	case DateField:
		if _, err := time.Parse(time.DateOnly, value); err != nil {
			return wrong(FieldNoDate)
		}
	case ChoiceField:
		if !slices.Contains(f.Choices, value) {
			return wrong(FieldNotOffered)
		}
	}
	return nil
}

// CheckFields says which of the fields of a kind is wrong or missing; nil when none.
func CheckFields(fields []Field, k Kind, values Values) error {
	for _, f := range fields {
		if !f.Has(k) {
			continue
		}
		if err := f.Check(values[f.ID]); err != nil {
			return err
		}
	}
	return nil
}
