package phone_test

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"net"
	"regexp"
	"strings"
	"testing"
	"time"

	"leadline/phone"
	"leadline/phone/media/secure"
	"leadline/phone/sdp"
	"leadline/phone/siptest"
)

const (
	usual = "AES_CM_128_HMAC_SHA1_80"
	savp  = "RTP/SAVP"
	avp   = "RTP/AVP"
	dtls  = "UDP/TLS/RTP/SAVP"
)

// srtp sets an account.
func srtp(mode, keys string) func(*phone.Config, *phone.Account) {
	return func(_ *phone.Config, a *phone.Account) { a.SRTP, a.SRTPKeys = mode, keys }
}

// confidant is the far end's media: a socket, and the keys of both.
type confidant struct {
	t      *testing.T
	conn   *net.UDPConn
	port   int
	ours   sdp.Crypto // the far end's, that is
	seal   *secure.Sealer
	open   *secure.Opener
	to     *net.UDPAddr
	seq    uint16
	ssrc   uint32
	shaken chan error
	apart  *confidant // its port for reports; nil: they come with the sound
}

func newConfidant(t *testing.T) *confidant {
	conn, port := rtpPort(t)
	c := &confidant{t: t, conn: conn, port: port, seq: 1000, ssrc: 7, shaken: make(chan error, 1)}
	c.newKey(usual)
	return c
}

// newKey makes another key of the far end's.
func (c *confidant) newKey(suite string) {
	c.ours = sdp.Crypto{Tag: 1, Suite: suite, Keys: []sdp.MasterKey{{Key: secure.NewKeyring()[suite]}}}
	seal, err := secure.NewSealer(c.ours)
	if err != nil {
		c.t.Fatal(err)
	}
	c.seal = seal
}

// describes is an offer or answer of the far end's, with the key if it is one of SDES.
func (c *confidant) describes(profile string, lines ...string) string {
	rtcp := "a=rtcp-mux"
	if c.apart != nil {
		rtcp = fmt.Sprintf("a=rtcp:%d", c.apart.port)
	}
	body := strings.Replace(siptest.SDP(c.port, append(lines, rtcp)...), "RTP/AVP", profile, 1)
	if profile == savp || strings.Contains(strings.Join(lines, ""), "crypto") {
		body += "a=crypto:" + c.ours.String() + "\r\n"
	}
	return body
}

var inline = regexp.MustCompile(`a=crypto:(\d+) (\S+) inline:(\S+)`)

// keyOf is the key in a description of ours, of the suite.
func keyOf(t *testing.T, body, suite string) sdp.Crypto {
	t.Helper()
	for _, m := range inline.FindAllStringSubmatch(body, -1) {
		if m[2] == suite {
			key, err := base64.StdEncoding.DecodeString(m[3])
			if err != nil {
				t.Fatal(err)
			}
			tag := int(m[1][0] - '0')
			return sdp.Crypto{Tag: tag, Suite: suite, Keys: []sdp.MasterKey{{Key: key}}}
		}
	}
	t.Fatalf("no key of %s in\n%s", suite, body)
	return sdp.Crypto{}
}

// learns takes over where we are and what we protect with.
func (c *confidant) learns(body string) sdp.Crypto {
	c.t.Helper()
	c.to = &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: audioPort(c.t, body)}
	key := keyOf(c.t, body, c.ours.Suite)
	open, err := secure.NewOpener(key)
	if err != nil {
		c.t.Fatal(err)
	}
	c.open = open
	return key
}

// packet is the next of the far end's, 20 ms of A law, in the clear.
func (c *confidant) packet() []byte {
	c.seq++
	p := append(rtp(c.seq, 8, nil)[:12], make([]byte, 160)...)
	binary.BigEndian.PutUint32(p[4:], uint32(c.seq)*160)
	binary.BigEndian.PutUint32(p[8:], c.ssrc)
	return p
}

func (c *confidant) send(p []byte) {
	c.t.Helper()
	if _, err := c.conn.WriteToUDP(p, c.to); err != nil {
		c.t.Fatal(err)
	}
}

// speaks sends n packets that are protected.
func (c *confidant) speaks(n int) {
	c.t.Helper()
	for range n {
		p, err := c.seal.RTP(c.packet())
		if err != nil {
			c.t.Fatal(err)
		}
		c.send(p)
	}
}

// hears waits for a packet of sound that opens, and fails when one comes that doesn't.
func (c *confidant) hears(what string) {
	c.t.Helper()
	buf := make([]byte, 2000)
	_ = c.conn.SetReadDeadline(time.Now().Add(siptest.Patience))
	for {
		n, err := c.conn.Read(buf)
		if err != nil {
			c.t.Fatalf("%s: nothing is heard of us: %v", what, err)
		}
		if secure.IsDTLS(buf[:n]) || n > 1 && buf[1] >= 192 && buf[1] <= 223 {
			continue
		}
		if _, err := c.open.RTP(buf[:n]); err != nil {
			c.t.Fatalf("%s: what we send can't be opened: %v", what, err)
		}
		return
	}
}

