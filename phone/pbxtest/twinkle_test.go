package pbxtest

import (
	"fmt"
	"testing"
	"time"

	"leadline/phone"
	"leadline/phone/rig"
)

// We call Twinkle and Twinkle calls us, either side holds, and either hangs up.
func TestCallsWithTwinkle(t *testing.T) {
	t.Parallel()
	const theirTone = 440
	k := rig.StartKamailio(t, rig.KamailioOptions{Endpoints: people})
	pulse := rig.StartPulseBeside(t)
	defer pulse.Play(t, rig.Tone(48000, theirTone, 60, 0.3))()
	w := rig.StartTwinkle(t, rig.TwinkleOptions{User: "102", Password: "two", Registrar: k.Addr(), Sound: pulse})
	a := newAgent(t, account(k, "udp"))
	k.Registered("102", 1, soon)
	a.registration("Office", phone.Registered, soon)
	now := func(id phone.CallID, state phone.CallState) {
		t.Helper()
		a.until(soon, fmt.Sprintf("%s is %s now", id, state), func() bool {
			told := a.calls[id]
			return len(told) > 0 && told[len(told)-1].State == state
		})
	}
	heard := func(id phone.CallID) { // its card takes a second to begin
		t.Helper()
		now(id, phone.Active)
		rig.Eventually(t, soon, "we hear Twinkle", func() (bool, string) {
			share := a.listen(300 * time.Millisecond).Share(theirTone)
			return share > 0.8, fmt.Sprintf("%.2f of it is the tone", share)
		})
	}

	hears := pulse.Record(t, rig.PulseSpeaker)
	out := a.dial("102")
	a.reaches(out, phone.RingingThere, soon)
	w.Do("answer")
	heard(out)
	w.Do("hold")
	now(out, phone.HeldThere)
	w.Says("re-INVITE successful", soon) // until then it takes no other wish
	w.Do("retrieve")
	now(out, phone.Active)
	a.hears("Twinkle goes on", theirTone) // for long enough to hear us, too
	w.Do("bye")
	if end := a.ends(out, soon); end.Cause != phone.HungUpThere {
		t.Errorf("after their bye: %s", end.Cause)
	}
	hums(t, "Twinkle hears us", hears().Sounding(), ourTone)

	w.Do("call 101")
	in := a.incoming(1).ID
	a.do(a.Answer(in))
	heard(in)
	a.do(a.Hold(in, true))
	now(in, phone.HeldHere)
	a.do(a.Hold(in, false))
	heard(in)
	a.do(a.HangUp(in))
	if end := a.ends(in, soon); end.Cause != phone.HungUpHere {
		t.Errorf("after our hanging up: %s", end.Cause)
	}
	w.Says("far end ended call", soon)
}
