package scenario

// 7: encryption by SDES (RFC 4568).

// key is a master key and salt for AES_CM_128_HMAC_SHA1_80, one that everybody knows.
const key = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz"

// SecretSDP is an offer or answer with a key.
func SecretSDP(lines ...string) string {
	return MediaLine("audio [media_port] RTP/SAVP 8 0 101", append([]string{events, "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" + key}, lines...)...)
}

// CallsInSecret calls with a key, is answered with one, holds with the same and hangs up.
func CallsInSecret() *Scenario {
	s := Calls("they call in secret")
	s.Invite(SecretSDP())
	s.Expect(180)
	s.Expect(200, Body("m=audio [0-9]+ RTP/SAVP"), Body("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:"))
	s.Ack()
	s.Request("INVITE", SecretSDP("a=sendonly"))
	s.Expect(200, Body("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:"))
	s.Ack()
	s.Request("INVITE", SDP()) // in the clear: never
	s.Expect(488)
	s.AckRefusal()
	s.HangsUp()
	return s
}

// secretAnswer takes the line of our offer whose suite has that key.
func secretAnswer() string {
	return MediaLine("audio [media_port] RTP/SAVP 8 0 101", events, "a=crypto:[$tag] AES_CM_128_HMAC_SHA1_80 inline:"+key)
}

// IsCalledInSecret is called with keys, answers with one, and is hung up.
func IsCalledInSecret() *Scenario {
	s := IsCalled("we call in secret")
	s.ReceiveInvite(Body("m=audio [0-9]+ RTP/SAVP"), KeepOfBody("a=crypto:([0-9]+) AES_CM_128_HMAC_SHA1_80 inline:", "tag"))
	s.Reply(180, "Ringing")
	s.ReplyToInvite(200, "OK", secretAnswer())
	s.Receive("ACK")
	s.Established()
	s.IsHungUp()
	return s
}

// AnswersInTheClear is called with keys and answers with none: such a call ends at once.
func AnswersInTheClear() *Scenario {
	s := IsCalled("they answer in the clear")
	s.ReceiveInvite(Body("RTP/SAVP"))
	s.ReplyToInvite(200, "OK", SDP())
	s.Receive("ACK")
	s.Established()
	s.IsHungUp()
	return s
}
