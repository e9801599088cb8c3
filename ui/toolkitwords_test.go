package ui

import (
	"testing"

	"fyne.io/fyne/v2/lang"
)

// Dialogs for files and the menus of fields are Fyne's: they speak as the windows do, not as the system (issue 6.8).
func TestTheToolkitSpeaksTheProgramsLanguage(t *testing.T) {
	t.Cleanup(func() { Speak("en") })
	for _, system := range []string{"en_US.UTF-8", "de_DE.UTF-8", "fr_FR.UTF-8", "C.UTF-8"} {
		for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE"} {
			t.Setenv(name, system)
		}
		for _, c := range []struct{ language, cancel, paste, name, parent string }{
			{"de", "Abbrechen", "Einfügen", "Name", "Hoch"}, {"en", "Cancel", "Paste", "Name", "Up"},
		} {
			Speak(c.language)
			if cancel, paste, name := lang.L("Cancel"), lang.L("Paste"), lang.X("file.name", "?"); cancel != c.cancel || paste != c.paste || name != c.name {
				t.Errorf("on %s the program speaks %s and its dialogs say %q, %q, %q", system, c.language, cancel, paste, name)
			}
			if parent := lang.X("file.parent", "?"); parent != c.parent {
				t.Errorf("on %s the program speaks %s and the folder above is %q", system, c.language, parent)
			}
		}
	}
}
