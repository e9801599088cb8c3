package front

import (
	"testing"

	"leadline/crm"
	"leadline/crm/server"
	"leadline/crm/wire"
)

// What is told of brings its rows along, only those in the user's view, and only while nobody's rights change (G1, I2).
func TestAHintBringsItsRows_G1(t *testing.T) {
	o := open(t)
	ada := o.add("ada@example.org", crm.User{Name: "Ada", Roles: []crm.ID{crm.Administrator}})
	ben := o.add("ben@example.org", crm.User{Name: "Ben"})
	head := o.signIn("ada@example.org")
	chief, agent := o.signIn("ada@example.org").watch(), o.signIn("ben@example.org").watch()
	w, client := head.hello()
	told := w.Head
	follow := func(out wire.Pushed, who string, h wire.Hint) {
		t.Helper()
		if h.Rev != out.Head || h.PrevRev != told || h.Epoch != w.Epoch {
			t.Errorf("%s is told %+v, which does not lead from %d to %d", who, h, told, out.Head)
		}
	}
	for i, c := range []struct {
		name      string
		change    crm.Change
		ada, ben  int // rows
		withoutIt bool
	}{
		{"a contact", crm.CreateContact{Contact: contact(t, o.access, "Meier", "030 1234567")}, 1, 1, false},
		{"a call of Ada's", crm.BeginCall{Call: crm.Call{ID: newCallID(t, o), Direction: crm.Incoming, Party: crm.Parse("030 1234567", "DE"), Agent: ada.ID}}, 1, 0, false},
		{"a role of Ben's", crm.SaveUser{User: crm.User{ID: ben.ID, Name: "Ben", Email: ben.Email, Roles: []crm.ID{crm.ChiefExecutive}}}, 0, 0, true},
		{"a call that Ben sees now", crm.BeginCall{Call: crm.Call{ID: newCallID(t, o), Direction: crm.Incoming, Party: crm.Parse("030 1234567", "DE"), Agent: ada.ID}}, 1, 1, false},
	} {
		out := head.push(w, client, uint64(i)+1, c.change)
		arrived := func(h wire.Hint) bool { return h.Rev >= out.Head }
		a, b := until(t, chief, c.name, arrived), until(t, agent, c.name, arrived)
		switch {
		case c.withoutIt:
			if a.PrevRev != 0 || b.PrevRev != 0 || len(a.Rows)+len(b.Rows) != 0 {
				t.Errorf("%s: rows go along with changed rights: %+v %+v", c.name, a, b)
			}
		default:
			follow(out, "Ada", a)
			follow(out, "Ben", b)
			if len(a.Rows) != c.ada || len(b.Rows) != c.ben {
				t.Errorf("%s: %d rows for Ada and %d for Ben", c.name, len(a.Rows), len(b.Rows))
			}
		}
		told = out.Head
	}
}

func newCallID(t *testing.T, o *office) crm.ID {
	t.Helper()
	id, err := o.access.NewID()
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// A program that was not told of what came before gets rows that it does not take: they follow on what it has not.
func TestWhoMissedAHintIsToldOfIt(t *testing.T) {
	o := open(t)
	o.add("anna@example.org", crm.User{Name: "Anna"})
	anna := o.signIn("anna@example.org")
	w, client := anna.hello()
	feed := o.front.feed
	from := server.Sender{Workspace: o.workspace, User: w.User}
	out := anna.push(w, client, 1, crm.CreateContact{Contact: contact(t, o.access, "Meier", "030 1234567")},
		crm.CreateContact{Contact: contact(t, o.access, "Müller", "030 7654321")})
	for _, c := range []struct {
		name         string
		epoch, told  uint64
		rev, prevRev uint64
		rows         int
	}{
		{"directly before", w.Epoch, w.Head, out.Head, w.Head, 2},
		{"between", w.Epoch, w.Head + 1, out.Head, w.Head + 1, 1},
		{"nothing before", w.Epoch, 0, out.Head, 0, 0},
		{"another epoch", w.Epoch + 1, w.Head, out.Head, 0, 0},
		{"what is not there", w.Epoch, w.Head, out.Head + 5, 0, 0},
	} {
		h := feed.Hint(t.Context(), from, c.epoch, c.told, c.rev)
		if h.Rev != c.rev || h.PrevRev != c.prevRev || len(h.Rows) != c.rows {
			t.Errorf("%s: %+v", c.name, h.Hint)
		}
	}
}
