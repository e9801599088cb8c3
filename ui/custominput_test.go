package ui

import (
	"testing"

	"leadline/crm"
	"leadline/ui/desk"
)

// Numbers and days of custom fields are typed and shown as the language writes them (issue 6.8).
func TestCustomNumbersAndDaysAreWrittenAsInTheLanguage(t *testing.T) {
	t.Cleanup(func() { Speak("en") })
	for _, c := range []struct{ language, typed, kept string }{
		{"en", "1,500", "1500"}, {"en", "1,234,567.5", "1234567.5"}, {"en", "1.5", "1.5"}, {"en", "1,5", "1.5"}, {"en", "1.500", "1.500"},
		{"de", "1.500", "1500"}, {"de", "1.234.567,5", "1234567.5"}, {"de", "1,5", "1.5"}, {"de", "1.5", "1.5"}, {"de", "1,500", "1.500"},
		{"de", "−2,5", "-2.5"}, {"de", "-1.500", "-1500"}, {"de", " 7 ", "7"}, {"de", "viel", "viel"},
	} {
		Speak(c.language)
		if got := keptDecimal(c.typed); got != c.kept {
			t.Errorf("%s: %q is kept as %q, want %q", c.language, c.typed, got, c.kept)
		}
	}
	for _, c := range []struct {
		language    string
		of          crm.FieldType
		kept, shown string
	}{
		{"de", crm.NumberField, "1234.5", "1234,5"}, {"en", crm.NumberField, "1234.5", "1234.5"}, {"de", crm.NumberField, "1.500", "1,500"},
		{"de", crm.DateField, "2026-11-05", "5.11.2026"}, {"en", crm.DateField, "2026-11-05", "2026-11-05"}, {"de", crm.TextField, "a.b", "a.b"},
	} {
		Speak(c.language)
		if got := shownValue(c.of, c.kept); got != c.shown {
			t.Errorf("%s: %q is shown as %q, want %q", c.language, c.kept, got, c.shown)
		}
		if c.of == crm.NumberField {
			if got := keptDecimal(shownValue(c.of, c.kept)); got != c.kept {
				t.Errorf("%s: %q becomes %q by being shown and kept again", c.language, c.kept, got)
			}
		}
	}
}

func TestARecordShowsCustomValuesAsTheLanguageWritesThem(t *testing.T) {
	t.Cleanup(func() { Speak("en") })
	Speak("de")
	for _, c := range []struct {
		fact desk.Fact
		want string
	}{
		{desk.Fact{Value: "2026-11-05", Type: crm.DateField}, "5.11.2026"},
		{desk.Fact{Value: "1234.5", Type: crm.NumberField}, "1234,5"},
		{desk.Fact{Value: "1234.5"}, "1234.5"},
	} {
		if got := factValue(c.fact); got != c.want {
			t.Errorf("%+v is shown as %q, want %q", c.fact, got, c.want)
		}
	}
}
