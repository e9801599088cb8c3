package exchange

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"leadline/crm"
	"leadline/crm/store"
)

// Everything is written as JSON, a command a line: what makes the record, call or
// setting that the line is about, as it stands. The first line says what it is.

type jsonHead struct {
	Leadline string `json:"leadline"`
}

type jsonChange struct {
	Command string     `json:"command"`
	Args    crm.Change `json:"args"`
}

// jsonCommand is a jsonChange that is not read yet.
type jsonCommand struct {
	Command string          `json:"command"`
	Args    json.RawMessage `json:"args"`
}

const everything = "everything/1"

// ExportEverything writes all that is in the file, and returns how many contacts are in it.
func ExportEverything(ctx context.Context, s *store.Store, w io.Writer) (contacts int, err error) {
	lines := 0
	out := bufio.NewWriterSize(w, 1<<16)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	err = enc.Encode(jsonHead{everything})
	if err == nil {
		err = s.Everything(ctx, func(change crm.Change) error {
			lines++
			if _, ok := change.(crm.CreateContact); ok {
				contacts++
			}
			return enc.Encode(jsonChange{change.CommandName(), change})
		})
	}
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		return contacts, fmt.Errorf("write the export (%d lines were written): %w", lines, err)
	}
	return contacts, nil
}

// isEverything says whether a file begins as ExportEverything begins it.
func isEverything(head []byte) bool {
	return bytes.HasPrefix(head, []byte(`{"leadline":"`+everything+`"}`))
}

// importEverything applies the commands of a file. What is there already stays as it is.
func (i *importer) importEverything(in *bufio.Reader) error {
	i.report.File = File{Format: EverythingFormat, Encoding: UTF8}
	var changes []crm.Change
	var at []int
	save := func() error {
		if err := i.ctx.Err(); err != nil {
			return fmt.Errorf("stopped after %d lines: %w", i.report.Rows-len(changes), err)
		}
		r, err := i.store.Restore(i.ctx, changes, i.options.DryRun)
		if err != nil {
			return err
		}
		i.report.Skipped += r.Skipped
		i.report.Contacts += r.Contacts
		i.report.Companies += r.Companies
		for n, why := range r.Refused {
			i.refuse(at[n], why.Error())
		}
		slices.SortFunc(i.report.Refused, func(a, b Refusal) int { return a.Line - b.Line })
		changes, at = changes[:0], at[:0]
		if i.options.Progress != nil {
			i.options.Progress(i.report.Rows)
		}
		return nil
	}
	for n := 1; ; n++ {
		line, err := in.ReadBytes('\n')
		if len(line) > 1 && n > 1 {
			i.report.Rows++
			var c jsonCommand
			change, why := crm.Change(nil), json.Unmarshal(line, &c)
			if why == nil {
				change, why = crm.DecodeChange(c.Command, c.Args)
			}
			if why != nil {
				i.refuse(n, why.Error())
			} else {
				changes, at = append(changes, change), append(at, n)
			}
		}
		if len(changes) >= batch || err != nil {
			if e := save(); e != nil {
				return e
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("read line %d: %w", n, err)
		}
	}
}

// ExportPerson writes all that the file has of one record, as JSON or as a vCard.
func ExportPerson(ctx context.Context, s *store.Store, r crm.Ref, w io.Writer, f Format) error {
	d, err := s.Dossier(ctx, r)
	if err != nil {
		return fmt.Errorf("export of one person: %w", err)
	}
	out := bufio.NewWriter(w)
	switch f {
	case VCard3, VCard4:
		users, err := namesOfUsers(ctx, s)
		if err != nil {
			return fmt.Errorf("export of one person: %w", err)
		}
		cards := cardWriter{out, f == VCard4, users}
		switch {
		case d.Contact != nil && d.Company != nil:
			cards.contact(*d.Contact, d.Company.Name)
		case d.Contact != nil:
			cards.contact(*d.Contact, "")
		case d.Company != nil:
			cards.company(*d.Company)
		default:
			return errors.New("export of one person: only a contact or a company can be a vCard; take JSON")
		}
	case JSON:
		enc := json.NewEncoder(out)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if err := enc.Encode(d); err != nil {
			return fmt.Errorf("export of one person: %w", err)
		}
	default:
		return errors.New("export of one person: the formats are json, vcard3 and vcard4")
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("export of one person: %w", err)
	}
	return nil
}
