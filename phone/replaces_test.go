package phone_test

import (
	"net"
	"strings"
	"testing"
	"time"

	"leadline/phone"
	"leadline/phone/siptest"
)

// The target of an attended transfer: RFC 3891 §3.
func TestACallTakesThePlaceOfAnother(t *testing.T) {
	d, colleague, old, _ := talking(t, siptest.SDP(4000))
	theirs, ours := colleague.Tag, colleague.Theirs
	customer := &siptest.Call{}
	*customer = *colleague.NewCall()
	customer.Invite(siptest.SDP(4002), "Require: replaces", "Referred-By: <sip:colleague@example.org>",
		"Replaces: "+colleague.ID+";to-tag="+ours+";from-tag="+theirs)
	customer.Answered("")
	c := d.call("the customer is here", func(x phone.Call) bool { return x.ID != old.ID && x.State == phone.Active })
	if c.ReferredBy != "sip:colleague@example.org" {
		t.Errorf("referred by %q", c.ReferredBy)
	}
	d.call("the old call is over", func(x phone.Call) bool { return x.ID == old.ID && x.State == phone.Ended })
	if d.sound.Ringing() {
		t.Error("it rings for a call that is answered already")
	}
}

// Who waits on hold and is replaced goes on waiting: the agent is not thrown out of the conversation meanwhile.
func TestACallThatTakesThePlaceOfAHeldOneWaitsAsWell(t *testing.T) {
	t.Parallel()
	d, colleague, old, _ := talking(t, siptest.SDP(4000))
	other := colleague.NewCall()
	other.Invite(siptest.SDP(4002))
	second := d.rings()
	d.do(d.Answer(second.ID))
	other.Answered("")
	holds(t, colleague)
	d.eventually("the colleague waits", func() bool { return d.last(old.ID).State == phone.HeldHere })
	customer := colleague.NewCall()
	customer.Invite(siptest.SDP(4004), "Require: replaces", "Replaces: "+colleague.ID+";to-tag="+colleague.Theirs+";from-tag="+colleague.Tag)
	customer.Answered("")
	holds(t, customer)
	d.call("the customer waits", func(x phone.Call) bool { return x.ID != old.ID && x.ID != second.ID && x.State == phone.HeldHere })
	d.eventually("the old call is over", func() bool { return d.last(old.ID).State == phone.Ended })
	if invite, held := other.Await("INVITE", 100*time.Millisecond); held && invite.Get("Call-ID") == other.ID {
		t.Error("the agent's conversation was put on hold")
	}
	if got := d.last(second.ID).State; got != phone.Active {
		t.Errorf("the agent's call is %s", got)
	}
}

// Who takes the place of somebody in a conference sits in it, muted as it is and held with it; the others are not put on hold.
func TestACallTakesThePlaceOfAnotherInAConference(t *testing.T) {
	t.Parallel()
	for name, held := range map[string]bool{"talking": false, "held": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pbx := siptest.New(t)
			d := newDesk(t, pbx).registered()
			stop := d.sound.Run(nil, nil)
			defer stop()
			g := guests(t, d, pbx, 2)
			d.do(d.Merge(g[0].id, g[1].id))
			g[0].agrees(t, "a=sendrecv", "sendrecv")
			d.do(d.Mute(g[0].id, true))
			if held {
				d.do(d.Hold(g[0].id, true))
				agree(t, map[*guest]string{g[0]: "a=sendonly recvonly", g[1]: "a=sendonly recvonly"})
			}
			d.eventually("the conference is as it was wished", func() bool {
				for _, x := range d.Calls() {
					if x.Conference == "" || !x.Muted || held != (x.State == phone.HeldHere) {
						return false
					}
				}
				return true
			})
			conn, port := rtpPort(t)
			customer := &guest{Call: pbx.NewCall(), conn: conn}
			customer.Invite(siptest.SDP(port), "Replaces: "+g[0].ID+";to-tag="+g[0].Theirs+";from-tag="+g[0].Tag)
			ok := customer.Answered("")
			customer.to = &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: audioPort(t, ok.Body)}
			bye := g[0].Expect("BYE")
			pbx.Reply(bye, 200, "OK", "")
			if bye.Get("Call-ID") != g[0].ID {
				t.Errorf("hung up %s", bye.Get("Call-ID"))
			}
			if held {
				customer.agrees(t, "a=sendonly", "recvonly")
			}
			d.eventually("the customer sits with the other", func() bool {
				calls := d.Calls()
				return len(calls) == 2 && calls[0].Conference != "" && calls[0].Conference == calls[1].Conference &&
					calls[0].State == calls[1].State && calls[1].Muted
			})
			if held {
				return
			}
			if m, asked := g[1].Await("INVITE", 100*time.Millisecond); asked {
				t.Errorf("the other is asked for\n%s", m.Body)
			}
			quiet := g[1].speaks(t)
			defer quiet()
			if !customer.hears(t, true) {
				t.Error("the customer doesn't hear the other")
			}
		})
	}
}

