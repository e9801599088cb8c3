package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"leadline/crm"
	"leadline/crm/disk"
	"leadline/crm/exchange"
	"leadline/crm/store"
	"leadline/ui"
	"leadline/ui/desk"
)

// Import brings in a file, or says what would come in.
func (s settings) Import(ctx context.Context, file string, o ui.ImportOptions) (ui.ImportReport, error) {
	in, err := os.Open(file)
	if err != nil {
		return ui.ImportReport{}, fmt.Errorf("import: %w", err)
	}
	defer in.Close()
	r, err := exchange.Import(ctx, s.store, in, s.importOptions(o))
	view := viewImport(r)
	view.Unindexed = s.store.Unindexed()
	fields, e := s.store.Fields(ctx)
	for _, f := range fields {
		if f.Has(crm.KindContact) || f.Has(crm.KindCompany) {
			view.Own = append(view.Own, f.Name)
		}
	}
	switch {
	case errors.Is(err, exchange.ErrEmpty):
		err = crm.Invalid{Text: crm.Text{Key: "the file is empty"}}
	case errors.Is(err, exchange.ErrWorkbook):
		err = crm.Invalid{Text: crm.Text{Key: "it is a workbook or an archive, and no text: save it as CSV (UTF-8) in its own program, and import that"}}
	case errors.Is(err, exchange.ErrUnknownColumns):
		view.Unknown = len(view.Columns) > 0
		err = crm.Invalid{Text: crm.Text{Key: "its first line names no columns that are known, such as First Name and Phone"}}
	case errors.Is(err, exchange.ErrLongRow):
		err = crm.Invalid{Text: crm.Text{Key: "one of its rows is longer than 4 MB: it is no table, or a quotation mark is never closed"}}
	}
	return view, cmp.Or(err, e)
}

func (s settings) importOptions(o ui.ImportOptions) exchange.Options {
	columns := make(map[string]exchange.Field, len(o.Columns))
	for header, target := range o.Columns {
		columns[header] = exchange.Field(target)
	}
	return exchange.Options{Region: s.config().UI.Region, Duplicates: store.Duplicates(o.Duplicates), DryRun: o.Preview, Progress: o.Progress, Columns: columns, Encoding: exchange.Encoding(o.Letters)}
}

// Unindexed is how many records the search does not find by every word yet.
func (s settings) Unindexed() int { return s.store.Unindexed() }

// Refused writes the rows of a file that Import refuses.
func (s settings) Refused(ctx context.Context, file, to string, o ui.ImportOptions) (rows int, err error) {
	return writeRefused(ctx, file, to, s.importOptions(o))
}

// viewImport is a report as the window shows it.
func viewImport(r exchange.Report) ui.ImportReport {
	out := ui.ImportReport{
		Format: importFormat(r.File.Format), Whole: r.File.Format == exchange.EverythingFormat, Rows: r.Rows,
		Contacts: r.Contacts, Companies: r.Companies, Updated: r.Updated, Skipped: r.Skipped, Refusals: r.Refusals,
	}
	for _, c := range r.File.Columns {
		out.Columns = append(out.Columns, ui.ImportColumn{Header: c.Header, Target: string(c.Field), Sample: c.Sample})
		if c.Field == exchange.Ignored && c.Header != "" {
			out.Ignored = append(out.Ignored, c.Header)
		}
	}
	if r.File.Encoding.Older() {
		out.Letters = ui.Letters(r.File.Encoding)
	}
	out.Misfits = r.Misfits
	for _, m := range r.Misfitted {
		out.Misfitted = append(out.Misfitted, ui.ImportRefusal{Line: m.Line, Why: desk.Text(m.Why)})
	}
	out.Excepts = r.Excepts
	for _, e := range r.Excepted {
		out.Excepted = append(out.Excepted, ui.ImportExcepted(e))
	}
	for _, s := range r.Strangers {
		out.Strangers = append(out.Strangers, ui.ImportStranger(s))
	}
	for _, n := range r.First {
		p := ui.ImportPerson{Name: n.Contact.Name(), Company: n.Company, Number: firstNumber(n)}
		if len(n.Contact.Emails) > 0 {
			p.Email = n.Contact.Emails[0].Address
		}
		out.First = append(out.First, p)
	}
	for _, f := range r.Refused {
		out.Refused = append(out.Refused, ui.ImportRefusal{Line: f.Line, Why: whyRefused(f.Why)})
	}
	return out
}

func importFormat(format string) desk.Text {
	if format == exchange.EverythingFormat {
		return desk.Text{Key: "Everything of a Leadline"}
	}
	if program, ok := strings.CutPrefix(format, exchange.CSVOf); ok {
		return desk.Text{Key: "CSV of {program}", Args: map[string]string{"program": program}}
	}
	return desk.Text{Key: format}
}

// whyRefused is a reason in words that have a translation, where it is not the one of a
// broken file.
func whyRefused(why string) desk.Text {
	if number, ok := exchange.BadNumber(why); ok {
		return desk.Text{Key: "the phone number {number} is none", Args: map[string]string{"number": number}}
	}
	switch why {
	case exchange.NobodyInIt:
		return desk.Text{Key: "no name, no company, no number and no e-mail"}
	case exchange.CardBreaksOff:
		return desk.Text{Key: "the card breaks off before its end"}
	case exchange.RowBreaksOff:
		return desk.Text{Key: "the row breaks off within quotation marks, where the file ends"}
	}
	return desk.Text{Key: why}
}

// ExportRecord writes all there is of one record, as leadline export -person does.
func (s settings) ExportRecord(ctx context.Context, r crm.Ref, file string) error {
	return disk.Write(file, func(w io.Writer) error { return exchange.ExportPerson(ctx, s.store, r, w, exchange.JSON) })
}

// Export writes all contacts, or everything.
func (s settings) Export(ctx context.Context, file string, f ui.ExportFormat) (n int, err error) {
	format, err := exchange.ParseFormat("", "."+string(f))
	if err != nil {
		return 0, err
	}
	err = disk.Write(file, func(w io.Writer) (err error) {
		n, err = exchange.Export(ctx, s.store, w, format)
		return err
	})
	return n, err
}
