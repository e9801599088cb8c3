// Package secure keeps the packets of a call secret: SRTP and SRTCP (RFC 3711) with keys
// that came by SDES (RFC 4568) or that a DTLS handshake agrees on (RFC 5763, RFC 5764).
//
// A [Sealer] protects what is sent, an [Opener] takes what came apart, an [Association]
// is a DTLS handshake. None has a socket: packets come and go as slices. Everything may be
// called from any goroutine.
package secure
