package sdp

import (
	"slices"
	"strings"

	psdp "github.com/pion/sdp/v3"
)

// Security is whether the stream of a call is to be kept secret (SRTP, RFC 3711).
type Security uint8

const (
	// Clear neither offers encryption nor takes it.
	Clear Security = iota
	// Preferred offers it, takes it, and does without where the peer has none.
	Preferred
	// Required refuses a stream in the clear.
	Required
)

// Keying is how both ends agree on the keys of SRTP.
type Keying uint8

const (
	// NoKeys is a stream in the clear.
	NoKeys Keying = iota
	// SDES writes the keys into the descriptions (RFC 4568); they are as secret as the signalling.
	SDES
	// DTLS agrees on them by a handshake on the media path (RFC 5763).
	DTLS
)

// String is the name people know it by, "" for NoKeys.
func (k Keying) String() string { return [...]string{"", "SDES", "DTLS"}[k] }

// Setup is who begins the DTLS handshake (RFC 4145, RFC 5763 §5).
type Setup uint8

const (
	// ActPass leaves it to the peer.
	ActPass Setup = iota
	// Active begins it: the client.
	Active
	// Passive waits for it: the server.
	Passive
)

// String is the value of a=setup.
func (s Setup) String() string { return [...]string{"actpass", "active", "passive"}[s] }

// Secure is what this end brings to keep the stream of a call secret.
type Secure struct {
	Want        Security
	Offer       Keying      // what an offer of ours asks for; NoKeys means SDES. An answer takes either
	Keys        Keyring     // of SDES, by suite
	Fingerprint Fingerprint // of our certificate; zero: DTLS is not taken
	Role        Setup       // in the DTLS association that there is; ActPass: none yet
}

// Protection is what was agreed on to keep the stream secret.
type Protection struct {
	Keying       Keying
	Ours, Theirs Crypto        // of SDES: what we send with, and what the peer does
	Fingerprints []Fingerprint // of DTLS: the peer's certificate fits one of them
	Role         Setup         // of DTLS: ours, Active or Passive
}

// secured tells whether a profile says that media is encrypted (RFC 3711 §12, RFC 5764 §8).
func secured(profile string) bool {
	switch strings.ToUpper(profile) {
	case "RTP/SAVP", "RTP/SAVPF", "UDP/TLS/RTP/SAVP", "UDP/TLS/RTP/SAVPF":
		return true
	}
	return false
}

func clearProfile(profile string) bool {
	switch strings.ToUpper(profile) {
	case "RTP/AVP", "RTP/AVPF":
		return true
	}
	return false
}

// profile is that of the first offer.
//
// An offer that only prefers encryption by SDES is RTP/AVP with a=crypto, as Linphone,
// Asterisk, baresip and pjsip make it. RFC 4568 §7.1.1 wants RTP/SAVP, and trying
// that first would ring every telephone without encryption twice, or fail behind a proxy
// that forks; RFC 5939, meant for this, is spoken by nobody. What has no a=crypto
// ignores it, and the call shows that it is in the clear. DTLS has no such form: there
// the caller asks again in the clear when it is refused (488).
func (s Secure) profile() string {
	switch {
	case s.Want == Clear:
		return "RTP/AVP"
	case s.Offer == DTLS:
		return "UDP/TLS/RTP/SAVP"
	case s.Want == Required:
		return "RTP/SAVP"
	}
	return "RTP/AVP"
}

// offered are the attributes with which an offer of ours asks for encryption.
func (s Secure) offered(profile string) []psdp.Attribute {
	switch {
	case s.Want == Clear:
		return nil
	case s.Offer == DTLS && secured(profile):
		// RFC 5763 §5: actpass in every offer; the association goes on if both keep to it.
		return s.dtls(ActPass)
	case s.Offer == DTLS:
		return nil
	}
	var list []psdp.Attribute
	for _, c := range s.cryptos() {
		list = append(list, psdp.Attribute{Key: "crypto", Value: c.String()})
	}
	return list
}

// cryptos are what we offer: three, since a request that holds all six would not fit a datagram.
func (s Secure) cryptos() []Crypto {
	var list []Crypto
	for _, suite := range []string{"AEAD_AES_256_GCM", "AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32"} {
		if key := s.Keys[suite]; key != nil {
			list = append(list, Crypto{Tag: len(list) + 1, Suite: suite, Keys: []MasterKey{{Key: key}}})
		}
	}
	return list
}

