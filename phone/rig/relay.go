package rig

import (
	"errors"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Weather is how badly a relay carries packets. The zero value is a good line.
type Weather struct {
	Loss      float64       // share that never arrives, 0..1
	Double    float64       // share that arrives twice
	Delay     time.Duration // of every packet
	Jitter    time.Duration // up to this more, each packet for itself, so that packets overtake each other
	Displaced float64       // share that waits for 30 ms more: reordering of its own
	Seed      uint64
}

// displacement is for how long a displaced packet waits: longer than one of sound lasts.
const displacement = 30 * time.Millisecond

// Relay is a bad network on the loopback: what comes to one of its ports goes out to where the
// port leads, as the weather lets it. What comes back goes to whoever wrote last. It
// ends with the test.
type Relay struct {
	t       testing.TB
	cut     atomic.Bool
	carried atomic.Int64
	dropped atomic.Int64

	mu      sync.Mutex
	weather Weather
	random  *rand.Rand
	queue   sync.WaitGroup
	ports   []*net.UDPConn
	closed  bool
}

// StartRelay makes a network without ports.
func StartRelay(t testing.TB, w Weather) *Relay {
	t.Helper()
	r := &Relay{t: t, weather: w, random: rand.New(rand.NewPCG(w.Seed, 1))}
	t.Cleanup(r.close)
	return r
}

// Port is an address of the loopback that leads to another one, host:port.
func (r *Relay) Port(to string) string {
	r.t.Helper()
	far, err := net.ResolveUDPAddr("udp", to)
	if err != nil {
		r.t.Fatal(err)
	}
	local := &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)}
	// Two sockets: what the far end sees must not be what the near end writes to, or
	// the ways there and back could not be told apart.
	near, err := net.ListenUDP("udp", local)
	if err != nil {
		r.t.Fatal(err)
	}
	out, err := net.ListenUDP("udp", local)
	if err != nil {
		r.t.Fatal(err)
	}
	r.mu.Lock()
	r.ports = append(r.ports, near, out)
	r.mu.Unlock()
	var who atomic.Pointer[net.UDPAddr]
	go pump(near, func(b []byte, from *net.UDPAddr) {
		who.Store(from)
		r.carry(b, func(b []byte) { _, _ = out.WriteToUDP(b, far) })
	})
	go pump(out, func(b []byte, _ *net.UDPAddr) {
		if to := who.Load(); to != nil {
			r.carry(b, func(b []byte) { _, _ = near.WriteToUDP(b, to) })
		}
	})
	return near.LocalAddr().String()
}

func pump(c *net.UDPConn, take func([]byte, *net.UDPAddr)) {
	buf := make([]byte, 65536)
	for {
		n, from, err := c.ReadFromUDP(buf)
		if err == nil {
			take(append([]byte(nil), buf[:n]...), from)
			continue
		}
		if errors.Is(err, net.ErrClosed) {
			return
		}
	}
}

// Cut pulls the cable, or plugs it in again.
func (r *Relay) Cut(off bool) { r.cut.Store(off) }

// Change changes the weather; the dice go on.
func (r *Relay) Change(w Weather) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.weather = w
}

// Counts are the packets that were carried so far, and those that were lost.
func (r *Relay) Counts() (carried, dropped int64) { return r.carried.Load(), r.dropped.Load() }

func (r *Relay) carry(b []byte, send func([]byte)) {
	if r.cut.Load() {
		r.dropped.Add(1)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return
	}
	w := r.weather
	times := 1
	if r.random.Float64() < w.Double {
		times = 2
	}
	for range times {
		if r.random.Float64() < w.Loss {
			r.dropped.Add(1)
			continue
		}
		wait := w.Delay
		if w.Jitter > 0 {
			wait += time.Duration(r.random.Int64N(int64(w.Jitter)))
		}
		if r.random.Float64() < w.Displaced {
			wait += displacement
		}
		r.queue.Add(1)
		time.AfterFunc(wait, func() {
			defer r.queue.Done()
			r.carried.Add(1)
			send(b)
		})
	}
}

func (r *Relay) close() {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	r.queue.Wait()
	for _, p := range r.ports {
		_ = p.Close()
	}
}
