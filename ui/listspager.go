package ui

import (
	"context"
	"slices"

	"leadline/ui/desk"
)

const (
	listPageRows  = 128  // rows asked for at a time
	listPagesKept = 6    // the least recently drawn page goes first
	listMostRows  = 1000 // beyond, the search has to be refined
)

// listPager gives a list the rows it draws: it asks for pages as they come into
// view and keeps a few. It lives on the goroutine of the windows.
//
// Each new query has a generation of its own: the context of the one before is
// cancelled and what still comes of it is dropped, so that a slow answer never
// overwrites a newer one.
type listPager struct {
	ask     func(context.Context, desk.Query) (desk.Page, error)
	do      *Dispatcher
	changed func() // something to draw anew
	before  func() // rows are about to be replaced by what they are now

	query   desk.Query
	gen     int
	cancel  context.CancelFunc
	ctx     context.Context
	pages   map[int][]desk.Row // by page number
	used    []int              // page numbers, the latest drawn last
	asked   map[int]bool
	stale   bool // the pages are of the question before, shown until the first new one
	again   bool // it is the same question, so the old pages stay until each is replaced
	old     map[int]bool
	total   int
	more    bool // there are more than total
	started bool
	failed  error
}

func newListPager(do *Dispatcher, ask func(context.Context, desk.Query) (desk.Page, error), changed func()) *listPager {
	return &listPager{ask: ask, do: do, changed: changed, before: func() {}, pages: map[int][]desk.Row{}, asked: map[int]bool{}}
}

// Show asks for the first page of q, whose Offset and Limit don't matter. The
// rows shown now stay until it is there.
func (p *listPager) Show(q desk.Query) {
	q.Offset, q.Limit = 0, 0
	p.again = p.started && q == p.query
	p.Stop()
	p.gen++
	p.query = q
	p.ctx, p.cancel = context.WithCancel(context.Background())
	p.asked = map[int]bool{}
	p.stale = true
	p.fetch(0)
}

// Reload asks again for what is shown.
func (p *listPager) Reload() { p.Show(p.query) }

// Clear forgets all rows, for a list that is about something else from now on.
func (p *listPager) Clear() {
	p.Stop()
	p.gen++
	p.pages, p.used, p.asked, p.old = map[int][]desk.Row{}, nil, map[int]bool{}, nil
	p.total, p.more, p.started, p.failed = 0, false, false, nil
}

// Stop cancels what is on its way.
func (p *listPager) Stop() {
	if p.cancel != nil {
		p.cancel()
		p.cancel = nil
	}
}

// Len is how many rows can be drawn, at most listMostRows.
func (p *listPager) Len() int { return min(p.total, listMostRows) }

// Total is how many there are; more says that there are still more than that.
func (p *listPager) Total() (n int, more bool) { return p.total, p.more }

// Refine says that there are more rows than a list shows.
func (p *listPager) Refine() bool { return p.more || p.total > listMostRows }

// Started says that at least one answer came: an empty list is really empty then.
func (p *listPager) Started() bool { return p.started }

// Failed is why the newest question had no answer, or nil.
func (p *listPager) Failed() error { return p.failed }

// Row is row i, or false while its page is on the way.
func (p *listPager) Row(i int) (desk.Row, bool) {
	n := i / listPageRows
	rows, ok := p.pages[n]
	if !ok {
		p.fetch(n)
		return desk.Row{}, false
	}
	if p.old[n] {
		p.fetch(n)
	}
	p.touch(n)
	if i -= n * listPageRows; i < len(rows) {
		return rows[i], true
	}
	return desk.Row{}, false
}

// Peek is row i as it is here, and fetches nothing.
func (p *listPager) Peek(i int) (desk.Row, bool) {
	rows, n := p.pages[i/listPageRows], i%listPageRows
	if n >= len(rows) {
		return desk.Row{}, false
	}
	return rows[n], true
}

// Find looks for a row among those that are here, and fetches nothing.
func (p *listPager) Find(is func(desk.Row) bool) (i int, r desk.Row, ok bool) {
	for n, rows := range p.pages {
		if i := slices.IndexFunc(rows, is); i >= 0 {
			return n*listPageRows + i, rows[i], true
		}
	}
	return 0, desk.Row{}, false
}

func (p *listPager) touch(n int) {
	if len(p.used) > 0 && p.used[len(p.used)-1] == n {
		return
	}
	if i := slices.Index(p.used, n); i >= 0 {
		p.used = slices.Delete(p.used, i, i+1)
	}
	p.used = append(p.used, n)
}

func (p *listPager) fetch(n int) {
	if p.asked[n] || p.cancel == nil {
		return
	}
	p.asked[n] = true
	q := p.query
	q.Offset, q.Limit = n*listPageRows, listPageRows
	gen, ctx := p.gen, p.ctx
	answer(ctx, p.do, q, p.ask, func(page desk.Page, err error) {
		if gen == p.gen && ctx.Err() == nil {
			p.take(n, page, err)
		}
	})
}

func (p *listPager) take(n int, page desk.Page, err error) {
	delete(p.asked, n)
	if err != nil {
		p.failed = err
		p.asked[n] = true // not again by itself: drawing would ask in a circle
		p.changed()
		return
	}
	if p.again || !p.stale {
		p.before()
	}
	if p.stale {
		p.stale = false
		if p.again {
			p.old = map[int]bool{}
			for n := range p.pages {
				p.old[n] = true
			}
		} else {
			p.pages, p.used, p.old = map[int][]desk.Row{}, nil, nil
		}
	}
	delete(p.old, n)
	p.started, p.failed = true, nil
	p.pages[n] = page.Rows
	p.touch(n)
	for len(p.used) > listPagesKept {
		delete(p.pages, p.used[0])
		p.used = p.used[1:]
	}
	switch got := n*listPageRows + len(page.Rows); {
	case page.Total >= 0:
		p.total, p.more = page.Total, false
	case len(page.Rows) < listPageRows:
		p.total, p.more = got, false
	default:
		// Uncounted: one more page than is known, so that scrolling goes on.
		p.total, p.more = max(p.total, min(got+listPageRows, listMostRows)), true
	}
	p.changed()
}
