package phone

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
)

// tls is what the account's certificates are checked with, and what we show: nil when it
// is the system's authorities and nothing. The errors name the file.
func (a Account) tls() (*tls.Config, error) {
	if a.CA == "" && a.Certificate == "" && a.Key == "" {
		return nil, nil
	}
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if a.CA != "" {
		data, err := os.ReadFile(a.CA)
		if err != nil {
			return nil, fmt.Errorf("read the certificate authority: %w", err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(data) {
			return nil, fmt.Errorf("read the certificate authority: %s holds no certificate in PEM", a.CA)
		}
	}
	if a.Certificate == "" && a.Key == "" {
		return c, nil
	}
	key := a.Key
	if key == "" {
		key = a.Certificate // one file with both
	}
	own, err := tls.LoadX509KeyPair(a.Certificate, key)
	if err != nil {
		return nil, fmt.Errorf("read the telephone's certificate %s with the key %s: %w", a.Certificate, key, err)
	}
	c.Certificates = []tls.Certificate{own}
	return c, nil
}
