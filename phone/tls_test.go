package phone_test

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"leadline/phone"
	"leadline/phone/siptest"
)

// byTLS is an account at a peer that speaks TLS.
func byTLS(ca string) func(*phone.Config, *phone.Account) {
	return func(c *phone.Config, a *phone.Account) {
		patient(c, a)
		a.Transport, a.CA = "tls", ca
	}
}

// patient gives a busy machine time for the handshake; the system's authorities are many.
func patient(c *phone.Config, _ *phone.Account) { c.Timing.Answer = siptest.Patience }

func TestCallOverTLSWithOwnAuthority(t *testing.T) {
	t.Parallel()
	authority := siptest.NewAuthority(t)
	pbx := siptest.NewTCP(t, authority.Issue("127.0.0.1").Server(t))
	d := newDesk(t, pbx, byTLS(authority.File)).registered()
	if from, contact := pbx.Phone(); !strings.Contains(contact, from) || !strings.Contains(contact, "transport=tls") {
		t.Errorf("registered from %s with the Contact %s", from, contact)
	}
	caller := pbx.NewCall()
	caller.Invite(siptest.SDP(4000))
	d.do(d.Answer(d.rings().ID))
	ok := caller.Answered("")
	if uri := ok.ContactURI(); !strings.Contains(uri, caller.To) {
		t.Errorf("the 200 has the Contact %s, the connection comes from %s", uri, caller.To)
	}
	d.state(phone.Active)
	caller.Do("BYE", "")
	caller.Expect("200 BYE")
	d.ended(phone.HungUpThere)
}

func TestCertificatesAreChecked(t *testing.T) {
	t.Parallel()
	authority, other := siptest.NewAuthority(t), siptest.NewAuthority(t)
	good := authority.Issue("127.0.0.1")
	telephone := authority.Issue("telephone")
	demanding := good.Server(t)
	demanding.ClientAuth, demanding.ClientCAs = tls.RequireAndVerifyClientCert, authority.Pool()
	for name, tt := range map[string]struct {
		server  *tls.Config
		account phone.Account
		words   string // "" for success
	}{
		"system's authorities": {good.Server(t), phone.Account{}, "comes from CN=Test authority"},
		"another authority":    {good.Server(t), phone.Account{CA: other.File}, "which this computer doesn't trust"},
		"another name":         {authority.Issue("pbx.example.org").Server(t), phone.Account{CA: authority.File}, "not for 127.0.0.1 but for pbx.example.org"},
		"expired":              {authority.IssueUntil(time.Now().Add(-time.Hour), "127.0.0.1").Server(t), phone.Account{CA: authority.File}, "is valid from"},
		"none of ours":         {demanding, phone.Account{CA: authority.File}, "wants a certificate of this telephone"},
		"ours":                 {demanding, phone.Account{CA: authority.File, Certificate: telephone.File, Key: telephone.Key}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			pbx := siptest.NewTCP(t, tt.server)
			account := tt.account
			account.Address, account.Transport = "101@"+pbx.Addr(), "tls"
			d := newDesk(t, siptest.New(t), patient)
			err := d.Try(context.Background(), account)
			var re *phone.RegistrationError
			switch {
			case tt.words == "" && err != nil:
				t.Error(err)
			case tt.words != "" && (!errors.As(err, &re) || re.Cause != phone.RegUntrusted || !strings.Contains(re.Reason, tt.words)):
				t.Errorf("%v", err)
			}
		})
	}
}

