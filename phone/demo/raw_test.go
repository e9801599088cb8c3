package demo_test

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/icholy/digest"

	"leadline/phone/demo"
	"leadline/phone/rig"
	"leadline/phone/siptest"
)

const ptPCMA = 8

// raw is a telephone that writes its messages by hand.
type raw struct {
	t    *testing.T
	pbx  *demo.PBX
	conn net.PacketConn
	to   net.Addr
	seq  int
}

func newRaw(t *testing.T, p *demo.PBX) *raw {
	t.Helper()
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	to, err := net.ResolveUDPAddr("udp4", p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	return &raw{t: t, pbx: p, conn: conn, to: to}
}

func (r *raw) write(text string) {
	r.t.Helper()
	if _, err := r.conn.WriteTo([]byte(text), r.to); err != nil {
		r.t.Fatal(err)
	}
}

// read is the next message that what fits: a method or a status.
func (r *raw) read(what string) siptest.Message {
	r.t.Helper()
	buf := make([]byte, 1<<16)
	for {
		_ = r.conn.SetReadDeadline(time.Now().Add(5 * time.Second))
		n, _, err := r.conn.ReadFrom(buf)
		if err != nil {
			r.t.Fatalf("no %s: %v", what, err)
		}
		m := siptest.Parse(string(buf[:n]))
		if m.Method() == what || fmt.Sprint(m.Code()) == what {
			return m
		}
	}
}

// request writes one; lines are whole header lines.
func (r *raw) request(method, user, callID, toTag, body string, lines ...string) {
	r.t.Helper()
	r.seq++
	if toTag != "" {
		toTag = ";tag=" + toTag
	}
	host := r.conn.LocalAddr()
	text := fmt.Sprintf("%s sip:%s@%s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bK%s%s%d;rport\r\nMax-Forwards: 70\r\n"+
		"From: <sip:101@%s>;tag=me\r\nTo: <sip:%s@%s>%s\r\nCall-ID: %s\r\nCSeq: %d %s\r\n",
		method, user, r.pbx.Addr(), host, callID, method, r.seq, r.pbx.Addr(), user, r.pbx.Addr(), toTag, callID, r.seq, method)
	if !strings.Contains(strings.Join(lines, "\n"), "Contact:") {
		lines = append(lines, fmt.Sprintf("Contact: <sip:101@%s>", host))
	}
	if body != "" {
		lines = append(lines, "Content-Type: application/sdp")
	}
	text += strings.Join(lines, "\r\n") + fmt.Sprintf("\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	r.write(text)
}

// authorized answers the challenge of m.
func (r *raw) authorized(m siptest.Message, method, password string) string {
	r.t.Helper()
	chal, err := digest.ParseChallenge(m.Get("WWW-Authenticate"))
	if err != nil {
		r.t.Fatal(err)
	}
	cred, err := digest.Digest(chal, digest.Options{Method: method, URI: "sip:" + r.pbx.Addr(), Username: "101", Password: password})
	if err != nil {
		r.t.Fatal(err)
	}
	return "Authorization: " + cred.String()
}

// register sends a REGISTER with the right password; lines are more headers.
func (r *raw) register(lines ...string) siptest.Message {
	r.t.Helper()
	r.request("REGISTER", "101", "reg", "", "", lines...)
	_, password := r.pbx.Account()
	r.request("REGISTER", "101", "reg", "", "", append(lines, r.authorized(r.read("401"), "REGISTER", password))...)
	return r.read("200")
}

func TestTheRegistrarWantsThePassword(t *testing.T) {
	p := start(t, demo.Options{Password: "right"})
	r := newRaw(t, p)
	r.request("REGISTER", "101", "a", "", "")
	chal := r.read("401")
	r.request("REGISTER", "101", "a", "", "", r.authorized(chal, "REGISTER", "wrong"))
	r.read("403")
	if p.Telephones() != 0 {
		t.Error("registered with a wrong password")
	}
	if _, err := p.Call(demo.Known); !errors.Is(err, demo.ErrNotRegistered) {
		t.Errorf("a call without a telephone: %v", err)
	}
	r.request("REGISTER", "101", "a", "", "", r.authorized(chal, "REGISTER", "right"))
	r.read("200")
	if p.Telephones() != 1 {
		t.Error("not registered with the right password")
	}
	// A nonce that somebody made up gets a new challenge and nothing else.
	forged := siptest.Parse(strings.Replace(chal.Response(200, "x", "", "", `WWW-Authenticate: Digest realm="demo", nonce="zz-00", qop="auth"`), "\n\n", "\n", 1))
	r.request("REGISTER", "101", "a", "", "", r.authorized(forged, "REGISTER", "right"))
	r.read("401")
}

func TestTheRegistrarKeepsContactsAsRFC3261Says(t *testing.T) {
	p := start(t, demo.Options{})
	r := newRaw(t, p)
	for _, step := range []struct {
		name      string
		lines     []string
		telephone int
		contact   string
	}{
		{"a long wish is cut", []string{"Contact: <sip:101@127.0.0.1:9>", "Expires: 3600"}, 1, "expires=120"},
		{"the parameter wins", []string{"Contact: <sip:101@127.0.0.1:9>;expires=30", "Expires: 90"}, 1, "expires=30"},
		{"a second telephone", []string{"Contact: <sip:101@127.0.0.1:10>"}, 2, ""},
		{"one leaves", []string{"Contact: <sip:101@127.0.0.1:9>;expires=0"}, 1, "127.0.0.1:10"},
		{"all leave", []string{"Contact: *", "Expires: 0"}, 0, ""},
	} {
		m := r.register(step.lines...)
		if got := p.Telephones(); got != step.telephone {
			t.Errorf("%s: %d telephones, want %d", step.name, got, step.telephone)
		}
		if !strings.Contains(m.Get("Contact"), step.contact) {
			t.Errorf("%s: Contact is %q", step.name, m.Get("Contact"))
		}
	}
}

func TestAWithheldCustomerShowsNothing(t *testing.T) {
	p := start(t, demo.Options{})
	r := newRaw(t, p)
	r.register()
	call := ring(t, p, demo.Withheld)
	m := r.read("INVITE")
	if from := m.Get("From"); !strings.Contains(from, "<sip:anonymous@anonymous.invalid>") {
		t.Errorf("From: %s", from)
	}
	if m.Get("Privacy") != "id" || m.Get("X-Line") != demo.MainLine || !strings.Contains(m.Get("To"), demo.MainLine) {
		t.Errorf("Privacy %q, X-Line %q, To %q", m.Get("Privacy"), m.Get("X-Line"), m.Get("To"))
	}
	r.write(m.Response(486, "Busy Here", "x", ""))
	r.read("ACK")
	await(t, call, demo.Ended)
	if call.End().Code != 486 {
		t.Errorf("ended with %+v", call.End())
	}
}

func TestAnAnswerThatCrossesTheCancelIsHungUp(t *testing.T) {
	p := start(t, demo.Options{})
	r := newRaw(t, p)
	r.register()
	call := ring(t, p, demo.Known)
	invite := r.read("INVITE")
	r.write(invite.Response(180, "Ringing", "x", ""))
	await(t, call, demo.Ringing)
	call.HangUp()
	cancel := r.read("CANCEL")
	r.write(invite.Response(200, "OK", "x", siptest.SDP(40000),
		fmt.Sprintf("Contact: <sip:101@%s>", r.conn.LocalAddr()), "Content-Type: application/sdp"))
	r.write(cancel.Response(200, "OK", "x", ""))
	r.read("ACK")
	r.write(r.read("BYE").Response(200, "OK", "", ""))
	await(t, call, demo.Ended)
}

// dial calls the echo test and gives back its 200.
func (r *raw) dial(body string) siptest.Message {
	r.t.Helper()
	r.request("INVITE", "600", "out", "", body)
	m := r.read("401")
	_, password := r.pbx.Account()
	r.request("ACK", "600", "out", m.Tag("To"), "")
	r.request("INVITE", "600", "out", "", body, r.authorized(m, "INVITE", password))
	return r.read("200")
}

func TestACallIsHeldAndTakenBack(t *testing.T) {
	r := newRaw(t, start(t, demo.Options{}))
	ok := r.dial(siptest.SDP(40000))
	r.seq--
	r.request("ACK", "600", "out", ok.Tag("To"), "")
	call := <-r.pbx.Taken()
	await(t, call, demo.Answered)
	for _, c := range []struct{ offer, answer string }{
		{"sendonly", "recvonly"}, {"inactive", "inactive"}, {"sendrecv", "sendrecv"},
	} {
		r.request("INVITE", "600", "out", ok.Tag("To"), siptest.SDP(40000, "a="+c.offer))
		m := r.read("200")
		if !strings.Contains(m.Body, "a="+c.answer) {
			t.Errorf("%s is answered with\n%s", c.offer, m.Body)
		}
		r.seq--
		r.request("ACK", "600", "out", ok.Tag("To"), "")
	}
	r.request("BYE", "600", "out", ok.Tag("To"), "")
	r.read("200")
	await(t, call, demo.Ended)
}

func TestAnInviteWithoutAnOfferGetsOne(t *testing.T) {
	r := newRaw(t, start(t, demo.Options{}))
	ok := r.dial("")
	if !strings.Contains(ok.Body, "m=audio") {
		t.Fatalf("no offer in the 200:\n%s", ok.Body)
	}
	media, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer media.Close()
	r.seq--
	r.request("ACK", "600", "out", ok.Tag("To"), siptest.SDP(media.LocalAddr().(*net.UDPAddr).Port))
	var port int
	_, line, _ := strings.Cut(ok.Body, "m=audio ")
	if _, err := fmt.Sscan(line, &port); err != nil {
		t.Fatal(err)
	}
	packet := append([]byte{0x80, ptPCMA, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1}, make([]byte, 160)...)
	rig.Eventually(t, 20*time.Second, "an echo", func() (bool, string) {
		if _, err := media.WriteTo(packet, &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port}); err != nil {
			return false, err.Error()
		}
		buf := make([]byte, 1500)
		_ = media.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
		n, _, err := media.ReadFrom(buf)
		return n == len(packet) && string(buf[12:n]) == string(packet[12:]), fmt.Sprint(n, err)
	})
}

func TestGarbageIsSurvived(t *testing.T) {
	p := start(t, demo.Options{})
	r := newRaw(t, p)
	for _, text := range []string{
		"", "\r\n\r\n", "INVITE", "INVITE sip:101 SIP/2.0\r\n\r\n",
		"REGISTER sip:x SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKx\r\nCSeq: 1 REGISTER\r\n\r\n",
		"BYE sip:101@x SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:1;branch=z9hG4bKy\r\nFrom: <sip:a@b>\r\nTo: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: 1 BYE\r\n\r\n",
		strings.Repeat("A: b\r\n", 5000),
	} {
		r.write(text)
	}
	r.request("INFO", "101", "none", "x", "")
	r.read("481")
	r.request("INVITE", "600", "none", "x", siptest.SDP(40000))
	r.read("481")
	r.request("SUBSCRIBE", "101", "sub", "", "")
	r.read("405")
	r.register()
	rig.Eventually(t, 20*time.Second, "it still registers telephones", func() (bool, string) {
		return p.Telephones() == 1, fmt.Sprint(p.Telephones())
	})
}

func TestTheBoxListensOnLoopbackOnly(t *testing.T) {
	if p, err := demo.Start(demo.Options{Addr: "0.0.0.0:0"}); err == nil {
		p.Close()
		t.Error("it listens to the world")
	}
}
