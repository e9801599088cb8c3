package pbxtest

import (
	"fmt"
	"testing"
	"time"

	"leadline/phone"
	"leadline/phone/audio"
	"leadline/phone/rig"
)

func TestWeCallAnEchoAndHearOurselves(t *testing.T) {
	t.Parallel()
	for _, transport := range transports {
		t.Run(transport, func(t *testing.T) {
			p, a := office(t, transport)
			id := a.dial("600")
			c := a.reaches(id, phone.Active, soon)
			if c.Direction != phone.Outgoing || c.Codec == "" {
				t.Errorf("the call is %s with codec %q", c.Direction, c.Codec)
			}
			a.hears("the echo", ourTone)
			a.do(a.Mute(id, true))
			rig.Eventually(t, soon, "muted, nothing comes back", func() (bool, string) {
				s := a.listen(talk / 3)
				return s.Level() <= 0.005, fmt.Sprintf("%.3f does", s.Level())
			})
			a.do(a.Mute(id, false))
			a.hears("no longer muted", ourTone)
			a.do(a.HangUp(id))
			a.ends(id, soon)
			rig.Eventually(t, soon, "the PBX has no call", func() (bool, string) { return p.Channels() == 0, "some" })
		})
	}
}

func TestEachWayACallFailsIsToldApart(t *testing.T) {
	t.Parallel()
	p, a := office(t, "udp")
	hasty := account(p, "udp")
	hasty.Address, hasty.Password = p.URI("102"), "two"
	b := newAgentWith(t, func(c *phone.Config) { c.Timing.NoAnswer = time.Second }, hasty)
	b.registration("Office", phone.Registered, soon)
	if e := b.ends(b.dial("605"), soon); e.Cause != phone.NoAnswer {
		t.Errorf("what rings for too long ended as %s", e.Cause)
	}
	for name, c := range map[string]struct {
		target string
		cause  phone.Cause
		code   int
	}{
		"busy":           {"602", phone.Busy, 486},
		"no way through": {"603", phone.Failed, 503},
		"no such number": {"604", phone.NotFound, 404},
		"nobody has it":  {"999", phone.NotFound, 404},
		"declined":       {"611", phone.DeclinedThere, 403},
	} {
		t.Run(name, func(t *testing.T) {
			e := a.ends(a.dial(c.target), soon)
			if e.Cause != c.cause || e.SIPCode != c.code {
				t.Errorf("it ended as %s with %d %s; want %s with %d", e.Cause, e.SIPCode, e.SIPReason, c.cause, c.code)
			}
		})
	}
}

func TestWeGiveUpBeforeTheyAnswer(t *testing.T) {
	t.Parallel()
	p, a := office(t, "udp")
	id := a.dial("605")
	a.reaches(id, phone.RingingThere, soon)
	rig.Eventually(t, soon, "ringback is heard", func() (bool, string) { return len(a.sound.Tones()) > 0, "silence" })
	if got := a.sound.Tones(); got[0] != audio.ToneRingback {
		t.Errorf("the tone is %v", got)
	}
	a.do(a.HangUp(id))
	if e := a.ends(id, soon); e.Cause != phone.Cancelled {
		t.Errorf("it ended as %s", e.Cause)
	}
	rig.Eventually(t, soon, "the PBX has no call", func() (bool, string) { return p.Channels() == 0, "some" })
}

func TestTheirOwnRingbackIsHeardBeforeTheyAnswer(t *testing.T) {
	t.Parallel()
	_, a := office(t, "udp")
	id := a.dial("606")
	if c := a.reaches(id, phone.Early, soon); !c.EarlyMedia {
		t.Error("early media is not told")
	}
	a.hears("early media", 440)
	a.do(a.HangUp(id))
	a.ends(id, soon)
}

func TestDigitsArriveAtTheOtherEnd(t *testing.T) {
	t.Parallel()
	p, a := office(t, "udp")
	id := a.dial("607")
	a.reaches(id, phone.Active, soon)
	time.Sleep(300 * time.Millisecond)
	a.do(a.SendDigits(id, "42"))
	a.do(a.SendDigits(id, "#*0"))
	rig.Eventually(t, soon, "the digits", func() (bool, string) { return p.Digits() == "42#*0", p.Digits() })
	a.until(soon, "the call tells its digits", func() bool {
		told := a.calls[id]
		return told[len(told)-1].Digits == "42#*0"
	})
	a.do(a.HangUp(id))
	a.ends(id, soon)
}
