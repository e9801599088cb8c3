package access

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/crypto/acme/autocert"

	"leadline/crm"
	"leadline/crm/server/database"
	"leadline/crm/server/rig"
	"leadline/crm/wire"
)

const (
	anna     = crm.ID("01900000-0000-7000-8000-000000000001")
	password = "correct horse battery"
)

var laptop = wire.DeviceInfo{ID: "01900000-0000-7000-8000-0000000000aa", Name: "laptop", Platform: "linux"}

type clock struct {
	at    time.Time
	asked func() // is called once, when somebody next asks
}

func (c *clock) now() time.Time {
	if asked := c.asked; asked != nil {
		c.asked = nil
		asked()
	}
	return c.at
}

func TestMain(m *testing.M) { os.Exit(rig.Run(m)) }

// databaseURL is the database of the next test.
var databaseURL = func(_ *testing.T, dir string) string { return "sqlite:" + filepath.Join(dir, "server.db") }

// TestOnPostgreSQL runs the tests that need a database again on the other kind.
func TestOnPostgreSQL(t *testing.T) {
	embedded := databaseURL
	defer func() { databaseURL = embedded }()
	databaseURL = func(t *testing.T, _ string) string { return rig.PostgresURL(t) }
	for name, test := range map[string]func(*testing.T){
		"sign in": TestSigningInTellsNobodyApart, "tokens": TestForgedAndExpiredTokensAreRefused, "lost answer": TestALostAnswerToRefreshIsGivenAgain,
		"theft": TestARefreshTokenUsedTwiceRevokesTheDevice, "revoked": TestARevokedDeviceIsToldToEraseItsCopy_I4, "disabled": TestWhoIsDisabledOrGetsAPasswordSignsInAnew,
		"meanwhile": TestWhoIsLockedOutWhileSigningInStaysOut, "at once": TestTwoWhoRefreshAtOnceHaveTurns,
		"first": TestTheFirstLinkIsGoodOnce, "keys": TestKeysHaveScopes, "telephones": TestTelephoneAccountsAreSealed_I3, "invitation": TestAnInvitationSetsAPasswordOnce_I3,
	} {
		t.Run(name, test)
	}
}

