package server

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/server/ledger"
	"leadline/crm/wire"
)

func isProblem(err error, code wire.Code) bool {
	var p wire.Problem
	return errors.As(err, &p) && p.Code == code
}

func (p *program) wantProblem(code wire.Code, err error) {
	p.t.Helper()
	if !isProblem(err, code) {
		p.t.Errorf("got %v, want the problem %q", err, code)
	}
}

func contact(name string) crm.CreateContact {
	return crm.CreateContact{Contact: crm.Contact{LastName: name}}
}

func (p *program) newContact(name string) crm.CreateContact {
	c := contact(name)
	c.ID = newID(p.t)
	return c
}

func TestI1WhatWasDoneOfflineArrivesOnceAndInOrder(t *testing.T) {
	onEach(t, func(t *testing.T, c *company) {
		anna, ada := c.signIn(c.addUser(crm.User{Name: "Anna"})), c.signIn(c.admin)
		person := anna.newContact("Meier")
		ref := crm.Ref{Kind: crm.KindContact, ID: person.ID}
		commands := anna.commands(person,
			crm.UpdateRecord{Ref: ref, Set: map[string]any{"last_name": "Maier"}},
			crm.UpdateRecord{Ref: ref, Set: map[string]any{"last_name": "Mayer"}})
		anna.push(commands)
		for _, r := range anna.push(commands) { // the reply was lost
			if r.Status != wire.Duplicate || r.Refused || r.Rev == 0 {
				t.Errorf("pushed again: %+v, want a duplicate with its revision", r)
			}
		}
		ada.pull(2)
		if got, ok := has[crm.Contact](ada, wire.Contact, person.ID); !ok || got.LastName != "Mayer" {
			t.Errorf("the other has %+v", got)
		}
		anna.pull(2)
		if want := (wire.Ack{Seq: 3, ID: commands[2].ID}); anna.ack != want {
			t.Errorf("acknowledged %+v, want %+v", anna.ack, want)
		}
	})
}

func TestRevisionsAreDense(t *testing.T) {
	onEach(t, func(t *testing.T, c *company) {
		anna, ada := c.signIn(c.addUser(crm.User{Name: "Anna"})), c.signIn(c.admin)
		ensure, call := anna.rings(1)
		for range 3 { // one command, then several in a batch, of which some change the same row
			anna.do(anna.newContact("A"))
			anna.do(ensure, call, crm.SaveNote{Call: call.ID, Text: "x"}, crm.SaveNote{Call: call.ID, Text: newText(t)})
		}
		ada.pull(3)
		var revs []uint64
		for _, r := range ada.rows {
			revs = append(revs, r.Rev)
		}
		slices.Sort(revs)
		if len(slices.Compact(slices.Clone(revs))) != len(revs) || revs[len(revs)-1] != ada.cursor {
			t.Errorf("revisions %v up to %d: two rows have the same, or the last has none", revs, ada.cursor)
		}
	})
}

func newText(t testing.TB) string { return string(newID(t)) }

func TestForkedProgramIsToldSo(t *testing.T) {
	onEach(t, func(t *testing.T, c *company) {
		anna := c.signIn(c.addUser(crm.User{Name: "Anna"}))
		anna.do(anna.newContact("before the backup"))
		anna.pull(0)
		copied := *anna // the laptop's disk is copied here
		anna.do(anna.newContact("after it"))
		anna.pull(0)
		copied.wantProblem(wire.Forked, copied.try(copied.commands(copied.newContact("on the copy"))).Err)

		copied.hello() // both agree on the first command: nothing to see yet
		if copied.welcome.Forked {
			t.Error("forked, though the last acknowledged command is the same")
		}
		copied.ack = wire.Ack{Seq: 2, ID: newID(t)}
		copied.hello()
		if !copied.welcome.Forked {
			t.Error("another command by the same number was not noticed")
		}
		copied.client, copied.seq, copied.ack = newID(t), 0, wire.Ack{}
		copied.hello()
		copied.do(copied.newContact("on the copy, under a new name"))
	})
}

