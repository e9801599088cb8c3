package demo_test

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"leadline/phone"
	"leadline/phone/audio"
	"leadline/phone/demo"
	"leadline/phone/rig"
)

// agent is a real telephone with a fake sound card, registered at a box.
type agent struct {
	*phone.Phone
	t     *testing.T
	pbx   *demo.PBX
	sound *audio.Fake

	mu    sync.Mutex
	calls map[phone.CallID]phone.Call
	heard []int16
}

func (a *agent) RegistrationChanged(phone.Registration) {}

func (a *agent) CallChanged(c phone.Call) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.calls[c.ID] = c
}

// call waits until the only call, or the last one, is as it should be.
func (a *agent) call(what string, is func(phone.Call) bool) (found phone.Call) {
	a.t.Helper()
	rig.Eventually(a.t, 20*time.Second, what, func() (bool, string) {
		a.mu.Lock()
		defer a.mu.Unlock()
		last := ""
		for _, c := range a.calls {
			last = fmt.Sprintf("%+v", c)
			if is(c) {
				found = c
				return true, ""
			}
		}
		return false, last
	})
	return found
}

// ear is what the agent heard in the last seconds.
func (a *agent) ear(seconds float64) rig.Sound {
	a.mu.Lock()
	defer a.mu.Unlock()
	n := min(len(a.heard), int(seconds*audio.Rate))
	return rig.Sound{Rate: audio.Rate, Samples: append([]int16{}, a.heard[len(a.heard)-n:]...)}
}

func start(t *testing.T, o demo.Options) *demo.PBX {
	t.Helper()
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(t.Output(), nil))
	}
	if o.Answers == 0 {
		o.Answers = 200 * time.Millisecond
	}
	p, err := demo.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// connect registers a telephone whose microphone hears a tone of 700 Hz.
func connect(t *testing.T, o demo.Options) *agent {
	t.Helper()
	a := &agent{t: t, pbx: start(t, o), sound: audio.NewFake(), calls: map[phone.CallID]phone.Call{}}
	a.Phone = phone.New(phone.Config{Sound: a.sound, Listener: a})
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := a.Phone.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	tone, at := rig.Tone(audio.Rate, 700, 1, 0.3).Samples, 0
	t.Cleanup(a.sound.Run(func() []int16 {
		frame := tone[at : at+audio.FrameSamples]
		at = (at + audio.FrameSamples) % len(tone)
		return frame
	}, func(out []int16) {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.heard = append(a.heard, out...)
	}))
	address, password := a.pbx.Account()
	if err := a.SetAccounts([]phone.Account{{Name: "Demo", Address: address, Password: password,
		Bind: "127.0.0.1:0", LineHeader: "X-Line"}}); err != nil {
		t.Fatal(err)
	}
	if err := a.pbx.Registered(within(t, 20*time.Second)); err != nil {
		t.Fatalf("the telephone does not register: %v", err)
	}
	return a
}

func within(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), d)
	t.Cleanup(cancel)
	return ctx
}

func await(t *testing.T, c *demo.CustomerCall, p demo.Phase) {
	t.Helper()
	if err := c.Wait(within(t, 20*time.Second), p); err != nil {
		t.Fatal(err)
	}
}

func ring(t *testing.T, p *demo.PBX, c demo.Customer) *demo.CustomerCall {
	t.Helper()
	call, err := p.Call(c)
	if err != nil {
		t.Fatal(err)
	}
	return call
}

