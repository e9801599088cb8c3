package front

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"leadline/crm"
	"leadline/crm/server/access"
	"leadline/crm/server/ledger"
)

// software is other software with a key.
type software struct {
	o   *office
	key access.Token
}

func (o *office) software(user crm.ID, scopes ...string) software {
	o.t.Helper()
	_, key, err := o.access.AddKey(o.t.Context(), o.workspace, user, "test", scopes)
	if err != nil {
		o.t.Fatal(err)
	}
	return software{o, key}
}

func (s software) ask(method, path string, in any, want int) (out map[string]any) {
	s.o.t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		s.o.t.Fatal(err)
	}
	r, err := http.NewRequest(method, s.o.url+path, bytes.NewReader(body))
	if err != nil {
		s.o.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json")
	r.Header.Set("Authorization", "Bearer "+string(s.key))
	r.Header.Set("Origin", "https://evil.example")
	status, _, data := do(s.o.t, r)
	if status != want {
		s.o.t.Fatalf("%s %s: %d %s, want %d", method, path, status, data, want)
	}
	if err := json.Unmarshal(data, &out); err != nil {
		s.o.t.Fatalf("%q: %v", data, err)
	}
	return out
}

func records(out map[string]any) (names []string) {
	for _, r := range out["records"].([]any) {
		data := r.(map[string]any)["data"].(map[string]any)
		names = append(names, fmt.Sprint(data["last_name"], data["title"]))
	}
	return names
}

func TestOtherSoftwareReadsAndWritesRecords(t *testing.T) {
	o := open(t)
	anna := o.add("anna@example.org", crm.User{Name: "Anna"})
	s := o.software(anna.ID, access.ScopeRead, access.ScopeWrite)
	made := s.ask("POST", "/v1/records/contact", map[string]any{"last_name": "Müller 100%", "numbers": []any{map[string]any{"e164": 49301234567, "written": "030 1234567"}}}, 200)
	id := made["id"].(string)
	if data := made["data"].(map[string]any); data["made_by"] != string(anna.ID) || data["last_name"] != "Müller 100%" {
		t.Errorf("%v", made)
	}
	changed := s.ask("PATCH", "/v1/records/contact/"+strings.ToUpper(id), map[string]any{"comment": "calls back", "id": "another", "made_by": "another"}, 200)
	if data := changed["data"].(map[string]any); data["comment"] != "calls back" || data["last_name"] != "Müller 100%" || data["id"] != id || data["made_by"] != string(anna.ID) {
		t.Errorf("%v", changed)
	}
	s.ask("POST", "/v1/records/lead", map[string]any{"title": "A lead"}, 200)
	for i := range 3 {
		s.ask("POST", "/v1/records/contact", map[string]any{"last_name": fmt.Sprintf("Other %d", i)}, 200)
	}
	for _, c := range []struct{ query, want string }{
		{"", "[Müller 100%<nil> Other 0<nil> Other 1<nil> Other 2<nil>]"},
		{"?number=" + url.QueryEscape("+49 (30) 12345-67"), "[Müller 100%<nil>]"},
		{"?number=110", "[]"},
		{"?text=OTHER", "[Other 0<nil> Other 1<nil> Other 2<nil>]"},
		{"?text=" + url.QueryEscape("100%"), "[Müller 100%<nil>]"},
		{"?text=" + url.QueryEscape("MÜLLER"), "[Müller 100%<nil>]"},
		{"?text=" + url.QueryEscape("mÜ"), "[Müller 100%<nil>]"},
		{"?text=" + url.QueryEscape("üller 1"), "[Müller 100%<nil>]"},
		{"?text=last_name", "[]"}, // a field's name is no text
		{"?text=49301", "[Müller 100%<nil>]"},
		{"?text=" + url.QueryEscape("1_0"), "[]"},
		{"?text=" + url.QueryEscape(`' OR 1=1 --`), "[]"},
	} {
		if got := fmt.Sprint(records(s.ask("GET", "/v1/records/contact"+c.query, nil, 200))); got != c.want {
			t.Errorf("%s: %s, want %s", c.query, got, c.want)
		}
	}
	var all []string
	for after := "0"; ; {
		page := s.ask("GET", "/v1/records/contact?limit=3&after="+after, nil, 200)
		all = append(all, records(page)...)
		if page["next"] == nil {
			break
		}
		after = fmt.Sprint(page["next"])
	}
	if len(all) != 4 {
		t.Errorf("by pages: %v", all)
	}
	missing := string(newClient(t, o))
	s.ask("GET", "/v1/records/contact/"+missing, nil, 404)
	s.ask("PATCH", "/v1/records/contact/"+missing, map[string]any{"comment": "x"}, 404)
	for _, bad := range []struct {
		method, path string
		in           any
	}{
		{"GET", "/v1/records/user", nil}, {"GET", "/v1/records/contact/x", nil}, {"GET", "/v1/records/contact?limit=0", nil}, {"GET", "/v1/records/contact?limit=1000", nil},
		{"POST", "/v1/records/contact", map[string]any{"numbers": "none"}}, {"POST", "/v1/records/contact", map[string]any{"id": "x"}},
		{"POST", "/v1/records/contact", map[string]any{"id": "\x00"}},
	} {
		s.ask(bad.method, bad.path, bad.in, 422)
	}
}

