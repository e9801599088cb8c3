package sip

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
)

// TrustError is why a TLS connection didn't come about although somebody is there:
// their certificate doesn't satisfy us, or ours doesn't satisfy them.
type TrustError struct {
	Reason string // a sentence that says what to do
	Err    error
}

func (e *TrustError) Error() string { return e.Reason }
func (e *TrustError) Unwrap() error { return e.Err }

// distrusted says in words what is wrong with a certificate; another error stays as it is.
func distrusted(err error, name string) error {
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var alert *net.OpError
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &host):
		return &TrustError{fmt.Sprintf("the certificate is not for %s but for %s", name, namesOf(host.Certificate)), err}
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		c := invalid.Cert
		return &TrustError{fmt.Sprintf("the certificate of %s is valid from %s to %s only; check this computer's clock too",
			name, c.NotBefore.Format("2006-01-02"), c.NotAfter.Format("2006-01-02")), err}
	case errors.As(err, &authority):
		issuer := "an unknown authority"
		if authority.Cert != nil {
			issuer = authority.Cert.Issuer.String()
		}
		return &TrustError{fmt.Sprintf("the certificate of %s comes from %s, which this computer doesn't trust; if it is the company's own, name its file as the account's ca",
			name, issuer), err}
	case errors.As(err, &invalid):
		return &TrustError{fmt.Sprintf("the certificate of %s can't be used: %v", name, invalid), err}
	case errors.As(err, &alert) && alert.Op == "remote error":
		return &TrustError{"the PBX refuses our TLS connection: " + alertWords(alert.Err), err}
	case errors.As(err, &record):
		return &TrustError{"what answers doesn't speak TLS; is it the port for UDP or TCP?", err}
	}
	return err
}

// alertWords explains an alert of RFC 8446 §6.2, which crypto/tls tells by its text only.
func alertWords(alert error) string {
	text := strings.TrimPrefix(alert.Error(), "tls: ")
	switch {
	case strings.Contains(text, "certificate required"), strings.Contains(text, "bad certificate"),
		strings.Contains(text, "handshake failure"):
		return "it wants a certificate of this telephone; name one as the account's certificate and key (" + text + ")"
	case strings.Contains(text, "unknown certificate authority"):
		return "it doesn't know who signed this telephone's certificate"
	case strings.Contains(text, "certificate"):
		return "it doesn't accept this telephone's certificate (" + text + ")"
	}
	return text
}

func namesOf(c *x509.Certificate) string {
	names := append([]string(nil), c.DNSNames...)
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	if len(names) == 0 {
		return "nobody"
	}
	return strings.Join(names, ", ")
}
