package pbxtest

import (
	"testing"
	"time"

	"leadline/phone"
	"leadline/phone/rig"
	"leadline/phone/siptest"
)

// A call over TLS with an Asterisk that wants our certificate, both signed by the
// company's own authority.
func TestTLSWithCertificatesOfBothSides(t *testing.T) {
	t.Parallel()
	authority := siptest.NewAuthority(t)
	theirs, ours := authority.Issue("127.0.0.1"), authority.Issue("telephone")
	p := rig.StartAsterisk(t, rig.AsteriskOptions{
		Endpoints: people, Certificate: theirs.File, Key: theirs.Key, ClientCA: authority.File,
	})
	secure := account(p, "tls")
	secure.Address = "sip:101@" + p.TLSAddr()
	secure.CA, secure.Certificate, secure.Key = authority.File, ours.File, ours.Key
	a := newAgent(t, secure)
	a.registration("Office", phone.Registered, soon)
	p.Call(rig.Caller{To: "101", Number: "+493020948812"})
	in := a.incoming(1)
	a.do(a.Answer(in.ID))
	a.reaches(in.ID, phone.Active, soon)
	time.Sleep(talk)
	a.do(a.HangUp(in.ID))
	a.ends(in.ID, soon)
	out := a.dial("609")
	a.reaches(out, phone.Active, soon)
	a.ends(out, soon)

	nobody := secure
	nobody.Certificate, nobody.Key = "", ""
	b := newAgent(t, nobody)
	if r := b.registration("Office", phone.Retrying, soon); r.Cause != phone.RegUntrusted {
		t.Errorf("without a certificate of ours: %s (%s)", r.Cause, r.Reason)
	}
}
