package front

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"leadline/crm"
	"leadline/crm/server/access"
	"leadline/crm/server/recordings"
	"leadline/crm/server/rig"
	"leadline/crm/wire"
)

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
