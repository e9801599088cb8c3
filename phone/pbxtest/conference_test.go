package pbxtest

import (
	"fmt"
	"testing"
	"time"

	"leadline/phone"
	"leadline/phone/rig"
)

// Two people at a real PBX are merged: each hears the other and us.
func TestTwoCallsAreMergedAndEachHearsTheOther(t *testing.T) {
	t.Parallel()
	p, a := office(t, "udp")
	first := a.dial("601") // says 1004 Hz, ten times as loud as
	a.reaches(first, phone.Active, soon)
	second := a.dial("608") // this one 440 Hz; it keeps what it hears
	a.reaches(second, phone.Active, soon)
	a.reaches(first, phone.HeldHere, soon)
	a.do(a.Merge(second, first))
	a.until(soon, "both talk", func() bool {
		for _, id := range []phone.CallID{first, second} {
			told := a.calls[id]
			if last := told[len(told)-1]; last.State != phone.Active || last.Conference == "" {
				return false
			}
		}
		return true
	})
	rig.Eventually(t, soon, "we hear both", func() (bool, string) {
		heard := a.listen(talk / 3)
		one, two := heard.ShareAtOnce(1004), heard.ShareAtOnce(440)
		return one >= 0.5 && two >= 0.03 && one+two >= 0.9, fmt.Sprintf("%.2f is the first and %.2f the second", one, two)
	})
	time.Sleep(4 * talk) // as long as the second hears both
	a.do(a.HangUp(second))
	a.ends(second, soon)
	a.until(soon, "the first is on its own", func() bool {
		told := a.calls[first]
		return told[len(told)-1].Conference == ""
	})
	kept := p.Heard("608")
	shares, both := "", false
	for at := 0.0; at+0.4 <= kept.Seconds(); at += 0.2 {
		part := kept.Cut(at, at+0.4)
		one, us := part.ShareAtOnce(1004), part.ShareAtOnce(ourTone)
		shares += fmt.Sprintf(" %.2f+%.2f", one, us)
		both = both || one >= 0.2 && us >= 0.1 && one+us >= 0.75
	}
	if !both {
		t.Errorf("the second never heard the first and us, but%s", shares)
	}
	a.hears("the first goes on", 1004)
}

func TestDigitsByInfoAndInTheVoiceArriveAtTheOtherEnd(t *testing.T) {
	t.Parallel()
	p := rig.StartAsterisk(t, rig.AsteriskOptions{Endpoints: people, PJSIP: `
[103]
type = endpoint
context = phones
disallow = all
allow = alaw
auth = 103
aors = 103
dtmf_mode = inband
direct_media = no
media_address = 127.0.0.1
bind_rtp_to_media_address = yes
[103]
type = auth
auth_type = userpass
username = 103
password = three
[103]
type = aor
max_contacts = 1
remove_existing = yes
`})
	info, voice := account(p, "udp"), account(p, "udp")
	info.DTMF = "info"
	voice.Name, voice.Address, voice.Password, voice.DTMF = "Voice", "sip:103@"+p.Addr(), "three", "inband"
	a := newAgent(t, info, voice)
	want := ""
	for _, name := range []string{"Office", "Voice"} {
		a.registration(name, phone.Registered, soon)
		id, err := a.Dial(name, "607")
		a.do(err)
		a.reaches(id, phone.Active, soon)
		time.Sleep(300 * time.Millisecond)
		a.do(a.SendDigits(id, "4,2#"))
		want += "42#"
		rig.Eventually(t, soon, "the digits by "+name, func() (bool, string) { return p.Digits() == want, p.Digits() })
		a.do(a.HangUp(id))
		a.ends(id, soon)
	}
}
