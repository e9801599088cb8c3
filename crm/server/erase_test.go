package server

import (
	"context"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/server/database"
	"leadline/crm/wire"
)

func (c *company) erase(person crm.ID) Erased {
	c.t.Helper()
	done, err := c.engine.Erase(context.Background(), c.workspace, system, []crm.Ref{{Kind: crm.KindContact, ID: person}})
	if err != nil {
		c.t.Fatal(err)
	}
	c.eraseRemains()
	return done
}

func (c *company) eraseRemains() {
	c.t.Helper()
	if err := c.engine.EraseRemains(context.Background(), nil); err != nil {
		c.t.Fatal(err)
	}
	if owes, err := c.engine.OwesRemains(context.Background()); err != nil || owes {
		c.t.Errorf("it still owes something, %v", err)
	}
}

// What a program that was away has to say of an erased person comes to nothing, and is not kept in the log either.
func TestI4WhatComesAfterAnErasureIsKeptNowhere(t *testing.T) {
	onEach(t, func(t *testing.T, c *company) {
		anna := c.signIn(c.addUser(crm.User{Name: "Anna"}))
		person := anna.newContact("Meier")
		_, call := anna.rings(1)
		ref := crm.Ref{Kind: crm.KindContact, ID: person.ID}
		call.Refs = []crm.Ref{ref}
		anna.do(person, call)
		c.erase(person.ID)

		later := call
		later.ID = newID(t)
		later.Detail = erasedName + " hung up"
		fast := anna.commands(crm.CreateContact{Contact: crm.Contact{ID: person.ID, LastName: erasedName}})
		fast[0].At = crm.HLC(time.Now().AddDate(0, 0, 1).UnixMilli()) << 16 // by a clock that is wrong by a day
		anna.push(fast)
		anna.push(anna.commands(crm.UpdateRecord{Ref: ref, Set: map[string]any{"last_name": erasedName}},
			crm.SaveRecordNote{Note: crm.Note{ID: newID(t), Ref: ref, Text: erasedName + " likes tea"}},
			crm.SaveNote{Call: call.ID, Text: erasedName + " called"}, later, crm.SaveNote{Call: later.ID, Text: erasedName + " called again"},
			crm.CreateDeal{Deal: crm.Deal{ID: newID(t), Title: erasedName, Contact: person.ID}}))
		if where := c.everywhere(erasedName); len(where) > 0 {
			t.Errorf("the person is in %q", where)
		}
		ada := c.signIn(c.admin)
		ada.pull(0)
		if got, ok := has[crm.Call](ada, wire.Call, later.ID); !ok || got.Party.Kind != crm.Withheld || len(got.Refs) > 0 {
			t.Errorf("the later call is %+v, want it there without the person", got)
		}
		if _, ok := has[crm.Contact](ada, wire.Contact, person.ID); ok {
			t.Error("the person is there again")
		}
		c.verify()
	})
}

