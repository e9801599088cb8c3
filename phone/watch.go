package phone

import (
	"context"
	"net/netip"
	"time"

	"leadline/phone/sip"
)

// stay waits until the registration has to be renewed: before it runs out, when the
// PBX stops answering, when the socket breaks, or when this machine has slept or is
// somewhere else.
func (l *line) stay(ctx context.Context, granted time.Duration) {
	t := l.phone.cfg.Timing
	stack := l.current()
	// A fifth before the end, and never in a busy loop, whatever was granted.
	wait := max(granted*4/5-l.jitter(granted/10), min(t.RetryMin, granted)/2, 100*time.Millisecond)
	renew := time.NewTimer(wait)
	defer renew.Stop()
	ping := time.NewTicker(t.Ping)
	defer ping.Stop()
	look := time.NewTicker(t.Look)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-renew.C:
			l.prefer(ctx)
			return
		case <-stack.Down():
			l.log.Info("registering anew: the connection broke")
			return
		case <-look.C:
			if l.awoke() {
				return
			}
			if stack.Moved(ctx) {
				l.log.Info("registering anew: the machine has another address")
				return
			}
		case <-ping.C:
			pctx, cancel := context.WithTimeout(ctx, t.Answer)
			err := l.ping(pctx, stack)
			cancel()
			if err != nil {
				l.log.Info("registering anew", "unanswered", err)
				return
			}
		}
	}
}

// ping keeps the way to the PBX open, and asks whether it is there.
func (l *line) ping(ctx context.Context, stack *sip.Stack) error {
	switch l.account.KeepAlive {
	case "off":
		return nil
	case "crlf":
		return stack.KeepAlive(ctx)
	}
	return stack.Ping(ctx)
}

// awoke reports whether the machine has slept since it was asked last.
func (l *line) awoke() bool {
	slept := l.clocks.slept()
	if slept == 0 {
		return false
	}
	l.log.Info("registering anew: the machine slept", "for", slept)
	l.stale, l.slept = true, slept
	return true
}

// clocks tell a sleep: timers and the monotonic clock stand still meanwhile, the wall clock doesn't. A clock that was
// set looks the same and costs a registration, and a question to those who are talked with.
type clocks struct {
	wall       func() time.Time
	time, last time.Time // at the last look: of the wall, and of this machine's uptime
}

func newClocks(wall func() time.Time) *clocks { return &clocks{wall, wall(), time.Now()} }

// slept is for how long the machine slept since the last look; 0 when it didn't.
func (c *clocks) slept() time.Duration {
	wall, now := c.wall(), time.Now()
	gap := wall.Round(0).Sub(c.time.Round(0)) - now.Sub(c.last)
	c.time, c.last = wall, now
	if gap <= 5*time.Second {
		return 0
	}
	return gap
}

// pause waits for d, or until the machine has woken or is at another network than before, where what
// failed may work.
func (l *line) pause(ctx context.Context, d time.Duration, before place) {
	end := time.NewTimer(d)
	defer end.Stop()
	look := time.NewTicker(l.phone.cfg.Timing.Look)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-end.C:
			return
		case <-look.C:
			if l.awoke() || l.whereabouts(ctx).elsewhere(before) {
				return
			}
		}
	}
}

// outside are addresses on the way to everywhere: asking for the route to them sends
// nothing (RFC 5737, RFC 3849: they are nobody's). Some networks have IPv6 only.
var outside = []string{"192.0.2.1:5060", "[2001:db8::1]:5060"}

// place is where this machine is: the addresses of ours from which everywhere and the PBX are reached, the zero Addr without
// a way there.
type place struct {
	out, toPBX netip.Addr
	located    bool // where the PBX is, was known
}

// elsewhere reports whether it is another than before.
func (p place) elsewhere(before place) bool {
	return p.out != before.out || p.located && before.located && p.toPBX != before.toPBX
}

func (l *line) whereabouts(ctx context.Context) (p place) {
	for _, to := range outside {
		if ip, err := l.phone.cfg.LocalAddr(ctx, to); err == nil {
			p.out = ip
			break
		}
	}
	if stack := l.current(); stack != nil {
		p.located = true
		p.toPBX, _ = l.phone.cfg.LocalAddr(ctx, stack.Target().Addr.String())
	}
	return p
}

// settle tells the calls that go over the account's stack where we are now, and those
// who notify us; after a sleep also that we are still there.
func (l *line) settle() {
	stack := l.current()
	at, slept := stack.Reached(), l.slept
	l.slept = 0
	if at == l.at && stack == l.lamps.stack && slept == 0 {
		return
	}
	l.watch(stack)
	known, moved := l.at.IsValid(), at != l.at
	l.at = at
	if !known {
		return
	}
	for _, c := range l.phone.callsOf(l, stack) {
		c.box.post(func() {
			if slept > outslept {
				c.outslept()
			}
			switch {
			case moved:
				c.moved()
			case talks(c.view.State): // the far end is asked whether it still has the call
				c.repeat()
			}
		})
	}
}

// outslept is after which sleep nobody waits any more for a call to be answered: the far end's transactions have
// ended (64·T1 of RFC 3261 §17), and what it said of that has not arrived.
const outslept = 32 * time.Second

// outslept ends a call that nobody has answered before the machine slept: it doesn't ring on at whoever opens the lid,
// and is not placed anew.
func (c *call) outslept() {
	const why = "the machine slept while it rang"
	switch {
	case c.view.State == Ringing:
		c.dialog.Refuse(480, "Temporarily Unavailable")
		c.end(Missed, 0, why)
	case c.unanswered() && c.dialog != nil:
		c.dialog.Cancel()
		c.end(Failed, 0, why)
	}
}

// moved tells the far end where we are now: a re-INVITE with our new Contact, and with
// the new address of our sound.
func (c *call) moved() {
	switch c.view.State {
	case Active, HeldHere, HeldThere:
	case Dialling, RingingThere, Early:
		c.dialAgain()
		return
	case Ringing:
		if c.stack.Transport() != "udp" {
			// An answer would have to go over the connection that the INVITE came by (RFC
			// 3261 §18.2.2); a datagram finds its way from anywhere.
			c.dialog.Refuse(480, "Temporarily Unavailable")
			c.end(Missed, 0, "the connection to the PBX broke while it rang")
		}
		return
	default:
		return
	}
	if ip := c.stack.Local().Addr(); c.voice.bound != ip || c.voice.translated() {
		if err := c.voice.move(ip); err != nil {
			c.log.Warn("the sound of a call can't follow to the new address", "err", err)
			return
		}
	}
	c.next.due = true
	c.renegotiate()
}

// dialAgain places a call that nobody has answered yet anew from where we are now: the
// answer to its INVITE would go to where we were (RFC 3261 §18.2.2).
func (c *call) dialAgain() {
	if c.dialog == nil {
		return
	}
	c.dialog.Cancel()
	c.attempt++
	c.hear(heard{tone: noTone, warm: true})
	c.voice.close()
	c.voice = nil
	err := c.open()
	if err == nil {
		c.dialog, err = c.invites()
	}
	if err != nil {
		c.end(Failed, 0, "the network changed before the far end answered: "+err.Error())
		return
	}
	c.view.SIPCallID = c.dialog.CallID()
	c.view.EarlyMedia = false
	c.become(Dialling)
}
