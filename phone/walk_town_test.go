package phone_test

import (
	"fmt"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"leadline/phone/siptest"
)

// town is everybody whom the phone of a walk talks with, behind one PBX. Each far end keeps an account of its own of its call
// (talk), by RFC 3261, which the phone's is compared with.
type town struct {
	t     testing.TB
	pbx   *siptest.Peer
	conn  *net.UDPConn // of everybody's sound
	port  int
	began time.Time

	mu      sync.Mutex
	over    bool
	calm    bool // everybody answers at once, and as is wished
	loss    int  // how many of a hundred messages are lost, each way
	dice    *rand.Rand
	seed    uint64
	homes   map[string]home // of the phone's accounts, by user
	left    map[string]bool // addresses that the phone has unregistered
	talks   []*talk
	asked   map[string]*asked  // requests of ours, by branch and method
	served  map[string]*served // of the phone's
	waiting int                // answers that come later
	heard   time.Time          // when the last message came or went
	stood   time.Duration      // the longest that nobody was heard, since the machine was busy
	wrong   []string           // what must not be
	wire    []string           // for a failure
	stop    func()             // nobody says anything any more
}

// home is where an account of the phone's is reached.
type home struct{ addr, contact string }

// asked is a request of ours.
type asked struct {
	talk        *talk
	method, key string
	text, to    string
	branch      string
	cseq        int
	first       bool   // it began the call
	offer       string // the direction that it offers; "" for none
	sent        time.Time
	provisional bool
	final       int
	ack         string // to its final answer, sent again when that comes again
	acks        int    // how many ACKs get lost; -1: all
	prack       bool   // it has acknowledged the 180
	lost        bool   // its final answer was, once
	cancelled   bool
}

// served is a request of the phone's.
type served struct {
	talk  *talk
	m     siptest.Message
	final int
	text  string // the newest answer
	sent  time.Time
	acked bool // of an INVITE
}

// stage is how far a call has come, for its far end.
type stage int

const (
	calling stage = iota
	talked        // answered
	finished
)

func (s stage) String() string { return [...]string{"calling", "talked", "finished"}[s] }

// talk is one call as its far end sees it.
type talk struct {
	*town
	n           int
	rng         *rand.Rand
	id          string
	tag, theirs string
	user        string // whose the phone's end is
	target, to  string
	from, aor   string // From and To values without a tag, seen from us
	cseq        int
	ours        bool // the far end has called
	stage       stage

	invite   *served // the phone's INVITE that began it
	inviting *asked  // of ours that is not over
	updating *asked
	invites  map[int]*served // the phone's, by CSeq

	holds      bool          // the far end wants to
	phone, far string        // which way sound goes, as each has described it last and the other has agreed
	audio      string        // where the phone hears
	mumbles    bool          // nothing is heard of it while it is held
	spoke      time.Time     // when it was heard last, or was answered
	lull       time.Duration // the longest that it was silent for
	gone       bool          // it has vanished without a word
	unwanted   bool          // a second telephone that the same INVITE has reached
	codes      []int         // final answers to its INVITEs, ours or theirs
	said       map[string]bool
	refer      *served // of the phone's, whose call is not over
	referCSeq  int
	notified   int  // how the call went that we wanted the phone to make; 0: it has not said
	referred   bool // it was to
	replacedBy bool
}

func newTown(t testing.TB, seed uint64) *town {
	conn, port := rtpPort(t)
	dice := rand.New(rand.NewPCG(seed, 1))
	w := &town{
		t: t, pbx: siptest.New(t), conn: conn, port: port, began: time.Now(), seed: seed, dice: dice,
		loss:  []int{0, 0, 3, 10}[dice.IntN(4)],
		homes: map[string]home{}, left: map[string]bool{}, asked: map[string]*asked{}, served: map[string]*served{},
	}
	w.pbx.Repeats()
	w.pbx.Handle(w.hears)
	done := make(chan struct{})
	go w.speak(done)
	w.stop = sync.OnceFunc(func() {
		w.mu.Lock()
		w.over = true
		w.mu.Unlock()
		close(done)
	})
	t.Cleanup(w.stop)
	return w
}

