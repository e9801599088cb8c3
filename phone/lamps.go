package phone

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"leadline/phone/lamp"
	"leadline/phone/sdp"
	"leadline/phone/sip"
)

// ErrNothingRings is the error of [Phone.PickUp] when there is no call to pick up, or
// the PBX doesn't tell enough of it.
var ErrNothingRings = errors.New("no call rings there that could be picked up")

// Colleague is what a watched extension does at one moment (RFC 4235).
type Colleague struct {
	Account   string // Account.Name
	Extension string // as in Account.Watch

	Known   bool   // the PBX tells; the rest is zero while it doesn't
	Reason  string // why not, as far as it was said: "404 Not Found"
	Talking bool   // in a call, or dialling
	Ringing bool   // a call rings there
	Caller  Party  // of the call that rings; zero when untold
	PickUp  bool   // that call can be picked up, see [Phone.PickUp]
}

// Mailbox is what waits in an account's mailbox (RFC 3842).
type Mailbox struct {
	Account string // Account.Name
	Known   bool   // the PBX has told; the rest is zero before
	Reason  string // why it doesn't, when it refused
	Waiting bool
	URI     string // of the mailbox, to call it; "" when untold

	// Voice messages; all zero with Waiting when the PBX tells no numbers.
	New, Old, UrgentNew, UrgentOld int
}

// Message is a text that somebody sent by MESSAGE (RFC 3428).
type Message struct {
	Account string // Account.Name
	From    Party
	Text    string // UTF-8, with line breaks
	Arrived time.Time
}

// LampListener hears what a PBX tells besides calls. Its methods are called as those of
// [Listener].
type LampListener interface {
	ColleagueChanged(Colleague)
	MailboxChanged(Mailbox)
	MessageReceived(Message)
}

// lamps are what an account watches. The phone's lock guards it all, but for stack and
// subscriptions: they belong to the account's goroutine.
type lamps struct {
	stack         *sip.Stack
	subscriptions []*sip.Subscription

	colleagues []*watched
	mailbox    Mailbox
}

// watched is a colleague with what was told of their calls.
type watched struct {
	shown Colleague
	calls lamp.Watch
}

func newLamps(a Account) *lamps {
	lit := &lamps{mailbox: Mailbox{Account: a.Name}}
	for _, extension := range a.Watch {
		lit.colleagues = append(lit.colleagues, &watched{shown: Colleague{Account: a.Name, Extension: extension}})
	}
	return lit
}

// watch subscribes to what the account watches, or asks anew when it already has.
func (l *line) watch(stack *sip.Stack) {
	lit := l.lamps
	if lit.stack == stack {
		for _, sub := range lit.subscriptions {
			sub.Refresh()
		}
		return
	}
	l.unwatch()
	lit.stack = stack
	subscribe := func(to, event, accept string, told func(sip.Notice)) *sip.Subscription {
		sub, err := stack.Subscribe(to, event, accept, told)
		if err != nil {
			l.log.Warn("this can't be watched", "what", to, "event", event, "err", err)
			return nil
		}
		lit.subscriptions = append(lit.subscriptions, sub)
		return sub
	}
	if l.account.MWI {
		subscribe(l.account.Address, "message-summary", lamp.SummaryType, l.noticed)
	}
	for _, w := range lit.colleagues {
		// The first notice may be faster than the variable.
		made := make(chan *sip.Subscription, 1)
		made <- subscribe(w.shown.Extension, "dialog", lamp.DialogInfoType, func(n sip.Notice) {
			if l.colleagueNoticed(w, n) {
				sub := <-made
				made <- sub
				sub.Refresh()
			}
		})
	}
}

// unwatch ends the subscriptions.
func (l *line) unwatch() {
	for _, sub := range l.lamps.subscriptions {
		sub.Close()
	}
	l.lamps.subscriptions, l.lamps.stack = nil, nil
}

// noticed takes what the PBX says of the mailbox, asked or unasked.
func (l *line) noticed(n sip.Notice) {
	if n.Event != "message-summary" {
		return
	}
	m := Mailbox{Account: l.account.Name}
	if n.Failure != nil {
		m.Reason = reasonOf(n.Failure)
	} else {
		s, err := lamp.ParseSummary(n.Body.Data)
		if err != nil {
			l.log.Info("the PBX's message summary can't be read", "err", err)
			return
		}
		m.Known, m.Waiting, m.URI = true, s.Waiting, s.Account
		m.New, m.Old, m.UrgentNew, m.UrgentOld = s.Voice.New, s.Voice.Old, s.Voice.UrgentNew, s.Voice.UrgentOld
	}
	p := l.phone
	p.mu.Lock()
	defer p.mu.Unlock()
	if m == l.lamps.mailbox {
		return
	}
	l.lamps.mailbox = m
	if p.cfg.Lamps != nil {
		p.told.post(func() { p.cfg.Lamps.MailboxChanged(m) })
	}
}

