package desk

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/store"
	"leadline/phone"
)

// aDesk is a desk on a real file with a telephone that only remembers.
type aDesk struct {
	t     *testing.T
	desk  *Desk
	file  *slowFile
	phone *aPhone
	at    time.Time
	ahead atomic.Int64 // of the real clock, in nanoseconds: the desk's own

	mu      sync.Mutex
	notices []Notice
}

// slowFile is the real file, with writes that can be held up or fail.
type slowFile struct {
	*store.Store
	mu    sync.Mutex
	gate  chan struct{} // nil: open
	asks  chan struct{} // the same for lookups
	fails error
	notes []string
}

func (f *slowFile) hold() (release func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	gate := make(chan struct{})
	f.gate = gate
	return func() {
		f.mu.Lock()
		f.gate = nil
		f.mu.Unlock()
		close(gate)
	}
}

func (f *slowFile) holdLookups() (release func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	gate := make(chan struct{})
	f.asks = gate
	return func() {
		f.mu.Lock()
		f.asks = nil
		f.mu.Unlock()
		close(gate)
	}
}

func (f *slowFile) Match(ctx context.Context, p crm.Party) ([]crm.Match, error) {
	f.mu.Lock()
	gate := f.asks
	f.mu.Unlock()
	if gate != nil {
		<-gate
	}
	return f.Store.Match(ctx, p)
}

func (f *slowFile) fail(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fails = err
}

func (f *slowFile) pass() error {
	f.mu.Lock()
	gate, err := f.gate, f.fails
	f.mu.Unlock()
	if gate != nil {
		<-gate
	}
	return err
}

func (f *slowFile) BeginCall(ctx context.Context, c crm.Call) (crm.Call, crm.Decision, error) {
	if err := f.pass(); err != nil {
		return c, crm.Decision{}, err
	}
	return f.Store.BeginCall(ctx, c)
}

func (f *slowFile) SaveNote(ctx context.Context, call crm.ID, text string) error {
	if err := f.pass(); err != nil {
		return err
	}
	f.mu.Lock()
	f.notes = append(f.notes, text)
	f.mu.Unlock()
	return f.Store.SaveNote(ctx, call, text)
}

func (f *slowFile) Create(ctx context.Context, form crm.Form) (crm.Ref, error) {
	if err := f.pass(); err != nil {
		return crm.Ref{}, err
	}
	return f.Store.Create(ctx, form)
}

// aPhone remembers what it was asked.
type aPhone struct {
	mu    sync.Mutex
	asked []string
	err   error
}

func (p *aPhone) note(format string, args ...any) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = append(p.asked, fmt.Sprintf(format, args...))
	return p.err
}

func (p *aPhone) Dial(account, target string) (phone.CallID, error) {
	return "out", p.note("dial %s %s", account, target)
}
func (p *aPhone) Answer(id phone.CallID) error { return p.note("answer %s", id) }
func (p *aPhone) Decline(id phone.CallID, busy bool) error {
	if busy {
		return p.note("decline %s as busy", id)
	}
	return p.note("decline %s", id)
}
func (p *aPhone) Redirect(id phone.CallID, to string) error {
	return p.note("redirect %s %s", id, to)
}
func (p *aPhone) HangUp(id phone.CallID) error        { return p.note("hang up %s", id) }
func (p *aPhone) Mute(id phone.CallID, on bool) error { return p.note("mute %s %v", id, on) }
func (p *aPhone) Hold(id phone.CallID, on bool) error { return p.note("hold %s %v", id, on) }
func (p *aPhone) Transfer(id phone.CallID, to string) error {
	return p.note("transfer %s %s", id, to)
}
func (p *aPhone) Merge(ids ...phone.CallID) error { return p.note("merge %s %s", ids[0], ids[1]) }
func (p *aPhone) Record(id phone.CallID, on bool) error {
	return p.note("record %s %v", id, on)
}
func (p *aPhone) Part(id phone.CallID) error       { return p.note("part %s", id) }
func (p *aPhone) Join(id, with phone.CallID) error { return p.note("join %s %s", id, with) }
func (p *aPhone) SendDigits(id phone.CallID, digits string) error {
	return p.note("digits %s %s", id, digits)
}

func (p *aPhone) DoNotDisturb(until time.Time) {
	_ = p.note("quiet until %s", until.Format(time.DateTime))
}
func (p *aPhone) PickUp(account, extension string) (phone.CallID, error) {
	return "", p.note("pick up %q at %q", extension, account)
}
func (p *aPhone) ForwardAll(f phone.Forward) error {
	return p.note("forward all to %q, busy %q, no answer %q after %v", f.Always, f.Busy, f.NoAnswer, f.After)
}

// did tells whether the phone was asked something.
func (p *aPhone) did(what string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Contains(p.asked, what)
}

func (p *aPhone) last() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.asked) == 0 {
		return ""
	}
	return p.asked[len(p.asked)-1]
}

