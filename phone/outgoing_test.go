package phone_test

import (
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/icholy/digest"

	"leadline/phone"
	"leadline/phone/audio"
	"leadline/phone/siptest"
)

func TestOutgoingCallRingsIsAnsweredAndHungUpThere(t *testing.T) {
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	id, err := d.Dial("Office", "030 / 2094-8812")
	d.do(err)
	invite := pbx.Expect("INVITE")
	if !strings.HasPrefix(invite.Start, "INVITE sip:03020948812@"+pbx.Addr()+" ") {
		t.Errorf("dialled %s", invite.Start)
	}
	if !strings.Contains(invite.Get("From"), "sip:101@127.0.0.1") || !strings.Contains(invite.Body, "m=audio") {
		t.Errorf("From %s, body:\n%s", invite.Get("From"), invite.Body)
	}
	pbx.Reply(invite, 100, "Trying", "")
	pbx.Reply(invite, 180, "Ringing", "")
	d.state(phone.RingingThere)
	d.eventually("ringback", func() bool { tones := d.sound.Tones(); return len(tones) == 1 && tones[0] == audio.ToneRingback })
	pbx.Reply(invite, 200, "OK", siptest.SDP(4000))
	pbx.Expect("ACK")
	d.state(phone.Active)
	d.eventually("voice instead of ringback", func() bool { return len(d.sound.Tones()) == 0 && d.sound.Voices() == 1 })
	bye := &siptest.Call{Peer: pbx, ID: invite.Get("Call-ID"), Tag: "peer", Theirs: invite.Tag("From"),
		To: invite.From, Target: invite.ContactURI(), Branch: "z9hG4bKbye"}
	bye.Do("BYE", "")
	pbx.Expect("200 BYE")
	if end := d.ended(phone.HungUpThere); end.ID != id || end.Rang.IsZero() || end.Remote.User != "03020948812" {
		t.Errorf("ended: %+v", end)
	}
}

func TestTheFailuresOfOutgoingCallsAreToldApart_C4(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		code  int
		cause phone.Cause
		tone  bool
	}{
		{486, phone.Busy, true}, {600, phone.Busy, true},
		{480, phone.NoAnswer, true}, {408, phone.NoAnswer, true},
		{404, phone.NotFound, true}, {484, phone.NotFound, true}, {604, phone.NotFound, true}, {410, phone.NotFound, true},
		{603, phone.DeclinedThere, true}, {403, phone.DeclinedThere, true},
		{500, phone.Failed, true}, {305, phone.Failed, true},
	} {
		t.Run(fmt.Sprint(tt.code), func(t *testing.T) {
			pbx := siptest.New(t)
			d := newDesk(t, pbx).registered()
			_, err := d.Dial("", "102")
			d.do(err)
			invite := pbx.Expect("INVITE")
			pbx.Reply(invite, tt.code, "As it is", "")
			pbx.Expect("ACK")
			end := d.ended(tt.cause)
			if end.SIPCode != tt.code || end.SIPReason != "As it is" {
				t.Errorf("%d %q", end.SIPCode, end.SIPReason)
			}
			d.eventually("silence", func() bool { return len(d.sound.Tones()) == 0 })
		})
	}
}

// RFC 6432: a gateway says with Q.850 what a 480 or a 503 leaves open.
func TestWhatAGatewaySaysOfAFailureIsHeeded(t *testing.T) {
	t.Parallel()
	for reason, want := range map[string]struct {
		code  int
		cause phone.Cause
		words string
	}{
		`Q.850;cause=17;text="User busy"`:                    {480, phone.Busy, "As it is (User busy)"},
		`Q.850;cause=1`:                                      {503, phone.NotFound, "As it is"},
		`SIP;cause=503, Q.850 ;cause=19;text="As it is"`:     {500, phone.NoAnswer, "As it is"},
		`Q.850;cause=21`:                                     {480, phone.DeclinedThere, "As it is"},
		`Q.850;cause=38;text="Network out; \"of\" order"`:    {503, phone.Failed, `As it is (Network out; "of" order)`},
		`Q.850;cause=17, garbage;;=,;cause`:                  {404, phone.NotFound, "As it is"},
		`FreeSWITCH;cause=17;text="x", Q.850;cause=99999999`: {480, phone.NoAnswer, "As it is"},
	} {
		t.Run(reason, func(t *testing.T) {
			t.Parallel()
			pbx := siptest.New(t)
			d := newDesk(t, pbx).registered()
			_, err := d.Dial("", "102")
			d.do(err)
			pbx.Reply(pbx.Expect("INVITE"), want.code, "As it is", "", "Reason: "+reason)
			pbx.Expect("ACK")
			if end := d.state(phone.Ended); end.Cause != want.cause || end.SIPReason != want.words {
				t.Errorf("%s, %q", end.Cause, end.SIPReason)
			}
		})
	}
}

