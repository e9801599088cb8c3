package phone_test

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"leadline/phone"
	"leadline/phone/siptest"
)

// talking is a desk in a call that the peer began, and the port of its sound.
func talking(t *testing.T, offer string) (*desk, *siptest.Call, phone.Call, int) {
	t.Helper()
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	caller := pbx.NewCall()
	caller.Invite(offer)
	c := d.state(phone.Ringing)
	d.do(d.Answer(c.ID))
	ok := caller.Answered("")
	d.state(phone.Active)
	return d, caller, c, audioPort(t, ok.Body)
}

func audioPort(t *testing.T, body string) int {
	t.Helper()
	for _, line := range strings.Split(body, "\r\n") {
		if rest, ok := strings.CutPrefix(line, "m=audio "); ok {
			port, _ := strconv.Atoi(strings.Fields(rest)[0])
			return port
		}
	}
	t.Fatalf("no audio in\n%s", body)
	return 0
}

// stillWorks hangs up from the other end and takes another call.
func stillWorks(t *testing.T, d *desk, caller *siptest.Call, c phone.Call) {
	t.Helper()
	caller.Do("BYE", "")
	caller.Expect("200 BYE")
	d.call("hung up there", func(x phone.Call) bool { return x.ID == c.ID && x.Cause == phone.HungUpThere })
	again := caller.NewCall()
	again.Invite(siptest.SDP(4100))
	again.Do("CANCEL", "")
	again.Refused(487)
}

// rtp is a packet with an optional header extension.
func rtp(seq uint16, payload byte, extension []byte) []byte {
	b := []byte{0x80, payload, byte(seq >> 8), byte(seq), 0, 0, byte(seq), 0, 1, 2, 3, 4}
	binary.BigEndian.PutUint32(b[4:], uint32(seq)*160)
	if extension != nil {
		b[0] |= 0x10
		b = append(b, extension...)
	}
	frame := make([]byte, 160)
	for i := range frame {
		frame[i] = 0xd5
	}
	return append(b, frame...)
}

func TestRTPWithPaddedHeaderExtensionsIsHeard(t *testing.T) {
	t.Parallel()
	conn, port := rtpPort(t)
	d, caller, c, theirs := talking(t, siptest.SDP(port))
	to := &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: theirs}
	extensions := [][]byte{
		{0xbe, 0xde, 0, 1, 0x10, 0x7f, 0, 0},             // one byte, then padding
		{0xbe, 0xde, 0, 2, 0x10, 0x7f, 0, 0, 0, 0, 0, 0}, // a whole word of it
		{0xbe, 0xde, 0, 1, 0, 0, 0, 0},                   // nothing but padding
		{0x10, 0x00, 0, 1, 1, 0, 0, 0},                   // two-byte form
		{0xbe, 0xde, 0, 0},                               // empty
	}
	for seq := range 100 {
		_, _ = conn.WriteToUDP(rtp(uint16(seq), 8, extensions[seq%len(extensions)]), to)
		time.Sleep(time.Millisecond)
		d.sound.Frame(nil)
	}
	d.eventually("the packets counted", func() bool { return d.Calls()[0].Stats.Received >= 90 })
	stillWorks(t, d, caller, c)
}

func TestGarbageOnTheMediaPort(t *testing.T) {
	conn, port := rtpPort(t)
	d, caller, c, theirs := talking(t, siptest.SDP(port))
	to := &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: theirs}
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		b := make([]byte, rnd.IntN(200))
		for i := range b {
			b[i] = byte(rnd.Uint32())
		}
		if len(b) > 0 && rnd.IntN(2) == 0 {
			b[0] = 0x80 | b[0]&0x3f
		}
		_, _ = conn.WriteToUDP(b, to)
	}
	stillWorks(t, d, caller, c)
}

