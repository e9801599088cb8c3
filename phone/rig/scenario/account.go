package scenario

// 5: accounts.

// Registrar takes a REGISTER once it has credentials, and takes the contact back at the end.
func Registrar() *Scenario {
	s := IsCalled("a registrar")
	s.Established() // tags are of no interest here
	s.Receive("REGISTER", Header("Contact", "<sip:101@"), Header("Via", "rport"))
	s.Reply(401, "Unauthorized", `WWW-Authenticate: Digest realm="test", nonce="abc", algorithm=MD5, qop="auth"`)
	s.Receive("REGISTER", Header("Authorization", "username=.101.[, ]"), Header("Authorization", "response=.[0-9a-f]+"), Header("Authorization", "qop=.?auth"))
	s.Reply(200, "OK", "Contact: <sip:101@[remote_ip]:[remote_port]>;expires=300")
	s.Receive("REGISTER", Header("Expires", "0"))
	s.Reply(200, "OK")
	return s
}

// CallsFromBehindNAT calls with a Via that says something else than where it is (RFC 3581).
func CallsFromBehindNAT() *Scenario {
	s := Calls("they are behind a NAT")
	s.Request("OPTIONS", "Via: SIP/2.0/[transport] 192.0.2.7:5060;rport;branch=[branch]")
	s.Expect(200, Header("Via", "received=127.0.0.1"), Header("Via", "rport=[0-9]+"))
	return s
}

// Plain calls, is answered and hangs up.
func Plain() *Scenario {
	s := Calls("they call")
	s.Answered()
	s.HangsUp()
	return s
}

// IsPlain is called, answers and is hung up.
func IsPlain() *Scenario {
	s := IsCalled("we call")
	s.Answers()
	s.IsHungUp()
	return s
}
