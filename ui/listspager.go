package ui

import (
	"context"
	"maps"
	"slices"
	"time"

	"leadline/crm"
	"leadline/ui/desk"
)

const (
	listPageRows  = 128  // rows asked for at a time
	listPagesKept = 6    // the least recently drawn page goes first
	listMarksKept = 1024 // bookmarks of pages; when there are more, every other one goes
	listAsksMost  = 2    // questions on their way: who drags the bar through a million rows comes past pages by the hundred
	listFound     = 1000 // rows that a search finds at most
)

// listPager gives a list the rows it draws: it asks for pages as they come into
// view and keeps a few. It lives on the goroutine of the windows.
//
// Each new query has a generation of its own: the context of the one before is
// cancelled and what still comes of it is dropped, so that a slow answer never
// overwrites a newer one.
//
// A page is found by the bookmark of the nearest page above it that was ever here, so that scrolling on costs
// the same a million rows down. Where one jumps, the rows in between are counted off in the index. A list of more rows
// than the first answer counted is counted meanwhile.
type listPager struct {
	ask     func(context.Context, desk.Query) (desk.Page, error)
	count   asker[desk.Query, int]
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
	marks   map[int]crm.Bookmark // where pages end
	stale   bool                 // the pages are of the question before, shown until the first new one
	again   bool                 // it is the same question, so the old pages stay until each is replaced
	old     map[int]bool
	total   int
	more    bool // there are more than total
	exact   bool // total was counted
	started bool
	failed  error
}

// rowSource is where a pager has its rows from.
type rowSource interface {
	List(context.Context, desk.Query) (desk.Page, error)
	Count(context.Context, desk.Query) (int, error)
}

func newListPager(do *Dispatcher, from rowSource, changed func()) *listPager {
	return &listPager{ask: from.List, count: asker[desk.Query, int]{do: do, ask: from.Count}, do: do, changed: changed, before: func() {},
		pages: map[int][]desk.Row{}, asked: map[int]bool{}, marks: map[int]crm.Bookmark{}}
}

// Show asks for the first page of q, whose After, Offset and Limit don't matter. The
// rows shown now stay until it is there.
func (p *listPager) Show(q desk.Query) { p.show(q, 0) }

// ShowSoon is Show that waits for the first page for framePatience, so that it is painted together with what asked for it.
func (p *listPager) ShowSoon(q desk.Query) { p.show(q, framePatience) }

func (p *listPager) show(q desk.Query, patience time.Duration) {
	q.After, q.Offset, q.Limit = "", 0, 0
	p.again = p.started && q == p.query
	p.Stop()
	p.gen++
	p.query = q
	p.ctx, p.cancel = context.WithCancel(context.Background())
	p.asked = map[int]bool{}
	clear(p.marks) // rows may have come above
	if !p.again {
		p.exact = false
	}
	p.stale = true
	p.fetch(0, patience)
}

// Reload asks again for what is shown.
func (p *listPager) Reload() { p.Show(p.query) }

// Clear forgets all rows, for a list that is about something else from now on.
func (p *listPager) Clear() {
	p.Stop()
	p.gen++
	p.pages, p.used, p.asked, p.old = map[int][]desk.Row{}, nil, map[int]bool{}, nil
	clear(p.marks)
	p.total, p.more, p.exact, p.started, p.failed = 0, false, false, false, nil
}

// Stop cancels what is on its way.
func (p *listPager) Stop() {
	if p.cancel != nil {
		p.cancel()
		p.cancel = nil
	}
	p.count.Stop()
}

// Len is how many rows can be drawn.
func (p *listPager) Len() int { return p.total }

// Total is how many there are; more says that there are still more than that.
func (p *listPager) Total() (n int, more bool) { return p.total, p.more }

// Refine says that more may fit the search than were looked for.
func (p *listPager) Refine() bool { return p.query.Text != "" && (p.more || p.total >= listFound) }

// Started says that at least one answer came: an empty list is really empty then.
func (p *listPager) Started() bool { return p.started }

// Failed is why the newest question had no answer, or nil.
func (p *listPager) Failed() error { return p.failed }

// Row is row i, or false while its page is on the way.
func (p *listPager) Row(i int) (desk.Row, bool) {
	n := i / listPageRows
	rows, ok := p.pages[n]
	if !ok {
		p.fetch(n, 0)
		return desk.Row{}, false
	}
	if p.old[n] {
		p.fetch(n, 0)
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

func (p *listPager) fetch(n int, patience time.Duration) {
	if p.asked[n] || p.cancel == nil || len(p.asked) >= listAsksMost {
		return // each answer is drawn, and drawing asks for what is still in view
	}
	p.asked[n] = true
	q := p.query
	q.After, q.Offset = p.way(n)
	q.Limit = listPageRows
	gen, ctx := p.gen, p.ctx
	take := func(page desk.Page, err error) {
		if gen == p.gen && ctx.Err() == nil {
			p.take(n, page, err)
		}
	}
	if patience > 0 {
		answerSoon(ctx, p.do, q, patience, p.ask, take)
		return
	}
	answer(ctx, p.do, q, p.ask, take)
}

// way is the nearest bookmark above page n, and how many rows are between them.
func (p *listPager) way(n int) (after crm.Bookmark, offset int) {
	near := -1
	for m := range p.marks {
		if m < n && m > near {
			near = m
		}
	}
	return p.marks[near], (n - 1 - near) * listPageRows
}

// mark keeps where page n ended.
func (p *listPager) mark(n int, end crm.Bookmark) {
	if end == "" {
		return
	}
	p.marks[n] = end
	if len(p.marks) <= listMarksKept {
		return
	}
	pages := slices.Sorted(maps.Keys(p.marks))
	for i := len(pages) - 2; i >= 0; i -= 2 {
		delete(p.marks, pages[i])
	}
}

func (p *listPager) take(n int, page desk.Page, err error) {
	delete(p.asked, n)
	if err != nil {
		p.failed = err
		p.asked[n] = true // not again by itself: drawing would ask in a circle
		p.changed()
		return
	}
	first := p.stale
	if p.again || !first {
		p.before()
	}
	if first {
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
	p.mark(n, page.End)
	p.touch(n)
	for len(p.used) > listPagesKept {
		delete(p.pages, p.used[0])
		p.used = p.used[1:]
	}
	p.size(n, page)
	if first && page.Total < 0 && p.query.Text == "" {
		p.countAll()
	}
	p.changed()
}

// size brings the number of rows in line with an answer.
func (p *listPager) size(n int, page desk.Page) {
	switch got := n*listPageRows + len(page.Rows); {
	case page.Total >= 0:
		p.total, p.more, p.exact = page.Total, false, true
	case len(page.Rows) == 0 && n > 0: // behind the end
		p.total, p.more, p.exact = min(p.total, got), false, true
	case len(page.Rows) < listPageRows:
		p.total, p.more, p.exact = got, false, true
	case !p.exact:
		// Uncounted: one more page than is known, so that scrolling goes on.
		p.total, p.more = max(p.total, got+listPageRows), true
	}
}

// countAll counts what the first answer did not.
func (p *listPager) countAll() {
	p.count.Ask(p.query, func(n int, err error) {
		if err == nil { // else it grows as it is scrolled
			p.total, p.more, p.exact = n, false, true
			p.changed()
		}
	})
}
