package ui

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"

	"leadline/ui/text"
)

// tableWriter writes rows as a CSV that spreadsheets read: UTF-8 with a byte order mark, and the
// separator that they expect where the language is spoken.
type tableWriter struct{ w *csv.Writer }

func newTableWriter(w io.Writer) (tableWriter, error) {
	_, err := io.WriteString(w, "\ufeff")
	t := tableWriter{csv.NewWriter(w)}
	t.w.UseCRLF = true // RFC 4180
	if text.Language() == "de" {
		t.w.Comma = ';'
	}
	return t, err
}

// Row writes one row.
func (t tableWriter) Row(cells ...string) error {
	safe := make([]string, len(cells))
	for i, c := range cells {
		safe[i] = harmless(c)
	}
	return t.w.Write(safe)
}

// Flush says whether all was written.
func (t tableWriter) Flush() error {
	t.w.Flush()
	return t.w.Error()
}

// harmless is a cell that no spreadsheet takes for a formula: a caller's name can be anything.
func harmless(cell string) string {
	if cell == "" || !strings.ContainsRune("=+-@\t\r", rune(cell[0])) || strings.Trim(cell[1:], "0123456789 ()/-.,:") == "" && (cell[0] == '+' || cell[0] == '-') {
		return cell
	}
	return "'" + cell
}

// askFolder asks where to write something. Fyne's own dialog for saving empties a file of that name
// at once, also when writing fails then.
func (m *MainWindow) askFolder(chosen func(folder string)) {
	d := dialog.NewFolderOpen(func(folder fyne.ListableURI, err error) {
		switch {
		case err != nil:
			m.warn(text.T("The file could not be written: {reason}", "reason", reasonOf(err)))
		case folder != nil: // nil: cancelled
			chosen(folder.Path())
		}
	}, m.win)
	showFiles(d, m.win, "Folder for the file", "Export")
}

// newFile makes a file in a folder that is not there yet: "calls.csv", else "calls 2.csv".
func newFile(folder, name string) (*os.File, error) {
	ext := filepath.Ext(name)
	for i := 1; i < 1000; i++ {
		try := name
		if i > 1 {
			try = fmt.Sprintf("%s %d%s", strings.TrimSuffix(name, ext), i, ext)
		}
		f, err := os.OpenFile(filepath.Join(folder, try), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
	return nil, fmt.Errorf("%s: %w", filepath.Join(folder, name), fs.ErrExist)
}

// writeTable writes a new file in a folder, whole or not at all, and says where it is.
func writeTable(folder, name string, write func(tableWriter) error) (path string, err error) {
	f, err := newFile(folder, name)
	if err != nil {
		return "", err
	}
	t, err := newTableWriter(f)
	if err == nil {
		err = errors.Join(write(t), t.Flush())
	}
	if err = errors.Join(err, f.Close()); err != nil {
		err = errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), err
}
