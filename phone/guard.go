package phone

import (
	"errors"
	"slices"
	"sync"
	"sync/atomic"

	"leadline/phone/media"
	"leadline/phone/media/secure"
	"leadline/phone/sdp"
)

// port is one of the two that a call's sound has.
type port int

const (
	onRTP port = iota
	onRTCP
)

// guard encrypts and decrypts the packets of one call. Once encryption is agreed on nothing leaves and nothing is heard
// in the clear, also while the keys are not there yet. agree and close belong to the call's goroutine; the other
// methods may be called from any.
type guard struct {
	certificate *secure.Certificate          // nil: no DTLS
	told        func(error)                  // how a DTLS handshake has ended
	send        func(packet []byte, on port) // handshake packets; the voice's

	force   atomic.Pointer[inForce] // nil: nothing was agreed on yet
	foreign atomic.Int64            // packets in a row that fail authentication

	mu      sync.Mutex
	agreed  sdp.Protection
	mux     bool // RTCP shares the RTP port
	suite   string
	shaking [2]*secure.Association
	before  [2]*secure.Association // those whose keys stay in force during a new handshake of the far end's
	early   [2][][]byte            // handshake packets that came before the description that announces them
	sealers []keyed[*secure.Sealer]
	openers []keyed[*secure.Opener]
}

// inForce is what packets are sealed and opened with, for each port. It is replaced as a whole.
type inForce struct {
	clear  bool
	sealer [2]*secure.Sealer // nil: no keys yet
	opener [2]*secure.Opener
}

// keyed is the sealer or opener of a key. It is kept for as long as the key may return: a new one would start its
// packet counters again, which reuses the keystream on our side and loses the rollover counter of theirs.
type keyed[T any] struct {
	crypto sdp.Crypto
	value  T
}

// mostKeys is how many keys of the far end's are kept; it may change them with each re-INVITE.
const mostKeys = 8

func newGuard(certificate *secure.Certificate, told func(error)) *guard {
	return &guard{certificate: certificate, told: told}
}

// agree takes over what was agreed on.
func (g *guard) agree(p sdp.Protection, mux bool) error {
	switch p.Keying {
	case sdp.SDES:
		g.drop()
		return g.useKeys(p)
	case sdp.DTLS:
		return g.associate(p, mux)
	default:
		g.drop()
		g.mu.Lock()
		defer g.mu.Unlock()
		g.agreed = p
		g.force.Store(&inForce{clear: true})
		return nil
	}
}

func (g *guard) useKeys(p sdp.Protection) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	sealer, err := reuse(&g.sealers, p.Ours, secure.NewSealer)
	if err != nil {
		return err
	}
	opener, err := reuse(&g.openers, p.Theirs, secure.NewOpener)
	if err != nil {
		return err
	}
	g.openers = g.openers[max(0, len(g.openers)-mostKeys):]
	g.agreed, g.suite = p, p.Ours.Suite
	g.foreign.Store(0)
	g.force.Store(&inForce{sealer: [2]*secure.Sealer{sealer, sealer}, opener: [2]*secure.Opener{opener, opener}})
	return nil
}

// reuse returns what was made of the key before, moved to the end of the list, or makes it.
func reuse[T any](list *[]keyed[T], c sdp.Crypto, make func(sdp.Crypto) (T, error)) (T, error) {
	i := slices.IndexFunc(*list, func(k keyed[T]) bool { return sameKeys(k.crypto, c) })
	if i < 0 {
		made, err := make(c)
		if err == nil {
			*list = append(*list, keyed[T]{c, made})
		}
		return made, err
	}
	k := (*list)[i]
	*list = append(slices.Delete(*list, i, i+1), k)
	return k.value, nil
}

func sameKeys(a, b sdp.Crypto) bool {
	return a.Suite == b.Suite && slices.EqualFunc(a.Keys, b.Keys, func(a, b sdp.MasterKey) bool {
		return string(a.Key) == string(b.Key) && string(a.MKI) == string(b.MKI)
	})
}

// associate begins a DTLS handshake, unless the one that there is goes on: the same
// certificates and the same roles (RFC 8842 §5.1).
func (g *guard) associate(p sdp.Protection, mux bool) error {
	if g.certificate == nil {
		return errors.New("there is no certificate for DTLS")
	}
	g.mu.Lock()
	same := g.agreed.Keying == sdp.DTLS && g.agreed.Role == p.Role && g.mux == mux &&
		slices.Equal(g.agreed.Fingerprints, p.Fingerprints)
	g.mu.Unlock()
	if same {
		return nil
	}
	g.drop()
	g.mu.Lock()
	defer g.mu.Unlock()
	g.agreed, g.mux, g.suite = p, mux, ""
	g.force.Store(&inForce{})
	g.begin(onRTP, g.early[onRTP]...)
	if !mux {
		g.begin(onRTCP, g.early[onRTCP]...) // RFC 5764 §4.1: an association for each port
	}
	g.early = [2][][]byte{}
	return nil
}

func (g *guard) begin(on port, waiting ...[]byte) {
	var a *secure.Association
	made := make(chan struct{})
	a = secure.Associate(secure.AssociationConfig{
		Certificate: g.certificate, Fingerprints: g.agreed.Fingerprints, Role: g.agreed.Role,
		Send: func(p []byte) { g.send(p, on) },
		Done: func(ours, theirs sdp.Crypto, err error) {
			<-made
			g.shaken(a, on, ours, theirs, err)
		},
	}, waiting...)
	g.shaking[on] = a
	close(made)
}

