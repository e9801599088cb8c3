package sip

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
)

// Notice is what a NOTIFY tells, or why nobody will tell.
type Notice struct {
	Event   string   // the package: "dialog", "message-summary"
	Body    Body     // zero when nothing is known yet
	Failure *Failure // the subscription was refused; it is tried again later
}

// Subscription is a wish to be notified of an event (RFC 6665). It is kept up, refreshed
// and made anew by itself until it is closed.
type Subscription struct {
	stack  *Stack
	target sip.Uri
	event  string
	accept string
	told   func(Notice)

	cancel context.CancelFunc
	over   chan struct{}
	again  chan struct{} // asks for a refresh

	mu     sync.Mutex
	dialog subscriptionDialog
}

// subscriptionDialog is one dialog of a subscription; another follows when it ends.
type subscriptionDialog struct {
	callID, localTag, theirTag string
	cseq, theirCSeq            uint32
	remote                     sip.Uri  // where requests go
	routes                     []string // RFC 3261 §12.1.2
	ended                      chan ending
}

// ending is how the notifier ended a subscription.
type ending struct {
	reason     string
	retryAfter time.Duration
}

const (
	subscribeFor   = time.Hour        // what is asked for
	subscribeRetry = 10 * time.Minute // after a refusal
	subscribeFirst = time.Second      // the first back-off after silence
	subscribeLast  = 5 * time.Minute  // the last
)

// Subscribe asks for an event package about to (see [Target]), in bodies of the type
// accept. told hears of it from goroutines of this package, in order. The error is about
// the target only.
func (s *Stack) Subscribe(to, event, accept string, told func(Notice)) (*Subscription, error) {
	uri, err := target(to, s.acc.host, s.acc.port)
	if err != nil {
		return nil, err
	}
	sub := &Subscription{
		stack: s, target: uri, event: event, accept: accept, told: told,
		over: make(chan struct{}), again: make(chan struct{}, 1),
	}
	var ctx context.Context
	ctx, sub.cancel = context.WithCancel(context.Background())
	s.mu.Lock()
	s.subscriptions = append(s.subscriptions, sub)
	s.mu.Unlock()
	s.spawn(func() {
		defer close(sub.over)
		defer s.unsubscribed(sub)
		sub.run(ctx)
	})
	return sub, nil
}

// Refresh asks anew, for the whole state and from where we are now.
func (sub *Subscription) Refresh() {
	select {
	case sub.again <- struct{}{}:
	default:
	}
}

// Close ends the subscription; the notifier is told, for which it doesn't wait.
func (sub *Subscription) Close() { sub.cancel() }

func (s *Stack) unsubscribed(sub *Subscription) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, other := range s.subscriptions {
		if other == sub {
			s.subscriptions = append(s.subscriptions[:i:i], s.subscriptions[i+1:]...)
			return
		}
	}
}

// run keeps the subscription up.
func (sub *Subscription) run(ctx context.Context) {
	backoff := subscribeFirst
	for ctx.Err() == nil {
		began := time.Now()
		wait, f := sub.life(ctx)
		if ctx.Err() != nil {
			return
		}
		switch {
		case f != nil && f.Code == 0 || f != nil && f.Code >= 500:
			wait, backoff = max(backoff, f.RetryAfter), min(2*backoff, subscribeLast)
			sub.told(Notice{Event: sub.event, Failure: f})
		case f != nil:
			wait, backoff = max(subscribeRetry, f.RetryAfter), subscribeFirst
			sub.told(Notice{Event: sub.event, Failure: f})
		case time.Since(began) < subscribeFirst:
			wait, backoff = max(wait, backoff), min(2*backoff, subscribeLast) // never in a busy loop
		default:
			backoff = subscribeFirst
		}
		select {
		case <-ctx.Done():
		case <-sub.again:
		case <-time.After(wait):
		}
	}
}

