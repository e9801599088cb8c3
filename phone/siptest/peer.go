package siptest

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Patience is how long a peer waits for what it expects: milliseconds do, but not on a machine that
// is busy with other programs.
const Patience = 20 * time.Second

// Peer is a SIP end on a socket of the loopback.
type Peer struct {
	t       testing.TB
	conn    *net.UDPConn // nil with streams
	streams *streams
	via     string // "UDP"

	mu      sync.Mutex
	handler func(Message) bool // takes a message out of the queue
	phone   string             // where the phone registered from
	contact string             // its Contact URI

	repeats bool     // what comes again word for word is queued, too
	recent  []uint64 // hashes of what has come, the newest last

	queue   chan Message
	waiting []Message // taken from the queue and left for a later Expect; of the test's goroutine
	ids     atomic.Int64
}

// New makes a peer that speaks UDP; it closes with the test. It answers REGISTER with 200 and OPTIONS
// with 200 by itself until [Peer.Handle] says otherwise.
func New(t testing.TB) *Peer {
	t.Helper()
	return NewAt(t, "127.0.0.1:0")
}

// NewAt makes a peer at an address of this machine.
func NewAt(t testing.TB, at string) *Peer {
	t.Helper()
	addr, err := net.ResolveUDPAddr("udp", at)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.ListenUDP("udp", addr)
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.SetReadBuffer(1 << 20)
	p := &Peer{t: t, conn: conn, via: "UDP", queue: make(chan Message, 1000)}
	go p.read()
	t.Cleanup(p.Close)
	return p
}

// Close frees the socket; a closed peer is a dead PBX.
func (p *Peer) Close() {
	if p.streams != nil {
		p.streams.close(p)
		return
	}
	_ = p.conn.Close()
}

// Addr is host:port of the peer.
func (p *Peer) Addr() string {
	if p.streams != nil {
		return p.streams.listener.Addr().String()
	}
	return p.conn.LocalAddr().String()
}

// Handle sees each message first and takes it by returning true.
func (p *Peer) Handle(f func(Message) bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.handler = f
}

func (p *Peer) read() {
	buf := make([]byte, 65536)
	for {
		n, from, err := p.conn.ReadFromUDP(buf)
		if err != nil {
			if strings.Contains(err.Error(), "closed") {
				return
			}
			continue
		}
		m := Parse(string(buf[:n]))
		m.From = from.String()
		p.take(m)
	}
}

func (p *Peer) take(m Message) {
	p.mu.Lock()
	handler := p.handler
	if m.Method() == "REGISTER" {
		p.phone, p.contact = m.From, m.ContactURI()
	}
	p.mu.Unlock()
	switch {
	case handler != nil && handler(m):
	case m.Method() == "REGISTER":
		p.Send(m.From, m.Response(200, "OK", "reg", "", "Contact: "+m.Get("Contact"), "Expires: 300"))
	case m.Method() == "OPTIONS":
		p.Send(m.From, m.Response(200, "OK", "opt", ""))
	case p.again(m):
	default:
		p.queue <- m
	}
}

// again tells a retransmission: one of the last messages, word for word. On a busy machine
// one comes at any time, and must not be taken for the next of its kind.
func (p *Peer) again(m Message) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	hash := m.hash()
	if !p.repeats && slices.Contains(p.recent, hash) {
		return true
	}
	p.recent = append(p.recent[max(0, len(p.recent)-remembered):], hash)
	return false
}

// remembered is how many messages are known again.
const remembered = 500

// Repeats lets retransmissions through, for tests that are about them.
func (p *Peer) Repeats() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.repeats = true
}

// Phone is where the phone registered from and its Contact URI; it waits for that.
func (p *Peer) Phone() (addr, contact string) {
	p.t.Helper()
	for deadline := time.Now().Add(Patience); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		p.mu.Lock()
		addr, contact = p.phone, p.contact
		p.mu.Unlock()
		if addr != "" {
			return addr, contact
		}
	}
	p.t.Fatal("the phone never registered")
	return "", ""
}

