package remote_test

import (
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/replica"
	"leadline/crm/wire"
)

// bothWays runs a test with hints, and where no WebSocket gets through.
func bothWays(t *testing.T, test func(t *testing.T, c *office)) {
	t.Run("WebSocket", func(t *testing.T) { test(t, newOffice(t)) })
	t.Run("long polling", func(t *testing.T) {
		c := newOffice(t)
		c.NoHints.Store(true)
		test(t, c)
	})
}

// is says how a colleague is as a desk knows it; "" when nobody tells.
func (d *desk) is(u crm.User) wire.Availability {
	d.mu.Lock()
	defer d.mu.Unlock()
	if s, there := d.team[u.ID]; there || d.team == nil {
		return s
	}
	return wire.Offline
}

// Issue 5.7: Team is told either way, each change of it, and is not known once the server is away.
func TestTheTeamIsToldEitherWay(t *testing.T) {
	bothWays(t, func(t *testing.T, c *office) {
		c.user("Anna", "anna@example.org")
		ben := c.user("Ben", "ben@example.org")
		anna, his := c.desk("anna@example.org"), c.desk("ben@example.org")
		anna.live()
		his.live()
		for _, s := range []wire.Availability{wire.Free, wire.Ringing, wire.Talking, wire.DoNotDisturb, wire.Offline, wire.Free} {
			if err := his.client.SetPresence(t.Context(), wire.Presence{State: s}); err != nil {
				t.Fatal(err)
			}
			anna.until("told that he is "+string(s), func(replica.Status) bool { return anna.is(ben) == s })
		}
		anna.stop()
		if got := anna.is(ben); got != "" {
			t.Errorf("after the end he is %q", got)
		}
	})
}

// Where hints begin to get through, and where they do no more, the team stays known.
func TestTheTeamIsToldWhenTheWayChanges(t *testing.T) {
	c := newOffice(t)
	c.NoHints.Store(true)
	c.user("Anna", "anna@example.org")
	ben := c.user("Ben", "ben@example.org")
	anna, his := c.desk("anna@example.org"), c.desk("ben@example.org")
	say := func(s wire.Availability) {
		t.Helper()
		if err := his.client.SetPresence(t.Context(), wire.Presence{State: s}); err != nil {
			t.Fatal(err)
		}
		anna.until("told that he is "+string(s), func(replica.Status) bool { return anna.is(ben) == s })
	}
	say(wire.Free)
	c.NoHints.Store(false)
	say(wire.Talking) // by long polling still, or by a hint
	// The longer none got through, on a busy machine, the later the next is tried: after up to two minutes, and as long by chance.
	for late := time.Now().Add(4 * time.Minute); ; time.Sleep(10 * time.Millisecond) {
		connected := c.Hints()
		if connected == 2 {
			break
		}
		if time.Now().After(late) {
			t.Fatalf("%d connections for hints, want one of each desk", connected)
		}
	}
	say(wire.Ringing)
	c.NoHints.Store(true)
	c.BreakHints()
	say(wire.Free)
}

// Nobody tells of the team while the server cannot be reached at all.
func TestTheTeamIsNotKnownWhileTheServerIsAway(t *testing.T) {
	c := newOffice(t)
	c.NoHints.Store(true)
	c.user("Anna", "anna@example.org")
	ben := c.user("Ben", "ben@example.org")
	anna, his := c.desk("anna@example.org"), c.desk("ben@example.org")
	if err := his.client.SetPresence(t.Context(), wire.Presence{State: wire.Free}); err != nil {
		t.Fatal(err)
	}
	anna.until("told that he is free", func(replica.Status) bool { return anna.is(ben) == wire.Free })
	c.Away.Store(true)
	c.BreakConnections()
	anna.until("left without word", func(replica.Status) bool { return anna.is(ben) == "" })
	c.Away.Store(false)
	anna.until("told again", func(replica.Status) bool { return anna.is(ben) == wire.Free })
}

// G2: another role is effective at once on a desk that is open, whether it is given to the user or is made another one.
func TestAnotherRoleReachesAnOpenDeskAtOnce_G2(t *testing.T) {
	bothWays(t, func(t *testing.T, c *office) {
		role := crm.Role{ID: c.ID(), Name: "Own calls", Rights: crm.Rights{SeeCalls: crm.ReachOwn}}
		c.user("Anna", "anna@example.org")
		ben := c.user("Ben", "ben@example.org")
		anna := c.desk("anna@example.org")
		anna.live()
		give := func(changes ...crm.Change) {
			t.Helper()
			for _, change := range changes {
				if err := anna.Do(t.Context(), change); err != nil {
					t.Fatal(err)
				}
			}
		}
		ben.Roles = []crm.ID{role.ID}
		give(crm.SaveRole{Role: role}, crm.SaveUser{User: ben})
		call, _, err := anna.BeginCall(t.Context(), crm.Call{Direction: crm.Incoming, Party: crm.Parse("030 123456", "DE")})
		if err != nil {
			t.Fatal(err)
		}
		anna.live()
		his := c.desk("ben@example.org")
		his.live()
		expect := func(what string, calls int, mayChangeLines bool) {
			t.Helper()
			his.until(what, func(replica.Status) bool {
				page, err := his.Calls(t.Context(), crm.Query{Limit: 10})
				rights, err2 := his.Rights(t.Context())
				return err == nil && err2 == nil && page.Total == calls && rights.Lines == mayChangeLines
			})
		}
		expect("with own calls only", 0, false)
		role.Rights.SeeCalls = crm.ReachAll
		give(crm.SaveRole{Role: role})
		expect("with everybody's calls", 1, false)
		ben.Roles = []crm.ID{crm.Administrator}
		give(crm.SaveUser{User: ben})
		expect("an administrator", 1, true)
		role.Rights.SeeCalls = crm.ReachOwn
		ben.Roles = []crm.ID{role.ID}
		give(crm.SaveRole{Role: role}, crm.SaveUser{User: ben})
		expect("with own calls only again", 0, false)
		if got, err := his.Call(t.Context(), call.ID); err == nil {
			t.Errorf("a colleague's call is left in the file: %+v", got)
		}
	})
}
