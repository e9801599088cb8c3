package front

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"leadline/crm"
	"leadline/crm/server/access"
	"leadline/crm/server/ledger"
	"leadline/crm/wire"
)

// Requirement I3: an administrator sets up how a user signs in, and the telephone that comes with it; the server says who may.
func TestAnAdministratorSetsUpHowAUserSignsIn_I3(t *testing.T) {
	o := open(t)
	o.add("anna@example.org", crm.User{Name: "Anna", Roles: []crm.ID{crm.Administrator}})
	anna := o.signIn("anna@example.org")
	ben := crm.User{Name: "Ben", Email: "ben@example.org"}
	var err error
	if ben.ID, err = o.access.NewID(); err != nil {
		t.Fatal(err)
	}
	if err := o.front.company.SaveUser(t.Context(), o.workspace, ben); err != nil {
		t.Fatal(err)
	}
	at := wire.PathSignIns + "/" + string(ben.ID)
	list := func() wire.SignInOf {
		t.Helper()
		var all []wire.SignInOf
		anna.must(http.StatusOK, "GET", wire.PathSignIns, nil, &all)
		for _, s := range all {
			if s.User == ben.ID {
				return s
			}
		}
		t.Fatalf("Ben is not among %+v", all)
		return wire.SignInOf{}
	}
	if s := list(); s.Email != "" || s.Password {
		t.Errorf("before: %+v", s)
	}
	office := wire.Account{Name: "Office", Address: "sip:102@pbx.example.org", AuthUser: "102", Password: "sip-secret", Transport: "tls"}
	anna.must(http.StatusNoContent, "PUT", at+"/telephone", office, nil)
	anna.refused(wire.Malformed, "PUT", at+"/telephone", wire.Account{Name: "Office", Address: "102 at the office"})
	anna.refused(wire.Malformed, "PUT", at+"/telephone", wire.Account{Name: "Office", Address: "sip:102@elsewhere.example.org"}) // the password stays here
	changed := office
	changed.Password, changed.Transport = "", "tcp"
	anna.must(http.StatusNoContent, "PUT", at+"/telephone", changed, nil)
	if s := list(); len(s.Telephones) != 1 || s.Telephones[0].Account != changed || !s.Telephones[0].Kept {
		t.Errorf("the password is told, or the account is %+v", s.Telephones)
	}
	var link wire.Invitation
	anna.must(http.StatusOK, "POST", at+"/invitation", nil, &link)
	if status, page := get(t, o.url+link.Path); status != http.StatusOK || !strings.Contains(page, "ben@example.org") {
		t.Errorf("%d %s", status, page)
	}
	set := func(password string) int {
		t.Helper()
		answer, err := http.PostForm(o.url+link.Path, url.Values{"password": {password}})
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		return answer.StatusCode
	}
	for _, s := range []struct {
		password string
		want     int
	}{{"short", http.StatusUnprocessableEntity}, {password, http.StatusOK}, {"another password", http.StatusNotFound}} {
		if got := set(s.password); got != s.want {
			t.Errorf("%q: %d, want %d", s.password, got, s.want)
		}
	}
	bens := o.signIn("ben@example.org")
	var w wire.Welcome
	bens.must(http.StatusOK, "POST", wire.PathHello, wire.Hello{Client: bens.device, Schemas: []int{wire.Schema}}, &w)
	want := changed
	want.Password = office.Password
	if len(w.Accounts) != 1 || w.Accounts[0] != want {
		t.Errorf("his program gets %+v", w.Accounts)
	}
	anna.must(http.StatusOK, "POST", wire.PathHello, wire.Hello{Client: anna.device, Schemas: []int{wire.Schema}}, &w)
	anna.must(http.StatusNoContent, "DELETE", at+"/telephone/Office", nil, nil)
	if s := list(); len(s.Telephones) != 0 || !s.Password || s.Email != "ben@example.org" {
		t.Errorf("after: %+v", s)
	}
	anna.must(http.StatusNoContent, "PUT", at+"/password", wire.NewPassword{Password: "yet another password"}, nil)
	bens.refused(wire.BadSignIn, "GET", wire.PathDevices, nil) // signs in anew
	for _, secret := range []string{office.Password, password, strings.TrimPrefix(link.Path, pathPassword)} {
		if strings.Contains(o.log.String(), secret) {
			t.Errorf("the log has %q", secret)
		}
	}
}

