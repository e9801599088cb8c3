package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// authority is a small ACME server (RFC 8555) that holds hosts to tls-alpn-01 (RFC 8737) at one address. It does not look at
// signatures of requests.
type authority struct {
	t      *testing.T
	web    *httptest.Server
	key    *ecdsa.PrivateKey
	root   *x509.Certificate
	domain string // that all hosts are at

	mu     sync.Mutex
	print  string // thumbprint of the account's key (RFC 7638)
	host   string // of the order
	proven bool
	chain  []byte
	orders int
}

const acmeToken = "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA"

func newAuthority(t *testing.T, address string) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	a := &authority{t: t, key: key, domain: address}
	if a.root, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	a.web = httptest.NewTLSServer(http.HandlerFunc(a.answer))
	t.Cleanup(a.web.Close)
	return a
}

func (a *authority) answer(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	w.Header().Set("Replay-Nonce", rand.Text())
	at := func(path string) string { return a.web.URL + path }
	say := func(status int, v any) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(v)
	}
	var asked struct{ Protected, Payload string }
	var head struct {
		JWK struct{ Crv, Kty, X, Y string }
	}
	if r.Method == http.MethodPost {
		if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
			a.t.Errorf("%s: %v", r.URL.Path, err)
		}
		protected, _ := base64.RawURLEncoding.DecodeString(asked.Protected)
		_ = json.Unmarshal(protected, &head)
	}
	payload, _ := base64.RawURLEncoding.DecodeString(asked.Payload)
	order := func() map[string]any {
		o := map[string]any{"status": "pending", "authorizations": []string{at("/authz")}, "finalize": at("/finalize"), "identifiers": []any{map[string]string{"type": "dns", "value": a.host}}}
		switch {
		case a.chain != nil:
			o["status"], o["certificate"] = "valid", at("/certificate")
		case a.proven:
			o["status"] = "ready"
		}
		return o
	}
	challenge := func() map[string]any {
		status := "pending"
		if a.proven {
			status = "valid"
		}
		return map[string]any{"type": "tls-alpn-01", "status": status, "url": at("/challenge"), "token": acmeToken}
	}
	switch r.URL.Path {
	case "/directory":
		say(http.StatusOK, map[string]any{"newNonce": at("/nonce"), "newAccount": at("/account"), "newOrder": at("/order"), "meta": map[string]any{}})
	case "/nonce":
	case "/account":
		sum := sha256.Sum256(fmt.Appendf(nil, `{"crv":%q,"kty":%q,"x":%q,"y":%q}`, head.JWK.Crv, head.JWK.Kty, head.JWK.X, head.JWK.Y))
		a.print = base64.RawURLEncoding.EncodeToString(sum[:])
		w.Header().Set("Location", at("/account/1"))
		say(http.StatusCreated, map[string]any{"status": "valid"})
	case "/order":
		var in struct{ Identifiers []struct{ Value string } }
		_ = json.Unmarshal(payload, &in)
		a.orders++
		a.host, a.proven, a.chain = in.Identifiers[0].Value, false, nil
		w.Header().Set("Location", at("/order/1"))
		say(http.StatusCreated, order())
	case "/order/1":
		say(http.StatusOK, order())
	case "/authz":
		say(http.StatusOK, map[string]any{"status": challenge()["status"], "identifier": map[string]string{"type": "dns", "value": a.host}, "challenges": []any{challenge()}})
	case "/challenge":
		if err := a.prove(); err != nil {
			a.t.Errorf("the host proves nothing: %v", err)
		}
		a.proven = true
		say(http.StatusOK, challenge())
	case "/finalize":
		var in struct{ CSR string }
		_ = json.Unmarshal(payload, &in)
		if err := a.sign(in.CSR); err != nil {
			a.t.Error(err)
		}
		w.Header().Set("Location", at("/order/1"))
		say(http.StatusOK, order())
	case "/certificate":
		w.Header().Set("Content-Type", "application/pem-certificate-chain")
		_, _ = w.Write(a.chain)
	default:
		a.t.Errorf("asked for %s", r.URL.Path)
		http.NotFound(w, r)
	}
}

// prove asks the host for the certificate that shows that it has the account's key (RFC 8737 §3).
func (a *authority) prove() error {
	conn, err := tls.Dial("tcp", a.domain, &tls.Config{ServerName: a.host, NextProtos: []string{"acme-tls/1"}, InsecureSkipVerify: true})
	if err != nil {
		return err
	}
	defer conn.Close()
	shown := conn.ConnectionState().PeerCertificates[0]
	sum := sha256.Sum256([]byte(acmeToken + "." + a.print))
	want, err := asn1.Marshal(sum[:])
	if err != nil {
		return err
	}
	for _, e := range shown.Extensions {
		if e.Id.Equal(asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 31}) && slices.Equal(e.Value, want) && slices.Equal(shown.DNSNames, []string{a.host}) {
			return nil
		}
	}
	return fmt.Errorf("a certificate for %q is shown, without the proof", shown.DNSNames)
}

