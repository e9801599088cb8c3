package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"database/sql"
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
	"leadline/crm/server/access"
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

func TestUsersAndKeysByCommand(t *testing.T) {
	s := shell{t, t.TempDir()}
	if out := s.do("user", "add", "-email", "Ada@example.org", "-name", "Ada", "-role", "administrator", "-extension", "101"); !strings.Contains(out, "Password, shown this once") {
		t.Error(out)
	}
	secret := filepath.Join(s.dir, "sip")
	if err := os.WriteFile(secret, []byte("sip-secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.do("user", "add", "-email", "anna@example.org", "-name", "Anna", "-extension", "102", "-password-file", "-", "-sip", "sip:102@pbx.example.org", "-sip-password-file", secret)
	for _, bad := range [][]string{
		{"user", "add", "-email", "anna@example.org", "-name", "Again", "-password-file", "-"},
		{"user", "add", "-email", "nowhere", "-name", "X"},
		{"user", "add", "-email", "x@example.org", "-name", "X", "-role", "king"},
		{"user", "add", "-email", "x@example.org"},
		{"user", "add", "-email", "x@example.org", "-name", "X", "-sip", "101"},
		{"user", "add", "-email", "x@example.org", "-name", "X", "-sip", "sip:101@pbx", "-sip-transport", "pigeon"},
		{"user", "add", "-email", "x@example.org", "-name", "X", "-sip", "sip:101@pbx", "-sip-password-file", filepath.Join(s.dir, "nowhere")},
		{"user", "add", "-email", "x@example.org", "-name", "X", "-sip-password-file", secret},
		{"user", "dance"}, {"key", "add"}, {"key", "add", "-name", "x", "-scopes", "read"},
		{"user", "disable", "-email", "nobody@example.org"}, {"dance"}, {"verify", "rubbish"},
	} {
		if out, err := s.try(bad...); err == nil {
			t.Errorf("%v: %s", bad, out)
		}
	}
	address, said, _ := s.serve()
	if strings.Contains(said.String(), "/start/") {
		t.Errorf("a link is printed though there are users: %s", said)
	}
	anna := signIn(t, address, "anna@example.org")
	if a := anna.welcome.Accounts; len(a) != 1 || a[0].Password != "sip-secret" || a[0].AuthUser != "102" {
		t.Errorf("%+v", a)
	}
	list := s.do("user", "list")
	if strings.Contains(list, "x@example.org") {
		t.Errorf("a user was made by halves: %s", list)
	}
	if !regexp.MustCompile(`ada@example\.org +Ada +101 +Administrator +0`).MatchString(list) || !regexp.MustCompile(`anna@example\.org +Anna +102 +Agent +1`).MatchString(list) {
		t.Error(list)
	}
	s.do("user", "disable", "-email", "anna@example.org")
	if _, err := anna.client.Hello(t.Context(), wire.Hello{Client: anna.id, Schemas: []int{wire.Schema}}); !isProblem(err, wire.Revoked) {
		t.Errorf("disabled: %v", err)
	}
	if err := anna.client.Erased(t.Context()); err != nil {
		t.Error(err)
	}
	s.do("user", "enable", "-email", "anna@example.org")
	signIn(t, address, "anna@example.org")

	out := s.do("key", "add", "-name", "PBX")
	key := strings.TrimSpace(out[strings.LastIndex(out, ":")+1:])
	if status := ask(t, address, key); status != http.StatusOK {
		t.Errorf("with the key: %d", status)
	}
	id := regexp.MustCompile(`(?m)^(\S+) +PBX +route`).FindStringSubmatch(s.do("key", "list"))
	if id == nil {
		t.Fatal("the key is not listed")
	}
	s.do("key", "revoke", "-id", id[1])
	if status := ask(t, address, key); status != http.StatusUnauthorized {
		t.Errorf("revoked: %d", status)
	}
}

// A user is added whole or not at all: where the disk is full in the middle, the same command does it once there is room.
func TestAUserIsNotAddedByHalves(t *testing.T) {
	s := shell{t, t.TempDir()}
	s.do("user", "add", "-email", "ada@example.org", "-name", "Ada", "-role", "administrator")
	add := []string{"user", "add", "-email", "anna@example.org", "-name", "Anna", "-password-file", "-", "-sip", "sip:102@pbx.example.org"}
	for _, table := range []string{"credential", "telephone"} {
		s.write("CREATE TRIGGER no BEFORE INSERT ON " + table + " BEGIN SELECT raise(ABORT, 'the disk is full'); END")
		if out, err := s.try(add...); err == nil || !strings.Contains(err.Error(), "the disk is full") {
			t.Errorf("%s: %s %v", table, out, err)
		}
		s.write("DROP TRIGGER no")
	}
	s.do(add...)
	address, _, _ := s.serve()
	anna := signIn(t, address, "anna@example.org")
	if len(anna.welcome.Accounts) != 1 {
		t.Errorf("%+v", anna.welcome.Accounts)
	}
	if rows := anna.rows(); strings.Count(rows, `"Anna"`) != 1 {
		t.Errorf("in the company there is %s", rows)
	}
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

// A name that was mistyped is told, and makes no new database; nor is it said that something was done that was not there.
func TestCommandsSayWhatIsNotThere(t *testing.T) {
	s := shell{t, t.TempDir()}
	for _, command := range [][]string{
		{"user", "list"}, {"user", "disable", "-email", "ada@example.org"}, {"user", "password", "-email", "ada@example.org"}, {"key", "list"}, {"key", "add", "-name", "PBX"},
		{"key", "revoke", "-id", "x"}, {"webhook", "list"}, {"webhook", "remove", "-id", "x"}, {"webhook", "add", "-email", "ada@example.org", "-url", "https://example.org"},
		{"backup", "-to", filepath.Join(s.dir, "backup.db")}, {"verify"}, {"erase", "-list"},
	} {
		out, err := s.try(command...)
		if err == nil || !strings.Contains(err.Error(), "the database is not there: "+filepath.Join(s.dir, "server.db")+"; -database says where") {
			t.Errorf("%v: %v %s", command, err, out)
		}
	}
	if made, err := filepath.Glob(filepath.Join(s.dir, "*")); err != nil || len(made) > 0 {
		t.Errorf("made: %v %v", made, err)
	}
	for _, wrong := range [][]string{{"user", "add", "-email", "ada@example.org", "-name", "Ada", "-password-file", "-", "-region", "Germany"}, {"serve", "-recordings-quota", "-1"},
		{"serve", "-requests-per-address", "-1"}, {"serve", "-metrics-token-file", filepath.Join(s.dir, "nowhere")}} {
		if out, err := s.try(wrong...); err == nil {
			t.Errorf("%v: %s", wrong, out)
		}
	}
	if said := s.do("user", "add", "-email", "ada@example.org", "-name", "Ada", "-password-file", "-"); !strings.Contains(said, "new database: "+filepath.Join(s.dir, "server.db")) {
		t.Errorf("a user in a new database: %s", said)
	}
	if said := s.do("user", "add", "-email", "ben@example.org", "-name", "Ben", "-password-file", "-"); strings.Contains(said, "new database") {
		t.Errorf("a second user: %s", said)
	}
	for _, command := range [][]string{{"key", "revoke", "-id", "x"}, {"webhook", "remove", "-id", "x"}} {
		if out, err := s.try(command...); err == nil {
			t.Errorf("%v: %s", command, out)
		}
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

func TestServingIsRefusedInTheClear(t *testing.T) {
	s := shell{t, t.TempDir()}
	for _, bad := range [][]string{
		{"serve", "-listen", "0.0.0.0:0"}, {"serve", "-listen", "127.0.0.1:0", "-tls-cert", "x"},
		{"serve", "-listen", "127.0.0.1:0", "-tls-cert", "x", "-tls-key", "y"},
	} {
		if out, err := s.try(bad...); err == nil {
			t.Errorf("%v: %s", bad, out)
		}
	}
	if _, err := (place{database: "postgres:///x"}).open(t.Context(), nil); err == nil {
		t.Error("PostgreSQL without a key file")
	}
}

func TestHelpAndVersion(t *testing.T) {
	var out bytes.Buffer
	t.Setenv("LEADLINE_DATABASE", "postgres://leadline:secret@db.example.org/leadline")
	for _, args := range [][]string{{"help"}, {"version"}, {"serve", "-help"}, {"user", "-help"}, {"key", "help"}, {"webhook", "-h"}, {"user", "add", "-help"}} {
		if err := run(t.Context(), args, nil, &out, &out); err != nil {
			t.Errorf("%v: %v", args, err)
		}
	}
	for _, want := range []string{"leadline-server serve", "leadline-server dev", "-tls-cert", "-sip-password-file"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s is missing in %s", want, &out)
		}
	}
	if strings.Contains(out.String(), "secret") {
		t.Errorf("the database's password is shown: %s", &out)
	}
}

// A port that another program has is told with what can be done about it.
func TestAPortThatIsTakenIsSaid(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	if _, err := (shell{t, t.TempDir()}).try("serve", "-listen", taken.Addr().String()); err == nil || !strings.Contains(err.Error(), "another program has this port: stop it, or choose another") {
		t.Errorf("said %v", err)
	}
}

// A user whom a program has added, and nobody has let in yet, is listed and gets a password, by which they sign in (I3).
func TestAUserOfAProgramIsLetInByCommand_I3(t *testing.T) {
	s := shell{t, t.TempDir()}
	s.do("user", "add", "-email", "ada@example.org", "-name", "Ada", "-role", "administrator", "-password-file", "-")
	err := place{database: s.database()}.during(t.Context(), func(o opened) error {
		workspace, err := o.company.FirstWorkspace(t.Context(), "DE")
		if err != nil {
			return err
		}
		for _, u := range []crm.User{{Name: "Mona Jäger", Email: "Mona@example.org", Extension: "114"}, {Name: "Gone", Email: "gone@example.org", Left: true}} {
			u.ID = newID(t)
			if err := o.company.AddUser(t.Context(), workspace, u, func(context.Context, *database.Tx) error { return nil }); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if list := s.do("user", "list"); !regexp.MustCompile(`Mona@example\.org +Mona Jäger +114 .*cannot sign in yet`).MatchString(list) || strings.Contains(list, "Gone") {
		t.Error(list)
	}
	if said := s.do("user", "password", "-email", "mona@example.org", "-password-file", "-"); !strings.Contains(said, "can sign in now") {
		t.Error(said)
	}
	if list := s.do("user", "list"); strings.Contains(list, "cannot sign in yet") || strings.Count(list, "Mona") != 1 {
		t.Error(list)
	}
	address, _, _ := s.serve()
	signIn(t, address, "mona@example.org")
	for _, nobody := range []string{"gone@example.org", "nobody@example.org"} {
		if out, err := s.try("user", "password", "-email", nobody, "-password-file", "-"); !errors.Is(err, access.ErrNoUser) {
			t.Errorf("%s: %v %s", nobody, err, out)
		}
	}
}

// What is mistyped is named, with what there is; what belongs to others stays as it is.
func TestMistakesAreNamed(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	for name, text := range map[string]string{"text": "no database, and no certificate", "short": "AAAA\n", "crooked": "not base64!\n"} {
		if err := os.WriteFile(at(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(at("folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	theirs, err := sql.Open("sqlite3", at("theirs.db"))
	if err == nil {
		_, err = theirs.Exec("CREATE TABLE contact(id TEXT)")
	}
	if err := errors.Join(err, theirs.Close()); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(at("theirs.db"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args string
		want string
	}{
		{"dance", `no command "dance"`},
		{"user dance", `user "dance" is none of add, disable, enable, list, password`},
		{"key", `key "" is none of add, list, revoke`},
		{"key add -name Shop -scopes read,write", "-email is missing"},
		{"key revoke", "-id is missing: key list"},
		{"webhook remove", "-id is missing: webhook list"},
		{"restore", "-from is missing"},
		{"restore -from text -database postgres:///x -key short", "pg_restore"},
		{"serve -lisen 127.0.0.1:0", "-lisen; its flags: leadline-server serve -help"},
		{"serve 127.0.0.1:0", `"127.0.0.1:0" is not understood; its flags: leadline-server serve -help`},
		{"serve -requests-per-address many", `invalid value "many"`},
		{"serve -listen 127.0.0.1:99999 -database sqlite:new.db", "99999"},
		{"serve -listen 127.0.0.1 -database sqlite:new.db", "missing port"},
		{"serve -tls-cert text -listen 127.0.0.1:0", "belong together"},
		{"serve -tls-cert text -tls-key text -listen 127.0.0.1:0 -database sqlite:new.db", "text"},
		{"serve -tls-cert nowhere -tls-key text -listen 127.0.0.1:0 -database sqlite:new.db", "nowhere"},
		{"serve -database server.db", `not "server.db"`},
		{"serve -database mysql://root:secret@localhost/x", `not "mysql"`},
		{"serve -database postgres:///x", "-key FILE"},
		{"serve -database sqlite:folder", "folder"},
		{"serve -database sqlite:text", "not a database"},
		{"serve -database sqlite:theirs.db", "theirs.db: the file is another program's"},
		{"serve -database sqlite:new.db -key short", "short"},
		{"serve -database sqlite:new.db -key crooked", "crooked"},
		{"serve -database sqlite:new.db -key folder", "folder"},
		{"serve -database sqlite:new.db -region Germany", `"Germany" is no country`},
		{"restore -from theirs.db -database sqlite:new.db", "theirs.db is not good, nothing was changed"},
		{"erase -number 030", "not there"},
	} {
		t.Run(c.args, func(t *testing.T) {
			t.Chdir(dir)
			t.Setenv("LEADLINE_KEY", "")
			ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
			defer stop()
			var out bytes.Buffer
			err := run(ctx, strings.Fields(c.args), nil, &out, &out)
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "secret") {
				t.Errorf("said %v; want %q", err, c.want)
			}
		})
	}
	if after, err := os.ReadFile(at("theirs.db")); err != nil || !bytes.Equal(after, before) {
		t.Errorf("the file of another program was changed, %v", err)
	}
	if _, err := os.Stat(at("theirs.db.key")); err == nil {
		t.Error("a key was made for the file of another program")
	}
}