func TestUUIDsStayWhenAProgramIsNumberedAnew(t *testing.T) {
	onEach(t, func(t *testing.T, c *company) {
		anna := c.signIn(c.addUser(crm.User{Name: "Anna"}))
		refused := crm.SaveLine{Line: crm.Line{ID: newID(t), Name: "Sales"}}
		commands := anna.commands(anna.newContact("Meier"), refused)
		anna.push(commands)
		again := c.signIn(anna.sender.User)
		results := again.push(commands)
		if results[0].Status != wire.Duplicate || results[0].Refused || !results[1].Refused || results[1].Code != wire.RejectNotAllowed {
			t.Errorf("got %+v, want the answers of the first time", results)
		}
		again.pull(0)
		if len(again.refused) != 1 || again.refused[0].ID != commands[1].ID || again.refused[0].Reason.Key != crm.NoRight {
			t.Errorf("the new program hears of %+v, want the refused command with its reason", again.refused)
		}
		again.hello()
		again.pull(0)
		if len(again.refused) != 0 {
			t.Errorf("heard again of what was acknowledged: %+v", again.refused)
		}
	})
}

// Under a new number a command is taken for new, until the key of the answers says that it has one: then the transaction is done again.
func TestCommandsUnderNewNumbersAreDoneOnce(t *testing.T) {
	onEach(t, func(t *testing.T, c *company) {
		anna, ben := c.signIn(c.addUser(crm.User{Name: "Anna"})), c.signIn(c.addUser(crm.User{Name: "Ben"}))
		commands := anna.commands(anna.newContact("Meier"), crm.SaveLine{Line: crm.Line{ID: newID(t), Name: "Sales"}})
		before := anna.push(commands)
		again := c.signIn(anna.sender.User)
		again.do(again.newContact("the first under a new name"))
		again.seq += uint64(len(commands))
		for i := range commands {
			commands[i].Seq = uint64(2 + i)
		}
		commands = append(commands, again.commands(again.newContact("Schulz"))...)
		outcomes, err := c.engine.Commit(context.Background(), c.workspace, []Pushed{{User: ben.sender.User, Push: ben.message(ben.commands(ben.newContact("Ben's")))},
			{User: again.sender.User, Push: again.message(commands)}})
		if err != nil {
			t.Fatal(err)
		}
		his, hers := outcomes[0].Results, outcomes[1].Results
		if his[0].Status != wire.Applied || hers[0].Status != wire.Duplicate || hers[0].Rev != before[0].Rev || !hers[1].Refused || hers[2].Status != wire.Applied {
			t.Errorf("got %+v and %+v, want one that is applied, and the answers of the first time", his, hers)
		}
		again.pull(0)
		if n := again.count(wire.Contact); n != 4 || again.ack.Seq != 4 || len(again.refused) != 1 {
			t.Errorf("%d contacts, acknowledged up to %d, refused %+v", n, again.ack.Seq, again.refused)
		}
	})
}

func TestGapAndEpochAndUserAreChecked(t *testing.T) {
	onEach(t, func(t *testing.T, c *company) {
		anna := c.signIn(c.addUser(crm.User{Name: "Anna"}))
		anna.commands(anna.newContact("lost on the way"))
		anna.wantProblem(wire.Gap, anna.try(anna.commands(anna.newContact("next"))).Err)
		anna.seq = 0
		anna.welcome.Epoch++
		anna.wantProblem(wire.OtherEpoch, anna.try(anna.commands(anna.newContact("x"))).Err)
		anna.welcome.Epoch--
		anna.seq = 0
		anna.do(anna.newContact("x"))
		ben := *anna
		ben.sender.User = c.addUser(crm.User{Name: "Ben"})
		ben.wantProblem(wire.Forked, ben.try(ben.commands(ben.newContact("y"))).Err)
		anna.wantProblem(wire.OtherEpoch, pullErr(anna, func(p *wire.Pull) { p.Epoch++ }))
		anna.wantProblem(wire.OtherEpoch, pullErr(anna, func(p *wire.Pull) { p.Cursor = 1000 }))
		anna.wantProblem(wire.OtherView, pullErr(anna, func(p *wire.Pull) { p.View = "another" }))
	})
}

func pullErr(p *program, change func(*wire.Pull)) error {
	ask := wire.Pull{Client: p.client, Epoch: p.welcome.Epoch, Cursor: p.cursor, View: p.welcome.View}
	change(&ask)
	_, err := p.c.engine.Pull(context.Background(), p.sender, ask)
	return err
}

