package phone

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/netip"
	"reflect"
	"slices"
	"strconv"
	"sync"
	"time"

	"leadline/phone/locate"
	"leadline/phone/media/secure"
	"leadline/phone/sip"
)

// Errors that the methods of Phone wrap.
var (
	ErrNoSuchCall    = errors.New("no such call")
	ErrNoSuchAccount = errors.New("no such account")
	ErrWrongState    = errors.New("the call isn't in a state for that")
	ErrClosed        = errors.New("the phone is closed")
	ErrNotConnected  = errors.New("the account has no connection to its PBX")
)

// Config is what a Phone needs. Sound and Listener are required.
type Config struct {
	Sound     Sound
	Listener  Listener
	Lamps     LampListener     // nil: nobody wants to know
	Log       *slog.Logger     // nil: nothing is logged
	UserAgent string           // of the User-Agent header; "" means "Leadline"
	Now       func() time.Time // nil: time.Now
	Wall      func() time.Time // the clock that goes on while the machine sleeps; nil: time.Now
	Random    func() uint64    // for back-off jitter; nil: math/rand/v2
	Timing    Timing
	Resolver  locate.Resolver // nil: the system's name servers
	// LocalAddr finds the address from which packets to host:port leave; nil: by the
	// system's routes.
	LocalAddr func(ctx context.Context, hostport string) (netip.Addr, error)
	// MayCall is asked before an account calls whom the far end of a call names: where it
	// sends a call of ours on to (302), or whom it transfers us to (REFER). An error keeps
	// the call from being made, and its text is the reason that the call ends with. It may
	// wait until ctx ends. nil: everybody may be called.
	MayCall func(ctx context.Context, account string, to Party) error
}

// Timing are the phone's waits; a zero field means its default.
type Timing struct {
	RetryMin   time.Duration // first back-off of a registration, default 1 s
	RetryMax   time.Duration // last back-off, default 5 min
	Register   time.Duration // the expiry asked for in REGISTER, default 5 min
	Answer     time.Duration // a registrar that doesn't answer is given up, default 8 s
	Ping       time.Duration // between two OPTIONS that ask whether the PBX is there, default 25 s
	Look       time.Duration // between two checks of this machine's address and clock, default 2 s
	NoAnswer   time.Duration // a call that nobody answers is given up, default 3 min
	BusyTone   time.Duration // how long busy and congestion are played, default 3 s
	MediaAlive time.Duration // without any RTP or RTCP an active call ends, default 60 s
	Session    time.Duration // a session that nobody refreshes ends (RFC 4028), default 30 min
	MinSession time.Duration // the shortest session that we accept (Min-SE), default 90 s
	Linger     time.Duration // packets to this machine's previous address are still taken so long, default 3 s
}

func (t Timing) withDefaults() Timing {
	set := func(d *time.Duration, to time.Duration) {
		if *d == 0 {
			*d = to
		}
	}
	set(&t.RetryMin, time.Second)
	set(&t.RetryMax, 5*time.Minute)
	set(&t.Register, 5*time.Minute)
	set(&t.Answer, 8*time.Second)
	set(&t.Ping, 25*time.Second)
	set(&t.Look, 2*time.Second)
	set(&t.NoAnswer, 3*time.Minute)
	set(&t.BusyTone, 3*time.Second)
	set(&t.MediaAlive, time.Minute)
	return t
}

// Phone is a SIP telephone. Its methods may be called from any goroutine, the
// Listener's included, and don't wait for the network unless they take a context.
type Phone struct {
	cfg Config
	log *slog.Logger

	told   *mailbox // what the Listener is told
	ctx    context.Context
	cancel context.CancelFunc
	work   sync.WaitGroup // accounts, calls and the Listener's goroutine

	certificate func() (*secure.Certificate, error) // for DTLS-SRTP, made when first needed

	mu          sync.Mutex
	closed      bool
	lines       []*line
	calls       []*call // oldest first
	nextID      int
	quietUntil  time.Time          // do not disturb
	forwards    map[string]Forward // by account
	conferences map[string]*conference
	comfort     func() func([]int16) // begins what held callers hear; nil: silence
	forwardAll  Forward              // of every account
	recordings  Recordings
	reports     []callReport // of ended calls, oldest first
}

