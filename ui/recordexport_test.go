package ui

import (
	"os"
	"path/filepath"
	"testing"

	"leadline/crm"
)

// Who asks what is kept of them gets it from the program that is open: the command needs it closed.
func TestAllThereIsOfARecordIsExportedFromIt_I4(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	c := crm.Contact{ID: s.NewID(), LastName: "Groß / Söhne"}
	do(t, s, crm.CreateContact{Contact: c})
	v := b.m.pages[pageContacts].(*listPage).detail
	v.opt.Importer = mainImporter{}
	b.m.open(deskRef(crm.Ref{Kind: crm.KindContact, ID: c.ID}))
	b.waits("Edit all fields")
	b.more("Export…")
	if b.m.Window().Canvas().Overlays().Top() == nil {
		t.Error("it does not ask where to")
	}
	folder := t.TempDir()
	for _, name := range []string{"Groß _ Söhne.json", "Groß _ Söhne 2.json"} { // what is there stays
		v.exportTo(folder)
		b.waits("Written: " + name)
		if text, err := os.ReadFile(filepath.Join(folder, name)); err != nil || string(text) != string(c.ID) {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
	v.exportTo(filepath.Join(folder, "nowhere"))
	b.waits("The file could not be written")
}

func TestARecordsNameIsAFileName(t *testing.T) {
	for name, want := range map[string]string{"Anna Meier": "Anna Meier", "../../etc/passwd": "_.._etc_passwd", "a\nb": "a_b", " . ": "Record", `C:\x?`: "C__x_", "Müller & Söhne KG.": "Müller & Söhne KG"} {
		if got := fileNameOf(name); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}