func TestOneProgramsTroubleSpoilsNothingForOthers(t *testing.T) {
	onEach(t, func(t *testing.T, c *company) {
		anna, ben := c.signIn(c.addUser(crm.User{Name: "Anna"})), c.signIn(c.addUser(crm.User{Name: "Ben"}))
		hers, his := anna.newContact("hers"), ben.newContact("his")
		bad := anna.commands(hers, crm.SaveNote{Call: newID(t), Text: "of no call"}, crm.SaveWorkspace{})
		bad = append(bad, wire.Command{Seq: 4, ID: newID(t), Name: "record.explode/9", Args: []byte("{}")},
			wire.Command{Seq: 5, ID: newID(t), Name: "contact.create/1", Args: []byte(`{"id":`)},
			wire.Command{Seq: 6, ID: newID(t), Name: "contact.create/1", Args: []byte(`{"id":"'; DROP TABLE document; --"}`)})
		outcomes, err := c.engine.Commit(context.Background(), c.workspace, []Pushed{
			{User: anna.sender.User, Push: anna.message(bad)},
			{User: ben.sender.User, Push: wire.Push{Client: ben.client, Epoch: 1, Commands: ben.commands(ben.newContact("wrong epoch"))}},
			{User: anna.sender.User, Push: anna.message([]wire.Command{{Seq: 9, ID: newID(t)}})},
			{User: ben.sender.User, Push: wire.Push{Client: ben.client, Epoch: ben.welcome.Epoch, Commands: func() []wire.Command { ben.seq = 0; return ben.commands(his) }()}},
		})
		if err != nil {
			t.Fatal(err)
		}
		var codes []wire.Reject
		for _, r := range outcomes[0].Results {
			codes = append(codes, r.Code)
		}
		if want := []wire.Reject{"", wire.RejectGone, wire.RejectNotAllowed, wire.RejectUnknown, wire.RejectInvalid, wire.RejectInvalid}; !slices.Equal(codes, want) {
			t.Errorf("refused with %q, want %q", codes, want)
		}
		anna.wantProblem(wire.OtherEpoch, outcomes[1].Err)
		anna.wantProblem(wire.Gap, outcomes[2].Err)
		ada := c.signIn(c.admin)
		ada.pull(0)
		if ada.count(wire.Contact) != 2 {
			t.Errorf("%d contacts, want those of both", ada.count(wire.Contact))
		}
	})
}

func TestG1CallsOfOthersStayOutOfTheView(t *testing.T) {
	onEach(t, func(t *testing.T, c *company) {
		anna := c.signIn(c.addUser(crm.User{Name: "Anna", Department: "Sales"}))
		ben := c.signIn(c.addUser(crm.User{Name: "Ben", Department: "Sales"}))
		head := c.signIn(c.addUser(crm.User{Name: "Hedi", Department: "Sales", Roles: []crm.ID{crm.HeadOfDepartment}}))
		other := c.signIn(c.addUser(crm.User{Name: "Otto", Department: "Support", Roles: []crm.ID{crm.HeadOfDepartment}}))
		_, call := anna.rings(1)
		call.Refs = nil
		anna.do(call)
		see := func(when string, want map[*program]bool) {
			t.Helper()
			for p, sees := range want {
				p.pull(0)
				if _, got := has[crm.Call](p, wire.Call, call.ID); got != sees {
					t.Errorf("%s: %s sees the call: %t, want %t", when, nameOf(p), got, sees)
				}
			}
		}
		see("at first", map[*program]bool{anna: true, ben: false, head: true, other: false})
		if _, there := ben.rows[wire.RowID{Entity: wire.Call, ID: call.ID}]; there {
			t.Error("Ben heard of a call that never was his")
		}
		anna.do(crm.UpdateCall{ID: call.ID, Agent: anna.sender.User})
		head.do(crm.UpdateCall{ID: call.ID, Agent: ben.sender.User})
		see("passed on", map[*program]bool{anna: false, ben: true, head: true, other: false})
		if r := anna.rows[wire.RowID{Entity: wire.Call, ID: call.ID}]; !r.Deleted || len(r.Data) > 0 {
			t.Errorf("what left Anna's view was delivered as %+v, want it removed", r)
		}
		r := anna.push(anna.commands(crm.SaveNote{Call: call.ID, Text: "mine no more"}))[0]
		if r.Code != wire.RejectNotAllowed {
			t.Errorf("a note on a call out of view: %+v", r)
		}
		fetched, err := c.engine.Fetch(context.Background(), anna.sender, wire.Fetch{IDs: []wire.RowID{{Entity: wire.Call, ID: call.ID}, {Entity: wire.User, ID: ben.sender.User}, {Entity: ledger.Redirect, ID: call.ID}}})
		if err != nil || len(fetched.Rows) != 3 || !fetched.Rows[0].Deleted || fetched.Rows[1].Deleted || !fetched.Rows[2].Deleted {
			t.Errorf("fetched %+v, %v: want only the user", fetched, err)
		}
	})
}

