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

// ForwardAll sends every call on to target, which is what one may also dial. The other
// side's PBX, or ours, does the sending.
func (d *Desk) ForwardAll(target string) {
	d.post(func() {
		if DialTarget(target, d.region) == "" {
			d.notice(Notice{Text: Text{Key: "“{target}” is not a number or SIP address", Args: map[string]string{"target": target}}, Warning: true})
			return
		}
		d.attend(Presence{Forward: target})
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
	if err := d.phone.ForwardAll(DialTarget(p.Forward, d.region)); err != nil {
		d.warn(Text{Key: "That did not work: {why}", Args: map[string]string{"why": err.Error()}}, err)
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