// forget throws away what has come so far.
func (c *confidant) forget() {
	buf := make([]byte, 2000)
	_ = c.conn.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
	for {
		if _, err := c.conn.Read(buf); err != nil {
			return
		}
	}
}

// received waits until so many packets were taken as sound.
func (d *desk) received(id phone.CallID, n uint64) {
	d.t.Helper()
	d.eventually(fmt.Sprintf("%d packets are heard", n), func() bool {
		for _, c := range d.Calls() {
			if c.ID == id && c.Stats.Received >= n {
				return true
			}
		}
		return false
	})
}

// confide is an encrypted call that came in and was answered.
func confide(t *testing.T, mode string) (*desk, *siptest.Call, phone.Call, *confidant, sdp.Crypto) {
	t.Helper()
	pbx := siptest.New(t)
	d := newDesk(t, pbx, srtp(mode, "")).registered()
	t.Cleanup(d.sound.Run(nil, nil))
	far, caller := newConfidant(t), pbx.NewCall()
	caller.Invite(far.describes(savp))
	c := d.rings()
	d.do(d.Answer(c.ID))
	ok := caller.Answered("")
	key := far.learns(ok.Body)
	up := d.state(phone.Active)
	if !up.Encrypted || up.Encryption != "SDES, "+usual {
		t.Errorf("encrypted %v: %q", up.Encrypted, up.Encryption)
	}
	far.speaks(5)
	d.received(c.ID, 5)
	far.hears("at the beginning")
	return d, caller, c, far, key
}

func TestEncryptedCallIsHeldAndTakenBackWithItsKeys(t *testing.T) {
	d, caller, c, far, key := confide(t, "preferred")
	for _, want := range []string{"sendonly", "sendrecv"} {
		d.do(d.Hold(c.ID, want == "sendonly"))
		m := caller.Expect("INVITE")
		if !strings.Contains(m.Body, savp+" ") || !strings.Contains(m.Body, "a="+want) {
			t.Fatalf("hold or back:\n%s", m.Body)
		}
		if again := keyOf(t, m.Body, usual); string(again.Keys[0].Key) != string(key.Keys[0].Key) {
			t.Error("another key, though nobody has gone")
		}
		far.ours.Tag = keyOf(t, m.Body, usual).Tag
		caller.Reply(m, 200, "OK", far.describes(savp))
		caller.Expect("ACK")
		far.forget()
		far.hears(want)
	}
	far.speaks(5)
	d.received(c.ID, 10)
	stillWorks(t, d, caller, c)
}

func TestPacketsInTheClearAndRepeatedOnesAreNotHeard(t *testing.T) {
	d, _, c, far, _ := confide(t, "preferred")
	for range 10 {
		far.send(far.packet())
	}
	twice, err := far.seal.RTP(far.packet())
	if err != nil {
		t.Fatal(err)
	}
	for range 10 {
		far.send(twice)
	}
	far.speaks(1)
	d.received(c.ID, 7)
	time.Sleep(1100 * time.Millisecond) // the figures are read once a second
	if got := d.Calls()[0].Stats.Received; got != 7 {
		t.Errorf("%d packets are heard, want 5 + 1 + 1", got)
	}
}

func TestAnOfferOfLessIsRefusedInMidCall(t *testing.T) {
	t.Parallel()
	d, caller, c, far, _ := confide(t, "preferred")
	for _, method := range []string{"INVITE", "UPDATE"} {
		caller.Do(method, far.describes(avp))
		caller.Expect("488 " + method)
		if method == "INVITE" {
			caller.Do("ACK", "")
		}
	}
	far.forget()
	far.hears("after the refusal")
	if now := d.Calls()[0]; !now.Encrypted {
		t.Error("the call is in the clear")
	}
	stillWorks(t, d, caller, c)
}

func TestAnAnswerOfLessEndsTheCall(t *testing.T) {
	t.Parallel()
	d, caller, c, far, _ := confide(t, "preferred")
	d.do(d.Hold(c.ID, true))
	caller.Reply(caller.Expect("INVITE"), 200, "OK", far.describes(avp, "a=recvonly"))
	caller.Expect("BYE")
	if end := d.ended(phone.Failed); !strings.Contains(end.SIPReason, "encryption is required") {
		t.Errorf("ended: %q", end.SIPReason)
	}
}

func TestKeysChangeInMidCall(t *testing.T) {
	d, caller, c, far, key := confide(t, "preferred")
	// Somebody else: another key, another source, from the same place or another one.
	for n, suite := range []string{usual, "AES_CM_128_HMAC_SHA1_32", "AES_256_CM_HMAC_SHA1_80",
		"AES_256_CM_HMAC_SHA1_32", "AEAD_AES_128_GCM", "AEAD_AES_256_GCM"} {
		far.newKey(suite)
		far.ssrc, far.seq = uint32(100+n), uint16(5000*n)
		caller.Do("INVITE", far.describes(savp))
		ok := caller.Expect("200 INVITE")
		for !strings.Contains(ok.Body, suite) { // one of before, repeated until its ACK was there
			ok = caller.Expect("200 INVITE")
		}
		far.forget()
		fresh := far.learns(ok.Body)
		caller.Do("ACK", "")
		if string(fresh.Keys[0].Key) == string(key.Keys[0].Key) {
			t.Error("we go on with a key whose counter the new one can't know")
		}
		key = fresh
		far.speaks(6)
		far.hears(suite)
		if got := d.last(c.ID).Encryption; got != "SDES, "+suite {
			t.Errorf("encrypted by %q", got)
		}
		// Of each new source the first packet waits for its second. What is still on its way when the keys change is lost.
		d.received(c.ID, uint64(5+(6-1)*(n+1)))
	}
	stillWorks(t, d, caller, c)
}

