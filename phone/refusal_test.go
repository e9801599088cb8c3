package phone_test

import (
	"fmt"
	"strings"
	"testing"

	"leadline/phone"
	"leadline/phone/siptest"
)

// RFC 3261 §8.2: what can't be taken is refused with the code that says why, and before
// it rings.
func TestAnInviteThatCantBeTakenIsRefusedWithTheRightCode(t *testing.T) {
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	sdp := siptest.SDP(4000)
	for name, tt := range map[string]struct {
		code   int
		body   string
		change func(string) string
		says   string // a header line of the answer
	}{
		"a version that isn't there yet": {505, sdp, replace(" SIP/2.0\r\nVia", " SIP/7.0\r\nVia"), ""},
		"CSeq of another method":         {400, sdp, replace("1 INVITE\r\n", "1 OPTIONS\r\n"), ""},
		"a scheme that no phone has":     {416, sdp, replace("INVITE sip:", "INVITE nobodyKnowsThisScheme:"), ""},
		"an extension we lack":           {420, sdp, header("Require: nothing-of-this-world"), "Unsupported: nothing-of-this-world"},
		"an answer we can't write":       {406, sdp, header("Accept: text/plain"), ""},
		"a session description refused":  {406, sdp, header("Accept: application/sdp;q=0, text/plain"), ""},
		"a body we can't read":           {415, "<fax/>", header("Content-Type: application/fax+xml"), "Accept: application/sdp, multipart/mixed, multipart/alternative"},
		"a body that is compressed":      {415, sdp, header("Content-Encoding: gzip"), "Accept-Encoding: identity"},
		"several bodies, none of them a session description": {415, "--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b--\r\n",
			header("Content-Type: multipart/mixed;boundary=b"), ""},
		"a body that is no session description":   {400, "v=0\r\nm=audio\r\n", nil, ""},
		"sound we don't speak":                    {488, "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 18\r\n", nil, `Warning: 305 leadline "Incompatible media format"`},
		"no sound at all":                         {488, "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=video 4000 RTP/AVP 31\r\n", nil, ""},
		"media lines that nobody has heard of":    {488, "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=smell 4000 UDP/ODOUR 7\r\nm=touch 0 TCP 1\r\n", nil, ""},
		"no Contact to answer to":                 {400, sdp, func(s string) string { return withoutHeader(s, "Contact") }, ""},
		"a call that replaces one we never heard": {481, sdp, header("Replaces: x;to-tag=1;from-tag=2"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			c := pbx.NewCall()
			text := c.Request("INVITE", tt.body)
			if tt.change != nil {
				text = tt.change(text)
			}
			c.Send(c.To, text)
			m, ok := c.AwaitAny(siptest.Patience, "180", "400", "406", "415", "416", "420", "481", "488", "505")
			if !ok || m.Code() != tt.code {
				t.Fatalf("answered %q, want %d", m.Start, tt.code)
			}
			if tt.says != "" {
				name, value, _ := strings.Cut(tt.says, ": ")
				if m.Get(name) != value {
					t.Errorf("%s: %q, want %q", name, m.Get(name), value)
				}
			}
			c.Theirs = m.Tag("To")
			pbx.Send(c.To, strings.Replace(c.Request("ACK", ""), "branch=z9hG4bKACK", "branch="+c.Branch+";x=", 1))
		})
	}
	if len(d.Calls()) != 0 || d.sound.Ringing() {
		t.Errorf("something rings: %+v", d.Calls())
	}
}

func replace(old, by string) func(string) string {
	return func(s string) string { return strings.Replace(s, old, by, 1) }
}

// header adds a header line, or puts it in place of the one of that name.
func header(line string) func(string) string {
	name, _, _ := strings.Cut(line, ":")
	return func(s string) string {
		return strings.Replace(withoutHeader(s, name), "\r\nContent-Length", "\r\n"+line+"\r\nContent-Length", 1)
	}
}

