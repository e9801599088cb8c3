package sip

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emiago/diago"
	"github.com/emiago/sipgo/sip"
)

// Body is the body of a message with its Content-Type; zero for none.
type Body struct {
	Type string
	Data []byte
}

// Events hears what happens to one dialog. The methods are called from goroutines
// of this package, one at a time for what is in order on the wire, and must not block.
type Events interface {
	// Progress is a provisional answer to our INVITE, 101..199.
	Progress(code int, reason string, body Body)
	// MayCall is asked before our call goes on to another target that an answer named; an
	// error says why not. It may wait for a disk.
	MayCall(to Party) error
	// SentOn is a redirection of our call (300..302): it is tried at another target now.
	SentOn(to Party)
	// Answered is the 2xx to our INVITE; the ACK is on its way.
	Answered(body Body)
	// Failed ends a call that never came about: a final answer other than 2xx,
	// or the network (Failure.Code is 0).
	Failed(*Failure)
	// EarlyAnswer is the PRACK to [Dialog.Ring], with their answer to our offer; zero when it
	// has none.
	EarlyAnswer(body Body)
	// Confirmed is the ACK to our 200; it has a body when we made the offer.
	Confirmed(body Body)
	// Unacked ends a call whose 200 nobody acknowledged for 64·T1; a BYE was sent.
	Unacked()
	// Cancelled ends a call whose caller gave up, or that another phone answered.
	Cancelled(elsewhere bool)
	// HungUp ends a call by their BYE; why is in words what was out of order, "" when nothing was.
	HungUp(why string)
	// Offered is a re-INVITE or an UPDATE with an offer, or a re-INVITE that asks
	// for ours. It must be answered within 10 s.
	Offered(*Offer)
	// Connected says who is at the other end now: the PBX has put somebody else there.
	Connected(to Party)
	// Referred is a REFER: they ask us to call somebody else.
	Referred(*ReferRequest)
	// Refresh asks for a [Dialog.Reoffer] of what holds already, which keeps the session
	// alive (RFC 4028).
	Refresh()
	// Outdated asks for the same, since the far end has taken an offer of ours late, which was given up: the two
	// ends hold different things.
	Outdated()
	// Expired ends a call whose session nobody refreshed; a BYE is on its way.
	Expired(why string)
	// Broke ends a call in whose signalling something panicked; it is to be hung up.
	Broke(panicked any)
	// Digit is a keypad digit (0-9 * # A-D) that came as SIP INFO.
	Digit(rune)
}

// Failure is a request that did not succeed.
type Failure struct {
	Method  string
	Code    int    // SIP status; 0: there was no answer
	Reason  string // reason phrase, and what a gateway says of it in words
	Q850    int    // cause in the telephone network beyond a gateway (ITU-T Q.850, RFC 6432); 0 when it isn't said
	Refused bool   // our credentials were refused, or there were none
	Timeout bool   // nobody answered
	Err     error  // what the network said, when Code is 0; a *Barred with the 3xx that led there

	MinExpires time.Duration // of a 423
	RetryAfter time.Duration // of any answer; 0 when it didn't say
}

func (f *Failure) Error() string {
	switch {
	case f.Code != 0:
		return fmt.Sprintf("%s: %d %s", f.Method, f.Code, f.Reason)
	case f.Timeout:
		return f.Method + ": no answer"
	default:
		return fmt.Sprintf("%s: %v", f.Method, f.Err)
	}
}

func (f *Failure) Unwrap() error { return f.Err }

