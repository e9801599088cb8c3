package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"

	"leadline/cmd/leadline/config"
	"leadline/crm"
	"leadline/crm/disk"
	"leadline/crm/exchange"
	"leadline/crm/store"
)

// storeFile is the agent's file in the data folder.
func storeFile(c config.Config) string { return filepath.Join(c.Data, "leadline.db") }

func openStore(ctx context.Context, c config.Config, o store.Options) (*store.Store, error) {
	o.Region = c.UI.Region
	s, err := store.Open(ctx, storeFile(c), o)
	if errors.Is(err, store.ErrInUse) {
		return nil, fmt.Errorf("%w\nClose Leadline first, or import in its window", err)
	}
	if err == nil {
		if saved, was := s.Salvaged(); was {
			fmt.Fprintln(os.Stderr, "leadline:", saved)
		}
	}
	return s, err
}

const importUsage = `leadline import [flags] FILE ("-" is standard input): contacts from a CSV of Google Contacts, Outlook or
Bitrix24, from any other CSV with a line of names, from vCards 2.1 to 4.0, or everything that leadline export wrote as JSON
  -preview                    say what would come in, and write nothing
  -duplicates skip            who is there already: skip, update, add
  -column "phone:work=Tel."   what a column is, where its name does not say it; may be repeated. What: first, middle, last, name,
                              company, position, comment, marks, source, responsible, sip, phone[:LABEL], email[:LABEL],
                              address[:LABEL], street[:LABEL], zip[:LABEL], city[:LABEL], state[:LABEL], country[:LABEL],
                              field:NAME of your own
                              LABEL: work, mobile, home, main, fax, private, other
  -delimiter ";"              between cells, where it is not found out
  -encoding windows-1252      utf-8, utf-16, windows-1252, cp850 (of MS-DOS), macintosh, where it is not found out
  -refused rest.csv           write the rows that are refused there, with the reasons, to be corrected and imported
`

const exportUsage = `leadline export [flags] FILE ("-" is standard output): all contacts and companies, or everything
  -format vcard4              csv (of Google Contacts), vcard3, vcard4: contacts and companies; json: everything, for leadline import;
                              else by the name of the file
  -person "030 1234567"       only what there is of one person or company, by number, name or id; vcard3, vcard4 or json
`

// importCommand is `leadline import`.
func importCommand(ctx context.Context, load func() (config.Config, error), args []string, out io.Writer) error {
	flags := flag.NewFlagSet("import", flag.ContinueOnError)
	preview := flags.Bool("preview", false, "")
	duplicates := flags.String("duplicates", "skip", "")
	delimiter := flags.String("delimiter", "", "")
	encoding := flags.String("encoding", "", "")
	refused := flags.String("refused", "", "")
	columns := map[string]exchange.Field{}
	flags.Func("column", "", func(s string) error {
		field, name, ok := strings.Cut(s, "=")
		if !ok || name == "" {
			return errors.New("write it as FIELD=COLUMN")
		}
		f, err := exchange.ParseField(field)
		columns[name] = f
		return err
	})
	if helped, err := oneFile(flags, args, importUsage, out); helped || err != nil {
		return err
	}
	o := exchange.Options{Duplicates: store.Duplicates(*duplicates), DryRun: *preview, Columns: columns}
	switch o.Duplicates {
	case store.Skip, store.Update, store.Add:
	default:
		return usageError(flags.Name(), fmt.Errorf("-duplicates %s is none of skip, update, add", *duplicates), importUsage)
	}
	var err error
	if o.Encoding, err = exchange.ParseEncoding(*encoding); err != nil {
		return usageError(flags.Name(), err, importUsage)
	}
	if o.Delimiter, err = oneSign(*delimiter); err != nil {
		return usageError(flags.Name(), err, importUsage)
	}
	if *refused != "" && flags.Arg(0) == "-" {
		return usageError(flags.Name(), errors.New("-refused needs a file that can be read twice"), importUsage)
	}
	c, err := load()
	if err != nil {
		return err
	}
	if err := importFile(ctx, c, flags.Arg(0), o, out); err != nil || *refused == "" {
		return err
	}
	o.Region = c.UI.Region
	rows, err := writeRefused(ctx, flags.Arg(0), *refused, o)
	if err == nil && rows > 0 {
		fmt.Fprintf(out, "the %d refused are written to %s\n", rows, *refused)
	}
	return err
}

