package exchange

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"leadline/crm"
	"leadline/crm/store"
)

// Options of an import.
type Options struct {
	Region      string           // for numbers written nationally; "" is "DE"
	Responsible crm.ID           // of all who are made, but for whom the file says another; "" for nobody
	Duplicates  store.Duplicates // what happens to who is there already; "" is store.Skip
	DryRun      bool             // nothing is written: the report says what would be
	Progress    func(rows int)   // called after each batch, on the importing goroutine

	// Of a CSV, where it is not to be found out:
	Encoding  Encoding
	Delimiter rune             // 0 is found out
	Columns   map[string]Field // by the names of columns; the others are found out

	custom     customFields // what the store has
	exceptions crm.Blocklist
	colleagues colleagues
}

// Report says what an import did, or would do.
type Report struct {
	File      File
	Rows      int // read, without the header; cards of a vCard file
	Contacts  int // made
	Companies int // made
	Updated   int // there already, and brought up to date
	Skipped   int // there already: see store.Store.Import
	Refusals  int // rows that were not taken
	Refused   []Refusal
	Misfits   int // values that are not what their column is for; their rows were taken
	Misfitted []Misfit
	First     []store.ImportRow // the first people, for a preview
	Excepts   int               // of those read: who have a number or address that is an exception (E1)
	Excepted  []Excepted
	Strangers []Stranger // named as responsible; the first twenty
}

// File is what was found out about a file.
type File struct {
	Format    string // "CSV of Outlook", "CSV", "vCard 3.0"
	Encoding  Encoding
	Delimiter rune     // of a CSV
	Columns   []Column // of a CSV
}

// Refusal is a row that was not taken. The first thousand are kept.
type Refusal struct {
	Line int // in the file, from 1
	Why  string
}

// Excepted is somebody with a number or address that is an exception: they come in, but calls with it never reach
// them. The first thousand are kept.
type Excepted struct {
	Line  int
	Name  string
	Entry string // as it stands in the list
}

// Reasons of refusals that are not the words of an error.
const (
	NobodyInIt    = "no name, no company, no number and no e-mail"
	CardBreaksOff = "the card breaks off before its end"
	RowBreaksOff  = "the row breaks off within quotation marks, where the file ends"
	badNumber     = "the phone number "
	isNone        = " is none"
)

// BadNumber is the number, in quotes, that a refusal is about; ok says whether it is about one.
func BadNumber(why string) (number string, ok bool) {
	rest, begins := strings.CutPrefix(why, badNumber)
	number, ends := strings.CutSuffix(rest, isNone)
	return number, begins && ends
}

// What File.Format says of files of certain programs.
const (
	EverythingFormat = "everything of a Leadline"
	CSVOf            = "CSV of " // and the program's name
)

const (
	batch        = 5000  // rows in a transaction; a cancelled import stops between two
	largestBatch = 40000 // each is twice the one before: it changes pages all over the indexes, the same ones again and again
	mostRefusals = 1000
	mostFirst    = 20
)

// entry is a row or card: a person, or why it is none.
type entry struct {
	line int
	person
	why string
	row []string // as it is in a CSV, of one that is not taken
}

// source yields the entries of a file until io.EOF. next fills in an empty one.
type source interface {
	next(*entry) error
	encoding() Encoding
}

// Import reads a CSV, vCards or what ExportEverything wrote into the store, company by company and
// person by person, each but once. When ctx ends it stops after the batch
// under way; what the report counts is in the file then. Other goroutines read r while this one writes; when the import
// ends early they may do so for a moment longer.
func Import(ctx context.Context, s *store.Store, r io.Reader, o Options) (report Report, err error) {
	i := importer{ctx: ctx, store: s, options: o}
	in := bufio.NewReaderSize(r, 1<<16)
	if head, _ := in.Peek(64); isEverything(head) {
		err := i.importEverything(in)
		return i.report, err
	}
	if o.custom, err = s.Fields(ctx); err != nil {
		return i.report, err
	}
	exceptions, err := s.Entries(ctx, crm.Exceptions)
	if err != nil {
		return i.report, err
	}
	o.exceptions = crm.NewBlocklist(exceptions)
	users, err := s.Users(ctx)
	if err != nil {
		return i.report, err
	}
	o.colleagues = colleaguesOf(users)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	if !o.DryRun {
		defer func() { err = errors.Join(err, s.Sync(context.WithoutCancel(ctx))) }()
	}
	var last page
	for p := range readPages(ctx, s, in, o) {
		if err := i.takePage(p); err != nil {
			return i.report, errors.Join(p.err, err)
		}
		last = p
	}
	if !last.last {
		return i.report, i.stopped()
	}
	return i.report, last.err // what was read before the file broke off is good
}

// errSave marks errors of the store, after which nothing more is saved.
var errSave = errors.New("save what was read")

// importer is one import under way.
type importer struct {
	ctx     context.Context
	store   *store.Store
	options Options
	report  Report
	trial   store.Trial // of a dry run
	refused func(entry) error
}

