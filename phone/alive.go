package phone

import (
	"time"

	"leadline/phone/sip"
)

// asks are the questions to the far end of a held call whether it is still there.
type asks struct {
	last    time.Time // when it answered, or didn't
	waiting bool
}

// ask finds out whether the far end of a held call is still there. Nothing has to be heard of whoever is held, and without
// a session timer a far end that is gone without a BYE would be held until somebody wants to talk to it. So one that sends neither
// sound nor reports is asked by OPTIONS, which disturbs nothing: a re-INVITE begins the music anew at many a PBX. But some
// answer OPTIONS as if there were no call: only a re-INVITE that fails, too, ends it.
func (c *call) ask() {
	switch c.view.State {
	case HeldHere, HeldThere:
	default:
		return
	}
	patience := c.phone.cfg.Timing.MediaAlive
	if c.asks.waiting || c.offer == offeredReinvite || c.voice.heardAgo() < patience || c.phone.cfg.Now().Sub(c.asks.last) < patience || !c.line.registered() {
		return
	}
	c.asks.waiting = true
	c.dialog.Ask(func(f *sip.Failure) {
		c.box.post(func() {
			c.asks.waiting, c.asks.last = false, c.phone.cfg.Now()
			if f != nil && (f.Timeout || f.Code != 0) {
				c.repeat()
			}
		})
	})
}

// registered reports whether the PBX answers: where it doesn't, that far ends are silent says nothing of them.
func (l *line) registered() bool {
	l.phone.mu.Lock()
	defer l.phone.mu.Unlock()
	return l.standing.State == Registered
}
