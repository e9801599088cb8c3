package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/replica/remote"
	"leadline/crm/server/database"
	"leadline/crm/server/front"
	"leadline/crm/server/webhook"
	"leadline/crm/wire"
)

// shell runs commands on one database.
type shell struct {
	t   testing.TB
	dir string
}

func (s shell) database() string { return "sqlite:" + filepath.Join(s.dir, "server.db") }

// do runs a command that must succeed, and gives what it printed.
func (s shell) do(args ...string) string {
	s.t.Helper()
	out, err := s.try(args...)
	if err != nil {
		s.t.Fatalf("%v: %v\n%s", args, err, out)
	}
	return out
}

func (s shell) try(args ...string) (string, error) {
	var out bytes.Buffer
	// Flags come before the rest: "user add" is one command of two words.
	words := 1
	if args[0] == "user" || args[0] == "key" || args[0] == "webhook" {
		words = 2
	}
	all := append(append(append([]string{}, args[:words]...), "-database", s.database()), args[words:]...)
	err := run(s.t.Context(), all, strings.NewReader("a long password\n"), &out, &out)
	return out.String(), err
}

// printed is what a server has said so far.
type printed struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (p *printed) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.buf.Write(b)
}

func (p *printed) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.buf.String()
}

var listens = regexp.MustCompile(`listens on (\S+)`)

// serve runs a server until stop.
func (s shell) serve(flags ...string) (address string, said *printed, stop func()) {
	s.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	said = &printed{}
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, append([]string{"serve", "-listen", "127.0.0.1:0", "-database", s.database()}, flags...), nil, said, said)
	}()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			s.t.Errorf("the server ended with %v", err)
		}
	})
	s.t.Cleanup(stop)
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		if m := listens.FindStringSubmatch(said.String()); m != nil {
			return m[1], said, stop
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("the server does not listen: %s", said)
		}
	}
}

// program is one that has signed in.
type program struct {
	t       testing.TB
	client  *remote.Client
	id      crm.ID
	welcome wire.Welcome
	seq     uint64
}

