package ui

import (
	"testing"
	"time"

	"leadline/ui/desk"
)

// H1: the window of a call is painted when its clock shows another second, and not in between:
// each look at it wakes the loop that paints.
func TestH1TheClockOfACallIsLookedAtOnceASecond(t *testing.T) {
	b := newBench(t)
	call := sample("talk")
	call.Answered = noon.Add(-1300 * time.Millisecond)
	b.show(call)
	w := b.calls.slots[0]
	want := []string{"0:01", "0:02", "0:03", "0:04", "0:05"}
	for i, shown := range want {
		if got := w.view.head.clock.Value(); got != shown {
			t.Errorf("look %d: the clock shows %s, want %s", i, got, shown)
		}
		wait, open := b.calls.rest()
		if !open || i > 0 && wait != time.Second {
			t.Errorf("look %d: the next one after %v (%v), want a second", i, wait, open)
		}
		b.now = b.now.Add(wait)
		b.calls.Tick()
	}
}

func TestFiftyCallsAreLookedAtTenTimesASecondAtMost(t *testing.T) {
	b := newBench(t)
	var calls []desk.Call
	for i := range 50 {
		call := sample("held")
		call.ID = desk.CallID(string(rune('A' + i)))
		call.Answered = noon.Add(-time.Duration(i) * 19 * time.Millisecond)
		calls = append(calls, call)
	}
	b.show(calls...)
	if wait, _ := b.calls.rest(); wait < beat {
		t.Errorf("the next look is in %v", wait)
	}
}

func TestNothingIsLookedAtWithoutACall(t *testing.T) {
	b := newBench(t)
	b.show(sample("talk"))
	b.show()
	if wait, open := b.calls.rest(); open {
		t.Errorf("the next look is in %v", wait)
	}
}

// H4: what is typed is handed in after the pause, whenever the clock would be looked at.
func TestH4TypingSetsTheClockAnew(t *testing.T) {
	b := newBench(t)
	call := sample("talk")
	call.Answered = noon
	b.show(call)
	armed := 0
	b.calls.arm = func() { armed++ }
	b.calls.slots[0].view.note.field.Type("R")
	if wait, _ := b.calls.rest(); armed == 0 || wait != pause {
		t.Errorf("set anew %d times, the next look is in %v, want %v", armed, wait, pause)
	}
}

func TestTheClockOfACallRunsByItselfUntilTheEnd(t *testing.T) {
	b := newBench(t)
	do := NewQueue()
	b.desk.snap.Calls = []desk.Call{sample("ended")}
	stop := b.calls.Start(do)
	do.Pump()
	late := time.After(time.Minute)
	for do.Pump() == 0 {
		select {
		case <-late:
			t.Fatal("nobody looks at the clock")
		case <-time.After(time.Millisecond):
		}
	}
	stop()
	b.show(sample("ended"))
	b.calls.Tick()
	time.Sleep(2 * beat)
	if n := do.Pump(); n > 0 {
		t.Errorf("after the end, %d looks", n)
	}
}
