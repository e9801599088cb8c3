package scenario

import "fmt"

// 2: attended transfer, by a call that takes the place of another (RFC 3891).

// Replaces calls; then a second phone of its own calls in the place of the first, whose call is
// hung up, and hangs up itself.
func Replaces() *Scenario {
	s := Calls("they take the place of a call")
	s.Invite(SDP())
	s.Expect(180)
	s.Expect(200, KeepOf("To", "tag=([^;]+)", "ours"))
	s.Ack()
	second := []string{"Call-ID: second///[call_id]", `From: "Boss" <sip:104@[local_ip]:[local_port]>;tag=second[call_number]`}
	s.untagged = true
	s.Invite(append(second, SDP(), "Require: replaces", "Referred-By: <sip:chief@example.org>",
		"Replaces: [call_id];to-tag=[$ours];from-tag=[call_number]")...)
	s.untagged = false
	s.Expect(180)
	// The answer to the second and the end of the first come in any order.
	s.steps.WriteString(`<recv request="BYE" optional="true" next="1"/>` + "\n")
	s.Expect(200)
	s.Ack(second...)
	s.Receive("BYE")
	s.Reply(200, "OK")
	s.steps.WriteString(`<nop next="2"/>` + "\n" + `<label id="1"/>` + "\n")
	s.Reply(200, "OK")
	s.Expect(200)
	s.Ack(second...)
	s.steps.WriteString(`<label id="2"/>` + "\n")
	s.Request("BYE", second...)
	s.Expect(200)
	return s
}

// ReplacesWrongly wants to take the place of a call that there isn't, of two at once, and of one
// that it names wrongly.
func ReplacesWrongly() *Scenario {
	s := Calls("they take the place of no call")
	for _, r := range []struct {
		code     int
		replaces []string
	}{
		{481, []string{"Replaces: nosuch;to-tag=a;from-tag=b"}},
		{400, []string{"Replaces: nosuch;to-tag=a"}},
		{400, []string{"Replaces: nosuch;to-tag=a;from-tag=b", "X-Also: none\nReplaces: other;to-tag=a;from-tag=b"}},
	} {
		s.Fresh()
		s.Request("INVITE", append(r.replaces, SDP())...)
		s.Expect(r.code)
		s.AckRefusal()
	}
	return s
}

// IsReplacedAt is called in the place of another call, by a transferee, answers at once, as one
// who talks already does, and hangs up.
func IsReplacedAt(replaces string) *Scenario {
	s := IsCalled("we take the place of a call")
	s.ReceiveInvite(Header("Replaces", replaces), Header("Referred-By", "sip:chief@example.org"))
	s.ReplyToInvite(200, "OK", SDP())
	s.Receive("ACK")
	s.Established()
	s.Request("BYE")
	s.Expect(200)
	return s
}

// IsConsulted is called and hung up when the others are connected.
func IsConsulted() *Scenario {
	s := IsCalled("we consult them")
	s.Answers()
	s.IsHungUp()
	return s
}

// IsReferredToAnother is called, held, and sent on to a call that we have with another.
func IsReferredToAnother() *Scenario {
	return isReferred("we connect them", fmt.Sprintf("sip:sipp@.*Replaces=.*%s.*%s", "%3Bto-tag%3D1", "%3Bfrom-tag%3D"), "200 OK")
}
