package exchange

import (
	"context"
	"fmt"
	"io"

	"leadline/crm/store"
)

// The way of a file into the store has three stations, each a goroutine of its own:
// readPages reads rows and makes people of them, prepare works out what the store needs, Import writes.

// page is some people of a file, a batch of the import.
type page struct {
	people   []store.Newcomer
	arrivals []*store.Arrival
	report   Report // of all up to here, as far as reading knows
	last     bool
	err      error // why it is the last; nil at the end of the file
}

// readPages reads a file. The channel is closed after the last page, or soon after ctx ended.
func readPages(ctx context.Context, r io.Reader, o Options) <-chan page {
	pages := make(chan page, 1)
	send := func(p page) error {
		select {
		case pages <- p:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	go func() {
		defer close(pages)
		i := importer{options: o}
		var people []store.Newcomer
		size := batch
		err := survive("read the file", func() error {
			return i.read(r, func(n store.Newcomer) error {
				if people = append(people, n); len(people) < size {
					return nil
				}
				p := page{people: people, report: i.report}
				size = min(2*size, largestBatch)
				people = make([]store.Newcomer, 0, size)
				return send(p)
			})
		})
		_ = send(page{people: people, report: i.report, last: true, err: err})
	}()
	return pages
}

// prepare adds what the store needs of each page.
func prepare(ctx context.Context, s *store.Store, pages <-chan page) <-chan page {
	ready := make(chan page, 1)
	go func() {
		defer close(ready)
		for p := range pages {
			err := survive("prepare what was read", func() (err error) {
				p.arrivals, err = s.Arrivals(p.people)
				return err
			})
			if err != nil {
				p = page{report: p.report, last: true, err: err}
			}
			select {
			case ready <- p:
			case <-ctx.Done():
				return
			}
			if err != nil {
				return
			}
		}
	}()
	return ready
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