// Requirement G2: who may not change users sets up nothing, and nobody comes by more rights than they have.
func TestOnlyWhoMayChangesHowOthersSignIn_G2(t *testing.T) {
	o := open(t)
	boss := o.add("anna@example.org", crm.User{Name: "Anna", Roles: []crm.ID{crm.Administrator}})
	role := crm.Role{ID: "6b1d2f0a-0f6b-8e0e-9d5c-5f1a000000cc", Name: "Personnel", Rights: crm.Rights{Users: true}}
	if err := o.front.company.Do(t.Context(), o.workspace, ledger.Sender{System: true}, crm.SaveRole{Role: role}); err != nil {
		t.Fatal(err)
	}
	o.add("petra@example.org", crm.User{Name: "Petra", Roles: []crm.ID{role.ID}})
	agent := o.add("ben@example.org", crm.User{Name: "Ben"})
	other := o.add("eva@example.org", crm.User{Name: "Eva"})
	petra, ben := o.signIn("petra@example.org"), o.signIn("ben@example.org")
	account := wire.Account{Name: "Office", Address: "sip:102@pbx.example.org"}
	ben.refused(wire.Forbidden, "GET", wire.PathSignIns, nil)
	for _, s := range []struct {
		who     *program
		subject crm.ID
		want    wire.Code
	}{{ben, other.ID, wire.Forbidden}, {ben, agent.ID, wire.Forbidden}, {petra, boss.ID, wire.Forbidden},
		{petra, "6b1d2f0a-0f6b-8e0e-9d5c-5f1a000000ff", wire.NotFound}, {petra, "x", wire.NotFound}} {
		at := wire.PathSignIns + "/" + string(s.subject)
		s.who.refused(s.want, "POST", at+"/invitation", nil)
		s.who.refused(s.want, "PUT", at+"/password", wire.NewPassword{Password: "another password"})
		s.who.refused(s.want, "PUT", at+"/telephone", account)
		s.who.refused(s.want, "DELETE", at+"/telephone/Office", nil)
	}
	if status, refused := petra.ask("POST", wire.PathSignIns+"/"+string(agent.ID)+"/invitation", nil, nil); status != http.StatusForbidden || !strings.Contains(refused.Message, "more than you") {
		t.Errorf("an agent who may call: %d %v", status, refused)
	}
}

// One's own password is changed by who knows it: other devices sign in anew, this one stays, and guesses are counted.
func TestAPersonChangesTheirOwnPassword(t *testing.T) {
	o := open(t)
	o.add("ben@example.org", crm.User{Name: "Ben"})
	here, there := o.signIn("ben@example.org"), o.signIn("ben@example.org")
	change := func(current, next string) wire.ChangePassword {
		return wire.ChangePassword{Current: current, New: next}
	}
	here.refused(wire.Malformed, "PUT", wire.PathPassword, change(password, "short"))
	_, wrong := here.ask("PUT", wire.PathPassword, change("a guess at it", "another password"), nil)
	if wrong.Code != wire.BadSignIn || wrong.Tries != 9 {
		t.Errorf("a wrong one: %+v", wrong)
	}
	here.must(http.StatusNoContent, "PUT", wire.PathPassword, change(password, "another password"), nil)
	here.must(http.StatusOK, "GET", wire.PathDevices, nil, nil)
	there.refused(wire.BadSignIn, "GET", wire.PathDevices, nil)
	there.refused(wire.BadSignIn, "POST", wire.PathSession, wire.SignIn{Email: "ben@example.org", Password: password, Device: wire.DeviceInfo{ID: there.device, Name: "laptop"}})
	there.must(http.StatusOK, "POST", wire.PathSession, wire.SignIn{Email: "ben@example.org", Password: "another password", Device: wire.DeviceInfo{ID: there.device, Name: "laptop"}}, nil)
	for range 9 {
		here.refused(wire.BadSignIn, "PUT", wire.PathPassword, change("a guess at it", "yet another password"))
	}
	here.refused(wire.TooMany, "PUT", wire.PathPassword, change("another password", "yet another password"))
}