// answered are the attributes with which an answer of ours takes what was offered.
func (s Secure) answered(p Protection) []psdp.Attribute {
	switch p.Keying {
	case SDES:
		return []psdp.Attribute{{Key: "crypto", Value: p.Ours.String()}}
	case DTLS:
		return s.dtls(p.Role)
	}
	return nil
}

func (s Secure) dtls(role Setup) []psdp.Attribute {
	return []psdp.Attribute{
		{Key: "fingerprint", Value: s.Fingerprint.String()},
		{Key: "setup", Value: role.String()},
	}
}

// protection is how a line that a peer offers is kept secret, or the reason why it can't be taken.
func (s Secure) protection(d *psdp.SessionDescription, m *psdp.MediaDescription) (Protection, *Error) {
	profile := proto(m)
	if s.Want == Clear {
		if secured(profile) {
			return Protection{}, refuse(488, ErrSecure, "%s", profile)
		}
		return Protection{}, nil
	}
	if secured(profile) {
		if p, ok := s.takeDTLS(d, m); ok {
			return p, nil
		}
	}
	cryptos := cryptos(m)
	for _, c := range cryptos {
		if key := s.Keys[c.Suite]; key != nil {
			return Protection{Keying: SDES, Theirs: c, Ours: Crypto{Tag: c.Tag, Suite: c.Suite, Keys: []MasterKey{{Key: key}}}}, nil
		}
	}
	switch {
	case secured(profile):
		return Protection{}, refuse(488, ErrKeys, "%s", profile)
	case s.Want == Required:
		return Protection{}, refuse(488, ErrClear, "%s", profile)
	}
	return Protection{}, nil
}

// takeDTLS reads a=fingerprint and a=setup of an offer. The role in an association that
// there is stays (RFC 8842 §5.3); else we begin, which saves half a round trip (RFC 5763 §5).
func (s Secure) takeDTLS(d *psdp.SessionDescription, m *psdp.MediaDescription) (Protection, bool) {
	p := Protection{Keying: DTLS, Fingerprints: fingerprints(d, m)}
	if len(p.Fingerprints) == 0 || s.Fingerprint == (Fingerprint{}) {
		return p, false
	}
	switch setup(d, m) {
	case "active":
		p.Role = Passive
	case "passive":
		p.Role = Active
	case "holdconn":
		return p, false
	default:
		p.Role = s.Role
		if p.Role == ActPass {
			p.Role = Active
		}
	}
	return p, true
}

// confirmed is how a line that answers an offer of ours is kept secret.
func (s Secure) confirmed(d *psdp.SessionDescription, m *psdp.MediaDescription) (Protection, *Error) {
	profile := proto(m)
	p, ok := Protection{}, false
	switch {
	case s.Want == Clear:
	case s.Offer == DTLS:
		p, ok = s.takeDTLS(d, m)
	default:
		p, ok = s.confirmSDES(m)
	}
	switch {
	case ok:
		return p, nil
	case secured(profile):
		return Protection{}, refuse(488, ErrKeys, "%s", profile)
	case s.Want == Required:
		return Protection{}, refuse(488, ErrClear, "%s", profile)
	}
	return Protection{}, nil
}

// confirmSDES finds which of the keys that we offered was taken (RFC 4568 §5.1.3).
func (s Secure) confirmSDES(m *psdp.MediaDescription) (Protection, bool) {
	ours := s.cryptos()
	for _, c := range cryptos(m) {
		i := slices.IndexFunc(ours, func(o Crypto) bool { return o.Tag == c.Tag && o.Suite == c.Suite })
		if i >= 0 {
			return Protection{Keying: SDES, Ours: ours[i], Theirs: c}, true
		}
	}
	return Protection{}, false
}

// insist is what the next description of a call wants: encryption that was agreed on is
// never given up again (requirement of the account or not), and keys are agreed on as before.
func (s Secure) insist(p Protection) Secure {
	if p.Keying != NoKeys {
		s.Want, s.Offer, s.Role = Required, p.Keying, p.Role
	}
	return s
}