// Dialog is one call's signalling, incoming or outgoing. Its methods may be called
// from any goroutine and return at once.
type Dialog struct {
	stack  *Stack
	events Events        // nil: nobody wants to know; set before ready is closed
	ready  chan struct{} // closed when events is set

	server   *diago.DialogServerSession // of an incoming call; nil: it is outgoing
	serverTx sip.ServerTransaction
	arrival  *invite
	ringer   *reliable // its 180, when the caller wants that acknowledged; else nil

	invitation   *sip.Request          // the INVITE of an outgoing call; of the goroutine of dial
	clientTx     sip.ClientTransaction // likewise
	redirections redirections

	callID    string
	localTag  string
	from      sip.FromHeader // this end, with its tag
	firstCSeq uint32         // of the INVITE

	ending  sync.Mutex  // held while we refuse or hang up; never waited for by callers
	sending sync.Mutex  // held while a request gets its CSeq and leaves
	byeLeft atomic.Bool // the library's BYE was sent

	said      chan struct{} // closed when the 200 to their first INVITE has left
	answering sync.Mutex    // held while an answer to their first INVITE leaves, or is chosen
	final     bool          // of answering: the last one was chosen; the library would repeat whatever is said after it instead

	mu sync.Mutex
	state
	early       map[string]*state // by their tag, before an outgoing call is answered
	pending     pending           // whose offer is being answered
	unacked     pending           // whose offer our 200 to their first INVITE is about, until its ACK; an UPDATE may end beside it
	straying    bool              // an ACK may be on its way to our address of before
	unanswered  uint32            // CSeq of our last re-INVITE, as long as it has no answer; 0: it has
	theirCSeq   uint32            // of their last INVITE or UPDATE
	lease       lease
	answered    bool
	agreedEarly bool // the caller's PRACK has answered our offer
	confirmed   bool // our call was answered, and the answer acknowledged
	cancelWish  bool
	gaveWay     bool            // that is since another call has taken its place
	progressed  bool            // of the goroutine of dial: somebody beyond the first hop has answered
	referral    func(Referral)  // hears of the transfer that we asked for; nil without one
	referCSeq   uint32          // of our REFER
	referredTo  bool            // they have sent a REFER before
	disowned    map[string]bool // tags of those who were sent a BYE since nobody here wanted their answer

	notifying sync.Mutex // one NOTIFY at a time
	informing sync.Mutex // one INFO at a time

	cancel chan struct{} // closed: give up dialling
	acked  chan ack      // ACKs to our 200s
	astray chan struct{} // closed when the ACK to our first 200 can't come any more
	known  chan struct{} // closed when something else has proved after that that the 200 arrived
	over   chan struct{} // closed when nothing more will happen
	once   sync.Once
}

type ack struct {
	cseq uint32
	body Body
}

func (s *Stack) newDialog() *Dialog {
	return &Dialog{
		stack:  s,
		early:  map[string]*state{},
		cancel: make(chan struct{}),
		acked:  make(chan ack, 8),
		astray: make(chan struct{}),
		known:  make(chan struct{}),
		over:   make(chan struct{}),
		ready:  make(chan struct{}),
		said:   make(chan struct{}),
	}
}

// CallID is the SIP Call-ID.
func (d *Dialog) CallID() string { return d.callID }

// finish ends the dialog; whatever waits for it stops waiting.
func (d *Dialog) finish() {
	d.once.Do(func() {
		close(d.over)
		d.mu.Lock()
		d.lease.stop()
		d.mu.Unlock()
		d.stack.forget(d)
	})
}

// spawn runs f in a goroutine whose panic ends the call.
func (d *Dialog) spawn(f func()) {
	d.stack.spawn(func() {
		defer d.survive()
		f()
	})
}

func (d *Dialog) survive() {
	if p := recover(); p != nil {
		d.broke(p)
	}
}

func (d *Dialog) broke(panicked any) {
	d.stack.log.Error("panic in a dialog, survived", "call", d.callID, "panic", panicked, "stack", string(debug.Stack()))
	d.tell(func(e Events) { e.Broke(panicked) })
}

func dialogKey(callID, local, remote string) string { return callID + "\x00" + local + "\x00" + remote }

// HangUp ends an answered call with BYE.
func (d *Dialog) HangUp() {
	if !d.ending.TryLock() {
		return
	}
	d.spawn(func() {
		defer d.ending.Unlock()
		defer d.finish()
		// The ACK, or the end of its transaction, comes within 64·T1; then the BYE has to be answered.
		ctx, cancel := deadline(64*sip.T1 + byePatience())
		defer cancel()
		if d.server != nil && !closed(d.astray) && d.byLibrary(ctx) {
			return
		}
		if ctx.Err() != nil { // nothing was answered, and perhaps nothing sent
			ctx, cancel = deadline(byePatience())
			defer cancel()
		}
		if _, err := d.do(ctx, sip.BYE, Body{}); err != nil {
			d.stack.log.Debug("BYE", "call", d.callID, "err", err)
		}
		if d.server != nil {
			d.serverTx.Terminate()
		}
	})
}

