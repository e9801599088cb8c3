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
	stop func()
}

// GiveUp cancels it and waits for the 487.
func (r ringing) GiveUp() { r.stop() }

// Call sends an INVITE to a telephone and waits for its 180.
func (c *caller) Call(to *net.UDPAddr, user, number string) ringing {
	c.t.Helper()
	c.n++
	me := c.conn.LocalAddr().String()
	request := func(method, extra, body string) []byte {
		return fmt.Appendf(nil, "%[1]s sip:%[2]s@%[3]s SIP/2.0\r\nVia: SIP/2.0/UDP %[4]s;branch=z9hG4bK%[5]d;rport\r\n"+
			"From: \"Bench\" <sip:%[6]s@%[4]s>;tag=%[5]d\r\nTo: <sip:%[2]s@%[3]s>%[7]s\r\nCall-ID: %[5]d@%[4]s\r\n"+
			"CSeq: 1 %[1]s\r\nContact: <sip:%[6]s@%[4]s>\r\nMax-Forwards: 70\r\n%[8]sContent-Length: %[9]d\r\n\r\n%[10]s",
			method, user, to, me, c.n, number, "", extra, len(body), body)
	}
	const sdp = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n"
	r := ringing{Sent: time.Now()}
	if _, err := c.conn.WriteToUDP(request("INVITE", "Content-Type: application/sdp\r\n", sdp), to); err != nil {
		c.t.Fatal(err)
	}
	answer := c.await("180")
	r.Rang = time.Since(r.Sent)
	r.stop = func() {
		c.t.Helper()
		if _, err := c.conn.WriteToUDP(request("CANCEL", "", ""), to); err != nil {
			c.t.Fatal(err)
		}
		answer = c.await("487")
		tag := toTag.FindString(answer)
		ack := strings.Replace(string(request("ACK", "", "")), ">\r\nCall-ID", ">"+tag+"\r\nCall-ID", 1)
		if _, err := c.conn.WriteToUDP([]byte(ack), to); err != nil {
			c.t.Fatal(err)
		}
	}
	return r
}

var toTag = regexp.MustCompile(`(?m)^To:[^\r\n]*(;tag=[^;\r\n]+)`)

// await reads until an answer with that status comes for the latest call.
func (c *caller) await(status string) string {
	c.t.Helper()
	b := make([]byte, 8192)
	c.conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	for {
		n, err := c.conn.Read(b)
		if err != nil {
			c.t.Fatalf("no %s: %v", status, err)
		}
		if s := string(b[:n]); strings.HasPrefix(s, "SIP/2.0 "+status) && strings.Contains(s, fmt.Sprintf("Call-ID: %d@", c.n)) {
			return s
		}
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
