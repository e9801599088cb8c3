package scenario

// 4: who calls whom.

// IsSaidToBe calls with what a PBX says of the caller and of the way of the call, and gives up.
func IsSaidToBe(headers ...string) *Scenario {
	s := Calls("they say who calls")
	s.Invite(append([]string{SDP()}, headers...)...)
	s.Expect(180)
	s.Cancel()
	s.Expect(200)
	s.Expect(487)
	s.AckRefusal()
	return s
}

// HearsWhoCalls is called and looks at what we say of ourselves.
func HearsWhoCalls() *Scenario {
	s := IsCalled("we say who calls")
	s.ReceiveInvite(Header("From", "<sip:101@[^>]*>;tag="), Header("Contact", "<sip:101@"), Header("Max-Forwards", "70"),
		Header("Allow", "UPDATE"), Header("User-Agent", "Leadline"))
	s.Reply(486, "Busy Here")
	s.Receive("ACK")
	return s
}
