package ui

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/crm/store"
	"leadline/ui/desk"
	"leadline/ui/kit"
)

// theSignIns are those at a server in memory.
type theSignIns struct {
	is   SignInOf
	own  []UserDevice
	did  []string
	fail error

	without map[crm.ID]bool
	unknown atomic.Int32 // how often a user is not known yet
}

func (s *theSignIns) note(words ...string) error {
	if s.fail == nil {
		s.did = append(s.did, strings.Join(words, " "))
	}
	return s.fail
}

func (s *theSignIns) SignInOf(context.Context, crm.ID) (SignInOf, error) {
	if s.unknown.Add(-1) >= 0 {
		return SignInOf{}, &TestFailure{Why: desk.Text{Key: NotKnownThere}}
	}
	return s.is, s.fail
}
func (s *theSignIns) WithoutPassword(context.Context) (map[crm.ID]bool, error) {
	return s.without, s.fail
}
func (s *theSignIns) Invite(context.Context, crm.ID) (string, time.Time, error) {
	return "https://crm.example.org/password/abc", mainNow.Add(7 * 24 * time.Hour), s.note("invite")
}
func (s *theSignIns) SetPassword(_ context.Context, _ crm.ID, password string) error {
	s.is.Password = true
	return s.note("password", password)
}
func (s *theSignIns) SavePhone(_ context.Context, _ crm.ID, p UserPhone) error {
	if err := s.note("save", p.Name, p.Address, p.AuthUser, p.Password, p.Transport); err != nil {
		return err
	}
	p.Kept, p.Password = p.Kept || p.Password != "", ""
	s.is.Phones = []UserPhone{p}
	return nil
}
func (s *theSignIns) RemovePhone(_ context.Context, _ crm.ID, name string) error {
	return s.note("remove", name)
}
func (s *theSignIns) ChangePassword(_ context.Context, current, password string) error {
	if current != "geheim" {
		return &TestFailure{Field: FieldPassword, Why: desk.Text{Key: "The present password is wrong"}}
	}
	return s.note("change", current, password)
}
func (s *theSignIns) OwnDevices(context.Context) ([]UserDevice, error) { return s.own, s.fail }
func (s *theSignIns) SignOutDevice(_ context.Context, device crm.ID) error {
	return s.note("sign out", string(device))
}

func someDevices() []UserDevice {
	return []UserDevice{{ID: "d1", Name: "anna-laptop", Platform: "linux/amd64", Seen: mainNow.Add(-time.Minute), This: true},
		{ID: "d2", Name: "", Platform: "windows/amd64", Seen: mainNow.Add(-30 * 24 * time.Hour)}}
}

// signInBench shows how Petra signs in.
func signInBench(t *testing.T, s *theSignIns, look Look) *mainBench {
	t.Helper()
	file := aCompanyFile(t)
	petra := crm.User{ID: file.NewID(), Name: "Petra Weiß", Email: "petra@example.org", Extension: "112"}
	if err := file.Do(ctx, crm.SaveUser{User: petra}); err != nil {
		t.Fatal(err)
	}
	b := newSignInBench(t, s, look, file)
	b.m.ShowSettings(settingsUsers)
	b.settle()
	b.tapLast("button", "Edit")
	b.tap("button", "Password, telephone, devices")
	return b
}

func newSignInBench(t *testing.T, s *theSignIns, look Look, file *store.Store) *mainBench {
	t.Helper()
	full := fullDesk()
	full.snap.Sync = desk.Sync{State: desk.Everywhere}
	server := &aServer{server: ServerSettings{Address: "https://crm.example.org", User: "anna@example.org", SignedIn: true}}
	return newMainBenchWith(t, full, &mainSettings{accounts: oneAccount, shared: server, signIns: s}, look, file)
}

