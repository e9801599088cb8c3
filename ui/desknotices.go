package ui

import (
	"context"
	"time"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/notify"
	"leadline/ui/text"
)

// deskNotice is a notification that nobody has to answer at once, with what its buttons do.
type deskNotice struct {
	notify.Notification
	do map[string]func()
}

// deskNews finds out what of the snapshots is news: calls that were missed here, and messages in a
// mailbox. What waited when the program began is no news but for messages.
type deskNews struct {
	dial     func(number, account string)
	open     func() // shows the missed calls
	missed   map[desk.CallID]bool
	messages map[string]int // by account; 1 where the PBX does not count
}

// of tells what is new in a snapshot, as far as somebody wants to hear of it. What is not wanted is
// not told later either.
func (n *deskNews) of(s desk.Snapshot, wanted NoticeChoice) (out []deskNotice) {
	missed := map[desk.CallID]bool{}
	for _, c := range s.Calls {
		if c.State != desk.Ended || c.Outcome != desk.Missed {
			continue
		}
		if c.Card.Loading { // its name comes in a moment
			continue
		}
		missed[c.ID] = true
		if !n.missed[c.ID] && !wanted.NoMissed {
			out = append(out, n.missedNotice(c))
		}
	}
	n.missed = missed
	messages := map[string]int{}
	for _, m := range s.Mailboxes {
		messages[m.Account] = max(1, m.New)
		if messages[m.Account] > n.messages[m.Account] && !wanted.NoMessages {
			out = append(out, n.messageNotice(m))
		}
	}
	n.messages = messages
	return out
}

const (
	backKey   = "call back"
	listenKey = "listen"
)

func (n *deskNews) missedNotice(c desk.Call) deskNotice {
	name, body := callerName(c), ""
	for _, part := range []string{c.Card.Company, c.Party.Number, c.Line} {
		if part != name {
			body = joined(" · ", body, part)
		}
	}
	out := deskNotice{Notification: notify.Notification{
		Tag: missedTag + string(c.ID), Title: text.T("Missed: {caller}", "caller", name), Body: body,
		Actions: []notify.Action{{Key: notify.Default, Label: text.T("Missed calls")}},
	}, do: map[string]func(){notify.Default: n.open}}
	if to := c.Party.Dial; to != "" {
		out.Actions = append(out.Actions, notify.Action{Key: backKey, Label: text.T("Call back")})
		out.do[backKey] = func() { n.dial(to, c.Account) }
	}
	return out
}

const missedTag = "missed "

func (n *deskNews) messageNotice(m desk.Mailbox) deskNotice {
	words := lampItems(desk.Snapshot{Mailboxes: []desk.Mailbox{m}})[0].words
	out := deskNotice{Notification: notify.Notification{Tag: "mailbox " + m.Account, Title: words, Body: m.Account}}
	if m.Call != "" {
		out.Actions = []notify.Action{{Key: listenKey, Label: text.T("Listen to them")}}
		out.do = map[string]func(){listenKey: func() { n.dial(m.Call, m.Account) }}
	}
	return out
}

// dueWatch finds the agent's follow-ups whose time has come since it was asked last.
type dueWatch struct {
	file Customers
	last time.Time
}

// dueMost is how many are told of at a time.
const dueMost = 16

// at costs two counts by an index while nothing has become due.
func (w *dueWatch) at(ctx context.Context, now time.Time) ([]crm.FollowUpRow, error) {
	before, err := w.file.FollowUpCount(ctx, w.last)
	if err != nil {
		return nil, err
	}
	n, err := w.file.FollowUpCount(ctx, now)
	if err != nil {
		return nil, err
	}
	w.last = now
	if n <= before {
		return nil, nil
	}
	// The list has the longest overdue first.
	page, err := w.file.FollowUpList(ctx, crm.Query{Filter: crm.FilterMine, Offset: before, Limit: min(n-before, dueMost)})
	return page.Rows, err
}

// dueNotice opens the record of a follow-up.
func dueNotice(f crm.FollowUpRow, open func(desk.Ref)) deskNotice {
	return deskNotice{Notification: notify.Notification{
		Tag: "follow-up " + string(f.ID), Title: followUpTitle(f.FollowUp, f.Note), Body: joined(" · ", f.Name, f.Sub),
		Actions: []notify.Action{{Key: notify.Default, Label: text.T("Open the record")}},
	}, do: map[string]func(){notify.Default: func() { open(deskRef(f.Ref)) }}}
}
