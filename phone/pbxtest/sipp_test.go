package pbxtest

import (
	"testing"

	"leadline/phone"
	"leadline/phone/rig"
	"leadline/phone/siptest"
)

// atDesk is a phone that is registered at a peer, and where it is reached.
func atDesk(t *testing.T, autoAnswer string) (a *agent, at string) {
	t.Helper()
	peer := siptest.New(t)
	a = newAgent(t, phone.Account{Name: "Office", Address: "sip:101@" + peer.Addr(), Bind: "127.0.0.1:0", AutoAnswer: autoAnswer})
	a.registration("Office", phone.Registered, soon)
	at, _ = peer.Phone()
	return a, at
}

// RFC 3262, as SIPp sees it.
func TestSIPpInsistsOnAReliable180(t *testing.T) {
	_, at := atDesk(t, "never")
	rig.RunSIPp(t, rig.SIPpOptions{Scenario: rig.ReliableRinging, Target: at, Service: "101", Calls: 5, Rate: 5})
}

// RFC 4028, RFC 3311 and a late offer (RFC 3261 §14.1), as SIPp sees them.
func TestSIPpRefreshesItsCalls(t *testing.T) {
	a, at := atDesk(t, "always")
	rig.RunSIPp(t, rig.SIPpOptions{Scenario: rig.RefreshedCall, Target: at, Service: "101"})
	if c := a.incoming(1); a.ends(c.ID, soon).Cause != phone.HungUpThere {
		t.Errorf("it ended as %s", a.ends(c.ID, soon).Cause)
	}
}

func TestSIPpWantsALongerSessionAndAnswersEarly(t *testing.T) {
	a, _ := atDesk(t, "never")
	s := rig.StartSIPp(t, rig.SIPpOptions{Scenario: rig.LongerSession})
	id := a.dial("sip:sipp@" + s.Addr())
	a.reaches(id, phone.Active, soon)
	a.do(a.HangUp(id))
	s.Passed()
}