// Who finds the port of a call in the clear can't speak in the far end's name.
func TestAStrangersSoundIsNotHeard(t *testing.T) {
	t.Parallel()
	conn, port := rtpPort(t)
	stranger, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 2)})
	if err != nil {
		t.Fatal(err)
	}
	defer stranger.Close()
	d, caller, c, theirs := talking(t, siptest.SDP(port))
	to := &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: theirs}
	for seq := range uint16(40) {
		_, _ = conn.WriteToUDP(rtp(seq, 8, nil), to)
		foreign := rtp(seq+9000, 8, nil)
		foreign[8] ^= 0xff // another source
		_, _ = stranger.WriteToUDP(foreign, to)
	}
	d.eventually("the packets counted", func() bool { return d.Calls()[0].Stats.Received >= 40 })
	if got := d.Calls()[0].Stats; got.Received != 40 || got.Lost != 0 {
		t.Errorf("of the far end's 40 packets and a stranger's 40, %d were taken, %d lost", got.Received, got.Lost)
	}
	stillWorks(t, d, caller, c)
}

func TestInfoAndNotifyWithoutContentType(t *testing.T) {
	d, caller, c, _ := talking(t, siptest.SDP(4000))
	caller.Do("INFO", "")
	caller.Expect("200 INFO")
	caller.Do("INFO", "x", "Info-Package: teleport", "Content-Type: text/plain") // RFC 6086 §4.2.2
	if m := caller.Expect("469 INFO"); !slices.ContainsFunc(m.Headers, func(h siptest.Header) bool { return h.Name == "Recv-Info" }) {
		t.Error("no Recv-Info in the 469")
	}
	caller.Do("NOTIFY", "", "Event: refer", "Subscription-State: active")
	caller.Expect("200 NOTIFY")
	caller.Do("OPTIONS", "")
	caller.Expect("200 OPTIONS")
	caller.Do("REFER", "", "Refer-To: <sip:103@127.0.0.1>")
	caller.Expect("202 REFER") // nobody is at that address: the call here goes on
	stillWorks(t, d, caller, c)
}

func TestRequestsOutsideOfAnyDialog(t *testing.T) {
	pbx := siptest.New(t)
	newDesk(t, pbx).registered()
	for _, tt := range []struct {
		method string
		theirs string
		code   int
	}{
		{"NOTIFY", "", 200}, {"INFO", "", 481}, {"REFER", "", 403}, {"OPTIONS", "", 200}, {"MESSAGE", "", 200},
		{"SUBSCRIBE", "", 405}, {"UPDATE", "", 481}, {"PRACK", "", 481}, {"WHATEVER", "", 405},
		{"BYE", "ghost", 481}, {"INVITE", "ghost", 481}, {"INFO", "ghost", 481}, {"NOTIFY", "ghost", 481}, {"REFER", "ghost", 481}, {"UPDATE", "ghost", 481},
	} {
		c := pbx.NewCall()
		c.Theirs = tt.theirs
		c.Do(tt.method, "")
		c.Expect(fmt.Sprintf("%d %s", tt.code, tt.method))
	}
}

func TestMessagesThatLackWhatTheyMustHave(t *testing.T) {
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	for _, method := range []string{"INVITE", "BYE", "ACK", "CANCEL", "INFO", "NOTIFY", "OPTIONS", "REFER", "UPDATE", "MESSAGE"} {
		for _, missing := range []string{"From", "To", "Call-ID", "CSeq", "Via", "Contact"} {
			for _, tag := range []string{"", "x"} {
				c := pbx.NewCall()
				c.Theirs = tag
				var kept []string
				for _, line := range strings.Split(c.Request(method, siptest.SDP(4000)), "\r\n") {
					if !strings.HasPrefix(line, missing+":") {
						kept = append(kept, line)
					}
				}
				c.Send(c.To, strings.Join(kept, "\r\n"))
			}
		}
	}
	caller := pbx.NewCall()
	caller.Invite(siptest.SDP(4000))
	d.eventually("it rings nevertheless", d.sound.Ringing)
}

