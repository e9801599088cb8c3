package ui

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/notify"
	"leadline/ui/text"
)

// callNotices shows a desktop notification for each call that rings here
// (requirements.md H2), and takes it away when it doesn't ring any more; and one for what
// the agent missed or is to do. The desktop may be slow: a goroutine of its own speaks with it, and of several
// snapshots that came meanwhile only the last counts.
type callNotices struct {
	desktop notify.Desktop
	wanted  func() NoticeChoice
	shown   map[desk.CallID]notify.Notification
	lull    time.Duration // how long the notification of a new call waits for its window
	news    *deskNews
	held    []deskNotice // until the call is over
	missed  int          // in the last snapshot: a call that was missed just now isn't counted yet

	mu     sync.Mutex
	wake   *sync.Cond
	latest *desk.Snapshot
	due    []deskNotice // that came meanwhile
	does   map[string]map[string]func()
	closed bool
	done   chan struct{}
}

// watchNotifications runs until stop.
func watchNotifications(a *App) (stop func()) {
	d := a.opts.Desk
	var n *callNotices
	ready := make(chan struct{})
	desktop := notify.Open("Leadline", func(tag, key string) {
		<-ready
		if n.pressed(tag, key) {
			return
		}
		switch id := desk.CallID(tag); key {
		case answerKey:
			d.Answer(id)
		case declineKey:
			d.Decline(id)
		case notify.Default:
			a.do.Do(func() { a.calls.Reopen(id) })
		}
	})
	news := &deskNews{dial: d.Dial, open: func() { a.do.Do(a.main.showMissed) }}
	n = newCallNotices(desktop, callFirst, a.opts.Settings.NoticeChoice, news)
	n.start()
	close(ready)
	unsubscribe := d.Subscribe(n.take)
	ended := n.watchDue(a.opts.Customers, time.Minute, func(r desk.Ref) {
		a.do.Do(func() { a.main.openInFront(r) })
	})
	return func() {
		ended()
		unsubscribe()
		n.close()
	}
}

const (
	answerKey  = "answer"
	declineKey = "decline"
)

// newCallNotices shows nothing before start.
func newCallNotices(d notify.Desktop, lull time.Duration, wanted func() NoticeChoice, news *deskNews) *callNotices {
	n := &callNotices{
		desktop: d, lull: lull, wanted: wanted, news: news, shown: map[desk.CallID]notify.Notification{},
		does: map[string]map[string]func(){}, done: make(chan struct{}),
	}
	n.wake = sync.NewCond(&n.mu)
	return n
}

// start begins to show what take and tellDue bring; from here on draw is the goroutine's alone, until close.
func (n *callNotices) start() { go n.run() }

// watchDue asks for follow-ups again and again until stop.
func (n *callNotices) watchDue(file Customers, every time.Duration, open func(desk.Ref)) (stop func()) {
	if file == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		watch := dueWatch{file: file, last: time.Now()}
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			rows, err := watch.at(ctx, time.Now())
			if err != nil && ctx.Err() == nil {
				slog.Warn("look for follow-ups that are due", "error", err)
			}
			n.tellDue(rows, open)
		}
	}()
	return func() {
		cancel()
		<-ended
	}
}

func (n *callNotices) tellDue(rows []crm.FollowUpRow, open func(desk.Ref)) {
	if len(rows) == 0 || n.wanted().NoFollowUps {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, f := range rows {
		n.due = append(n.due, dueNotice(f, open))
	}
	n.wake.Signal()
}

// take is called with each snapshot, from any goroutine; it does not wait.
func (n *callNotices) take(s desk.Snapshot) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.latest = &s
	n.wake.Signal()
}

// pressed does what a button of a deskNotice is for, and says whether it was one's.
func (n *callNotices) pressed(tag, key string) bool {
	n.mu.Lock()
	does, ours := n.does[tag]
	n.mu.Unlock()
	if do := does[key]; do != nil {
		do()
	}
	return ours
}

// noticesFarewell is how long what is shown on the desktop may take to go away when the program ends.
const noticesFarewell = time.Second

func (n *callNotices) close() {
	n.mu.Lock()
	n.closed = true
	n.wake.Signal()
	n.mu.Unlock()
	select {
	case <-n.done:
	case <-time.After(noticesFarewell):
		n.desktop.Shut() // what is being shown waits for the desktop
	}
}

func (n *callNotices) run() {
	defer close(n.done)
	defer n.desktop.Shut()
	var last desk.Snapshot
	for {
		n.mu.Lock()
		for n.latest == nil && len(n.due) == 0 && !n.closed {
			n.wake.Wait()
		}
		s, closed := n.latest, n.closed
		n.mu.Unlock()
		if closed {
			return
		}
		if s != nil && n.rings(*s) {
			time.Sleep(n.lull)
		}
		n.mu.Lock()
		if n.latest != nil {
			last, n.latest = *n.latest, nil
		}
		due := n.due
		n.due = nil
		n.mu.Unlock()
		guarded(func() { n.draw(last, due...) })
	}
}

// rings says whether a call rings that was not shown yet.
func (n *callNotices) rings(s desk.Snapshot) bool {
	return slices.ContainsFunc(s.Calls, func(c desk.Call) bool {
		_, shown := n.shown[c.ID]
		return c.State == desk.Incoming && !shown
	})
}

// draw shows what rings and what is new, and takes away what doesn't ring.
func (n *callNotices) draw(s desk.Snapshot, due ...deskNotice) {
	wanted := n.wanted()
	quiet := wanted.QuietInCall && slices.ContainsFunc(s.Calls, func(c desk.Call) bool { return c.State != desk.Ended && !c.Answered.IsZero() })
	ringing := map[desk.CallID]bool{}
	for _, c := range s.Calls {
		if c.State != desk.Incoming || wanted.NoCalls || quiet {
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
	n.held = append(append(n.held, n.news.of(s, wanted)...), due...)
	if !quiet {
		for _, notice := range n.held {
			n.mu.Lock()
			n.does[notice.Tag] = notice.do
			n.mu.Unlock()
			_ = n.desktop.Show(notice.Notification)
		}
		n.held = nil
	}
	if n.missed > 0 && s.Missed == 0 {
		n.workedOff()
	}
	n.missed = s.Missed
}

// workedOff takes the notifications of missed calls away: somebody called all of them back.
func (n *callNotices) workedOff() {
	n.mu.Lock()
	var tags []string
	for tag := range n.does {
		if strings.HasPrefix(tag, missedTag) {
			tags = append(tags, tag)
			delete(n.does, tag)
		}
	}
	n.mu.Unlock()
	for _, tag := range tags {
		n.desktop.Close(tag)
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