// speak is everybody's sound.
func (w *town) speak(done chan struct{}) {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	last := time.Now()
	for seq := uint16(0); ; seq++ {
		select {
		case <-done:
			return
		case <-tick.C:
		}
		w.mu.Lock()
		w.stood, last = max(w.stood, time.Since(last)), time.Now()
		var to []string
		for _, k := range w.talks {
			if k.stage != talked || k.gone {
				continue
			}
			now := time.Now()
			if k.spoke.IsZero() {
				k.spoke = now
			}
			k.lull = max(k.lull, now.Sub(k.spoke))
			if k.audio == "" || k.mumbles && k.phone != "sendrecv" {
				continue
			}
			k.spoke = now
			to = append(to, k.audio)
		}
		w.mu.Unlock()
		for _, at := range to {
			if addr, err := net.ResolveUDPAddr("udp", at); err == nil {
				_, _ = w.conn.WriteToUDP(rtp(seq, 8, nil), addr)
			}
		}
	}
}

func (w *town) note(format string, args ...any) {
	w.wire = append(w.wire, fmt.Sprintf("%6d ", time.Since(w.began).Milliseconds())+fmt.Sprintf(format, args...))
}

func (w *town) accuse(format string, args ...any) {
	w.note("WRONG: "+format, args...)
	w.wrong = append(w.wrong, fmt.Sprintf(format, args...))
}

// brief is a message in a line.
func brief(m siptest.Message) string {
	direction := ""
	if d := directionOf(m.Body); d != "" {
		direction = " " + d
	}
	start := strings.TrimSuffix(m.Start, " SIP/2.0")
	if m.Method() == "NOTIFY" {
		direction = " " + m.Body
	}
	if m.Get("Refer-To") != "" {
		direction = " to " + m.Get("Refer-To")
	}
	if m.Get("Replaces") != "" {
		direction += " replaces " + m.Get("Replaces")
	}
	return fmt.Sprintf("%s [%s] %s%s", strings.TrimPrefix(start, "SIP/2.0 "), m.Get("CSeq"), short(m.Get("Call-ID")), strings.TrimSpace(direction))
}

func short(id string) string {
	if len(id) > 8 {
		id = id[:8]
	}
	return id + " "
}

// directionOf is which way a description's sound goes; "" when there is none.
func directionOf(body string) string {
	if !strings.Contains(body, "m=audio") {
		return ""
	}
	for _, d := range []string{"sendonly", "recvonly", "inactive"} {
		if strings.Contains(body, "a="+d) {
			return d
		}
	}
	return "sendrecv"
}

// audioOf is host:port of a description.
func audioOf(body string) string {
	host, port := "", ""
	for _, line := range strings.Split(body, "\r\n") {
		if rest, ok := strings.CutPrefix(line, "c=IN IP4 "); ok {
			host = rest
		}
		if rest, ok := strings.CutPrefix(line, "m=audio "); ok {
			port, _, _ = strings.Cut(rest, " ")
		}
	}
	return net.JoinHostPort(host, port)
}

func branchOf(m siptest.Message) string {
	_, branch, _ := strings.Cut(m.Get("Via"), "branch=")
	branch, _, _ = strings.Cut(branch, ";")
	return branch
}

// send writes a message, or loses it.
func (w *town) send(to, text string) {
	m := siptest.Parse(text)
	w.heard = time.Now()
	if w.loss > 0 && w.dice.IntN(100) < w.loss {
		w.note("-> LOST %s", brief(m))
		return
	}
	w.note("-> %s", brief(m))
	w.pbx.Send(to, text)
}

// later does f when d has passed, or at once while everybody is calm.
func (w *town) later(d time.Duration, f func()) {
	if w.calm || d == 0 {
		f()
		return
	}
	w.waiting++
	time.AfterFunc(d, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.waiting--
		if !w.over {
			f()
		}
	})
}

// hears takes what the phone sends.
func (w *town) hears(m siptest.Message) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.over && m.Method() != "REGISTER":
		return true
	case m.Method() == "REGISTER":
		user := userOf(m.Get("To"))
		w.note("<- REGISTER %s %s", user, m.Get("Expires"))
		w.homes[user] = home{m.From, m.ContactURI()}
		expires := "300"
		if m.Get("Expires") == "0" || strings.Contains(m.Get("Contact"), "expires=0") {
			delete(w.homes, user)
			w.leaves(m.From)
			expires = "0"
		}
		w.pbx.Send(m.From, m.Response(200, "OK", "reg", "", "Contact: "+m.Get("Contact"), "Expires: "+expires))
		return true
	case m.Method() == "OPTIONS" && m.Tag("To") == "":
		w.pbx.Send(m.From, m.Response(200, "OK", "opt", ""))
		return true
	}
	w.heard = time.Now()
	if w.loss > 0 && w.dice.IntN(100) < w.loss {
		w.note("<- LOST %s", brief(m))
		if a := w.asked[branchOf(m)+m.CSeqMethod()]; a != nil && m.Code() >= 200 {
			a.lost = true
		}
		return true
	}
	w.note("<- %s", brief(m))
	if m.Code() != 0 {
		w.answered(m)
	} else {
		w.request(m)
	}
	return true
}

