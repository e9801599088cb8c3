package ui

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"leadline/crm"
	"leadline/ui/desk"
)

// listAnswers is a list of n rows whose answers can be held back.
type listAnswers struct {
	mu          sync.Mutex
	n           int
	total       int // what Page.Total says
	asked       []desk.Query
	counted     int
	uncountable bool
	hold        chan struct{} // not nil: wait for it or for ctx
	fail        error
}

func (l *listAnswers) List(ctx context.Context, q desk.Query) (desk.Page, error) {
	l.mu.Lock()
	l.asked = append(l.asked, q)
	hold, fail, n, total := l.hold, l.fail, l.n, l.total
	l.mu.Unlock()
	if hold != nil {
		select {
		case <-hold:
		case <-ctx.Done():
			return desk.Page{}, ctx.Err()
		}
	}
	if fail != nil {
		return desk.Page{}, fail
	}
	p := desk.Page{Total: total}
	from := q.Offset
	if q.After != "" {
		at, err := strconv.Atoi(string(q.After))
		if err != nil {
			return desk.Page{}, err
		}
		from += at + 1
		p.Total = -1
	}
	for i := from; i < min(n, from+q.Limit); i++ {
		p.Rows = append(p.Rows, desk.Row{Title: fmt.Sprintf("%s%d", q.Text, i)})
		p.End = crm.Bookmark(strconv.Itoa(i))
	}
	return p, nil
}

func (l *listAnswers) Count(context.Context, desk.Query) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.counted++
	if l.uncountable {
		return 0, errors.New("it takes too long")
	}
	return l.n, nil
}

func (l *listAnswers) questions() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.asked)
}

// pumpUntil pumps the queue until done is true: answers come from other goroutines.
func pumpUntil(t testing.TB, d *Dispatcher, done func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !done(); {
		if time.Now().After(end) {
			t.Fatal("it never happened")
		}
		if d.Pump() == 0 {
			time.Sleep(time.Millisecond)
		}
	}
}

func TestAPagerAsksOnlyForWhatIsDrawn(t *testing.T) {
	d, l := NewQueue(), &listAnswers{n: 5000, total: 5000}
	p := newListPager(d, l, func() {})
	p.Show(desk.Query{List: desk.ContactList})
	pumpUntil(t, d, p.Started)
	if p.Len() != 5000 || p.Refine() {
		t.Errorf("%d rows, refine %v", p.Len(), p.Refine())
	}
	if n, more := p.Total(); n != 5000 || more {
		t.Errorf("total %d, more %v", n, more)
	}
	if r, ok := p.Row(5); !ok || r.Title != "5" {
		t.Errorf("row 5 is %q, %v", r.Title, ok)
	}
	if _, ok := p.Row(300); ok {
		t.Error("row 300 is there before it was asked for")
	}
	p.Row(301) // the same page: no second question
	pumpUntil(t, d, func() bool { _, ok := p.Row(300); return ok })
	if r, _ := p.Row(300); r.Title != "300" {
		t.Errorf("row 300 is %q", r.Title)
	}
	if n := l.questions(); n != 2 {
		t.Errorf("asked %d times", n)
	}
	if q := l.asked[1]; q.After != "127" || q.Offset != 128 || q.Limit != 128 {
		t.Errorf("asked for %d+%d behind %q", q.Offset, q.Limit, q.After)
	}
}

func TestAPagerKeepsAFewPagesTheLatestDrawn(t *testing.T) {
	d, l := NewQueue(), &listAnswers{n: 1000, total: 1000}
	p := newListPager(d, l, func() {})
	p.Show(desk.Query{})
	pumpUntil(t, d, p.Started)
	for i := 0; i < 1000; i += listPageRows {
		pumpUntil(t, d, func() bool { _, ok := p.Row(i); p.Row(0); return ok })
	}
	if len(p.pages) != listPagesKept {
		t.Errorf("%d pages are kept", len(p.pages))
	}
	if _, ok := p.pages[0]; !ok {
		t.Error("the page that was drawn all the time is gone")
	}
}

func TestALateAnswerNeverOverwritesANewerOne(t *testing.T) {
	d, l := NewQueue(), &listAnswers{n: 3, total: 3, hold: make(chan struct{})}
	p := newListPager(d, l, func() {})
	p.Show(desk.Query{Text: "a"})
	pumpUntil(t, d, func() bool { return l.questions() == 1 })
	l.mu.Lock()
	l.hold = nil
	l.mu.Unlock()
	p.Show(desk.Query{Text: "ab"})
	pumpUntil(t, d, p.Started)
	d.Pump()
	if r, _ := p.Row(0); r.Title != "ab0" || p.Failed() != nil {
		t.Errorf("shows %q, failed %v", r.Title, p.Failed())
	}
}

// A page is painted once, together with its rows, where these come at once.
func TestAFirstPageIsWaitedForAMoment(t *testing.T) {
	d, l := NewQueue(), &listAnswers{n: 3, total: 3}
	drawn := 0
	p := newListPager(d, l, func() { drawn++ })
	p.show(desk.Query{Text: "a"}, time.Minute)
	if r, ok := p.Peek(2); !ok || r.Title != "a2" || drawn != 1 {
		t.Errorf("shows %q and has drawn %d times", r.Title, drawn)
	}
	l.hold = make(chan struct{})
	p.show(desk.Query{Text: "ab"}, time.Millisecond)
	if r, _ := p.Peek(2); r.Title != "a2" || drawn != 1 {
		t.Errorf("shows %q and has drawn %d times while the answer is on its way", r.Title, drawn)
	}
	close(l.hold)
	pumpUntil(t, d, func() bool { return drawn == 2 })
	if r, _ := p.Peek(2); r.Title != "ab2" {
		t.Errorf("shows %q", r.Title)
	}
}