// New makes a phone without accounts. It panics when Sound or Listener is missing.
func New(cfg Config) *Phone {
	if cfg.Sound == nil || cfg.Listener == nil {
		panic("phone: Config needs Sound and Listener")
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.UserAgent == "" {
		cfg.UserAgent = "Leadline"
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Wall == nil {
		cfg.Wall = time.Now
	}
	if cfg.Random == nil {
		cfg.Random = rand.Uint64
	}
	if cfg.Resolver == nil {
		cfg.Resolver = locate.System{}
	}
	if cfg.LocalAddr == nil {
		cfg.LocalAddr = sip.LocalAddr
	}
	cfg.Timing = cfg.Timing.withDefaults()
	p := &Phone{cfg: cfg, log: cfg.Log, told: newMailbox(), conferences: map[string]*conference{}}
	p.certificate = sync.OnceValues(secure.NewCertificate)
	p.ctx, p.cancel = context.WithCancel(context.Background())
	p.work.Add(1)
	go func() {
		defer p.work.Done()
		p.told.run(func(v any) { p.log.Error("panic in the phone's listener, survived", "panic", v) })
	}()
	return p
}

// SetAccounts replaces the accounts. Those that didn't change keep running with
// their calls; calls of those that went are hung up. The error joins one for each
// account that can't be used; the others run nevertheless.
func (p *Phone) SetAccounts(accounts []Account) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return ErrClosed
	}
	var problems []error
	var keep []*line
	var fresh []Account
	names := map[string]bool{}
	for _, a := range accounts {
		if err := a.check(); err != nil {
			problems = append(problems, err)
			continue
		}
		if names[a.Name] {
			problems = append(problems, fmt.Errorf("account %q: there are two of this name", a.Name))
			continue
		}
		names[a.Name] = true
		fresh = append(fresh, a)
	}
	old := p.lines
	p.lines = nil
	var leaving []<-chan struct{}
	for _, l := range old {
		if slices.ContainsFunc(fresh, func(a Account) bool { return reflect.DeepEqual(a, l.account) }) {
			keep = append(keep, l)
			continue
		}
		l.cancel()
		leaving = append(leaving, l.done)
	}
	for _, a := range fresh {
		i := slices.IndexFunc(keep, func(l *line) bool { return l.account.Name == a.Name })
		if i >= 0 {
			p.lines = append(p.lines, keep[i])
			continue
		}
		p.lines = append(p.lines, p.newLine(a, leaving))
	}
	return errors.Join(problems...)
}

// Dial calls target from the named account ("" is the first one) and returns at
// once; what becomes of it is told to the Listener. Target is a number, an
// extension, a user part or a whole sip: URI. Other calls are put on hold.
func (p *Phone) Dial(account, target string) (CallID, error) {
	l, err := p.line(account)
	if err != nil {
		return "", err
	}
	return p.dial(l, target, "", Party{})
}

// dial calls target; replaces, if not "", names a call that rings elsewhere and that this one takes the place of (RFC
// 3891). remote is who that reaches, when it is not who is dialled.
func (p *Phone) dial(l *line, target, replaces string, remote Party) (CallID, error) {
	stack := l.current()
	if stack == nil {
		return "", fmt.Errorf("call %q from %s: %w", target, l.account.Name, ErrNotConnected)
	}
	party, err := stack.Callee(target)
	if err != nil {
		return "", fmt.Errorf("call from %s: %w", l.account.Name, err)
	}
	if remote == (Party{}) {
		remote = Party(party)
	}
	c, err := p.newCall(l, stack, Call{
		Direction: Outgoing, State: Dialling, Remote: remote, Dialled: target,
	}, nil)
	if err != nil {
		return "", err
	}
	p.holdOthers(c)
	c.box.post(func() {
		c.picksUp = replaces
		c.dial()
	})
	return c.id, nil
}

// mayCallPatience is how long a call waits for Config.MayCall.
const mayCallPatience = 10 * time.Second

// mayCall asks Config.MayCall whether an account may call a party that the far end has named.
func (p *Phone) mayCall(account string, to Party) error {
	if p.cfg.MayCall == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(p.ctx, mayCallPatience)
	defer cancel()
	return p.cfg.MayCall(ctx, account, to)
}

func (p *Phone) line(name string) (*line, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, ErrClosed
	}
	for _, l := range p.lines {
		if name == "" || l.account.Name == name {
			return l, nil
		}
	}
	return nil, fmt.Errorf("account %q: %w", name, ErrNoSuchAccount)
}

// Calls returns the calls in progress, oldest first.
func (p *Phone) Calls() []Call {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := make([]Call, 0, len(p.calls))
	for _, c := range p.calls {
		all = append(all, c.shown)
	}
	return all
}

// Registrations returns the standing of every account, in the order of SetAccounts.
func (p *Phone) Registrations() []Registration {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := make([]Registration, 0, len(p.lines))
	for _, l := range p.lines {
		all = append(all, l.standing)
	}
	return all
}