// Who has left the company has its customers on no device any more: the program hears it as it next says hello, those that are
// connected soon after, and what they were given for other software is good for nothing.
func TestADeviceOfWhoHasLeftErasesItsCopy_G1(t *testing.T) {
	o := open(t)
	o.add("ada@example.org", crm.User{Name: "Ada", Roles: []crm.ID{crm.Administrator}})
	anna := o.add("anna@example.org", crm.User{Name: "Anna"})
	laptop, phone := o.signIn("anna@example.org"), o.signIn("anna@example.org")
	_, client := laptop.hello()
	_, key, err := o.access.AddKey(t.Context(), o.workspace, anna.ID, "export", []string{access.ScopeRead})
	if err != nil {
		t.Fatal(err)
	}
	anna.Left = true
	ada := o.signIn("ada@example.org")
	w, hers := ada.hello()
	if out := ada.push(w, hers, 1, crm.SaveUser{User: anna}); out.Results[0].Status != wire.Applied {
		t.Fatalf("%+v", out)
	}
	laptop.refused(wire.Revoked, "POST", wire.PathHello, wire.Hello{Client: client, Schemas: []int{wire.Schema}})
	laptop.must(http.StatusNoContent, "POST", wire.PathErased, nil, nil)
	phone.refused(wire.Revoked, "POST", wire.PathRefresh, wire.Refresh{Token: phone.session.Refresh, Device: phone.device})
	other := &program{o: o, form: wire.TypeJSON, session: wire.Session{Access: string(key)}}
	if status, _ := other.ask("GET", "/v1/records/contact", nil, nil); status != http.StatusUnauthorized {
		t.Errorf("the key is good still: %d", status)
	}
	again := o.signIn("anna@example.org") // the password is what it was
	again.refused(wire.Revoked, "POST", wire.PathHello, wire.Hello{Client: client, Schemas: []int{wire.Schema}})
	id, err := o.access.NewID()
	if err != nil {
		t.Fatal(err)
	}
	back := crm.User{ID: id, Name: "Anna", Email: "Anna@example.org"} // who comes back is another user, by the same address
	if out := ada.push(w, hers, 2, crm.SaveUser{User: back}); out.Results[0].Status != wire.Applied {
		t.Fatalf("%+v", out)
	}
	ada.must(http.StatusNoContent, "PUT", wire.PathSignIns+"/"+string(id)+"/password", wire.NewPassword{Password: password}, nil)
	if w, _ := o.signIn("anna@example.org").hello(); w.User != id {
		t.Errorf("%s has signed in", w.User)
	}
	again.refused(wire.Revoked, "GET", wire.PathDevices, nil)
}

// Who left and is taken back is the same user, signs in by the password that was set, and has the customers again.
func TestAUserWhoIsTakenBackSignsInAnew_G1(t *testing.T) {
	o := open(t)
	o.add("ada@example.org", crm.User{Name: "Ada", Roles: []crm.ID{crm.Administrator}})
	anna := o.add("anna@example.org", crm.User{Name: "Anna"})
	ada, laptop := o.signIn("ada@example.org"), o.signIn("anna@example.org")
	w, hers := ada.hello()
	_, client := laptop.hello()
	for i, left := range []bool{true, false} {
		anna.Left = left
		if out := ada.push(w, hers, uint64(i+1), crm.SaveUser{User: anna}); out.Results[0].Status != wire.Applied {
			t.Fatalf("%+v", out)
		}
		if left {
			laptop.refused(wire.Revoked, "POST", wire.PathHello, wire.Hello{Client: client, Schemas: []int{wire.Schema}})
		}
	}
	laptop.refused(wire.Revoked, "POST", wire.PathHello, wire.Hello{Client: client, Schemas: []int{wire.Schema}}) // its copy is erased all the same
	if w, _ := o.signIn("anna@example.org").hello(); w.User != anna.ID {
		t.Errorf("%s has signed in", w.User)
	}
}
