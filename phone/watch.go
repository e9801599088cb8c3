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
	last := time.Now()
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
			before := last
			last = time.Now()
			if slept(last.Round(0).Sub(before.Round(0)), last.Sub(before)) {
				l.log.Info("registering anew: the machine slept")
				l.stale = true
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

// slept tells a sleep from the clocks: timers and the monotonic clock stand still
// meanwhile, the wall clock doesn't. A clock that was set looks the same and costs one
// registration.
func slept(wall, monotonic time.Duration) bool { return wall-monotonic > 5*time.Second }

// pause waits for d, or until the machine is at another network, where what failed may
// work.
func (l *line) pause(ctx context.Context, d time.Duration) {
	end := time.NewTimer(d)
	defer end.Stop()
	look := time.NewTicker(l.phone.cfg.Timing.Look)
	defer look.Stop()
	before := l.whereabouts(ctx)
	for {
		select {
		case <-ctx.Done():
			return
		case <-end.C:
			return
		case <-look.C:
			if l.whereabouts(ctx) != before {
				return
			}
		}
	}
}

// outside is an address on the way to everywhere: asking for the route to it sends
// nothing (RFC 5737: it is nobody's).
const outside = "192.0.2.1:5060"

// whereabouts is the address of ours from which the PBX is reached, as far as is known;
// the zero Addr without a network.
func (l *line) whereabouts(ctx context.Context) netip.Addr {
	to := outside
	if stack := l.current(); stack != nil {
		to = stack.Target().Addr.String()
	}
	ip, err := l.phone.cfg.LocalAddr(ctx, to)
	if err != nil {
		return netip.Addr{}
	}
	return ip
}

// settle tells the calls that go over the account's stack where we are now, and those
// who notify us.
func (l *line) settle() {
	stack := l.current()
	at := stack.Reached()
	if at == l.at && stack == l.lamps.stack {
		return
	}
	l.watch(stack)
	known := l.at.IsValid()
	l.at = at
	if !known {
		return
	}
	for _, c := range l.phone.callsOf(l, stack) {
		c.box.post(c.moved)
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
	if ip := c.stack.Local().Addr(); c.voice.bound != ip {
		if err := c.voice.move(ip); err != nil {
			c.log.Warn("the sound of a call can't follow to the new address", "err", err)
			return
		}
	}
	c.again = true
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
