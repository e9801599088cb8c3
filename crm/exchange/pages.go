package exchange

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"leadline/crm/store"
)

// page is some people of a file, a batch of the import.
type page struct {
	people []*store.PreparedRow
	report Report // of all up to here, as far as reading knows
	last   bool
	err    error // why it is the last; nil at the end of the file
}

// readPages reads a file and prepares its people for the store, on a goroutine of its own, so that who writes need not.
// One it is and not two: with as many as there are processors, the writer would have to wait for one after each
// statement. The channel is closed after the last page, or soon after ctx ended.
func readPages(ctx context.Context, s *store.Store, r io.Reader, o Options) <-chan page {
	pages := make(chan page, 1)
	go func() {
		defer close(pages)
		i := importer{options: o}
		prepare := s.PrepareImport
		if o.DryRun {
			prepare = func(people []store.ImportRow) ([]*store.PreparedRow, error) { return store.PrepareTrial(people), nil }
		}
		var people []store.ImportRow
		size := batch
		send := func() error {
			arrivals, err := prepare(people)
			if err != nil {
				return err
			}
			so := i.report
			so.Strangers = slices.Clone(so.Strangers) // which are counted on
			select {
			case pages <- page{people: arrivals, report: so}:
			case <-ctx.Done():
			}
			if !o.DryRun { // a preview is to hold little, and has no pages to change
				size = min(2*size, largestBatch)
			}
			people = make([]store.ImportRow, 0, size)
			return ctx.Err()
		}
		err := survive("read the file", func() error {
			return i.read(r, func(n store.ImportRow) error {
				if people = append(people, n); len(people) < size {
					return nil
				}
				return send()
			})
		})
		if ctx.Err() != nil { // what was read comes in no more, and no report is to have it
			return
		}
		last := page{last: true, err: err, report: i.report}
		e := survive("prepare what was read", func() (err error) { // also where the file broke off: what was read before is good
			last.people, err = prepare(people)
			return err
		})
		last.err = errors.Join(err, e)
		select {
		case pages <- last:
		case <-ctx.Done():
		}
	}()
	return pages
}

// survive makes an error of a panic: what is read is foreign input.
func survive(what string, f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%s: panic: %v", what, r)
		}
	}()
	return f()
}