// writeRefused writes the rows of a file that an import refuses, if there are some.
func writeRefused(ctx context.Context, file, to string, o exchange.Options) (rows int, err error) {
	in, err := os.Open(file)
	if err != nil {
		return 0, fmt.Errorf("read the refused rows: %w", err)
	}
	defer in.Close()
	err = disk.Write(to, func(w io.Writer) (err error) {
		rows, err = exchange.WriteRefused(ctx, in, w, o)
		if err == nil && rows == 0 {
			err = errNoneRefused
		}
		return err
	})
	if errors.Is(err, errNoneRefused) {
		return 0, nil
	}
	return rows, err
}

// errNoneRefused keeps an empty file from being written.
var errNoneRefused = errors.New("no row is refused")

func oneSign(s string) (rune, error) {
	if s == `\t` || s == "tab" {
		s = "\t"
	}
	if r := []rune(s); len(r) == 1 && r[0] != '"' && r[0] != '\n' && r[0] != '\r' {
		return r[0], nil
	} else if len(r) > 0 {
		return 0, fmt.Errorf("-delimiter %s is not one sign", s)
	}
	return 0, nil
}

// oneFile reads the flags of a command, after which the name of one file comes. helped says that help was asked for and given.
func oneFile(flags *flag.FlagSet, args []string, usage string, out io.Writer) (helped bool, err error) {
	helped, err = parse(flags, args, usage, out)
	if err == nil && !helped && flags.NArg() != 1 {
		err = usageError(flags.Name(), errors.New("it needs the name of one file, after the flags"), usage)
	}
	return helped, err
}

// importFile brings in a file and says what became of it.
func importFile(ctx context.Context, c config.Config, file string, o exchange.Options, out io.Writer) error {
	in := io.Reader(os.Stdin)
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return fmt.Errorf("import: %w", err)
		}
		defer f.Close()
		in = f
	}
	s, err := openStore(ctx, c, store.Options{})
	if err != nil {
		return err
	}
	o.Region = c.UI.Region
	o.Progress = progressOn(os.Stderr)
	// Ctrl+C ends it after the batch under way; what is reported is saved.
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	report, err := exchange.Import(ctx, s, in, o)
	tellImport(out, report, o.DryRun)
	if err != nil {
		err = fmt.Errorf("import %s: %w", file, err)
	}
	return errors.Join(err, waitIndexed(ctx, s), s.Close())
}

// waitIndexed waits until the search knows what came in. What Ctrl+C leaves of that is done by the next start.
func waitIndexed(ctx context.Context, s *store.Store) error {
	if s.Unindexed() > 0 {
		fmt.Fprintf(os.Stderr, "making the search index of %d records; Ctrl+C leaves that to the next start of Leadline\n", s.Unindexed())
	}
	if err := s.WaitIndexed(ctx); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// progressOn tells how far an import is, where a person sees it.
func progressOn(f *os.File) func(rows int) {
	if info, err := f.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return nil
	}
	return func(rows int) { fmt.Fprintf(f, "\r%d rows ", rows) }
}

func tellImport(out io.Writer, r exchange.Report, dry bool) {
	fmt.Fprintf(out, "%s", r.File.Format)
	if r.File.Delimiter != 0 {
		fmt.Fprintf(out, ", delimiter %q", r.File.Delimiter)
	}
	if r.File.Encoding != "" {
		fmt.Fprintf(out, ", %s", r.File.Encoding)
	}
	fmt.Fprintln(out)
	if dry {
		for _, c := range r.File.Columns {
			fmt.Fprintf(out, "  column %s: %s\n", c.Header, orNothing(string(c.Field)))
		}
		for _, n := range r.First {
			fmt.Fprintf(out, "  %s\n", strings.Join(slices.DeleteFunc([]string{n.Contact.Name(), n.Company, firstNumber(n)}, func(s string) bool { return s == "" }), ", "))
		}
	}
	made := "made"
	if dry {
		made = "would be made"
	}
	fmt.Fprintf(out, "%d rows read: %d contacts and %d companies %s, %d there already, %d of them updated, %d refused\n",
		r.Rows, r.Contacts, r.Companies, made, r.Skipped+r.Updated, r.Updated, r.Refusals)
	for _, f := range r.Refused {
		fmt.Fprintf(out, "  line %d: %s\n", f.Line, f.Why)
	}
	if more := r.Refusals - len(r.Refused); more > 0 {
		fmt.Fprintf(out, "  and %d more\n", more)
	}
	if r.Misfits > 0 {
		fmt.Fprintf(out, "%d values are not what their columns are for, and go into the comments\n", r.Misfits)
	}
	for _, m := range r.Misfitted {
		fmt.Fprintf(out, "  line %d: %s\n", m.Line, m)
	}
	if more := r.Misfits - len(r.Misfitted); more > 0 {
		fmt.Fprintf(out, "  and %d more\n", more)
	}
	if r.Excepts > 0 {
		fmt.Fprintf(out, "%d have a number or address that is a CRM exception: calls with it never reach them\n", r.Excepts)
	}
	for _, e := range r.Excepted {
		fmt.Fprintf(out, "  line %d: %s has %s\n", e.Line, e.Name, e.Entry)
	}
	if more := r.Excepts - len(r.Excepted); more > 0 {
		fmt.Fprintf(out, "  and %d more\n", more)
	}
	for _, s := range r.Strangers {
		fmt.Fprintf(out, "responsible is said to be %s, who is no user here (%d rows)\n", s.Name, s.Rows)
	}
}