func TestKeysThatDontFitEndTheCall(t *testing.T) {
	t.Parallel()
	d, caller, _, far, _ := confide(t, "required")
	far.newKey(usual) // and it tells nobody
	far.speaks(150)
	caller.Expect("BYE")
	if end := d.ended(phone.Failed); !strings.Contains(end.SIPReason, "can't be decrypted") {
		t.Errorf("ended: %q", end.SIPReason)
	}
}

func TestIncomingCallsThatDontFitTheSettingAreRefused(t *testing.T) {
	for mode, profile := range map[string]string{"off": savp, "required": avp} {
		t.Run(mode, func(t *testing.T) {
			pbx := siptest.New(t)
			newDesk(t, pbx, srtp(mode, "")).registered()
			caller := pbx.NewCall()
			caller.Do("INVITE", newConfidant(t).describes(profile))
			caller.Refused(488)
		})
	}
}

func TestOutgoingCallBySDES(t *testing.T) {
	for _, tt := range []struct {
		mode, offers, answers, fails string
		encrypted                    bool
	}{
		{"required", savp, savp, "", true},
		{"required", savp, avp, "encryption is required", false},
		{"preferred", avp, avp, "", false},
		{"preferred", avp, avp + " crypto", "", true},
	} {
		t.Run(tt.mode+" "+tt.answers, func(t *testing.T) {
			pbx := siptest.New(t)
			d := newDesk(t, pbx, srtp(tt.mode, "")).registered()
			t.Cleanup(d.sound.Run(nil, nil))
			id, err := d.Dial("", "102")
			d.do(err)
			invite := pbx.Expect("INVITE")
			if !strings.Contains(invite.Body, " "+tt.offers+" ") {
				t.Fatalf("the offer:\n%s", invite.Body)
			}
			far := newConfidant(t)
			far.learns(invite.Body)
			far.ours.Tag = keyOf(t, invite.Body, usual).Tag
			profile, crypto, _ := strings.Cut(tt.answers, " ")
			pbx.Reply(invite, 200, "OK", far.describes(profile, "a="+crypto))
			pbx.Expect("ACK")
			if tt.fails != "" {
				pbx.Expect("BYE")
				if end := d.ended(phone.Failed); !strings.Contains(end.SIPReason, tt.fails) {
					t.Errorf("ended: %q", end.SIPReason)
				}
				return
			}
			if c := d.state(phone.Active); c.Encrypted != tt.encrypted || c.Exposed == tt.encrypted {
				t.Errorf("encrypted: %v %q", c.Encrypted, c.Encryption)
			}
			if tt.encrypted {
				far.hears("the answer")
				far.speaks(5)
				d.received(id, 5)
			}
		})
	}
}

func TestARefusalOfEncryptionIsToldSo(t *testing.T) {
	pbx := siptest.New(t)
	d := newDesk(t, pbx, srtp("required", "")).registered()
	_, err := d.Dial("", "102")
	d.do(err)
	pbx.Reply(pbx.Expect("INVITE"), 488, "Not Acceptable Here", "")
	if end := d.ended(phone.Failed); !strings.Contains(end.SIPReason, "encryption is required") {
		t.Errorf("ended: %q", end.SIPReason)
	}
}

// D2: passed on, an encrypted call insists on what it had.
func TestATransferDoesNotGiveUpEncryption(t *testing.T) {
	t.Parallel()
	d, caller, _, _, _ := confide(t, "preferred")
	caller.Do("REFER", "", "Refer-To: <sip:102@"+caller.Addr()+">")
	caller.Expect("202 REFER")
	var invite siptest.Message
	for invite.Get("Call-ID") == "" || invite.Get("Call-ID") == caller.ID { // the first one holds
		invite = caller.Expect("INVITE")
	}
	if !strings.Contains(invite.Body, " "+savp+" ") {
		t.Errorf("the new call asks for\n%s", invite.Body)
	}
	caller.Reply(invite, 486, "Busy Here", "")
	d.ended(phone.Busy)
}

func TestSRTPSettingsAreChecked(t *testing.T) {
	d := newDesk(t, siptest.New(t))
	for _, set := range [][2]string{{"always", ""}, {"required", "zrtp"}} {
		a := d.acc
		a.SRTP, a.SRTPKeys = set[0], set[1]
		if err := d.SetAccounts([]phone.Account{a}); err == nil {
			t.Errorf("%q is taken", set)
		}
	}
}