const patience = time.Minute // for what happens at once, on a busy machine

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func openFile(t *testing.T, path string) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func newDesk(t *testing.T) *aDesk {
	t.Helper()
	s := openFile(t, filepath.Join(t.TempDir(), "leadline.db"))
	t.Cleanup(func() { s.Close() })
	if _, err := s.SignIn(context.Background(), crm.User{Name: "Anna Krüger", Extension: "101"}); err != nil {
		t.Fatal(err)
	}
	return deskOn(t, s)
}

func deskOn(t *testing.T, s *store.Store) *aDesk {
	t.Helper()
	d := &aDesk{t: t, file: &slowFile{Store: s}, phone: &aPhone{}, at: noon}
	d.desk = New(Config{
		File: d.file, Language: "de", Now: func() time.Time { return time.Now().Add(time.Duration(d.ahead.Load())) },
		Money: func(m crm.Money) string { return fmt.Sprintf("%d %s", m.Minor/100, m.Currency) },
	})
	d.desk.Notices(func(n Notice) {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.notices = append(d.notices, n)
	})
	d.desk.Connect(d.phone)
	t.Cleanup(d.close)
	return d
}

func (d *aDesk) close() {
	d.file.fail(nil)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := d.desk.Close(ctx); err != nil && !errors.Is(err, context.Canceled) {
		d.t.Error(err)
	}
}

// do makes changes in the file, as another part of the program would.
func (d *aDesk) do(changes ...crm.Change) {
	d.t.Helper()
	if err := d.file.Do(context.Background(), changes...); err != nil {
		d.t.Fatal(err)
	}
}

// contact adds one with a number.
func (d *aDesk) contact(first, last, number string) Ref {
	d.t.Helper()
	n, ok := crm.ParseNumber(number, "DE", crm.LabelMobile)
	if !ok {
		d.t.Fatalf("%q is no number", number)
	}
	id := d.file.NewID()
	d.do(crm.CreateContact{Contact: crm.Contact{ID: id, FirstName: first, LastName: last, Numbers: []crm.Number{n}}})
	return Ref{Contact, string(id)}
}

// ring has a call come in from number; "" withholds it.
func (d *aDesk) ring(id, number string) {
	d.desk.CallChanged(phone.Call{
		ID: phone.CallID(id), Account: "Office", Direction: phone.Incoming, State: phone.Ringing,
		Remote: phone.Party{User: number, Host: "pbx.example.org", Withheld: number == ""},
		Lines:  []string{"101"}, Began: d.at,
	})
}

// change lets a call of the phone's go on.
func (d *aDesk) change(id, number string, f func(*phone.Call)) {
	c := phone.Call{
		ID: phone.CallID(id), Account: "Office", Direction: phone.Incoming, State: phone.Ringing,
		Remote: phone.Party{User: number, Host: "pbx.example.org", Withheld: number == ""},
		Lines:  []string{"101"}, Began: d.at,
	}
	f(&c)
	d.desk.CallChanged(c)
}

func (d *aDesk) answered(id, number string) {
	d.change(id, number, func(c *phone.Call) { c.State, c.Answered = phone.Active, d.at.Add(5*time.Second) })
}

func (d *aDesk) ended(id, number string, cause phone.Cause) {
	d.change(id, number, func(c *phone.Call) {
		c.State, c.Cause, c.Ended = phone.Ended, cause, d.at.Add(time.Minute)
		if cause == phone.HungUpThere {
			c.Answered = d.at.Add(5 * time.Second)
		}
	})
}

// until waits for a snapshot in which ok holds.
func (d *aDesk) until(what string, ok func(Snapshot) bool) Snapshot {
	d.t.Helper()
	seen := make(chan Snapshot, 1024)
	stop := d.desk.Subscribe(func(s Snapshot) {
		select {
		case seen <- s:
		default:
		}
	})
	defer stop()
	deadline := time.After(patience)
	for {
		select {
		case s := <-seen:
			if ok(s) {
				return s
			}
		case <-deadline:
			d.t.Fatalf("waited for %s; the desk is %+v", what, d.desk.Snapshot())
		}
	}
}

// call waits for the only call on the desk to be as ok says.
func (d *aDesk) call(what string, ok func(Call) bool) Call {
	d.t.Helper()
	s := d.until(what, func(s Snapshot) bool { return len(s.Calls) == 1 && ok(s.Calls[0]) })
	return s.Calls[0]
}

func (d *aDesk) lastCall() crm.CallRow {
	d.t.Helper()
	page, err := d.file.Calls(context.Background(), crm.Query{Limit: 1})
	if err != nil || len(page.Rows) != 1 {
		d.t.Fatalf("the call log: %v, %d rows", err, len(page.Rows))
	}
	return page.Rows[0]
}

func (d *aDesk) notice() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.notices) == 0 {
		return ""
	}
	return d.notices[len(d.notices)-1].Text.Key
}

func looked(c Call) bool { return !c.Card.Loading }