// A call that breaks says why (RFC 3326); one that ends as calls do says nothing.
func TestAByeSaysWhatWasOutOfOrder(t *testing.T) {
	t.Parallel()
	for reason, want := range map[string]string{
		`Q.850;cause=16;text="Normal Clearing"`: "",
		`SIP;cause=408;text="RTP timeout"`:      "RTP timeout",
		`SIP;cause=200, Q.850;cause=41`:         "Q.850 cause 41",
	} {
		d, caller, c, _ := talking(t, siptest.SDP(4000))
		caller.Do("BYE", "", "Reason: "+reason)
		caller.Expect("200 BYE")
		if end := d.ended(phone.HungUpThere); end.ID != c.ID || end.SIPReason != want {
			t.Errorf("%s: %q", reason, end.SIPReason)
		}
	}
}

func TestEarlyMediaIsHeardInsteadOfRingback(t *testing.T) {
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	_, err := d.Dial("", "102")
	d.do(err)
	invite := pbx.Expect("INVITE")
	pbx.Reply(invite, 183, "Session Progress", siptest.SDP(4000))
	if c := d.state(phone.Early); !c.EarlyMedia {
		t.Error("not marked as early media")
	}
	d.eventually("voice", func() bool { return d.sound.Voices() == 1 && len(d.sound.Tones()) == 0 })
	pbx.Reply(invite, 180, "Ringing", "")
	pbx.Reply(invite, 200, "OK", "") // the answer was in the 183
	pbx.Expect("ACK")
	d.state(phone.Active)
}

// RFC 3960 §3.2: a PBX that promises sound before the answer and sends none lets it ring here, and no longer than it does.
func TestPromisedSoundThatDoesNotComeIsNoSilence(t *testing.T) {
	t.Parallel()
	conn, port := rtpPort(t)
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	_, err := d.Dial("", "102")
	d.do(err)
	invite := pbx.Expect("INVITE")
	pbx.Reply(invite, 183, "Session Progress", siptest.SDP(port))
	d.state(phone.Early)
	to := &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: audioPort(t, invite.Body)}
	tones := func(n int) func() bool {
		return func() bool { return len(d.sound.Tones()) == n && d.sound.Voices() == 1 }
	}
	d.eventually("voice", tones(0))
	pbx.Reply(invite, 180, "Ringing", "")
	d.eventually("ringback", tones(1))
	if got := d.sound.Tones()[0]; got != audio.ToneRingback {
		t.Errorf("tone %v", got)
	}
	seq := uint16(0)
	d.eventually("their sound in its place", func() bool {
		_, _ = conn.WriteToUDP(rtp(seq, 8, nil), to)
		seq++
		return tones(0)()
	})
	d.eventually("ringback once it ends", tones(1))
	pbx.Reply(invite, 200, "OK", siptest.SDP(port))
	pbx.Expect("ACK")
	d.eventually("voice alone", tones(0))
}

func TestTwentyProvisionalAnswersAreSurvived(t *testing.T) {
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	_, err := d.Dial("", "102")
	d.do(err)
	invite := pbx.Expect("INVITE")
	for i := range 20 {
		pbx.Reply(invite, 180+i%4, "Again", "")
		time.Sleep(2 * time.Millisecond)
	}
	pbx.Reply(invite, 200, "OK", siptest.SDP(4000))
	pbx.Expect("ACK")
	d.state(phone.Active)
}

