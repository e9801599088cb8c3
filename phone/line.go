package phone

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"runtime/debug"
	"sync"
	"time"

	"leadline/phone/locate"
	"leadline/phone/sdp"
	"leadline/phone/sip"
)

// line is an account at work: its stack and its registration, kept alive by one
// goroutine.
type line struct {
	phone   *Phone
	account Account
	log     *slog.Logger
	cancel  context.CancelFunc
	done    chan struct{}

	standing Registration // of the phone's lock
	leaving  bool         // likewise: it takes no calls any more
	lamps    *lamps

	// Of run's goroutine.
	targets []locate.Target // that are still to be tried, the one in use first
	located []locate.Target // what DNS has said last
	at      netip.AddrPort  // where the calls believe us to be
	stale   bool            // the connection may have died while the machine slept
	clocks  *clocks
	slept   time.Duration // for how long it did, which the calls are still to be told; 0: it didn't
	second  bool          // the target in use isn't the domain's first
	bound   time.Time     // until when the PBX may hold our contact, as far as is known

	mu    sync.Mutex
	stack *sip.Stack     // nil when there is none
	stun  netip.AddrPort // whom calls ask for their public address; invalid for nobody
}

// check finds what the account can't be used with, without the network.
func (a Account) check() error {
	if a.Name == "" {
		return fmt.Errorf("account %q has no name", a.Address)
	}
	if err := a.options().CheckAddress(); err != nil {
		return fmt.Errorf("account %q: %w", a.Name, err)
	}
	if _, err := a.tls(); err != nil {
		return fmt.Errorf("account %q: %w", a.Name, err)
	}
	switch a.AutoAnswer {
	case "", "never", "header", "always":
	default:
		return fmt.Errorf("account %q: auto-answer %q: want never, header or always", a.Name, a.AutoAnswer)
	}
	switch a.DTMF {
	case "", "rfc4733", "info", "inband":
	default:
		return fmt.Errorf("account %q: dtmf %q: want rfc4733, info or inband", a.Name, a.DTMF)
	}
	switch a.KeepAlive {
	case "", "options", "crlf", "off":
	default:
		return fmt.Errorf("account %q: keep-alive %q: want options, crlf or off", a.Name, a.KeepAlive)
	}
	switch a.Asserted {
	case "", "pbx", "anyone", "nobody":
	default:
		return fmt.Errorf("account %q: asserted identity %q: want pbx, anyone or nobody", a.Name, a.Asserted)
	}
	return a.checkSRTP()
}

func (a Account) options() sip.Options {
	asserted := sip.Asserted(a.Asserted)
	if a.Asserted == "pbx" {
		asserted = sip.AssertedByPBX
	}
	return sip.Options{
		Asserted: asserted,
		Address:  a.Address, AuthUser: a.AuthUser, Password: a.Password,
		Transport: a.Transport, Bind: a.Bind, Proxy: a.OutboundProxy,
		LineHeader: a.LineHeader, DefaultLine: a.DefaultLine,
	}
}

// newLine starts an account once those that leave have let go of their sockets. The
// phone's lock is held.
func (p *Phone) newLine(a Account, leaving []<-chan struct{}) *line {
	l := &line{
		phone: p, account: a, log: p.log.With("account", a.Name), done: make(chan struct{}),
		lamps:    newLamps(a),
		clocks:   newClocks(p.cfg.Wall),
		standing: Registration{Account: a.Name, State: Registering, Since: p.cfg.Now()},
	}
	var ctx context.Context
	ctx, l.cancel = context.WithCancel(p.ctx)
	standing := l.standing
	p.told.post(func() { p.cfg.Listener.RegistrationChanged(standing) })
	p.work.Add(1)
	go func() {
		defer p.work.Done()
		defer close(l.done)
		for _, gone := range leaving {
			<-gone
		}
		l.live(ctx)
	}()
	return l
}

