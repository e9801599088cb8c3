package phone_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"leadline/phone"
)

var (
	walks     = flag.Int("walks", 16, "how many random walks TestRandomWalks takes")
	walkSeed  = flag.Uint64("walkseed", 1, "the seed of the first random walk; the others follow it")
	walkSteps = flag.Int("walksteps", 12, "how many steps a random walk has")
	walkLate  = flag.Bool("walklate", false, "far ends also answer when the phone has given up, which takes its time")
	walkTries = flag.Int("walktries", 3, "how often a random walk is taken that goes wrong: on a busy machine whoever waits here gives up too early")
)

// mediaAlive is for how long a far end of a walk may be silent.
const mediaAlive = 2 * time.Second

// alarm is a log that keeps what is an error.
type alarm struct {
	mu     sync.Mutex
	errors []string
}

func (a *alarm) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelError }
func (a *alarm) WithAttrs([]slog.Attr) slog.Handler               { return a }
func (a *alarm) WithGroup(string) slog.Handler                    { return a }
func (a *alarm) Handle(_ context.Context, r slog.Record) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	text := r.Message
	r.Attrs(func(at slog.Attr) bool { text += " " + at.String(); return true })
	a.errors = append(a.errors, text)
	return nil
}

// walk is a phone, an agent who does anything at all with it, and far ends that do, too.
type walk struct {
	*town
	d     *desk
	alarm *alarm
	rng   *rand.Rand // of the step that is taken
	seed  uint64
	step  int
	steps []string

	second  bool                  // the other account is there
	variant int                   // of it
	quiet   bool                  // do not disturb
	hungUp  map[phone.CallID]bool // by the agent
}

