package ui

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"

	"leadline/ui/text"
)

// importMost is how long an import may take before it is given up.
const importMost = 30 * time.Minute

// importFile asks for a file and brings its contacts in.
func (m *MainWindow) importFile() {
	if m.opt.Importer == nil {
		return
	}
	d := dialog.NewFileOpen(func(r fyne.URIReadCloser, err error) {
		if err != nil {
			m.toasts.Show(text.T("The file could not be opened: {reason}", "reason", err.Error()), true)
			return
		}
		if r == nil { // cancelled
			return
		}
		path := r.URI().Path()
		r.Close()
		m.Import(path)
	}, m.win)
	d.SetFilter(storage.NewExtensionFileFilter([]string{".csv", ".CSV", ".vcf", ".VCF"}))
	d.Show() // first: before, the dialog has no size to change
	d.Resize(fyne.NewSize(760, 520))
}

// Import brings in the contacts of a file and tells what came of it.
func (m *MainWindow) Import(path string) {
	m.toasts.Show(text.T("Importing"), false)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), importMost)
		defer cancel()
		said, err := guardedAsk(ctx, path, m.opt.Importer.ImportFile)
		m.opt.Do.Do(func() {
			if err != nil {
				m.toasts.Show(text.T("The import failed: {reason}", "reason", err.Error()), true)
				return
			}
			m.toasts.Show(text.Say(said), false)
			m.draw(true)
		})
	}()
}