func nameOf(p *program) string {
	u, _ := has[crm.User](p, wire.User, p.sender.User)
	return u.Name
}

func TestG2RoleChangeIsEffectiveAtOnce(t *testing.T) {
	onEach(t, func(t *testing.T, c *company) {
		ada, ben := c.signIn(c.admin), c.signIn(c.addUser(crm.User{Name: "Ben"}))
		line := crm.SaveLine{Line: crm.Line{ID: newID(t), Name: "Sales"}}
		if r := ben.push(ben.commands(line))[0]; r.Code != wire.RejectNotAllowed {
			t.Errorf("an agent changed a line: %+v", r)
		}
		ada.do(crm.SaveUser{User: crm.User{ID: ben.sender.User, Name: "Ben", Roles: []crm.ID{crm.Administrator}}})
		ben.wantProblem(wire.OtherView, pullErr(ben, func(*wire.Pull) {}))
		_, err := c.engine.Fetch(context.Background(), ben.sender, wire.Fetch{View: ben.welcome.View, IDs: []wire.RowID{{Entity: wire.User, ID: ben.sender.User}}})
		ben.wantProblem(wire.OtherView, err)
		ben.hello()
		ben.do(line)
		ada.do(crm.SaveUser{User: crm.User{ID: ben.sender.User, Name: "Ben", Left: true}})
		if r := ben.push(ben.commands(ben.newContact("after leaving")))[0]; r.Code != wire.RejectNotAllowed {
			t.Errorf("one who has left changed something: %+v", r)
		}
		_, err = c.engine.Hello(context.Background(), ben.sender, wire.Hello{Client: ben.client, Schemas: []int{wire.Schema}})
		ben.wantProblem(wire.Forbidden, err)
	})
}

func TestSchemasAreAgreedOn(t *testing.T) {
	for _, c := range []struct {
		theirs []int
		code   wire.Code
	}{
		{[]int{wire.Schema}, ""}, {[]int{wire.Schema + 1, wire.Schema}, ""}, {[]int{wire.Schema + 1}, wire.ServerTooOld},
		{[]int{wire.Schema - 3}, wire.Upgrade}, {nil, wire.Upgrade}, {[]int{0}, wire.Upgrade},
	} {
		v, err := agree(c.theirs)
		if c.code == "" && (err != nil || v != wire.Schema) || c.code != "" && !isProblem(err, c.code) {
			t.Errorf("%v: agreed on %d, %v; want %q", c.theirs, v, err, c.code)
		}
	}
}

func TestClockOfADayAheadDoesNotWinForEver(t *testing.T) {
	onEach(t, func(t *testing.T, c *company) {
		anna, ben := c.signIn(c.addUser(crm.User{Name: "Anna"})), c.signIn(c.addUser(crm.User{Name: "Ben"}))
		person := anna.newContact("Meier")
		anna.do(person)
		ref := crm.Ref{Kind: crm.KindContact, ID: person.ID}
		wrong := anna.commands(crm.UpdateRecord{Ref: ref, Set: map[string]any{"last_name": "from tomorrow"}})
		wrong[0].At = crm.HLC(0).Next(time.Now().Add(24 * time.Hour))
		anna.push(wrong)
		ben.do(crm.UpdateRecord{Ref: ref, Set: map[string]any{"last_name": "a moment later"}})
		ben.pull(0)
		if got, _ := has[crm.Contact](ben, wire.Contact, person.ID); got.LastName != "a moment later" {
			t.Errorf("the contact is called %q", got.LastName)
		}
	})
}

