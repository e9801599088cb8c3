package pbxtest

import (
	"testing"
	"time"

	"leadline/phone"
	"leadline/phone/rig"
)

// A call over each codec that is no G.711: heard both ways, with digits, held and taken
// back.
func TestCallsInOpusAndG722(t *testing.T) {
	t.Parallel()
	p := rig.StartAsterisk(t, rig.AsteriskOptions{Endpoints: []rig.Endpoint{
		{User: "101", Password: "one", Codecs: []string{"opus", "alaw"}},
		{User: "102", Password: "two", Codecs: []string{"g722"}},
	}})
	wide := account(p, "udp")
	wide.Name, wide.Address, wide.Password = "G.722", "sip:102@"+p.Addr(), "two"
	a := newAgent(t, account(p, "udp"), wide)
	digits := ""
	for _, test := range []struct{ account, codec string }{{"Office", "Opus"}, {"G.722", "G722"}} {
		a.registration(test.account, phone.Registered, soon)
		dial := func(target string) phone.CallID {
			id, err := a.Dial(test.account, target)
			a.do(err)
			if c := a.reaches(id, phone.Active, soon); c.Codec != test.codec {
				t.Errorf("%s speaks %s", test.account, c.Codec)
			}
			time.Sleep(300 * time.Millisecond)
			return id
		}
		id := dial("600")
		a.hears(test.codec+", the echo", ourTone)
		a.do(a.Hold(id, true))
		a.reaches(id, phone.HeldHere, soon)
		a.do(a.Hold(id, false))
		a.until(soon, "it is back", func() bool { told := a.calls[id]; return told[len(told)-1].State == phone.Active })
		a.hears(test.codec+", after hold", ourTone)
		a.do(a.HangUp(id))
		a.ends(id, soon)

		id = dial("607")
		a.do(a.SendDigits(id, "7#"))
		digits += "7#"
		rig.Eventually(t, soon, "the digits", func() (bool, string) { return p.Digits() == digits, p.Digits() })
		a.do(a.HangUp(id))
		a.ends(id, soon)
	}
}