func (a *authority) sign(wanted string) error {
	der, err := base64.RawURLEncoding.DecodeString(wanted)
	if err != nil {
		return err
	}
	csr, err := x509.ParseCertificateRequest(der)
	if err != nil {
		return err
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(int64(100 + a.orders)), DNSNames: csr.DNSNames, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().AddDate(0, 3, 0), KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	signed, err := x509.CreateCertificate(rand.Reader, template, a.root, csr.PublicKey, a.key)
	a.chain = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signed})
	return err
}

// freeAddress is one that nobody listens at.
func freeAddress(t *testing.T) string {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer free.Close()
	return free.Addr().String()
}

// A company with an ACME server of its own gets its certificate there; the next start has it still.
func TestACertificateComesFromTheCompanysOwnAuthority(t *testing.T) {
	address := freeAddress(t)
	a := newAuthority(t, address)
	s := shell{t, t.TempDir()}
	root := filepath.Join(s.dir, "root.pem")
	if err := os.WriteFile(root, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.web.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	trusted := x509.NewCertPool()
	trusted.AddCert(a.root)
	client := &http.Client{Timeout: time.Minute, Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: trusted},
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "tcp", address)
		}}}
	for start := range 2 {
		ctx, stop := context.WithCancel(context.Background())
		said, ended := &printed{}, make(chan error, 1)
		go func() {
			ended <- run(ctx, []string{"serve", "-database", s.database(), "-listen", address, "-acme", "crm.example.org",
				"-acme-directory", a.web.URL + "/directory", "-acme-root", root}, nil, said, said)
		}()
		for late := time.Now().Add(time.Minute); !strings.Contains(said.String(), "listens on https://crm.example.org"); time.Sleep(5 * time.Millisecond) {
			if time.Now().After(late) {
				t.Fatalf("the server does not listen: %s", said)
			}
		}
		answer, err := client.Get("https://crm.example.org/healthz")
		if err != nil {
			t.Fatalf("start %d: %v", start, err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != http.StatusOK || answer.TLS.PeerCertificates[0].SerialNumber.Int64() != 101 {
			t.Errorf("start %d: %s, certificate %v", start, answer.Status, answer.TLS.PeerCertificates[0].SerialNumber)
		}
		if _, err := client.Get("https://other.example.org/healthz"); err == nil {
			t.Error("another host's name is answered to")
		}
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the server ended with %v", err)
		}
	}
	if a.orders != 1 {
		t.Errorf("%d certificates were ordered, want one", a.orders)
	}
}

// Who looks after a server that gets no certificate reads why in its log.
func TestTheLogSaysWhyThereIsNoCertificate(t *testing.T) {
	refusing := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusForbidden)
		_, _ = w.Write([]byte(`{"type":"urn:ietf:params:acme:error:rejectedIdentifier","detail":"too many certificates already issued"}`))
	}))
	defer refusing.Close()
	s := shell{t, t.TempDir()}
	root := filepath.Join(s.dir, "root.pem")
	if err := os.WriteFile(root, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: refusing.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	address := freeAddress(t)
	ctx, stop := context.WithCancel(context.Background())
	said, ended := &printed{}, make(chan error, 1)
	go func() {
		ended <- run(ctx, []string{"serve", "-database", s.database(), "-listen", address, "-acme", "crm.example.org",
			"-acme-directory", refusing.URL + "/directory", "-acme-root", root}, nil, said, said)
	}()
	for late := time.Now().Add(time.Minute); !strings.Contains(said.String(), "listens on"); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(late) {
			t.Fatalf("the server does not listen: %s", said)
		}
	}
	for _, name := range []string{"crm.example.org", "crm.example.org", "other.example.org"} {
		if conn, err := tls.Dial("tcp", address, &tls.Config{ServerName: name, InsecureSkipVerify: true}); err == nil {
			t.Error("a certificate is shown")
			_ = conn.Close()
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("the server ended with %v", err)
	}
	if log := said.String(); strings.Count(log, "no certificate is to be had") != 1 || !strings.Contains(log, "too many certificates") || strings.Contains(log, "other.example.org") {
		t.Errorf("the log says %s", log)
	}
}

func TestACMEOptionsBelongTogether(t *testing.T) {
	s := shell{t, t.TempDir()}
	for _, bad := range [][]string{
		{"serve", "-listen", "127.0.0.1:0", "-acme-directory", "https://acme.example.org/directory"},
		{"serve", "-listen", "127.0.0.1:0", "-acme-root", "root.pem"},
		{"serve", "-listen", "127.0.0.1:0", "-acme", "crm.example.org", "-acme-directory", "ftp://acme.example.org"},
	} {
		if out, err := s.try(bad...); err == nil {
			t.Errorf("%v: %s", bad, out)
		}
	}
}