func TestInviteIsChallenged(t *testing.T) {
	for code, names := range map[int][2]string{
		401: {"WWW-Authenticate", "Authorization"}, 407: {"Proxy-Authenticate", "Proxy-Authorization"},
	} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			pbx := siptest.New(t)
			d := newDesk(t, pbx).registered()
			_, err := d.Dial("", "102")
			d.do(err)
			first := pbx.Expect("INVITE")
			pbx.Reply(first, code, "Who?", "", names[0]+`: Digest realm="pbx", nonce="n1", algorithm=MD5, qop="auth"`)
			pbx.Expect("ACK")
			second := pbx.Expect("INVITE")
			if !strings.Contains(second.Get(names[1]), `username="101"`) || second.CSeq() != first.CSeq()+1 {
				t.Errorf("second INVITE: CSeq %d, %q", second.CSeq(), second.Get(names[1]))
			}
			pbx.Reply(second, 200, "OK", siptest.SDP(4000))
			pbx.Expect("ACK")
			d.state(phone.Active)
		})
	}
}

// A proxy asks for its credentials and the server behind it for others (RFC 3261 §22.3); either nonce may be too old.
// What was refused is not said again.
func TestAProxyAndTheServerBehindItBothAsk(t *testing.T) {
	t.Parallel()
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	proxy := func(nonce, more string) string {
		return `Proxy-Authenticate: Digest realm="proxy", nonce="` + nonce + `", qop="auth"` + more
	}
	server := func(nonce, more string) string {
		return `WWW-Authenticate: Digest realm="server", nonce="` + nonce + `", qop="auth"` + more
	}
	shows := func(m siptest.Message, forProxy, forServer string) {
		t.Helper()
		p, s := m.Get("Proxy-Authorization"), m.Get("Authorization")
		if !strings.Contains(p, `nonce="`+forProxy+`"`) || !strings.Contains(s, `nonce="`+forServer+`"`) {
			t.Errorf("the proxy is shown %q, the server %q", p, s)
		}
	}
	id, err := d.Dial("", "102")
	d.do(err)
	ask := func(m siptest.Message, code int, challenge string) siptest.Message {
		t.Helper()
		pbx.Reply(m, code, "Who?", "", challenge)
		if m.Method() == "INVITE" {
			pbx.Expect("ACK")
		}
		return pbx.Expect(m.Method())
	}
	m := ask(pbx.Expect("INVITE"), 407, proxy("p1", ""))
	m = ask(m, 401, server("s1", ""))
	shows(m, "p1", "s1")
	m = ask(m, 407, proxy("p2", ", stale=TRUE"))
	shows(m, "p2", "s1")
	pbx.Reply(m, 200, "OK", siptest.SDP(4000))
	pbx.Expect("ACK")
	d.state(phone.Active)
	d.do(d.Hold(id, true))
	m = ask(ask(pbx.Expect("INVITE"), 407, proxy("p3", "")), 401, server("s3", ""))
	shows(m, "p3", "s3")
	pbx.Reply(m, 200, "OK", siptest.SDP(4000, "a=recvonly"))
	pbx.Expect("ACK")
	d.do(d.HangUp(id))
	m = ask(ask(ask(pbx.Expect("BYE"), 407, proxy("p4", "")), 401, server("s4", "")), 401, server("s5", ", stale=true"))
	shows(m, "p4", "s5")
	pbx.Reply(m, 200, "OK", "")

	_, err = d.Dial("", "103")
	d.do(err)
	m = ask(pbx.Expect("INVITE"), 407, proxy("p1", ""))
	pbx.Reply(m, 407, "No", "", proxy("p2", ""))
	pbx.Expect("ACK")
	if end := d.ended(phone.Failed); end.SIPCode != 407 {
		t.Errorf("ended with %d %s", end.SIPCode, end.SIPReason)
	}
	if _, again := pbx.Await("INVITE", 100*time.Millisecond); again {
		t.Error("credentials that were refused are shown again")
	}
}

