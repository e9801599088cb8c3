package exchange

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"

	"leadline/crm"
	"leadline/crm/store"
)

// Options of an import.
type Options struct {
	Region      string         // for numbers written nationally; "" is "DE"
	Responsible crm.ID         // of all who are made; "" for nobody
	Progress    func(rows int) // called after each batch, on the importing goroutine
}

// Report says what an import did.
type Report struct {
	Rows      int // read, without the header
	Contacts  int // made
	Companies int // made
	Skipped   int // there already: same name and same number
	Refused   []Refusal
}

// Refusal is a row that was not taken. At most a thousand are kept.
type Refusal struct {
	Line int // in the file, from 1
	Why  string
}

const (
	batch        = 5000 // rows in a transaction; a cancelled import stops between two
	mostRefusals = 1000
)

// ErrNotGoogle: the header is not one that Google Contacts writes.
var ErrNotGoogle = errors.New("this is no CSV of Google Contacts: its first line must name columns such as “First Name” and “Phone 1 - Value”")

// Import reads a CSV of Google Contacts into the store, company by company and
// person by person, each but once. When ctx ends it stops after the batch
// under way; what the report counts is in the file then.
func Import(ctx context.Context, s *store.Store, r io.Reader, o Options) (Report, error) {
	i := importer{ctx: ctx, store: s, options: o}
	err := i.read(r, func(n store.Newcomer) error {
		i.pending = append(i.pending, n)
		if len(i.pending) < batch {
			return nil
		}
		return i.flush()
	})
	if err == nil || !errors.Is(err, errSave) {
		err = errors.Join(err, i.flush()) // what was read before the file broke off is good
	}
	return i.report, err
}

// errSave marks errors of the store, after which nothing more is saved.
var errSave = errors.New("save what was read")

// importer is one import under way.
type importer struct {
	ctx     context.Context
	store   *store.Store
	options Options
	report  Report
	pending []store.Newcomer
}

// read hands on the people of a file and reports the rows that are none.
func (i *importer) read(r io.Reader, take func(store.Newcomer) error) error {
	in := bufio.NewReaderSize(r, 1<<16)
	if bom, err := in.Peek(3); err == nil && string(bom) == "\ufeff" {
		_, _ = in.Discard(3)
	}
	rows := csv.NewReader(in)
	rows.FieldsPerRecord = -1 // a row that is too short is refused alone
	rows.ReuseRecord = true
	rows.LazyQuotes = true
	header, err := rows.Read()
	if errors.Is(err, io.EOF) {
		return ErrNotGoogle
	} else if err != nil {
		return fmt.Errorf("read the first line: %w", err)
	}
	c, ok := recognise(header)
	if !ok {
		return ErrNotGoogle
	}
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			var broken *csv.ParseError
			if !errors.As(err, &broken) {
				return fmt.Errorf("read after %d rows: %w", i.report.Rows, err)
			}
			i.report.Rows++
			i.refuse(broken.StartLine, broken.Err.Error())
			continue
		}
		line, _ := rows.FieldPos(0)
		i.report.Rows++
		contact, organization, why := c.contact(row, i.options.Region)
		if why != "" {
			i.refuse(line, why)
			continue
		}
		contact.Responsible = i.options.Responsible
		if err := take(store.Newcomer{Contact: contact, Company: organization}); err != nil {
			return err
		}
	}
}

func (i *importer) refuse(line int, why string) {
	if len(i.report.Refused) < mostRefusals {
		i.report.Refused = append(i.report.Refused, Refusal{line, why})
	}
}

func (i *importer) flush() error {
	if len(i.pending) == 0 {
		return nil
	}
	if err := i.ctx.Err(); err != nil {
		return fmt.Errorf("%w: stopped after %d contacts: %w", errSave, i.report.Contacts, err)
	}
	made, err := i.store.Welcome(i.ctx, i.pending)
	if err != nil {
		return fmt.Errorf("%w, up to row %d (%d contacts are in the file): %w", errSave, i.report.Rows, i.report.Contacts, err)
	}
	i.report.Contacts += made.Contacts
	i.report.Companies += made.Companies
	i.report.Skipped += made.Skipped
	i.pending = i.pending[:0]
	if i.options.Progress != nil {
		i.options.Progress(i.report.Rows)
	}
	return nil
}
