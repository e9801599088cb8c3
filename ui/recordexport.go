package ui

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"leadline/ui/desk"
	"leadline/ui/text"
)

// exportable says whether all there is of the record can be written into a file: it is a person's or a company's, who may ask for it.
func (v *recordView) exportable() bool {
	return v.changeable() && v.opt.Importer != nil && v.rec.Ref.Kind != desk.Deal
}

// export asks for a folder and writes all there is of the record there, for whoever asks what is kept of them (GDPR, article 15).
func (v *recordView) export() { v.host.askFolder(v.exportTo) }

func (v *recordView) exportTo(folder string) {
	ref, name := crmRef(v.rec.Ref), fileNameOf(v.rec.Title)+".json"
	fileAsk(v.opt, func(ctx context.Context) (string, error) {
		f, err := newFile(folder, name)
		if err != nil {
			return "", err
		}
		if err := errors.Join(f.Close(), v.opt.Importer.ExportRecord(ctx, ref, f.Name())); err != nil {
			return "", errors.Join(err, os.Remove(f.Name()))
		}
		return f.Name(), nil
	}, func(path string, err error) {
		if err != nil {
			v.host.warn(text.T("The file could not be written: {reason}", "reason", reasonOf(err)))
			return
		}
		v.host.tell(text.T("Written: {file}", "file", filepath.Base(path)))
	})
}

// fileNameMost is how many characters of a name a file's name has.
const fileNameMost = 60

// fileNameOf is a record's name as every system takes it for a file: without what separates folders or is not to be seen.
func fileNameOf(name string) string {
	clean := strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '_'
		}
		return r
	}, name)
	if long := []rune(clean); len(long) > fileNameMost {
		clean = string(long[:fileNameMost])
	}
	if clean = strings.Trim(clean, ". "); clean == "" {
		return text.T("Record|crm")
	}
	return clean
}
