package ui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"leadline/ui/text"
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
	for end := time.Now().Add(time.Minute); b.m.imports.cancel != nil; b.settle() {
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
		"Line 17: the phone number “auf Anfrage” is none", "Line 4,031: no name", "who is no user here", "Petra Weiß · 1,203 rows", "Nothing has come in yet")
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

// What stands beside a label without a field around it begins at the label's height.
func TestWordsBesideALabelBeginAtItsHeight(t *testing.T) {
	for _, look := range []Look{{"en", "light"}, {"de", "light"}} {
		b := importBench(t, look, "outlook.csv")
		level := func(label, words string) {
			t.Helper()
			if at, beside := b.top("text", label), b.top("text", words); beside < at-2 || beside > at+2 {
				t.Errorf("%s: %s is at %v, %s beside it at %v", look.Language, label, at, words, beside)
			}
		}
		level("Would come in", "New contacts")
		b.tap("button", "Import")
		b.imported()
		level("Came in", "New contacts")
		b.m.ShowSettings(settingsSound)
		b.settle()
		b.m.Window().Resize(fyne.NewSize(1280, 1200))
		b.settle()
		level("State", text.T("Opened when a call begins"))
	}
}

// What a file from before Unicode is written in is seen by some letters only: a person sees the names and can say it.
func TestTheLettersOfAnOldFileCanBeSaid(t *testing.T) {
	b := importBench(t, Look{"en", "light"}, "dos.csv")
	b.expect("Letters", "K„the")
	b.choose("select", "Letters", "MS-DOS")
	b.imported()
	b.expect("Käthe Süßmilch")
	b.tap("button", "Import")
	b.imported()
	if got := b.m.imports.preview.Letters; got != LettersOfDOS {
		t.Errorf("imported as of %q", got)
	}
	b.m.imports.look("outlook.csv")
	b.imported()
	if b.says("Letters") || b.m.imports.letters != "" {
		t.Error("letters of a file that can only be Unicode are asked for")
	}
}

// What fits no column is told by line and value, before and after, and can be copied.
func TestAnImportTellsWhichValuesAreNone(t *testing.T) {
	b := importBench(t, Look{"en", "light"}, "misfits.csv")
	told := []string{"60 values are not what their columns are for. They go into the comments.", "Line 23: Telefon privat: “12” is no telephone number", "and 59 more"}
	b.expect(told...)
	b.tap("button", "Copy")
	if got := b.m.opt.App.Clipboard().Content(); got != told[1]+"\n" {
		t.Errorf("copied: %q", got)
	}
	b.tap("button", "Import")
	b.imported()
	b.expect(told...)
}

func TestAnImportTellsHowFarItIsAndCanBeCancelled(t *testing.T) {
	b := importBench(t, Look{"en", "light"}, "long.csv")
	b.tap("button", "Import")
	for end := time.Now().Add(time.Minute); !b.says("5,000 of 12,000 rows"); b.settle() {
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

func TestColumnsAreAssignedByHand(t *testing.T) {
	b := importBench(t, Look{"en", "light"}, "outlook.csv")
	b.tap("button", "Assign columns")
	b.expect("Which column is what", "Telefon geschäftlich", "089 452177", "Phone · Work", "Town · Other", "Schach")
	b.choose("select", "Hobby", "field:Hobby and sport")
	b.tap("button", "Read the file like this")
	b.imported()
	if got := b.m.imports.preview.Ignored; len(got) != 1 {
		t.Errorf("not taken: %v", got)
	}
	b.tap("button", "Import")
	b.imported()
	if got := b.m.imports.preview.Columns[5].Target; got != "field:Hobby and sport" {
		t.Errorf("imported as %q", got)
	}
	b.expect("The search index is being made")
}

func TestAFileOfWhichNoColumnIsKnownAsksForThem(t *testing.T) {
	b := importBench(t, Look{"en", "light"}, "list.csv")
	b.expect("Say which one has a name", "Kd.", "Meier")
	b.choose("select", "Kd.", "Last name")
	b.tap("button", "Read the file like this")
	b.imported()
	b.expect("Nothing has come in yet", "11,204")
}

func TestRefusedRowsAreSaved(t *testing.T) {
	b := importBench(t, Look{"en", "light"}, "outlook.csv")
	b.widget("button", "Save as CSV")
	for folder, says := range map[string]string{t.TempDir(): "2 rows written to", "/full/": "The file could not be written: the disk is full"} {
		v := b.m.imports
		v.saveIn(folder, v.refusedName(), v.writeRefused(v.step))
		b.imported()
		b.expect(says, "Nothing has come in yet")
	}
}

// A file that is there is replaced only when that is wanted, and only by one that is whole.
func TestAnExportAsksBeforeItReplacesAFile(t *testing.T) {
	b := importBench(t, Look{"en", "light"}, "outlook.csv")
	b.m.imports.start("", false)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "leadline.csv"), []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	b.m.imports.saveIn(dir, "leadline.csv", b.m.imports.export)
	b.settle()
	b.expect("Shall it be replaced?")
	b.tap("button", "Cancel")
	b.expect("CSV and vCard have all contacts")
	b.m.imports.saveIn(dir, "leadline.csv", b.m.imports.export)
	b.settle()
	b.tap("button", "Replace")
	b.imported()
	b.expect("1,204 contacts written to")
	if b.m.imports.saveIn(dir, "other.csv", b.m.imports.export); b.m.imports.cancel == nil {
		t.Error("a new file is asked about")
	}
	b.imported()
}

// An import goes on while the look of the program is changed, and says so.
func TestAnImportGoesOnInAnotherLook(t *testing.T) {
	b := importBench(t, Look{"en", "light"}, "long.csv")
	b.tap("button", "Import")
	for end := time.Now().Add(time.Minute); !b.says("5,000 of 12,000 rows"); b.settle() {
		if time.Now().After(end) {
			t.Fatal("it does not say how far it is")
		}
	}
	b.m.relook(Look{"en", "dark"})
	b.settle()
	b.m.ShowSettings(settingsImport)
	b.settle()
	b.expect("5,000 of 12,000 rows")
	b.tap("button", "Cancel")
	b.imported()
	b.expect("The import was cancelled.")
}

func TestPicturesOfImports(t *testing.T) {
	for _, look := range []Look{{"de", "light"}, {"en", "dark"}} {
		name := func(what string) string { return "settings-import-" + what + "-" + look.Theme + "-" + look.Language }
		b := importBench(t, look, "outlook.csv")
		b.m.Window().Resize(fyne.NewSize(1280, 800))
		b.shot(name("preview"))
		b.m.imports.assign("")
		b.shot(name("columns"))
		b.m.imports.previewed()
		b.tap("button", "Import")
		b.imported()
		b.shot(name("report"))
		b.m.imports.start("", false)
		b.shot(name("start"))
	}
}
