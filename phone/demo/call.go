package demo

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// Phase is how far a call has come.
type Phase int

const (
	Sent     Phase = iota // on its way
	Ringing               // it rings at the called side
	Answered              // they talk
	Ended
)

func (p Phase) String() string { return [...]string{"sent", "ringing", "answered", "ended"}[p] }

// End is how a call ended.
type End struct {
	Code    int    // the SIP status that refused it; 0 when it was not refused
	Reason  string // in English: "hung up by the agent", "486 Busy Here"
	ByAgent bool   // the agent's side ended it
}

// ErrEnded is what Wait wraps when the call ended before it came so far.
var ErrEnded = errors.New("the call has ended")

// CustomerCall is one call between a customer and the agent. Its methods may be
// called from any goroutine.
type CustomerCall struct {
	Customer Customer
	Dialled  string // what the agent dialled; "" when the customer calls

	hangUp context.CancelFunc
	leg    *leg

	colleague *CustomerCall // what rings at the colleague whom the agent calls; nil for none
	passedOn  atomic.Bool   // the colleague talks to somebody else now

	mu      sync.Mutex
	phase   Phase
	end     End
	reached [Ended + 1]chan struct{}
	events  chan Phase
	version int     // of our session description
	late    *uint32 // CSeq of the INVITE whose answer is to come with the ACK
	began   bool    // RTP flows
	dialog  dialog  // with the agent's telephone; nil before it is answered
}

func newCall(customer Customer, dialled string, l *leg, hangUp context.CancelFunc) *CustomerCall {
	c := &CustomerCall{Customer: customer, Dialled: dialled, leg: l, hangUp: hangUp, events: make(chan Phase, Ended+1)}
	for i := range c.reached {
		c.reached[i] = make(chan struct{})
	}
	return c
}

// HangUp ends the call, whatever its phase; a ringing one is cancelled.
func (c *CustomerCall) HangUp() { c.hangUp() }

// Events gives each phase once as it is reached; the channel is closed after Ended.
func (c *CustomerCall) Events() <-chan Phase { return c.events }

// Phase is how far the call is now.
func (c *CustomerCall) Phase() Phase {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.phase
}

// End is how the call ended; zero until then.
func (c *CustomerCall) End() End {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.end
}

// Heard is what the customer has heard so far.
func (c *CustomerCall) Heard() Heard { return c.leg.report() }

// Wait returns when the call has come as far as phase. The error wraps ErrEnded
// when it ended without, and the context's error when that was first.
func (c *CustomerCall) Wait(ctx context.Context, phase Phase) error {
	select {
	case <-c.reached[phase]:
		return nil
	default:
	}
	select {
	case <-c.reached[phase]:
		return nil
	case <-c.reached[Ended]:
		select {
		case <-c.reached[phase]:
			return nil
		default:
		}
		return fmt.Errorf("wait until the call is %s: %w: %s", phase, ErrEnded, c.End().Reason)
	case <-ctx.Done():
		return fmt.Errorf("wait until the call is %s, it is %s: %w", phase, c.Phase(), ctx.Err())
	}
}

// become tells of a new phase; going back does nothing.
func (c *CustomerCall) become(p Phase) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p <= c.phase {
		return
	}
	c.phase = p
	close(c.reached[p])
	c.events <- p
	if p == Ended {
		close(c.events)
	}
}

func (c *CustomerCall) finish(e End) {
	c.mu.Lock()
	c.end = e
	c.mu.Unlock()
	c.become(Ended)
}

// connect lets sound flow under the agreed terms.
func (c *CustomerCall) connect(t terms) {
	c.leg.agree(t)
	c.mu.Lock()
	first := !c.began
	c.began = true
	c.mu.Unlock()
	if first {
		c.leg.start()
	}
}

// offered notes that the ACK of this INVITE has to bring the answer (RFC 3264 §4).
func (c *CustomerCall) offered(cseq uint32) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.late = &cseq
}

// answersLate tells whether an ACK is the one that has to; once.
func (c *CustomerCall) answersLate(cseq uint32) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.late == nil || *c.late != cseq {
		return false
	}
	c.late = nil
	return true
}

// nextVersion numbers our session descriptions, RFC 3264 §8.
func (c *CustomerCall) nextVersion() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.version++
	return c.version
}

// at is closed when the call has come so far; nil, which never is, for no call.
func (c *CustomerCall) at(p Phase) <-chan struct{} {
	if c == nil {
		return nil
	}
	return c.reached[p]
}

// talk waits until one of the sides has had enough, and says who.
func (c *CustomerCall) talk(customer, agent context.Context) End {
	var enough <-chan time.Time
	if c.Customer.Talks > 0 {
		timer := time.NewTimer(c.Customer.Talks)
		defer timer.Stop()
		enough = timer.C
	}
	select {
	case <-agent.Done():
		return End{Reason: "hung up by the agent", ByAgent: true}
	case <-customer.Done():
	case <-c.colleague.at(Ended):
	case <-enough:
	}
	return End{Reason: "hung up by the customer"}
}
