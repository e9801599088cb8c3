package ui

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

const (
	importShownPeople   = 8
	importShownRefusals = 50
)

// importProgress shows how far an import is.
type importProgress struct {
	do    *Dispatcher
	of    int // rows; 0 when it is not known
	rows  int
	words *kit.Label
	bar   *fyne.Container
}

// running shows what is being done, and Cancel.
func (v *settingsImportView) running(what text.Key, of int) *importProgress {
	p := &importProgress{do: v.opt.Do, of: of}
	v.showRunning(what, p)
	return p
}

func (v *settingsImportView) showRunning(what text.Key, p *importProgress) {
	v.step = func() { v.showRunning(what, p) }
	p.words, p.bar = kit.NewData("", kit.Secondary), kit.Stack()
	var cancel *kit.Button
	cancel = kit.NewButton("Cancel", kit.Line, func() {
		if v.cancel != nil {
			cancel.SetEnabled(false, text.T("It ends after the rows under way."))
			v.cancel()
		}
	})
	p.show(p.rows)
	v.show(settingsBar(kit.Spacer(), cancel), kit.NewLabel(what, kit.Strong), p.bar, p.words)
}

// Rows notes how many rows are read; it is called on the importing goroutine.
func (p *importProgress) Rows(n int) { p.do.Do(func() { p.show(n) }) }

func (p *importProgress) show(rows int) {
	const full = 320
	p.rows = rows
	if p.of == 0 {
		if rows > 0 {
			p.words.SetText(text.Tn(rows, "{n} row", "{n} rows"))
		}
		return
	}
	p.words.SetText(text.T("{n} of {all} rows", "n", text.Number(int64(rows)), "all", text.Number(int64(p.of))))
	done := full * float32(min(rows, p.of)) / float32(p.of)
	p.bar.Objects = []fyne.CanvasObject{kit.Row(0, kit.Sized(done, 8, kit.Fill(theme.ChartMain)), kit.Sized(full-done, 8, kit.Fill(theme.ChartPale)), kit.Spacer())}
	p.bar.Refresh()
}

// previewed shows what would come in.
func (v *settingsImportView) previewed() {
	v.step = v.previewed
	r := v.preview
	parts := []fyne.CanvasObject{settingsRow("File", kit.Column(4, kit.NewData(filepath.Base(v.file), kit.Strong).Shrink(60),
		kit.NewProseData(text.Say(r.Format)+" · "+text.Tn(r.Rows, "{n} row", "{n} rows"), kit.Secondary)))}
	if len(r.Columns) > 0 {
		parts = append(parts, settingsRow("Columns not taken", kit.Column(6, kit.NewProseData(cmp.Or(strings.Join(r.Ignored, ", "), text.T("None|columns")), kit.Secondary).MaxLines(3),
			kit.Row(0, kit.NewButton("Assign columns", kit.Line, func() { v.assign("") }).Small(), kit.Spacer()))))
	}
	if r.Letters != "" {
		parts = append(parts, settingsRow("Letters", v.lettersChoice()))
	}
	if !r.Whole {
		parts = append(parts, settingsRow("Who is there already", v.duplicatesChoice()))
	}
	parts = append(parts, settingsRow("Would come in", importCounts(r)))
	if len(r.First) > 0 {
		parts = append(parts, kit.NewHairline(), importPeople(r.First))
	}
	parts = append(parts, slices.Concat(v.refusals(r), v.misfits(r), v.excepted(r), v.strangers(r))...)
	bring := kit.NewButton("Import", kit.Primary, v.bring)
	bring.SetEnabled(r.Contacts+r.Companies+r.Updated > 0 || r.Whole && r.Rows > r.Refusals+r.Skipped, text.T("There is nothing new in it"))
	v.show(settingsBar(kit.NewLabel("Nothing has come in yet", kit.Secondary), kit.NewButton("Cancel", kit.Line, func() { v.start("", false) }), bring), parts...)
}

