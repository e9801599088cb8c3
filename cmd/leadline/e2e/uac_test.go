package e2e

import (
	"fmt"
	"net"
	"regexp"
	"strings"
	"testing"
	"time"

	phone "leadline/phone/rig"
)

// caller is the smallest thing that can make a telephone ring. It measures to the
// microsecond, which SIPp, whose clock has milliseconds, does not.
type caller struct {
	t    *testing.T
	conn *net.UDPConn
	n    int
}

func newCaller(t *testing.T) *caller {
	t.Helper()
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return &caller{t: t, conn: conn}
}

// ringing is a call that rings.
type ringing struct {
	Sent time.Time     // the INVITE
	Rang time.Duration // from then to the 180

	c      *caller
	to     *net.UDPAddr
	user   string
	number string
	tag    string // of the telephone, once it has answered
}

// request is a request of the call, as whoever calls sends it.
func (r *ringing) request(method string, sequence int, extra, body string) []byte {
	me := r.c.conn.LocalAddr().String()
	return fmt.Appendf(nil, "%[1]s sip:%[2]s@%[3]s SIP/2.0\r\nVia: SIP/2.0/UDP %[4]s;branch=z9hG4bK%[5]d%[11]s;rport\r\n"+
		"From: \"Bench\" <sip:%[6]s@%[4]s>;tag=%[5]d\r\nTo: <sip:%[2]s@%[3]s>%[7]s\r\nCall-ID: %[5]d@%[4]s\r\n"+
		"CSeq: %[10]d %[1]s\r\nContact: <sip:%[6]s@%[4]s>\r\nMax-Forwards: 70\r\n%[8]sContent-Length: %[9]d\r\n\r\n%[12]s",
		method, r.user, r.to, me, r.c.n, r.number, r.tag, extra, len(body), sequence, branches[method], body)
}

// branches sets a request apart from the INVITE; a CANCEL has the INVITE's (RFC 3261 9.1).
var branches = map[string]string{"ACK": "a", "BYE": "b"}

func (r *ringing) send(request []byte) {
	r.c.t.Helper()
	if _, err := r.c.conn.WriteToUDP(request, r.to); err != nil {
		r.c.t.Fatal(err)
	}
}

// GiveUp cancels it and waits for the 487.
func (r *ringing) GiveUp() {
	r.c.t.Helper()
	r.send(r.request("CANCEL", 1, "", ""))
	r.tag = toTag.FindStringSubmatch(r.c.await("487"))[1]
	ack := r.request("ACK", 1, "", "")
	r.send([]byte(strings.Replace(string(ack), "a;rport", ";rport", 1))) // of the INVITE's transaction (17.1.1.3)
}

// Answered waits for the 200.
func (r *ringing) Answered() {
	r.c.t.Helper()
	r.tag = toTag.FindStringSubmatch(r.c.await("200"))[1]
	r.send(r.request("ACK", 1, "", ""))
}

// HangUp ends a call that was answered.
func (r *ringing) HangUp() {
	r.c.t.Helper()
	r.send(r.request("BYE", 2, "", ""))
	for !strings.Contains(r.c.await("200"), "CSeq: 2 BYE") {
	}
}

// Call sends an INVITE to a telephone and waits for its 180.
func (c *caller) Call(to *net.UDPAddr, user, number string) *ringing {
	c.t.Helper()
	c.n++
	r := &ringing{c: c, to: to, user: user, number: number}
	const sdp = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n"
	invite := r.request("INVITE", 1, "Content-Type: application/sdp\r\n", sdp)
	r.Sent = time.Now()
	r.send(invite)
	c.await("180")
	r.Rang = time.Since(r.Sent)
	return r
}

var toTag = regexp.MustCompile(`(?m)^To:[^\r\n]*(;tag=[^;\r\n]+)`)

// await reads until an answer with that status comes for the latest call.
func (c *caller) await(status string) string {
	c.t.Helper()
	b := make([]byte, 8192)
	c.conn.SetReadDeadline(time.Now().Add(2 * soon))
	var came []string
	for {
		n, err := c.conn.Read(b)
		if err != nil {
			c.t.Fatalf("call %d: no %s, but %q: %v", c.n, status, came, err)
		}
		s := string(b[:n])
		if strings.HasPrefix(s, "SIP/2.0 "+status) && strings.Contains(s, fmt.Sprintf("Call-ID: %d@", c.n)) {
			return s
		}
		came = append(came, s)
	}
}

// registrar takes every registration, and tells when and from where.
type registrar struct {
	conn *net.UDPConn
	came chan registered
}

type registered struct {
	At      time.Time
	User    string
	Contact *net.UDPAddr
}

func newRegistrar(t *testing.T) *registrar {
	t.Helper()
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: phone.FreePort(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	r := &registrar{conn: conn, came: make(chan registered, 16)}
	go r.serve()
	return r
}

func (r *registrar) Addr() string { return r.conn.LocalAddr().String() }

var (
	headers = regexp.MustCompile(`(?mi)^(?:(?:Via|v|From|f|Call-ID|i|CSeq): ?[^\r\n]*)`)
	toLine  = regexp.MustCompile(`(?mi)^(?:To|t): ?[^\r\n]*`)
	contact = regexp.MustCompile(`(?mi)^(?:Contact|m): ?[^\r\n]*?<(sip:([^@>;]+)@([0-9.]+:[0-9]+)[^>]*)>`)
)

func (r *registrar) serve() {
	b := make([]byte, 8192)
	for {
		n, from, err := r.conn.ReadFromUDP(b)
		if err != nil {
			return
		}
		s := string(b[:n])
		if !strings.HasPrefix(s, "REGISTER ") {
			continue
		}
		lines := append(headers.FindAllString(s, -1), toLine.FindString(s)+";tag=r")
		m := contact.FindStringSubmatch(s)
		if m != nil {
			lines = append(lines, "Contact: <"+m[1]+">;expires=300")
		}
		_, _ = r.conn.WriteToUDP([]byte("SIP/2.0 200 OK\r\n"+strings.Join(lines, "\r\n")+"\r\nContent-Length: 0\r\n\r\n"), from)
		if m == nil {
			continue
		}
		if addr, err := net.ResolveUDPAddr("udp", m[3]); err == nil {
			select {
			case r.came <- registered{time.Now(), m[2], addr}:
			default:
			}
		}
	}
}

// Wait waits for the next registration.
func (r *registrar) Wait(t *testing.T, within time.Duration) registered {
	t.Helper()
	select {
	case came := <-r.came:
		return came
	case <-time.After(within):
		t.Fatalf("nobody registered within %v", within)
		return registered{}
	}
}
