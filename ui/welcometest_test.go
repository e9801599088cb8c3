package ui

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"leadline/ui/desk"
)

// accountBench is a tester whose clock and PBX the test holds in its hands.
type accountBench struct {
	*accountTester
	d       *Dispatcher
	timers  []func()
	states  []accountTestState
	begun   chan AccountSettings
	answers chan error
	running atomic.Int32
	most    atomic.Int32
}

func newAccountBench() *accountBench {
	b := &accountBench{d: NewQueue(), begun: make(chan AccountSettings, 8), answers: make(chan error)}
	b.accountTester = newAccountTester(b.d, func(ctx context.Context, a AccountSettings) error {
		if n := b.running.Add(1); n > b.most.Load() {
			b.most.Store(n)
		}
		defer b.running.Add(-1)
		b.begun <- a
		select {
		case err := <-b.answers:
			return err
		case <-ctx.Done():
			time.Sleep(5 * time.Millisecond) // unregistering takes a moment
			return ctx.Err()
		}
	}, func(s accountTestState) { b.states = append(b.states, s) })
	b.after = func(_ time.Duration, f func()) func() bool {
		stopped := false
		b.timers = append(b.timers, func() {
			if !stopped {
				f()
			}
		})
		return func() bool { stopped = true; return true }
	}
	return b
}

// rest lets the typing rest long enough.
func (b *accountBench) rest() {
	for _, f := range b.timers {
		f()
	}
	b.timers = nil
	b.d.Pump()
}

func (b *accountBench) step() accountTestStep { return b.states[len(b.states)-1].Step }

func TestAnAccountIsTestedOnceTheTypingRests(t *testing.T) {
	b := newAccountBench()
	b.Changed(AccountSettings{Address: "101@p"})
	if b.step() != accountIncomplete {
		t.Errorf("without a password it shows %v", b.step())
	}
	for _, p := range []string{"g", "ge", "geheim"} {
		b.Changed(AccountSettings{Address: "101@pbx", Password: p})
	}
	if b.step() != accountTyping {
		t.Errorf("while typing it shows %v", b.step())
	}
	b.rest()
	if a := <-b.begun; a.Password != "geheim" || b.step() != accountTesting {
		t.Errorf("tested with %q, shows %v", a.Password, b.step())
	}
	b.answers <- nil
	pumpUntil(t, b.d, func() bool { return b.step() == accountWorks })
	if len(b.begun) != 0 {
		t.Error("it was tested more than once")
	}
}

func TestAFailedAccountTestShowsTheReason(t *testing.T) {
	b := newAccountBench()
	for _, err := range []error{
		&TestFailure{Field: FieldPassword, Why: desk.Text{Key: "Wrong password"}, Detail: "403 Forbidden"},
		errors.New("broken"),
	} {
		b.Changed(AccountSettings{Address: "101@pbx", Password: "x"})
		b.rest()
		<-b.begun
		b.answers <- err
		pumpUntil(t, b.d, func() bool { return b.step() == accountFails })
	}
	if f := b.states[len(b.states)-1].Failure; f.Why.Args["reason"] != "broken" {
		t.Errorf("an error without words became %+v", f)
	}
	for _, s := range b.states {
		if s.Failure.Field == FieldPassword && s.Failure.Why.Key == "Wrong password" {
			return
		}
	}
	t.Error("the wrong password was not shown")
}

func TestTwoTestsNeverRunAtOnceAndAStaleResultIsDropped(t *testing.T) {
	b := newAccountBench()
	b.Changed(AccountSettings{Address: "101@pbx", Password: "old"})
	b.rest()
	<-b.begun
	b.Changed(AccountSettings{Address: "101@pbx", Password: "new"})
	b.rest()
	var second AccountSettings
	pumpUntil(t, b.d, func() bool {
		select {
		case second = <-b.begun:
			return true
		default:
			return false
		}
	})
	if second.Password != "new" {
		t.Errorf("tested with %q", second.Password)
	}
	b.answers <- nil
	pumpUntil(t, b.d, func() bool { return b.step() == accountWorks })
	for _, s := range b.states {
		if s.Step == accountFails {
			t.Errorf("the cancelled test was shown as %+v", s.Failure)
		}
	}
	if n := b.most.Load(); n != 1 {
		t.Errorf("%d tests ran at once", n)
	}
}

func TestNothingIsShownAfterTheFormIsGone(t *testing.T) {
	b := newAccountBench()
	b.Changed(AccountSettings{Address: "101@pbx", Password: "x"})
	b.rest()
	<-b.begun
	n := len(b.states)
	b.Stop()
	pumpUntil(t, b.d, func() bool { return b.cancel == nil })
	if len(b.states) != n {
		t.Errorf("shown after Stop: %+v", b.states[n:])
	}
}
