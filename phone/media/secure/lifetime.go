package secure

import (
	"bytes"
	"errors"
	"sync/atomic"

	"leadline/phone/sdp"
)

// Most packets that one master key may protect (RFC 3711 §9.2). An a=crypto may say less.
const (
	mostRTP  = 1 << 48
	mostRTCP = 1 << 31
)

// ErrSpent is a key that has served its time: nothing more is protected or opened with it.
var ErrSpent = errors.New("the key has protected as many packets as it may")

// Wear is how much of a key's lifetime is gone.
type Wear int

const (
	// Good is a key with a long time before it.
	Good Wear = iota
	// Worn is one that has to be replaced soon.
	Worn
	// Spent is one that may not be used any more.
	Spent
)

// notice is for how many packets before its end a key is worn, ten minutes of sound; a key
// that lives for less is worn in the last quarter.
const notice = 30_000

// lifetime counts what a master key has still to do, its RTP and its RTCP by themselves
// (RFC 4568 §6.1). The owner locks; wear may be asked by any goroutine.
type lifetime struct {
	rtp, rtcp allowance
}

type allowance struct {
	left atomic.Uint64
	soon uint64 // left of a worn one
}

func lifetimeOf(k sdp.MasterKey) *lifetime {
	most := k.Lifetime
	if most == 0 {
		most = mostRTP
	}
	l := &lifetime{}
	l.rtp.grant(min(most, mostRTP))
	l.rtcp.grant(min(most, mostRTCP))
	return l
}

func (a *allowance) grant(packets uint64) {
	a.left.Store(packets)
	a.soon = min(notice, packets/4)
}

// take counts a packet, if there may be another.
func (a *allowance) take() error {
	left := a.left.Load()
	if left == 0 {
		return ErrSpent
	}
	a.left.Store(left - 1)
	return nil
}

func (a *allowance) wear() Wear {
	switch left := a.left.Load(); {
	case left == 0:
		return Spent
	case left <= a.soon:
		return Worn
	}
	return Good
}

func (l *lifetime) wear() Wear { return max(l.rtp.wear(), l.rtcp.wear()) }

// lifetimes are those of an Opener's keys; which one a packet was made with its MKI tells. The
// owner locks; wear may be asked by any goroutine.
type lifetimes struct {
	keys  []sdp.MasterKey
	of    []*lifetime
	suite string

	used atomic.Pointer[lifetime] // of the key of the last packet that was genuine
	over atomic.Bool              // that one came past the key's end
}

func lifetimesOf(c sdp.Crypto) *lifetimes {
	l := &lifetimes{keys: c.Keys, suite: c.Suite}
	for _, k := range c.Keys {
		l.of = append(l.of, lifetimeOf(k))
	}
	return l
}

// tags are the bytes of the authentication tag behind the MKI (RFC 3711 §3.1, RFC 6188); AEAD
// has it before (RFC 7714 §9). RTCP has the long one always.
var tags = map[string]struct{ rtp, rtcp int }{
	"AES_CM_128_HMAC_SHA1_80": {10, 10},
	"AES_CM_128_HMAC_SHA1_32": {4, 10},
	"AES_256_CM_HMAC_SHA1_80": {10, 10},
	"AES_256_CM_HMAC_SHA1_32": {4, 10},
}

// find is the lifetime of the key that protects a packet, nil when none of ours does.
func (l *lifetimes) find(packet []byte, report bool) *lifetime {
	tag := tags[l.suite].rtp
	if report {
		tag = tags[l.suite].rtcp
	}
	for i, k := range l.keys {
		at := len(packet) - tag - len(k.MKI)
		if at >= 0 && bytes.Equal(packet[at:at+len(k.MKI)], k.MKI) {
			return l.of[i]
		}
	}
	return nil
}

// take counts a genuine packet, if its key may have made it.
func (l *lifetimes) take(of *lifetime, report bool) error {
	if of == nil {
		return nil
	}
	a := &of.rtp
	if report {
		a = &of.rtcp
	}
	err := a.take()
	l.used.Store(of)
	l.over.Store(err != nil)
	return err
}

// wear is that of the key that is in use: the far end may go over to another one by its MKI,
// until the very last packet.
func (l *lifetimes) wear() Wear {
	used := l.used.Load()
	switch {
	case l.over.Load():
		return Spent
	case used == nil:
		return Good
	}
	return min(used.wear(), Worn)
}