// live runs the account until ctx ends, anew after a panic.
func (l *line) live(ctx context.Context) {
	for ctx.Err() == nil {
		if l.survives(func() { l.run(ctx) }) {
			continue
		}
		wait := l.phone.cfg.Timing.RetryMax / 10
		l.stand(Registration{State: Retrying, Reason: "internal error", NextTry: l.phone.cfg.Now().Add(wait)})
		select {
		case <-time.After(wait):
		case <-ctx.Done():
		}
	}
}

// survives does f, and reports whether it ended without a panic.
func (l *line) survives(f func()) (whole bool) {
	defer func() {
		if v := recover(); v != nil {
			l.log.Error("panic in an account, survived", "panic", v, "stack", string(debug.Stack()))
		}
	}()
	f()
	return true
}

// current is the stack that calls go out by, or nil.
func (l *line) current() *sip.Stack {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.stack
}

func (l *line) use(s *sip.Stack) (old *sip.Stack) {
	l.mu.Lock()
	defer l.mu.Unlock()
	old, l.stack = l.stack, s
	return old
}

// run keeps the account registered until ctx ends, then lets everything go.
func (l *line) run(ctx context.Context) {
	l.takesCalls(true)
	defer l.leave()
	t := l.phone.cfg.Timing
	backoff := t.RetryMin
	for {
		before := l.whereabouts(ctx)
		granted, err := l.register(ctx)
		if ctx.Err() != nil {
			return
		}
		wait := time.Duration(0)
		switch f := failureOf(l.account.Name, err); {
		case err == nil:
			backoff = t.RetryMin
			l.stand(Registration{State: Registered, Expires: granted})
			l.stay(ctx, granted)
			if ctx.Err() != nil {
				return
			}
			continue
		case f.Cause == RegWrongPassword, f.Cause == RegForbidden, f.Cause == RegBadAccount:
			l.log.Warn("registration refused; waiting for the account to be changed", "err", f)
			l.stand(Registration{State: Refused, Cause: f.Cause, Code: f.Code, Reason: f.Reason})
			<-ctx.Done()
			return
		default:
			wait = l.jitter(backoff)
			var sf *sip.Failure
			if errors.As(err, &sf) && sf.RetryAfter > wait {
				wait = min(sf.RetryAfter, t.RetryMax)
			}
			backoff = min(2*backoff, t.RetryMax)
			l.log.Info("registration failed", "err", f, "retry", wait)
			l.stand(Registration{State: Retrying, Cause: f.Cause, Code: f.Code, Reason: f.Reason,
				NextTry: l.phone.cfg.Now().Add(wait)})
		}
		if l.pause(ctx, wait, before); ctx.Err() != nil {
			return
		}
	}
}

// jitter spreads a wait over 50 to 100 percent, so that a PBX that comes back isn't
// asked by everyone at once.
func (l *line) jitter(d time.Duration) time.Duration {
	half := d / 2
	return half + time.Duration(l.phone.cfg.Random()%uint64(half+1))
}

// maxCalls is how many calls there can be at once: more than any person, and less than
// a flood of INVITEs.
const maxCalls = 32

// check refuses a call before it rings.
func (l *line) check(body sip.Body) (int, string) {
	if l.phone.full() {
		return 486, "Busy Here"
	}
	secrets, _, err := l.secrets(l.account.security())
	if err != nil {
		return 500, "Server Internal Error"
	}
	return checkOffer(body, l.account.Codecs, secrets)
}

// full reports whether there are as many calls as there can be.
func (p *Phone) full() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.calls) >= maxCalls
}

// checkOffer refuses a call whose sound we couldn't take part in.
func checkOffer(body sip.Body, codecs []string, secrets sdp.Secure) (int, string) {
	offer, err := sdp.Body(body.Type, body.Data)
	if err == nil && len(offer) > 0 {
		_, _, err = sdp.Answer(offer, sdp.Local{Addr: netip.AddrFrom4([4]byte{127, 0, 0, 1}), Port: 9, RTCPMux: true,
			Codecs: sdp.CodecsByName(codecs), Secure: secrets})
	}
	switch {
	case err == nil:
		return 0, ""
	case sdp.SIPCode(err) == 415:
		return 415, "Unsupported Media Type"
	case sdp.SIPCode(err) == 400:
		return 400, "Bad Session Description"
	default:
		return 488, "Not Acceptable Here"
	}
}

// incoming makes a call of a dialog that rings.
func (l *line) incoming(stack *sip.Stack, d *sip.Dialog) sip.Events {
	invite := d.Invite()
	c, err := l.phone.newCall(l, stack, Call{
		Direction: Incoming, State: Ringing, SIPCallID: d.CallID(),
		Remote: Party(invite.Caller), Lines: invite.Dialled, ReferredBy: invite.ReferredBy,
		Diversions: diversionsOf(invite), Rang: l.phone.cfg.Now(),
	}, func(c *call) {
		c.dialog, c.invite = d, invite
		c.ring()
	})
	if err != nil {
		d.Refuse(480, "Temporarily Unavailable")
		return nil
	}
	return signals{c: c}
}

// retire closes a stack when its calls are over; it is of no use for new ones.
func (l *line) retire(s *sip.Stack) {
	if s == nil {
		return
	}
	down := false
	select {
	case <-s.Down():
		down = true
	default:
	}
	l.phone.work.Add(1)
	go func() {
		defer l.phone.work.Done()
		l.survives(func() { l.outlive(s, down) })
	}()
}

// outlive closes a stack after its last call; those of one that is down are lost.
func (l *line) outlive(s *sip.Stack, down bool) {
	for _, c := range l.phone.callsOf(l, s) {
		if down {
			c.box.post(func() { c.lost("the connection to the PBX broke") })
		}
		select {
		case <-c.gone:
		case <-l.phone.ctx.Done():
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	s.Close(ctx)
}

// leave hangs up the account's calls, takes back its own contact and closes.
func (l *line) leave() {
	l.unwatch()
	stack := l.use(nil)
	l.takesCalls(false)
	calls := l.phone.callsOf(l, nil)
	for _, c := range calls {
		c.box.post(func() {
			c.leave()
			c.box.close()
		})
	}
	for _, c := range calls {
		<-c.gone // what it says is on its way
	}
	if stack == nil {
		l.stand(Registration{State: Unregistered})
		return
	}
	l.phone.mu.Lock()
	state := l.standing.State
	l.phone.mu.Unlock()
	// Its own time, since the one that ran it has ended; little of it for a PBX that was silent before.
	patience := l.phone.cfg.Timing.Answer / 2
	if state != Registered {
		patience /= 4
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	// Also what has not been answered may have arrived: the PBX must not ring a phone that is gone.
	if state != Refused && l.phone.cfg.Now().Before(l.bound) {
		if _, err := stack.Register(ctx, 0); err != nil {
			l.log.Info("unregister", "err", err)
		}
	}
	stack.Close(ctx)
	l.stand(Registration{State: Unregistered})
}

// takesCalls says whether there may be new calls: none after those that leave hangs up, also while our contact is still known.
func (l *line) takesCalls(on bool) {
	l.phone.mu.Lock()
	defer l.phone.mu.Unlock()
	l.leaving = !on
}

// stand tells the account's standing, if it is another.
func (l *line) stand(r Registration) {
	p := l.phone
	r.Account = l.account.Name
	p.mu.Lock()
	defer p.mu.Unlock()
	r.Since = p.cfg.Now()
	if r.State == l.standing.State {
		r.Since = l.standing.Since
	}
	if r == l.standing {
		return
	}
	l.standing = r
	p.told.post(func() { p.cfg.Listener.RegistrationChanged(r) })
}
