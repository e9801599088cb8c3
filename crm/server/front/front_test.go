package front

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"leadline/crm"
	"leadline/crm/server"
	"leadline/crm/server/access"
	"leadline/crm/server/database"
	"leadline/crm/server/recordings"
	"leadline/crm/server/rig"
	"leadline/crm/wire"
)

const password = "correct horse battery"

// office is a server under test with its company.
type office struct {
	t         testing.TB
	front     *Front
	access    *access.Access
	workspace crm.ID
	database  string
	url       string
	clock     *clock
	log       *logged
}

type clock struct {
	mu    sync.Mutex
	ahead time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}

// logged keeps what the server logs.
type logged struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(b)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// databaseURL is the database of the next test.
var databaseURL = func(_ testing.TB, dir string) string { return "sqlite:" + filepath.Join(dir, "server.db") }

// TestOnPostgreSQL runs tests that ask the database much again on the other kind.
func TestOnPostgreSQL(t *testing.T) {
	embedded := databaseURL
	defer func() { databaseURL = embedded }()
	databaseURL = func(t testing.TB, _ string) string { return rig.PostgresURL(t) }
	for name, test := range map[string]func(*testing.T){
		"sync": TestAChangeComesFromOneProgramToAnother_I1, "devices": TestDevicesAreListedAndRevoked, "sign-in": TestAnAdministratorSetsUpHowAUserSignsIn_I3, "first": TestTheFirstAdministratorIsSetUpByALink,
		"erasures": TestAnAdministratorErasesAPersonFromTheProgram_I4, "remains": TestWhatAKilledServerHasLeftOfAPersonIsRemoved_I4, "keys": TestAnAdministratorMakesAndRevokesKeys_I3, "webhooks": TestAnAdministratorSetsUpWebhooks_I3,
		"workspaces": TestAnotherWorkspaceIsOutOfReach, "SQL": TestSQLInEveryField, "no text": TestNoCommandSpoilsTheCommitOfOthers, "route": TestThePBXAsksWhereACallGoes_D3, "queue": TestThePBXAsksWhoIsRung_D4, "presence": TestServersShareWhoIsThere_D3, "hints": TestAHintFollowsEachCommit_I2,
		"REST": TestOtherSoftwareReadsAndWritesRecords, "snapshot": TestANewDeviceGetsASnapshotByRange,
	} {
		t.Run(name, test)
	}
}

func open(t testing.TB) *office {
	t.Helper()
	return openOn(t, databaseURL(t, t.TempDir()))
}

