package desk

import (
	"time"

	"leadline/phone"
)

// DoNotDisturb refuses calls as busy until a time; the zero time is until
// [Desk.Available]. Calls that are refused are in the log, without a window.
func (d *Desk) DoNotDisturb(until time.Time) {
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
		d.quiet = time.AfterFunc(p.Until.Sub(d.now()), func() {
			d.post(func() {
				if d.presence == p {
					d.presence, d.dirty = Presence{}, true
				}
			})
		})
	}
}

// Divert sends calls on that aren't taken here, from now on.
func (d *Desk) Divert(v Diversion) {
	d.post(func() {
		if d.forward(d.presence, v) {
			d.diversion, d.dirty = v, true
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
		d.warn(Text{Key: "That did not work: {why}", Args: map[string]string{"why": err.Error()}}, err)
		return false
	}
	return true
}

// DeclineAs says what the caller's PBX is told of a call that is declined: busy means this phone only, so
// that it may try another; else nobody takes it.
func (d *Desk) DeclineAs(busy bool) { d.post(func() { d.busy = busy }) }
