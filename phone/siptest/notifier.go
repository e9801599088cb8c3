package siptest

import (
	"fmt"
	"strings"
	"time"
)

// Notifier is the peer's side of a subscription.
type Notifier struct {
	*Peer
	subscribe Message
	cseq      int
	recorded  string // Record-Route of its NOTIFYs
}

// Notifier is the peer's side of a SUBSCRIBE that came and isn't answered yet.
func (p *Peer) Notifier(m Message) *Notifier { return &Notifier{Peer: p, subscribe: m} }

// Through has its NOTIFYs come by these proxies, the nearest to the phone first.
func (n *Notifier) Through(recordRoute string) { n.recorded = "Record-Route: " + recordRoute + "\r\n" }

// Accept takes a SUBSCRIBE that came, for so many seconds.
func (p *Peer) Accept(m Message, seconds int) *Notifier {
	p.Reply(m, 200, "OK", "", fmt.Sprintf("Expires: %d", seconds))
	return p.Notifier(m)
}

// Notify sends a NOTIFY of the subscription; state is its Subscription-State.
func (n *Notifier) Notify(state, contentType, body string) {
	n.cseq++
	n.Resend(n.cseq, state, contentType, body)
}

// Resend is Notify with a sequence number of its own.
func (n *Notifier) Resend(cseq int, state, contentType, body string) {
	m := n.subscribe
	to := m.Get("To")
	if !strings.Contains(to, ";tag=") {
		to += ";tag=peer"
	}
	n.Send(m.From, strings.Join([]string{
		"NOTIFY " + m.ContactURI() + " SIP/2.0",
		fmt.Sprintf("Via: SIP/2.0/%s %s;rport;branch=z9hG4bKnotify%d", n.via, n.Addr(), time.Now().UnixNano()),
		"Max-Forwards: 70", "From: " + to, "To: " + m.Get("From"), "Call-ID: " + m.Get("Call-ID"),
		fmt.Sprintf("CSeq: %d NOTIFY", cseq), "Contact: <sip:peer@" + n.Addr() + ">",
		"Event: " + m.Get("Event"), "Subscription-State: " + state,
		n.recorded + "Content-Type: " + contentType, fmt.Sprintf("Content-Length: %d", len(body)),
	}, "\r\n")+"\r\n\r\n"+body)
}
