package front

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// renewed is a certificate with a serial number, and its key, as PEM.
func renewed(t *testing.T, serial int64) (certificate, key []byte) {
	t.Helper()
	return ending(t, serial, time.Now().Add(time.Hour))
}

// ending is one that is good until a time.
func ending(t *testing.T, serial int64, end time.Time) (certificate, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(serial), DNSNames: []string{"crm.example.org"}, NotAfter: end}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: sealed})
}

// A certificate that was renewed is shown from the next connection on; one that is half written, or no longer there, is not.
func TestRenewedCertificatesAreReadAnew(t *testing.T) {
	dir := t.TempDir()
	log := &logged{}
	l := Listening{Address: "127.0.0.1:0", Certificate: filepath.Join(dir, "c.pem"), Key: filepath.Join(dir, "k.pem"), Log: slog.New(slog.NewTextHandler(log, nil))}
	at := time.Now().Add(-time.Hour)
	write := func(file string, b []byte) {
		t.Helper()
		at = at.Add(time.Second) // the clock of some file systems is no finer
		if err := os.WriteFile(file, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(file, at, at); err != nil {
			t.Fatal(err)
		}
	}
	first, firstKey := renewed(t, 1)
	write(l.Certificate, first)
	write(l.Key, firstKey)
	port, err := l.Listen()
	if err != nil {
		t.Fatal(err)
	}
	defer port.Close()
	go func() {
		for {
			conn, err := port.Accept()
			if err != nil {
				return
			}
			go func() { _ = conn.(*tls.Conn).Handshake(); _ = conn.Close() }()
		}
	}()
	shows := func(what string, want int64) {
		t.Helper()
		conn, err := net.Dial("tcp", port.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		shown := tls.Client(conn, &tls.Config{InsecureSkipVerify: true}) // the serial number is all that is asked
		if err := shown.Handshake(); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if got := shown.ConnectionState().PeerCertificates[0].SerialNumber.Int64(); got != want {
			t.Errorf("%s: certificate %d is shown, want %d", what, got, want)
		}
	}
	shows("at first", 1)
	second, secondKey := renewed(t, 2)
	write(l.Certificate, second)
	shows("with the key of before", 1)
	write(l.Key, secondKey)
	shows("renewed", 2)
	third, thirdKey := renewed(t, 3)
	write(l.Key, thirdKey) // the other way round
	shows("with the certificate of before", 2)
	write(l.Certificate, third[:len(third)/2])
	shows("half written", 2)
	write(l.Certificate, third)
	shows("renewed again", 3)
	if err := os.Remove(l.Certificate); err != nil {
		t.Fatal(err)
	}
	shows("gone for a moment", 3)
	if said := strings.Count(log.String(), "cannot be read"); said != 1 {
		t.Errorf("who looks after the server is told %d times: %s", said, log)
	}
}

// Who looks after the server reads that no program can trust it, and not only that nobody comes.
func TestACertificateThatHasEndedIsToldInTheLog(t *testing.T) {
	dir := t.TempDir()
	for name, c := range map[string]struct {
		end  time.Time
		told bool
	}{"ended": {time.Now().Add(-time.Hour), true}, "good": {time.Now().Add(time.Hour), false}} {
		log := &logged{}
		l := Listening{Address: "127.0.0.1:0", Certificate: filepath.Join(dir, "c.pem"), Key: filepath.Join(dir, "k.pem"), Log: slog.New(slog.NewTextHandler(log, nil))}
		certificate, key := ending(t, 1, c.end)
		if err := errors.Join(os.WriteFile(l.Certificate, certificate, 0o600), os.WriteFile(l.Key, key, 0o600)); err != nil {
			t.Fatal(err)
		}
		port, err := l.Listen()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := port.Close(); err != nil {
			t.Error(err)
		}
		if told := strings.Contains(log.String(), "not valid today"); told != c.told {
			t.Errorf("%s: the log says %s", name, log)
		}
	}
}

func TestAnACMEDirectoryIsReachedOverTLS(t *testing.T) {
	file := filepath.Join(t.TempDir(), "root.pem")
	if err := os.WriteFile(file, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, l := range []Listening{
		{Host: "crm.example.org", Directory: "http://acme.example.org/directory"}, {Host: "crm.example.org", Directory: "acme.example.org"},
		{Host: "crm.example.org", Directory: "https://acme.example.org/directory", Roots: file},
		{Host: "crm.example.org", Directory: "https://acme.example.org/directory", Roots: file + ".not"},
	} {
		if _, err := l.tls(); err == nil {
			t.Errorf("%+v is taken", l)
		}
	}
}