func userOf(value string) string {
	_, uri, _ := strings.Cut(value, "sip:")
	user, _, _ := strings.Cut(uri, "@")
	return user
}

// leaves notes that the phone has given up an address; what it has not been told by then it never learns.
func (w *town) leaves(addr string) {
	w.left[addr] = true
	for _, k := range w.talks {
		if k.to == addr && k.stage == calling && !k.ours {
			k.gone = true
		}
	}
}

// repeat sends a request again until it is answered (RFC 3261 §17.1).
func (w *town) repeat(a *asked, wait time.Duration) {
	time.AfterFunc(wait, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.over || a.final != 0 || a.method == "INVITE" && a.provisional || time.Since(a.sent) > 64*t1 || a.talk.gone {
			return
		}
		w.send(a.to, a.text)
		wait *= 2
		if a.method != "INVITE" {
			wait = min(wait, t2)
		}
		w.repeat(a, wait)
	})
}

// insist sends an answer to an INVITE again until the ACK comes (RFC 3261 §13.3.1.4, §17.2.1).
func (w *town) insist(s *served, wait time.Duration) {
	time.AfterFunc(wait, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.over || s.acked || time.Since(s.sent) > 64*t1 || s.talk.gone {
			return
		}
		w.send(s.m.From, s.text)
		w.insist(s, min(2*wait, t2))
	})
}

// write makes a request of a talk's; an ACK has the CSeq of its INVITE.
func (k *talk) write(method, branch string, cseq int, body string, extra ...string) string {
	from, to := k.from+";tag="+k.tag, k.aor
	if k.theirs != "" && method != "CANCEL" {
		to += ";tag=" + k.theirs
	}
	lines := []string{
		method + " " + k.target + " SIP/2.0",
		"Via: SIP/2.0/UDP " + k.pbx.Addr() + ";rport;branch=" + branch,
		"Max-Forwards: 70", "From: " + from, "To: " + to, "Call-ID: " + k.id, fmt.Sprintf("CSeq: %d %s", cseq, method),
	}
	if method != "CANCEL" {
		lines = append(lines, "Contact: <sip:peer@"+k.pbx.Addr()+">")
	}
	lines = append(lines, extra...)
	if body != "" && !strings.Contains(strings.Join(extra, "\n"), "Content-Type") {
		lines = append(lines, "Content-Type: application/sdp")
	}
	return strings.Join(append(lines, fmt.Sprintf("Content-Length: %d", len(body))), "\r\n") + "\r\n\r\n" + body
}

func (k *talk) branch(method string) string {
	return fmt.Sprintf("z9hG4bK%s%d-%d-%d", method, k.n, k.cseq, time.Now().UnixNano())
}

// ask sends a request of a talk's.
func (k *talk) ask(method, body string, extra ...string) *asked {
	k.cseq++
	branch := k.branch(method)
	a := &asked{talk: k, method: method, key: branch + method, branch: branch, to: k.to, cseq: k.cseq, sent: time.Now()}
	if method == "INVITE" || method == "UPDATE" {
		a.offer = directionOf(body)
	}
	a.text = k.write(method, branch, k.cseq, body, extra...)
	k.asked[a.key] = a
	k.said[method] = true
	switch method {
	case "INVITE":
		k.inviting = a
	case "UPDATE":
		k.updating = a
	case "BYE":
		k.ends()
	}
	k.send(k.to, a.text)
	if k.dice.IntN(8) == 0 { // the network doubles it
		k.send(k.to, a.text)
	}
	if method == "INVITE" && k.theirs == "" && k.dice.IntN(8) == 0 { // and brings a copy late
		k.again(a, time.Duration(k.dice.IntN(40))*t1)
	}
	k.repeat(a, t1)
	return a
}

// again sends a request once more, whatever has become of it.
func (k *talk) again(a *asked, wait time.Duration) {
	time.AfterFunc(wait, func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		if !k.over && !k.gone {
			k.send(a.to, a.text)
		}
	})
}

func (k *talk) ends() {
	k.stage = finished
}