func openOn(t testing.TB, url string) *office {
	t.Helper()
	dir := t.TempDir()
	db, err := database.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	vault, err := access.OpenVault(filepath.Join(dir, "key"))
	if err != nil {
		t.Fatal(err)
	}
	o := &office{t: t, database: url, clock: &clock{}, log: &logged{}}
	log := slog.New(slog.NewJSONHandler(o.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	o.access = access.New(db, vault, o.clock.now)
	o.access.SetCost(access.Cost{Memory: 64, Passes: 1}) // many sign in here
	engine := server.NewEngine(server.Engine{DB: db, Now: o.clock.now, Random: rand.Reader, Log: log})
	o.front = New(Options{Access: o.access, Engine: engine, Log: log, Region: "DE", RouteTime: patience})
	if o.workspace, err = o.front.company.FirstWorkspace(t.Context(), "DE"); err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(o.front.Handler())
	t.Cleanup(s.Close)
	o.url = s.URL
	return o
}

// add makes a user who can sign in.
func (o *office) add(email string, u crm.User) crm.User {
	o.t.Helper()
	id, err := o.access.NewID()
	if err != nil {
		o.t.Fatal(err)
	}
	u.ID, u.Email = id, email
	if err := o.front.company.SaveUser(context.Background(), o.workspace, u); err != nil {
		o.t.Fatal(err)
	}
	if err := o.access.AddCredential(context.Background(), o.workspace, id, email, password); err != nil {
		o.t.Fatal(err)
	}
	return u
}

// program is one that talks to the server.
type program struct {
	o       *office
	device  crm.ID
	session wire.Session
	form    string // of messages
}

// signIn has a program sign in on a new device.
func (o *office) signIn(email string) *program {
	o.t.Helper()
	id, err := o.access.NewID()
	if err != nil {
		o.t.Fatal(err)
	}
	p := &program{o: o, device: id, form: wire.TypeCBOR}
	p.must(http.StatusOK, "POST", wire.PathSession, wire.SignIn{Email: email, Password: password, Device: wire.DeviceInfo{ID: id, Name: "laptop"}}, &p.session)
	return p
}

// ask sends a message and reads the answer; refused is what the server says instead.
func (p *program) ask(method, path string, in, out any) (status int, refused wire.Problem) {
	p.o.t.Helper()
	var body io.Reader
	if in != nil {
		data, err := wire.Encode(p.form, in)
		if err != nil {
			p.o.t.Fatal(err)
		}
		body = bytes.NewReader(data)
	}
	r, err := http.NewRequest(method, p.o.url+path, body)
	if err != nil {
		p.o.t.Fatal(err)
	}
	r.Header.Set("Content-Type", p.form)
	r.Header.Set("Accept", p.form)
	if p.session.Access != "" {
		r.Header.Set("Authorization", "Bearer "+p.session.Access)
	}
	status, kind, data := do(p.o.t, r)
	into := out
	if status >= 400 {
		into = &refused
	}
	if into != nil && len(data) > 0 {
		if err := wire.Decode(kind, data, into); err != nil {
			p.o.t.Fatalf("%s %s answers %d %q: %v", method, path, status, data, err)
		}
	}
	return status, refused
}

func (p *program) must(want int, method, path string, in, out any) {
	p.o.t.Helper()
	if status, refused := p.ask(method, path, in, out); status != want {
		p.o.t.Fatalf("%s %s: %d %v, want %d", method, path, status, refused, want)
	}
}

func (p *program) refused(want wire.Code, method, path string, in any) {
	p.o.t.Helper()
	if status, refused := p.ask(method, path, in, nil); refused.Code != want || status != refused.Status() {
		p.o.t.Errorf("%s %s: %d %v, want %s", method, path, status, refused, want)
	}
}

func do(t testing.TB, r *http.Request) (status int, kind string, body []byte) {
	t.Helper()
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err = io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, answer.Header.Get("Content-Type"), body
}

func get(t *testing.T, address string) (int, string) {
	t.Helper()
	r, err := http.NewRequest("GET", address, nil)
	if err != nil {
		t.Fatal(err)
	}
	status, _, body := do(t, r)
	return status, string(body)
}

func (p *program) hello() (w wire.Welcome, client crm.ID) {
	p.o.t.Helper()
	client, err := p.o.access.NewID()
	if err != nil {
		p.o.t.Fatal(err)
	}
	p.must(http.StatusOK, "POST", wire.PathHello, wire.Hello{Client: client, Schemas: []int{wire.Schema}, Sent: time.Now()}, &w)
	return w, client
}

func (p *program) push(w wire.Welcome, client crm.ID, seq uint64, changes ...crm.Change) wire.Pushed {
	p.o.t.Helper()
	in := wire.Push{Client: client, Epoch: w.Epoch}
	for i, c := range changes {
		args, err := json.Marshal(c)
		if err != nil {
			p.o.t.Fatal(err)
		}
		id, err := p.o.access.NewID()
		if err != nil {
			p.o.t.Fatal(err)
		}
		in.Commands = append(in.Commands, wire.Command{Seq: seq + uint64(i), ID: id, Name: c.CommandName(), Args: args, At: crm.HLC(0).Next(time.Now())})
	}
	var out wire.Pushed
	p.must(http.StatusOK, "POST", wire.PathPush, in, &out)
	return out
}

func contact(t testing.TB, a *access.Access, last, number string) crm.Contact {
	t.Helper()
	id, err := a.NewID()
	if err != nil {
		t.Fatal(err)
	}
	return crm.Contact{ID: id, LastName: last, Numbers: []crm.Number{crm.Parse(number, "DE").Number(crm.LabelWork)}}
}

func TestAChangeComesFromOneProgramToAnother_I1(t *testing.T) {
	o := open(t)
	o.add("anna@example.org", crm.User{Name: "Anna"})
	o.add("ben@example.org", crm.User{Name: "Ben"})
	anna, ben := o.signIn("anna@example.org"), o.signIn("ben@example.org")
	ben.form = wire.TypeJSON // as a person would
	w, client := anna.hello()
	c := contact(t, o.access, "Meier", "030 1234567")
	if out := anna.push(w, client, 1, crm.CreateContact{Contact: c}); out.Results[0].Status != wire.Applied {
		t.Fatalf("%+v", out)
	}
	wb, clientB := ben.hello()
	var page wire.Page
	ben.must(http.StatusOK, "POST", wire.PathPull, wire.Pull{Client: clientB, Epoch: wb.Epoch, View: wb.View}, &page)
	if len(page.Rows) == 0 || page.Rows[len(page.Rows)-1].ID != c.ID {
		t.Errorf("%+v", page)
	}
	var fetched wire.Fetched
	ben.must(http.StatusOK, "POST", wire.PathRows, wire.Fetch{Client: clientB, IDs: []wire.RowID{{Entity: wire.Contact, ID: c.ID}}}, &fetched)
	if len(fetched.Rows) != 1 || !strings.Contains(string(fetched.Rows[0].Data), "Meier") {
		t.Errorf("%+v", fetched)
	}
}

func TestSigningInBringsTheTelephone_I3(t *testing.T) {
	o := open(t)
	anna := o.add("anna@example.org", crm.User{Name: "Anna", Extension: "101"})
	phone := wire.Account{Name: "Office", Address: "sip:101@pbx.example.org", AuthUser: "101", Password: "sip-secret"}
	if err := o.access.SaveTelephone(t.Context(), o.workspace, anna.ID, phone); err != nil {
		t.Fatal(err)
	}
	w, _ := o.signIn("anna@example.org").hello()
	if len(w.Accounts) != 1 || w.Accounts[0] != phone || w.User != anna.ID || w.Workspace != o.workspace {
		t.Errorf("%+v", w)
	}
}

func TestDevicesAreListedAndRevoked(t *testing.T) {
	o := open(t)
	o.add("anna@example.org", crm.User{Name: "Anna"})
	o.add("ben@example.org", crm.User{Name: "Ben"})
	o.add("ada@example.org", crm.User{Name: "Ada", Roles: []crm.ID{crm.Administrator}})
	anna, lost, ben, ada := o.signIn("anna@example.org"), o.signIn("anna@example.org"), o.signIn("ben@example.org"), o.signIn("ada@example.org")
	var list []wire.Device
	anna.must(http.StatusOK, "GET", wire.PathDevices, nil, &list)
	if len(list) != 2 {
		t.Errorf("%+v", list)
	}
	anna.refused(wire.Forbidden, "GET", wire.PathDevices+"?all", nil)
	ada.must(http.StatusOK, "GET", wire.PathDevices+"?all", nil, &list)
	if len(list) != 4 {
		t.Errorf("%+v", list)
	}
	ben.refused(wire.NotFound, "DELETE", wire.PathDevices+"/"+string(lost.device), nil)
	ben.refused(wire.NotFound, "DELETE", wire.PathDevices+"/'%20OR%201=1", nil)
	anna.must(http.StatusNoContent, "DELETE", wire.PathDevices+"/"+string(lost.device), nil, nil)
	lost.refused(wire.Revoked, "GET", wire.PathDevices, nil)
	lost.refused(wire.Revoked, "POST", wire.PathRefresh, wire.Refresh{Token: lost.session.Refresh, Device: lost.device})
	lost.must(http.StatusNoContent, "POST", wire.PathErased, nil, nil)
	list = nil
	anna.must(http.StatusOK, "GET", wire.PathDevices, nil, &list)
	erased := 0
	for _, d := range list {
		if d.Erased && d.ID == lost.device {
			erased++
		}
	}
	if erased != 1 {
		t.Errorf("%+v", list)
	}
	ada.must(http.StatusNoContent, "DELETE", wire.PathDevices+"/"+string(ben.device), nil, nil)
	ben.refused(wire.Revoked, "GET", wire.PathDevices, nil)
	anna.must(http.StatusNoContent, "DELETE", wire.PathSession, nil, nil)
	anna.refused(wire.BadSignIn, "GET", wire.PathDevices, nil)
}

func TestTokensRunOutAndAreRefreshed(t *testing.T) {
	o := open(t)
	o.add("anna@example.org", crm.User{Name: "Anna"})
	anna := o.signIn("anna@example.org")
	o.clock.advance(access.AccessTime + time.Second)
	anna.refused(wire.Expired, "GET", wire.PathDevices, nil)
	stolen := anna.session.Refresh
	anna.must(http.StatusOK, "POST", wire.PathRefresh, wire.Refresh{Token: stolen, Device: anna.device}, &anna.session)
	anna.must(http.StatusOK, "GET", wire.PathDevices, nil, nil)
	o.clock.advance(time.Second)
	anna.refused(wire.BadSignIn, "POST", wire.PathRefresh, wire.Refresh{Token: stolen, Device: anna.device})
	anna.refused(wire.BadSignIn, "GET", wire.PathDevices, nil)
}

func TestTheFirstAdministratorIsSetUpByALink(t *testing.T) {
	o := open(t)
	link, err := o.access.FirstLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	page := o.url + "/start/" + string(link)
	if status, html := get(t, page); status != http.StatusOK || !strings.Contains(html, "<form") {
		t.Fatalf("%d %s", status, html)
	}
	if status, _ := get(t, page[:len(page)-1]+"_"); status != http.StatusNotFound {
		t.Errorf("a wrong link: %d", status)
	}
	send := func(name, email, password string) (int, string) {
		answer, err := http.PostForm(page, url.Values{"name": {name}, "email": {email}, "password": {password}, "extension": {"101"}})
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode, string(body)
	}
	for _, c := range [][3]string{{"", "ada@example.org", password}, {"Ada", "no address", password}, {"<script>alert(1)</script>", "ada@example.org", "short"}} {
		status, html := send(c[0], c[1], c[2])
		if status != http.StatusUnprocessableEntity || !strings.Contains(html, "role=\"alert\"") || strings.Contains(html, "<script>") {
			t.Errorf("%q: %d %s", c, status, html)
		}
	}
	for _, c := range []struct{ name, email, password, problem string }{
		{"", "ada@example.org", password, "Der Name fehlt."},
		{"Ada", "no address", password, "Das ist keine E-Mail-Adresse."},
		{"Ada", "ada@example.org", "short", "Ein Passwort hat"},
	} {
		form := url.Values{"name": {c.name}, "email": {c.email}, "password": {c.password}}.Encode()
		if html := inGerman(t, http.MethodPost, page, form); !strings.Contains(html, "<h1>Der erste Administrator") || !strings.Contains(html, c.problem) {
			t.Errorf("in German it says %s", html)
		}
	}
	if html := inGerman(t, http.MethodGet, page[:len(page)-1]+"_", ""); !strings.Contains(html, "zu alt. Ein Neustart") || !strings.Contains(html, "<h1>Dieser Link gilt nicht mehr") {
		t.Errorf("a wrong link in German: %s", html)
	}
	// What is to be typed into the program stands there: the address by which the browser came, too.
	if status, html := send("Ada", "ada@example.org", password); status != http.StatusOK || !strings.Contains(html, "<dd>"+o.url+"</dd>") || !strings.Contains(html, "<dd>ada@example.org</dd>") {
		t.Fatalf("%d %s", status, html)
	}
	if status, _ := send("Eve", "eve@example.org", password); status != http.StatusNotFound {
		t.Errorf("the link a second time: %d", status)
	}
	ada := o.signIn("ada@example.org")
	_, rights, err := o.front.company.User(t.Context(), o.workspace, ada.session.User)
	if err != nil || rights != crm.AllRights {
		t.Errorf("%+v %v", rights, err)
	}
}

// The pages tell by which address the program reaches the server, and say nothing where they cannot know it.
func TestAPageKnowsWhereItsServerIsReached_I3(t *testing.T) {
	for _, c := range []struct{ host, remote, forwarded, want string }{
		{"127.0.0.1:8480", "127.0.0.1:5", "", "http://127.0.0.1:8480"}, {"localhost:8480", "127.0.0.1:5", "", "http://localhost:8480"},
		{"crm.example.org", "127.0.0.1:5", "203.0.113.9", "https://crm.example.org"}, {"crm.example.org:8443", "127.0.0.1:5", "", "https://crm.example.org:8443"},
		{"127.0.0.1:8480", "127.0.0.1:5", "203.0.113.9", ""},
	} {
		r := httptest.NewRequest("GET", "/start/x", nil)
		r.Host, r.RemoteAddr = c.host, c.remote
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := reachedAt(r); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
	r := httptest.NewRequest("GET", "https://127.0.0.1:8443/start/x", nil) // over TLS
	if got := reachedAt(r); got != "https://127.0.0.1:8443" {
		t.Error(got)
	}
	var html strings.Builder
	if err := firstPage.Execute(&html, firstForm{page: page{Done: true}, Email: "ada@example.org"}); err != nil || !strings.Contains(html.String(), "The address is that of this server") {
		t.Errorf("%v %s", err, &html)
	}
}

// inGerman is the page that a browser gets which asks for German.
func inGerman(t *testing.T, method, page, form string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, page, strings.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept-Language", "de-DE,de;q=0.9,en;q=0.5")
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	html, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(html)
}

func TestHealthReadinessAndMetrics(t *testing.T) {
	o := open(t)
	if status, _ := get(t, o.url+"/healthz"); status != http.StatusOK {
		t.Error(status)
	}
	if status, _ := get(t, o.url+"/readyz"); status != http.StatusOK {
		t.Error(status)
	}
	o.add("anna@example.org", crm.User{Name: "Anna"})
	o.signIn("anna@example.org")
	status, text := get(t, o.url+"/metrics")
	for _, want := range []string{`leadline_http_requests_total{route="GET /healthz",status="200"} 1`, `leadline_sign_ins_total{result="in"} 1`, "go_goroutines"} {
		if !strings.Contains(text, want) {
			t.Errorf("%d, %s is missing", status, want)
		}
	}
	o.front.Close()
	if status, text := get(t, o.url+"/readyz"); status != http.StatusServiceUnavailable || !strings.HasPrefix(text, `{"code":"unavailable"`) {
		t.Errorf("about to stop: %d %q", status, text)
	}
}

// Metrics are named as Prometheus has it, and say which version it is that serves: of several servers one is upgraded after the other.
func TestMetricsAreNamedAsIsUsual(t *testing.T) {
	o := open(t)
	vault, err := access.NewVault(make([]byte, access.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	sounds := recordings.New(recordings.Options{Engine: o.front.Engine, Vault: vault, Folder: t.TempDir()})
	f := New(Options{Access: o.access, Engine: o.front.Engine, Log: o.front.Log, Recordings: sounds, Version: "1.2.3"})
	f.metrics.request("GET /healthz", http.StatusOK, time.Second)
	f.metrics.signIns.WithLabelValues("in").Inc()
	f.metrics.refused.WithLabelValues("internal").Inc()
	f.metrics.routes.WithLabelValues("normal").Inc()
	families, err := f.metrics.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	problems, err := promlint.NewWithMetricFamilies(families).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		if strings.HasPrefix(p.Metric, "leadline_") {
			t.Errorf("%s: %s", p.Metric, p.Text)
		}
	}
	version := false
	for _, m := range families {
		version = version || m.GetName() == "leadline_build_info" && m.GetMetric()[0].GetLabel()[0].GetValue() == "1.2.3"
	}
	if !version {
		t.Error("nothing tells the version")
	}
}

// Metrics say how busy a company is, which is nobody's business who merely reaches the port.
func TestMetricsAreForThisMachineOrWhoShowsTheirToken(t *testing.T) {
	o := open(t)
	ask := func(remote, header, value string) int {
		r := httptest.NewRequest("GET", "/metrics", nil)
		r.RemoteAddr = remote
		if header != "" {
			r.Header.Set(header, value)
		}
		answer := httptest.NewRecorder()
		o.front.Handler().ServeHTTP(answer, r)
		return answer.Code
	}
	const here, elsewhere = "127.0.0.1:9", "192.0.2.1:9"
	for _, c := range []struct {
		remote, header, value string
		want                  int
	}{
		{here, "", "", http.StatusOK}, {"[::1]:9", "", "", http.StatusOK}, {elsewhere, "", "", http.StatusForbidden},
		{here, "X-Forwarded-For", "127.0.0.1", http.StatusForbidden}, {here, "Forwarded", "for=192.0.2.1", http.StatusForbidden},
		{here, "X-Real-IP", "192.0.2.1", http.StatusForbidden}, {here, "Via", "1.1 proxy", http.StatusForbidden},
	} {
		if got := ask(c.remote, c.header, c.value); got != c.want {
			t.Errorf("from %s with %s %q: %d, want %d", c.remote, c.header, c.value, got, c.want)
		}
	}
	o.front.MetricsToken = "a token for Prometheus"
	for _, c := range []struct {
		remote, token string
		want          int
	}{
		{elsewhere, "Bearer a token for Prometheus", http.StatusOK}, {here, "Bearer a token for Prometheus", http.StatusOK},
		{here, "", http.StatusUnauthorized}, {elsewhere, "Bearer another one", http.StatusUnauthorized},
	} {
		if got := ask(c.remote, "Authorization", c.token); got != c.want {
			t.Errorf("from %s with %q: %d, want %d", c.remote, c.token, got, c.want)
		}
	}
	for range 40 {
		ask(elsewhere, "Authorization", "Bearer another one")
	}
	if got := ask(elsewhere, "Authorization", "Bearer another one"); got != http.StatusTooManyRequests {
		t.Errorf("tried through: %d", got)
	}
}

func TestTheLogHasNoPersonAndNoSecret(t *testing.T) {
	o := open(t)
	o.add("anna@example.org", crm.User{Name: "Anna Secretname"})
	p := o.signIn("anna@example.org")
	w, client := p.hello()
	p.push(w, client, 1, crm.CreateContact{Contact: contact(t, o.access, "Customername", "030 1234567")})
	_, _ = get(t, o.url+"/v1/route?caller=%2B49301234567&line=Sales")
	_, _ = get(t, o.url+"/somewhere/Customername")
	log := o.log.String()
	if !strings.Contains(log, `"route":"POST /v1/sync/push"`) {
		t.Fatalf("the log lacks a request: %s", log)
	}
	for _, secret := range []string{"anna@", "Secretname", "Customername", "1234567", p.session.Access, p.session.Refresh, password, "127.0.0.1"} {
		if strings.Contains(log, secret) {
			t.Errorf("%s is in the log: %s", secret, log)
		}
	}
}

func TestAPanicEndsOneRequest(t *testing.T) {
	o := open(t)
	h := o.front.observe(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("oh") }))
	answer := httptest.NewRecorder()
	h.ServeHTTP(answer, httptest.NewRequest("GET", "/", nil))
	if answer.Code != http.StatusInternalServerError {
		t.Error(answer.Code)
	}
	if _, text := get(t, o.url+"/metrics"); !strings.Contains(text, "leadline_panics_total 1") {
		t.Error("not counted")
	}
}
