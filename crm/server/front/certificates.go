package front

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"leadline/crm/server"
)

// certificates reads a certificate again when its file has changed, so that renewing it needs no restart.
type certificates struct {
	certificate, key string
	log              *slog.Logger

	mu      sync.Mutex
	read    *tls.Certificate
	changed time.Time
	told    server.Seldom // that it can't be read
}

func (c *certificates) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	info, err := os.Stat(c.certificate)
	if err == nil && c.read != nil && info.ModTime().Equal(c.changed) {
		return c.read, nil
	}
	fresh, err := tls.LoadX509KeyPair(c.certificate, c.key)
	switch {
	case err == nil:
		c.read = &fresh
		if info != nil {
			c.changed = info.ModTime()
		}
		// It is used all the same: it may be renewed at any time, and until then programs can say why they do not trust it.
		if now := time.Now(); now.After(fresh.Leaf.NotAfter) || now.Before(fresh.Leaf.NotBefore) {
			c.log.Error("the certificate is not valid today, and programs do not trust it", "begins", fresh.Leaf.NotBefore, "ends", fresh.Leaf.NotAfter)
		}
	case c.read == nil:
		return nil, fmt.Errorf("read the certificate %s with the key %s: %w", c.certificate, c.key, err)
	case c.told.Due():
		c.log.Warn("the renewed certificate cannot be read, the one of before is shown", "ends", c.read.Leaf.NotAfter, "error", err)
	}
	return c.read, nil // only one of the two files is renewed yet: the old one until both are
}
