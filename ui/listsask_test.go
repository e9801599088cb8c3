package ui

import (
	"context"
	"testing"
	"time"
)

// An answer that is there at once is taken at once; one that takes longer holds up nobody.
func TestAnAnswerIsWaitedForAMomentAndNoLonger(t *testing.T) {
	d := NewQueue()
	slow := make(chan struct{})
	a := asker[string, string]{do: d, ask: func(ctx context.Context, q string) (string, error) {
		switch q {
		case "fault":
			panic(q)
		case "slow":
			select {
			case <-slow:
			case <-ctx.Done():
				return "", ctx.Err()
			}
		}
		return "found " + q, nil
	}}
	var got []string
	take := func(s string, err error) {
		if err != nil {
			s = "error"
		}
		got = append(got, s)
	}
	ask := func(q string, patience time.Duration, soon bool, want ...string) {
		t.Helper()
		if was := a.AskSoon(q, patience, take); was != soon {
			t.Errorf("%s: answered at once is %t", q, was)
		}
		if len(got) != len(want) || len(want) > 0 && got[len(got)-1] != want[len(want)-1] {
			t.Errorf("%s: taken %q, want %q", q, got, want)
		}
	}
	ask("quick", time.Minute, true, "found quick")
	ask("fault", time.Minute, true, "found quick", "error")
	ask("slow", time.Millisecond, false, "found quick", "error")
	ask("slow", time.Millisecond, false, "found quick", "error") // the one before is dropped
	close(slow)
	pumpUntil(t, d, func() bool { return len(got) == 3 && d.asking.Load() == 0 })
	d.Pump()
	if len(got) != 3 || got[2] != "found slow" {
		t.Errorf("taken %q", got)
	}
}

// A list and the record of its row wait for one frame together, and not each for as long.
func TestAFrameWaitsOnce(t *testing.T) {
	d := NewQueue()
	now := time.Unix(1_000_000, 0)
	if got := d.patience(framePatience, now); got != framePatience {
		t.Errorf("the first may wait for %v", got)
	}
	d.waited += framePatience / 2
	if got := d.patience(framePatience, now); got != framePatience/2 {
		t.Errorf("the second may wait for %v", got)
	}
	d.waited += framePatience
	if got := d.patience(framePatience, now); got != 0 {
		t.Errorf("the third may wait for %v", got)
	}
	now = now.Add(3 * framePatience)
	if got := d.patience(framePatience, now); got != framePatience {
		t.Errorf("the next frame may wait for %v", got)
	}
}
