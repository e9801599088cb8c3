package ui

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"leadline/ui/desk"
)

// TestPicturesOfTheMainWindow draws the states of look's pictures; with LEADLINE_SHOTS
// set to a folder they are written there, to be looked at.
func TestPicturesOfTheMainWindow(t *testing.T) {
	wide, narrow := fyne.NewSize(1280, 800), fyne.NewSize(900, 600)
	for _, c := range []struct {
		name string
		size fyne.Size
		look Look
		page pageName
		do   func(*mainBench)
	}{
		{"main-leads-light", wide, Look{"en", "light"}, pageLeads, nil},
		{"main-leads-dark-de", wide, Look{"de", "dark"}, pageLeads, nil},
		{"main-leads-900-dark-de", narrow, Look{"de", "dark"}, pageLeads, nil},
		{"main-except-900-dark-de", narrow, Look{"de", "dark"}, pageLeads, askException},
		{"main-except-light-de", wide, Look{"de", "light"}, pageLeads, askException},
		{"main-missed-900-light-de", narrow, Look{"de", "light"}, pageMissed, nil},
		{"main-calls-light", wide, Look{"en", "light"}, pageCalls, func(b *mainBench) { b.tap("row", "0176 1234 5678") }},
		{"main-contacts-empty-light", wide, Look{"en", "light"}, pageContacts, nil},
		{"main-omnibox-900-dark", narrow, Look{"en", "dark"}, pageContacts, func(b *mainBench) {
			b.type_("Search, or dial a number", "0221 98")
			b.desk.notice(desk.Notice{Text: desk.Text{Key: "Lead converted to a deal and a contact"}})
			b.desk.notice(desk.Notice{Text: desk.Text{Key: "Server not reachable, work goes on here"}, Warning: true})
		}},
		{"main-team-light", wide, Look{"en", "light"}, pageTeam, func(b *mainBench) { b.team(desk.NoServer) }},
		{"main-team-900-dark-de", narrow, Look{"de", "dark"}, pageTeam, func(b *mainBench) { b.team(desk.ServerAway) }},
		{"main-team-empty-dark-de", wide, Look{"de", "dark"}, pageTeam, nil},
		{"main-presence-light-de", wide, Look{"de", "light"}, pageCalls, func(b *mainBench) { b.tap("item", "Presence") }},
		{"main-presence-dark", narrow, Look{"en", "dark"}, pageCalls, func(b *mainBench) {
			s := b.desk.snap
			s.Presence = desk.Presence{Quiet: true, Until: mainNow.Add(time.Hour)}
			b.desk.watch(s)
			b.settle()
			b.tap("item", "Presence")
		}},
		{"main-settings-accounts-light-de", wide, Look{"de", "light"}, pageSettings, nil},
		{"main-settings-edit-light-de", wide, Look{"de", "light"}, pageSettings, func(b *mainBench) { b.tap("button", "Edit") }},
		{"main-settings-edit-sound-dark", wide, Look{"en", "dark"}, pageSettings, func(b *mainBench) { b.tap("button", "Edit"); b.tap("item", "Sound and encryption") }},
		{"main-settings-edit-sound-900-light-de", narrow, Look{"de", "light"}, pageSettings, func(b *mainBench) { b.tap("button", "Edit"); b.tap("item", "Sound and encryption") }},
		{"main-settings-edit-advanced-light-de", wide, Look{"de", "light"}, pageSettings, func(b *mainBench) { b.tap("button", "Edit"); b.tap("item", "Advanced") }},
		{"main-settings-sound-dark", wide, Look{"en", "dark"}, pageSettings, func(b *mainBench) { b.tap("item", "Sound") }},
		{"main-settings-appearance-light", wide, Look{"en", "light"}, pageSettings, func(b *mainBench) { b.tap("item", "Appearance") }},
		{"main-settings-recording-light-de", wide, Look{"de", "light"}, pageSettings, func(b *mainBench) { b.tap("item", "Recording") }},
		{"main-settings-about-light-de", wide, Look{"de", "light"}, pageSettings, func(b *mainBench) { b.tap("item", "About") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newMainBench(t, fullDesk(), &mainSettings{accounts: []AccountSettings{officeAccount()}}, c.look)
			b.m.Window().Resize(c.size)
			b.m.Go(c.page)
			b.settle()
			if c.do != nil {
				c.do(b)
			}
			b.shot(c.name)
		})
	}
	for _, c := range []struct {
		name string
		look Look
	}{{"main-player-light-de", Look{"de", "light"}}, {"main-player-dark", Look{"en", "dark"}}} {
		t.Run(c.name, func(t *testing.T) {
			p := recordedPlayer()
			p.shape.Ours, p.shape.Theirs = nil, nil
			for i := range 900 {
				ours, theirs := 20+i*37%160, 10+i*53%200
				if i/90%2 == 0 {
					ours = 0
				} else {
					theirs = 0
				}
				p.shape.Ours, p.shape.Theirs = append(p.shape.Ours, uint8(ours)), append(p.shape.Theirs, uint8(theirs))
			}
			b := newMainBench(t, recordedDesk(), &mainSettings{accounts: oneAccount, player: p}, c.look)
			b.m.Go(pageLeads)
			b.settle()
			b.tap("button", "Play recording")
			p.now(RecordingState{At: 25 * time.Second, Playing: true})
			b.waits("0:25 / 1:00")
			b.shot(c.name)
		})
	}
	t.Run("signin-light-de", func(t *testing.T) {
		s := &mainSettings{test: func(AccountSettings) error {
			return &TestFailure{Field: FieldPassword, Why: desk.Text{Key: "Wrong password"}, Detail: "403 Forbidden"}
		}}
		b := newMainBench(t, &mainDesk{}, s, Look{"de", "light"})
		b.m.Window().Resize(fyne.NewSize(1100, 700))
		b.m.welcome.form.tester.after = func(_ time.Duration, f func()) func() bool { f(); return func() bool { return false } }
		b.type_("Address", "anna@nordlicht-technik.de")
		b.type_("Password", "geheim12")
		b.shot("signin-light-de")
	})
}
