package scenario

// 11: what a dialog may have beside a call and a BYE.

// InsistsOnReliableRinging wants a reliable 180 (RFC 3262), acknowledges it and gives up.
func InsistsOnReliableRinging() *Scenario {
	s := Calls("reliable ringing")
	s.Invite(SDP(), "Require: 100rel")
	s.Expect(180, Header("Require", "100rel"), Keep("RSeq", "[0-9]+", "rseq"))
	s.Request("PRACK", "RAck: [$rseq] 1 INVITE")
	s.Expect(200)
	s.Cancel()
	s.Expect(200)
	s.Expect(487)
	s.AckRefusal()
	return s
}

// Refreshes calls, refreshes the session by UPDATE (RFC 4028, RFC 3311), asks for our offer by a
// re-INVITE without one, and hangs up.
func Refreshes() *Scenario {
	s := Calls("refreshed call")
	timer := []string{"Supported: timer", "Session-Expires: 1800;refresher=uac"}
	s.Invite(append(timer, SDP())...)
	s.Expect(180)
	s.Expect(200, Header("Session-Expires", "1800;refresher=uac"), Header("Allow", "UPDATE"))
	s.Ack()
	s.Request("UPDATE", timer...)
	s.Expect(200, Header("Session-Expires", "1800;refresher=uac"))
	s.Request("INVITE")
	s.Expect(200, Body("m=audio [1-9]"))
	s.Ack(SDP())
	s.Request("UPDATE", SDP("a=sendonly"))
	s.Expect(200, Body("a=recvonly"))
	s.HangsUp()
	return s
}

// WantsALongerSession is called, asks for a longer session with 422 (RFC 4028), answers early
// and reliably, takes the PRACK, answers without a body and is hung up.
func WantsALongerSession() *Scenario {
	s := IsCalled("longer session")
	s.Receive("INVITE")
	s.Reply(422, "Session Interval Too Small", "Min-SE: 3600")
	s.Receive("ACK")
	s.ReceiveInvite(Header("Session-Expires", "3600"))
	s.Reply(183, "Session Progress", "Require: 100rel", "RSeq: 41", SDP())
	s.Receive("PRACK", Header("RAck", "41 [0-9]+ INVITE"))
	s.Established()
	s.Reply(200, "OK")
	s.ReplyToInvite(200, "OK", "Require: timer", "Session-Expires: 3600;refresher=uac")
	s.Receive("ACK")
	s.IsHungUp()
	return s
}

// OffersLate calls without an offer and answers ours in the ACK.
func OffersLate() *Scenario {
	s := Calls("late offer")
	s.Invite()
	s.Expect(180)
	s.Expect(200, Body("m=audio [1-9]"))
	s.Ack(SDP())
	s.HangsUp()
	return s
}

// Glares is called and holds at the same moment as we do (RFC 3261 §14.1): both are refused with
// 491, and ours comes again later.
func Glares() *Scenario {
	s := IsCalled("glare")
	s.Answers()
	s.Receive("INVITE", Body("a=sendonly"), Keep("Via", ".*", "glareVia"), Keep("CSeq", ".*", "glareCSeq"), Keep("From", ".*", "glareFrom"), Keep("To", ".*", "glareTo"))
	s.Request("INVITE", SDP("a=sendonly"))
	s.Expect(491)
	s.AckRefusal()
	s.reply(491, "Request Pending", "Via:[$glareVia]", "From:[$glareFrom]", "To:[$glareTo]", "CSeq:[$glareCSeq]", nil)
	s.Receive("ACK")
	s.Receive("INVITE", Body("a=sendonly"))
	s.Reply(200, "OK", SDP("a=recvonly"))
	s.Receive("ACK")
	s.IsHungUp()
	return s
}

// ComesThroughProxies calls through one proxy that routes loosely and one that doesn't know of
// that; the BYE has to take the same way (RFC 3261 §12.2.1.1).
func ComesThroughProxies() *Scenario {
	s := Calls("strict and loose routes")
	s.Invite(SDP(), "Record-Route: <sip:strict@[local_ip]:[local_port]>, <sip:loose@[local_ip]:[local_port];lr>")
	s.Expect(180)
	s.Expect(200, Header("Record-Route", "strict"))
	s.Ack()
	s.Receive("BYE", Message("^BYE sip:strict@"), Header("Route", "sip:loose@"), Message("Route: *<sip:sipp@"))
	s.Reply(200, "OK")
	return s
}

// IsTriedOn sends what can't be taken, each with the code that the RFCs name.
func IsTriedOn() *Scenario {
	s := Calls("what can't be taken")
	for _, r := range []struct {
		code   int
		check  Check
		method string
		parts  []string
	}{
		{420, Header("Unsupported", "nosuch"), "INVITE", []string{"Require: nosuch", SDP()}},
		{415, Header("Accept", "application/sdp"), "INVITE", []string{"Content-Type: text/plain", Text("hello")}},
		{406, Header("CSeq", "INVITE"), "INVITE", []string{"Accept: text/plain", SDP()}},
		{422, Header("Min-SE", "90"), "INVITE", []string{"Supported: timer", "Session-Expires: 30", SDP()}},
		{488, Header("Warning", "305"), "INVITE", []string{MediaLine("audio 9 RTP/AVP 99", "a=rtpmap:99 nosuch/8000")}},
		{488, Header("Warning", "305"), "INVITE", []string{MediaLine("video 9 RTP/AVP 96", "a=rtpmap:96 VP8/90000")}},
		{400, Header("CSeq", "INVITE"), "INVITE", []string{"v=0\nm=audio\n"}},
		{481, Header("CSeq", "UPDATE"), "UPDATE", nil},
		{481, Header("CSeq", "PRACK"), "PRACK", []string{"RAck: 1 1 INVITE"}},
		{405, Header("Allow", "INVITE"), "SUBSCRIBE", []string{"Event: presence"}},
	} {
		s.Fresh()
		s.Request(r.method, r.parts...)
		s.Expect(r.code, r.check)
		if r.method == "INVITE" {
			s.AckRefusal()
		}
	}
	return s
}

// OffersInParts calls tel:, with a body in several parts and several media lines.
func OffersInParts() *Scenario {
	s := Calls("bodies in several parts")
	sdp := MediaLine("video 9 RTP/AVP 96", "a=rtpmap:96 VP8/90000", "m=audio [media_port] RTP/AVP 8 101", events, "m=smell 9 UDP/ODOUR 7")
	s.Invite("Content-Type: multipart/mixed;boundary=cut", Text("--cut\nContent-Type: text/plain\n\nhello\n--cut\nContent-Type: application/sdp\n\n"+sdp+"--cut--\n"))
	s.Expect(180)
	s.Expect(200, Body("m=video 0"), Body("m=audio [1-9]"), Body("m=smell 0"))
	s.Ack()
	s.HangsUp()
	return s
}

// RingsTwice is called and forks: two phones ring with early sound, the second one answers.
func RingsTwice() *Scenario {
	s := IsCalled("forked early dialogs")
	s.ReceiveInvite()
	for _, tag := range []string{"first", "second"} {
		s.reply(183, "Session Progress", "Via:[$via]", "From:[$caller]", "To:[$callee];tag="+tag, "CSeq:[$cseq]", []string{SDP()})
	}
	s.reply(200, "OK", "Via:[$via]", "From:[$caller]", "To:[$callee];tag=second", "CSeq:[$cseq]", []string{SDP()})
	s.Receive("ACK", Header("To", "tag=second"))
	s.Established()
	s.IsHungUp()
	return s
}
