package secure

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"fmt"
	"math/big"
	"strings"
	"time"

	_ "crypto/sha1" // as fingerprints only
	_ "crypto/sha256"
	_ "crypto/sha512"

	"leadline/phone/sdp"
)

// Certificate is who we are in a DTLS handshake: nobody knows it, its fingerprint goes
// with the signalling (RFC 5763 §4).
type Certificate struct {
	pair        tls.Certificate
	Fingerprint sdp.Fingerprint // SHA-256
}

// NewCertificate makes one that is valid for the run of a program. It says nothing about
// the person.
func NewCertificate() (*Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make a certificate for DTLS: %w", err)
	}
	number, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 62))
	if err != nil {
		return nil, fmt.Errorf("make a certificate for DTLS: %w", err)
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: number, Subject: pkix.Name{CommonName: "sip"},
		NotBefore: now.AddDate(0, 0, -1), NotAfter: now.AddDate(1, 0, 0),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("make a certificate for DTLS: %w", err)
	}
	return &Certificate{
		pair:        tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key},
		Fingerprint: sdp.Fingerprint{Hash: "sha-256", Hex: digest(crypto.SHA256, der)},
	}, nil
}

var hashes = map[string]crypto.Hash{
	"sha-1": crypto.SHA1, "sha-224": crypto.SHA224, "sha-256": crypto.SHA256,
	"sha-384": crypto.SHA384, "sha-512": crypto.SHA512,
}

// isOf tells whether a certificate has one of the fingerprints.
func isOf(der []byte, list []sdp.Fingerprint) bool {
	for _, f := range list {
		if hash, known := hashes[f.Hash]; known && digest(hash, der) == f.Hex {
			return true
		}
	}
	return false
}

func digest(hash crypto.Hash, der []byte) string {
	h := hash.New()
	h.Write(der)
	return strings.ToUpper(hex.EncodeToString(h.Sum(nil)))
}
