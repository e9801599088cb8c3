package sip_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"leadline/phone/locate"
	"leadline/phone/sip"
	"leadline/phone/siptest"
)

// answered hears of the answer, and of nothing else that a test here brings about.
type answered struct {
	sip.Events
	told chan struct{}
}

func (a answered) Answered(sip.Body)   { close(a.told) }
func (a answered) Failed(*sip.Failure) {}

// Whoever gives a call up that has just been answered, and has not come to hear it, must not
// leave the far end with a call (RFC 3261 §15).
func TestACancelAfterTheAnswerHangsUp(t *testing.T) {
	pbx := siptest.New(t)
	s, err := sip.Open(t.Context(), sip.Options{Address: "sip:101@" + pbx.Addr(), Bind: "127.0.0.1:0"},
		locate.Target{Transport: "udp", Addr: netip.MustParseAddrPort(pbx.Addr())})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close(t.Context())
	told := make(chan struct{})
	d, err := s.Dial("102", []byte(siptest.SDP(4000)), answered{told: told})
	if err != nil {
		t.Fatal(err)
	}
	invite := pbx.Expect("INVITE")
	pbx.Reply(invite, 200, "OK", siptest.SDP(4002))
	pbx.Expect("ACK")
	select {
	case <-told:
	case <-time.After(siptest.Patience):
		t.Fatal("the answer was not told")
	}
	d.Cancel()
	bye := pbx.Expect("BYE")
	if bye.Get("Call-ID") != invite.Get("Call-ID") {
		t.Errorf("BYE of another call: %s", bye.Get("Call-ID"))
	}
	pbx.Reply(bye, 200, "OK", "")
}

// late answers, or refuses, a call that was just taken back.
type late struct {
	sip.Events
	call *sip.Dialog
	does func(*sip.Dialog)
}

func (l late) Cancelled(bool) { l.does(l.call) }

// What is decided here in the moment in which the caller gives up comes too late: the 487 stands, and is repeated until its ACK.
func TestACallThatIsTakenBackIsNotAnsweredOrRefusedAfterwards(t *testing.T) {
	for name, does := range map[string]func(*sip.Dialog){
		"answered": func(d *sip.Dialog) {
			if d.Answer([]byte(siptest.SDP(4002))) {
				t.Error("it is taken for answered")
			}
		},
		"refused": func(d *sip.Dialog) {
			if d.Refuse(603, "Decline") {
				t.Error("it is taken for refused")
			}
		},
		"sent on": func(d *sip.Dialog) {
			if sent, err := d.Redirect("102"); sent || err != nil {
				t.Errorf("it is taken for sent on: %t, %v", sent, err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			pbx := siptest.New(t)
			pbx.Repeats()
			s, err := sip.Open(t.Context(), sip.Options{Address: "sip:101@" + pbx.Addr(), Bind: "127.0.0.1:0",
				Incoming: func(d *sip.Dialog) sip.Events { return late{call: d, does: does} }},
				locate.Target{Transport: "udp", Addr: netip.MustParseAddrPort(pbx.Addr())})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close(t.Context())
			c := &siptest.Call{Peer: pbx, ID: strings.ReplaceAll(name, " ", "") + "@test", Tag: "caller", To: s.Local().String(), Target: "sip:101@" + s.Local().String(), Branch: "z9hG4bK" + strings.ReplaceAll(name, " ", "")}
			c.Invite(siptest.SDP(4000))
			c.Do("CANCEL", "")
			for range 3 { // without an ACK
				if m, ok := c.AwaitAny(siptest.Patience, "200 INVITE", "487 INVITE", "603 INVITE"); !ok || m.Code() != 487 {
					t.Fatalf("the caller, who has given up, hears %q", m.Start)
				}
			}
			c.Refused(487)
		})
	}
}