// life is one dialog from its first SUBSCRIBE to its end. It returns when the next may
// begin, or why there was none.
func (sub *Subscription) life(ctx context.Context) (wait time.Duration, f *Failure) {
	sub.mu.Lock()
	sub.dialog = subscriptionDialog{
		callID: sip.GenerateTagN(24), localTag: sip.GenerateTagN(16), remote: sub.target, ended: make(chan ending, 1),
	}
	ended := sub.dialog.ended
	sub.mu.Unlock()
	granted, err := sub.subscribe(ctx, subscribeFor)
	for err == nil {
		// A tenth before the end; a PBX that grants nothing notifies once.
		renew := time.NewTimer(max(granted*9/10, time.Second))
		select {
		case e := <-ended:
			renew.Stop()
			return e.pause(), nil
		case <-ctx.Done():
			renew.Stop()
			sub.leave()
			return 0, nil
		case <-sub.again:
			renew.Stop()
		case <-renew.C:
		}
		granted, err = sub.subscribe(ctx, subscribeFor)
		// RFC 6665 §4.1.2.2: the notifier has lost it; a new one begins.
		if errors.As(err, &f) && f.Code == 481 {
			return 0, nil
		}
	}
	if ctx.Err() != nil {
		sub.leave()
	}
	if !errors.As(err, &f) {
		f = &Failure{Method: "SUBSCRIBE", Err: err}
	}
	return 0, f
}

// pause is for how long a notifier wants to be left alone (RFC 6665 §4.1.3).
func (e ending) pause() time.Duration {
	switch e.reason {
	case "deactivated", "timeout":
		return 0
	case "rejected", "noresource", "invariant":
		return max(subscribeRetry, e.retryAfter)
	}
	return max(subscribeFirst, e.retryAfter)
}

// subscribe sends a SUBSCRIBE in the dialog, which the first one makes, and returns for
// how long it was granted.
func (sub *Subscription) subscribe(ctx context.Context, expires time.Duration) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, 64*sip.T1)
	defer cancel()
	res, err := sub.stack.exchange(ctx, sip.SUBSCRIBE, func() *sip.Request { return sub.request(expires) })
	if err != nil {
		return 0, err
	}
	tag, _ := tagOf(res)
	sub.mu.Lock()
	routes := recordRoutes(res)
	slices.Reverse(routes)
	sub.dialog.establish(tag, res.Contact(), routes)
	sub.mu.Unlock()
	granted := expires
	if h := res.GetHeader("Expires"); h != nil {
		granted = secondsOf(h)
	}
	return granted, nil
}

// establish takes over what makes a dialog, from the answer or from the first NOTIFY,
// whichever comes first (RFC 6665 §4.1.2.4).
func (d *subscriptionDialog) establish(tag string, contact *sip.ContactHeader, routes []string) {
	if d.theirTag == "" {
		d.theirTag, d.routes = tag, routes
	}
	if contact != nil && contact.Address.Host != "" && tag == d.theirTag {
		d.remote = contact.Address
	}
}

func (sub *Subscription) request(expires time.Duration) *sip.Request {
	s := sub.stack
	contact := s.contact()
	sub.mu.Lock()
	defer sub.mu.Unlock()
	d := &sub.dialog
	d.cseq++
	req := sip.NewRequest(sip.SUBSCRIBE, d.remote)
	req.SetTransport(s.network())
	from := &sip.FromHeader{Address: s.addressOfRecord(), Params: sip.NewParams()}
	from.Params.Add("tag", d.localTag)
	req.AppendHeader(from)
	to := &sip.ToHeader{Address: sub.target, Params: sip.NewParams()}
	if d.theirTag != "" {
		to.Params.Add("tag", d.theirTag)
	}
	req.AppendHeader(to)
	callID := sip.CallIDHeader(d.callID)
	req.AppendHeader(&callID)
	req.AppendHeader(&sip.CSeqHeader{SeqNo: d.cseq, MethodName: sip.SUBSCRIBE})
	if d.theirTag == "" {
		s.routeOut(req)
	}
	if len(d.routes) > 0 {
		(&state{target: d.remote, routes: d.routes}).address(req)
	}
	req.AppendHeader(contact)
	req.AppendHeader(sip.NewHeader("Event", sub.event))
	req.AppendHeader(sip.NewHeader("Accept", sub.accept))
	seconds := sip.ExpiresHeader(expires / time.Second)
	req.AppendHeader(&seconds)
	req.AppendHeader(allow())
	return req
}

