// Package scenario writes scenarios for SIPp: what is sent and expected, step by step, as XML.
//
//	s := scenario.Calls("they hold")
//	s.Invite(scenario.SDP())
//	s.Expect(180)
//	s.Expect(200)
//	s.Ack()
//	s.Request("INVITE", scenario.SDP("a=sendonly"))
//	s.Expect(200, scenario.Body("a=recvonly"))
//	…
//
// The same steps work for who calls and for who is called; [Calls] and [IsCalled] make the
// two. The scenarios that the tests run are in files by their subject, one function each.
package scenario
