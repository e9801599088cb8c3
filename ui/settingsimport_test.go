package ui

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
)

// importBench is a main window at the place of imports, looking into a file.
func importBench(t *testing.T, look Look, file string) *mainBench {
	t.Helper()
	b := newMainBench(t, fullDesk(), &mainSettings{accounts: oneAccount}, look)
	b.m.Go(pageSettings)
	b.tap("item", "Import and export")
	b.m.imports.look(file)
	b.imported()
	return b
}

// imported waits until nothing is read or written any more.
func (b *mainBench) imported() {
	b.t.Helper()
	b.settle()
	for end := time.Now().Add(30 * time.Second); b.m.imports.cancel != nil; b.settle() {
		if time.Now().After(end) {
			b.t.Fatal("it does not end")
		}
	}
}

// expect tells which words are missing.
func (b *mainBench) expect(words ...string) {
	b.t.Helper()
	for _, w := range words {
		if !b.says(w) {
			b.t.Errorf("it does not say %q", w)
		}
	}
}

func TestAnImportIsSeenBeforeItIsDone(t *testing.T) {
	b := importBench(t, Look{"en", "light"}, "outlook.csv")
	b.expect("outlook.csv", "CSV of Outlook · 12,000 rows", "Fax-Kennung, Hobby", "11,204", "794", "Käthe Süßmilch", "+48 22 555 18 40",
		"Line 17: the phone number “auf Anfrage” is none", "Line 4,031: no name", "Nothing has come in yet")
	b.choose("select", "Who is there already", "Bring up to date")
	b.imported()
	if got := b.m.imports.preview; got.Updated != 794 || got.Skipped != 0 {
		t.Errorf("the preview is not that of the choice: %+v", got)
	}
	b.tap("button", "Import")
	b.imported()
	b.expect("The import is finished.", "11,204")
	b.tap("button", "Copy")
	if got := b.m.opt.App.Clipboard().Content(); !strings.HasPrefix(got, "Line 17: the phone number “auf Anfrage” is none\nLine 4,031: ") {
		t.Errorf("copied: %q", got)
	}
}

func TestAnImportTellsHowFarItIsAndCanBeCancelled(t *testing.T) {
	b := importBench(t, Look{"en", "light"}, "long.csv")
	b.tap("button", "Import")
	for end := time.Now().Add(30 * time.Second); !b.says("5,000 of 12,000 rows"); b.settle() {
		if time.Now().After(end) {
			t.Fatal("it does not say how far it is")
		}
	}
	b.tap("button", "Cancel")
	b.imported()
	b.expect("The import was cancelled. What had come in until then stays.", "5,000")
}

func TestAnImportThatFailsAndAnExportAreTold(t *testing.T) {
	b := importBench(t, Look{"en", "light"}, "bad.csv")
	b.expect("The file cannot be imported: line 3: no number")
	b.m.imports.export("a.csv")
	b.imported()
	b.expect("1,204 contacts written to a.csv")
}

func TestPicturesOfImports(t *testing.T) {
	for _, look := range []Look{{"de", "light"}, {"en", "dark"}} {
		name := func(what string) string { return "settings-import-" + what + "-" + look.Theme + "-" + look.Language }
		b := importBench(t, look, "outlook.csv")
		b.m.Window().Resize(fyne.NewSize(1280, 800))
		b.shot(name("preview"))
		b.tap("button", "Import")
		b.imported()
		b.shot(name("report"))
		b.m.imports.start("", false)
		b.shot(name("start"))
	}
}