func TestGarbageDatagrams(t *testing.T) {
	t.Parallel()
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	caller := pbx.NewCall()
	good := caller.Request("INVITE", siptest.SDP(4000))
	rnd := rand.New(rand.NewPCG(3, 4))
	for i := range 3000 {
		b := []byte(good)
		for range 1 + rnd.IntN(8) {
			b[rnd.IntN(len(b))] = byte(rnd.Uint32())
		}
		switch i % 3 {
		case 0:
			b = b[:rnd.IntN(len(b))]
		case 1:
			at := rnd.IntN(len(b))
			b = append(b[:at:at], b[rnd.IntN(len(b)):]...)
		}
		pbx.Send(caller.To, string(b))
		if i%50 == 0 {
			time.Sleep(time.Millisecond)
		}
	}
	for _, text := range []string{"\x00", "\r\n\r\n", "SIP/2.0 200 OK\r\n\r\n", "SIP/2.0 abc\r\n\r\n", "INVITE\r\n\r\n", strings.Repeat("A", 60000)} {
		pbx.Send(caller.To, text)
	}
	last := pbx.NewCall()
	deadline := time.Now().Add(2 * siptest.Patience)
	for again := time.Now(); ; { // the flood may have cost a datagram, which is why INVITEs are repeated
		if time.Now().After(again) {
			for _, c := range d.Calls() { // some of the garbage was an INVITE still
				if c.SIPCallID != last.ID {
					_ = d.Decline(c.ID, true)
				}
			}
			last.Send(last.To, last.Request("INVITE", siptest.SDP(4000)))
			again = time.Now().Add(200 * time.Millisecond)
		}
		if m, ok := last.Await("180", 200*time.Millisecond); ok && m.Get("Call-ID") == last.ID {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("it doesn't ring any more")
		}
	}
	d.call("it rings", func(c phone.Call) bool { return c.SIPCallID == last.ID && c.State == phone.Ringing })
}

func TestNobodyAcknowledgesOur200(t *testing.T) {
	t.Parallel()
	pbx := siptest.New(t)
	pbx.Repeats()
	d := newDesk(t, pbx).registered()
	caller := pbx.NewCall()
	caller.Invite(siptest.SDP(4000))
	c := d.state(phone.Ringing)
	d.do(d.Answer(c.ID))
	for range 4 { // it is repeated
		pbx.Expect("200 INVITE")
	}
	bye := pbx.Expect("BYE")
	pbx.Reply(bye, 200, "OK", "")
	if end := d.ended(phone.Failed); !strings.Contains(end.SIPReason, "ACK") {
		t.Errorf("reason %q", end.SIPReason)
	}
	d.eventually("gone", func() bool { return len(d.Calls()) == 0 && d.sound.Voices() == 0 })
}

// RFC 3261 §13.3.1.4: it ends with a BYE also where the agent hangs up while the ACK is waited for.
func TestACallIsHungUpThoughNobodyAcknowledgesOur200(t *testing.T) {
	t.Parallel()
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	hungUp := map[string]bool{}
	for range 5 {
		caller := pbx.NewCall()
		caller.Invite(siptest.SDP(4000))
		c := d.rings()
		d.do(d.Answer(c.ID))
		d.do(d.HangUp(c.ID))
		hungUp[caller.ID] = false
	}
	for range hungUp {
		bye := pbx.Expect("BYE")
		pbx.Reply(bye, 200, "OK", "")
		if was, ours := hungUp[bye.Get("Call-ID")]; was || !ours {
			t.Errorf("BYE of the call %s once more, or of another", bye.Get("Call-ID"))
		}
		hungUp[bye.Get("Call-ID")] = true
	}
}

// Nor is a second BYE sent where the first has no answer either.
func TestACallOfWhoIsGoneIsHungUpOnce(t *testing.T) {
	t.Parallel()
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	caller := pbx.NewCall()
	caller.Invite(siptest.SDP(4000))
	c := d.rings()
	d.do(d.Answer(c.ID))
	d.do(d.HangUp(c.ID))
	pbx.Expect("BYE")
	d.eventually("gone", func() bool { return len(d.Calls()) == 0 && d.sound.Voices() == 0 })
	if m, ok := pbx.Await("BYE", 300*time.Millisecond); ok {
		t.Errorf("hung up once more: CSeq %s", m.Get("CSeq"))
	}
}