// cancel takes back the INVITE by which the far end has called.
func (k *talk) cancel(extra ...string) {
	a := k.inviting
	a.cancelled = true
	k.said["CANCEL"] = true
	c := &asked{talk: k, method: "CANCEL", key: a.branch + "CANCEL", branch: a.branch, to: k.to, cseq: a.cseq, sent: time.Now()}
	c.text = k.write("CANCEL", a.branch, a.cseq, "", extra...)
	k.asked[c.key] = c
	k.send(k.to, c.text)
	k.repeat(c, t1)
}

// answered takes an answer of the phone's.
func (w *town) answered(m siptest.Message) {
	a := w.asked[branchOf(m)+m.CSeqMethod()]
	if a == nil {
		w.accuse("an answer to nothing: %s", brief(m))
		return
	}
	k := a.talk
	if k.gone {
		return
	}
	switch code := m.Code(); {
	case code < 200:
		k.progress(a, m)
	case a.final != 0:
		// A copy that comes after its transaction has ended, as that of a CANCEL does at once, is a request of its own.
		if a.final/100 != code/100 && a.method != "CANCEL" && time.Since(a.sent) < 32*t1 {
			w.accuse("two answers to one request: %d, then %s", a.final, brief(m))
		}
		k.acknowledge(a)
	default:
		a.final = code
		k.final(a, m)
	}
}

// progress is a provisional answer to our INVITE.
func (k *talk) progress(a *asked, m siptest.Message) {
	a.provisional = true
	if m.Code() == 100 || a.method != "INVITE" {
		return
	}
	if a.first {
		k.theirs = m.Tag("To")
	}
	if rseq := m.Get("RSeq"); rseq != "" && !a.prack && a.final == 0 {
		a.prack = true
		body := ""
		if m.Body != "" {
			body = k.describes()
			k.agree(m.Body, directionOf(body))
		}
		k.ask("PRACK", body, fmt.Sprintf("RAck: %s %d INVITE", rseq, a.cseq))
	}
}

// acknowledge sends the ACK to a final answer, again.
func (k *talk) acknowledge(a *asked) {
	switch {
	case a.ack == "" || a.acks < 0:
	case a.acks > 0:
		a.acks--
	default:
		k.send(k.to, a.ack)
	}
}

// final is the final answer to a request of ours.
func (k *talk) final(a *asked, m siptest.Message) {
	code := m.Code()
	switch a.method {
	case "REFER":
		k.referred = k.referred && code/100 == 2
	case "UPDATE":
		k.updating = nil
		if code/100 == 2 && a.offer != "" {
			k.agree(m.Body, a.offer)
		}
	case "INVITE":
		k.inviting = nil
		if a.first {
			k.codes = append(k.codes, code)
			k.theirs = m.Tag("To")
		}
		if code/100 != 2 {
			a.ack = k.write("ACK", a.branch, a.cseq, "")
			k.acknowledge(a)
			break
		}
		body := ""
		switch {
		case a.offer != "":
			k.agree(m.Body, a.offer)
		case m.Body != "": // theirs is the offer
			body = k.describesTo(m.Body)
			k.agree(m.Body, directionOf(body))
		}
		a.ack = k.write("ACK", k.branch("ACK"), a.cseq, body)
		k.acknowledge(a)
		if a.first && k.stage == calling {
			k.stage = talked
		}
		if a.cancelled || a.first && k.stage == finished {
			k.ask("BYE", "")
		}
	}
	if k.stage == finished {
		return
	}
	if a.first && code >= 300 || (code == 481 || code == 408) && a.method != "CANCEL" && a.method != "NOTIFY" && a.method != "PRACK" && k.stage == talked {
		k.ends() // RFC 3261 §12.2.1.2, RFC 5057 §5.2
	}
}

// agree takes over an exchange of descriptions.
func (k *talk) agree(phone, far string) {
	if d := directionOf(phone); d != "" {
		k.phone, k.audio = d, audioOf(phone)
	}
	k.far = far
}

// describes is an offer of the far end's.
func (k *talk) describes() string { return k.describe("sendrecv", k.holds) }

// describesTo is its answer to one.
func (k *talk) describesTo(offer string) string { return k.describe(directionOf(offer), k.holds) }

func (k *talk) describe(offer string, holds bool) string {
	direction := map[string]string{"": "sendrecv", "sendrecv": "sendrecv", "sendonly": "recvonly", "recvonly": "sendonly", "inactive": "inactive"}[offer]
	if held := map[string]string{"sendrecv": "sendonly", "recvonly": "inactive"}[direction]; holds && held != "" {
		direction = held
	}
	return siptest.SDP(k.port, "a="+direction)
}