// Close hangs up, unregisters our own contacts and waits for that until ctx ends.
// After it the Listener hears nothing more.
func (p *Phone) Close(ctx context.Context) error {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil
	}
	p.closed = true
	lines := p.lines
	p.mu.Unlock()
	p.cancel()
	var err error
	for _, l := range lines {
		select {
		case <-l.done:
		case <-ctx.Done():
			err = fmt.Errorf("unregister %s: %w", l.account.Name, ctx.Err())
		}
	}
	p.told.close()
	done := make(chan struct{})
	go func() { p.work.Wait(); close(done) }()
	select {
	case <-done:
	case <-ctx.Done():
		err = errors.Join(err, ctx.Err())
	}
	return err
}

// newCall makes a call and starts its goroutine. It is among Calls when it returns.
// begin is what it does first, before any wish of those who see it; nil for nothing.
func (p *Phone) newCall(l *line, stack *sip.Stack, v Call, begin func(*call)) (*call, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.closed:
		return nil, ErrClosed
	case l.leaving:
		return nil, fmt.Errorf("a call of %s, which is leaving: %w", l.account.Name, ErrNotConnected)
	}
	p.nextID++
	v.ID = CallID("call-" + strconv.Itoa(p.nextID))
	v.Account = l.account.Name
	v.Began = p.cfg.Now()
	v.CallWaiting = slices.ContainsFunc(p.calls, func(c *call) bool { return up(c.shown.State) })
	c := &call{
		phone: p, line: l, stack: stack, id: v.ID, view: v, shown: v,
		box: newMailbox(), sounds: newSounds(p.cfg.Sound), gone: make(chan struct{}), security: l.account.security(),
		log: p.log.With("call", string(v.ID)),
	}
	if begin != nil {
		c.box.post(func() { begin(c) })
	}
	p.calls = append(p.calls, c)
	p.work.Add(1)
	go func() {
		defer p.work.Done()
		defer close(c.gone)
		c.box.run(c.panicked)
	}()
	return c, nil
}

// up reports whether a call in this state is one beside which another rings quietly.
func up(s CallState) bool { return s != Ringing && s != Ended }

// publish shows a call as it is now, and tells the Listener.
func (p *Phone) publish(c *call, v Call) {
	p.mu.Lock()
	before := up(c.shown.State)
	c.shown = v
	if v.State == Ended {
		p.calls = slices.DeleteFunc(p.calls, func(o *call) bool { return o == c })
	}
	p.told.post(func() { p.cfg.Listener.CallChanged(v) })
	if v.State == Ended || before != up(v.State) {
		for _, o := range p.calls {
			if o != c {
				o.box.post(func() { // whether it rings loudly depends on the others
					o.stepForward()
					o.listen()
				})
			}
		}
	}
	p.mu.Unlock()
}

// knows says whether a call is one of those that go on, as far as was told.
func (p *Phone) knows(c *call) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Contains(p.calls, c)
}

// refresh updates a call's figures without telling the Listener.
func (p *Phone) refresh(c *call, v Call) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c.shown = v
}

// callsOf are the calls of an account that run over a stack; nil means any.
func (p *Phone) callsOf(l *line, s *sip.Stack) []*call {
	p.mu.Lock()
	defer p.mu.Unlock()
	var of []*call
	for _, c := range p.calls {
		if c.line == l && (s == nil || c.stack == s) {
			of = append(of, c)
		}
	}
	return of
}

// othersUp reports whether a call other than c is up.
func (p *Phone) othersUp(c *call) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.ContainsFunc(p.calls, func(o *call) bool { return o != c && up(o.shown.State) })
}

// busyBeside reports whether a call other than these is up and not held here: the agent talks, or waits for an answer.
func (p *Phone) busyBeside(these ...*call) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.ContainsFunc(p.calls, func(o *call) bool {
		return !slices.Contains(these, o) && up(o.shown.State) && o.shown.State != HeldHere
	})
}

// holdOthers puts every other conversation on hold; one that nobody has answered yet is held when that happens.
func (p *Phone) holdOthers(c *call) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, o := range p.calls {
		if o != c && (c.shown.Conference == "" || o.shown.Conference != c.shown.Conference) {
			o.box.post(o.stepBack)
		}
	}
}

// ask has a call do something in its own goroutine and returns the outcome.
func (p *Phone) ask(id CallID, what func(*call) error) error {
	p.mu.Lock()
	i := slices.IndexFunc(p.calls, func(c *call) bool { return c.id == id })
	if i < 0 {
		p.mu.Unlock()
		return fmt.Errorf("%s: %w", id, ErrNoSuchCall)
	}
	c := p.calls[i]
	p.mu.Unlock()
	outcome := make(chan error, 1)
	if !c.box.post(func() { outcome <- what(c) }) {
		return fmt.Errorf("%s: %w", id, ErrNoSuchCall)
	}
	select {
	case err := <-outcome:
		return err
	case <-c.gone:
	}
	select {
	case err := <-outcome: // it was the call's last deed
		return err
	default:
		return fmt.Errorf("%s: %w", id, ErrNoSuchCall)
	}
}
