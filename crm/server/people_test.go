package server

import (
	"context"
	"errors"
	"testing"

	"leadline/crm"
	"leadline/crm/server/database"
	"leadline/crm/server/ledger"
	"leadline/crm/wire"
)

// beside is another server on the company's database.
func (c *company) beside(url string) *company {
	c.t.Helper()
	db, err := database.Open(context.Background(), url)
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { _ = db.Close() })
	e := *c.engine
	e.DB = db
	other := *c
	other.engine = &e
	return &other
}

// Servers keep users and roles in memory; what one is told is in force at the others with the next command, the next pull.
func TestARoleThatAnotherServerWasToldIsEffectiveAtOnce_G2(t *testing.T) {
	onEach(t, func(t *testing.T, c *company) {
		there := c.beside(c.url)
		narrow := crm.Role{ID: newID(t), Name: "Narrow", Rights: crm.Rights{SeeCalls: crm.ReachOwn}}
		ada := c.signIn(c.admin)
		ada.do(crm.SaveRole{Role: narrow})
		anna := crm.User{ID: newID(t), Name: "Anna", Roles: []crm.ID{narrow.ID}}
		c.addUser(anna)
		line := func() crm.Change { return crm.SaveLine{Line: crm.Line{ID: newID(t), Name: "Sales"}} }
		hers, his := there.signIn(anna.ID), c.signIn(anna.ID)
		may := func(p *program, want bool, when string) {
			t.Helper()
			if r := p.push(p.commands(line()))[0]; (r.Status == wire.Applied) != want {
				t.Errorf("%s: %+v", when, r)
			}
		}
		sees := func(p *program, what wire.Code, when string) {
			t.Helper()
			_, err := p.c.engine.Pull(context.Background(), p.sender, wire.Pull{Client: p.client, Epoch: p.welcome.Epoch, View: p.welcome.View, Cursor: p.cursor})
			var problem wire.Problem
			if errors.As(err, &problem); problem.Code != what {
				t.Errorf("%s: %v", when, err)
			}
		}
		sees(hers, "", "before")
		may(hers, false, "before")
		may(his, false, "before, at the other server")
		narrow.Rights.Lines, narrow.Rights.SeeCalls = true, crm.ReachAll
		ada.do(crm.SaveRole{Role: narrow})
		sees(hers, wire.OtherView, "as the role may more")
		may(hers, true, "as the role may more")
		may(his, true, "as the role may more, where it was told")
		anna.Roles = nil
		ada.do(crm.SaveUser{User: anna})
		may(hers, false, "with another role")
		anna.Roles = []crm.ID{narrow.ID}
		ada.do(crm.SaveUser{User: anna})
		may(hers, true, "with the role again")
		anna.Left = true
		ada.do(crm.SaveUser{User: anna})
		sees(hers, wire.OtherView, "who has left")
		may(hers, false, "who has left")
		anna.Left = false
		ada.do(crm.SaveUser{User: anna})
		outcomes, err := there.engine.Commit(context.Background(), c.workspace, []Pushed{
			{User: anna.ID, Push: hers.message(hers.commands(line()))},
			{User: c.admin, Push: ada.message(ada.commands(crm.SaveRole{Role: crm.Role{ID: narrow.ID, Name: "Narrow"}}))},
			{User: anna.ID, Push: his.message(his.commands(line()))},
		})
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []wire.Status{wire.Applied, wire.Applied, wire.Rejected} { // in one transaction
			if len(outcomes[i].Results) != 1 || outcomes[i].Results[0].Status != want {
				t.Errorf("%d: %+v", i, outcomes[i])
			}
		}
		may(his, false, "after that transaction")
	})
}

// A transaction that sees an older state than the one that is kept goes by its own.
func TestWhatIsKeptOfUsersIsNotNewerThanTheTransaction(t *testing.T) {
	onEach(t, func(t *testing.T, c *company) {
		anna := c.addUser(crm.User{Name: "Anna"})
		rights := func(tx *database.Tx) (crm.User, crm.Rights) {
			t.Helper()
			u, r, err := ledger.RightsOf(tx.Rows(context.Background()), anna)
			if err != nil {
				t.Fatal(err)
			}
			return u, r
		}
		err := c.engine.DB.Read(context.Background(), string(c.workspace), func(tx *database.Tx) error {
			if _, err := tx.Head(context.Background(), false); err != nil {
				return err
			}
			c.addUser(crm.User{ID: anna, Name: "Anna", Left: true})
			c.signIn(c.admin).do(crm.SaveLine{Line: crm.Line{ID: newID(t), Name: "Sales"}}) // which has it kept
			if u, r := rights(tx); u.Left || r == (crm.Rights{}) {
				t.Errorf("%+v %+v", u, r)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		err = c.engine.DB.Read(context.Background(), string(c.workspace), func(tx *database.Tx) error {
			if _, err := tx.Head(context.Background(), false); err != nil {
				return err
			}
			if u, r := rights(tx); !u.Left || r != (crm.Rights{}) {
				t.Errorf("%+v %+v", u, r)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
