package ui

import (
	"slices"
	"sync"
	"time"

	"leadline/ui/desk"
	"leadline/ui/notify"
	"leadline/ui/text"
)

// callNotices shows a desktop notification for each call that rings here
// (requirements.md H2), and takes it away when it doesn't ring any more. The
// desktop may be slow: a goroutine of its own speaks with it, and of several
// snapshots that came meanwhile only the last counts.
type callNotices struct {
	desktop notify.Desktop
	shown   map[desk.CallID]notify.Notification
	lull    time.Duration // how long the notification of a new call waits for its window

	mu     sync.Mutex
	wake   *sync.Cond
	latest *desk.Snapshot
	closed bool
	done   chan struct{}
}

// watchNotifications runs until stop.
func watchNotifications(a *App) (stop func()) {
	d := a.opts.Desk
	n := newCallNotices(notify.Open("Leadline", func(tag, key string) {
		switch id := desk.CallID(tag); key {
		case answerKey:
			d.Answer(id)
		case declineKey:
			d.Decline(id)
		case notify.Default:
			a.do.Do(func() { a.calls.Reopen(id) })
		}
	}), callFirst)
	unsubscribe := d.Subscribe(n.take)
	return func() {
		unsubscribe()
		n.close()
	}
}

const (
	answerKey  = "answer"
	declineKey = "decline"
)

func newCallNotices(d notify.Desktop, lull time.Duration) *callNotices {
	n := &callNotices{desktop: d, lull: lull, shown: map[desk.CallID]notify.Notification{}, done: make(chan struct{})}
	n.wake = sync.NewCond(&n.mu)
	go n.run()
	return n
}

// take is called with each snapshot, from any goroutine; it does not wait.
func (n *callNotices) take(s desk.Snapshot) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.latest = &s
	n.wake.Signal()
}

func (n *callNotices) close() {
	n.mu.Lock()
	n.closed = true
	n.wake.Signal()
	n.mu.Unlock()
	<-n.done
}

func (n *callNotices) run() {
	defer close(n.done)
	defer n.desktop.Shut()
	for {
		n.mu.Lock()
		for n.latest == nil && !n.closed {
			n.wake.Wait()
		}
		s, closed := n.latest, n.closed
		n.mu.Unlock()
		if closed {
			return
		}
		if n.news(*s) {
			time.Sleep(n.lull)
		}
		n.mu.Lock()
		s, n.latest = n.latest, nil
		n.mu.Unlock()
		guarded(func() { n.draw(*s) })
	}
}

// news says whether a call rings that was not shown yet.
func (n *callNotices) news(s desk.Snapshot) bool {
	return slices.ContainsFunc(s.Calls, func(c desk.Call) bool {
		_, shown := n.shown[c.ID]
		return c.State == desk.Incoming && !shown
	})
}

// draw shows what rings and takes away what doesn't.
func (n *callNotices) draw(s desk.Snapshot) {
	ringing := map[desk.CallID]bool{}
	for _, c := range s.Calls {
		if c.State != desk.Incoming {
			continue
		}
		ringing[c.ID] = true
		if c.Card.Loading { // its name comes in a moment, and a notification that changes flickers
			continue
		}
		want := ringNotice(c)
		if had, ok := n.shown[c.ID]; ok && had.Title == want.Title && had.Body == want.Body {
			continue
		}
		n.shown[c.ID] = want
		// A desktop without notifications has the window.
		_ = n.desktop.Show(want)
	}
	for id := range n.shown {
		if !ringing[id] {
			delete(n.shown, id)
			n.desktop.Close(string(id))
		}
	}
}

func ringNotice(c desk.Call) notify.Notification {
	title := callerName(c)
	body := ""
	for _, part := range []string{c.Card.Company, c.Party.Number, c.Line} {
		if part != "" && part != title {
			if body != "" {
				body += " · "
			}
			body += part
		}
	}
	return notify.Notification{
		Tag: string(c.ID), Title: title, Body: body, Urgent: true,
		Actions: []notify.Action{{Key: answerKey, Label: text.T("Answer")}, {Key: declineKey, Label: text.T("Decline")}},
	}
}