func TestUnusualOffersAreAnswered(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		offer string
		want  []string
	}{
		"video beside": {siptest.SDP(4000, "m=video 4002 RTP/AVP 96", "a=rtpmap:96 H264/90000"), []string{"m=audio ", "m=video 0 RTP/AVP 96"}},
		"video first":  {"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=video 4002 RTP/AVP 96\r\nm=audio 4000 RTP/AVP 8\r\n", []string{"m=video 0 RTP/AVP 96\r\n"}},
		"AVPF":         {strings.Replace(siptest.SDP(4000), "RTP/AVP", "RTP/AVPF", 1), []string{"RTP/AVPF 8"}},
		"telephone-event 100": {strings.ReplaceAll(siptest.SDP(4000), "101", "100"),
			[]string{"a=rtpmap:100 telephone-event/8000"}},
		"µ law only": {"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n", []string{"RTP/AVP 0"}},
	} {
		t.Run(name, func(t *testing.T) {
			pbx := siptest.New(t)
			d := newDesk(t, pbx).registered()
			caller := pbx.NewCall()
			caller.Invite(tt.offer)
			d.do(d.Answer(d.state(phone.Ringing).ID))
			ok := caller.Answered("")
			for _, want := range tt.want {
				if !strings.Contains(ok.Body, want) {
					t.Errorf("no %q in\n%s", want, ok.Body)
				}
			}
			d.state(phone.Active)
		})
	}
}

func TestOfferWithNothingForUsIsRefusedBeforeItRings(t *testing.T) {
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	caller := pbx.NewCall()
	caller.Do("INVITE", "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 18\r\na=rtpmap:18 G729/8000\r\n")
	caller.Refused(488)
	if len(d.Calls()) != 0 {
		t.Error("it rang")
	}
}

func TestInviteWithoutSDPGetsOurOffer(t *testing.T) {
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	caller := pbx.NewCall()
	caller.Invite("")
	c := d.state(phone.Ringing)
	d.do(d.Answer(c.ID))
	ok := caller.Answered(siptest.SDP(4000))
	if !strings.Contains(ok.Body, "m=audio") {
		t.Errorf("no offer in\n%s", ok.Body)
	}
	d.eventually("voice", func() bool { return d.sound.Voices() == 1 })
	d.eventually("the codec is known", func() bool {
		got := d.last(c.ID)
		return got.Codec == "PCMA" && got.State == phone.Active
	})
	stillWorks(t, d, caller, c)
}

func TestDigitsAndMute(t *testing.T) {
	conn, port := rtpPort(t)
	d, caller, c, _ := talking(t, siptest.SDP(port))
	d.do(d.Mute(c.ID, true))
	d.call("muted", func(x phone.Call) bool { return x.Muted })
	d.do(d.SendDigits(c.ID, "12#"))
	if err := d.SendDigits(c.ID, "x"); err == nil {
		t.Error("x is a digit")
	}
	seen := map[byte]bool{}
	go func() {
		for range 200 {
			d.sound.Frame(nil)
			time.Sleep(time.Millisecond)
		}
	}()
	buf := make([]byte, 2000)
	_ = conn.SetReadDeadline(time.Now().Add(2 * time.Second))
	for len(seen) < 3 {
		n, err := conn.Read(buf)
		if err != nil {
			t.Fatalf("digits heard: %v, %v", seen, err)
		}
		if n == 16 && buf[1]&0x7f == 101 {
			seen[buf[12]] = true
		}
	}
	if d.last(c.ID).Digits != "12#" || !seen[1] || !seen[2] || !seen[11] {
		t.Errorf("digits %q, events %v", d.last(c.ID).Digits, seen)
	}
	stillWorks(t, d, caller, c)
}

func TestAReinviteMayChangeTheCodec(t *testing.T) {
	d, caller, c, _ := talking(t, siptest.SDP(4000))
	if got := d.last(c.ID).Codec; got != "PCMA" {
		t.Fatalf("the call began in %s", got)
	}
	opus := "v=0\r\no=peer 1 2 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n" +
		"m=audio 4000 RTP/AVP 96 8 101 97\r\na=rtpmap:96 opus/48000/2\r\na=rtpmap:8 PCMA/8000\r\n" +
		"a=rtpmap:101 telephone-event/8000\r\na=rtpmap:97 telephone-event/48000\r\n"
	for _, change := range []struct{ offer, codec string }{
		{opus, "Opus"}, {siptest.SDP(4000), "PCMA"},
	} {
		caller.Do("INVITE", change.offer)
		ok := caller.Expect("200 INVITE")
		caller.Do("ACK", "")
		if change.codec == "Opus" && !strings.Contains(ok.Body, "a=rtpmap:96 opus/48000/2\r\n") {
			t.Errorf("the answer is\n%s", ok.Body)
		}
		d.eventually("the codec is "+change.codec, func() bool { return d.last(c.ID).Codec == change.codec })
	}
	stillWorks(t, d, caller, c)
}