func TestAUserIsLetInFromTheProgram_I3(t *testing.T) {
	s := &theSignIns{is: SignInOf{Email: "petra@example.org", Devices: someDevices()[1:]}}
	b := signInBench(t, s, Look{"en", "light"})
	if !b.says("No password yet: this user cannot sign in") {
		t.Error("it does not say that she cannot sign in")
	}
	b.tap("button", "Make a link")
	if !b.says("https://crm.example.org/password/abc") || !b.says("Send it to Petra Weiß alone.") {
		t.Error("the link is not shown")
	}
	b.tap("button", "Copy")
	if got := b.m.opt.App.Clipboard().Content(); got != "https://crm.example.org/password/abc" {
		t.Errorf("copied %q", got)
	}
	b.type_("First password", "short")
	b.tap("button", "Set it")
	b.type_("First password", "correct horse battery")
	b.tap("button", "Set it")
	if !b.says("A password is set") || b.says("/password/abc") {
		t.Error("the link that is good no more is shown still")
	}
	b.type_("Address", "112")
	b.tap("button", "Save this account")
	b.type_("Address", "112@pbx.example.org")
	b.type_("Password at the PBX", "sip-secret")
	b.tap("button", "Save this account")
	b.type_("Address", "sip:113@pbx.example.org")
	b.tap("button", "Save this account") // the password is kept for the address before only
	b.type_("Address", "sip:112@pbx.example.org")
	b.choose("select", "Transport", "TLS")
	b.tap("button", "Save this account")
	b.type_("Name of the account", "Head office")
	b.tap("button", "Save this account")
	b.tap("button", "Sign out and erase")
	b.tap("button", "Erase its copy")
	want := []string{"invite", "password correct horse battery", "save Office sip:112@pbx.example.org  sip-secret ", "save Office sip:112@pbx.example.org   tls",
		"save Head office sip:112@pbx.example.org   tls", "remove Office", "sign out d2"}
	if !slices.Equal(s.did, want) {
		t.Errorf("did  %q\nwant %q", s.did, want)
	}
	b.tap("button", "Back")
	if !b.says("Petra Weiß") || !b.finds("button", "Edit") {
		t.Error("it does not go back to the users")
	}
}

// Who was added cannot sign in yet, and the program goes on to what that takes: the server hears of the user a moment later.
func TestANewUserIsLetInNext_I3(t *testing.T) {
	s := &theSignIns{is: SignInOf{PBX: "pbx.example.org", PBXTransport: "tls"}}
	s.unknown.Store(2)
	b := newSignInBench(t, s, Look{"en", "light"}, aCompanyFile(t))
	b.m.ShowSettings(settingsUsers)
	b.settle()
	add := func(name, email, extension string) {
		t.Helper()
		b.tap("button", "Add user")
		b.type_("Name of the user", name)
		b.type_("E-mail", email)
		b.type_("Extension", extension)
		b.tap("button", "Save")
	}
	add("Petra Weiß", "petra@example.org", "112")
	b.waits("Petra Weiß was added. A password and the telephone come next.")
	b.waits("No password yet: this user cannot sign in")
	if got := b.widget("field", "Address").(*kit.Field).Text(); got != "sip:112@pbx.example.org" {
		t.Errorf("the address is %q, not that at the PBX of the colleagues", got)
	}
	b.type_("Password at the PBX", "sip-secret")
	b.tap("button", "Save this account")
	if want := []string{"save Office sip:112@pbx.example.org  sip-secret tls"}; !slices.Equal(s.did, want) {
		t.Errorf("did %q, want %q", s.did, want)
	}
	b.tap("button", "Back")
	b.waits("Add user")
	add("Tobias Schön", "", "113") // does not sign in
	b.waits("Tobias Schön")
	b.waits("Add user")

	s.unknown.Store(1000) // for ever
	add("Mona Jäger", "mona@example.org", "114")
	b.waits("The server does not know that yet, or any more")
	b.tap("button", "Back")
	b.waits("Mona Jäger")
}