// lettersChoice is for a file from before Unicode: what it is written in is seen by some of its letters only.
func (v *settingsImportView) lettersChoice() fyne.CanvasObject {
	choice := kit.NewSegmented("Letters", []kit.Option{
		{ID: string(LettersOfWindows), Label: "Windows"}, {ID: string(LettersOfDOS), Label: "MS-DOS"}, {ID: string(LettersOfMacintosh), Label: "Macintosh"},
	}, func(id string) {
		v.letters = Letters(id)
		v.recount()
	})
	choice.SetChosen(string(v.preview.Letters))
	return kit.Column(4, kit.Row(0, choice, kit.Spacer()), kit.NewProse("Look at the names below: if letters are wrong, the file is from another system.", kit.Quiet))
}

func (v *settingsImportView) duplicatesChoice() fyne.CanvasObject {
	choice := kit.NewSegmented("Who is there already", []kit.Option{
		{ID: string(DuplicatesSkip), Key: text.Key("Leave as they are")},
		{ID: string(DuplicatesUpdate), Key: text.Key("Bring up to date")},
		{ID: string(DuplicatesAdd), Key: text.Key("Add once more")},
	}, func(id string) {
		v.duplicates = Duplicates(id)
		v.recount()
	})
	choice.SetChosen(string(v.duplicates))
	return kit.Column(4, kit.Row(0, choice, kit.Spacer()), kit.NewProse("Known by the same name and number or e-mail.", kit.Quiet))
}

// reported shows what came of an import.
func (v *settingsImportView) reported(words string, wrong bool, r ImportReport) {
	v.step = func() { v.reported(words, wrong, r) }
	style := kit.Strong
	if wrong {
		style = style.In(theme.DangerText)
	}
	parts := []fyne.CanvasObject{kit.NewProseData(words, style), settingsRow("Came in", importCounts(r))}
	if r.Unindexed > 0 {
		parts = append(parts, kit.NewProse("The search index is being made: until then, what came in is found by its numbers and by how its last name begins.", kit.Secondary))
	}
	parts = append(parts, slices.Concat(v.refusals(r), v.misfits(r), v.excepted(r), v.strangers(r))...)
	v.show(settingsBar(kit.Spacer(), kit.NewButton("Done|import", kit.Primary, func() { v.start("", false) })), parts...)
}

// importCounts are a report's numbers, each with what it counts.
func importCounts(r ImportReport) fyne.CanvasObject {
	return kit.Column(6, importCount("New contacts", r.Contacts), importCount("New companies", r.Companies),
		importCount("Brought up to date", r.Updated), importCount("Left as they are", r.Skipped), importCount("Rows refused", r.Refusals))
}

func importCount(what text.Key, n int) fyne.CanvasObject {
	return kit.Row(8, kit.Sized(200, 0, kit.NewLabel(what, kit.Body)), kit.NewData(text.Number(int64(n)), kit.Strong))
}

// importPeople are the first people of a file as they will come in.
func importPeople(people []ImportPerson) fyne.CanvasObject {
	cell := func(o *kit.Label) fyne.CanvasObject { return kit.Grow(o.Shrink(20)) }
	head := func(key text.Key) fyne.CanvasObject { return cell(kit.NewLabel(key, kit.Section)) }
	rows := []fyne.CanvasObject{kit.NewLabel("The first as they will come in", kit.Strong), kit.Columns(12, head("Name"), head("Company"), head("Number"), head("E-mail"))}
	for _, p := range people[:min(len(people), importShownPeople)] {
		rows = append(rows, kit.Columns(12, cell(kit.NewData(p.Name, kit.Body)), cell(kit.NewData(p.Company, kit.Body)), cell(kit.NewData(p.Number, kit.Body)), cell(kit.NewData(p.Email, kit.Body))))
	}
	return kit.Column(8, rows...)
}