func TestTheirDigitsAreShown(t *testing.T) {
	d, caller, c, port := talking(t, siptest.SDP(4000))
	caller.Do("INFO", "Signal=5\r\nDuration=160\r\n", "Content-Type: application/dtmf-relay")
	caller.Expect("200 INFO")
	caller.Do("INFO", "whatever", "Content-Type: text/plain")
	caller.Expect("200 INFO")
	d.call("5 was heard", func(x phone.Call) bool { return x.HeardDigits == "5" })
	conn, err := net.Dial("udp", "127.0.0.1:"+strconv.Itoa(port))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for seq := range uint16(4) { // one key, told four times
		event := append(rtp(seq, 101, nil)[:12], 11, 10, 0, byte(seq))
		if _, err := conn.Write(event); err != nil {
			t.Fatal(err)
		}
	}
	d.call("# too", func(x phone.Call) bool { return x.HeardDigits == "5#" })
	stillWorks(t, d, caller, c)
}

func TestDigitsAsTheAccountSays(t *testing.T) {
	answered := func(t *testing.T, dtmf string) (*desk, *siptest.Peer, *siptest.Call, phone.Call) {
		pbx := siptest.New(t)
		d := newDesk(t, pbx, func(_ *phone.Config, a *phone.Account) { a.DTMF = dtmf }).registered()
		caller := pbx.NewCall()
		caller.Invite(siptest.SDP(4000))
		c := d.state(phone.Ringing)
		d.do(d.Answer(c.ID))
		caller.Answered("")
		return d, pbx, caller, d.state(phone.Active)
	}
	t.Run("info", func(t *testing.T) {
		d, pbx, caller, c := answered(t, "info")
		if err := d.SendDigits(c.ID, "1x"); err == nil {
			t.Error("x is a digit")
		}
		d.do(d.SendDigits(c.ID, "1#"))
		first := pbx.Expect("INFO")
		if first.Get("Content-Type") != "application/dtmf-relay" || first.Body != "Signal=1\r\nDuration=160\r\n" {
			t.Errorf("the first digit is %s %q", first.Get("Content-Type"), first.Body)
		}
		pbx.Reply(first, 415, "Unsupported Media Type", "")
		plain := pbx.Expect("INFO")
		if plain.Get("Content-Type") != "application/dtmf" || plain.Body != "1" {
			t.Errorf("after a 415 it is %s %q", plain.Get("Content-Type"), plain.Body)
		}
		pbx.Reply(plain, 200, "OK", "")
		second := pbx.Expect("INFO")
		if !strings.HasPrefix(second.Body, "Signal=#\r\n") {
			t.Errorf("the second digit is %q", second.Body)
		}
		pbx.Reply(second, 200, "OK", "")
		stillWorks(t, d, caller, c)
	})
	t.Run("inband", func(t *testing.T) {
		d, _, caller, c := answered(t, "inband") // whose tones phone/media measures
		d.do(d.SendDigits(c.ID, "1#"))
		d.call("they are shown", func(x phone.Call) bool { return x.Digits == "1#" })
		stillWorks(t, d, caller, c)
	})
}

func TestSilenceEndsTheCall(t *testing.T) {
	t.Parallel()
	pbx := siptest.New(t)
	d := newDesk(t, pbx, func(c *phone.Config, _ *phone.Account) { c.Timing.MediaAlive = 300 * time.Millisecond }).registered()
	caller := pbx.NewCall()
	caller.Invite(siptest.SDP(4000))
	d.do(d.Answer(d.state(phone.Ringing).ID))
	caller.Answered("")
	pbx.Reply(pbx.Expect("BYE"), 200, "OK", "")
	d.ended(phone.MediaLost)
}
