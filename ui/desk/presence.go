package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"leadline/crm"
	"leadline/phone"
)

// DoNotDisturb refuses calls as busy until a time; the zero time is until
// [Desk.Available]. Calls that are refused are in the log and among the missed ones, without a window.
func (d *Desk) DoNotDisturb(until time.Time) {
	// By the clock on the wall: a laptop that slept has not waited.
	until = until.Round(0)
	d.post(func() { d.attend(Presence{Quiet: true, Until: until}) })
}

// ForwardAll sends every call on to target, which is what one may also dial, if the agent's role allows it (requirements.md
// G1). The other side's PBX, or ours, does the sending.
func (d *Desk) ForwardAll(target string) {
	d.post(func() {
		if DialTarget(target, d.region) == "" {
			d.notice(Notice{Text: Text{Key: "“{target}” is not a number or SIP address", Args: map[string]string{"target": target}}, Warning: true})
			return
		}
		d.mayPassOn(d.accountOut(), target, func() { d.attend(Presence{Forward: target}) })
	})
}

// Available lets calls ring here again.
func (d *Desk) Available() { d.post(func() { d.attend(Presence{}) }) }

// Away lets calls ring here, and tells colleagues that the agent is not there.
func (d *Desk) Away() { d.post(func() { d.attend(Presence{Away: true}) }) }

// attend has the phone do what a presence says.
func (d *Desk) attend(p Presence) {
	if d.phone == nil || len(d.accounts) == 0 {
		d.notice(Notice{Text: Text{Key: "Connect a PBX account first"}, Warning: true})
		return
	}
	if !d.forward(p, d.diversion) {
		return
	}
	until := p.Until
	if p.Quiet && until.IsZero() {
		until = phone.Forever
	}
	d.phone.DoNotDisturb(until)
	if d.quiet != nil {
		d.quiet.Stop()
	}
	d.presence, d.dirty = p, true
	if !p.Until.IsZero() {
		d.waitQuiet(p)
	}
}

// quietLook is how often the clock on the wall is looked at for the end of do not disturb: timers stand still while the machine sleeps.
var quietLook = 15 * time.Second

// waitQuiet ends a do not disturb at its time.
func (d *Desk) waitQuiet(p Presence) {
	d.quiet = time.AfterFunc(min(p.Until.Sub(d.now()), quietLook), func() {
		d.post(func() {
			switch {
			case d.presence != p:
			case d.now().Before(p.Until):
				d.waitQuiet(p)
			default:
				d.presence, d.dirty = Presence{}, true
			}
		})
	})
}

// Divert sends calls on that aren't taken here, from now on, to whom the agent's role allows (requirements.md G1). It is
// asked again when the role changes; of what it doesn't allow the agent is told.
func (d *Desk) Divert(v Diversion) {
	d.post(func() {
		d.wished = v
		d.divert()
	})
}

// divert has the phone send calls on as is wished, but to nobody whom the agent's role doesn't allow.
func (d *Desk) divert() {
	wished := d.wished
	d.permitted(wished.Busy, func(busy bool) {
		now := wished
		if !busy {
			now.Busy = ""
		}
		noAnswer := func(ok bool) {
			if !ok {
				now.NoAnswer = ""
			}
			if wished == d.wished && d.forward(d.presence, now) {
				d.diversion, d.dirty = now, true
			}
		}
		if wished.NoAnswer == wished.Busy {
			noAnswer(busy)
			return
		}
		d.permitted(wished.NoAnswer, noAnswer)
	})
}

// MaySendOn says whether calls may go on to a target by themselves, now: nil, or why not, which is a crm.Invalid where the agent's
// role doesn't allow it (requirements.md G1). It waits for the file; any goroutine may call it but the desk's.
func (d *Desk) MaySendOn(ctx context.Context, target string) error {
	said := make(chan error, 1)
	d.post(func() {
		d.judgeTarget(d.accountOut(), target, crm.Rights.MayPassOn, func(err error) { said <- err })
	})
	select {
	case err := <-said:
		return err
	case <-ctx.Done():
		return fmt.Errorf("ask whether calls may go on: %w", ctx.Err())
	}
}

// permitted says whether calls may go on to a target by themselves; "" is nobody. It tells the agent when they may not.
func (d *Desk) permitted(target string, say func(bool)) {
	if target == "" {
		say(true)
		return
	}
	d.judgeTarget(d.accountOut(), target, crm.Rights.MayPassOn, func(err error) {
		if _, refused := errors.AsType[crm.Invalid](err); refused {
			d.notice(Notice{Text: Text{Key: "Calls do not go on to {target}, which your role does not allow", Args: map[string]string{"target": target}}, Warning: true})
		}
		say(err == nil)
	})
}

// rightsChanged asks for all that calls are sent on to once more.
func (d *Desk) rightsChanged() {
	if d.wished != (Diversion{}) {
		d.divert()
	}
	was := d.presence
	d.permitted(was.Forward, func(ok bool) {
		if !ok && d.presence == was {
			d.attend(Presence{})
		}
	})
}

// forward has the phone send calls on; it tells the agent when that can't be.
func (d *Desk) forward(p Presence, v Diversion) bool {
	target := func(typed string) string { return DialTarget(typed, d.region) }
	f := phone.Forward{Always: target(p.Forward), Busy: target(v.Busy), NoAnswer: target(v.NoAnswer), After: v.After}
	if d.phone == nil {
		return false
	}
	if err := d.phone.ForwardAll(f); err != nil {
		d.warn(because("That did not work: {why}", err), err)
		return false
	}
	return true
}

// DeclineAs says what the caller's PBX is told of a call that is declined: busy means this phone only, so
// that it may try another; else nobody takes it.
func (d *Desk) DeclineAs(busy bool) { d.post(func() { d.busy = busy }) }