// Of what a server offers, what it takes is answered: the first algorithm that we speak (RFC 8760), and qop=auth before
// auth-int, whose digest covers the body (RFC 7616 §3.4.3).
func TestAChallengeIsAnsweredAsItAsks(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ challenges, want string }{
		"auth before auth-int": {`realm="pbx", nonce="n", qop="auth-int, auth"`, "qop=auth,"},
		"auth-int":             {`realm="pbx", nonce="n", qop="auth-int"`, "qop=auth-int,"},
		"SHA-256 first":        {`realm="pbx", nonce="n", algorithm=SHA-256, qop="auth"|realm="pbx", nonce="m", algorithm=MD5, qop="auth"`, "algorithm=SHA-256,"},
		"what nobody knows":    {`realm="pbx", nonce="n", algorithm=SHA3-512, qop="auth"|realm="pbx", nonce="m", algorithm=md5, qop="auth"`, "algorithm=MD5,"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pbx := siptest.New(t)
			d := newDesk(t, pbx).registered()
			_, err := d.Dial("", "102")
			d.do(err)
			var headers []string
			for c := range strings.SplitSeq(tt.challenges, "|") {
				headers = append(headers, "WWW-Authenticate: Digest "+c)
			}
			pbx.Reply(pbx.Expect("INVITE"), 401, "Who?", "", headers...)
			pbx.Expect("ACK")
			m := pbx.Expect("INVITE")
			got := m.Get("Authorization")
			if !strings.Contains(got+",", tt.want) {
				t.Errorf("%s: %s", name, got)
			}
			c, err := digest.ParseCredentials(got)
			d.do(err)
			uri := strings.Fields(m.Start)[1]
			want, err := digest.Digest(&digest.Challenge{Realm: c.Realm, Nonce: c.Nonce, Algorithm: c.Algorithm, QOP: []string{c.QOP}}, digest.Options{
				Method: "INVITE", URI: uri, Username: "101", Password: "secret", Count: 1, Cnonce: c.Cnonce,
				GetBody: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(m.Body)), nil },
			})
			d.do(err)
			if want.Response != c.Response {
				t.Errorf("%s: response %s, want %s", name, c.Response, want.Response)
			}
			pbx.Reply(m, 486, "Busy Here", "")
			pbx.Expect("ACK")
			d.ended(phone.Busy)
		})
	}
}

// Whoever we are made to call learns nothing that passwords can be tried against; a PBX of several machines is known by
// the realm that it had before.
func TestOnlyThePBXIsToldThatWeKnowThePassword(t *testing.T) {
	pbx, other := siptest.New(t), siptest.NewAt(t, "127.0.0.2:0")
	d := newDesk(t, pbx).registered()
	challenge := func(realm string) string {
		return `WWW-Authenticate: Digest realm="` + realm + `", nonce="n1", algorithm=MD5, qop="auth"`
	}
	call := func() (phone.CallID, siptest.Message) {
		t.Helper()
		id, err := d.Dial("", "sip:bob@"+other.Addr())
		d.do(err)
		return id, other.Expect("INVITE")
	}
	strange := func(realm string) {
		t.Helper()
		_, invite := call()
		other.Reply(invite, 401, "Who?", "", challenge(realm))
		other.Expect("ACK")
		if end := d.ended(phone.Failed); end.SIPCode != 401 {
			t.Errorf("ended with %d %s", end.SIPCode, end.SIPReason)
		}
		if m, again := other.Await("INVITE", 100*time.Millisecond); again {
			t.Errorf("it is told %s", m.Get("Authorization"))
		}
	}
	strange("company")
	_, err := d.Dial("", "102")
	d.do(err)
	pbx.Reply(pbx.Expect("INVITE"), 401, "Who?", "", challenge("company"))
	pbx.Expect("ACK")
	known := pbx.Expect("INVITE")
	if !strings.Contains(known.Get("Authorization"), `realm="company"`) {
		t.Errorf("the PBX is told %q", known.Get("Authorization"))
	}
	pbx.Reply(known, 486, "Busy", "")
	pbx.Expect("ACK")
	d.ended(phone.Busy)
	strange("company") // anybody can write that

	id, invite := call()
	other.Reply(invite, 200, "OK", siptest.SDP(4000))
	other.Expect("ACK")
	d.eventually("we talk", func() bool { return d.last(id).State == phone.Active })
	d.do(d.Hold(id, true))
	for _, realm := range []string{"company", "elsewhere"} {
		hold := other.Expect("INVITE")
		other.Reply(hold, 401, "Who?", "", challenge(realm))
		other.Expect("ACK")
		if realm == "elsewhere" {
			if m, again := other.Await("INVITE", 100*time.Millisecond); again {
				t.Errorf("within the call another realm is told %s", m.Get("Authorization"))
			}
			continue
		}
		again := other.Expect("INVITE")
		if !strings.Contains(again.Get("Authorization"), `realm="company"`) {
			t.Errorf("within the call, another machine of the PBX is told %q", again.Get("Authorization"))
		}
		other.Reply(again, 200, "OK", siptest.SDP(4000, "a=recvonly"))
		other.Expect("ACK")
		d.do(d.Hold(id, false))
	}
}

