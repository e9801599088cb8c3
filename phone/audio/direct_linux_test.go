package audio

import (
	"slices"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"github.com/gen2brain/malgo"
	"pgregory.net/rapid"
)

// What the device's thread does in C is what it does in Go.
func TestTheRingIsServedInCAsInGo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		inGo, inC := newTestTap(), newTestTap()
		d := newDirect(&malgo.DeviceConfig{}, inC)
		defer d.close()
		same := func(what string, a, b any) {
			if a != b {
				t.Fatalf("%s: %v in Go, %v in C", what, a, b)
			}
		}
		next := int16(0)
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			n := rapid.SampledFrom([]int{1, 17, 240, 480, 960, 5000, 20000}).Draw(t, "n")
			sound := make([]int16, n)
			switch rapid.IntRange(0, 3).Draw(t, "what") {
			case 0: // a microphone
				for i := range sound {
					next++
					sound[i] = next
				}
				inGo.fromMicrophone(nil, bytesOf(sound), uint32(n))
				d.fromMicrophone(sound)
			case 1: // the pump, at the other end
				other := make([]int16, n)
				same("read", inGo.ring.read(sound), inC.ring.read(other))
				same("what was read", true, slices.Equal(sound, other))
			case 2: // a speaker
				other := make([]int16, n)
				other[n-1] = 7
				inGo.fromSpeaker(bytesOf(sound), nil, uint32(n))
				d.fromSpeaker(other)
				same("what is played", true, slices.Equal(sound, other))
			case 3:
				same("asked", inGo.asked.Swap(0), inC.asked.Swap(0))
				same("rung", inGo.bell.rung.Swap(0), inC.bell.rung.Swap(0))
			}
			same("level", inGo.ring.level(), inC.ring.level())
			same("moved", inGo.moved.Load(), inC.moved.Load())
			same("missed", inGo.missed.Load(), inC.missed.Load())
			same("starved", inGo.starved.Load(), inC.starved.Load())
			same("rung", inGo.bell.rung.Load(), inC.bell.rung.Load())
		}
	})
}

func bytesOf(s []int16) []byte { return unsafe.Slice((*byte)(unsafe.Pointer(&s[0])), 2*len(s)) }

// miniaudio's "null" backend is a device on any machine. A version of it whose structures have
// changed shows here: its devices would go on calling Go, at twice the price.
func TestADeviceServesTheRingWithoutGo(t *testing.T) {
	before := backends
	backends = []malgo.Backend{malgo.BackendNull + 1} // malgo leaves out "custom", which comes before
	defer func() { backends = before }()
	for _, kind := range []Kind{Microphone, Speaker} {
		t.Run(kind.String(), func(t *testing.T) {
			c, err := openCard()
			if err != nil {
				t.Fatal(err)
			}
			defer c.close()
			tap := newTestTap()
			s, err := c.open(kind, "", tap)
			if err != nil {
				t.Fatal(err)
			}
			defer s.close()
			var late atomic.Bool
			limit := time.AfterFunc(20*time.Second, func() { late.Store(true); tap.bell.ring() })
			defer limit.Stop()
			for tap.bell.sleep(); tap.moved.Load() < 3; tap.bell.sleep() { // the device has rung it
				if late.Load() {
					t.Fatal("the device stands still")
				}
				tap.ring.drop(ringSamples)
			}
			if !s.(*malgoStream).direct.works() {
				t.Error("the device calls Go")
			}
		})
	}
}

// A bell that was rung from C wakes who sleeps.
func TestTheBellIsHeardOnce(t *testing.T) {
	m := newTestTap()
	d := newDirect(&malgo.DeviceConfig{}, m)
	defer d.close()
	woken := make(chan int)
	go func() {
		for i := range 3 {
			m.bell.sleep()
			woken <- i
		}
	}()
	for i := range 3 {
		m.ring.drop(ringSamples)
		d.fromMicrophone(make([]int16, enoughHeard))
		if got := <-woken; got != i {
			t.Fatalf("woken for the %d. time, want the %d.", got, i)
		}
		select {
		case <-woken:
			t.Fatal("woken twice")
		default:
		}
	}
}

func BenchmarkSpeakerCallbackInC(b *testing.B) {
	m := newTestTap()
	d := newDirect(&malgo.DeviceConfig{}, m)
	defer d.close()
	frame := make([]int16, FrameSamples)
	b.ReportAllocs()
	for b.Loop() {
		m.ring.write(frame)
		d.fromSpeaker(frame)
	}
}
