package front

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"syscall"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"

	"leadline/crm/server"
)

// Time-outs of connections: a client that is slower is disconnected.
const (
	headerTime = 10 * time.Second
	idleTime   = 2 * time.Minute
	mostHeader = 16 << 10
	stopTime   = 20 * time.Second
)

// Listening says where and how a server listens.
type Listening struct {
	Address string // host:port
	// Certificate and Key are PEM files; or Host is a name that ACME gives a certificate for (RFC 8555), kept in
	// Cache. With none of them it is plain HTTP, on loopback only.
	Certificate, Key string
	Host             string
	Cache            autocert.Cache
	// Directory is where ACME's is (RFC 8555 §7.1.1), Let's Encrypt's when it is "". Roots is a PEM file with who signs that
	// server's own certificate; "" is whom the system trusts.
	Directory, Roots string
	// Log is told when ACME gives no certificate; nil for no log.
	Log *slog.Logger
}

// ErrPlain refuses plain HTTP on an address that is not loopback, where others could listen in.
var ErrPlain = errors.New("plain HTTP is for loopback only: give -tls-cert and -tls-key, or -acme, or listen on 127.0.0.1 behind a proxy")

// Try says whether Listen would do, before a server makes anything. It opens the port and closes it again: while the server makes ready, who
// comes is refused at once, and goes to another.
func (l Listening) Try() error {
	l.Log = nil // Listen tells it
	port, err := l.Listen()
	if err != nil {
		return err
	}
	return port.Close()
}

// Listen opens the port.
func (l Listening) Listen() (net.Listener, error) {
	settings, err := l.tls()
	if err != nil {
		return nil, err
	}
	if _, _, err := net.SplitHostPort(l.Address); err != nil {
		return nil, fmt.Errorf("listen on %q: HOST:PORT is wanted, such as 127.0.0.1:8480 or :443: %w", l.Address, err)
	}
	if settings == nil && !loopback(l.Address) {
		return nil, fmt.Errorf("listen on %s: %w", l.Address, ErrPlain)
	}
	port, err := net.Listen("tcp", l.Address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("listen on %s: another program has this port: stop it, or choose another: %w", l.Address, err)
	case errors.Is(err, fs.ErrPermission):
		return nil, fmt.Errorf("listen on %s: ports below 1024 are for root, or for who has CAP_NET_BIND_SERVICE, as the service has it: %w", l.Address, err)
	case err != nil:
		return nil, fmt.Errorf("listen on %s: %w", l.Address, err)
	}
	if settings != nil {
		port = tls.NewListener(port, settings)
	}
	return port, nil
}

// Name is the host that the certificate is for, the first of several; "" when it is not known.
func (l Listening) Name() string {
	if l.Host != "" || l.Certificate == "" {
		return l.Host
	}
	c, err := tls.LoadX509KeyPair(l.Certificate, l.Key)
	if err != nil {
		return ""
	}
	for _, name := range c.Leaf.DNSNames {
		if !strings.HasPrefix(name, "*") {
			return name
		}
	}
	return ""
}

// Secure says whether it is TLS.
func (l Listening) Secure() bool { return l.Certificate != "" || l.Host != "" }

func (l Listening) tls() (*tls.Config, error) {
	switch {
	case l.Host != "":
		client, err := l.acme()
		if err != nil {
			return nil, err
		}
		m := &autocert.Manager{Prompt: autocert.AcceptTOS, HostPolicy: autocert.HostWhitelist(l.Host), Cache: l.Cache, Client: client}
		c := m.TLSConfig()
		c.MinVersion = tls.VersionTLS12
		c.GetCertificate = l.telling(c.GetCertificate)
		return c, nil
	case l.Certificate != "" || l.Key != "":
		c := &certificates{certificate: l.Certificate, key: l.Key, log: l.log()}
		if _, err := c.get(nil); err != nil {
			return nil, err
		}
		return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: c.get, NextProtos: []string{"h2", "http/1.1"}}, nil
	}
	return nil, nil
}

func (l Listening) log() *slog.Logger {
	if l.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return l.Log
}

// telling logs why there is no certificate for Host: an administrator would otherwise see only connections that fail. Requests for other
// names, which scanners send, are not logged.
func (l Listening) telling(get func(*tls.ClientHelloInfo) (*tls.Certificate, error)) func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	var told server.Seldom // each connection asks for it
	return func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		c, err := get(hello)
		if err == nil || !strings.EqualFold(hello.ServerName, l.Host) || hello.Context().Err() != nil {
			return c, err
		}
		if told.Due() {
			l.log().Error("no certificate is to be had by ACME", "host", l.Host, "error", err)
		}
		return nil, err
	}
}

// acme is the client of the ACME server; nil for the library's default.
func (l Listening) acme() (*acme.Client, error) {
	if l.Directory == "" {
		return nil, nil
	}
	where, err := url.Parse(l.Directory)
	if err != nil || where.Scheme != "https" || where.Host == "" {
		return nil, fmt.Errorf("the ACME directory %q is no address that begins with https://", l.Directory)
	}
	client := &acme.Client{DirectoryURL: l.Directory, UserAgent: "leadline-server"}
	if l.Roots == "" {
		return client, nil
	}
	pem, err := os.ReadFile(l.Roots)
	if err != nil {
		return nil, fmt.Errorf("read who signs for the ACME server: %w", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s has no certificate in it", l.Roots)
	}
	through := http.DefaultTransport.(*http.Transport).Clone()
	through.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots}
	client.HTTPClient = &http.Client{Transport: through, Timeout: time.Minute}
	return client, nil
}

func loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

// Serve answers requests on port until ctx ends, then waits for those under way.
func (f *Front) Serve(ctx context.Context, port net.Listener) error {
	s := &http.Server{Handler: f.Handler(), ReadHeaderTimeout: f.headerTime, IdleTimeout: idleTime, MaxHeaderBytes: mostHeader,
		ErrorLog: slog.NewLogLogger(hushed{f.Log.Handler()}, slog.LevelDebug)}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(port) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serve on %s: %w", port.Addr(), err)
	case <-ctx.Done():
	}
	f.Close()
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	if err := s.Shutdown(stopping); err != nil {
		return errors.Join(fmt.Errorf("requests were cut off: %w", err), s.Close())
	}
	return nil
}

// hushed drops what net/http logs of connections: it contains addresses of persons.
type hushed struct{ slog.Handler }

func (h hushed) Handle(ctx context.Context, r slog.Record) error {
	return h.Handler.Handle(ctx, slog.NewRecord(r.Time, slog.LevelDebug, "a connection failed", 0))
}