func withoutHeader(s, name string) string {
	head, body, _ := strings.Cut(s, "\r\n\r\n")
	var kept []string
	for _, line := range strings.Split(head, "\r\n") {
		if !strings.HasPrefix(line, name+":") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\r\n") + "\r\n\r\n" + body
}

// What looks odd and is right is taken.
func TestAnInviteThatOnlyLooksOddRings(t *testing.T) {
	t.Parallel()
	sdp := siptest.SDP(4000)
	for name, tt := range map[string]struct {
		body   string
		change func(string) string
	}{
		"a tel: URI is called": {sdp, func(s string) string {
			return "INVITE tel:+493012345;phone-context=x SIP/2.0" + s[strings.Index(s, "\r\n"):]
		}},
		"Accept of everything": {sdp, header("Accept: text/plain;q=0.2, */*;q=0.1")},
		"a body that may be dropped": {"<vcard/>", func(s string) string {
			return header("Content-Disposition: alert; handling=optional")(header("Content-Type: text/vcard")(s))
		}},
		"not compressed, and says so": {sdp, header("Content-Encoding: identity")},
		"several bodies": {"--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b\r\nContent-Type: application/sdp\r\n\r\n" + sdp + "\r\n--b--\r\n",
			header(`Content-Type: multipart/mixed;boundary="b"`)},
		"several media lines, one for us": {sdp + "m=video 0 RTP/AVP 31\r\nm=smell 4000 UDP/ODOUR 7\r\nm=audio 4006 RTP/SAVP 8\r\n", nil},
	} {
		t.Run(name, func(t *testing.T) {
			pbx := siptest.New(t)
			d := newDesk(t, pbx).registered()
			c := pbx.NewCall()
			text := c.Request("INVITE", tt.body)
			if tt.change != nil {
				text = tt.change(text)
			}
			c.Send(c.To, text)
			m, ok := pbx.AwaitAny(siptest.Patience, "180", "400", "415", "416", "488")
			if !ok || m.Code() != 180 {
				t.Fatalf("answered %q", m.Start)
			}
			d.do(d.Answer(d.rings().ID))
			c.Answered("")
			d.state(phone.Active)
		})
	}
}

func TestOptionsSayWhatThePhoneCan(t *testing.T) {
	pbx := siptest.New(t)
	newDesk(t, pbx).registered()
	c := pbx.NewCall()
	c.Do("OPTIONS", "")
	m := c.Expect("200 OPTIONS")
	for name, want := range map[string]string{"Allow": "INVITE", "Accept": "application/sdp", "Supported": "replaces"} {
		if !strings.Contains(m.Get(name), want) {
			t.Errorf("%s: %q", name, m.Get(name))
		}
	}
	if strings.Contains(m.Get("Allow"), "REGISTER") {
		t.Errorf("Allow names what is refused: %s", m.Get("Allow"))
	}
}

// In mid-call as before it.
func TestWhatCantBeTakenInMidCallIsRefusedAndTheCallGoesOn(t *testing.T) {
	d, caller, c, _ := talking(t, siptest.SDP(4000))
	for _, tt := range []struct {
		method, body string
		code         int
		headers      []string
	}{
		{"INVITE", siptest.SDP(4000), 420, []string{"Require: precondition"}},
		{"INVITE", "<fax/>", 415, []string{"Content-Type: application/fax+xml"}},
		{"INVITE", "v=0\r\nm=audio\r\n", 400, nil},
		{"INVITE", strings.Replace(siptest.SDP(4000), "RTP/AVP 8 0 101", "RTP/AVP 18", 1), 488, nil},
		{"UPDATE", strings.Replace(siptest.SDP(4000), "RTP/AVP 8 0 101", "RTP/AVP 18", 1), 488, nil},
		{"UPDATE", siptest.SDP(4000), 406, []string{"Accept: text/plain"}},
		{"REFER", "", 420, []string{"Require: nosuch", "Refer-To: <sip:103@127.0.0.1>"}},
	} {
		caller.Do(tt.method, tt.body, tt.headers...)
		caller.Expect(fmt.Sprintf("%d %s", tt.code, tt.method))
	}
	if d.last(c.ID).State != phone.Active {
		t.Errorf("the call is %s", d.last(c.ID).State)
	}
	stillWorks(t, d, caller, c)
}

// Glare: RFC 3261 §14.1 and §14.2.
func TestTwoOffersThatCross(t *testing.T) {
	d, caller, c, _ := talking(t, siptest.SDP(4000))
	d.do(d.Hold(c.ID, true))
	ours := caller.Expect("INVITE")
	for _, method := range []string{"INVITE", "UPDATE"} {
		caller.Do(method, siptest.SDP(4000))
		caller.Expect("491 " + method)
	}
	caller.Reply(ours, 491, "Request Pending", "")
	again := caller.Expect("INVITE") // we had no Call-ID to make: within 2 s
	caller.Reply(again, 200, "OK", siptest.SDP(4000, "a=recvonly"))
	caller.Expect("ACK")
	d.eventually("held here", func() bool { return d.last(c.ID).State == phone.HeldHere })
	stillWorks(t, d, caller, c)
}

func TestAnOfferThatIsOvertakenOrImpatientIsRefused(t *testing.T) {
	d, caller, c, _ := talking(t, siptest.SDP(4000))
	caller.Do("INVITE", siptest.SDP(4000))
	first := caller.Expect("200 INVITE")
	// The ACK is missing still: a second offer has to wait.
	caller.Do("UPDATE", siptest.SDP(4000))
	if m := caller.Expect("500 UPDATE"); m.Get("Retry-After") == "" {
		t.Error("nothing says when to try again")
	}
	ack := strings.Replace(caller.Request("ACK", ""), fmt.Sprintf("CSeq: %d ACK", first.CSeq()+1), fmt.Sprintf("CSeq: %d ACK", first.CSeq()), 1)
	caller.Send(caller.To, ack)
	// It was sent before those, and comes late.
	late := caller.Request("UPDATE", "")
	late = strings.Replace(late, fmt.Sprintf("CSeq: %d UPDATE", first.CSeq()+2), "CSeq: 1 UPDATE", 1)
	caller.Send(caller.To, late)
	caller.Expect("500 UPDATE")
	stillWorks(t, d, caller, c)
}
