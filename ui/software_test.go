package ui

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/crm/store"
	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
)

// theSoftware is what a server in memory has of other software.
type theSoftware struct {
	keys  []APIKey
	hooks []Webhook
	tried string // what comes of a test
	did   []string
	fail  error
}

func (s *theSoftware) note(words ...string) error {
	if s.fail == nil {
		s.did = append(s.did, strings.Join(words, " "))
	}
	return s.fail
}
func (s *theSoftware) Keys(context.Context) ([]APIKey, error) { return s.keys, s.fail }
func (s *theSoftware) MakeKey(_ context.Context, name string, user crm.ID, scopes []string) (string, error) {
	if err := s.note("key", name, strings.Join(scopes, "+"), map[bool]string{true: "of somebody"}[user != ""]); err != nil {
		return "", err
	}
	s.keys = append(s.keys, APIKey{ID: "k3", Name: name, Scopes: scopes, Made: mainNow, MadeBy: "Anna Krüger"})
	return "tOkEn-of-the-key", nil
}
func (s *theSoftware) RevokeKey(_ context.Context, id crm.ID) error {
	for i := range s.keys {
		if s.keys[i].ID == id {
			s.keys[i].Revoked = mainNow
		}
	}
	return s.note("revoke", string(id))
}

func (s *theSoftware) Webhooks(context.Context) ([]Webhook, error) { return s.hooks, s.fail }
func (s *theSoftware) AddWebhook(_ context.Context, url string, user crm.ID, kinds []string) (string, error) {
	if err := s.note("webhook", url, strings.Join(kinds, "+"), map[bool]string{true: "of somebody"}[user != ""]); err != nil {
		return "", err
	}
	s.hooks = append(s.hooks, Webhook{ID: "h3", URL: url, User: "Anna Krüger", Kinds: kinds})
	return "sEcReT-of-the-webhook", nil
}
func (s *theSoftware) TryWebhook(_ context.Context, id crm.ID) (string, error) {
	return s.tried, s.note("try", string(id))
}
func (s *theSoftware) RemoveWebhook(_ context.Context, id crm.ID) error {
	s.hooks = slices.DeleteFunc(s.hooks, func(h Webhook) bool { return h.ID == id })
	return s.note("remove", string(id))
}

func someHooks() []Webhook {
	var all []string
	for _, k := range hookKinds {
		all = append(all, k.id)
	}
	return []Webhook{{ID: "h1", URL: "https://shop.example.org/changes", User: "Anna Krüger", Kinds: all, Told: mainNow.Add(-time.Minute)},
		{ID: "h2", URL: "https://report.example.org/a/rather/long/address/that/does/not/end/soon?token=yes", User: "Petra Weiß", Kinds: []string{"call", "deal"}, Failures: 3, Reason: "it answers 500 Internal Server Error", Next: mainNow.Add(4 * time.Minute)},
		{ID: "h4", URL: "https://old.example.org", User: "Petra Weiß", Kinds: []string{"lead"}, Broken: true}}
}

func someKeys() []APIKey {
	return []APIKey{{ID: "k1", Name: "Telefonanlage", Scopes: []string{ScopeRoute}, Made: mainNow.AddDate(0, -2, 0), MadeBy: "Anna Krüger", Used: mainNow.Add(-time.Minute)},
		{ID: "k2", Name: "Monthly report", User: "Petra Weiß", Scopes: []string{ScopeRead, ScopeWrite}, Made: mainNow.AddDate(-1, 0, 0)}}
}

// softwareBench is a company with a server whose other software is set up.
func softwareBench(t *testing.T, s *theSoftware, state desk.SyncState, look Look) (*mainBench, *store.Store) {
	t.Helper()
	file := aCompanyFile(t)
	full := fullDesk()
	full.snap.Sync = desk.Sync{State: state}
	b := newMainBenchWith(t, full, &mainSettings{accounts: oneAccount, software: s}, look, file)
	b.m.Go(pageSettings)
	return b, file
}

// Requirement I3: keys are made, shown once, and revoked from the program.
func TestAKeyIsMadeShownOnceAndRevoked_I3(t *testing.T) {
	s := &theSoftware{}
	b, _ := softwareBench(t, s, desk.Everywhere, Look{"en", "light"})
	b.tap("item", "API keys")
	b.waits("No key yet")
	s.keys = someKeys()
	b.tap("button", "Make a key")
	b.waits("New key")
	b.tap("check", "Read records and calls")
	b.tap("button", "Make the key")
	b.waits("A key needs a name")
	b.type_("Name of the key", "Warehouse")
	b.tap("button", "Make the key")
	b.waits("it needs the rights of a user.")
	b.choose("select", "Rights of", "Anna Krüger")
	s.fail = &TestFailure{Field: FieldAddress, Why: desk.Text{Key: "The server cannot be reached"}}
	b.tap("button", "Make the key")
	b.waits("The server cannot be reached")
	s.fail = nil
	b.tap("button", "Make the key")
	b.waits("tOkEn-of-the-key")
	b.tap("button", "Copy")
	if got := b.m.opt.App.Clipboard().Content(); got != "tOkEn-of-the-key" {
		t.Errorf("copied %q", got)
	}
	for _, words := range []string{"asks where calls go · made 23 Sep by Anna Krüger · last used today", "reads records and calls, makes and changes records · with the rights of Petra Weiß · made 23 Nov 2025 · never used"} {
		b.waits(words)
	}
	b.tap("item", "Users")
	b.tap("item", "API keys")
	b.waits("Telefonanlage")
	if b.says("tOkEn") {
		t.Error("the token is shown again")
	}
	b.tap("button", "Revoke")
	b.waits("is let in no more")
	b.tap("button", "Keep")
	b.tap("button", "Revoke")
	b.tap("button", "Revoke for good")
	b.waits("Telefonanlage was revoked.")
	b.waits("revoked today")
	if want := []string{"key Warehouse read of somebody", "revoke k1"}; !slices.Equal(s.did, want) {
		t.Errorf("did %q, want %q", s.did, want)
	}
}

