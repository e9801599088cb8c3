package pbxtest

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"leadline/phone"
	"leadline/phone/audio"
	"leadline/phone/rig"
)

const (
	soon    = 20 * time.Second        // for what takes milliseconds, unless the machine is busy with other programs
	ourTone = 660                     // Hz, what our microphone hears
	ourPeak = 10000                   // how loud: a sixth of the energy beside Asterisk's Milliwatt, and no more than both together fit in
	talk    = 1500 * time.Millisecond // long enough to measure a tone
)

// agent is a telephone of ours with somebody at it who hums.
type agent struct {
	*phone.Phone
	t     *testing.T
	sound *audio.Fake

	mu      sync.Mutex
	calls   map[phone.CallID][]phone.Call // all that was told of each
	order   []phone.CallID
	regs    []phone.Registration
	texts   []phone.Message
	changed chan struct{} // closed and replaced when something is told
	heard   []int16       // since the last forget
}

func newAgent(t *testing.T, accounts ...phone.Account) *agent {
	t.Helper()
	return newAgentWith(t, func(*phone.Config) {}, accounts...)
}

// newAgentWith is newAgent with another configuration.
func newAgentWith(t *testing.T, change func(*phone.Config), accounts ...phone.Account) *agent {
	t.Helper()
	a := &agent{t: t, sound: audio.NewFake(), calls: make(map[phone.CallID][]phone.Call), changed: make(chan struct{})}
	var log strings.Builder
	var logMu sync.Mutex
	logger := slog.New(slog.NewTextHandler(writer(func(b []byte) (int, error) {
		logMu.Lock()
		defer logMu.Unlock()
		return log.Write(b)
	}), &slog.HandlerOptions{Level: slog.LevelDebug}))
	config := phone.Config{
		Sound: a.sound, Listener: a, Lamps: a, Log: logger, UserAgent: "Leadline/test",
		Timing: phone.Timing{RetryMin: 200 * time.Millisecond, RetryMax: time.Second, NoAnswer: soon, BusyTone: 100 * time.Millisecond},
	}
	change(&config)
	a.Phone = phone.New(config)
	n := 0
	stop := a.sound.Run(func() []int16 {
		frame := make([]int16, audio.FrameSamples)
		for i := range frame {
			frame[i] = int16(ourPeak * math.Sin(2*math.Pi*ourTone*float64(n)/48000))
			n++
		}
		return frame
	}, a.hear)
	t.Cleanup(func() {
		a.close()
		stop()
		if t.Failed() {
			logMu.Lock()
			defer logMu.Unlock()
			t.Logf("== the phone said:\n%s", log.String())
		}
	})
	if err := a.SetAccounts(accounts); err != nil {
		t.Fatal(err)
	}
	return a
}

type writer func([]byte) (int, error)

func (w writer) Write(b []byte) (int, error) { return w(b) }

// close unregisters and hangs up, as at the end of the program.
func (a *agent) close() {
	ctx, cancel := context.WithTimeout(context.Background(), soon)
	defer cancel()
	if err := a.Close(ctx); err != nil {
		a.t.Errorf("close the phone: %v", err)
	}
}

// RegistrationChanged is phone.Listener.
func (a *agent) RegistrationChanged(r phone.Registration) {
	a.tell(func() { a.regs = append(a.regs, r) })
}

// These are phone.LampListener.
func (a *agent) ColleagueChanged(phone.Colleague) { a.tell(func() {}) }
func (a *agent) MailboxChanged(phone.Mailbox)     { a.tell(func() {}) }
func (a *agent) MessageReceived(m phone.Message)  { a.tell(func() { a.texts = append(a.texts, m) }) }

// CallChanged is phone.Listener.
func (a *agent) CallChanged(c phone.Call) {
	a.tell(func() {
		if _, known := a.calls[c.ID]; !known {
			a.order = append(a.order, c.ID)
		}
		a.calls[c.ID] = append(a.calls[c.ID], c)
	})
}

func (a *agent) tell(f func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	f()
	close(a.changed)
	a.changed = make(chan struct{})
}

func (a *agent) hear(frame []int16) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.heard = append(a.heard, frame...)
}