func TestCustomersCallTheTelephone(t *testing.T) {
	a := connect(t, demo.Options{})
	for _, c := range []struct {
		customer demo.Customer
		user     string
		withheld bool
	}{
		{demo.Known, demo.Known.Number, false},
		{demo.Unknown, demo.Unknown.Number, false},
		{demo.Withheld, "", true},
	} {
		t.Run(c.customer.Name, func(t *testing.T) {
			call := ring(t, a.pbx, c.customer)
			await(t, call, demo.Ringing)
			got := a.call("it rings", func(c phone.Call) bool { return c.State == phone.Ringing })
			if got.Remote.User != c.user || got.Remote.Withheld != c.withheld || got.Line() != c.customer.Line {
				t.Errorf("the telephone sees %+v on line %q", got.Remote, got.Line())
			}
			if err := a.Answer(got.ID); err != nil {
				t.Fatal(err)
			}
			await(t, call, demo.Answered)
			rig.Eventually(t, 20*time.Second, "the customer hears the agent", func() (bool, string) {
				h := call.Heard()
				return h.Packets > 20 && h.Level > 0.1, fmt.Sprintf("%+v", h)
			})
			rig.Eventually(t, 20*time.Second, "the agent hears the customer", func() (bool, string) {
				level := a.ear(1).Level()
				return level > 0.01, fmt.Sprint(level)
			})
			call.HangUp()
			await(t, call, demo.Ended)
			a.call("it has ended", func(c phone.Call) bool { return c.ID == got.ID && c.Cause == phone.HungUpThere })
		})
	}
}

func TestACustomerGivesUpAndAnAgentDeclines(t *testing.T) {
	a := connect(t, demo.Options{})
	impatient := demo.Known
	impatient.Rings = 300 * time.Millisecond
	call := ring(t, a.pbx, impatient)
	await(t, call, demo.Ended)
	a.call("missed", func(c phone.Call) bool { return c.Cause == phone.Missed })
	if err := call.Wait(within(t, time.Second), demo.Answered); err == nil || !strings.Contains(err.Error(), "given up") {
		t.Errorf("waiting for an answer says %v", err)
	}

	call = ring(t, a.pbx, demo.Unknown)
	got := a.call("it rings", func(c phone.Call) bool { return c.State == phone.Ringing })
	if err := a.Decline(got.ID, false); err != nil {
		t.Fatal(err)
	}
	await(t, call, demo.Ended)
	if end := call.End(); end.Code != 603 || !end.ByAgent {
		t.Errorf("ended with %+v", end)
	}
	var phases []demo.Phase
	for p := range call.Events() {
		phases = append(phases, p)
	}
	if fmt.Sprint(phases) != "[ringing ended]" {
		t.Errorf("events %v", phases)
	}
}

func TestTheTalkativeCustomerHangsUpByItself(t *testing.T) {
	a := connect(t, demo.Options{})
	brief := demo.Known
	brief.Talks = 500 * time.Millisecond
	call := ring(t, a.pbx, brief)
	got := a.call("it rings", func(c phone.Call) bool { return c.State == phone.Ringing })
	if err := a.Answer(got.ID); err != nil {
		t.Fatal(err)
	}
	await(t, call, demo.Ended)
	if end := call.End(); end.ByAgent || end.Code != 0 {
		t.Errorf("ended with %+v", end)
	}
	a.call("ended there", func(c phone.Call) bool { return c.Cause == phone.HungUpThere })
}

func TestTheAgentCalls(t *testing.T) {
	for _, c := range []struct {
		number string
		cause  phone.Cause
	}{
		{"601", phone.Busy}, {"602", phone.NoAnswer}, {"603", phone.DeclinedThere}, {"604", phone.NotFound},
		{"0891234567", phone.NotFound},
	} {
		t.Run(c.number, func(t *testing.T) {
			a := connect(t, demo.Options{GivesUp: 300 * time.Millisecond})
			if _, err := a.Dial("Demo", c.number); err != nil {
				t.Fatal(err)
			}
			a.call(c.cause.String(), func(got phone.Call) bool { return got.Cause == c.cause })
		})
	}
}