// Without a server, without the right, and with an old server it is said why there are none (G2).
func TestWhoHasNoKeysIsToldWhy_G2(t *testing.T) {
	s := &theSoftware{}
	b, _ := softwareBench(t, s, desk.NoServer, Look{"en", "light"})
	b.tap("item", "API keys")
	b.waits("This needs the shared server")

	s = &theSoftware{fail: &TestFailure{Why: desk.Text{Key: "The server is too old for that"}}}
	b, file := softwareBench(t, s, desk.Everywhere, Look{"en", "light"})
	b.tap("item", "API keys")
	b.waits("The server is too old for that")
	s.fail, s.keys = nil, someKeys()
	b.tap("button", "Try again")
	b.waits("Monthly report")
	me, err := file.Me(ctx)
	if err != nil {
		t.Fatal(err)
	}
	me.Roles = []crm.ID{crm.Agent}
	do(t, file, crm.SaveUser{User: crm.User{ID: file.NewID(), Name: "Petra Weiß", Roles: []crm.ID{crm.Administrator}}}, crm.SaveUser{User: me})
	b.tap("item", "Users")
	b.tap("item", "API keys")
	b.waits("Petra Weiß may.")
	if b.says("Monthly report") {
		t.Error("the keys are shown to an agent")
	}
}

// The form begins with the keyboard in its first field, and Ctrl+S makes the key.
func TestAKeyIsMadeByTheKeyboard_I3(t *testing.T) {
	s := &theSoftware{keys: someKeys()}
	b, _ := softwareBench(t, s, desk.Everywhere, Look{"en", "light"})
	b.tap("item", "API keys")
	b.waits("Monthly report")
	b.tap("button", "Make a key")
	b.waits("New key")
	if !b.widget("field", "Name of the key").(*kit.Field).Focused() {
		t.Errorf("the keyboard is at %q", b.focused())
	}
	b.type_("Name of the key", "PBX")
	b.widget("check", "Ask where calls go (PBX)").(kit.Tappable).Tap()
	b.m.pages[pageSettings].(*settingsPage).Submit()
	b.waits("tOkEn-of-the-key")
}

// Requirement I3: webhooks are added with a secret that is shown once, fare as is told, are tried and removed from the program.
func TestAWebhookIsAddedTriedAndRemoved_I3(t *testing.T) {
	s := &theSoftware{hooks: someHooks()}
	b, _ := softwareBench(t, s, desk.Everywhere, Look{"en", "light"})
	b.tap("item", "Webhooks")
	for _, words := range []string{"All changes · as Anna Krüger sees it", "last told today 10:43", "Deals, Calls · as Petra Weiß sees it", "3 failures in a row · again today 10:48 · it answers 500",
		"Its secret cannot be read any more"} {
		b.waits(words)
	}
	b.tap("button", "Test")
	b.waits("The test was taken")
	s.tried = "it answers 404 Not Found"
	b.tap("button", "Test")
	b.waits("The test was not taken: it answers 404 Not Found")
	b.tap("button", "Remove")
	b.waits("It is told nothing from then on.")
	b.tap("button", "Remove for good")
	b.waits("The webhook was removed.")
	b.tap("button", "Add webhook")
	b.waits("New webhook")
	b.type_("Address of the webhook", "example.org/hook")
	b.tap("button", "Add webhook")
	b.waits("It begins with https://")
	b.type_("Address of the webhook", "https://example.org/hook")
	for _, k := range hookKinds {
		b.tap("check", text.English(k.name))
	}
	b.tap("button", "Add webhook")
	b.waits("Choose what it is told of.")
	b.tap("check", "Leads")
	s.fail = &TestFailure{Field: FieldAddress, Why: desk.Text{Key: "The server cannot be reached"}}
	b.tap("button", "Add webhook")
	b.waits("The server cannot be reached")
	s.fail = nil
	b.tap("button", "Add webhook")
	b.waits("sEcReT-of-the-webhook")
	b.waits("told nothing yet")
	b.tap("item", "Users")
	b.tap("item", "Webhooks")
	b.waits("https://example.org/hook")
	if b.says("sEcReT") {
		t.Error("the secret is shown again")
	}
	if want := []string{"try h1", "try h1", "remove h1", "webhook https://example.org/hook lead of somebody"}; !slices.Equal(s.did, want) {
		t.Errorf("did %q, want %q", s.did, want)
	}
}