// leave tells the notifier that we no longer listen.
func (sub *Subscription) leave() {
	ctx, cancel := deadline(4 * sip.T1)
	defer cancel()
	if _, err := sub.subscribe(ctx, 0); err != nil {
		sub.stack.log.Debug("unsubscribe", "event", sub.event, "to", sub.target.String(), "err", err)
	}
}

// subscription is the one that a NOTIFY belongs to, or nil.
func (s *Stack) subscription(req *sip.Request) *Subscription {
	local, _ := req.To().Params.Get("tag")
	// Not both locks at once: told, which is called under the subscription's, may ask the stack.
	s.mu.Lock()
	all := slices.Clone(s.subscriptions)
	s.mu.Unlock()
	for _, sub := range all {
		sub.mu.Lock()
		ours := sub.dialog.callID == req.CallID().Value() && sub.dialog.localTag == local
		sub.mu.Unlock()
		if ours {
			return sub
		}
	}
	return nil
}

// notified takes a NOTIFY of the subscription.
func (sub *Subscription) notified(req *sip.Request, tx sip.ServerTransaction) {
	s := sub.stack
	tag, _ := req.From().Params.Get("tag")
	if eventOf(req) != sub.event {
		s.respond(req, tx, 489, "Bad Event", Body{})
		return
	}
	known, late, ended := sub.tell(req, tag)
	switch {
	case !known: // a proxy forked the SUBSCRIBE; one notifier is enough
		s.respond(req, tx, 481, "Subscription Does Not Exist", Body{})
		return
	case late:
		// RFC 3261 §12.2.2 wants a 500. But requests that came together are handled side
		// by side here, and Asterisk ends the subscription on a 500: what is older than
		// what is known already is passed over.
		s.respond(req, tx, 200, "OK", Body{})
		return
	}
	s.respond(req, tx, 200, "OK", Body{})
	if e, over := endingOf(req); over {
		select {
		case ended <- e:
		default:
		}
	}
}

// tell tells of a NOTIFY of the dialog's, unless a later one has been told.
func (sub *Subscription) tell(req *sip.Request, tag string) (known, late bool, ended chan<- ending) {
	sub.mu.Lock()
	defer sub.mu.Unlock()
	d := &sub.dialog
	d.establish(tag, req.Contact(), recordRoutes(req))
	known = d.theirTag == tag
	late = req.CSeq().SeqNo <= d.theirCSeq
	if known && !late {
		d.theirCSeq = req.CSeq().SeqNo
	}
	// Told under the lock: what is in order on the wire is told in order.
	if known && !late && len(req.Body()) > 0 {
		sub.told(Notice{Event: sub.event, Body: bodyOf(req)})
	}
	return known, late, d.ended
}

// endingOf reads a Subscription-State that says that it is over.
func endingOf(req *sip.Request) (ending, bool) {
	h := req.GetHeader("Subscription-State")
	if h == nil {
		return ending{}, false
	}
	a := parseAddress("<sip:x>;" + h.Value()) // its parameters are written as those of an address
	if _, over := a.params["terminated"]; !over {
		return ending{}, false
	}
	return ending{a.params["reason"], secondsOf(sip.NewHeader("Retry-After", a.params["retry-after"]))}, true
}

// eventOf is the event package of a request (RFC 6665 §8.2.1).
func eventOf(req *sip.Request) string {
	h := req.GetHeader("Event")
	if h == nil {
		return ""
	}
	name, _, _ := strings.Cut(h.Value(), ";")
	return strings.ToLower(strings.TrimSpace(name))
}

// notifiedUnasked takes a NOTIFY outside of any dialog: PBXs send message waiting so,
// without a subscription. For anybody else there is none (RFC 6665 §4.1.3).
func (s *Stack) notifiedUnasked(req *sip.Request, tx sip.ServerTransaction) {
	if !s.throughPBX(req) {
		s.respond(req, tx, 481, "Subscription Does Not Exist", Body{})
		return
	}
	// Told first: what comes after our 200, a second NOTIFY say, is told after it.
	if s.opts.Notified != nil && len(req.Body()) > 0 {
		s.opts.Notified(Notice{Event: eventOf(req), Body: bodyOf(req)})
	}
	s.respond(req, tx, 200, "OK", Body{})
}