func TestReloadingKeepsWhatIsShownUntilItIsReplaced(t *testing.T) {
	d, l := NewQueue(), &listAnswers{n: 400, total: 400}
	p := newListPager(d, l, func() {})
	p.Show(desk.Query{Text: "x"})
	pumpUntil(t, d, func() bool { _, ok := p.Row(300); return ok })
	l.hold = make(chan struct{})
	p.Reload()
	if _, ok := p.Row(300); !ok {
		t.Error("row 300 is gone as soon as it is asked for again")
	}
	close(l.hold)
	pumpUntil(t, d, func() bool { return !p.stale })
	if _, ok := p.Row(300); !ok {
		t.Error("row 300 is gone while its page is on the way")
	}
	pumpUntil(t, d, func() bool { return !p.old[2] })
	if n := l.questions(); n != 4 {
		t.Errorf("asked %d times, want pages 0 and 2 twice", n)
	}
}

func TestUncountedListsGrowAsTheyAreScrolled(t *testing.T) {
	d, l := NewQueue(), &listAnswers{n: 200, total: -1, uncountable: true}
	p := newListPager(d, l, func() {})
	p.Show(desk.Query{})
	pumpUntil(t, d, p.Started)
	if n, more := p.Total(); n != 256 || !more {
		t.Errorf("total %d, more %v", n, more)
	}
	pumpUntil(t, d, func() bool { _, ok := p.Row(130); return ok })
	if n, more := p.Total(); n != 200 || more {
		t.Errorf("at the end: total %d, more %v", n, more)
	}
}

// A million rows: one scrolls on by bookmarks, jumps anywhere, and what is kept stays little.
func TestAMillionRowsArePaged(t *testing.T) {
	d, l := NewQueue(), &listAnswers{n: 1_000_000, total: -1}
	p := newListPager(d, l, func() {})
	p.Show(desk.Query{List: desk.ContactList})
	pumpUntil(t, d, func() bool { n, more := p.Total(); return n == 1_000_000 && !more })
	for i := 0; i < 150_000; i += listPageRows {
		pumpUntil(t, d, func() bool { r, ok := p.Row(i); return ok && r.Title == strconv.Itoa(i) })
	}
	for _, q := range l.asked[1:] {
		if q.After == "" || q.Offset >= listPageRows {
			t.Fatalf("scrolling on asks for %d rows further than %q", q.Offset, q.After)
		}
	}
	for _, i := range []int{999_999, 500_000, 3, 700_123} {
		pumpUntil(t, d, func() bool { r, ok := p.Row(i); return ok && r.Title == strconv.Itoa(i) })
	}
	if len(p.pages) > listPagesKept || len(p.marks) > listMarksKept || len(p.used) > listPagesKept {
		t.Errorf("kept are %d pages, %d bookmarks", len(p.pages), len(p.marks))
	}
	if l.counted != 1 {
		t.Errorf("counted %d times", l.counted)
	}

	// The bar is dragged to the end: not every page on the way is asked for.
	l.mu.Lock()
	l.hold, l.asked = make(chan struct{}), nil
	l.mu.Unlock()
	for i := 0; i < 1_000_000; i += 5000 {
		p.Row(i)
	}
	pumpUntil(t, d, func() bool { return l.questions() == listAsksMost })
	close(l.hold)
	pumpUntil(t, d, func() bool { r, ok := p.Row(999_000); return ok && r.Title == "999000" })

	// Rows went away at the end.
	l.mu.Lock()
	l.n = 999_900
	l.mu.Unlock()
	p.Reload()
	pumpUntil(t, d, func() bool { return p.Len() == 999_900 })
}

func TestAFailedQuestionIsToldAndNotAskedInACircle(t *testing.T) {
	d, l := NewQueue(), &listAnswers{fail: errors.New("disk")}
	drawn := 0
	var p *listPager
	p = newListPager(d, l, func() { drawn++; p.Row(0) })
	p.Show(desk.Query{})
	pumpUntil(t, d, func() bool { return p.Failed() != nil })
	for range 5 {
		d.Pump()
	}
	if n := l.questions(); n != 1 {
		t.Errorf("asked %d times", n)
	}
	l.fail, l.n, l.total = nil, 1, 1
	p.Reload()
	pumpUntil(t, d, p.Started)
	if p.Failed() != nil {
		t.Error("it is still failed")
	}
}

type faultyRows struct{}

func (faultyRows) List(context.Context, desk.Query) (desk.Page, error) { panic("row 7") }
func (faultyRows) Count(context.Context, desk.Query) (int, error)      { panic("no count") }

func TestAFaultInTheAnswererIsAnError(t *testing.T) {
	d := NewQueue()
	p := newListPager(d, faultyRows{}, func() {})
	p.Show(desk.Query{})
	pumpUntil(t, d, func() bool { return p.Failed() != nil })
}
