package pbxtest

import (
	"slices"
	"strings"
	"testing"

	"leadline/phone"
	"leadline/phone/rig"
)

// encrypted is an Asterisk that wants the sound of 101 encrypted, and our phone as 101.
func encrypted(t *testing.T, theirs, mode, keys string) (*rig.Asterisk, *agent) {
	t.Helper()
	all := slices.Clone(people)
	all[0].Encryption = theirs
	p := rig.StartAsterisk(t, rig.AsteriskOptions{Endpoints: all})
	acc := account(p, "udp")
	acc.SRTP, acc.SRTPKeys = mode, keys
	a := newAgent(t, acc)
	a.registration("Office", phone.Registered, soon)
	p.Registered("101", 1, soon)
	return p, a
}

// isEncrypted waits until the call tells that it is, and how.
func (a *agent) isEncrypted(id phone.CallID, by string) {
	a.t.Helper()
	a.until(soon, "the call is encrypted", func() bool {
		told := a.calls[id]
		return len(told) > 0 && told[len(told)-1].Encrypted
	})
	a.mu.Lock()
	defer a.mu.Unlock()
	last := a.calls[id][len(a.calls[id])-1]
	if !strings.HasPrefix(last.Encryption, by+", ") {
		a.t.Errorf("encrypted by %q, want %s", last.Encryption, by)
	}
	a.t.Logf("%s %s: %s", last.Direction, last.Remote.User, last.Encryption)
}

func TestEncryptedCallsWithAsterisk(t *testing.T) {
	t.Parallel()
	for _, keys := range []string{"sdes", "dtls"} {
		t.Run(keys, func(t *testing.T) {
			p, a := encrypted(t, keys, "required", keys)
			by := strings.ToUpper(keys)
			name := p.Call(rig.Caller{To: "101", Number: "+493020948812"})
			in := a.incoming(1)
			a.do(a.Answer(in.ID))
			a.isEncrypted(in.ID, by)
			a.hears("we hear the caller", 440)
			a.do(a.HangUp(in.ID))
			a.ends(in.ID, soon)
			rig.Eventually(t, soon, "the PBX has no call", func() (bool, string) { return p.Channels() == 0, "some" })
			hums(t, "the caller hears us", p.Heard(name), ourTone)

			out := a.dial("600")
			a.reaches(out, phone.Active, soon)
			a.isEncrypted(out, by)
			a.hears("the echo", ourTone)
			a.do(a.Hold(out, true))
			a.reaches(out, phone.HeldHere, soon)
			a.do(a.Hold(out, false))
			a.until(soon, "it is back", func() bool { told := a.calls[out]; return told[len(told)-1].State == phone.Active })
			a.hears("after hold", ourTone)
			a.isEncrypted(out, by)
			a.do(a.HangUp(out))
			a.ends(out, soon)
		})
	}
}

// What prefers encryption talks to a PBX that has none, and tells so; what requires it
// does not, and tells why.
func TestAnAsteriskWithoutEncryption(t *testing.T) {
	t.Parallel()
	for _, keys := range []string{"sdes", "dtls"} {
		t.Run(keys, func(t *testing.T) {
			p, a := encrypted(t, "", "preferred", keys)
			id := a.dial("600")
			if c := a.reaches(id, phone.Active, soon); c.Encrypted || !c.Exposed {
				t.Errorf("encrypted %v, exposed %v", c.Encrypted, c.Exposed)
			}
			a.hears("the echo", ourTone)
			a.do(a.HangUp(id))
			a.ends(id, soon)

			strict := account(p, "udp")
			strict.SRTP, strict.SRTPKeys = "required", keys
			b := newAgent(t, strict)
			b.registration("Office", phone.Registered, soon)
			if e := b.ends(b.dial("600"), soon); e.Cause != phone.Failed || !strings.Contains(e.SIPReason, "encryption is required") {
				t.Errorf("it ended as %s: %s", e.Cause, e.SIPReason)
			}
		})
	}
}

func TestEncryptedCallsWithBaresip(t *testing.T) {
	t.Parallel()
	for _, way := range []struct{ module, setting, keys string }{
		{"srtp.so", "srtp-mand", "sdes"}, {"dtls_srtp.so", "dtls_srtp", "dtls"},
	} {
		t.Run(way.keys, func(t *testing.T) {
			k := rig.StartKamailio(t, rig.KamailioOptions{Endpoints: people})
			acc := account(k, "udp")
			acc.SRTP, acc.SRTPKeys = "required", way.keys
			a := newAgent(t, acc)
			a.registration("Office", phone.Registered, soon)
			b := rig.StartBaresip(t, rig.BaresipOptions{User: "102", Password: "two", Registrar: k.Addr(), Answer: true,
				Says: rig.Tone(8000, 440, 60, 0.3), Config: "module " + way.module, Account: ";mediaenc=" + way.setting})
			b.Registered(soon)
			by := strings.ToUpper(way.keys)
			talks := func(id phone.CallID) {
				t.Helper()
				a.reaches(id, phone.Active, soon)
				a.isEncrypted(id, by)
				a.hears("we hear baresip", 440)
				a.do(a.HangUp(id))
				a.ends(id, soon)
				b.WaitFor("CALL_CLOSED", soon)
				hums(t, "baresip hears us", b.Heard(), ourTone)
			}
			talks(a.dial("102"))
			b.Dial("sip:101@" + k.Addr())
			in := a.incoming(1)
			a.do(a.Answer(in.ID))
			talks(in.ID)
		})
	}
}