// Send writes a message to where one came from.
func (p *Peer) Send(to, text string) {
	if p.streams != nil {
		p.streams.send(to, text)
		return
	}
	addr, err := net.ResolveUDPAddr("udp", to)
	if err != nil {
		panic(err)
	}
	_, _ = p.conn.WriteToUDP([]byte(text), addr)
}

// Reply answers a request.
func (p *Peer) Reply(m Message, code int, reason, body string, extra ...string) {
	tag := "peer"
	if code == 100 {
		tag = ""
	}
	p.Send(m.From, m.Response(code, reason, tag, body, append(extra, "Contact: <sip:peer@"+p.Addr()+">")...))
}

// Expect waits for a message that fits and forgets those of the same call before it; those
// of other calls wait for whoever expects them. What is a method, or a status such as
// "200 INVITE" or "180".
func (p *Peer) Expect(what string) Message {
	p.t.Helper()
	m, ok := p.Await(what, Patience)
	if !ok {
		p.t.Fatalf("expected %s, there is only %s", what, p.left())
	}
	return m
}

// left is what has come and nobody has expected, for a failed test.
func (p *Peer) left() string {
	var b strings.Builder
	for _, m := range p.waiting {
		fmt.Fprintf(&b, "\n  %s, CSeq %s, Call-ID %s", m.Start, m.Get("CSeq"), m.Get("Call-ID"))
	}
	if b.Len() == 0 {
		return "silence"
	}
	return b.String()
}

// Await is Expect without failing.
func (p *Peer) Await(what string, patience time.Duration) (Message, bool) {
	return p.AwaitAny(patience, what)
}

// AwaitAny waits for a message that fits one of several.
func (p *Peer) AwaitAny(patience time.Duration, what ...string) (Message, bool) {
	return p.await(patience, func(Message) bool { return true }, what)
}

func (p *Peer) await(patience time.Duration, belongs func(Message) bool, what []string) (Message, bool) {
	wanted := func(m Message) bool {
		return belongs(m) && slices.ContainsFunc(what, func(w string) bool { return fits(m, w) })
	}
	if i := slices.IndexFunc(p.waiting, wanted); i >= 0 {
		return p.pick(i), true
	}
	limit := time.After(patience)
	for {
		select {
		case m := <-p.queue:
			p.waiting = append(p.waiting, m)
			if wanted(m) {
				return p.pick(len(p.waiting) - 1), true
			}
		case <-limit:
			return Message{}, false
		}
	}
}

// pick takes a message out of those that wait, and forgets those of its call before it.
func (p *Peer) pick(i int) Message {
	m := p.waiting[i]
	earlier := slices.DeleteFunc(slices.Clone(p.waiting[:i]), func(o Message) bool { return o.Get("Call-ID") == m.Get("Call-ID") })
	p.waiting = append(earlier, p.waiting[i+1:]...)
	return m
}

func fits(m Message, what string) bool {
	status, method, both := strings.Cut(what, " ")
	if n, err := strconv.Atoi(status); err == nil {
		return m.Code() == n && (!both || m.CSeqMethod() == method)
	}
	return m.Method() == what
}

// Call is a dialog that the peer began.
type Call struct {
	*Peer
	ID, Tag, Theirs string
	To, Target      string // address and URI of the phone
	Branch          string // of the INVITE
	cseq            int
	refused         bool // the INVITE was: its ACK belongs to its transaction
}

// NewCall is a call to the registered phone that hasn't been sent yet.
func (p *Peer) NewCall() *Call {
	addr, contact := p.Phone()
	n := p.ids.Add(1)
	return &Call{Peer: p, ID: fmt.Sprintf("call%d-%d@test", n, time.Now().UnixNano()), Tag: fmt.Sprintf("caller%d", n),
		To: addr, Target: contact, Branch: fmt.Sprintf("z9hG4bKinvite%d%d", n, time.Now().UnixNano())}
}