// A seed makes the walk: what agent and far ends do is drawn anew at each step from what is possible then, so that it
// repeats as far as the scheduler does. For a failure with seed 17:
//
//	go test ./phone -run TestRandomWalks -walks 1 -walkseed 17 -walktries 1
func TestRandomWalks(t *testing.T) {
	const clock = "LEADLINE_T1"
	if os.Getenv(clock) == "" { // of their own, slower than that of the other tests: all of them are under way at a time
		args := []string{"-test.run=^TestRandomWalks$", "-test.parallel=40", "-test.timeout=0"}
		flag.Visit(func(f *flag.Flag) {
			if strings.HasPrefix(f.Name, "walk") {
				args = append(args, "-"+f.Name+"="+f.Value.String())
			}
		})
		again := exec.CommandContext(t.Context(), os.Args[0], args...)
		again.Env = append(os.Environ(), clock+"=50ms")
		if out, err := again.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	before := settled(t, holding{}, 0)
	t.Run("all", func(t *testing.T) {
		for n := range *walks {
			seed := *walkSeed + uint64(n)
			t.Run(fmt.Sprint(seed), func(t *testing.T) {
				t.Parallel()
				takeWalk(t, seed)
			})
		}
	})
	settled(t, before, 8<<20)
}

// takeWalk takes a walk, again and alone when it goes wrong in a way that a busy machine may have brought about.
func takeWalk(t *testing.T, seed uint64) {
	for try := 1; ; try++ {
		why := newWalk(t, seed).taken()
		switch {
		case why == nil:
			return
		case why.sure || try == *walkTries:
			t.Fatal(why.text)
		}
		t.Logf("seed %d is taken again: %s", seed, why.short)
		if try == 1 {
			alone.Lock()
			defer alone.Unlock()
		}
	}
}

// alone is held by a walk that is taken again.
var alone sync.Mutex

// misstep is how a walk went wrong.
type misstep struct {
	short, text string
	sure        bool // nothing that a busy machine could have brought about
}

// taken takes the walk, and is what went wrong; nil for nothing.
func (w *walk) taken() (why *misstep) {
	defer func() {
		if p := recover(); p != nil {
			m, ok := p.(*misstep)
			if !ok {
				panic(p)
			}
			why = m
			w.stop()
		}
	}()
	w.walk()
	return nil
}

func newWalk(t *testing.T, seed uint64) *walk {
	w := &walk{town: newTown(t, seed), alarm: &alarm{}, seed: seed, second: true, hungUp: map[phone.CallID]bool{}}
	w.d = newDesk(t, w.pbx, calm, func(c *phone.Config, a *phone.Account) {
		c.Log = slog.New(w.alarm)
		c.Timing.Ping, c.Timing.NoAnswer, c.Timing.MediaAlive = 2*time.Second, 4*time.Second, mediaAlive
	})
	if err := w.setAccounts(); err != nil {
		t.Fatal(err)
	}
	w.d.eventually("both accounts are registered", func() bool {
		regs := w.d.Registrations()
		return len(regs) == 2 && regs[0].State == phone.Registered && regs[1].State == phone.Registered
	})
	return w
}

func (w *walk) setAccounts() error {
	accounts := []phone.Account{w.d.acc}
	if w.second {
		other := w.d.acc
		other.Name, other.Address = "Home", strings.Replace(other.Address, "sip:101@", "sip:201@", 1)
		other.DTMF = []string{"", "info", "inband"}[w.variant%3]
		accounts = append(accounts, other)
	}
	return w.d.SetAccounts(accounts)
}

func (w *walk) walk() {
	for w.step = range *walkSteps {
		w.rng = rand.New(rand.NewPCG(w.seed, uint64(1<<32+w.step)))
		w.takes()
		switch n := w.rng.IntN(10); {
		case n < 4: // the next crosses it
		case n < 7:
			time.Sleep(time.Duration(w.rng.IntN(40)) * time.Millisecond)
		default:
			w.settle()
		}
	}
	w.settle()
	w.finish()
}

// takes takes a step: the first of all that is possible.
func (w *walk) takes() {
	acts := append(w.agent(), w.farEnds()...)
	w.rng.Shuffle(len(acts), func(i, j int) { acts[i], acts[j] = acts[j], acts[i] })
	for _, act := range acts {
		if did := act(); did != "" {
			w.did(did)
			return
		}
	}
}

func (w *walk) did(what string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.steps = append(w.steps, fmt.Sprintf("%d at %d: %s", w.step, time.Since(w.began).Milliseconds(), what))
	w.note("STEP %d: %s", w.step, what)
}

// pick is one of the phone's calls in one of these states; one in ten times any.
func (w *walk) pick(states ...phone.CallState) (phone.Call, bool) {
	calls := w.d.Calls()
	anyhow := w.rng.IntN(10) == 0
	var fit []phone.Call
	for _, c := range calls {
		for _, s := range states {
			if c.State == s || anyhow {
				fit = append(fit, c)
				break
			}
		}
	}
	if len(fit) == 0 {
		return phone.Call{}, false
	}
	return fit[w.rng.IntN(len(fit))], true
}

var talking3 = []phone.CallState{phone.Active, phone.HeldHere, phone.HeldThere}

// may takes what the agent has asked for, and what may have come in between.
func (w *walk) may(what string, err error) string {
	switch {
	case err == nil:
		return what
	case errors.Is(err, phone.ErrWrongState), errors.Is(err, phone.ErrNoSuchCall), errors.Is(err, phone.ErrNotConnected), errors.Is(err, phone.ErrNoSuchAccount):
		return what + ": " + err.Error()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.accuse("%s: %v", what, err)
	return what + ": " + err.Error()
}

// onCall is something that the agent does with a call in one of these states.
func (w *walk) onCall(what string, do func(phone.Call) error, states ...phone.CallState) func() string {
	return func() string {
		c, ok := w.pick(states...)
		if !ok {
			return ""
		}
		return w.may(fmt.Sprintf("the agent: %s %s, %s", what, c.ID, c.State), do(c))
	}
}

// agent is all that the agent may do.
func (w *walk) agent() []func() string {
	d := w.d
	answer := w.onCall("answer", func(c phone.Call) error { return d.Answer(c.ID) }, phone.Ringing)
	hold := w.onCall("hold", func(c phone.Call) error { return d.Hold(c.ID, true) }, talking3...)
	resume := w.onCall("take back", func(c phone.Call) error { return d.Hold(c.ID, false) }, phone.HeldHere, phone.HeldThere)
	return []func() string{
		w.dial, w.dial, answer, answer, answer, hold, hold, resume, resume,
		w.onCall("decline", func(c phone.Call) error { return d.Decline(c.ID, w.rng.IntN(2) == 0) }, phone.Ringing),
		w.onCall("redirect", func(c phone.Call) error { return d.Redirect(c.ID, "109") }, phone.Ringing),
		w.onCall("hang up", func(c phone.Call) error {
			w.hungUp[c.ID] = true
			return d.HangUp(c.ID)
		}, phone.Dialling, phone.RingingThere, phone.Early, phone.Active, phone.HeldHere, phone.HeldThere, phone.Ringing),
		w.onCall("mute", func(c phone.Call) error { return d.Mute(c.ID, !c.Muted) }, talking3...),
		w.onCall("digits", func(c phone.Call) error {
			_ = d.SendDigits(c.ID, "1#") // not taken while it is held
			return nil
		}, talking3...),
		w.onCall("transfer", func(c phone.Call) error { return d.Transfer(c.ID, "110") }, talking3...),
		w.onCall("part", func(c phone.Call) error { return d.Part(c.ID) }, talking3...),
		w.join, w.join, w.merge, w.merge, w.disturb, w.account,
	}
}

func (w *walk) dial() string {
	if len(w.d.Calls()) > 4 {
		return ""
	}
	account := []string{"Office", "Home"}[w.rng.IntN(2)]
	id, err := w.d.Dial(account, fmt.Sprintf("1%02d", w.rng.IntN(5)))
	return w.may(fmt.Sprintf("the agent: dial from %s: %s", account, id), err)
}

func (w *walk) two() (a, b phone.Call, ok bool) {
	a, _ = w.pick(talking3...)
	b, ok = w.pick(talking3...)
	return a, b, ok && a.ID != "" && a.ID != b.ID
}

func (w *walk) join() string {
	a, b, ok := w.two()
	if !ok {
		return ""
	}
	return w.may(fmt.Sprintf("the agent: join %s, %s with %s, %s", a.ID, a.State, b.ID, b.State), w.d.Join(a.ID, b.ID))
}

func (w *walk) merge() string {
	a, b, ok := w.two()
	if !ok {
		return ""
	}
	return w.may(fmt.Sprintf("the agent: merge %s, %s with %s, %s", a.ID, a.State, b.ID, b.State), w.d.Merge(a.ID, b.ID))
}

func (w *walk) disturb() string {
	if w.rng.IntN(2) == 0 {
		return ""
	}
	until := time.Time{}
	if w.quiet = !w.quiet; w.quiet {
		until = phone.Forever
	}
	w.d.DoNotDisturb(until)
	return fmt.Sprintf("the agent: do not disturb %t", w.quiet)
}

// account takes the second account away, or back with other settings.
func (w *walk) account() string {
	if w.rng.IntN(2) == 0 {
		return ""
	}
	if w.second = !w.second; w.second {
		w.variant++
	}
	return w.may(fmt.Sprintf("the agent: second account %t", w.second), w.setAccounts())
}
