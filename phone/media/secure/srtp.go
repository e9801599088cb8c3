package secure

import (
	"crypto/rand"
	"errors"
	"fmt"
	"sync"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"

	"leadline/phone/sdp"
)

// profiles are the suites of SDES as the library numbers them.
var profiles = map[string]srtp.ProtectionProfile{
	"AES_CM_128_HMAC_SHA1_80": srtp.ProtectionProfileAes128CmHmacSha1_80,
	"AES_CM_128_HMAC_SHA1_32": srtp.ProtectionProfileAes128CmHmacSha1_32,
	"AES_256_CM_HMAC_SHA1_80": srtp.ProtectionProfileAes256CmHmacSha1_80,
	"AES_256_CM_HMAC_SHA1_32": srtp.ProtectionProfileAes256CmHmacSha1_32,
	"AEAD_AES_128_GCM":        srtp.ProtectionProfileAeadAes128Gcm,
	"AEAD_AES_256_GCM":        srtp.ProtectionProfileAeadAes256Gcm,
}

// NewKeyring makes a fresh master key and salt for each suite.
func NewKeyring() sdp.Keyring {
	keys := sdp.Keyring{}
	for name, size := range sdp.Suites {
		key := make([]byte, size.Key+size.Salt)
		rand.Read(key) // never fails
		keys[name] = key
	}
	return keys
}

// window is how many packets may overtake each other before one counts as a replay: 20 s
// of packets of 20 ms, so that no jitter is taken for an attack.
const window = 1024

// ErrForeign is a packet that was not made with the keys that were agreed on.
var ErrForeign = errors.New("the packet does not fit the keys that were agreed on")

// A Sealer protects the packets of one direction. One key must never get a second
// Sealer: its counters would begin anew, and two packets share their key stream.
type Sealer struct {
	mu      sync.Mutex
	context *srtp.Context
	life    *lifetime
	rtp     rtp.Header
	rtcp    rtcp.Header
	packet  []byte
	report  []byte
}

// NewSealer protects with the first key of c.
func NewSealer(c sdp.Crypto) (*Sealer, error) {
	context, err := contextOf(c)
	if err != nil {
		return nil, err
	}
	return &Sealer{context: context, life: lifetimeOf(c.Keys[0]), packet: make([]byte, 0, 2048), report: make([]byte, 0, 2048)}, nil
}

// RTP gives the protected packet; it is valid until the next one. It fails with [ErrSpent]
// when the key has served its time.
func (s *Sealer) RTP(packet []byte) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.life.rtp.take(); err != nil {
		return nil, err
	}
	return s.context.EncryptRTP(s.packet, packet, &s.rtp)
}

// RTCP does the same with a report.
func (s *Sealer) RTCP(packet []byte) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.life.rtcp.take(); err != nil {
		return nil, err
	}
	return s.context.EncryptRTCP(s.report, packet, &s.rtcp)
}

// Wear is how much of the key's lifetime is gone.
func (s *Sealer) Wear() Wear { return s.life.wear() }

// An Opener checks and decrypts what came.
type Opener struct {
	mu      sync.Mutex
	context *srtp.Context
	lives   *lifetimes
	rtp     rtp.Header
	rtcp    rtcp.Header
}

// NewOpener opens what was protected with a key of c.
func NewOpener(c sdp.Crypto) (*Opener, error) {
	context, err := contextOf(c, srtp.SRTPReplayProtection(window), srtp.SRTCPReplayProtection(window))
	if err != nil {
		return nil, err
	}
	return &Opener{context: context, lives: lifetimesOf(c)}, nil
}

// RTP gives the packet as it was before it was protected, in place of it. It fails with
// [ErrForeign] when it was made with other keys or changed on its way, with [ErrSpent] when its
// key has served its time, and with another error when it is a repetition or no packet at all.
func (o *Opener) RTP(packet []byte) ([]byte, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	life := o.lives.find(packet, false)
	plain, err := o.context.DecryptRTP(packet, packet, &o.rtp)
	if err != nil { // what others send in its name doesn't wear a key
		return nil, named(err)
	}
	return plain, o.lives.take(life, false)
}

// RTCP does the same with a report.
func (o *Opener) RTCP(packet []byte) ([]byte, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	life := o.lives.find(packet, true)
	plain, err := o.context.DecryptRTCP(packet, packet, &o.rtcp)
	if err != nil {
		return nil, named(err)
	}
	return plain, o.lives.take(life, true)
}

// Wear is how much of the lifetime of the key in use is gone; Spent, when packets come past it.
func (o *Opener) Wear() Wear { return o.lives.wear() }

func named(err error) error {
	if errors.Is(err, srtp.ErrFailedToVerifyAuthTag) || errors.Is(err, srtp.ErrMKINotFound) {
		return ErrForeign
	}
	return err
}

func contextOf(c sdp.Crypto, options ...srtp.ContextOption) (*srtp.Context, error) {
	profile, ok := profiles[c.Suite]
	if !ok || len(c.Keys) == 0 {
		return nil, fmt.Errorf("no such suite: %q with %d keys", c.Suite, len(c.Keys))
	}
	first := c.Keys[0]
	if len(first.MKI) > 0 {
		options = append(options, srtp.MasterKeyIndicator(first.MKI))
	}
	size := sdp.Suites[c.Suite].Key
	for _, k := range c.Keys {
		if len(k.Key) < size {
			return nil, fmt.Errorf("a key of %d bytes for %s", len(k.Key), c.Suite)
		}
	}
	context, err := srtp.CreateContext(first.Key[:size], first.Key[size:], profile, options...)
	if err != nil {
		return nil, fmt.Errorf("use the keys of %s: %w", c.Suite, err)
	}
	for _, k := range c.Keys[1:] {
		if err := context.AddCipherForMKI(k.MKI, k.Key[:size], k.Key[size:]); err != nil {
			return nil, fmt.Errorf("use a further key of %s: %w", c.Suite, err)
		}
	}
	return context, nil
}
