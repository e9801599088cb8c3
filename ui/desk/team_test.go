package desk

import (
	"fmt"
	"strings"
	"testing"

	"leadline/crm"
	"leadline/phone"
)

// colleague adds a user.
func (d *aDesk) colleague(name, extension string) crm.ID {
	d.t.Helper()
	id := d.file.NewID()
	d.do(crm.SaveUser{User: crm.User{ID: id, Name: name, Extension: extension}})
	return id
}

// team waits for the team to be, in few words, as want says.
func (d *aDesk) team(want string) {
	d.t.Helper()
	states := [...]string{"untold", "offline", "away", "quiet", "free", "ringing", "talking"}
	words := func(s Snapshot) string {
		var all []string
		for _, m := range s.Team {
			all = append(all, fmt.Sprintf("%s %s %s", m.Name, m.Dial, states[m.State]))
		}
		return strings.Join(all, ", ")
	}
	var last string
	defer func() {
		if d.t.Failed() {
			d.t.Logf("the team was: %s", last)
		}
	}()
	d.until("the team: "+want, func(s Snapshot) bool { last = words(s); return last == want })
}

// Issue 5.7: who is registered, free, talking, away, on do not disturb; the server tells, and else the lamps of the PBX.
func TestTheTeamIsAsTheServerTells(t *testing.T) {
	d := newDesk(t)
	ben, eva := d.colleague("Ben", "102"), d.colleague("Eva", "103")
	d.team("Ben 102 untold, Eva 103 untold") // Anna is the agent
	d.desk.TeamTold([]UserState{{User: ben, State: TeamFree, Since: noon}}, true)
	d.team("Ben 102 free, Eva 103 offline")
	d.desk.TeamTold([]UserState{{User: eva, State: TeamQuiet}}, false)
	d.team("Ben 102 free, Eva 103 quiet")
	d.desk.TeamTold([]UserState{{User: eva, State: TeamAway}}, true) // a new connection: Ben has gone meanwhile
	d.team("Ben 102 offline, Eva 103 away")
	if since := d.desk.Snapshot().Team[0].Since; !since.IsZero() {
		t.Errorf("it is known since %v that Ben has gone", since)
	}
	d.desk.TeamSilent()
	d.team("Ben 102 untold, Eva 103 untold")
}

func TestTheTeamIsAsTheLampsShowWithoutAServer(t *testing.T) {
	d := newDesk(t)
	ben := d.colleague("Ben", "102")
	d.desk.SetAccounts([]phone.Account{{Name: "Office", Address: "sip:101@pbx", Watch: []string{"102", "199"}}})
	d.desk.ColleagueChanged(phone.Colleague{Account: "Office", Extension: "102", Known: true, Talking: true})
	d.desk.ColleagueChanged(phone.Colleague{Account: "Office", Extension: "199", Known: true})
	d.team("Ben 102 talking, 199 199 free")
	// He talks with a telephone that is no program of ours.
	d.desk.TeamTold(nil, true)
	d.team("Ben 102 talking, 199 199 free")
	d.desk.TeamTold([]UserState{{User: ben, State: TeamQuiet}}, false)
	d.team("Ben 102 quiet, 199 199 free")
	d.desk.SetAccounts([]phone.Account{{Name: "Office", Address: "sip:101@pbx"}})
	d.team("Ben 102 quiet")
}

func TestTheTeamHasQueuesAndLeavesWithTheCompany(t *testing.T) {
	d := newDesk(t)
	ben, eva := d.colleague("Ben", "102"), d.colleague("Eva", "")
	d.do(crm.SaveQueue{Queue: crm.Queue{ID: d.file.NewID(), Name: "Sales", Members: []crm.ID{ben, eva}}})
	d.until("Ben's queue", func(s Snapshot) bool {
		return len(s.Team) == 2 && len(s.Team[0].Queues) == 1 && s.Team[0].Queues[0] == "Sales"
	})
	n, _ := crm.ParseNumber("030 2094 8812", "DE", crm.LabelMobile)
	d.do(crm.SaveUser{User: crm.User{ID: eva, Name: "Eva", Numbers: []crm.Number{n}}})
	d.team("Ben 102 untold, Eva +493020948812 untold")
	d.do(crm.SaveUser{User: crm.User{ID: ben, Name: "Ben", Extension: "102", Left: true}})
	d.team("Eva +493020948812 untold")
}

func TestBeingAwayLetsCallsRing(t *testing.T) {
	d := newDesk(t)
	d.account()
	d.desk.DoNotDisturb(phone.Forever)
	d.desk.Away()
	d.until("away", func(s Snapshot) bool { return s.Presence == Presence{Away: true} })
	if want := "quiet until 0001-01-01 00:00:00"; d.phone.last() != want {
		t.Errorf("the phone was told %q, want %q", d.phone.last(), want)
	}
}
