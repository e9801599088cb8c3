package pbxtest

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"leadline/phone"
	"leadline/phone/rig"
)

var people = []rig.Endpoint{
	{User: "101", Password: "one"},
	{User: "102", Password: "two"},
}

// pbx is what Asterisk and Kamailio have in common here.
type pbx interface {
	Addr() string
	Start()
	Stop()
	Kill()
	Contacts(user string) []string
	Registered(user string, n int, within time.Duration)
}

// pbxs start each kind of PBX; expiry is what it grants, in seconds, 0 what is
// asked for.
var pbxs = map[string]func(t *testing.T, expiry int) pbx{
	"Asterisk": func(t *testing.T, expiry int) pbx {
		return rig.StartAsterisk(t, rig.AsteriskOptions{Endpoints: people, Expiry: expiry})
	},
	"Kamailio": func(t *testing.T, expiry int) pbx {
		return rig.StartKamailio(t, rig.KamailioOptions{Endpoints: people, Expiry: expiry})
	},
}

var transports = []string{"udp", "tcp"}

// everywhere runs a test with each PBX over each transport.
func everywhere(t *testing.T, expiry int, test func(t *testing.T, p pbx, transport string)) {
	for _, kind := range []string{"Asterisk", "Kamailio"} {
		t.Run(kind, func(t *testing.T) {
			p := pbxs[kind](t, expiry)
			for _, transport := range transports {
				t.Run(transport, func(t *testing.T) { test(t, p, transport) })
			}
		})
	}
}

// atOnce is everywhere for tests that mostly wait: each with a PBX of its own,
// side by side.
func atOnce(t *testing.T, expiry int, test func(t *testing.T, p pbx, transport string)) {
	for _, kind := range []string{"Asterisk", "Kamailio"} {
		for _, transport := range transports {
			t.Run(kind+" "+transport, func(t *testing.T) {
				t.Parallel()
				test(t, pbxs[kind](t, expiry), transport)
			})
		}
	}
}

func account(p interface{ Addr() string }, transport string) phone.Account {
	return phone.Account{
		Name: "Office", Address: "sip:101@" + p.Addr(), Password: "one", Transport: transport,
		Bind: "127.0.0.1:0", LineHeader: "X-Line", DefaultLine: "+4930999",
	}
}

func TestRegistersAndUnregisters(t *testing.T) {
	t.Parallel()
	everywhere(t, 0, func(t *testing.T, p pbx, transport string) {
		a := newAgent(t, account(p, transport))
		r := a.registration("Office", phone.Registered, soon)
		if r.Expires <= 0 {
			t.Errorf("registered for %v", r.Expires)
		}
		p.Registered("101", 1, soon)
		a.close()
		p.Registered("101", 0, soon)
	})
}

func TestStaysRegisteredForAsLongAsIsGranted(t *testing.T) {
	t.Parallel()
	const granted = 10 // it is renewed after 7 to 8 of them: a busy machine has two for that
	atOnce(t, granted, func(t *testing.T, p pbx, transport string) {
		a := newAgent(t, account(p, transport))
		// Asterisk tells what is left, which may be a second less already.
		if r := a.registration("Office", phone.Registered, soon); r.Expires > granted*time.Second || r.Expires < (granted-1)*time.Second {
			t.Errorf("the PBX grants %d s, the phone says %v", granted, r.Expires)
		}
		// A contact that isn't refreshed is gone after the granted time.
		for end := time.Now().Add(2*granted*time.Second + time.Second); time.Now().Before(end); time.Sleep(500 * time.Millisecond) {
			if c := p.Contacts("101"); len(c) != 1 {
				t.Fatalf("the PBX has contacts %v", c)
			}
		}
		if got, want := a.states("Office"), []phone.RegState{phone.Registering, phone.Registered}; !slices.Equal(got, want) {
			t.Errorf("it went through %v", got)
		}
	})
}

