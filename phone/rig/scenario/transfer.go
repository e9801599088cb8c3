package scenario

// 2: transfer.

// Refers calls, is held, sends us on to a target by REFER, in the place of another call there if the
// target says so, hears how it goes, and hangs up.
func Refers(target string) *Scenario {
	s := Calls("they transfer us")
	s.Answered()
	s.Answer("INVITE", SDP("a=recvonly"))
	s.Receive("ACK")
	s.Request("REFER", "Refer-To: <"+target+">", "Referred-By: <sip:chief@example.org>")
	s.Expect(202)
	s.Receive("NOTIFY", Header("Event", "refer"), Body("SIP/2.0 100"))
	s.Reply(200, "OK")
	s.Receive("NOTIFY", Header("Subscription-State", "terminated"), Body("SIP/2.0 200"))
	s.Reply(200, "OK")
	s.HangsUp()
	return s
}

// IsReferred is called, takes our REFER, tells us how the new call goes, and is hung up.
func IsReferred(outcome string) *Scenario {
	return isReferred("we transfer them", "sip:103@", outcome)
}

func isReferred(name, to, outcome string) *Scenario {
	s := IsCalled(name)
	s.Answers()
	s.Answer("INVITE", SDP("a=recvonly")) // it is held first
	s.Receive("ACK")
	s.Receive("REFER", Header("Refer-To", to), Header("Referred-By", "sip:101@"))
	s.Reply(202, "Accepted")
	for _, n := range []struct{ state, line string }{{"active;expires=60", "100 Trying"}, {"active;expires=60", "180 Ringing"}, {"terminated;reason=noresource", outcome}} {
		s.Request("NOTIFY", "Event: refer", "Subscription-State: "+n.state, "Content-Type: message/sipfrag;version=2.0", Text("SIP/2.0 "+n.line+"\n"))
		s.Expect(200)
	}
	s.IsHungUp()
	return s
}
