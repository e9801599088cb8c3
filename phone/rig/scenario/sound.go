package scenario

// 6, 8 and 9: sound. SIPp sends back what it hears.

// Talks calls, offers that, wants an answer that fits, and is hung up.
func Talks(offer, answer string) *Scenario {
	s := Calls("they talk")
	s.Invite(offer)
	s.Expect(180)
	s.Expect(200, Body(answer))
	s.Ack()
	s.IsHungUp()
	return s
}

// IsTalkedTo is called, answers so, changes the codec in mid-call, and is hung up.
func IsTalkedTo(first, then, answer string) *Scenario {
	s := IsCalled("we talk")
	s.Answers(first)
	s.Request("INVITE", then)
	s.Expect(200, Body(answer))
	s.Ack()
	s.IsHungUp()
	return s
}
