package media

import (
	"sync"
	"testing"
	"time"

	"leadline/phone/sdp"
)

// The pump, the sockets, the call's goroutine and a window all use a session at once; the
// race detector watches.
func TestASessionIsSafeForAllGoroutinesThatUseIt(t *testing.T) {
	var a, b *Session
	config := func(other **Session) Config {
		return Config{Media: agreed(), OnDigit: func(rune) {},
			Send:     func(p []byte) { (*other).ReceiveRTP(p, time.Now()) },
			SendRTCP: func(p []byte) { (*other).ReceiveRTCP(p, time.Now()) }}
	}
	var err error
	if a, err = New(config(&b)); err != nil {
		t.Fatal(err)
	}
	if b, err = New(config(&a)); err != nil {
		t.Fatal(err)
	}
	held := agreed()
	held.Direction = sdp.RecvOnly
	var all sync.WaitGroup
	often := func(f func(i int)) {
		all.Add(1)
		go func() {
			defer all.Done()
			for i := range 300 {
				f(i)
			}
		}()
	}
	for _, s := range []*Session{a, b} {
		often(func(int) { s.Play(make([]int16, FrameSamples)) })
		often(func(int) { s.Capture(make([]int16, 2*FrameSamples)) })
		often(func(i int) { s.Mute(i%2 == 0); s.Muted(); s.Stats() })
		often(func(int) { _ = s.SendDigits("1") }) // may be held just now
		often(func(i int) {
			m := agreed()
			if i%2 == 0 {
				m = held
			}
			if err := s.Update(m); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for range 10 { // both talk at the end; until then either may have been held whenever it spoke
		a.Capture(make([]int16, 2*FrameSamples))
	}
	if a.Stats().PacketsSent == 0 || b.Stats().PacketsReceived == 0 {
		t.Errorf("a sent %d packets, b received %d", a.Stats().PacketsSent, b.Stats().PacketsReceived)
	}
	a.Close()
	b.Close()
}

// What goes wrong at the end of a call holds up nobody: the sound card serves the others, too.
func TestAPanicInCloseLocksNothing(t *testing.T) {
	s, err := New(Config{Media: agreed(), Send: func([]byte) {}, SendRTCP: func([]byte) {}})
	if err != nil {
		t.Fatal(err)
	}
	s.out.packets, s.out.codec.rate = 1, 0 // which the report divides by
	func() {
		defer func() {
			if recover() == nil {
				t.Error("it did not panic")
			}
		}()
		s.Close()
	}()
	served := make(chan struct{})
	go func() {
		frame := make([]int16, FrameSamples)
		s.Play(frame)
		s.Capture(frame)
		s.Close()
		close(served)
	}()
	select {
	case <-served:
	case <-time.After(10 * time.Second):
		t.Fatal("it waits for ever")
	}
}
