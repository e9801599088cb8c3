package scenario

// 1: calls, hold and keypad.

// HoldsInEveryForm calls, holds in all three forms that there are, takes back, and sends a digit.
func HoldsInEveryForm() *Scenario {
	s := Calls("they hold")
	s.Answered()
	for _, form := range []struct{ offer, answer string }{
		{SDP("a=sendonly"), "a=recvonly"},
		{SDP("a=inactive"), "a=inactive"},
		{SDP(), "a=sendrecv"},
		{HeldByAddress(), "a=(inactive|recvonly)"},
		{SDP(), "a=sendrecv"},
	} {
		s.Request("INVITE", form.offer)
		s.Expect(200, Body(form.answer))
		s.Ack()
	}
	s.Request("INFO", "Content-Type: application/dtmf-relay", Text("Signal=5\nDuration=160\n"))
	s.Expect(200)
	s.HangsUp()
	return s
}

// HeldByAddress is the hold of RFC 2543: nobody's address.
func HeldByAddress() string {
	return "v=0\no=sipp 1 1 IN IP4 [media_ip]\ns=-\nc=IN IP4 0.0.0.0\nt=0 0\nm=audio [media_port] RTP/AVP 8 0 101\n" + events + "\n"
}

// IsHeld is called, held, taken back, told a digit by INFO and hung up.
func IsHeld() *Scenario {
	s := IsCalled("we hold")
	s.Answers()
	for _, form := range []struct{ offer, answer string }{{"a=sendonly", "a=recvonly"}, {"a=sendrecv", "a=sendrecv"}} {
		s.Receive("INVITE", Body(form.offer))
		s.Reply(200, "OK", SDP(form.answer))
		s.Receive("ACK")
	}
	s.Receive("INFO", Body("Signal=7"))
	s.Reply(200, "OK")
	s.IsHungUp()
	return s
}
