package front

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"leadline/crm"
	"leadline/crm/wire"
)

// Requirement I4: an administrator erases a person from the program, once however often it is asked, and is told which copies follow.
func TestAnAdministratorErasesAPersonFromTheProgram_I4(t *testing.T) {
	o := open(t)
	kept := 0
	o.front.KeepErasures = func(context.Context) error { kept++; return nil }
	boss := o.add("anna@example.org", crm.User{Name: "Anna", Roles: []crm.ID{crm.Administrator}})
	o.add("ben@example.org", crm.User{Name: "Ben"})
	anna, ben, lost := o.signIn("anna@example.org"), o.signIn("ben@example.org"), o.signIn("ben@example.org")
	w, client := anna.hello()
	wb, clientB := ben.hello()
	lost.hello()
	c := contact(t, o.access, "Meier", "030 1234567")
	call := crm.BeginCall{Call: crm.Call{ID: newID(t, o), Direction: crm.Incoming, Party: crm.Parse("030 1234567", "DE"), Refs: []crm.Ref{{Kind: crm.KindContact, ID: c.ID}}}}
	anna.push(w, client, 1, crm.CreateContact{Contact: c}, call)
	person := wire.ErasePerson{Person: crm.Ref{Kind: crm.KindContact, ID: c.ID}}
	id := newID(t, o)
	at := wire.PathErasures + "/" + string(id)

	ben.refused(wire.Forbidden, "PUT", at, person)
	ben.refused(wire.Forbidden, "GET", wire.PathErasures, nil)
	anna.refused(wire.Malformed, "PUT", wire.PathErasures+"/x", person)
	anna.refused(wire.Malformed, "PUT", at, wire.ErasePerson{Person: crm.Ref{Kind: crm.KindCompany, ID: c.ID}})
	anna.refused(wire.NotFound, "PUT", at, wire.ErasePerson{Person: crm.Ref{Kind: crm.KindContact, ID: newID(t, o)}})
	var done, again wire.Erased
	anna.must(http.StatusOK, "PUT", at, person, &done)
	if done.ID != id || done.By != boss.ID || len(done.Records) != 1 || done.Calls != 1 || len(done.Copies) != 3 || kept != 1 {
		t.Errorf("%+v, kept %d times", done, kept)
	}
	anna.must(http.StatusOK, "PUT", at, person, &again) // as after an answer that was lost
	if !again.At.Equal(done.At) {
		t.Errorf("it was done twice: %+v", again)
	}
	anna.refused(wire.Malformed, "PUT", at, wire.ErasePerson{Person: crm.Ref{Kind: crm.KindContact, ID: newID(t, o)}})

	ben.must(http.StatusOK, "POST", wire.PathPush, wire.Push{Client: clientB, Epoch: wb.Epoch, Erased: []crm.ID{id}}, nil)
	anna.must(http.StatusNoContent, "DELETE", wire.PathDevices+"/"+string(lost.device), nil, nil)
	list := func() map[crm.ID]wire.ErasedOnCopy {
		t.Helper()
		var all []wire.Erased
		anna.must(http.StatusOK, "GET", wire.PathErasures, nil, &all)
		if len(all) != 1 || !all[0].Copies[0].Done.IsZero() && all[0].Copies[2].Done.IsZero() {
			t.Fatalf("%+v", all)
		}
		by := map[crm.ID]wire.ErasedOnCopy{}
		for _, c := range all[0].Copies {
			by[c.Client] = c
		}
		return by
	}
	state := list()
	if b := state[clientB]; b.Done.IsZero() || b.Device != "laptop" || b.Out {
		t.Errorf("Ben's is %+v", b)
	}
	if a := state[client]; !a.Done.IsZero() || a.Seen.IsZero() || a.User != boss.ID {
		t.Errorf("Anna's is %+v", a)
	}
	out := func() (c wire.ErasedOnCopy) {
		for k, v := range list() {
			if k != client && k != clientB {
				c = v
			}
		}
		return c
	}
	if c := out(); !c.Out || c.Gone || !c.Done.IsZero() {
		t.Errorf("the lost one is %+v", c)
	}
	lost.must(http.StatusNoContent, "POST", wire.PathErased, nil, nil)
	if c := out(); !c.Gone || c.Done.IsZero() {
		t.Errorf("the lost one, which has erased all, is %+v", c)
	}
	if strings.Contains(o.log.String(), "Meier") || strings.Contains(o.log.String(), "1234567") {
		t.Error("the log names the person")
	}
}

func newID(t *testing.T, o *office) crm.ID {
	t.Helper()
	id, err := o.access.NewID()
	if err != nil {
		t.Fatal(err)
	}
	return id
}
