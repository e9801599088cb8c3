package pbxtest

import (
	"testing"

	"leadline/phone"
	"leadline/phone/rig"
)

// Linphone calls us and we call it, in the clear and encrypted, through Kamailio with a
// media proxy.
func TestCallsWithLinphoneThroughAMediaProxy(t *testing.T) {
	t.Parallel()
	media := rig.StartRTPEngine(t)
	k := rig.StartKamailio(t, rig.KamailioOptions{Endpoints: people, Media: media})
	for n, way := range []struct{ theirs, ours string }{{"", "off"}, {"srtp", "required"}} {
		t.Run("srtp "+way.ours, func(t *testing.T) {
			acc := account(k, "udp")
			acc.SRTP = way.ours
			a := newAgent(t, acc)
			a.registration("Office", phone.Registered, soon)
			l := rig.StartLinphone(t, rig.LinphoneOptions{User: "102", Password: "two", Registrar: k.Addr(),
				Encryption: way.theirs, Says: rig.Tone(8000, 440, 60, 0.3)})
			k.Registered("102", 1, soon)
			talks := func(id phone.CallID, nth int, with, by string) {
				t.Helper()
				a.reaches(id, phone.Active, soon)
				if way.theirs != "" {
					a.isEncrypted(id, by)
				}
				a.hears("we hear Linphone", 440)
				l.Hears(ourTone, soon)
				a.do(a.HangUp(id))
				a.ends(id, soon)
				l.Ended(nth, with, soon)
			}
			talks(a.dial("102"), 1, "sip:101@127.0.0.1", "SDES")
			l.Dial("sip:101@" + k.Addr())
			in := a.incoming(1)
			a.do(a.Answer(in.ID))
			// The media proxy offers both ways to agree on keys, and DTLS goes before.
			talks(in.ID, 2, "sip:101@"+k.Addr(), "DTLS")
			if got := media.Calls(); got != 2*(n+1) {
				t.Errorf("%d calls went through the media proxy, want %d", got, 2*(n+1))
			}
		})
	}
}
