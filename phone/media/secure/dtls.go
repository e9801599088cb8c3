package secure

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/srtp/v3"
	"github.com/pion/transport/v5/packetio"

	"leadline/phone/sdp"
)

// ErrStranger is a peer whose certificate isn't the one that the signalling announced.
var ErrStranger = errors.New("the certificate of the far end isn't the one that it announced")

// Patience is how long a handshake may take.
const Patience = 10 * time.Second

// flight is after how long an unanswered flight of the handshake is repeated; RFC 6347
// §4.2.4.1 lets an application that hurries take less than a second.
const flight = 200 * time.Millisecond

// AssociationConfig is what a handshake needs; all of it is required.
type AssociationConfig struct {
	Certificate  *Certificate
	Fingerprints []sdp.Fingerprint // of the peer
	Role         sdp.Setup         // Active begins, Passive waits
	Send         func(packet []byte)
	// Done is told once how it ended, from a goroutine of the association: what to protect
	// with and what to open with, or why there is nothing. Not after Close.
	Done func(ours, theirs sdp.Crypto, err error)
}

// Association is a DTLS handshake over packets of a media port, and what follows it.
type Association struct {
	cfg    AssociationConfig
	in     *packetio.Buffer
	cancel context.CancelFunc
	ended  chan struct{}
	once   sync.Once
}

// Associate begins a handshake. waiting are packets that came before anyone knew of it.
func Associate(cfg AssociationConfig, waiting ...[]byte) *Association {
	ctx, cancel := context.WithCancel(context.Background())
	a := &Association{cfg: cfg, in: packetio.NewBuffer(), cancel: cancel, ended: make(chan struct{})}
	a.in.SetLimitCount(64)
	for _, packet := range waiting {
		a.Receive(packet)
	}
	go a.run(ctx)
	return a
}

// IsDTLS tells a handshake packet from RTP and RTCP on the same port (RFC 7983 §7).
func IsDTLS(packet []byte) bool { return len(packet) > 0 && packet[0] >= 20 && packet[0] <= 63 }

// BeginsAnew tells a ClientHello outside of any association: the peer wants new keys, or has
// lost the old ones.
func BeginsAnew(packet []byte) bool {
	return len(packet) > 13 && packet[0] == 22 && packet[3] == 0 && packet[4] == 0 && packet[13] == 1
}

// Receive takes a packet of the peer's.
func (a *Association) Receive(packet []byte) {
	_, _ = a.in.Write(packet, nil) // too many: lost, as any other
}

// Close ends it and tells the peer so.
func (a *Association) Close() {
	a.once.Do(func() {
		a.cancel()
		<-a.ended
	})
}

func (a *Association) run(ctx context.Context) {
	defer close(a.ended)
	defer func() { _ = a.in.Close() }()
	told := false
	defer func() {
		if p := recover(); p != nil && !told && ctx.Err() == nil {
			a.cfg.Done(sdp.Crypto{}, sdp.Crypto{}, fmt.Errorf("DTLS handshake: internal error: %v", p))
		}
	}()
	conn, err := a.shake(ctx)
	if conn != nil {
		defer func() { _ = conn.Close() }()
	}
	var ours, theirs sdp.Crypto
	if err == nil {
		ours, theirs, err = keysOf(conn, a.cfg.Role == sdp.Active)
	}
	if ctx.Err() != nil {
		return
	}
	told = true
	a.cfg.Done(ours, theirs, err)
	if err != nil {
		return
	}
	// Nothing is talked about here, but alerts and lost last flights have to be read.
	defer context.AfterFunc(ctx, func() { _ = conn.SetReadDeadline(time.Now()) })()
	_, _ = io.Copy(io.Discard, conn)
	<-ctx.Done()
}