// takePage brings in a page. What the report says to have been read is in the file: of a page that is not, it says nothing.
func (i *importer) takePage(p page) error {
	before := i.report
	i.report.read(p.report)
	err := i.flush(p.people)
	if err != nil {
		before.File = i.report.File
		i.report = before
	}
	return err
}

// read takes over what another report says of the file.
func (r *Report) read(of Report) {
	r.File, r.Rows, r.Refusals, r.Refused, r.First = of.File, of.Rows, of.Refusals, of.Refused, of.First
	r.Excepts, r.Excepted, r.Strangers = of.Excepts, of.Excepted, of.Strangers
	r.Misfits, r.Misfitted = of.Misfits, of.Misfitted
}

// What a file is that has nobody in it that could be read.
var (
	ErrEmpty    = errors.New("the file is empty")
	ErrWorkbook = errors.New("it is a workbook or an archive, and no text: save it as CSV (UTF-8) in its own program, and import that")
)

// isWorkbook says whether a file begins as those of spreadsheet programs: as a ZIP archive (xlsx, ods), or as older ones (xls).
func isWorkbook(head []byte) bool {
	return bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"))
}

// open finds out what a file is.
func (i *importer) open(r io.Reader) (s source, err error) {
	in, encoding := openText(r, i.options.Encoding)
	switch head, _ := in.Peek(64); {
	case len(head) == 0:
		return nil, ErrEmpty
	case isWorkbook(head):
		return nil, ErrWorkbook
	case isVCard(head):
		letters := lettersOf(in, encoding)
		if macintosh(in) { // elsewhere a "\r" is what is left of the end of a line of a note
			in = bufio.NewReaderSize(lineEnds{in}, 1<<16)
		}
		s, i.report.File = openVCards(in, letters, i.options)
		return s, nil
	}
	letters := lettersOf(in, encoding)
	c, file, err := openCSV(bufio.NewReaderSize(lineEnds{in}, 1<<16), letters, i.options)
	i.report.File = file
	return c, err
}

func isVCard(head []byte) bool {
	return bytes.HasPrefix(bytes.ToUpper(bytes.TrimLeft(head, " \t\r\n")), []byte("BEGIN:VCARD"))
}

// read hands on the people of a file and reports the rows that are none.
func (i *importer) read(r io.Reader, take func(store.ImportRow) error) error {
	s, err := i.open(r)
	if err != nil {
		return err
	}
	var e entry
	for {
		e = entry{}
		err := s.next(&e)
		i.report.File.Encoding = s.encoding()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read after %d rows: %w", i.report.Rows, err)
		}
		i.report.Rows++
		if e.why != "" {
			i.refuse(e.line, e.why)
			if i.refused != nil {
				if err := i.refused(e); err != nil {
					return err
				}
			}
			continue
		}
		i.misfits(&e)
		var named bool
		e.contact.Responsible, named = i.responsible(&e)
		n := store.ImportRow{Contact: e.contact, Company: e.company, Named: named, Person: e.marked}
		i.except(&e)
		if len(i.report.First) < mostFirst {
			i.report.First = append(i.report.First, n)
		}
		if err := take(n); err != nil {
			return err
		}
	}
}

func (i *importer) refuse(line int, why string) {
	i.report.Refusals++
	if len(i.report.Refused) < mostRefusals {
		i.report.Refused = append(i.report.Refused, Refusal{line, why})
	}
}

// except notes somebody who has an exception.
func (i *importer) except(e *entry) {
	under := i.options.exceptions.Among(e.contact.Numbers, e.contact.SIP, e.contact.Emails)
	if len(under) == 0 {
		return
	}
	i.report.Excepts++
	if len(i.report.Excepted) < mostRefusals {
		i.report.Excepted = append(i.report.Excepted, Excepted{e.line, cmp.Or(e.contact.Name(), e.company), under[0].Pattern})
	}
}

func (i *importer) stopped() error {
	return fmt.Errorf("%w: stopped after %d contacts: %w", errSave, i.report.Contacts, i.ctx.Err())
}

func (i *importer) flush(people []*store.PreparedRow) error {
	if len(people) == 0 {
		return nil
	}
	if i.ctx.Err() != nil {
		return i.stopped()
	}
	var made store.ImportCounts
	var err error
	if i.options.DryRun {
		made, err = i.store.TryImport(i.ctx, people, i.options.Duplicates, &i.trial)
	} else {
		made, err = i.store.Import(i.ctx, people, i.options.Duplicates)
	}
	if err != nil {
		return fmt.Errorf("%w, up to row %d (%d contacts are in the file): %w", errSave, i.report.Rows, i.report.Contacts, err)
	}
	i.report.Contacts += made.Contacts
	i.report.Companies += made.Companies
	i.report.Updated += made.Updated
	i.report.Skipped += made.Skipped
	if i.options.Progress != nil {
		i.options.Progress(i.report.Rows)
	}
	return nil
}