// A backup from before a call lacks it, and programs bring it again: without the person then.
func TestI4WhatHungOnAnErasedPersonComesBackWithoutThem(t *testing.T) {
	dir := t.TempDir()
	c := newCompany(t, "sqlite:"+filepath.Join(dir, "server.db"))
	anna := c.signIn(c.addUser(crm.User{Name: "Anna"}))
	person := anna.newContact("Meier")
	anna.do(person)
	copied := filepath.Join(dir, "copy.db")
	if err := c.engine.Backup(t.Context(), copied); err != nil {
		t.Fatal(err)
	}
	_, call := anna.rings(1)
	call.Refs = []crm.Ref{{Kind: crm.KindContact, ID: person.ID}}
	call.Detail = erasedName
	lost := anna.commands(call, crm.SaveNote{Call: call.ID, Text: erasedName + " called"})
	anna.push(lost)
	c.erase(person.ID)
	erasures, err := c.engine.Erasures(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	restored := c.restored(copied, erasures)
	anna.c = restored
	anna.hello()
	anna.push(lost)
	if where := restored.everywhere(erasedName); len(where) > 0 {
		t.Errorf("the person is in %q", where)
	}
	restored.verify()
}

// Who is written down with "%" or "@" as their address is erased alone.
func TestI4AnAddressOfSignsErasesNobodyElse(t *testing.T) {
	onEach(t, func(t *testing.T, c *company) {
		anna := c.signIn(c.addUser(crm.User{Name: "Anna"}))
		person := anna.newContact("Mallory")
		for _, address := range []string{"%", "@", "%%%%%%%%", "________", "e", "{}", "refs", `"`} {
			person.Emails = append(person.Emails, crm.Email{Address: address})
		}
		_, call := anna.rings(1)
		call.Refs, call.Detail = nil, "somebody_else"
		anna.do(person, call)
		c.erase(person.ID)
		ada := c.signIn(c.admin)
		ada.pull(0)
		if got, _ := has[crm.Call](ada, wire.Call, call.ID); got.Party.Kind != crm.Phone || got.Detail != call.Detail {
			t.Errorf("the call of somebody else is %+v", got)
		}
		if where := c.everywhere("somebody_else"); !slices.Contains(where, "audit.args") {
			t.Errorf("the log has lost what it says of somebody else: %q", where)
		}
	})
}

// One who has called thousands of times is told of in one message that programs can read.
func TestI4WhoHasCalledThousandsOfTimesIsErased(t *testing.T) {
	c := newCompany(t, "sqlite::memory:")
	anna := c.signIn(c.addUser(crm.User{Name: "Anna"}))
	person := anna.newContact("Meier")
	anna.do(person)
	const calls, atOnce = 4500, 250
	for range calls / atOnce {
		var some []crm.Change
		for range atOnce {
			_, call := anna.rings(1)
			call.Refs = []crm.Ref{{Kind: crm.KindContact, ID: person.ID}}
			some = append(some, call)
		}
		anna.do(some...)
	}
	c.erase(person.ID)
	anna.hello()
	data, err := wire.Encode(wire.TypeCBOR, anna.welcome)
	if err != nil {
		t.Fatal(err)
	}
	var read wire.Welcome
	if err := wire.Decode(wire.TypeCBOR, data, &read); err != nil || len(read.Erasures) != 1 || len(read.Erasures[0].Hung) != calls*16 {
		t.Errorf("%d erasures: %v", len(read.Erasures), err)
	}
}

// Acknowledgements are few at a time: whoever sends a flood of them would keep all others waiting.
func TestAFloodOfAcknowledgementsIsRefused(t *testing.T) {
	onEach(t, func(t *testing.T, c *company) {
		anna := c.signIn(c.addUser(crm.User{Name: "Anna"}))
		message := anna.message(nil)
		for range database.MostErasures + 1 {
			message.Erased = append(message.Erased, newID(t))
		}
		for _, want := range []wire.Code{wire.TooLarge, ""} {
			o, err := c.engine.Commit(t.Context(), c.workspace, []Pushed{{User: anna.sender.User, Push: message}})
			if err != nil || want == "" && o[0].Err != nil || want != "" && !isProblem(o[0].Err, want) {
				t.Errorf("%d acknowledgements: %v %v", len(message.Erased), err, o[0].Err)
			}
			message.Erased = message.Erased[1:]
		}
	})
}

// More erasures than are told at a time are told one after the other.
func TestI4ManyErasuresAreToldInParts(t *testing.T) {
	c := newCompany(t, "sqlite::memory:")
	anna := c.signIn(c.addUser(crm.User{Name: "Anna"}))
	const all = database.MostErasures + 20
	err := c.engine.DB.Write(t.Context(), string(c.workspace), func(tx *database.Tx) error {
		for i := range all {
			if err := tx.AddErasure(t.Context(), database.Erasure{ID: newID(t), At: int64(i), Rev: 1}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for told := 0; told < all; {
		anna.pull(0)
		anna.hello()
		message := anna.message(nil)
		for _, e := range anna.welcome.Erasures {
			message.Erased = append(message.Erased, e.ID)
		}
		told += len(message.Erased)
		o, err := c.engine.Commit(t.Context(), c.workspace, []Pushed{{User: anna.sender.User, Push: message}})
		if err != nil || o[0].Err != nil || len(message.Erased) == 0 {
			t.Fatalf("told of %d of %d: %v %v", told, all, err, o)
		}
	}
}