func TestAReplacesThatFitsNothingIsRefused(t *testing.T) {
	t.Parallel()
	d, colleague, c, _ := talking(t, siptest.SDP(4000))
	fits := colleague.ID + ";to-tag=" + colleague.Theirs + ";from-tag=" + colleague.Tag
	for name, tt := range map[string]struct {
		code    int
		headers []string
	}{
		"of an unknown call":     {481, []string{"Replaces: nobody;to-tag=1;from-tag=2"}},
		"without tags":           {400, []string{"Replaces: nobody"}},
		"two of them":            {400, []string{"Replaces: " + fits, "Replaces : " + fits}},
		"for early calls only":   {486, []string{"Replaces: " + fits + ";early-only"}},
		"tags the wrong way":     {481, []string{"Replaces: " + colleague.ID + ";to-tag=" + colleague.Tag + ";from-tag=" + colleague.Theirs}},
		"with another extension": {420, []string{"Replaces: " + fits, "Require: replaces, teleport"}},
	} {
		x := colleague.NewCall()
		x.Do("INVITE", siptest.SDP(4002), tt.headers...)
		if m := x.Refused(tt.code); tt.code == 420 && m.Get("Unsupported") != "teleport" {
			t.Errorf("%s: Unsupported: %s", name, m.Get("Unsupported"))
		}
	}
	stillWorks(t, d, colleague, c)
}

// A call of ours that rings at a colleague is picked up there by another: RFC 3891 §3. Whom it rang has missed nothing.
func TestACallOfOursThatRingsIsPickedUp(t *testing.T) {
	t.Parallel()
	for name, ring := range map[string]func(*siptest.Peer, siptest.Message){
		"ringing": func(pbx *siptest.Peer, m siptest.Message) { pbx.Reply(m, 180, "Ringing", "") },
		"early":   func(pbx *siptest.Peer, m siptest.Message) { pbx.Reply(m, 183, "Session Progress", siptest.SDP(4000)) },
	} {
		t.Run(name, func(t *testing.T) {
			pbx := siptest.New(t)
			d := newDesk(t, pbx).registered()
			id, err := d.Dial("", "102")
			d.do(err)
			invite := pbx.Expect("INVITE")
			ring(pbx, invite)
			d.eventually("it rings there", func() bool { s := d.last(id).State; return s == phone.RingingThere || s == phone.Early })
			other := pbx.NewCall()
			other.Invite(siptest.SDP(4002), "Require: replaces", "Replaces: "+namesOurs(invite, "peer")+";early-only")
			other.Answered("")
			cancel := pbx.Expect("CANCEL")
			if got := cancel.Get("Reason"); got != `SIP;cause=200;text="Call completed elsewhere"` {
				t.Errorf("the CANCEL gives the reason %q", got)
			}
			pbx.Reply(cancel, 200, "OK", "")
			pbx.Reply(invite, 487, "Request Terminated", "")
			c := d.call("who picked it up is here", func(x phone.Call) bool { return x.ID != id && x.State == phone.Active })
			d.eventually("the old call is over", func() bool { return d.last(id).State == phone.Ended })
			if old := d.last(id); old.Cause != phone.AnsweredElsewhere {
				t.Errorf("the old call ended as %s", old.Cause)
			}
			stillWorks(t, d, other, c)
		})
	}
}

