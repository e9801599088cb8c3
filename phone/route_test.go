package phone_test

import (
	"strings"
	"testing"

	"leadline/phone"
	"leadline/phone/siptest"
)

func routes(m siptest.Message) string {
	var all []string
	for _, h := range m.Headers {
		if strings.EqualFold(h.Name, "Route") {
			all = append(all, h.Value)
		}
	}
	return strings.Join(all, ", ")
}

// RFC 3261 §12.2.1.1: the way of requests within a dialog, loose and strict.
func TestRequestsWithinADialogGoByTheirRoutes(t *testing.T) {
	pbx := siptest.New(t)
	at := pbx.Addr()
	for name, tt := range map[string]struct {
		record string // as it is written in an INVITE to us: the nearest proxy first
		uri    string
		routes string
	}{
		"loose":           {"<sip:" + at + ";lr>, <sip:far.example;lr>", "sip:peer@" + at, "<sip:" + at + ";lr>, <sip:far.example;lr>"},
		"strict":          {"<sip:" + at + ">, <sip:far.example;lr>", "sip:" + at, "<sip:far.example;lr>, <sip:peer@" + at + ">"},
		"strict and only": {"<sip:p1@" + at + ";method=INVITE>", "sip:p1@" + at, "<sip:peer@" + at + ">"},
	} {
		t.Run(name, func(t *testing.T) {
			check := func(m siptest.Message) {
				t.Helper()
				uri := strings.Fields(m.Start)[1]
				if uri != tt.uri || routes(m) != tt.routes {
					t.Errorf("%s\nRoute: %s\nwant %s\n       %s", m.Start, routes(m), tt.uri, tt.routes)
				}
			}
			d := newDesk(t, pbx).registered()
			t.Run("called", func(t *testing.T) {
				caller := pbx.NewCall()
				caller.Invite(siptest.SDP(4000), "Record-Route: "+tt.record)
				c := d.rings()
				d.do(d.Answer(c.ID))
				caller.Answered("")
				d.eventually("talking", func() bool { return d.last(c.ID).State == phone.Active })
				d.do(d.Hold(c.ID, true))
				hold := pbx.Expect("INVITE")
				check(hold)
				pbx.Reply(hold, 200, "OK", siptest.SDP(4000, "a=recvonly"))
				check(pbx.Expect("ACK"))
				pbx.Reply(hold, 200, "OK", siptest.SDP(4000, "a=recvonly")) // as if the ACK were lost
				check(pbx.Expect("ACK"))
				d.do(d.HangUp(c.ID))
				bye := pbx.Expect("BYE")
				check(bye)
				if bye.CSeq() <= hold.CSeq() {
					t.Errorf("the BYE has CSeq %d, the re-INVITE %d", bye.CSeq(), hold.CSeq())
				}
				pbx.Reply(bye, 200, "OK", "")
			})
			t.Run("calling", func(t *testing.T) {
				id, err := d.Dial("", "102")
				d.do(err)
				invite := pbx.Expect("INVITE")
				// In the answer to ours the far end's proxy stands first.
				var lines []string
				for _, r := range strings.Split(tt.record, ", ") {
					lines = append([]string{"Record-Route: " + r}, lines...)
				}
				pbx.Reply(invite, 200, "OK", siptest.SDP(4000), lines...)
				check(pbx.Expect("ACK"))
				d.eventually("talking", func() bool { return d.last(id).State == phone.Active })
				d.do(d.HangUp(id))
				bye := pbx.Expect("BYE")
				check(bye)
				pbx.Reply(bye, 200, "OK", "")
			})
		})
	}
}

// RFC 3608: what begins something goes by the way that the registrar names, through whom we are registered at; the
// registration itself does not.
func TestCallsGoByTheServiceRoute(t *testing.T) {
	t.Parallel()
	const beyond = "<sip:orig@scscf.invalid;lr>, <sip:second.invalid:5070;lr>"
	for name, tt := range map[string]struct {
		proxy bool
		names string // Service-Route; PBX is where we are registered
		want  string
	}{
		"beyond the registrar":          {false, beyond, beyond},
		"beyond the proxy":              {true, beyond, "<sip:PBX;lr>, " + beyond},
		"the proxy itself, then beyond": {true, "<sip:PBX;lr>, " + beyond, "<sip:PBX;lr>, " + beyond},
		"nonsense":                      {false, "<>, <sip:>, <mailto:a@b>", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pbx := siptest.New(t)
			at := func(s string) string { return strings.ReplaceAll(s, "PBX", pbx.Addr()) }
			pbx.Handle(func(m siptest.Message) bool {
				if m.Method() == "REGISTER" {
					if want := map[bool]string{true: at("<sip:PBX;lr>")}[tt.proxy]; routes(m) != want {
						t.Errorf("REGISTER goes by %s", routes(m))
					}
					pbx.Send(m.From, m.Response(200, "OK", "reg", "", "Contact: "+m.Get("Contact"), "Expires: 300", "Service-Route: "+at(tt.names)))
				}
				return m.Method() == "REGISTER"
			})
			d := newDesk(t, pbx, func(_ *phone.Config, a *phone.Account) {
				if tt.proxy {
					a.Address, a.OutboundProxy = "sip:101@pbx.invalid", pbx.Addr()
				}
			}).registered()
			id, err := d.Dial("", "102")
			d.do(err)
			invite := pbx.Expect("INVITE")
			if routes(invite) != at(tt.want) {
				t.Errorf("INVITE goes by %s, want %s", routes(invite), at(tt.want))
			}
			pbx.Reply(invite, 407, "Who?", "", `Proxy-Authenticate: Digest realm="pbx", nonce="1"`)
			if ack := pbx.Expect("ACK"); routes(ack) != at(tt.want) {
				t.Errorf("ACK goes by %s", routes(ack))
			}
			invite = pbx.Expect("INVITE")
			if routes(invite) != at(tt.want) || invite.Get("Proxy-Authorization") == "" {
				t.Errorf("INVITE goes by %s, with %q", routes(invite), invite.Get("Proxy-Authorization"))
			}
			pbx.Reply(invite, 180, "Ringing", "")
			d.state(phone.RingingThere)
			d.do(d.HangUp(id))
			cancel := pbx.Expect("CANCEL")
			if routes(cancel) != at(tt.want) {
				t.Errorf("CANCEL goes by %s", routes(cancel))
			}
			pbx.Reply(cancel, 200, "OK", "")
			pbx.Reply(invite, 487, "Request Terminated", "")
			pbx.Expect("ACK")
		})
	}
}
