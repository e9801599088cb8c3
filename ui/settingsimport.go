package ui

import (
	"context"
	"errors"
	"maps"
	"path/filepath"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"

	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// importMost is how long an import or export may take before it is given up.
const importMost = 30 * time.Minute

// settingsImportView brings customers in from a file, after showing what would come in,
// and out to one. What runs goes on when the place is left.
type settingsImportView struct {
	opt      MainOptions
	win      fyne.Window
	finished func(words string, wrong bool) // words are for who is elsewhere; "" for nobody

	box    *fyne.Container
	here   bool
	cancel context.CancelFunc // of what runs; nil when nothing does

	step func() // shows what is shown, again

	file       string
	columns    map[string]string // said by hand
	letters    Letters           // as well
	duplicates Duplicates
	preview    ImportReport
	format     ExportFormat
	exportName string // of the file to export to
}

func newSettingsImport(opt MainOptions, win fyne.Window, finished func(words string, wrong bool)) *settingsImportView {
	v := &settingsImportView{opt: opt, win: win, finished: finished, box: kit.Stack(), format: ExportCSV, exportName: "leadline.csv"}
	v.start("", false)
	return v
}

// Object is the place.
func (v *settingsImportView) Object() fyne.CanvasObject { return v.box }

// Enter notes that what ends is seen.
func (v *settingsImportView) Enter() { v.here = true }

// Leave lets go on what runs.
func (v *settingsImportView) Leave() { v.here = false }

// Again shows what is shown in the language and colours of now; what runs goes on.
func (v *settingsImportView) Again() { v.step() }

// Draw does nothing: files are in no snapshot.
func (v *settingsImportView) Draw(desk.Snapshot) {}

// show shows a step: its parts, and a bar below where there is something to do.
func (v *settingsImportView) show(bar fyne.CanvasObject, parts ...fyne.CanvasObject) {
	all := []fyne.CanvasObject{settingsTitle("Import and export"), kit.Grow(kit.Scroll(kit.Pad(20, 24, 20, 24, kit.Column(18, parts...))))}
	if bar != nil {
		all = append(all, bar)
	}
	v.box.Objects = []fyne.CanvasObject{kit.Column(0, all...)}
	v.box.Refresh()
}

// start offers both ways; said is what came of the last one.
func (v *settingsImportView) start(said string, wrong bool) {
	v.step = func() { v.start(said, wrong) }
	choose := kit.NewButton("Choose a file", kit.Primary, v.choose).WithIcon(theme.IconUpload)
	name := kit.NewField("File name", func(s string) { v.exportName = s })
	name.SetText(v.exportName)
	formats := kit.NewSegmented("Export as", []kit.Option{
		{ID: string(ExportCSV), Label: "CSV"}, {ID: string(ExportCards), Label: "vCard"}, {ID: string(ExportEverything), Key: text.Key("Everything|export")},
	}, func(id string) {
		v.format = ExportFormat(id)
		v.exportName = strings.TrimSuffix(v.exportName, filepath.Ext(v.exportName)) + "." + id
		name.SetText(v.exportName)
	})
	formats.SetChosen(string(v.format))
	parts := []fyne.CanvasObject{
		settingsRow("Import", kit.Column(6, kit.Row(0, choose, kit.Spacer()),
			kit.NewProse("CSV of Google Contacts, Outlook, Bitrix24 or your own, vCards, or everything of a Leadline. Nothing comes in before you have seen it.", kit.Quiet))),
		kit.NewHairline(),
		settingsRow("Export", kit.Column(10, kit.Row(0, formats, kit.Spacer()),
			kit.NewProse("CSV and vCard have all contacts and companies for other programs. Everything has deals, calls, notes and settings, too, for another Leadline.", kit.Quiet),
			kit.Row(0, kit.Sized(300, 0, name), kit.Spacer()),
			kit.Row(0, kit.NewButton("Export", kit.Line, v.askWhere).WithIcon(theme.IconDownload), kit.Spacer()))),
	}
	if said != "" {
		color := theme.Text2
		if wrong {
			color = theme.DangerText
		}
		parts = append(parts, kit.NewProseData(said, kit.Secondary.In(color)))
	}
	v.show(nil, parts...)
}

// importable are the files that are offered; of workbooks it is said what to do with them.
var importable = []string{".csv", ".CSV", ".tsv", ".txt", ".TXT", ".vcf", ".VCF", ".json", ".xlsx", ".XLSX", ".xls", ".XLS", ".ods"}

// choose asks for a file to import.
func (v *settingsImportView) choose() {
	if v.cancel != nil {
		return
	}
	d := dialog.NewFileOpen(func(r fyne.URIReadCloser, err error) {
		if err != nil {
			v.start(text.T("The file could not be opened: {reason}", "reason", reasonOf(err)), true)
			return
		}
		if r == nil { // cancelled
			return
		}
		path := r.URI().Path()
		r.Close()
		v.look(path)
	}, v.win)
	d.SetFilter(storage.NewExtensionFileFilter(importable))
	showFiles(d, v.win, "File to import", "Show what would come in")
}

// look reads a file and shows what would come in.
func (v *settingsImportView) look(file string) {
	v.file, v.duplicates, v.columns, v.letters = file, DuplicatesSkip, map[string]string{}, ""
	v.recount()
}

func (v *settingsImportView) recount() {
	columns := maps.Clone(v.columns)
	p := v.running("Reading the file", 0)
	v.begin(func(ctx context.Context) (ImportReport, error) {
		return v.opt.Importer.Import(ctx, v.file, ImportOptions{Preview: true, Duplicates: v.duplicates, Columns: columns, Letters: v.letters, Progress: p.Rows})
	}, func(r ImportReport, err error) {
		switch {
		case errors.Is(err, context.Canceled):
			v.start("", false)
		case r.Unknown:
			v.preview = r
			v.assign(text.T("Too few columns are known by their heads. Say which one has a name, a company or a number."))
		case err != nil:
			v.start(text.T("The file cannot be imported: {reason}", "reason", reasonOf(err)), true)
		default:
			v.preview = r
			v.previewed()
		}
	})
}

// bring imports the file.
func (v *settingsImportView) bring() {
	columns := maps.Clone(v.columns)
	p := v.running("Importing", v.preview.Rows)
	v.begin(func(ctx context.Context) (ImportReport, error) {
		return v.opt.Importer.Import(ctx, v.file, ImportOptions{Duplicates: v.duplicates, Columns: columns, Letters: v.letters, Progress: p.Rows})
	}, v.brought)
}

func (v *settingsImportView) brought(r ImportReport, err error) {
	words, wrong := text.T("The import is finished."), err != nil
	switch {
	case errors.Is(err, context.Canceled):
		words = text.T("The import was cancelled. What had come in until then stays.")
	case err != nil:
		words = text.T("The import failed: {reason}", "reason", reasonOf(err))
	}
	v.reported(words, wrong, r)
	v.finish(words, wrong)
}

func (v *settingsImportView) export(file string) {
	v.running("Exporting", 0)
	format := v.format
	v.begin(func(ctx context.Context) (ImportReport, error) {
		n, err := v.opt.Importer.Export(ctx, file, format)
		return ImportReport{Contacts: n}, err
	}, func(r ImportReport, err error) {
		words := text.Tn(r.Contacts, "{n} contact written to {file}", "{n} contacts written to {file}", "file", file)
		switch {
		case errors.Is(err, context.Canceled):
			words = text.T("The export was cancelled.")
		case err != nil:
			words = text.T("The file could not be written: {reason}", "reason", reasonOf(err))
		}
		v.start(words, err != nil)
		v.finish(words, err != nil)
	})
}

// begin works on a goroutine of its own, until Cancel; done is called on the windows'.
func (v *settingsImportView) begin(work func(context.Context) (ImportReport, error), done func(ImportReport, error)) {
	ctx, cancel := context.WithTimeout(context.Background(), importMost)
	v.cancel = cancel
	answer(ctx, v.opt.Do, struct{}{}, func(ctx context.Context, _ struct{}) (ImportReport, error) { return work(ctx) }, func(r ImportReport, err error) {
		v.cancel()
		v.cancel = nil
		done(r, err)
	})
}

// finish tells the window, and who is elsewhere meanwhile.
func (v *settingsImportView) finish(words string, wrong bool) {
	if v.here {
		words = ""
	}
	v.finished(words, wrong)
}