func TestCancelBeforeAnyAnswerWaitsForOne(t *testing.T) {
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	id, err := d.Dial("", "102")
	d.do(err)
	invite := pbx.Expect("INVITE")
	d.do(d.HangUp(id))
	d.ended(phone.Cancelled)
	if _, early := pbx.Await("CANCEL", 50*time.Millisecond); early {
		t.Error("CANCEL went out before a provisional answer (RFC 3261 §9.1)")
	}
	pbx.Reply(invite, 180, "Ringing", "")
	cancel := pbx.Expect("CANCEL")
	if cancel.Get("Via") != invite.Get("Via") || cancel.CSeq() != invite.CSeq() {
		t.Errorf("the CANCEL doesn't match the INVITE:\n%s\n%s", cancel.Get("Via"), invite.Get("Via"))
	}
	pbx.Reply(cancel, 200, "OK", "")
	pbx.Reply(invite, 487, "Request Terminated", "")
	pbx.Expect("ACK")
}

func TestAnswerThatCrossesTheCancelIsAcknowledgedAndHungUp(t *testing.T) {
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	id, err := d.Dial("", "102")
	d.do(err)
	invite := pbx.Expect("INVITE")
	pbx.Reply(invite, 180, "Ringing", "")
	d.state(phone.RingingThere)
	d.do(d.HangUp(id))
	cancel := pbx.Expect("CANCEL")
	pbx.Reply(invite, 200, "OK", siptest.SDP(4000))
	pbx.Expect("ACK")
	bye := pbx.Expect("BYE")
	if bye.Tag("To") != "peer" || bye.Get("Call-ID") != invite.Get("Call-ID") {
		t.Errorf("BYE for %s", bye.Get("To"))
	}
	pbx.Reply(bye, 200, "OK", "")
	pbx.Reply(cancel, 481, "Too Late", "")
	d.ended(phone.Cancelled)
	if len(d.Calls()) != 0 || d.last(id).Cause != phone.Cancelled {
		t.Errorf("a ghost call: %+v", d.Calls())
	}
}

func TestSecondAnswerOfAForkIsHungUp(t *testing.T) {
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	_, err := d.Dial("", "102")
	d.do(err)
	invite := pbx.Expect("INVITE")
	pbx.Reply(invite, 200, "OK", siptest.SDP(4000))
	pbx.Expect("ACK")
	d.state(phone.Active)
	pbx.Send(invite.From, invite.Response(200, "OK", "other", siptest.SDP(4002), "Contact: <sip:other@"+pbx.Addr()+">"))
	bye := pbx.Expect("BYE")
	if bye.Tag("To") != "other" {
		t.Errorf("the wrong dialog was hung up: %s", bye.Get("To"))
	}
	pbx.Reply(bye, 200, "OK", "")
	if d.Calls()[0].State != phone.Active {
		t.Errorf("the first answer's call is %s", d.Calls()[0].State)
	}
}

func TestDeadPBXEndsTheCallWithAReason(t *testing.T) {
	t.Parallel()
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	_, err := d.Dial("", "102")
	d.do(err)
	if end := d.ended(phone.Failed); end.SIPReason == "" {
		t.Errorf("no reason: %+v", end)
	}
}

// dialled is a call of ours that rings there.
func dialled(t *testing.T, d *desk, pbx *siptest.Peer, whom string) (phone.CallID, siptest.Message) {
	t.Helper()
	id, err := d.Dial("", whom)
	d.do(err)
	invite := pbx.Expect("INVITE")
	pbx.Reply(invite, 180, "Ringing", "")
	d.call("ringing there", func(c phone.Call) bool { return c.ID == id && c.State == phone.RingingThere })
	return id, invite
}

