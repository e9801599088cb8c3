package scenario

import "fmt"

// 3: redirect and refuse.

// IsRefused calls and gets that final answer, after it has rung if it does.
func IsRefused(code int, rings bool, checks ...Check) *Scenario {
	s := Calls(fmt.Sprintf("we answer %d", code))
	s.Invite(SDP())
	if rings {
		s.Expect(180)
	}
	s.Expect(code, checks...)
	s.AckRefusal()
	return s
}

// Refuses is called and answers so.
func Refuses(code int, reason string, parts ...string) *Scenario {
	s := IsCalled(fmt.Sprintf("they answer %d", code))
	s.ReceiveInvite()
	s.Reply(180, "Ringing")
	s.Reply(code, reason, parts...)
	s.Receive("ACK")
	return s
}

// SendsOn is called, sends the call on to another user of its own, who answers and is hung up.
func SendsOn(code int, reason string) *Scenario {
	s := IsCalled("they redirect")
	s.ReceiveInvite()
	s.Reply(code, reason, "Contact: <sip:nowhere@[local_ip]:[local_port]>;q=0.1, <sip:other@[local_ip]:[local_port]>;q=0.8")
	s.Receive("ACK")
	s.ReceiveInvite(Message("^INVITE sip:other@"), Header("Diversion", "sip:sipp@"))
	s.Reply(180, "Ringing")
	s.ReplyToInvite(200, "OK", SDP())
	s.Receive("ACK")
	s.Established()
	s.IsHungUp()
	return s
}

// GivesUp calls and takes its call back as soon as it rings, for which it takes the time.
func GivesUp() *Scenario {
	s := Calls("they give up")
	s.timed = true
	s.Invite(SDP())
	s.Expect(180)
	s.Cancel()
	s.Expect(200)
	s.Expect(487)
	s.AckRefusal()
	return s
}

// IsGivenUp is called, rings, and is cancelled.
func IsGivenUp() *Scenario {
	s := IsCalled("we give up")
	s.ReceiveInvite()
	s.Reply(180, "Ringing")
	s.Receive("CANCEL")
	s.Reply(200, "OK")
	s.ReplyToInvite(487, "Request Terminated")
	s.Receive("ACK")
	return s
}