func open(t *testing.T) (*Access, *clock) {
	t.Helper()
	dir := t.TempDir()
	db, err := database.Open(t.Context(), databaseURL(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	vault, err := OpenVault(filepath.Join(dir, "key"))
	if err != nil {
		t.Fatal(err)
	}
	c := &clock{at: time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)}
	a := New(db, vault, c.now)
	a.SetCost(Cost{Memory: 64, Passes: 1}) // many sign in here
	return a, c
}

func signedIn(t *testing.T) (*Access, *clock, Session) {
	t.Helper()
	a, c := open(t)
	if err := a.AddCredential(t.Context(), "w", anna, "Anna@Example.org", password); err != nil {
		t.Fatal(err)
	}
	s, err := a.SignIn(t.Context(), "anna@example.ORG", password, laptop)
	if err != nil {
		t.Fatal(err)
	}
	return a, c, s
}

func TestSigningInTellsNobodyApart(t *testing.T) {
	a, _, s := signedIn(t)
	if p, err := a.Authenticate(t.Context(), s.Access); err != nil || p.User != anna || p.Workspace != "w" || p.Device != s.Device {
		t.Fatalf("%+v %v", p, err)
	}
	if err := a.AddCredential(t.Context(), "w", "later", "later@example.org", ""); err != nil {
		t.Fatal(err)
	}
	for _, c := range [][2]string{{"anna@example.org", "wrong password"}, {"nobody@example.org", password}, {"later@example.org", ""},
		{"' OR 1=1 --", password}, {"", ""}, {"anna@example.org", string(make([]byte, 1<<20))}} {
		if _, err := a.SignIn(t.Context(), c[0], c[1], laptop); !errors.Is(err, ErrWrongPassword) {
			t.Errorf("%.40q: %v", c, err)
		}
	}
	if err := a.AddCredential(t.Context(), "other", "x", "ANNA@example.org", ""); !errors.Is(err, ErrTaken) {
		t.Errorf("the same address again: %v", err)
	}
	if err := a.AddCredential(t.Context(), "w", "x", "b@example.org", "short"); !errors.Is(err, ErrWeakPassword) {
		t.Errorf("a short password: %v", err)
	}
	for _, bad := range []string{"x", "Anna <anna@example.org>", "a@b\r\nX: y", "a@b, c@d"} {
		if err := a.AddCredential(t.Context(), "w", "x", bad, password); !errors.Is(err, ErrBadEmail) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestForgedAndExpiredTokensAreRefused(t *testing.T) {
	a, c, s := signedIn(t)
	for _, bad := range []Token{"", "x", s.Refresh, s.Access[1:], s.Access + "A", NewToken(), "' OR '1'='1"} {
		if _, err := a.Authenticate(t.Context(), bad); !errors.Is(err, ErrNoToken) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	c.at = c.at.Add(AccessTime + time.Second)
	if _, err := a.Authenticate(t.Context(), s.Access); !errors.Is(err, ErrExpired) {
		t.Errorf("an old token: %v", err)
	}
	if _, err := a.Refresh(t.Context(), s.Refresh, "another"); !errors.Is(err, ErrNoToken) {
		t.Errorf("on another device: %v", err)
	}
	next, err := a.Refresh(t.Context(), s.Refresh, laptop.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Authenticate(t.Context(), next.Access); err != nil {
		t.Error(err)
	}
	if _, err := a.Authenticate(t.Context(), s.Access); !errors.Is(err, ErrNoToken) {
		t.Errorf("the token before: %v", err)
	}
	c.at = c.at.Add(RefreshTime + time.Second)
	if _, err := a.Refresh(t.Context(), next.Refresh, laptop.ID); !errors.Is(err, ErrExpired) {
		t.Errorf("an old refresh token: %v", err)
	}
}

func TestALostAnswerToRefreshIsGivenAgain(t *testing.T) {
	a, c, s := signedIn(t)
	if _, err := a.Refresh(t.Context(), s.Refresh, laptop.ID); err != nil { // this answer is lost
		t.Fatal(err)
	}
	c.at = c.at.Add(time.Second)
	again, err := a.Refresh(t.Context(), s.Refresh, laptop.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Authenticate(t.Context(), again.Access); err != nil {
		t.Fatal(err)
	}
}

func TestARefreshTokenUsedTwiceRevokesTheDevice(t *testing.T) {
	a, c, s := signedIn(t)
	thief := s.Refresh
	next, err := a.Refresh(t.Context(), s.Refresh, laptop.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Authenticate(t.Context(), next.Access); err != nil {
		t.Fatal(err)
	}
	c.at = c.at.Add(time.Second)
	var revoked Revoked
	if _, err := a.Refresh(t.Context(), thief, laptop.ID); !errors.As(err, &revoked) || revoked.Erase {
		t.Errorf("a stolen token: %v", err)
	}
	if _, err := a.Authenticate(t.Context(), next.Access); !errors.As(err, &revoked) {
		t.Errorf("the owner goes on: %v", err)
	}
	if _, err := a.Refresh(t.Context(), next.Refresh, laptop.ID); !errors.As(err, &revoked) {
		t.Errorf("the owner refreshes: %v", err)
	}
}

func TestARevokedDeviceIsToldToEraseItsCopy_I4(t *testing.T) {
	a, _, s := signedIn(t)
	if err := a.Revoke(t.Context(), "other", "", s.Device, true); !errors.Is(err, ErrNoDevice) {
		t.Errorf("another workspace revokes: %v", err)
	}
	if err := a.Revoke(t.Context(), "w", "ben", s.Device, true); !errors.Is(err, ErrNoDevice) {
		t.Errorf("another user revokes: %v", err)
	}
	if err := a.Erased(t.Context(), s.Access); !errors.Is(err, ErrNoToken) {
		t.Errorf("a device that is not revoked erases: %v", err)
	}
	if err := a.Revoke(t.Context(), "w", anna, s.Device, true); err != nil {
		t.Fatal(err)
	}
	var revoked Revoked
	if _, err := a.Authenticate(t.Context(), s.Access); !errors.As(err, &revoked) || !revoked.Erase {
		t.Errorf("%v", err)
	}
	if _, err := a.Refresh(t.Context(), s.Refresh, laptop.ID); !errors.As(err, &revoked) || !revoked.Erase {
		t.Errorf("%v", err)
	}
	if err := a.Erased(t.Context(), s.Refresh); err != nil {
		t.Fatal(err)
	}
	d, err := a.Devices(t.Context(), "w", anna)
	if err != nil || len(d) != 1 || d[0].Erased.IsZero() || d[0].Name != "laptop" {
		t.Errorf("%+v %v", d, err)
	}
	if other, err := a.Devices(t.Context(), "other", ""); err != nil || len(other) != 0 {
		t.Errorf("another workspace sees %+v, %v", other, err)
	}
}

func TestWhoIsDisabledOrGetsAPasswordSignsInAnew(t *testing.T) {
	a, _, s := signedIn(t)
	_, key, err := a.AddKey(t.Context(), "w", anna, "report", []string{ScopeRead})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.SetPassword(t.Context(), "anna@example.org", "another password"); err != nil {
		t.Fatal(err)
	}
	var revoked Revoked
	if _, err := a.Authenticate(t.Context(), s.Access); !errors.As(err, &revoked) || revoked.Erase {
		t.Errorf("after another password: %v", err)
	}
	s, err = a.SignIn(t.Context(), "anna@example.org", "another password", laptop)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Disable(t.Context(), "anna@example.org"); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Authenticate(t.Context(), s.Access); !errors.As(err, &revoked) || !revoked.Erase {
		t.Errorf("disabled: %v", err)
	}
	if _, err := a.Authenticate(t.Context(), key); !errors.Is(err, ErrNoToken) {
		t.Errorf("the key of one who is disabled: %v", err)
	}
	if _, err := a.SignIn(t.Context(), "anna@example.org", "another password", laptop); !errors.Is(err, ErrWrongPassword) {
		t.Errorf("disabled, signs in: %v", err)
	}
	if err := a.Enable(t.Context(), "anna@example.org"); err != nil {
		t.Fatal(err)
	}
	if _, err := a.SignIn(t.Context(), "anna@example.org", "another password", laptop); err != nil {
		t.Errorf("enabled again: %v", err)
	}
	if err := a.Disable(t.Context(), "nobody@example.org"); !errors.Is(err, ErrNoUser) {
		t.Errorf("%v", err)
	}
}

// To try a password takes a while. Who is locked out in it, or given another password, does not come in by the old one.
func TestWhoIsLockedOutWhileSigningInStaysOut(t *testing.T) {
	const other = "another long password"
	for name, lock := range map[string]func(*Access) error{
		"disabled":         func(a *Access) error { return a.Disable(t.Context(), "anna@example.org") },
		"another password": func(a *Access) error { return a.SetPassword(t.Context(), "anna@example.org", other) },
		"forgotten":        func(a *Access) error { return a.Forget(t.Context(), "w", anna) },
	} {
		t.Run(name, func(t *testing.T) {
			a, c, s := signedIn(t)
			c.asked = func() { // by the first who wants to know the time: the password was right
				if err := lock(a); err != nil {
					t.Error(err)
				}
			}
			if _, err := a.SignIn(t.Context(), "anna@example.org", password, laptop); !errors.Is(err, ErrWrongPassword) {
				t.Errorf("signing in: %v", err)
			}
			if p, err := a.Authenticate(t.Context(), s.Access); err == nil {
				t.Errorf("%+v is in", p)
			}
		})
	}
	t.Run("changing it", func(t *testing.T) {
		a, c, s := signedIn(t)
		c.asked = func() {
			if err := a.SetPassword(t.Context(), "anna@example.org", other); err != nil {
				t.Error(err)
			}
		}
		if err := a.ChangePassword(t.Context(), s.Person, password, "a third long password"); !errors.Is(err, ErrWrongPassword) {
			t.Errorf("changing the password that an administrator has just set: %v", err)
		}
		if _, err := a.SignIn(t.Context(), "anna@example.org", other, laptop); err != nil {
			t.Errorf("by the administrator's: %v", err)
		}
	})
}

// Two that refresh by the same token at the same time have one after the other: what the first was given is known as used up, and not
// as nobody's.
func TestTwoWhoRefreshAtOnceHaveTurns(t *testing.T) {
	a, c, s := signedIn(t)
	second := make(chan error, 1)
	var later Session
	c.asked = func() { // the first has found the device by now
		go func() {
			var err error
			later, err = a.Refresh(t.Context(), s.Refresh, s.Device)
			second <- err
		}()
		time.Sleep(200 * time.Millisecond) // in which the second comes to the same place, or waits
	}
	first, err := a.Refresh(t.Context(), s.Refresh, s.Device)
	if err != nil {
		t.Fatal(err)
	}
	if err := <-second; err != nil {
		t.Fatal(err)
	}
	for who, held := range map[string]Session{"the first": first, "the second": later} { // nobody has used either
		if _, err := a.Refresh(t.Context(), held.Refresh, s.Device); err != nil {
			t.Errorf("%s goes on with what it was given: %v", who, err)
		}
	}
}

func TestTheFirstLinkIsGoodOnce(t *testing.T) {
	a, c := open(t)
	old, err := a.FirstLink(t.Context())
	if err != nil || old == "" {
		t.Fatal(old, err)
	}
	link, err := a.FirstLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	use := func(link Token) error {
		join, err := a.JoiningFirst(t.Context(), link, "w", anna, "anna@example.org", password)
		if err != nil {
			return err
		}
		return a.whole(t.Context(), true, func(tx *database.Tx) error { return join(t.Context(), tx) })
	}
	for _, bad := range []Token{"", "x", old, NewToken()} {
		if err := use(bad); !errors.Is(err, ErrNoLink) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	c.at = c.at.Add(FirstLinkTime + time.Second)
	if err := use(link); !errors.Is(err, ErrNoLink) {
		t.Errorf("an old link: %v", err)
	}
	c.at = c.at.Add(-time.Hour)
	if err := use(link); err != nil {
		t.Fatal(err)
	}
	if err := use(link); !errors.Is(err, ErrNoLink) {
		t.Errorf("again: %v", err)
	}
	if none, err := a.FirstLink(t.Context()); err != nil || none != "" {
		t.Errorf("a link though somebody can sign in: %q %v", none, err)
	}
}

func TestAnInvitationSetsAPasswordOnce_I3(t *testing.T) {
	a, c, s := signedIn(t)
	if _, _, err := a.Invite(t.Context(), "w", "ben"); !errors.Is(err, ErrNoUser) {
		t.Errorf("one who cannot sign in is invited: %v", err)
	}
	if err := a.LetIn(t.Context(), "w", "ben", "anna@example.org"); !errors.Is(err, ErrTaken) {
		t.Errorf("another's address: %v", err)
	}
	for _, email := range []string{"b@example.org", "Ben@example.org", "ben@example.org"} { // a new one, another, the same
		if err := a.LetIn(t.Context(), "w", "ben", email); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := a.Credential(t.Context(), "b@example.org"); !errors.Is(err, ErrNoUser) {
		t.Errorf("the address before is good still: %v", err)
	}
	if ben, err := a.Credential(t.Context(), "ben@example.org"); err != nil || ben.Password {
		t.Errorf("%+v %v", ben, err)
	}
	old, _, err := a.Invite(t.Context(), "w", "ben")
	if err != nil {
		t.Fatal(err)
	}
	link, ends, err := a.Invite(t.Context(), "w", "ben")
	if err != nil || !ends.After(c.at) {
		t.Fatal(ends, err)
	}
	for _, bad := range []Token{"", "x", old, NewToken()} {
		if _, err := a.UseInvitation(t.Context(), bad, password); !errors.Is(err, ErrNoLink) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if _, err := a.UseInvitation(t.Context(), link, "short"); !errors.Is(err, ErrWeakPassword) {
		t.Errorf("a weak password: %v", err)
	}
	c.at = c.at.Add(InvitationTime + time.Second)
	if _, err := a.UseInvitation(t.Context(), link, password); !errors.Is(err, ErrNoLink) {
		t.Errorf("an old link: %v", err)
	}
	c.at = c.at.Add(-time.Hour)
	if ben, err := a.UseInvitation(t.Context(), link, password); err != nil || ben.User != "ben" || ben.Email != "ben@example.org" {
		t.Fatalf("%+v %v", ben, err)
	}
	if _, err := a.UseInvitation(t.Context(), link, "another password"); !errors.Is(err, ErrNoLink) {
		t.Errorf("again: %v", err)
	}
	if _, err := a.SignIn(t.Context(), "ben@example.org", password, laptop); err != nil {
		t.Errorf("he cannot sign in: %v", err)
	}
	// For one who is signed in, it is another password: their devices sign in anew.
	if link, _, err = a.Invite(t.Context(), "w", anna); err != nil {
		t.Fatal(err)
	}
	if err := a.SetPassword(t.Context(), "anna@example.org", "yet another password"); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Invited(t.Context(), link); !errors.Is(err, ErrNoLink) {
		t.Errorf("the link outlives a password that was set meanwhile: %v", err)
	}
	var revoked Revoked
	if _, err := a.Authenticate(t.Context(), s.Access); !errors.As(err, &revoked) {
		t.Errorf("after another password: %v", err)
	}
}

func TestKeysHaveScopes(t *testing.T) {
	a, _ := open(t)
	k, token, err := a.AddKey(t.Context(), "w", "", "PBX", []string{ScopeRoute})
	if err != nil {
		t.Fatal(err)
	}
	if p, err := a.Authenticate(t.Context(), token); err != nil || p.Key != k.ID || len(p.Scopes) != 1 || p.User != "" {
		t.Errorf("%+v %v", p, err)
	}
	for _, bad := range [][]string{nil, {"all"}, {ScopeRead}, {ScopeRoute, ScopeWrite}} {
		if _, _, err := a.AddKey(t.Context(), "w", "", "x", bad); err == nil {
			t.Errorf("a key without a user has scopes %v", bad)
		}
	}
	if err := a.RevokeKey(t.Context(), "other", k.ID); !errors.Is(err, ErrNoKey) {
		t.Errorf("in another workspace: %v", err)
	}
	if _, err := a.Authenticate(t.Context(), token); err != nil {
		t.Errorf("another workspace revoked it: %v", err)
	}
	if err := a.RevokeKey(t.Context(), "w", k.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Authenticate(t.Context(), token); !errors.Is(err, ErrNoToken) {
		t.Errorf("revoked: %v", err)
	}
}

func TestTelephoneAccountsAreSealed_I3(t *testing.T) {
	a, _ := open(t)
	want := wire.Account{Name: "Office", Address: "sip:101@pbx.example.org", AuthUser: "101", Password: "sip-secret-4711", Transport: "tls", Line: "line"}
	if err := a.SaveTelephone(t.Context(), "w", anna, want); err != nil {
		t.Fatal(err)
	}
	got, err := a.Telephones(t.Context(), "w", anna)
	if err != nil || len(got) != 1 || got[0].Password != want.Password || got[0] != (Telephone{Account: want}) {
		t.Errorf("%+v %v", got, err)
	}
	if other, err := a.Telephones(t.Context(), "v", anna); err != nil || len(other) != 0 {
		t.Errorf("another workspace has %v, %v", other, err)
	}
	var stored []byte
	if err := a.db.Read(t.Context(), "w", func(tx *database.Tx) error {
		_, err := tx.One(t.Context(), "SELECT password FROM telephone", nil, &stored)
		return err
	}); err != nil || len(stored) == 0 || bytes.Contains(stored, []byte(want.Password)) {
		t.Errorf("the password is in the database in the clear, or %v", err)
	}
	// Sealed for one user, it is not another's.
	if err := a.db.Write(t.Context(), "w", func(tx *database.Tx) error {
		return tx.Exec(context.Background(), "UPDATE telephone SET user_id = 'mallory'")
	}); err != nil {
		t.Fatal(err)
	}
	if got, err := a.Telephones(t.Context(), "w", "mallory"); err != nil || len(got) != 1 || !got[0].Shut || got[0].Password != "" {
		t.Errorf("moved to another user it is %+v, %v", got, err)
	}
	if err := a.RemoveTelephone(t.Context(), "w", "mallory", "Office"); err != nil {
		t.Fatal(err)
	}
}

func TestTheKeyFileStays(t *testing.T) {
	file := filepath.Join(t.TempDir(), "key")
	v, err := OpenVault(file)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	sealed := v.Seal("purpose", []byte("secret"))
	again, err := OpenVault(file)
	if err != nil {
		t.Fatal(err)
	}
	if clear, err := again.Open("purpose", sealed); err != nil || string(clear) != "secret" {
		t.Errorf("%q %v", clear, err)
	}
	if _, err := again.Open("another", sealed); err == nil {
		t.Error("opened for another purpose")
	}
	if err := os.WriteFile(file, []byte("AAAA\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenVault(file); err == nil {
		t.Error("a damaged key file is taken")
	}
}

// The key is lost, and with it the certificate that ACME gave: another one is asked for, and kept.
func TestACertificateWithoutItsKeyIsAskedForAnew(t *testing.T) {
	a, _ := open(t)
	put := func(text string) {
		t.Helper()
		if err := a.Certificates().Put(t.Context(), "crm.example.org", []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	put("of before")
	var err error
	if a.vault, err = NewVault(bytes.Repeat([]byte{9}, KeySize)); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Certificates().Get(t.Context(), "crm.example.org"); !errors.Is(err, autocert.ErrCacheMiss) {
		t.Errorf("without its key it is %v", err)
	}
	put("another")
	if data, err := a.Certificates().Get(t.Context(), "crm.example.org"); string(data) != "another" || err != nil {
		t.Errorf("the other one is %q, %v", data, err)
	}
}