// The agent calls a second one while the first still rings: whoever answers, one is talked with and the other waits.
func TestASecondCallIsPlacedWhileTheFirstRings(t *testing.T) {
	t.Parallel()
	t.Run("both answer", func(t *testing.T) {
		t.Parallel()
		pbx := siptest.New(t)
		d := newDesk(t, pbx).registered()
		first, invite := dialled(t, d, pbx, "102")
		second, other := dialled(t, d, pbx, "103")
		d.eventually("only the second is heard to ring", func() bool { return len(d.sound.Tones()) == 1 })
		pbx.Reply(invite, 200, "OK", siptest.SDP(4000))
		pbx.Expect("ACK")
		hold := pbx.Expect("INVITE")
		if hold.Get("Call-ID") != invite.Get("Call-ID") || !strings.Contains(hold.Body, "a=sendonly") {
			t.Errorf("%s\n%s", hold.Start, hold.Body)
		}
		pbx.Reply(hold, 200, "OK", siptest.SDP(4000, "a=recvonly"))
		pbx.Expect("ACK")
		d.eventually("the first waits", func() bool { return d.last(first).State == phone.HeldHere })
		pbx.Reply(other, 200, "OK", siptest.SDP(4002))
		pbx.Expect("ACK")
		d.eventually("the second is talked on", func() bool { return d.last(second).State == phone.Active })
		if got := d.last(first).State; got != phone.HeldHere {
			t.Errorf("the first is %s", got)
		}
	})
	t.Run("the second is busy", func(t *testing.T) {
		t.Parallel()
		pbx := siptest.New(t)
		d := newDesk(t, pbx).registered()
		first, invite := dialled(t, d, pbx, "102")
		_, other := dialled(t, d, pbx, "103")
		pbx.Reply(other, 486, "Busy Here", "")
		d.ended(phone.Busy)
		pbx.Reply(invite, 200, "OK", siptest.SDP(4000))
		pbx.Expect("ACK")
		d.eventually("the first is talked on", func() bool { return d.last(first).State == phone.Active })
		if m, held := pbx.Await("INVITE", 200*time.Millisecond); held {
			t.Errorf("it is held: %s", m.Body)
		}
	})
}

func TestDialRefusesWhatIsNoTarget(t *testing.T) {
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	for _, target := range []string{"", "  ", "sip:", "a\r\nVia: b", "<sip:x@y>"} {
		if id, err := d.Dial("", target); err == nil {
			t.Errorf("%q was dialled as %s", target, id)
		}
	}
	if _, err := d.Dial("Nowhere", "102"); err == nil {
		t.Error("an account that isn't there dials")
	}
}

// RFC 3261 §18.1.1 wants what is larger than 1300 bytes sent over TCP. PBXs that are set to UDP have nothing listening there: it
// stays with UDP, both ways.
func TestLargeMessagesStayWithUDP(t *testing.T) {
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	var way []string
	for i := range 60 {
		way = append(way, fmt.Sprintf("Record-Route: <sip:proxy%d.example;lr;of=a-long-way-to-go>", i))
	}
	way[len(way)-1] = "Record-Route: <sip:" + pbx.Addr() + ";lr>" // the nearest to us
	_, err := d.Dial("", "102")
	d.do(err)
	pbx.Reply(pbx.Expect("INVITE"), 200, "OK", siptest.SDP(4000), way...)
	ack := pbx.Expect("ACK")
	if n := len(routes(ack)); n < 2000 {
		t.Errorf("the ACK has %d bytes of Route", n)
	}
	c := d.state(phone.Active)
	d.do(d.Hold(c.ID, true))
	hold := pbx.Expect("INVITE")
	pbx.Reply(hold, 200, "OK", siptest.SDP(4000, "a=recvonly"))
	pbx.Expect("ACK")
	d.state(phone.HeldHere)
	d.do(d.HangUp(c.ID))
	pbx.Reply(pbx.Expect("BYE"), 200, "OK", "")
	caller := pbx.NewCall()
	caller.Invite(siptest.SDP(4000), way[:len(way)-1]...)
	caller.Do("CANCEL", "")
	caller.Refused(487)
}