func newID(t testing.TB) crm.ID {
	t.Helper()
	id, err := crm.NewID(time.Now(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func signIn(t *testing.T, address, email string) *program {
	t.Helper()
	c, err := remote.New(remote.Options{URL: address, Device: wire.DeviceInfo{ID: newID(t), Name: "laptop"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.SignIn(t.Context(), email, "a long password"); err != nil {
		t.Fatal(err)
	}
	p := &program{t: t, client: c, id: newID(t)}
	p.hello(0)
	return p
}

func (p *program) hello(epoch uint64) {
	p.t.Helper()
	var err error
	p.welcome, err = p.client.Hello(p.t.Context(), wire.Hello{Client: p.id, Schemas: []int{wire.Schema}, Sent: time.Now(), Epoch: epoch})
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *program) push(changes ...crm.Change) {
	p.t.Helper()
	out, err := p.client.Push(p.t.Context(), p.message(changes...))
	if err != nil {
		p.t.Fatal(err)
	}
	for _, r := range out.Results {
		if r.Status != wire.Applied {
			p.t.Fatalf("%+v", r)
		}
	}
}

// message is what a program pushes for changes.
func (p *program) message(changes ...crm.Change) wire.Push {
	p.t.Helper()
	in := wire.Push{Client: p.id, Epoch: p.welcome.Epoch}
	for _, c := range changes {
		args, err := json.Marshal(c)
		if err != nil {
			p.t.Fatal(err)
		}
		p.seq++
		in.Commands = append(in.Commands, wire.Command{Seq: p.seq, ID: newID(p.t), Name: c.CommandName(), Args: args, At: crm.HLC(0).Next(time.Now())})
	}
	return in
}

// rows are all that the server gives.
func (p *program) rows() string {
	p.t.Helper()
	page, err := p.client.Pull(p.t.Context(), wire.Pull{Client: p.id, Epoch: p.welcome.Epoch, View: p.welcome.View})
	if err != nil {
		p.t.Fatal(err)
	}
	text, err := json.Marshal(page.Rows)
	if err != nil {
		p.t.Fatal(err)
	}
	return string(text)
}

func meier(t *testing.T, last, number string) crm.CreateContact {
	return crm.CreateContact{Contact: crm.Contact{ID: newID(t), LastName: last, Numbers: []crm.Number{crm.Parse(number, "DE").Number(crm.LabelWork)}}}
}

// write changes the database past the server.
func (s shell) write(statement string) {
	s.t.Helper()
	db, err := database.Open(s.t.Context(), s.database())
	if err == nil {
		err = errors.Join(db.Write(s.t.Context(), "", func(t *database.Tx) error { return t.Exec(context.Background(), statement) }), db.Close())
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

func TestAServerTellsOtherSoftware(t *testing.T) {
	s := shell{t, t.TempDir()}
	s.do("user", "add", "-email", "ada@example.org", "-name", "Ada", "-password-file", "-")
	told := make(chan string, 100)
	software := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		told <- r.Header.Get(webhook.SignatureHeader) + string(body)
	}))
	defer software.Close()
	if out, err := s.try("webhook", "add", "-email", "ada@example.org", "-url", "http://example.org"); err == nil {
		t.Error(out)
	}
	s.do("webhook", "add", "-email", "ada@example.org", "-url", software.URL, "-kinds", "contact")
	address, _, _ := s.serve()
	signIn(t, address, "ada@example.org").push(meier(t, "Told", "030 1111111"))
	select {
	case post := <-told:
		if !strings.HasPrefix(post, "t=") || !strings.Contains(post, "Told") {
			t.Error(post)
		}
	case <-time.After(time.Minute):
		t.Fatal("it is not told")
	}
	id := regexp.MustCompile(`(?m)^(\S+) +http`).FindStringSubmatch(s.do("webhook", "list"))
	if id == nil {
		t.Fatal("it is not listed")
	}
	s.do("webhook", "remove", "-id", id[1])
	if list := s.do("webhook", "list"); strings.Contains(list, id[1]) {
		t.Error(list)
	}
}

func isProblem(err error, code wire.Code) bool {
	p, ok := err.(wire.Problem)
	return ok && p.Code == code
}

func ask(t *testing.T, address, key string) int {
	t.Helper()
	r, err := http.NewRequest("GET", address+"/v1/route?caller=1&line=2", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+key)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	return answer.StatusCode
}

func TestTheLinkForTheFirstAdministratorIsPrinted(t *testing.T) {
	s := shell{t, t.TempDir()}
	address, said, stop := s.serve()
	link := regexp.MustCompile(address + `/start/\S+`).FindString(said.String())
	answer, err := http.Get(link)
	if err != nil {
		t.Fatalf("%q: %v", said, err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Error(answer.Status)
	}
	stop()
	if info, err := os.Stat(filepath.Join(s.dir, "server.db")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
}

// A server that listens at all addresses of its machine has no address that a browser could open; its certificate has the name.
func TestTheLinkHasANameThatABrowserOpens(t *testing.T) {
	dir := t.TempDir()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"*.example.org", "crm.example.org"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	l := front.Listening{Certificate: filepath.Join(dir, "c.pem"), Key: filepath.Join(dir, "k.pem")}
	for file, block := range map[string]*pem.Block{l.Certificate: {Type: "CERTIFICATE", Bytes: der}, l.Key: {Type: "PRIVATE KEY", Bytes: sealed}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		l    front.Listening
		at   string
		want string
	}{
		{l, "[::]:443", "https://crm.example.org"}, {l, "0.0.0.0:8443", "https://crm.example.org:8443"}, {l, "192.0.2.1:8443", "https://192.0.2.1:8443"},
		{front.Listening{Certificate: "nowhere.pem"}, "[::]:443", "https://" + host},
		{front.Listening{Host: "crm.example.org"}, "[::]:443", "https://crm.example.org"}, {front.Listening{}, "127.0.0.1:8480", "http://127.0.0.1:8480"},
	} {
		if got := addressOf(c.l, net.TCPAddrFromAddrPort(netip.MustParseAddrPort(c.at))); got != c.want {
			t.Errorf("at %s: %s, want %s", c.at, got, c.want)
		}
	}
}

// Whoever reads the log sees where one run ends and the next begins, and of which version it is.
func TestTheLogTellsWhenTheServerBeginsAndEnds(t *testing.T) {
	_, said, stop := shell{t, t.TempDir()}.serve()
	stop()
	if !regexp.MustCompile(`(?s)"msg":"the server begins","version":"dev".*"msg":"the server ends"`).MatchString(said.String()) {
		t.Error(said)
	}
}

func TestHowServingIsSetUp(t *testing.T) {
	s := shell{t, t.TempDir()}
	token := filepath.Join(s.dir, "token")
	if err := os.WriteFile(token, []byte("short\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := s.try("serve", "-listen", "127.0.0.1:0", "-metrics-token-file", token); err == nil {
		t.Errorf("a token that can be guessed: %s", out)
	}
	if err := os.WriteFile(token, []byte("0123456789abcdef0123456789abcdef\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	address, _, _ := s.serve("-requests-per-address", "2", "-metrics-token-file", token)
	ask := func(path, token string) int {
		r, err := http.NewRequest("GET", address+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		return answer.StatusCode
	}
	if with, without := ask("/metrics", "0123456789abcdef0123456789abcdef"), ask("/metrics", ""); with != http.StatusOK || without != http.StatusUnauthorized {
		t.Errorf("the metrics with their token: %d, without: %d", with, without)
	}
	refused := 0
	for range 100 {
		if ask("/healthz", "") == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused < 50 {
		t.Errorf("of 100 requests at once %d are refused", refused)
	}
}