// namesOurs is how a Replaces names a call that we make, before or after that tag has answered.
func namesOurs(invite siptest.Message, theirs string) string {
	return invite.Get("Call-ID") + ";to-tag=" + invite.Tag("From") + ";from-tag=" + theirs
}

// Who has answered meanwhile is not replaced by whom only a ringing call would do (486), and those whom the same call
// rang and who didn't answer are nobody's any more. Only the PBX can take a call of ours that rings: that opens the microphone.
func TestWhatOfACallOfOursCanNotBeReplaced(t *testing.T) {
	t.Parallel()
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	id, err := d.Dial("", "102")
	d.do(err)
	invite := pbx.Expect("INVITE")
	pbx.Send(invite.From, invite.Response(180, "Ringing", "first", "", "Contact: <sip:first@"+pbx.Addr()+">"))
	pbx.Send(invite.From, invite.Response(180, "Ringing", "second", "", "Contact: <sip:second@"+pbx.Addr()+">"))
	d.state(phone.RingingThere)
	refused := func(code int, peer *siptest.Peer, replaces string) {
		t.Helper()
		x := pbx.NewCall()
		x.Peer = peer
		x.Do("INVITE", siptest.SDP(4002), "Replaces: "+replaces)
		x.Refused(code)
	}
	refused(403, siptest.NewAt(t, "127.0.0.2:0"), namesOurs(invite, "first"))
	refused(481, pbx, namesOurs(invite, "nobody"))
	pbx.Send(invite.From, invite.Response(200, "OK", "second", siptest.SDP(4000), "Contact: <sip:second@"+pbx.Addr()+">"))
	pbx.Expect("ACK")
	d.state(phone.Active)
	refused(486, pbx, namesOurs(invite, "second")+";early-only")
	refused(481, pbx, namesOurs(invite, "first"))
	if got := d.last(id).State; got != phone.Active {
		t.Errorf("the call is %s", got)
	}
	other := pbx.NewCall()
	other.Invite(siptest.SDP(4002), "Replaces: "+namesOurs(invite, "second"))
	other.Answered("")
	d.call("the old call is over", func(x phone.Call) bool { return x.ID == id && x.Cause == phone.HungUpThere })
}

// Whoever passed us on to somebody who rings, and is picked up elsewhere, is told that we are connected.
func TestWhoPassedUsOnIsToldWhenTheCallIsPickedUp(t *testing.T) {
	t.Parallel()
	d, caller, _, _ := talking(t, siptest.SDP(4000))
	caller.Do("REFER", "", "Refer-To: <sip:103@"+caller.Addr()+">", "Referred-By: <sip:chief@example.org>")
	caller.Expect("202 REFER")
	invite := caller.Expect("INVITE")
	for invite.Get("Referred-By") == "" { // the other INVITE is the hold
		caller.Reply(invite, 200, "OK", siptest.SDP(4000, "a=recvonly"))
		invite = caller.Expect("INVITE")
	}
	caller.Reply(invite, 180, "Ringing", "")
	d.state(phone.RingingThere)
	other := caller.NewCall()
	other.Invite(siptest.SDP(4002), "Replaces: "+namesOurs(invite, "peer"))
	other.Answered("")
	for {
		m := caller.Expect("NOTIFY")
		caller.Reply(m, 200, "OK", "")
		if strings.HasPrefix(m.Get("Subscription-State"), "terminated") {
			if !strings.HasPrefix(m.Body, "SIP/2.0 200") {
				t.Errorf("told %q", m.Body)
			}
			return
		}
	}
}
