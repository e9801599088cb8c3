package ui

import (
	"context"
	"errors"
	"time"

	"leadline/ui/desk"
)

// accountTestDelay is how long the typing has to rest before the PBX is asked.
const accountTestDelay = 600 * time.Millisecond

// accountTestStep is where the test of an account stands.
type accountTestStep int

const (
	accountIncomplete accountTestStep = iota // something is missing yet
	accountTyping                            // waits for the typing to rest
	accountTesting
	accountWorks
	accountFails
)

// accountTestState is what the form shows of a test.
type accountTestState struct {
	Step    accountTestStep
	Failure TestFailure // when Step is accountFails
}

// accountTester tests an account while it is typed in. There is never more than one
// test at once: a PBX may lock out who tries wrong passwords side by side, and
// counts each keystroke as one. It lives on the goroutine of the windows.
type accountTester struct {
	do    *Dispatcher
	test  func(context.Context, AccountSettings) error
	after func(time.Duration, func()) (stop func() bool)
	show  func(accountTestState)

	latest  AccountSettings
	gen     int
	stop    func() bool        // the timer
	cancel  context.CancelFunc // the running test
	waiting bool               // latest is to be tested when the running one has ended
}

func newAccountTester(do *Dispatcher, test func(context.Context, AccountSettings) error, show func(accountTestState)) *accountTester {
	return &accountTester{do: do, test: test, show: show,
		after: func(d time.Duration, f func()) func() bool { return time.AfterFunc(d, f).Stop }}
}

// Changed is called with each keystroke. The result of what was there before no
// longer counts.
func (t *accountTester) Changed(a AccountSettings) {
	t.Stop()
	t.latest = a
	if !accountComplete(a) {
		t.show(accountTestState{Step: accountIncomplete})
		return
	}
	t.show(accountTestState{Step: accountTyping})
	gen := t.gen
	t.stop = t.after(accountTestDelay, func() {
		t.do.Do(func() {
			if gen == t.gen {
				t.begin()
			}
		})
	})
}

// Stop drops what is on its way.
func (t *accountTester) Stop() {
	t.gen++
	t.waiting = false
	if t.stop != nil {
		t.stop()
		t.stop = nil
	}
	if t.cancel != nil {
		t.cancel()
	}
}

func (t *accountTester) begin() {
	if t.cancel != nil { // it ends soon: it was cancelled
		t.waiting = true
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	t.cancel = cancel
	t.show(accountTestState{Step: accountTesting})
	gen, a := t.gen, t.latest
	answer(ctx, t.do, a, func(ctx context.Context, a AccountSettings) (struct{}, error) {
		return struct{}{}, t.test(ctx, a)
	}, func(_ struct{}, err error) { t.ended(gen, err) })
}

func (t *accountTester) ended(gen int, err error) {
	t.cancel()
	t.cancel = nil
	if t.waiting {
		t.waiting = false
		t.begin()
		return
	}
	if gen != t.gen {
		return
	}
	if err == nil {
		t.show(accountTestState{Step: accountWorks})
		return
	}
	t.show(accountTestState{Step: accountFails, Failure: failureOf(err)})
}

// failureOf is the failure in words; an error that has none shows as it is.
func failureOf(err error) TestFailure {
	var f *TestFailure
	if errors.As(err, &f) {
		return *f
	}
	return TestFailure{Why: desk.Text{Key: "The test failed: {reason}", Args: map[string]string{"reason": reasonOf(err)}}}
}

// accountComplete says whether there is enough to ask a PBX with. A password may be
// empty at some PBXs, but asking without one would be counted as a wrong try.
func accountComplete(a AccountSettings) bool {
	_, host, ok := splitAddress(a.Address)
	return ok && host != "" && (a.Password != "" || a.PasswordKept)
}