// Certificates run out while a telephone is registered, which holds until its connection breaks: then it is told, and a renewed one
// is taken without anybody who starts the telephone anew.
func TestCertificatesThatRunOutAndAreRenewed(t *testing.T) {
	t.Parallel()
	authority := siptest.NewAuthority(t)
	good, spent := authority.Issue("127.0.0.1"), authority.IssueUntil(time.Now().Add(-time.Hour), "127.0.0.1")
	var theirs atomic.Pointer[tls.Config]
	use := func(c siptest.Certificate) {
		config := c.Server(t)
		config.ClientAuth, config.ClientCAs = tls.RequireAndVerifyClientCert, authority.Pool()
		theirs.Store(config)
	}
	use(good)
	pbx := siptest.NewTCP(t, &tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) { return theirs.Load(), nil }})
	ours, renewed := authority.Issue("telephone"), authority.Issue("telephone")
	copyOver := func(to, from siptest.Certificate) {
		t.Helper()
		for to, from := range map[string]string{to.File: from.File, to.Key: from.Key} {
			data, err := os.ReadFile(from)
			if err == nil {
				err = os.WriteFile(to, data, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	d := newDesk(t, pbx, byTLS(authority.File), func(_ *phone.Config, a *phone.Account) {
		a.Certificate, a.Key = ours.File, ours.Key
	}).registered()
	untrusted := func(what, words string) {
		t.Helper()
		pbx.Cut()
		d.eventually(what, func() bool {
			r := d.Registrations()[0]
			return r.State == phone.Retrying && r.Cause == phone.RegUntrusted && strings.Contains(r.Reason, words)
		})
	}
	use(spent)
	untrusted("the PBX's has run out", "is valid from")
	use(good)
	d.registered()
	copyOver(ours, authority.IssueUntil(time.Now().Add(-time.Hour), "telephone"))
	untrusted("the telephone's has run out", "the PBX refuses our TLS connection")
	copyOver(ours, renewed)
	d.registered()
}

func TestTLSAtAPortThatSpeaksSomethingElse(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Write([]byte("SIP/2.0 400 Bad Request\r\n\r\n"))
			defer conn.Close()
		}
	}()
	d := newDesk(t, siptest.New(t), patient)
	err = d.Try(context.Background(), phone.Account{Address: "101@" + listener.Addr().String(), Transport: "tls"})
	var re *phone.RegistrationError
	if !errors.As(err, &re) || re.Cause != phone.RegUntrusted || !strings.Contains(re.Reason, "doesn't speak TLS") {
		t.Errorf("%v", err)
	}
}

func TestCertificateFilesThatCannotBeRead(t *testing.T) {
	d := newDesk(t, siptest.New(t))
	for name, a := range map[string]phone.Account{
		"no such authority":   {CA: "/nowhere/ca.pem"},
		"no authority":        {CA: siptest.NewAuthority(t).Issue("x").Key},
		"no such certificate": {Certificate: "/nowhere/me.pem"},
	} {
		t.Run(name, func(t *testing.T) {
			a.Address, a.Transport = "101@127.0.0.1:1", "tls"
			var re *phone.RegistrationError
			if err := d.Try(context.Background(), a); !errors.As(err, &re) || re.Cause != phone.RegBadAccount {
				t.Errorf("%v", err)
			}
			a.Name = "Office"
			if err := d.SetAccounts([]phone.Account{a}); err == nil {
				t.Error("taken")
			}
		})
	}
}

// A connection over TCP that breaks in the middle of a call is made anew, and the far end
// is told where we are now; the call goes on.
func TestCallSurvivesABrokenConnection(t *testing.T) {
	pbx := siptest.NewTCP(t, nil)
	d := newDesk(t, pbx, func(_ *phone.Config, a *phone.Account) { a.Transport = "tcp" }).registered()
	caller := pbx.NewCall()
	caller.Invite(siptest.SDP(4000))
	d.do(d.Answer(d.rings().ID))
	caller.Answered("")
	call := d.state(phone.Active)
	caller.Do("UPDATE", siptest.SDP(4000))
	caller.Expect("200 UPDATE") // not before the ACK has been read
	before := caller.To
	pbx.Cut()
	again := pbx.Expect("INVITE")
	if again.From == before || !strings.Contains(again.ContactURI(), again.From) {
		t.Errorf("re-INVITE from %s (before %s) with the Contact %s", again.From, before, again.ContactURI())
	}
	pbx.Reply(again, 200, "OK", siptest.SDP(4000))
	pbx.Expect("ACK")
	if addr, _ := pbx.Phone(); addr != again.From {
		t.Errorf("registered from %s, the call is at %s", addr, again.From)
	}
	if now := d.last(call.ID); now.State != phone.Active {
		t.Errorf("the call is %s", now.State)
	}
	d.do(d.HangUp(call.ID))
	pbx.Reply(pbx.Expect("BYE"), 200, "OK", "")
	d.ended(phone.HungUpHere)
}

// What is asked in a call when its connection breaks is asked again over the new one.
func TestHoldingOverAConnectionThatBreaks(t *testing.T) {
	pbx := siptest.NewTCP(t, nil)
	d := newDesk(t, pbx, func(_ *phone.Config, a *phone.Account) { a.Transport = "tcp" }).registered()
	caller := pbx.NewCall()
	caller.Invite(siptest.SDP(4000))
	d.do(d.Answer(d.rings().ID))
	caller.Answered("")
	call := d.state(phone.Active)
	d.do(d.Hold(call.ID, true))
	first := pbx.Expect("INVITE")
	pbx.Cut() // unanswered
	again := pbx.Expect("INVITE")
	if again.From == first.From || again.CSeq() <= first.CSeq() || !strings.Contains(again.Body, "a=sendonly") {
		t.Errorf("after CSeq %d from %s came %d from %s:\n%s", first.CSeq(), first.From, again.CSeq(), again.From, again.Body)
	}
	pbx.Reply(again, 200, "OK", siptest.SDP(4000, "a=recvonly"))
	pbx.Expect("ACK")
	d.state(phone.HeldHere)
}

// A PBX that is gone is waited for a little; then the wish has failed, and the call goes on.
func TestHoldingOverAConnectionThatStaysBroken(t *testing.T) {
	pbx := siptest.NewTCP(t, nil)
	d := newDesk(t, pbx, func(_ *phone.Config, a *phone.Account) { a.Transport = "tcp" }).registered()
	caller := pbx.NewCall()
	caller.Invite(siptest.SDP(4000))
	d.do(d.Answer(d.rings().ID))
	caller.Answered("")
	call := d.state(phone.Active)
	d.do(d.Hold(call.ID, true))
	pbx.Expect("INVITE")
	told := func() int {
		d.mu.Lock()
		defer d.mu.Unlock()
		return len(d.ear.calls)
	}
	before, began := told(), time.Now()
	pbx.Close()
	d.eventually("the wish has failed", func() bool { return told() > before })
	if now := d.last(call.ID); now.State != phone.Active {
		t.Errorf("the call is %s", now.State)
	}
	if took := time.Since(began); took > siptest.Patience/4 {
		t.Errorf("that took %v", took)
	}
	d.do(d.HangUp(call.ID))
	d.ended(phone.HungUpHere)
}
