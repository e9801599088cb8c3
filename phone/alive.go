package phone

import (
	"time"

	"leadline/phone/sip"
)

// asks are the questions to the far end of a held call whether it is still there.
type asks struct {
	last    time.Time // when it answered, or didn't
	waiting bool
	rest    time.Duration // until the next one; 0: as long as Timing.MediaAlive
}

// mostRest is between two questions to a far end that is there and never knows its call when it is asked: each costs a re-INVITE.
const mostRest = 15 * time.Minute

// failed makes the next question wait twice as long as the last did.
func (a *asks) failed(alive time.Duration) {
	a.rest = max(alive, min(2*max(a.rest, alive), mostRest))
}

// ask finds out whether the far end of a held call is still there. Nothing has to be heard of whoever is held, and without
// a session timer a far end that is gone without a BYE would be held until somebody wants to talk to it. So one that sends neither
// sound nor reports is asked by OPTIONS, which disturbs nothing: a re-INVITE begins the music anew at many a PBX. But some
// answer OPTIONS as if there were no call: only a re-INVITE that fails, too, ends it. Those are asked less and less often.
func (c *call) ask() {
	switch c.view.State {
	case HeldHere, HeldThere:
	default:
		c.asks.rest = 0
		return
	}
	alive := c.phone.cfg.Timing.MediaAlive
	if c.asks.waiting || c.offer == offeredReinvite || c.voice.heardAgo() < alive || c.phone.cfg.Now().Sub(c.asks.last) < max(alive, c.asks.rest) || !c.line.registered() {
		return
	}
	c.asks.waiting = true
	c.dialog.Ask(func(f *sip.Failure) {
		c.box.post(func() {
			c.asks.waiting, c.asks.last = false, c.phone.cfg.Now()
			switch {
			case f == nil:
				c.asks.rest = 0
			case f.Timeout || f.Code != 0:
				c.asks.failed(alive)
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
