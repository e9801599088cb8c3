package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"leadline/cmd/leadline/config"
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

// importFile is `leadline import FILE`.
func importFile(ctx context.Context, c config.Config, file string, out io.Writer) error {
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
	report, err := exchange.Import(ctx, s, in, exchange.Options{Region: c.UI.Region})
	fmt.Fprintf(out, "%d rows read: %d contacts and %d companies made, %d there already, %d refused\n",
		report.Rows, report.Contacts, report.Companies, report.Skipped, len(report.Refused))
	for _, r := range report.Refused {
		fmt.Fprintf(out, "  line %d: %s\n", r.Line, r.Why)
	}
	return errors.Join(err, s.Close())
}

// exportFile is `leadline export FILE`. The file is whole or not there.
func exportFile(ctx context.Context, c config.Config, file string, out io.Writer) error {
	s, err := openStore(ctx, c, store.Options{})
	if err != nil {
		return err
	}
	if file == "-" {
		_, err := exchange.Export(ctx, s, out)
		return errors.Join(err, s.Close())
	}
	part, err := os.OpenFile(file+".part", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return errors.Join(fmt.Errorf("export: %w", err), s.Close())
	}
	n, err := exchange.Export(ctx, s, part)
	err = errors.Join(err, part.Close(), s.Close())
	if err == nil {
		err = os.Rename(part.Name(), file)
	}
	if err != nil {
		_ = os.Remove(part.Name())
		return err
	}
	_, err = fmt.Fprintf(out, "%d contacts written to %s\n", n, file)
	return err
}