// shaken takes over the keys of a finished handshake, and reports its end to told.
func (g *guard) shaken(a *secure.Association, on port, ours, theirs sdp.Crypto, err error) {
	over, told, err := g.takeKeys(a, on, ours, theirs, err)
	if over != nil {
		go over.Close()
	}
	if told {
		g.told(err)
	}
}

// takeKeys is shaken's part under the lock. It gives the association that is of no more use, and what is to be told.
func (g *guard) takeKeys(a *secure.Association, on port, ours, theirs sdp.Crypto, err error) (over *secure.Association, told bool, _ error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.shaking[on] != a {
		return nil, false, nil
	}
	old := g.before[on]
	g.before[on] = nil
	if err != nil && old != nil { // not the far end's, or it has thought better of it
		g.shaking[on] = old
		return a, false, nil
	}
	var sealer *secure.Sealer
	var opener *secure.Opener
	if err == nil {
		sealer, err = secure.NewSealer(ours)
	}
	if err == nil {
		opener, err = secure.NewOpener(theirs)
	}
	if err == nil {
		next := *g.force.Load()
		next.sealer[on], next.opener[on] = sealer, opener
		if on == onRTP {
			g.suite = ours.Suite
		}
		if g.mux {
			next.sealer[onRTCP], next.opener[onRTCP] = sealer, opener
		}
		g.foreign.Store(0)
		g.force.Store(&next)
	}
	// A far end without encrypted reports is heard nevertheless.
	return old, err == nil || on != onRTCP, err
}

// mostEarly is how many handshake packets wait for the description that announces them.
const mostEarly = 8

// shake takes a DTLS handshake packet from the network.
func (g *guard) shake(packet []byte, on port) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch a := g.shaking[on]; {
	case a != nil && g.agreed.Role == sdp.Passive && g.before[on] == nil && g.force.Load().sealer[on] != nil && secure.BeginsAnew(packet):
		// Asterisk does it when it takes a call back from hold. The old keys hold until the
		// new ones are there, which takes the certificate that was announced.
		g.before[on] = a
		g.begin(on, packet)
	case a != nil:
		a.Receive(packet)
	case g.certificate != nil && len(g.early[on]) < mostEarly:
		g.early[on] = append(g.early[on], slices.Clone(packet))
	}
}

// seal encrypts an RTP packet as agreed; ok is false when it must not leave.
func (g *guard) seal(packet []byte) (_ []byte, ok bool) {
	return g.sealed(packet, onRTP, (*secure.Sealer).RTP)
}

// sealReport is seal for RTCP.
func (g *guard) sealReport(packet []byte) (_ []byte, ok bool) {
	return g.sealed(packet, onRTCP, (*secure.Sealer).RTCP)
}

func (g *guard) sealed(packet []byte, on port, seal func(*secure.Sealer, []byte) ([]byte, error)) ([]byte, bool) {
	f := g.force.Load()
	switch {
	case f == nil:
		return nil, false
	case f.clear:
		return packet, true
	case f.sealer[on] == nil:
		return nil, false
	}
	packet, err := seal(f.sealer[on], packet)
	return packet, err == nil
}

// proves says whether a packet that open accepts is certain to come from the far end.
func (g *guard) proves() bool {
	f := g.force.Load()
	return f != nil && !f.clear
}

// open decrypts an RTP or RTCP packet; ok is false for one that isn't the far end's.
func (g *guard) open(packet []byte, on port) (_ []byte, ok bool) {
	f := g.force.Load()
	switch {
	case f == nil:
		return nil, false
	case f.clear:
		return packet, true
	case f.opener[on] == nil:
		return nil, false
	}
	var err error
	if media.IsRTCP(packet) {
		packet, err = f.opener[on].RTCP(packet)
	} else {
		packet, err = f.opener[on].RTP(packet)
	}
	switch {
	case err == nil:
		g.foreign.Store(0)
	case errors.Is(err, secure.ErrForeign):
		g.foreign.Add(1)
	}
	return packet, err == nil
}

// state is how the sound is encrypted: "SDES, AES_CM_128_HMAC_SHA1_80"; "" while it is in
// the clear, or not there yet.
func (g *guard) state() string {
	f := g.force.Load()
	if f == nil || f.clear || f.sealer[onRTP] == nil {
		return ""
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.agreed.Keying.String() + ", " + g.suite
}

// wear is how much of their lifetime the keys in force have used up: ours and the far end's.
func (g *guard) wear() (ours, theirs secure.Wear) {
	f := g.force.Load()
	if f == nil {
		return secure.Good, secure.Good
	}
	for on := range f.sealer {
		if f.sealer[on] != nil {
			ours = max(ours, f.sealer[on].Wear())
		}
		if f.opener[on] != nil {
			theirs = max(theirs, f.opener[on].Wear())
		}
	}
	return ours, theirs
}

// mismatch is how many packets in a row that fail authentication mean that the keys differ: two seconds of sound.
const mismatch = 100

// deaf reports that nothing of what arrives can be decrypted.
func (g *guard) deaf() bool { return g.foreign.Load() >= mismatch }

// drop ends the handshakes under way.
func (g *guard) drop() {
	g.mu.Lock()
	shaking := slices.Concat(g.shaking[:], g.before[:])
	g.shaking, g.before = [2]*secure.Association{}, [2]*secure.Association{}
	g.mu.Unlock()
	for _, a := range shaking {
		if a != nil {
			a.Close()
		}
	}
}

func (g *guard) close() { g.drop() }
