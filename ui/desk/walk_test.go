package desk

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/store"
	"leadline/phone"
)

var (
	walkSeed  = flag.Uint64("walk.seed", 1, "the first walk")
	walkSeeds = flag.Uint64("walk.seeds", 6, "how many walks")
	walkSteps = flag.Int("walk.steps", 120, "how long a walk is")
	walkTells = flag.Bool("walk.tells", false, "tell each step before it is done: the last one told is where a walk ends that ends the test")
)

// A walk is an agent's day as chance has it: calls of every kind, several at once, what an agent does with them and with records,
// what an administrator sets up meanwhile, a disk that is slow, and a program that is closed or killed at any moment. Now and then
// the walk waits until all is done and looks whether the desk and its file have what they must have.
func TestWhateverHappensTogether_B2_B4_C4_E1_F2_H4_H6(t *testing.T) {
	for seed := *walkSeed; seed < *walkSeed+*walkSeeds; seed++ {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			w := newWalk(t, seed)
			for range *walkSteps {
				w.step()
			}
			w.look()
		})
	}
}

// walk is one of them.
type walk struct {
	t     *testing.T
	r     *rand.Rand
	tells bool
	steps []string

	path  string
	file  *store.Store
	desk  *Desk
	phone *walkPhone
	line  crm.Line
	now   atomic.Int64 // milliseconds since 1970

	calls   []*walkCall // all there were, oldest first
	placed  int
	words   int
	meddled int // how often records were changed in their own windows

	held    []func() // lets the disk go on
	mu      sync.Mutex
	noticed []string // that something failed, though nothing was to fail
}

// walkCall is what the walk knows of a call.
type walkCall struct {
	now     phone.Call
	id      CallID // on the desk; "" for one that never was
	outcome crm.Outcome
	unsure  bool // its last events may not have reached the file before the program was killed

	notes []string // as they were typed, one after the other
	forms []Form
	open  bool // there is a form with something typed
	alone bool // an exception since before it began: the CRM has nothing of it

	saving  string // the name in a form that was saved since the last look; "" when none was
	meddled int    // of the walk, then
	before  int    // of the walk, when the call began
	linked  bool   // by hand, since the last look
}

// walkPhone is a telephone on which the walk makes the calls.
type walkPhone struct {
	aPhone
	mu       sync.Mutex
	declined []phone.CallID
}

func (p *walkPhone) Decline(id phone.CallID, busy bool) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.declined = append(p.declined, id)
	return nil
}

// The numbers of a walk.
const (
	walkKnown     = "01761234567" // a contact
	walkSeveral   = "0301111111"  // two contacts and a company
	walkColleague = "102"
	walkWithheld  = ""
	walkUnwanted  = "0900123456" // on the blacklist
)

var walkStrangers = []string{"0895550001", "0895550002", "0895550003", "0895550004"}

var walkNumbers = append([]string{walkKnown, walkSeveral, walkColleague, walkWithheld, walkUnwanted}, walkStrangers...)

func newWalk(t *testing.T, seed uint64) *walk {
	w := &walk{t: t, r: rand.New(rand.NewPCG(seed, 0)), tells: *walkTells, path: filepath.Join(t.TempDir(), "leadline.db")}
	w.now.Store(noon.UnixMilli())
	t.Cleanup(func() {
		w.close()
		if t.Failed() {
			t.Logf("the walk of seed %d:\n%s", seed, strings.Join(w.steps, "\n"))
		}
	})
	w.openFile()
	ctx := context.Background()
	w.must(w.file.SignIn(ctx, crm.User{Name: "Anna Krüger", Extension: "101"}))
	w.line = crm.Line{ID: w.file.NewID(), Name: "101", Mode: crm.Auto, ChangeResponsible: true}
	unwanted, _ := crm.ParseEntries(crm.Blacklist, walkUnwanted, "DE")
	w.do(crm.SaveLine{Line: w.line}, crm.AddEntries{Entries: unwanted}, crm.SaveUser{User: crm.User{ID: w.file.NewID(), Name: "Petra", Extension: walkColleague}})
	w.contact("Jürgen", walkKnown)
	w.contact("Ayşe", walkSeveral)
	w.contact("Emre", walkSeveral)
	w.do(crm.CreateCompany{Company: crm.Company{ID: w.file.NewID(), Name: "Özdemir KG", Numbers: walkNumber(walkSeveral)}})
	w.openDesk()
	return w
}

func walkNumber(written string) []crm.Number {
	n, _ := crm.ParseNumber(written, "DE", crm.LabelWork)
	return []crm.Number{n}
}

func (w *walk) contact(name, number string) {
	w.do(crm.CreateContact{Contact: crm.Contact{ID: w.file.NewID(), FirstName: name, Numbers: walkNumber(number)}})
}

func (w *walk) must(_ any, err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *walk) do(changes ...crm.Change) {
	w.t.Helper()
	w.must(nil, w.file.Do(context.Background(), changes...))
}

