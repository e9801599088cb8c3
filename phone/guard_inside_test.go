package phone

import (
	"testing"
	"time"

	"leadline/phone/media/secure"
	"leadline/phone/sdp"
)

// What may not be sent is not sent, encrypted or not, and not with the same key begun anew.
func TestNothingLeavesPastAKeysEnd(t *testing.T) {
	const suite = "AES_CM_128_HMAC_SHA1_80"
	keys := func() sdp.Crypto {
		return sdp.Crypto{Tag: 1, Suite: suite, Keys: []sdp.MasterKey{{Key: secure.NewKeyring()[suite], Lifetime: 4}}}
	}
	p := sdp.Protection{Keying: sdp.SDES, Ours: keys(), Theirs: keys()}
	g := newGuard(nil, nil)
	leaves := func(what string, want bool) {
		t.Helper()
		packet := append([]byte{0x80, 8, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1}, make([]byte, 160)...)
		if _, ok := g.seal(packet); ok != want {
			t.Errorf("%s: leaves %v", what, ok)
		}
	}
	agree := func() {
		t.Helper()
		if err := g.agree(p, true); err != nil {
			t.Fatal(err)
		}
	}
	agree()
	for range 4 {
		leaves("within its life", true)
	}
	leaves("past its end", false)
	agree() // a hold
	leaves("past its end, agreed on once more", false)
	if ours, theirs := g.wear(); ours != secure.Spent || theirs != secure.Good {
		t.Errorf("ours %d, theirs %d", ours, theirs)
	}
	p.Ours = keys()
	agree()
	leaves("with a new key", true)
	if ours, _ := g.wear(); ours != secure.Good {
		t.Errorf("a new key: %d", ours)
	}
}

// Whatever goes wrong with the keys of a handshake, the call can be ended.
func TestKeysThatPanicLockNothing(t *testing.T) {
	g := newGuard(nil, func(error) { t.Error("told that it is encrypted") })
	func() {
		defer func() {
			if recover() == nil {
				t.Skip("they are refused in another way")
			}
		}()
		g.force.Store(nil) // as if nothing had been agreed on
		key := sdp.Crypto{Suite: "AES_CM_128_HMAC_SHA1_80", Keys: []sdp.MasterKey{{Key: secure.NewKeyring()["AES_CM_128_HMAC_SHA1_80"]}}}
		g.shaken(nil, onRTP, key, key, nil)
	}()
	closed := make(chan struct{})
	go func() {
		g.close()
		close(closed)
	}()
	select {
	case <-closed:
	case <-time.After(10 * time.Second):
		t.Fatal("it waits for ever")
	}
}