// leaveUnheard sends the BYE to a caller whose ACK was waited for as long as there was time. RFC 3261 §15 wants it to wait on; but
// who closes says it now or never, and the caller would hear silence.
func (d *Dialog) leaveUnheard() {
	d.mu.Lock()
	waits := d.server != nil && d.answered && d.unacked != pendingNone
	d.mu.Unlock()
	if !waits || d.byeLeft.Load() {
		return
	}
	ctx, cancel := deadline(sip.T1)
	defer cancel()
	if _, err := d.request(ctx, &d.state, sip.BYE, Body{}); err != nil {
		d.stack.log.Debug("BYE before the ACK", "call", d.callID, "err", err)
	}
}

// byePatience is how long a BYE waits for its answer where the far end has been silent before.
func byePatience() time.Duration { return 4 * sip.T1 }

// byLibrary hangs up an incoming call. The library waits for the ACK first (RFC 3261 §15), as long
// as it can come; the hook makes its request ours. It reports whether the BYE had an answer, or was
// sent in vain over a connection that holds; not where it may never have been sent, since no ACK came.
func (d *Dialog) byLibrary(ctx context.Context) bool {
	down, err := d.stack.mended(ctx)
	if err != nil {
		return true // so would another try
	}
	ctx, cancel := unless(ctx, down)
	defer cancel()
	ctx, cancel = unless(ctx, d.astray)
	defer cancel()
	err = d.server.WriteBye(ctx, sip.NewRequest(sip.BYE, d.server.InviteRequest.Recipient))
	if err != nil {
		d.stack.log.Debug("BYE", "call", d.callID, "err", err)
	}
	return err == nil || !closed(down) && !closed(d.astray) && (d.byeLeft.Load() || !d.unconfirmed())
}

// unconfirmed says whether the ACK to our first 200 is still waited for.
func (d *Dialog) unconfirmed() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.unacked != pendingNone
}

// errBroke is a connection that broke before the answer came over it.
var errBroke = errors.New("the connection broke before an answer came")

// unless is a context that ends when something happens, too.
func unless(ctx context.Context, happens <-chan struct{}) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		select {
		case <-happens:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

// final waits for the final response of a transaction, as long as the connection holds;
// nil for whatever happens to it.
func final(ctx context.Context, tx sip.ClientTransaction, down <-chan struct{}) (*sip.Response, error) {
	return finalAfter(ctx, tx, down, func() {})
}

// finalAfter is final, and tells of each provisional response before it.
func finalAfter(ctx context.Context, tx sip.ClientTransaction, down <-chan struct{}, provisional func()) (*sip.Response, error) {
	for {
		select {
		case res := <-tx.Responses():
			if !res.IsProvisional() {
				return res, nil
			}
			provisional()
		case <-tx.Done():
			if err := tx.Err(); err != nil {
				return nil, err
			}
			return nil, sip.ErrTransactionTerminated
		case <-down:
			return nil, errBroke
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func noAnswer(method string, err error) *Failure {
	f := &Failure{Method: method, Err: err}
	f.Timeout = errors.Is(err, sip.ErrTransactionTimeout) || errors.Is(err, context.DeadlineExceeded)
	return f
}

func refused(method string, res *sip.Response) *Failure {
	f := &Failure{Method: method, Code: res.StatusCode, Reason: cleanDisplay(res.Reason), Refused: isChallenge(res)}
	f.MinExpires = secondsOf(res.GetHeader("Min-Expires"))
	f.RetryAfter = secondsOf(res.GetHeader("Retry-After"))
	beyond := q850(headersOf(res))
	f.Q850 = beyond.cause
	if beyond.text != "" && !strings.EqualFold(beyond.text, f.Reason) {
		f.Reason += " (" + beyond.text + ")"
	}
	return f
}

func (d *Dialog) tell(f func(Events)) {
	if <-d.ready; d.events != nil {
		f(d.events)
	}
}