// In the simple mode the settings that come after all others say nothing of leads either; the page of the mode itself names both.
func TestNothingOfTheSettingsSpeaksOfLeadsInTheSimpleMode_F2(t *testing.T) {
	for _, look := range []Look{{"en", "light"}, {"de", "light"}} {
		b, file := softwareBench(t, &theSoftware{hooks: someHooks()[:1], keys: someKeys()}, desk.Everywhere, look)
		w, err := file.Workspace(ctx)
		if err != nil {
			t.Fatal(err)
		}
		w.Mode = crm.Simple
		do(t, file, crm.SaveWorkspace{Workspace: w})
		opt := b.m.opt
		b.m.Stop()
		b.desk.snap.NoLeads = true
		opt.Erasures = &theErasures{}
		b.m = NewMain(opt)
		b.m.Window().Resize(fyne.NewSize(1280, 2400))
		t.Cleanup(b.m.Stop)
		leads := regexp.MustCompile(`\b[Ll]eads?\b|Leadquelle`)
		speaks := func(where string) {
			t.Helper()
			kit.Walk(b.m.Window().Content(), func(o fyne.CanvasObject, _ fyne.Position) {
				if n, is := o.(kit.Named); is && leads.MatchString(n.Value()) {
					t.Errorf("%s, %s: %q", look.Language, where, n.Value())
				}
			})
		}
		b.m.Go(pageSettings)
		for place := range b.m.pages[pageSettings].(*settingsPage).places {
			if place != settingsMode && place != settingsAbout {
				b.m.ShowSettings(place)
				b.settle()
				speaks(string(place))
			}
		}
		for place, add := range map[settingsPlace]string{settingsWebhooks: "Add webhook", settingsFields: "Add field", settingsUsers: "Edit", settingsPipelines: "Add pipeline", settingsLines: "Add line"} {
			b.m.ShowSettings(place)
			b.settle()
			b.tap("button", add)
			speaks(add)
		}
		b.m.ShowSettings(settingsWebhooks)
		for _, k := range []string{"Contacts", "Companies", "Deals", "Calls", "Notes", "Follow-ups"} {
			b.tap("check", k)
		}
		b.type_("Address of the webhook", "https://example.org/hook")
		b.tap("button", "Add webhook")
		b.waits(text.T("Choose what it is told of."))
	}
}

// What the other program answers may be long: the rows are no wider than the page for it.
func TestALongAnswerOfAWebhookIsWrapped_I3(t *testing.T) {
	long := "dial tcp 192.0.2.4:443: connect: connection refused by the host at the other end, which says no more about it"
	for _, look := range []Look{{"en", "light"}, {"de", "dark"}} {
		hooks := someHooks()
		hooks[1].Reason = long
		b, _ := softwareBench(t, &theSoftware{hooks: hooks, tried: long}, desk.Everywhere, look)
		b.m.Window().Resize(fyne.NewSize(900, 600))
		b.m.ShowSettings(settingsWebhooks)
		b.settle()
		b.tap("button", "Test")
		b.waits(long)
		for _, name := range []string{"Test", "Remove"} {
			button := b.widget("button", name).(fyne.CanvasObject)
			if end := fyne.CurrentApp().Driver().AbsolutePositionForObject(button).X + button.Size().Width; end > 900-20 {
				t.Errorf("%v: %s ends at %v of 900", look, name, end)
			}
		}
		b.shot("webhooks-long-" + look.Language)
	}
}

func TestPicturesOfWebhooks(t *testing.T) {
	for name, look := range map[string]Look{"light": {"en", "light"}, "light-de": {"de", "light"}, "dark-de": {"de", "dark"}} {
		s := &theSoftware{hooks: someHooks(), tried: "it answers 404 Not Found"}
		b, _ := softwareBench(t, s, desk.Everywhere, look)
		b.m.ShowSettings(settingsWebhooks)
		b.settle()
		b.tap("button", "Test")
		b.shot("webhooks-" + name)
		b.tap("button", "Add webhook")
		b.settle()
		b.shot("webhook-new-" + name)
	}
}

func TestPicturesOfKeys(t *testing.T) {
	for name, look := range map[string]Look{"light": {"en", "light"}, "light-de": {"de", "light"}, "dark-de": {"de", "dark"}} {
		s := &theSoftware{keys: someKeys()}
		b, _ := softwareBench(t, s, desk.Everywhere, look)
		b.m.ShowSettings(settingsKeys)
		b.settle()
		b.tap("button", "Make a key")
		b.settle()
		b.shot("key-new-" + name)
		b.type_("Name of the key", "Lager")
		b.tap("check", "Ask where calls go (PBX)")
		b.tap("button", "Make the key")
		b.settle()
		b.shot("keys-" + name)
	}
}