// colleagueNoticed takes what the PBX says of a colleague. It reports whether the whole
// has to be asked for.
func (l *line) colleagueNoticed(w *watched, n sip.Notice) (missing bool) {
	p := l.phone
	p.mu.Lock()
	defer p.mu.Unlock()
	c := Colleague{Account: l.account.Name, Extension: w.shown.Extension}
	if n.Failure != nil {
		w.calls = lamp.Watch{}
		c.Reason = reasonOf(n.Failure)
	} else {
		info, err := lamp.ParseDialogInfo(n.Body.Data)
		if err != nil {
			l.log.Info("the PBX's dialog information can't be read", "extension", c.Extension, "err", err)
			return false
		}
		if w.calls.Apply(info) {
			return true
		}
		c.Known, c.Talking = w.calls.Known(), w.calls.Talking()
		if d, ok := w.calls.Ringing(); ok {
			c.Ringing = true
			c.Caller = Party(sip.PartyOf(d.Remote.URI, d.Remote.Display))
			c.PickUp = l.account.PickUp != "" || replacing(d) != ""
		}
	}
	if c == w.shown {
		return false
	}
	w.shown = c
	if p.cfg.Lamps != nil {
		p.told.post(func() { p.cfg.Lamps.ColleagueChanged(c) })
	}
	return false
}

func reasonOf(f *sip.Failure) string {
	if f.Code == 0 {
		return f.Error()
	}
	return strings.TrimSpace(fmt.Sprintf("%d %s", f.Code, f.Reason))
}

// messaged tells of a MESSAGE.
func (l *line) messaged(t sip.Text) {
	p := l.phone
	if p.cfg.Lamps == nil {
		return
	}
	m := Message{Account: l.account.Name, From: Party(t.From), Text: t.Text, Arrived: p.cfg.Now()}
	p.told.post(func() { p.cfg.Lamps.MessageReceived(m) })
}

// abilities describes the account's codecs (RFC 3264 §9). Nothing listens at its port.
func (l *line) abilities() []byte {
	stack := l.current()
	if stack == nil {
		return nil
	}
	return sdp.Offer(sdp.Local{
		Addr: stack.Local().Addr(), Codecs: sdp.CodecsByName(l.account.Codecs), SessionID: 1, Version: 1,
	})
}

// replacing is the Replaces header by which a call that rings elsewhere is picked up
// (RFC 3891 §7.1), seen from the end that calls; "" when the PBX doesn't tell its tags.
func replacing(d lamp.Dialog) string {
	if d.CallID == "" || d.LocalTag == "" || d.RemoteTag == "" {
		return ""
	}
	return d.CallID + ";to-tag=" + d.RemoteTag + ";from-tag=" + d.LocalTag + ";early-only"
}

// PickUp takes the call that rings at a colleague: by the account's feature code, else
// by an INVITE that replaces it (RFC 3891). The account is that of [Phone.Dial]. Errors
// wrap [ErrNothingRings] or are those of Dial.
func (p *Phone) PickUp(account, extension string) (CallID, error) {
	l, err := p.line(account)
	if err != nil {
		return "", err
	}
	p.mu.Lock()
	var d lamp.Dialog
	var caller Party
	at := slices.IndexFunc(l.lamps.colleagues, func(w *watched) bool { return w.shown.Extension == extension })
	if at >= 0 {
		d, _ = l.lamps.colleagues[at].calls.Ringing()
		caller = l.lamps.colleagues[at].shown.Caller
	}
	p.mu.Unlock()
	if code := l.account.PickUp; code != "" {
		if !strings.Contains(code, "{extension}") {
			code += "{extension}"
		}
		return p.dial(l, strings.ReplaceAll(code, "{extension}", extension), "", caller)
	}
	if replacing(d) == "" {
		return "", fmt.Errorf("pick up at %s: %w", extension, ErrNothingRings)
	}
	to := d.Target
	if to == "" {
		to = extension
	}
	return p.dial(l, to, replacing(d), caller)
}

// Colleagues are the watched extensions of all accounts, as far as is known of them.
func (p *Phone) Colleagues() []Colleague {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []Colleague
	for _, l := range p.lines {
		for _, w := range l.lamps.colleagues {
			all = append(all, w.shown)
		}
	}
	return all
}

// Mailboxes are those of all accounts, in the order of SetAccounts.
func (p *Phone) Mailboxes() []Mailbox {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := make([]Mailbox, 0, len(p.lines))
	for _, l := range p.lines {
		all = append(all, l.lamps.mailbox)
	}
	return all
}