// listen is what the speaker plays from now on for a while.
func (a *agent) listen(d time.Duration) rig.Sound {
	a.mu.Lock()
	a.heard = nil
	a.mu.Unlock()
	time.Sleep(d)
	a.mu.Lock()
	defer a.mu.Unlock()
	return rig.Sound{Rate: 48000, Samples: append([]int16(nil), a.heard...)}
}

// hears waits until the speaker has played a second of that tone, from now on.
func (a *agent) hears(who string, hertz float64) {
	a.t.Helper()
	a.listen(0)
	e := rig.Ear{Hertz: hertz, Rate: 48000}
	rig.Eventually(a.t, soon, who, func() (bool, string) {
		a.mu.Lock()
		more := a.heard
		a.heard = nil
		a.mu.Unlock()
		e.Take(more)
		return e.Lasted >= 1, e.String()
	})
}

// until waits until something that was told makes holds true.
func (a *agent) until(within time.Duration, what string, holds func() bool) {
	a.t.Helper()
	late := time.After(within)
	for {
		a.mu.Lock()
		ok, changed := holds(), a.changed
		a.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-changed:
		case <-late:
			a.t.Fatalf("%s: not within %v\n%s", what, within, a.told())
		}
	}
}

// told is what was told so far, for a failed test.
func (a *agent) told() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	var b strings.Builder
	for _, r := range a.regs {
		fmt.Fprintf(&b, "  %s: %s (%s) %d %s, granted %v\n", r.Account, r.State, r.Cause, r.Code, r.Reason, r.Expires)
	}
	for _, id := range a.order {
		for _, c := range a.calls[id] {
			fmt.Fprintf(&b, "  %s %s %s: %s (%s) %d %s\n", c.ID, c.Direction, c.Remote.User, c.State, c.Cause, c.SIPCode, c.SIPReason)
		}
	}
	return b.String()
}

// registration waits until the account's registration stands so, and is it.
func (a *agent) registration(account string, state phone.RegState, within time.Duration) phone.Registration {
	a.t.Helper()
	var got phone.Registration
	a.until(within, account+" is "+state.String(), func() bool {
		for _, r := range a.regs {
			if r.Account == account {
				got = r
			}
		}
		return got.State == state && got.Account == account
	})
	return got
}

// states are those that the account went through.
func (a *agent) states(account string) []phone.RegState {
	a.mu.Lock()
	defer a.mu.Unlock()
	var all []phone.RegState
	for _, r := range a.regs {
		if r.Account == account && (len(all) == 0 || all[len(all)-1] != r.State) {
			all = append(all, r.State)
		}
	}
	return all
}

// incoming waits for the n-th call that comes in, from 1, to ring.
func (a *agent) incoming(n int) phone.Call {
	a.t.Helper()
	var got phone.Call
	a.until(soon, fmt.Sprintf("call %d rings", n), func() bool {
		seen := 0
		for _, id := range a.order {
			if first := a.calls[id][0]; first.Direction == phone.Incoming {
				if seen++; seen == n {
					got = first
					return true
				}
			}
		}
		return false
	})
	return got
}

// reaches waits until a call is in a state, and is it as it was told then.
func (a *agent) reaches(id phone.CallID, state phone.CallState, within time.Duration) phone.Call {
	a.t.Helper()
	var got phone.Call
	a.until(within, fmt.Sprintf("%s is %s", id, state), func() bool {
		for _, c := range a.calls[id] {
			if c.State == state {
				got = c
				return true
			}
		}
		return false
	})
	return got
}

// ends waits for a call's end.
func (a *agent) ends(id phone.CallID, within time.Duration) phone.Call {
	a.t.Helper()
	return a.reaches(id, phone.Ended, within)
}

// dial calls from the first account.
func (a *agent) dial(target string) phone.CallID {
	a.t.Helper()
	id, err := a.Dial("", target)
	if err != nil {
		a.t.Fatalf("dial %s: %v", target, err)
	}
	return id
}

// do fails the test when the phone refuses a wish.
func (a *agent) do(err error) {
	a.t.Helper()
	if err != nil {
		a.t.Fatal(err)
	}
}

// hums tells whether half a second of a sound, at least, is that tone.
func hums(t *testing.T, who string, s rig.Sound, hertz float64) {
	t.Helper()
	if s.Lasts(hertz) < 0.5 {
		t.Errorf("%s: %v Hz for %.1f of %.1f s, level %.3f", who, hertz, s.Lasts(hertz), s.Seconds(), s.Level())
	}
}
