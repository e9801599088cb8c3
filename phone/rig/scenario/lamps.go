package scenario

import "regexp"

// 10: lamps and messages.

// TellsOfMessages sends a message-summary that nobody asked for, a MESSAGE and an OPTIONS.
func TellsOfMessages() *Scenario {
	s := Calls("they tell of messages")
	s.Fresh()
	s.Request("NOTIFY", "Event: message-summary", "Subscription-State: active", "Content-Type: application/simple-message-summary",
		Text("Messages-Waiting: yes\nMessage-Account: sip:101@example.org\nVoice-Message: 2/8 (0/2)\n"))
	s.Expect(200)
	s.Request("MESSAGE", "Content-Type: text/plain", Text("Hello"))
	s.Expect(200)
	s.Request("OPTIONS")
	s.Expect(200, Header("Allow", "INVITE.*UPDATE"), Header("Accept", "application/sdp"), Header("Supported", "100rel.*replaces.*timer"), Body("m=audio"))
	return s
}

// IsAsked takes a subscription and tells its state, of a package and type.
func IsAsked(event, kind, state string) *Scenario {
	s := IsCalled("we ask for " + event)
	s.Receive("SUBSCRIBE", Header("Event", event), Header("Accept", regexp.QuoteMeta(kind)), Keep("From", ".*", "caller"), Keep("To", ".*", "callee"), Keep("Contact", "sips?:[^>]*", "target"))
	s.Reply(200, "OK", "Expires: 600")
	s.Established()
	s.Request("NOTIFY", "Event: "+event, "Subscription-State: active;expires=600", "Content-Type: "+kind, Text(state))
	s.Expect(200)
	s.Receive("SUBSCRIBE", Header("Expires", "0"))
	s.Reply(200, "OK", "Expires: 0")
	return s
}
