package phone_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"leadline/phone"
	"leadline/phone/siptest"
)

// registrar makes a peer answer REGISTER by a function; n counts them from 1.
func registrar(pbx *siptest.Peer, f func(n int, m siptest.Message)) (count func() int) {
	var mu sync.Mutex
	n := 0
	pbx.Handle(func(m siptest.Message) bool {
		if m.Method() != "REGISTER" {
			return false
		}
		mu.Lock()
		n++
		k := n
		mu.Unlock()
		f(k, m)
		return true
	})
	return func() int { mu.Lock(); defer mu.Unlock(); return n }
}

func accept(pbx *siptest.Peer, m siptest.Message, expires string) {
	pbx.Send(m.From, m.Response(200, "OK", "r", "",
		"Contact: <sip:else@10.0.0.1:5060>;expires=9999, <"+m.ContactURI()+">;expires="+expires))
}

const challenge = `WWW-Authenticate: Digest realm="pbx", nonce="abc", algorithm=MD5, qop="auth"`

func TestRegisterAnswersTheChallengeAndRenewsByTheGrantedExpiry(t *testing.T) {
	t.Parallel()
	pbx := siptest.New(t)
	count := registrar(pbx, func(n int, m siptest.Message) {
		if m.Get("Authorization") == "" {
			pbx.Send(m.From, m.Response(401, "Unauthorized", "r", "", challenge))
			return
		}
		accept(pbx, m, "1")
	})
	d := newDesk(t, pbx).registered()
	if got := d.Registrations()[0].Expires; got != time.Second {
		t.Errorf("granted %s, want that of our own contact, 1 s", got)
	}
	d.eventually("renewed within the second", func() bool { return count() >= 6 })
}

func TestCloseTakesBackOnlyOurOwnContact(t *testing.T) {
	pbx := siptest.New(t)
	gone := make(chan siptest.Message, 10)
	registrar(pbx, func(n int, m siptest.Message) {
		if m.Get("Expires") == "0" {
			gone <- m
		}
		accept(pbx, m, m.Get("Expires"))
	})
	d := newDesk(t, pbx).registered()
	if err := d.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	select {
	case m := <-gone:
		if strings.Contains(m.Get("Contact"), "*") || !strings.Contains(m.Get("Contact"), "expires=0") {
			t.Errorf("Contact: %s", m.Get("Contact"))
		}
	default:
		t.Fatal("not unregistered")
	}
}

// A PBX that has just come back may have taken the contact, and its answer is still on the way.
func TestCloseTakesBackAContactThatNobodyHasConfirmed(t *testing.T) {
	pbx := siptest.New(t)
	gone := make(chan siptest.Message, 10)
	registrar(pbx, func(_ int, m siptest.Message) {
		if m.Get("Expires") == "0" {
			gone <- m
			accept(pbx, m, "0")
		}
	})
	d := newDesk(t, pbx)
	d.eventually("nobody answers", func() bool { return d.Registrations()[0].State == phone.Retrying })
	d.do(d.Close(t.Context()))
	select {
	case <-gone:
	case <-time.After(siptest.Patience):
		t.Error("the contact is left there")
	}
}

func TestCloseDoesNotWaitLongForASilentPBX(t *testing.T) {
	t.Parallel()
	pbx := siptest.New(t)
	const answer = 4 * time.Second
	d := newDesk(t, pbx, func(c *phone.Config, _ *phone.Account) { c.Timing.Answer = answer }).registered()
	pbx.Handle(func(siptest.Message) bool { return true })
	began := time.Now()
	d.do(d.Close(t.Context()))
	if took := time.Since(began); took >= answer {
		t.Errorf("closed after %v, want half of what an answer may take", took)
	}
}

func TestRegistrationFailures(t *testing.T) {
	for name, tt := range map[string]struct {
		answer func(*siptest.Peer, int, siptest.Message)
		state  phone.RegState
		cause  phone.RegCause
	}{
		"wrong password": {func(p *siptest.Peer, _ int, m siptest.Message) {
			p.Send(m.From, m.Response(401, "Unauthorized", "r", "", challenge))
		}, phone.Refused, phone.RegWrongPassword},
		"forbidden": {func(p *siptest.Peer, _ int, m siptest.Message) {
			p.Send(m.From, m.Response(403, "Forbidden", "r", ""))
		}, phone.Refused, phone.RegForbidden},
		"name not found": {func(p *siptest.Peer, _ int, m siptest.Message) {
			p.Send(m.From, m.Response(404, "Not Found", "r", ""))
		}, phone.Retrying, phone.RegNameNotFound},
		"server error": {func(p *siptest.Peer, _ int, m siptest.Message) {
			p.Send(m.From, m.Response(503, "Service Unavailable", "r", ""))
		}, phone.Retrying, phone.RegServerError},
		"silence": {func(*siptest.Peer, int, siptest.Message) {}, phone.Retrying, phone.RegTimeout},
	} {
		t.Run(name, func(t *testing.T) {
			pbx := siptest.New(t)
			count := registrar(pbx, func(n int, m siptest.Message) { tt.answer(pbx, n, m) })
			d := newDesk(t, pbx)
			d.eventually(tt.state.String(), func() bool {
				r := d.Registrations()[0]
				return r.State == tt.state && r.Cause == tt.cause
			})
			before := count()
			if tt.state == phone.Refused {
				time.Sleep(300 * time.Millisecond)
				if count() != before {
					t.Error("asked again with what was refused")
				}
				return
			}
			if d.Registrations()[0].NextTry.IsZero() {
				t.Error("no time of the next try")
			}
			registrar(pbx, func(_ int, m siptest.Message) { accept(pbx, m, "300") })
			d.registered()
		})
	}
}