// What no database takes, or no program could read, is refused alone, whatever field it is in.
func TestPoisonIsRefusedAndSpoilsNothing(t *testing.T) {
	onEach(t, func(t *testing.T, c *company) {
		anna := c.signIn(c.addUser(crm.User{Name: "Anna"}))
		zero, deep := `"a\u0000b"`, strings.Repeat("[", 100)+strings.Repeat("]", 100)
		args := []string{
			`{"id":` + zero + `}`, `{"ref":{"kind":"contact","id":` + zero + `},"set":{"last_name":"x"}}`, `{"id":"` + string(newID(t)) + `","last_name":` + zero + `}`,
			"{\"id\":\"\xff\xfe\"}", "\x00", "", "null", "[]", `{"id":"` + string(newID(t)) + `","later":` + deep + `}`,
			`{"peer":"+1","generation":9223372036854775807,"lead":{"id":"` + string(newID(t)) + `","numbers":[{"e164":1}]}}`,
			`{"call":"` + string(newID(t)) + `","refs":[{"kind":` + zero + `,"id":"x"}]}`,
		}
		var commands []wire.Command
		for _, name := range []string{"contact.create/1", "record.update/1", "lead.ensure/1", "call.link/1", "a\x00b/1"} {
			for _, a := range args {
				anna.seq++
				commands = append(commands, wire.Command{Seq: anna.seq, ID: newID(t), Name: name, Args: []byte(a)})
			}
		}
		for i, r := range anna.push(commands) {
			if harmless := commands[i].Name == "contact.create/1" && strings.Contains(string(commands[i].Args), "numbers"); r.Status != wire.Rejected && !harmless {
				t.Errorf("%s %q: %+v, want it refused", commands[i].Name, commands[i].Args, r)
			}
		}
		anna.do(anna.newContact("after that"))
		for _, id := range []crm.ID{"", "x", "a\x00b", crm.ID("{" + string(newID(t)) + "}"), crm.ID(strings.ToUpper(string(newID(t))))} {
			anna.wantProblem(wire.Malformed, anna.try([]wire.Command{{Seq: anna.seq + 1, ID: id, Name: "x/1"}}).Err)
			_, err := c.engine.Hello(context.Background(), anna.sender, wire.Hello{Client: id, Schemas: []int{wire.Schema}})
			anna.wantProblem(wire.Malformed, err)
			if err := pullErr(anna, func(p *wire.Pull) { p.Client = id }); err != nil {
				t.Errorf("pull by client %q: %v", id, err)
			}
			if _, err := c.engine.Fetch(context.Background(), anna.sender, wire.Fetch{IDs: []wire.RowID{{Entity: wire.Entity(id), ID: id}}}); err != nil {
				t.Errorf("fetch %q: %v", id, err)
			}
		}
		c.verify()
	})
}

func TestPageIsBoundedInBytes(t *testing.T) {
	onEach(t, func(t *testing.T, c *company) {
		anna, ada := c.signIn(c.addUser(crm.User{Name: "Anna"})), c.signIn(c.admin)
		for range 12 {
			person := anna.newContact("Meier")
			person.Comment = strings.Repeat("long ", 180_000)
			anna.do(person)
		}
		page, err := c.engine.Pull(context.Background(), ada.sender, wire.Pull{Client: ada.client, Epoch: ada.welcome.Epoch, View: ada.welcome.View})
		if err != nil || !page.More || len(page.Rows) > 8 || page.Ack != nil {
			t.Errorf("%d rows in a page, more %t, %v", len(page.Rows), page.More, err)
		}
		ada.pull(0)
		if ada.count(wire.Contact) != 12 {
			t.Errorf("%d contacts, want 12", ada.count(wire.Contact))
		}
		person := anna.newContact("too long")
		anna.do(person)
		ref := crm.Ref{Kind: crm.KindContact, ID: person.ID}
		half := strings.Repeat("x", 900_000)
		anna.do(crm.UpdateRecord{Ref: ref, Set: map[string]any{"comment": half}}, crm.UpdateRecord{Ref: ref, Set: map[string]any{"position": half}})
		if r := anna.push(anna.commands(crm.UpdateRecord{Ref: ref, Set: map[string]any{"first_name": half}}))[0]; r.Code != wire.RejectInvalid {
			t.Errorf("a record of 2.7 MB: %+v", r)
		}
	})
}

// The arguments of a command are one JSON object, or it is refused.
func TestArgumentsAreOneObject(t *testing.T) {
	id := newID(t)
	for _, args := range []string{"", " ", "null", "[]", "1", `{"call":`, `{}{}`, `{"call":"x"} x`, `{"text":"\u0000"}`, `{"text":"a` + "\x00" + `"}`} {
		if change, err := decode(wire.Command{ID: id, Name: crm.SaveNote{}.CommandName(), Args: json.RawMessage(args)}); err == nil {
			t.Errorf("%q is read as %+v", args, change)
		}
	}
	if _, err := decode(wire.Command{ID: id, Name: crm.SaveNote{}.CommandName(), Args: json.RawMessage(` {"text":"[[{"}`)}); err != nil {
		t.Error(err)
	}
}
