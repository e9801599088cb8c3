package text_test

import (
	"regexp"
	"strings"
	"testing"

	"leadline/ui/text"
)

// A thing has one name in German, that of requirements.md where it has one: under two, readers look for two things.
func TestOneThingHasOneGermanName(t *testing.T) {
	german, err := text.Load("de")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ english, never, instead string }{
		{`(?i)\brecords?\b`, `Datens[aä]tz`, "Eintrag"},
		{`(?i)\bstage`, `Stufe`, "Phase"},
		{`(?i)\bblacklist`, `Blacklist`, "Sperrliste"},
		{`(?i)\bboard\b`, `\bBoard\b`, "Tafel"},
		{`(?i)\bcomputer\b`, `Computer`, "Rechner"},
		{`(?i)\bmailbox`, `Anrufbeantworter`, "Mailbox"},
		{`(?i)\ba line\b`, `Eine Nummer braucht`, "Leitung"},
		{`\bBy company|company's name|two companies`, `Unternehmen`, "Firma"},
		{`(?i)\bleads?\b.*\bclosed`, `\bgeschlossen`, "abgeschlossen"},
		{`(?i)^save (this|or|recording)|is saved$`, `(?i)\b(ge)?sicher[nt]\b`, "speichern"},
		{`(?i)\b(take it|taken) away`, `(?i)weg(ge)?n[eo]`, "entfernen"},
	} {
		english, never := regexp.MustCompile(c.english), regexp.MustCompile(c.never)
		for k, v := range german {
			if english.MatchString(string(k)) && never.MatchString(v) && !strings.Contains(v, c.instead) {
				t.Errorf("%q says %q, where %s is the word: %s", k, never.FindString(v), c.instead, v)
			}
		}
	}
}

// An example is what to write: "not a host, such as" would name it among what is refused.
func TestAnErrorWithAnExampleSaysToWriteIt(t *testing.T) {
	german, err := text.Load("de")
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range german {
		if strings.HasPrefix(string(k), "Not a") && strings.Contains(string(k), "such as ") && !strings.Contains(string(k), "Write ") || strings.HasPrefix(v, "Kein") && strings.Contains(v, ", etwa ") && !strings.Contains(v, "Schreiben Sie") {
			t.Errorf("%q, %q says what is refused with an example of what is not", k, v)
		}
	}
}