// refusals are the rows that are not taken, each with the reason, and a way to keep them.
func (v *settingsImportView) refusals(r ImportReport) []fyne.CanvasObject {
	if r.Refusals == 0 {
		return nil
	}
	var lines []string
	for _, f := range r.Refused {
		lines = append(lines, text.T("Line {line}: {reason}", "line", text.Number(int64(f.Line)), "reason", text.Say(f.Why)))
	}
	copied := kit.NewButton("Copy", kit.Line, func() { v.opt.App.Clipboard().SetContent(strings.Join(lines, "\n") + "\n") }).WithIcon(theme.IconCopy).Small()
	saved := kit.NewButton("Save as CSV", kit.Line, v.saveRefused).WithIcon(theme.IconDownload).Small()
	rows := []fyne.CanvasObject{kit.Row(8, kit.NewLabel("Rows refused", kit.Strong), kit.Spacer(), saved, copied)}
	for _, line := range lines[:min(len(lines), importShownRefusals)] {
		rows = append(rows, kit.NewProseData(line, kit.Secondary))
	}
	if more := r.Refusals - min(len(lines), importShownRefusals); more > 0 {
		rows = append(rows, kit.NewProseData(text.Tn(more, "and {n} more", "and {n} more"), kit.Quiet))
	}
	return []fyne.CanvasObject{kit.NewHairline(), kit.Column(6, rows...)}
}

// misfits are the values that are not what their column is for, each with the reason.
func (v *settingsImportView) misfits(r ImportReport) []fyne.CanvasObject {
	if r.Misfits == 0 {
		return nil
	}
	var lines []string
	for _, f := range r.Misfitted {
		lines = append(lines, text.T("Line {line}: {reason}", "line", text.Number(int64(f.Line)), "reason", text.Say(f.Why)))
	}
	copied := kit.NewButton("Copy", kit.Line, func() { v.opt.App.Clipboard().SetContent(strings.Join(lines, "\n") + "\n") }).WithIcon(theme.IconCopy).Small()
	rows := []fyne.CanvasObject{kit.Row(8, kit.Grow(kit.NewProseData(text.Tn(r.Misfits, "{n} value is not what its column is for. It goes into the comment.",
		"{n} values are not what their columns are for. They go into the comments."), kit.Secondary.In(theme.WarningText))), copied)}
	shown := lines[:min(len(lines), importShownRefusals)]
	for _, line := range shown {
		rows = append(rows, kit.NewProseData(line, kit.Secondary))
	}
	if more := r.Misfits - len(shown); more > 0 {
		rows = append(rows, kit.NewProseData(text.Tn(more, "and {n} more", "and {n} more"), kit.Quiet))
	}
	return []fyne.CanvasObject{kit.NewHairline(), kit.Column(6, rows...)}
}

// excepted are who has a number or address that is an exception (requirements.md E1).
func (v *settingsImportView) excepted(r ImportReport) []fyne.CanvasObject {
	if r.Excepts == 0 {
		return nil
	}
	rows := []fyne.CanvasObject{kit.NewProseData(text.Tn(r.Excepts, "{n} row has a number or address that is a CRM exception: calls with it never reach the record.",
		"{n} rows have a number or address that is a CRM exception: calls with it never reach the record."), kit.Secondary.In(theme.WarningText))}
	shown := r.Excepted[:min(len(r.Excepted), importShownRefusals)]
	for _, e := range shown {
		rows = append(rows, kit.NewProseData(text.T("Line {line}: {reason}", "line", text.Number(int64(e.Line)), "reason", joined(" · ", e.Name, e.Entry)), kit.Secondary))
	}
	if more := r.Excepts - len(shown); more > 0 {
		rows = append(rows, kit.NewProseData(text.Tn(more, "and {n} more", "and {n} more"), kit.Quiet))
	}
	return []fyne.CanvasObject{kit.NewHairline(), kit.Column(6, rows...)}
}

// strangers are whom the file names as responsible and who are no users here: their rows come in without.
func (v *settingsImportView) strangers(r ImportReport) []fyne.CanvasObject {
	if len(r.Strangers) == 0 {
		return nil
	}
	rows := []fyne.CanvasObject{kit.NewProse("The file names as responsible who is no user here. Such rows come in with nobody responsible.", kit.Secondary.In(theme.WarningText))}
	for _, s := range r.Strangers[:min(len(r.Strangers), importShownRefusals)] {
		rows = append(rows, kit.NewProseData(joined(" · ", s.Name, text.Tn(s.Rows, "{n} row", "{n} rows")), kit.Secondary))
	}
	return []fyne.CanvasObject{kit.NewHairline(), kit.Column(6, rows...)}
}
