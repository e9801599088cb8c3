package replica

import (
	"sync"
	"time"

	"leadline/crm/wire"
)

// team tells how colleagues are: by hints while the connection for them stands, else by what the waiting pulls bring.
type team struct {
	c *Config

	mu    sync.Mutex
	hints bool   // the connection stands
	mark  string // of what a pull brought last; "" when that holds no longer
}

// asked is wire.Pull.Team: what a pull that waits is to say.
func (t *team) asked(wait time.Duration) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case wait == 0 || t.hints:
		return ""
	case t.mark == "":
		return wire.TeamUnknown
	}
	return t.mark
}

// polled takes what a pull brought. One that hints have overtaken meanwhile is older than they are.
func (t *team) polled(now *wire.Team) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if now != nil && !t.hints {
		t.mark = now.Mark
		t.c.OnPresence(now.Users, true)
	}
}

// unpolled says that pulls do not get through.
func (t *team) unpolled() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.mark != "" && !t.hints {
		t.mark = ""
		t.c.OnSilence()
	}
}

// hinted takes what a hint brought.
func (t *team) hinted(users []wire.Presence, whole bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.hints, t.mark = true, ""
	t.c.OnPresence(users, whole)
}

// unheard says that the connection for hints has ended, or was not made.
func (t *team) unheard() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.hints {
		t.hints = false
		t.c.OnSilence()
	}
}