// Who was added and never let in is seen in the list (I3).
func TestTheListSaysWhoCannotSignInYet_I3(t *testing.T) {
	file := aCompanyFile(t)
	petra, tobias := crm.User{ID: file.NewID(), Name: "Petra Weiß", Email: "petra@example.org"}, crm.User{ID: file.NewID(), Name: "Tobias Schön"}
	do(t, file, crm.SaveUser{User: petra}, crm.SaveUser{User: tobias})
	b := newSignInBench(t, &theSignIns{without: map[crm.ID]bool{petra.ID: true, tobias.ID: true}}, Look{"en", "light"}, file)
	b.m.ShowSettings(settingsUsers)
	b.waits("cannot sign in yet")
	count := 0
	kit.Walk(b.m.Window().Content(), func(o fyne.CanvasObject, _ fyne.Position) {
		if n, ok := o.(kit.Named); ok && n.Role() == "text" && strings.Contains(n.Value(), "cannot sign in yet") {
			count++
		}
	})
	if count != 1 {
		t.Errorf("%d users cannot sign in, want Petra alone: Tobias has no address to do so", count)
	}
}

// Who has no role is an agent as soon as others have one, and the list says so (requirements.md G1).
func TestAUserWithoutARoleIsAnAgentInTheList_G1(t *testing.T) {
	b, s := companyBench(t, Look{"en", "light"})
	do(t, s, crm.SaveUser{User: crm.User{ID: s.NewID(), Name: "Petra Weiß", Extension: "112"}})
	b.m.ShowSettings(settingsUsers)
	b.waits("Petra Weiß")
	if b.says("112 · Agent") {
		t.Error("she may everything, as nobody has a role")
	}
	me, err := s.Me(ctx)
	if err != nil {
		t.Fatal(err)
	}
	me.Roles = []crm.ID{crm.Administrator}
	do(t, s, crm.SaveUser{User: me})
	b.m.Go(pageCalls)
	b.m.ShowSettings(settingsUsers)
	b.waits("112 · Agent")
}

// What is typed in the form of a user is to be saved before, and what the server refuses is told in words.
func TestHowAUserSignsInIsToldInWords_G2(t *testing.T) {
	s := &theSignIns{fail: &TestFailure{Why: desk.Text{Key: "The server cannot be reached"}}}
	b := signInBench(t, s, Look{"en", "light"})
	if !b.says("The server cannot be reached") {
		t.Error("it does not say why")
	}
	b.tap("button", "Back")
	b.tapLast("button", "Edit")
	b.type_("Department", "Sales")
	b.tap("button", "Password, telephone, devices")
	if !b.says("Save or discard this first.") {
		t.Error("what was typed is lost")
	}
}

func TestOnesDevicesAreListedAndSignedOut(t *testing.T) {
	s := &theSignIns{own: someDevices()}
	b := newSignInBench(t, s, Look{"en", "light"}, aCompanyFile(t))
	b.m.ShowSettings(settingsServer)
	b.settle()
	if !b.says("anna-laptop") || !b.says("this device") || !b.says("A device without a name") {
		t.Error("the devices are not listed")
	}
	b.tap("button", "Sign out and erase")
	if len(s.did) > 0 {
		t.Error("it is not asked first")
	}
	b.tap("button", "Erase its copy")
	if !slices.Equal(s.did, []string{"sign out d2"}) {
		t.Errorf("did %q", s.did)
	}
}

func TestPicturesOfSigningIn(t *testing.T) {
	for name, look := range map[string]Look{"light-de": {"de", "light"}, "dark": {"en", "dark"}} {
		s := &theSignIns{own: someDevices(), is: SignInOf{Email: "petra@example.org", Password: true, Devices: someDevices()[1:],
			Phones: []UserPhone{{Name: "Office", Address: "sip:112@pbx.example.org", Kept: true, Transport: "tls"}}}}
		b := signInBench(t, s, look)
		b.tap("button", "Make a link")
		b.shot("main-signin-user-" + name)
		b.m.ShowSettings(settingsServer)
		b.shot("main-server-" + name)
		b.m.opt.Shared.(*aServer).server.SignedIn = false
		b.m.Go(pageCalls)
		b.m.ShowSettings(settingsServer)
		b.shot("main-server-out-" + name)
	}
}