// may is for what the CRM may refuse with a sentence, or because its record is gone.
func (w *walk) may(_ any, err error) {
	w.t.Helper()
	if refused := (crm.Invalid{}); err != nil && !errors.As(err, &refused) && !errors.Is(err, crm.ErrNotFound) {
		w.t.Errorf("%v", err)
	}
}

func (w *walk) clock() time.Time { return time.UnixMilli(w.now.Load()) }

func (w *walk) openFile() {
	w.t.Helper()
	s, err := store.Open(context.Background(), w.path, store.Options{Now: w.clock})
	if err != nil {
		w.t.Fatal(err)
	}
	w.file = s
}

func (w *walk) openDesk() {
	w.phone = &walkPhone{}
	w.desk = New(Config{File: w.file, Language: "de", Now: w.clock, Money: func(m crm.Money) string { return m.Currency }})
	w.desk.Notices(func(n Notice) {
		if n.Text.Key == "The call could not be written to the file" || n.Text.Key == "The customers' file cannot be read" {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.noticed = append(w.noticed, n.Text.Key)
		}
	})
	w.desk.Connect(w.phone)
	w.desk.SetAccounts([]phone.Account{{Name: "Office", Address: "sip:101@pbx", DefaultLine: "101"}})
}

func (w *walk) close() {
	if w.desk == nil {
		return
	}
	w.free()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := w.desk.Close(ctx); err != nil {
		w.t.Error(err)
	}
	if err := w.file.Close(); err != nil {
		w.t.Error(err)
	}
	w.desk = nil
}

// hold has the disk stand still until free.
func (w *walk) hold(where func(func(context.Context))) {
	gate := make(chan struct{})
	w.held = append(w.held, func() { close(gate) })
	where(func(context.Context) { <-gate })
}

func (w *walk) free() {
	for _, release := range w.held {
		release()
	}
	w.held = nil
}

// on has f done by the desk's goroutine and waits for it.
func (w *walk) on(f func(*Desk)) {
	done := make(chan struct{})
	w.desk.post(func() { f(w.desk); close(done) })
	<-done
}

// settle waits until nothing is under way any more.
func (w *walk) settle() {
	w.free()
	atRest(w.desk)
}

// step does one thing.
func (w *walk) step() {
	w.now.Add(int64(1000 + w.r.IntN(40_000)))
	for {
		act := walkActs[w.r.IntN(len(walkActs))]
		if did := act(w); did != "" {
			break
		}
	}
	w.obey()
}

// tell keeps what is done next.
func (w *walk) tell(format string, args ...any) string {
	said := fmt.Sprintf("%3d ", len(w.steps)+1) + fmt.Sprintf(format, args...)
	w.steps = append(w.steps, said)
	if w.tells {
		fmt.Println(w.t.Name(), said)
	}
	return said
}

// obey has the telephone decline what the desk wants declined.
func (w *walk) obey() {
	w.on(func(*Desk) {})
	w.phone.mu.Lock()
	declined := w.phone.declined
	w.phone.declined = nil
	w.phone.mu.Unlock()
	for _, c := range w.calls {
		if slices.Contains(declined, c.now.ID) && c.now.State == phone.Ringing {
			w.ends(c, phone.Declined)
		}
	}
}

// live are the calls that the telephone has.
func (w *walk) live() (all []*walkCall) {
	for _, c := range w.calls {
		if c.now.State != phone.Ended {
			all = append(all, c)
		}
	}
	return all
}

// some is one of them by chance; the zero value of none.
func some[T any](w *walk, all []T) (one T) {
	if len(all) > 0 {
		one = all[w.r.IntN(len(all))]
	}
	return one
}

// event has the telephone tell of a call.
func (w *walk) event(c *walkCall) {
	c.unsure = true
	w.desk.CallChanged(c.now)
	w.on(func(d *Desk) {
		if on := d.byPhone(c.now.ID); on != nil {
			c.id = on.id
		}
	})
}

// ends is the end of a call.
func (w *walk) ends(c *walkCall, cause phone.Cause) {
	c.now.State, c.now.Cause, c.now.Ended = phone.Ended, cause, w.clock()
	result, _ := outcomeOf(c.now)
	c.outcome = fileOutcome(result)
	w.event(c)
}

// onDesk are the calls that have a window, and what the desk shows of them.
func (w *walk) onDesk() (all []*walkCall, shown []Call) {
	w.on(func(d *Desk) {
		for _, on := range d.calls {
			for _, c := range w.calls {
				if c.id == on.id {
					all, shown = append(all, c), append(shown, on.view())
				}
			}
		}
	})
	return all, shown
}

// aWindow is one of them by chance; c is nil when there is none.
func (w *walk) aWindow() (c *walkCall, shown Call) {
	all, views := w.onDesk()
	if len(all) == 0 {
		return nil, Call{}
	}
	i := w.r.IntN(len(all))
	return all[i], views[i]
}