func TestAnAmountHasACurrencyOfISO4217(t *testing.T) {
	o := open(t)
	anna := o.add("anna@example.org", crm.User{Name: "Anna"})
	s := o.software(anna.ID, access.ScopeRead, access.ScopeWrite)
	amount := func(out map[string]any) string {
		t.Helper()
		return fmt.Sprint(out["data"].(map[string]any)["amount"])
	}
	deal := func(amount any) map[string]any { return map[string]any{"title": "Delivery", "amount": amount} }
	first := s.ask("POST", "/v1/records/deal", deal(map[string]any{"cents": 480}), 200)
	if got := amount(first); got != "map[cents:480 currency:EUR]" {
		t.Errorf("an amount is %s", got)
	}
	if err := o.front.company.Do(t.Context(), o.workspace, ledger.Sender{System: true}, crm.SaveWorkspace{Workspace: crm.Workspace{Currencies: []string{"CHF", "JPY"}}}); err != nil {
		t.Fatal(err)
	}
	if got := amount(s.ask("POST", "/v1/records/deal", deal(map[string]any{"cents": 480}), 200)); got != "map[cents:480 currency:CHF]" {
		t.Errorf("an amount in the company's currency is %s", got)
	}
	path := "/v1/records/deal/" + first["id"].(string)
	if got := amount(s.ask("PATCH", path, map[string]any{"amount": map[string]any{"cents": 500}}, 200)); got != "map[cents:500 currency:EUR]" {
		t.Errorf("an amount that is changed is %s", got)
	}
	if got := amount(s.ask("PATCH", path, map[string]any{"amount": map[string]any{"cents": 5, "currency": "jpy"}}, 200)); got != "map[cents:5 currency:JPY]" {
		t.Errorf("an amount in yen is %s", got)
	}
	for _, bad := range []any{"YEN", "€", 5, true} {
		s.ask("POST", "/v1/records/deal", deal(map[string]any{"cents": 1, "currency": bad}), 422)
		s.ask("PATCH", path, map[string]any{"amount": map[string]any{"cents": 1, "currency": bad}}, 422)
	}
	if got := s.ask("PATCH", path, map[string]any{"amount": nil}, 200)["data"].(map[string]any)["amount"]; got != nil {
		t.Errorf("an amount that was emptied is %v", got)
	}
}

func TestKeysDoWhatTheirScopesAndTheirUserMay_G2(t *testing.T) {
	o := open(t)
	anna := o.add("anna@example.org", crm.User{Name: "Anna"})
	ben := o.add("ben@example.org", crm.User{Name: "Ben"})
	reader := o.software(anna.ID, access.ScopeRead)
	reader.ask("GET", "/v1/records/contact", nil, 200)
	reader.ask("POST", "/v1/records/contact", map[string]any{"last_name": "x"}, 403)
	o.software("", access.ScopeRoute).ask("GET", "/v1/records/contact", nil, 403)
	software{o, "forged"}.ask("GET", "/v1/records/contact", nil, 401)

	p := o.signIn("ben@example.org")
	w, client := p.hello()
	id, _ := o.access.NewID()
	p.push(w, client, 1, crm.BeginCall{Call: crm.Call{ID: id, Agent: ben.ID, Direction: crm.Incoming, Party: crm.Parse("030 1234567", "DE"), Began: o.clock.now()}})
	if out := reader.ask("GET", "/v1/calls", nil, 200); len(out["records"].([]any)) != 0 {
		t.Errorf("an agent sees a colleague's calls: %v", out)
	}
	if out := o.software(ben.ID, access.ScopeRead).ask("GET", "/v1/calls", nil, 200); len(out["records"].([]any)) != 1 {
		t.Errorf("an agent does not see their own: %v", out)
	}
	left := anna
	left.Left = true
	if err := o.front.company.SaveUser(t.Context(), o.workspace, left); err != nil {
		t.Fatal(err)
	}
	reader.ask("GET", "/v1/records/contact", nil, 403)
}

func TestTheInterfaceIsDescribedAndForNoOtherSite(t *testing.T) {
	o := open(t)
	status, text := get(t, o.url+pathOpenAPI)
	var described struct {
		OpenAPI string                    `json:"openapi"`
		Paths   map[string]map[string]any `json:"paths"`
	}
	if err := json.Unmarshal([]byte(text), &described); err != nil || status != http.StatusOK || !strings.HasPrefix(described.OpenAPI, "3.") {
		t.Fatalf("%d %v %s", status, err, text)
	}
	for path, methods := range map[string][]string{"/v1/records/{kind}": {"get", "post"}, "/v1/records/{kind}/{id}": {"get", "patch"}, "/v1/calls": {"get"}} {
		for _, m := range methods {
			if described.Paths[path][m] == nil {
				t.Errorf("%s %s is not described", m, path)
			}
		}
	}
	r, err := http.NewRequest("OPTIONS", o.url+"/v1/records/contact", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Origin", "https://evil.example")
	r.Header.Set("Access-Control-Request-Method", "POST")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.Header.Get("Access-Control-Allow-Origin") != "" || answer.StatusCode < 400 {
		t.Errorf("another site is let in: %v", answer)
	}
}