// Request writes a request within the call. A From or To among extra replaces ours.
func (c *Call) Request(method, body string, extra ...string) string {
	if method != "ACK" && method != "CANCEL" {
		c.cseq++
	}
	branch := c.Branch
	if method == "ACK" && c.refused {
		c.refused = false
	} else if method != "CANCEL" && c.cseq > 1 || method == "ACK" {
		branch = fmt.Sprintf("z9hG4bK%s%d%d", method, c.cseq, time.Now().UnixNano())
	}
	to := "To: <sip:101@pbx.example>"
	if c.Theirs != "" {
		to += ";tag=" + c.Theirs
	}
	lines := []string{
		method + " " + c.Target + " SIP/2.0",
		"Via: SIP/2.0/" + c.via + " " + c.Addr() + ";rport;branch=" + branch,
		"Max-Forwards: 70",
		"From: \"Erika Meier\" <sip:+493020948812@pbx.example>;tag=" + c.Tag,
		to,
		"Call-ID: " + c.ID,
		fmt.Sprintf("CSeq: %d %s", c.cseq, method),
		"Contact: <sip:peer@" + c.Addr() + ">",
	}
	for _, e := range extra {
		name, _, _ := strings.Cut(e, ":")
		replaced := false
		for i, line := range lines[1:] {
			if old, _, _ := strings.Cut(line, ":"); strings.EqualFold(old, name) {
				lines[i+1], replaced = e, true
				if strings.EqualFold(name, "From") {
					lines[i+1] += ";tag=" + c.Tag
				}
			}
		}
		if !replaced {
			lines = append(lines, e)
		}
	}
	if body != "" && !strings.Contains(strings.Join(extra, "\n"), "Content-Type") {
		lines = append(lines, "Content-Type: application/sdp")
	}
	lines = append(lines, fmt.Sprintf("Content-Length: %d", len(body)))
	return strings.Join(lines, "\r\n") + "\r\n\r\n" + body
}

// Expect is the peer's; an answer that comes once more to another call's request, on a
// busy machine, is passed over.
func (c *Call) Expect(what string) Message {
	c.t.Helper()
	m, ok := c.AwaitAny(Patience, what)
	if !ok {
		c.t.Fatalf("expected %s of %s, there is only %s", what, c.ID, c.left())
	}
	return m
}

// Await is Expect without failing.
func (c *Call) Await(what string, patience time.Duration) (Message, bool) {
	return c.AwaitAny(patience, what)
}

// AwaitAny waits for a message that fits one of several: an answer or an ACK within the call, any other request also within
// another, which the phone may have begun for it.
func (c *Call) AwaitAny(patience time.Duration, what ...string) (Message, bool) {
	return c.await(patience, func(m Message) bool {
		return m.Get("Call-ID") == c.ID || m.Code() == 0 && m.Method() != "ACK"
	}, what)
}

// Do sends a request within the call.
func (c *Call) Do(method, body string, extra ...string) {
	c.Send(c.To, c.Request(method, body, extra...))
}

// Invite rings the phone and waits for its 180.
func (c *Call) Invite(body string, extra ...string) Message {
	c.t.Helper()
	c.Do("INVITE", body, extra...)
	m := c.Expect("180")
	c.Theirs = m.Tag("To")
	return m
}

// Answered waits for the 200 to the INVITE and acknowledges it.
func (c *Call) Answered(ackBody string) Message {
	c.t.Helper()
	m := c.Expect("200 INVITE")
	c.Theirs = m.Tag("To")
	c.Do("ACK", ackBody)
	return m
}

// Refused waits for a final answer of 300..699 to the first INVITE and acknowledges it.
func (c *Call) Refused(code int) Message {
	c.t.Helper()
	m := c.Expect(fmt.Sprintf("%d INVITE", code))
	c.refused, c.Theirs = true, m.Tag("To")
	c.Do("ACK", "")
	return m
}

// SDP is a plain offer or answer of PCMA and telephone-event at a port of the loopback.
func SDP(port int, lines ...string) string {
	return strings.Join(append([]string{
		"v=0", "o=peer 1 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0",
		fmt.Sprintf("m=audio %d RTP/AVP 8 0 101", port), "a=rtpmap:8 PCMA/8000", "a=rtpmap:0 PCMU/8000",
		"a=rtpmap:101 telephone-event/8000", "a=fmtp:101 0-15",
	}, lines...), "\r\n") + "\r\n"
}