func orNothing(s string) string {
	if s == "" {
		return "not taken"
	}
	return s
}

func firstNumber(n store.ImportRow) string {
	if len(n.Contact.Numbers) == 0 {
		return ""
	}
	return n.Contact.Numbers[0].Show("")
}

// exportCommand is `leadline export`.
func exportCommand(ctx context.Context, load func() (config.Config, error), args []string, out io.Writer) error {
	flags := flag.NewFlagSet("export", flag.ContinueOnError)
	name := flags.String("format", "", "")
	who := flags.String("person", "", "")
	if helped, err := oneFile(flags, args, exportUsage, out); helped || err != nil {
		return err
	}
	format, err := exchange.ParseFormat(*name, flags.Arg(0))
	if err != nil {
		return usageError(flags.Name(), err, exportUsage)
	}
	c, err := load()
	if err != nil {
		return err
	}
	if *who != "" && format == exchange.GoogleCSV {
		return usageError(flags.Name(), errors.New("one person can be exported as json, vcard3 or vcard4"), exportUsage)
	}
	return exportFile(ctx, c, flags.Arg(0), format, *who, out)
}

// exportFile writes all contacts, or one person. The file is whole or not there.
func exportFile(ctx context.Context, c config.Config, file string, format exchange.Format, who string, out io.Writer) error {
	s, err := openStore(ctx, c, store.Options{})
	if err != nil {
		return err
	}
	if who != "" {
		return errors.Join(exportPerson(ctx, s, file, format, who, out), s.Close())
	}
	if file == "-" {
		_, err := exchange.Export(ctx, s, out, format)
		return errors.Join(err, s.Close())
	}
	var n int
	err = disk.Write(file, func(w io.Writer) (err error) {
		n, err = exchange.Export(ctx, s, w, format)
		return err
	})
	if err := errors.Join(err, s.Close()); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%d contacts written to %s\n", n, file)
	return err
}

func exportPerson(ctx context.Context, s *store.Store, file string, format exchange.Format, who string, out io.Writer) error {
	r, name, err := personOf(ctx, s, who)
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	if file == "-" {
		return exchange.ExportPerson(ctx, s, r, out, format)
	}
	err = disk.Write(file, func(w io.Writer) error { return exchange.ExportPerson(ctx, s, r, w, format) })
	if err == nil {
		_, err = fmt.Fprintf(out, "what there is of %s written to %s\n", name, file)
	}
	return err
}

// personOf finds the one who is meant by a number, a name or an id.
func personOf(ctx context.Context, s *store.Store, who string) (crm.Ref, string, error) {
	if id, err := crm.ParseID(who); err == nil {
		for _, kind := range []crm.Kind{crm.KindContact, crm.KindCompany, crm.KindLead} {
			if rec, err := s.Record(ctx, crm.Ref{Kind: kind, ID: id}); err == nil {
				return rec.Ref, rec.Name, nil
			}
		}
	}
	const most = 20
	found, err := s.Search(ctx, who, most)
	if err != nil {
		return crm.Ref{}, "", err
	}
	exact := slices.DeleteFunc(slices.Clone(found), func(f crm.Found) bool { return !strings.EqualFold(f.Name, who) })
	if len(exact) > 0 {
		found = exact
	}
	switch len(found) {
	case 0:
		return crm.Ref{}, "", fmt.Errorf("nobody is found by %q", who)
	case 1:
		return found[0].Ref, found[0].Name, nil
	}
	var b strings.Builder
	for _, f := range found {
		fmt.Fprintf(&b, "\n  %s  %s %s %s", f.Ref.ID, f.Name, f.Sub, f.Number.Show(""))
	}
	return crm.Ref{}, "", fmt.Errorf("several are found by %q; take the id of the one who is meant:%s", who, b.String())
}
