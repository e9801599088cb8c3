package ui

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"

	"leadline/ui/kit"
	"leadline/ui/text"
)

// askWhere asks for the folder to export to.
func (v *settingsImportView) askWhere() {
	name := strings.TrimSpace(v.exportName)
	if filepath.Ext(name) == "" {
		name += "." + string(v.format)
	}
	v.askFolder(filepath.Base(name), v.export)
}

// askFolder asks for a folder, and before a file of that name in it is replaced. Fyne's
// own dialog for saving empties that file at once: what is written then may fail.
func (v *settingsImportView) askFolder(name string, save func(file string)) {
	if v.cancel != nil {
		return
	}
	d := dialog.NewFolderOpen(func(folder fyne.ListableURI, err error) {
		if err != nil {
			v.finished(text.T("The file could not be written: {reason}", "reason", reasonOf(err)), true)
			return
		}
		if folder != nil { // nil: cancelled
			v.saveIn(folder.Path(), name, save)
		}
	}, v.win)
	showFiles(d, v.win, "Folder for the file", "Save")
}

func (v *settingsImportView) saveIn(folder, name string, save func(file string)) {
	file := filepath.Join(folder, name)
	if _, err := os.Lstat(file); err != nil { // what else is wrong, saving will say
		save(file)
		return
	}
	v.askReplace(file, v.step, func() { save(file) })
}

func (v *settingsImportView) askReplace(file string, back, replace func()) {
	v.step = func() { v.askReplace(file, back, replace) }
	v.show(settingsBar(kit.Spacer(), kit.NewButton("Cancel", kit.Line, back), kit.NewButton("Replace", kit.Danger, replace)),
		kit.NewProseData(text.T("There is a file {file} already. Shall it be replaced?", "file", file), kit.Strong))
}

// saveRefused writes the rows that were refused into a file, to be corrected there.
func (v *settingsImportView) saveRefused() { v.askFolder(v.refusedName(), v.writeRefused(v.step)) }

func (v *settingsImportView) refusedName() string {
	name := filepath.Base(v.file)
	return strings.TrimSuffix(name, filepath.Ext(name)) + "-refused.csv"
}

// writeRefused writes them, and shows the step before again.
func (v *settingsImportView) writeRefused(back func()) func(file string) {
	columns, letters := maps.Clone(v.columns), v.letters
	return func(file string) {
		v.running("Writing the refused rows", 0)
		v.begin(func(ctx context.Context) (ImportReport, error) {
			n, err := v.opt.Importer.Refused(ctx, v.file, file, ImportOptions{Columns: columns, Letters: letters})
			return ImportReport{Refusals: n}, err
		}, func(r ImportReport, err error) {
			back()
			switch {
			case errors.Is(err, context.Canceled):
			case err != nil:
				v.finished(text.T("The file could not be written: {reason}", "reason", reasonOf(err)), true)
			default:
				v.finished(text.Tn(r.Refusals, "{n} row written to {file}", "{n} rows written to {file}", "file", file), false)
			}
		})
	}
}