func TestTooBriefAnIntervalIsFollowed(t *testing.T) {
	pbx := siptest.New(t)
	asked := make(chan string, 10)
	registrar(pbx, func(n int, m siptest.Message) {
		asked <- m.Get("Expires")
		if m.Get("Expires") != "1800" && m.Get("Expires") != "0" {
			pbx.Send(m.From, m.Response(423, "Interval Too Brief", "r", "", "Min-Expires: 1800"))
			return
		}
		accept(pbx, m, "1800")
	})
	newDesk(t, pbx).registered()
	first := <-asked
	second := first
	for second == first && len(asked) > 0 { // a request is sent once more when its answer is late
		second = <-asked
	}
	if first == second || second != "1800" {
		t.Errorf("asked for %s, then %s", first, second)
	}
}

func TestPBXThatGoesAwayAndComesBack(t *testing.T) {
	t.Parallel()
	pbx := siptest.New(t)
	d := newDesk(t, pbx, calm).registered()
	pbx.Handle(func(siptest.Message) bool { return true }) // answers nothing any more
	d.eventually("noticed", func() bool { return d.Registrations()[0].State == phone.Retrying })
	pbx.Handle(nil)
	d.registered()
	states := []phone.RegState{}
	for _, r := range d.registrations() {
		states = append(states, r.State)
	}
	if states[0] != phone.Registering || states[1] != phone.Registered {
		t.Errorf("told: %v", states)
	}
}

func TestPBXThatIsNotThereYet(t *testing.T) {
	t.Parallel()
	first := siptest.New(t)
	addr := first.Addr()
	first.Close()
	pbx := siptest.New(t)
	d := newDesk(t, pbx, func(_ *phone.Config, a *phone.Account) { a.Address = "sip:101@" + addr })
	d.eventually("told", func() bool { return d.Registrations()[0].State == phone.Retrying })
	if _, err := d.Dial("", "102"); err != nil && !errors.Is(err, phone.ErrNotConnected) {
		t.Error(err)
	}
}

func TestTryTellsTheReason(t *testing.T) {
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	d.eventually("both told", func() bool { return len(d.registrations()) == 2 })
	told := len(d.registrations())
	for name, tt := range map[string]struct {
		code  int
		cause phone.RegCause
	}{"good": {200, phone.RegOK}, "forbidden": {403, phone.RegForbidden}, "unknown": {404, phone.RegNameNotFound}} {
		t.Run(name, func(t *testing.T) {
			other := siptest.New(t)
			registrar(other, func(_ int, m siptest.Message) {
				if tt.code == 200 {
					accept(other, m, m.Get("Expires"))
					return
				}
				other.Send(m.From, m.Response(tt.code, "No", "r", ""))
			})
			err := d.Try(context.Background(), phone.Account{Address: "102@" + other.Addr(), Password: "x"})
			var re *phone.RegistrationError
			if tt.cause == phone.RegOK {
				if err != nil {
					t.Error(err)
				}
			} else if !errors.As(err, &re) || re.Cause != tt.cause || re.Code != tt.code {
				t.Errorf("%v", err)
			}
		})
	}
	if got := len(d.registrations()); got != told {
		t.Errorf("the Listener heard of it: %d, before %d", got, told)
	}
	var re *phone.RegistrationError
	if err := d.Try(context.Background(), phone.Account{Address: "nobody"}); !errors.As(err, &re) || re.Cause != phone.RegBadAccount {
		t.Errorf("%v", err)
	}
}

func TestUnchangedAccountsKeepTheirCallsWhenOthersChange(t *testing.T) {
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	caller := pbx.NewCall()
	caller.Invite(siptest.SDP(4000))
	c := d.state(phone.Ringing)
	other := siptest.New(t)
	second := phone.Account{Name: "Other", Address: "sip:7@" + other.Addr(), Bind: "127.0.0.1:0"}
	d.do(d.SetAccounts([]phone.Account{d.acc, second}))
	d.eventually("both registered", func() bool {
		r := d.Registrations()
		return len(r) == 2 && r[0].State == phone.Registered && r[1].State == phone.Registered
	})
	if calls := d.Calls(); len(calls) != 1 || calls[0].ID != c.ID {
		t.Fatalf("calls: %+v", calls)
	}
	d.do(d.SetAccounts([]phone.Account{second}))
	caller.Refused(480) // not 603: others may take it
	d.ended(phone.Missed)
}
