package phone

import (
	"cmp"
	"errors"
	"fmt"
	"time"
)

// Forward says where calls of one account go by themselves. A target is a number, an
// extension or a SIP address; "" is none.
type Forward struct {
	Always   string        // every call; it does not ring here
	Busy     string        // when another call is up
	NoAnswer string        // when nobody has answered for After
	After    time.Duration // default 20 s
}

// defaultForwardAfter is four rings of the usual 5 s.
const defaultForwardAfter = 20 * time.Second

// SetForward changes where calls to an account go. It holds for calls that come after
// it, for as long as the program runs. Every target is checked; with a bad one nothing
// is changed.
func (p *Phone) SetForward(account string, f Forward) error {
	l, err := p.line(account)
	if err != nil {
		return err
	}
	if err := l.account.checkForward(f); err != nil {
		return fmt.Errorf("forward %s: %w", l.account.Name, err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.forwards == nil {
		p.forwards = map[string]Forward{}
	}
	p.forwards[l.account.Name] = f
	return nil
}

// ForwardAll says where calls go whatever their account; the zero Forward ends it. It goes before what
// SetForward says, holds for calls that come after it, for as long as the program runs. Every target
// is checked; with a bad one nothing is changed.
func (p *Phone) ForwardAll(f Forward) error {
	l, err := p.line("")
	if err == nil {
		err = l.account.checkForward(f)
	}
	if err != nil && !errors.Is(err, ErrNoSuchAccount) { // without one nothing comes in
		return fmt.Errorf("forward every call: %w", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.forwardAll = f
	return nil
}

// checkForward says which target an account can't dial.
func (a Account) checkForward(f Forward) error {
	for _, target := range []string{f.Always, f.Busy, f.NoAnswer} {
		if target == "" {
			continue
		}
		if err := a.options().CheckRedirect(target); err != nil {
			return err
		}
	}
	return nil
}

// before is f, and otherwise where f says nothing.
func (f Forward) before(otherwise Forward) Forward {
	f.Always, f.Busy = cmp.Or(f.Always, otherwise.Always), cmp.Or(f.Busy, otherwise.Busy)
	if f.NoAnswer == "" {
		f.NoAnswer, f.After = otherwise.NoAnswer, otherwise.After
	}
	if f.After <= 0 {
		f.After = defaultForwardAfter
	}
	return f
}

// QuietReason is the reason of calls that [Phone.DoNotDisturb] refused.
const QuietReason = "do not disturb"

// DoNotDisturb refuses calls with 486 until a time, so that the PBX may try another
// phone; they are told as Declined, for QuietReason. The zero time ends it. Calls that ring already go
// on ringing.
func (p *Phone) DoNotDisturb(until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.quietUntil = until
}

// Forever is an end of [Phone.DoNotDisturb] that no clock reaches.
var Forever = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// Redirect sends a call that rings here to somebody else, with 302 (RFC 3261 §21.3.3).
// Whether it arrives is the PBX's business.
func (p *Phone) Redirect(id CallID, target string) error {
	return p.ask(id, func(c *call) error { return c.redirect(target) })
}

func (c *call) redirect(target string) error {
	if c.view.State != Ringing {
		return c.wrong("redirect")
	}
	switch sent, err := c.dialog.Redirect(target); {
	case err != nil:
		return fmt.Errorf("redirect %s: %w", c.id, err)
	case !sent:
		return fmt.Errorf("redirect %s, which is over: %w", c.id, ErrWrongState) // how it has ended is told next
	}
	c.view.Transfer = Transfer{State: TransferDone, To: target, Code: 302}
	c.end(Redirected, 302, "Moved Temporarily")
	return nil
}

// diverted sends a new call on, or away, as the agent has set, and tells whether it did.
func (c *call) diverted() bool {
	p, now := c.phone, c.phone.cfg.Now()
	p.mu.Lock()
	forward, quiet := p.forwardAll.before(p.forwards[c.line.account.Name]), now.Before(p.quietUntil)
	p.mu.Unlock()
	if c.invite.Returned { // it would go round, faster than anybody answers
		forward = Forward{}
	}
	to := forward.Always
	if to == "" && (quiet || p.othersUp(c)) {
		to = forward.Busy
	}
	if to != "" {
		if err := c.redirect(to); err == nil {
			return true
		}
	}
	if quiet {
		if c.dialog.Refuse(486, "Busy Here") {
			c.end(Declined, 486, QuietReason)
		}
		return true
	}
	if forward.NoAnswer != "" {
		c.after(forward.After, func() {
			if c.view.State == Ringing {
				_ = c.redirect(forward.NoAnswer)
			}
		})
	}
	return false
}