func TestACustomerIsCalledBackAndHearsDigits(t *testing.T) {
	for _, number := range []string{demo.Unknown.Number, "0" + demo.Unknown.Number[3:], "030 23125 888"} {
		t.Run(number, func(t *testing.T) {
			a := connect(t, demo.Options{Numbers: []string{"+493023125888"}})
			id, err := a.Dial("Demo", number)
			if err != nil {
				t.Fatal(err)
			}
			call := <-a.pbx.Taken()
			a.call("it rings there", func(c phone.Call) bool { return c.State == phone.RingingThere })
			await(t, call, demo.Answered)
			a.call("active", func(c phone.Call) bool { return c.State == phone.Active })
			rig.Eventually(t, 20*time.Second, "both hear", func() (bool, string) {
				h, level := call.Heard(), a.ear(1).Level()
				return h.Level > 0.1 && level > 0.01, fmt.Sprintf("%+v %v", h, level)
			})
			if err := a.SendDigits(id, "12#"); err != nil {
				t.Fatal(err)
			}
			rig.Eventually(t, 20*time.Second, "digits", func() (bool, string) {
				return call.Heard().Digits == "12#", call.Heard().Digits
			})
			if err := a.HangUp(id); err != nil {
				t.Fatal(err)
			}
			await(t, call, demo.Ended)
			if !call.End().ByAgent {
				t.Errorf("ended with %+v", call.End())
			}
		})
	}
}

func TestTheEchoTestSendsBackWhatItHears(t *testing.T) {
	a := connect(t, demo.Options{})
	if _, err := a.Dial("Demo", "600"); err != nil {
		t.Fatal(err)
	}
	rig.Eventually(t, 20*time.Second, "the agent's own 700 Hz", func() (bool, string) {
		share := a.ear(0.5).Share(700)
		return share > 0.9, fmt.Sprint(share)
	})
}

// Who is not listened to loses nothing, and nobody is told of a bad line when the call goes on.
func TestNothingIsLostByAHold(t *testing.T) {
	for _, to := range []string{"600", demo.Known.Number} {
		t.Run(to, func(t *testing.T) {
			a := connect(t, demo.Options{})
			id := a.dials(to)
			a.reaches(id, phone.Active)
			for _, held := range []bool{false, true, false} {
				if a.call("it is there", func(c phone.Call) bool { return c.ID == id }).State == phone.HeldHere != held {
					if err := a.Hold(id, held); err != nil {
						t.Fatal(err)
					}
				}
				a.reaches(id, map[bool]phone.CallState{false: phone.Active, true: phone.HeldHere}[held])
				time.Sleep(time.Second) // fifty packets, which are not sent in the middle
			}
			if err := a.HangUp(id); err != nil {
				t.Fatal(err)
			}
			s := a.ends(id, phone.HungUpHere).Sounded
			if s == nil || s.Received < 50 || s.Lost > 10 {
				t.Errorf("it sounded %+v", s)
			}
		})
	}
}

func TestTheAgentGivesUpWhileItRings(t *testing.T) {
	a := connect(t, demo.Options{})
	id, err := a.Dial("Demo", "602")
	if err != nil {
		t.Fatal(err)
	}
	call := <-a.pbx.Taken()
	await(t, call, demo.Ringing)
	a.call("it rings there", func(c phone.Call) bool { return c.State == phone.RingingThere })
	if err := a.HangUp(id); err != nil {
		t.Fatal(err)
	}
	await(t, call, demo.Ended)
	if !call.End().ByAgent {
		t.Errorf("ended with %+v", call.End())
	}
}

func TestNothingIsLeftAfterClose(t *testing.T) {
	before := runtime.NumGoroutine()
	a := connect(t, demo.Options{})
	call := ring(t, a.pbx, demo.Known)
	got := a.call("it rings", func(c phone.Call) bool { return c.State == phone.Ringing })
	if err := a.Answer(got.ID); err != nil {
		t.Fatal(err)
	}
	await(t, call, demo.Answered)
	a.pbx.Close()
	await(t, call, demo.Ended)
	a.call("ended there", func(c phone.Call) bool { return c.State == phone.Ended })
	if _, err := a.pbx.Call(demo.Known); err == nil {
		t.Error("a closed box takes calls")
	}
	_ = a.SetAccounts(nil)
	a.Phone.Close(within(t, 20*time.Second))
	rig.Eventually(t, 40*time.Second, "all goroutines gone", func() (bool, string) {
		n := runtime.NumGoroutine()
		buf := make([]byte, 1<<16)
		// The one that drives the sound card is left.
		return n <= before+1, string(buf[:runtime.Stack(buf, true)])
	})
}
