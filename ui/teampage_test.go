package ui

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"leadline/ui/desk"
)

func (d *mainDesk) Transfer(id desk.CallID, to string) {
	d.did = append(d.did, "transfer "+string(id)+" "+to)
}

func aTeam() []desk.Teammate {
	at := func(minutes int) time.Time { return mainNow.Add(-time.Duration(minutes) * time.Minute) }
	return []desk.Teammate{
		{User: "karl", Name: "Dr. Karl-Heinz Oberländer", Department: "Management", Extension: "101", Dial: "101", State: desk.TeamTalking, Since: at(2)},
		{User: "mona", Name: "Mona Jäger", Department: "Accounts", Extension: "130", Dial: "130", State: desk.TeamAway, Since: at(95)},
		{User: "oezlem", Name: "Özlem Yılmaz", Department: "Workshop", Extension: "118", Dial: "118", Queues: []string{"Service"}, State: desk.TeamFree, Since: at(20)},
		{User: "petra", Name: "Petra Weiß", Department: "Sales", Extension: "112", Dial: "112", Queues: []string{"Sales", "Service"}, State: desk.TeamFree},
		{User: "quirin", Name: "Quirin Aumüller", Extension: "140", Dial: "140", State: desk.TeamQuiet, Since: at(24 * 60)},
		{User: "tobias", Name: "Tobias Schönefeld", Department: "Sales", Extension: "121", Dial: "121", State: desk.TeamRinging, Since: at(0)},
		{User: "vera", Name: "Vera", State: desk.TeamOffline},
		{Name: "199", Extension: "199", Dial: "199", Account: "Office", State: desk.TeamUntold},
	}
}

func teamBench(t *testing.T, change func(*desk.Snapshot)) *mainBench {
	t.Helper()
	full := fullDesk()
	full.snap.Team = aTeam()
	full.snap.Calls = nil
	full.snap.Sync = desk.Sync{State: desk.Everywhere}
	if change != nil {
		change(&full.snap)
	}
	b := newMainBench(t, full, &mainSettings{accounts: oneAccount}, Look{"en", "light"})
	b.m.Go(pageTeam)
	b.desk.did, b.desk.dialled = nil, nil
	return b
}

// team shows the team, and how the server stands.
func (b *mainBench) team(server desk.SyncState) {
	s := b.desk.snap
	s.Team, s.Sync = aTeam(), desk.Sync{State: server, Since: mainNow}
	b.desk.watch(s)
	b.settle()
}

func (b *mainBench) teamNames() string {
	var names []string
	for _, r := range b.m.pages[pageTeam].(*teamPage).rows {
		names = append(names, r.Name())
	}
	return strings.Join(names, ", ")
}

// Who can be asked stands first; each is in words how they are.
func TestTheTeamIsShownByWhoCanBeAsked(t *testing.T) {
	b := teamBench(t, nil)
	want := "Özlem Yılmaz, Petra Weiß, Tobias Schönefeld, Dr. Karl-Heinz Oberländer, Quirin Aumüller, Mona Jäger, 199, Vera"
	if got := b.teamNames(); got != want {
		t.Errorf("the team is %s\nwant %s", got, want)
	}
	said := map[string]string{}
	for _, r := range b.m.pages[pageTeam].(*teamPage).rows {
		said[r.Name()] = r.Value()
	}
	for name, want := range map[string]string{
		"Petra Weiß": "Sales · Sales, Service · Free · 112", "Mona Jäger": "Accounts · Away since 09:09 · 130",
		"Dr. Karl-Heinz Oberländer": "Management · On call since 10:42 · 101", "Vera": "Signed out", "199": "Not known · 199",
		"Quirin Aumüller": "Do not disturb · Yesterday 10:44 · 140",
	} {
		if said[name] != want {
			t.Errorf("%s: %q, want %q", name, said[name], want)
		}
	}
	b.tap("button", "Free now")
	if got := b.teamNames(); got != "Özlem Yılmaz, Petra Weiß" {
		t.Errorf("free are %s", got)
	}
	b.tap("button", "Everybody")
	b.type_("Search colleagues", "sal")
	if got := b.teamNames(); got != "Petra Weiß, Tobias Schönefeld" {
		t.Errorf("found %s", got)
	}
}

func TestAColleagueIsCalledOrGivenTheCallWithOneKey(t *testing.T) {
	b := teamBench(t, nil)
	page := b.m.pages[pageTeam].(*teamPage)
	page.focus()
	page.rows[0].TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	page.rows[1].TypedKey(&fyne.KeyEvent{Name: fyne.KeyT}) // there is no call to pass on
	page.rows[1].TypedKey(&fyne.KeyEvent{Name: fyne.KeyC})
	if !slices.Equal(b.desk.dialled, []string{"112"}) || len(b.desk.did) > 0 {
		t.Fatalf("dialled %v, did %v", b.desk.dialled, b.desk.did)
	}
	b = teamBench(t, func(s *desk.Snapshot) {
		s.Calls = []desk.Call{{ID: "7", State: desk.Talking, Answered: mainNow}}
	})
	page = b.m.pages[pageTeam].(*teamPage)
	page.focus()
	page.rows[0].TypedKey(&fyne.KeyEvent{Name: fyne.KeyT})
	page.rows[0].TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if !slices.Equal(b.desk.did, []string{"transfer 7 118"}) || !slices.Equal(b.desk.dialled, []string{"118"}) {
		t.Errorf("did %v, dialled %v", b.desk.did, b.desk.dialled)
	}
	if vera := page.rows[len(page.rows)-1]; vera.call.Enabled() || vera.pass.Enabled() {
		t.Error("one without a number can be called")
	}
}

// A row keeps the keyboard though the colleagues change under it.
func TestTheChosenColleagueStaysChosen(t *testing.T) {
	b := teamBench(t, nil)
	page := b.m.pages[pageTeam].(*teamPage)
	page.focus()
	page.rows[0].TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	now := b.desk.Snapshot()
	now.Team = aTeam()
	now.Team[3].State = desk.TeamTalking
	page.Draw(now, false)
	if row := page.rows[page.chosen()]; row.Name() != "Petra Weiß" || !row.focused {
		t.Errorf("chosen is %s, with the keyboard %v", row.Name(), row.focused)
	}
}

// Without colleagues the page says what to do.
func TestAnEmptyTeamSaysWhatToDo(t *testing.T) {
	for _, c := range []struct {
		state  desk.SyncState
		says   string
		button string
		at     settingsPlace
	}{
		{desk.NoServer, "Nobody else is here yet", "Sign in", settingsServer},
		{desk.SignedOut, "Nobody else is here yet", "Watch extensions", settingsAccounts},
		{desk.Everywhere, "You are the only one so far", "Add a user", settingsUsers},
	} {
		full := fullDesk()
		full.snap.Sync.State = c.state
		b := newMainBenchWith(t, full, &mainSettings{accounts: oneAccount, shared: &aServer{}}, Look{"en", "light"}, aCompanyFile(t))
		b.m.Go(pageTeam)
		if !b.says(c.says) {
			t.Errorf("%v does not say %q", c.state, c.says)
		}
		b.tap("button", c.button)
		if at := b.m.pages[pageSettings].(*settingsPage).at; b.m.at != pageSettings || at != c.at {
			t.Errorf("%s leads to %s %s", c.button, b.m.at, at)
		}
	}
	b := teamBench(t, func(s *desk.Snapshot) { s.Sync.State = desk.ServerAway })
	if !b.says("The shared server is away, so nobody tells how your colleagues are. Calling works.") {
		t.Error("it does not say that the server is away")
	}
}