func TestTooShortARegistrationIsAskedForAgain(t *testing.T) {
	t.Parallel()
	// RFC 3261 §10.2.8: 423 with Min-Expires.
	k := rig.StartKamailio(t, rig.KamailioOptions{Endpoints: people, MinExpiry: 7200})
	a := newAgent(t, account(k, "udp"))
	if r := a.registration("Office", phone.Registered, soon); r.Expires != 7200*time.Second {
		t.Errorf("registered for %v", r.Expires)
	}
}

func TestAWrongPasswordStopsAndSaysSo(t *testing.T) {
	t.Parallel()
	everywhere(t, 0, func(t *testing.T, p pbx, transport string) {
		wrong := account(p, transport)
		wrong.Password = "three"
		a := newAgent(t, wrong)
		if r := a.registration("Office", phone.Refused, soon); r.Cause != phone.RegWrongPassword {
			t.Errorf("refused because of %s", r.Cause)
		}
		time.Sleep(1500 * time.Millisecond) // several back-offs long
		if got := a.Registrations()[0].State; got != phone.Refused {
			t.Errorf("then it is %s", got)
		}
		// The password is mended.
		a.do(a.SetAccounts([]phone.Account{account(p, transport)}))
		a.registration("Office", phone.Registered, soon)
	})
}

func TestRecoversWhenThePBXIsNotThereYetAndComesBack(t *testing.T) {
	t.Parallel()
	atOnce(t, 4, func(t *testing.T, p pbx, transport string) {
		p.Stop()
		a := newAgent(t, account(p, transport))
		if r := a.registration("Office", phone.Retrying, 40*time.Second); r.NextTry.IsZero() {
			t.Error("it does not say when it tries again")
		}
		p.Start()
		a.registration("Office", phone.Registered, 40*time.Second)
		p.Kill()
		a.registration("Office", phone.Retrying, 60*time.Second)
		p.Start()
		a.registration("Office", phone.Registered, 40*time.Second)
		p.Registered("101", 1, soon)
	})
}

func TestOnlyOurOwnContactIsUnregistered(t *testing.T) {
	t.Parallel()
	for kind, start := range pbxs {
		t.Run(kind, func(t *testing.T) {
			p := start(t, 0)
			other := rig.StartBaresip(t, rig.BaresipOptions{User: "101", Password: "one", Registrar: p.Addr()})
			other.Registered(soon)
			a := newAgent(t, account(p, "udp"))
			a.registration("Office", phone.Registered, soon)
			p.Registered("101", 2, soon)
			a.close()
			p.Registered("101", 1, soon)
			time.Sleep(300 * time.Millisecond)
			p.Registered("101", 1, soon)
		})
	}
}

func TestTryTellsWhetherAnAccountWouldRegister(t *testing.T) {
	t.Parallel()
	p := rig.StartKamailio(t, rig.KamailioOptions{Endpoints: people})
	a := newAgent(t)
	wrong, nowhere := account(p, "udp"), account(p, "tcp")
	wrong.Password = "three"
	nowhere.Address = "sip:101@" + rig.Loopback(rig.FreePort(t))
	for name, c := range map[string]struct {
		account phone.Account
		want    phone.RegCause
	}{
		"right":          {account(p, "tcp"), phone.RegOK},
		"wrong password": {wrong, phone.RegWrongPassword},
		"nobody there":   {nowhere, phone.RegUnreachable},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), soon)
			defer cancel()
			err := a.Try(ctx, c.account)
			var why *phone.RegistrationError
			switch {
			case c.want == phone.RegOK && err != nil:
				t.Errorf("refused: %v", err)
			case c.want != phone.RegOK && (!errors.As(err, &why) || why.Cause != c.want):
				t.Errorf("it says %v, want %s", err, c.want)
			}
		})
	}
	if c := p.Contacts("101"); len(c) != 0 {
		t.Errorf("still registered: %v", c)
	}
}
