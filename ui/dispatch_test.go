package ui

import (
	"slices"
	"sync"
	"testing"
)

func TestDispatcherKeepsTheOrder(t *testing.T) {
	d := NewQueue()
	var got []int
	for i := range 5 {
		d.Do(func() { got = append(got, i) })
	}
	if len(got) != 0 {
		t.Fatal("ran before it was pumped")
	}
	if n := d.Pump(); n != 5 || !slices.Equal(got, []int{0, 1, 2, 3, 4}) {
		t.Fatalf("pumped %d: %v", n, got)
	}
}

func TestDispatcherPostsOnceForABurst(t *testing.T) {
	var posted []func()
	d := &Dispatcher{post: func(f func()) { posted = append(posted, f) }}
	ran := 0
	for range 100 {
		d.Do(func() { ran++ })
	}
	if len(posted) != 1 {
		t.Fatalf("posted %d times, want once", len(posted))
	}
	posted[0]()
	if ran != 100 {
		t.Fatalf("ran %d of 100", ran)
	}
	d.Do(func() { ran++ })
	if len(posted) != 2 {
		t.Fatal("nothing posted after the queue was drained")
	}
}

func TestWorkHandedInWhileDrainingComesNext(t *testing.T) {
	var posted []func()
	d := &Dispatcher{post: func(f func()) { posted = append(posted, f) }}
	again := 0
	var chain func()
	chain = func() { again++; d.Do(chain) }
	d.Do(chain)
	posted[0]()
	if again != 1 || len(posted) != 2 {
		t.Fatalf("ran %d times in one drain, posted %d", again, len(posted))
	}
}

func TestLatestMergesABurst(t *testing.T) {
	d := NewQueue()
	var got []int
	put := Latest(d, func(v int) { got = append(got, v) })
	for i := range 1000 {
		put(i)
	}
	d.Pump()
	put(1000)
	d.Pump()
	if !slices.Equal(got, []int{999, 1000}) {
		t.Fatalf("got %v", got)
	}
}

func TestLatestFromManyGoroutines(t *testing.T) {
	d := NewQueue()
	last := -1
	put := Latest(d, func(v int) { last = v })
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range 100 {
				put(i)
			}
		})
	}
	wg.Wait()
	put(4711)
	d.Pump()
	if last != 4711 {
		t.Fatalf("last is %d", last)
	}
}

func TestAFaultInOneWindowDoesNotStopTheNext(t *testing.T) {
	var posted []func()
	d := &Dispatcher{post: func(f func()) { posted = append(posted, f) }}
	ran := false
	d.Do(func() { panic("a window that fails") })
	d.Do(func() { ran = true })
	posted[0]()
	if !ran {
		t.Fatal("the work after the fault was dropped")
	}
}

// Fyne runs what is handed in after its loop has ended where it is handed in, on windows that are gone.
func TestWorkForWindowsThatAreGoneIsDropped(t *testing.T) {
	posted := 0
	d := &Dispatcher{post: func(f func()) { posted++; f() }}
	d.Do(func() {})
	d.end()
	d.Do(func() { t.Error("it was done") })
	if posted != 1 {
		t.Errorf("posted %d times, want once", posted)
	}
}