func (a *Association) shake(ctx context.Context) (*dtls.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	var stranger atomic.Bool
	options := []dtls.Option{
		dtls.WithCertificates(a.cfg.Certificate.pair),
		dtls.WithSRTPProtectionProfiles(
			dtls.SRTP_AEAD_AES_256_GCM, dtls.SRTP_AEAD_AES_128_GCM,
			dtls.SRTP_AES128_CM_HMAC_SHA1_80, dtls.SRTP_AES128_CM_HMAC_SHA1_32),
		dtls.WithExtendedMasterSecret(dtls.RequestExtendedMasterSecret),
		dtls.WithFlightInterval(flight),
		// Certificates are self-made; what counts is the fingerprint (RFC 5763 §4).
		dtls.WithInsecureSkipVerify(true),
		dtls.WithVerifyPeerCertificate(func(certificates [][]byte, _ [][]*x509.Certificate) error {
			if len(certificates) == 0 || !isOf(certificates[0], a.cfg.Fingerprints) {
				stranger.Store(true)
				return ErrStranger
			}
			return nil
		}),
	}
	conn, err := a.open(options)
	if err == nil {
		err = conn.HandshakeContext(ctx)
	}
	switch {
	case err == nil:
		return conn, nil
	case stranger.Load():
		return conn, ErrStranger
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return conn, fmt.Errorf("the far end did not finish the DTLS handshake within %v", Patience)
	}
	return conn, fmt.Errorf("DTLS handshake: %w", err)
}

func (a *Association) open(options []dtls.Option) (*dtls.Conn, error) {
	if a.cfg.Role == sdp.Active {
		var list []dtls.ClientOption
		for _, o := range options {
			list = append(list, o)
		}
		return dtls.ClientWithOptions(datagrams{a}, address{}, list...)
	}
	list := []dtls.ServerOption{dtls.WithClientAuth(dtls.RequireAnyClientCert)}
	for _, o := range options {
		list = append(list, o)
	}
	return dtls.ServerWithOptions(datagrams{a}, address{}, list...)
}

// keysOf exports the keys of both directions (RFC 5764 §4.2).
func keysOf(conn *dtls.Conn, client bool) (ours, theirs sdp.Crypto, err error) {
	selected, ok := conn.SelectedSRTPProtectionProfile()
	if !ok {
		return ours, theirs, errors.New("the far end speaks DTLS, but not SRTP over it (no use_srtp)")
	}
	c := srtp.Config{Profile: srtp.ProtectionProfile(selected)}
	suite := ""
	for name, profile := range profiles {
		if profile == c.Profile {
			suite = name
		}
	}
	state, ok := conn.ConnectionState()
	if !ok || suite == "" {
		return ours, theirs, fmt.Errorf("DTLS handshake: no keys for SRTP profile %d", selected)
	}
	if err := c.ExtractSessionKeysFromDTLS(&state, client); err != nil {
		return ours, theirs, fmt.Errorf("DTLS handshake: %w", err)
	}
	crypto := func(key, salt []byte) sdp.Crypto {
		return sdp.Crypto{Suite: suite, Keys: []sdp.MasterKey{{Key: append(append([]byte(nil), key...), salt...)}}}
	}
	k := c.Keys
	return crypto(k.LocalMasterKey, k.LocalMasterSalt), crypto(k.RemoteMasterKey, k.RemoteMasterSalt), nil
}

// datagrams is the association's net.PacketConn.
type datagrams struct{ a *Association }

func (d datagrams) ReadFrom(b []byte) (int, net.Addr, error) {
	n, _, err := d.a.in.Read(b, nil)
	return n, address{}, err
}

func (d datagrams) WriteTo(b []byte, _ net.Addr) (int, error) {
	d.a.cfg.Send(b)
	return len(b), nil
}

func (d datagrams) Close() error                      { return d.a.in.Close() }
func (d datagrams) LocalAddr() net.Addr               { return address{} }
func (d datagrams) SetDeadline(t time.Time) error     { return d.a.in.SetReadDeadline(t) }
func (d datagrams) SetReadDeadline(t time.Time) error { return d.a.in.SetReadDeadline(t) }
func (d datagrams) SetWriteDeadline(time.Time) error  { return nil }

// address is the far end, wherever it is: who sends knows.
type address struct{}

func (address) Network() string { return "udp" }
func (address) String() string  { return "far end" }
