package rig

import (
	"math/rand/v2"
	"net"
	"strconv"
	"sync"
	"testing"
)

var ports struct {
	sync.Mutex
	given map[int]bool
}

// FreePort is a port of 127.0.0.1 that neither UDP nor TCP uses and that this
// process has not given out before.
func FreePort(t testing.TB) int { return FreePorts(t, 1) }

// FreePorts is the first of n free ports in a row, beginning at an even one as
// RTP wants it (RFC 3550 §11).
func FreePorts(t testing.TB, n int) int {
	t.Helper()
	ports.Lock()
	defer ports.Unlock()
	if ports.given == nil {
		ports.given = make(map[int]bool)
	}
	// Below the ephemeral range, so that no outgoing connection takes one in between.
	for range 200 {
		first := 10000 + 2*rand.IntN((32000-10000-n)/2)
		if !rowIsFree(first, n) {
			continue
		}
		for p := first; p < first+n; p++ {
			ports.given[p] = true
		}
		return first
	}
	t.Fatalf("no %d free ports in a row on 127.0.0.1", n)
	return 0
}

func rowIsFree(first, n int) bool {
	for p := first; p < first+n; p++ {
		if ports.given[p] {
			return false
		}
		addr := Loopback(p)
		u, err := net.ListenPacket("udp", addr)
		if err != nil {
			return false
		}
		u.Close()
		l, err := net.Listen("tcp", addr)
		if err != nil {
			return false
		}
		l.Close()
	}
	return true
}

// Loopback is "127.0.0.1:port".
func Loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }
