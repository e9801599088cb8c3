package front

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/server"
	"leadline/crm/server/access"
	"leadline/crm/server/database"
	"leadline/crm/wire"
)

// askPBX asks for a route as a PBX does.
func askPBX(t *testing.T, o *office, key access.Token, caller, line string) string {
	t.Helper()
	r, err := http.NewRequest("GET", o.url+"/v1/route?"+url.Values{"caller": {caller}, "line": {line}}.Encode(), nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+string(key))
	status, kind, body := do(t, r)
	if status == http.StatusBadRequest && len(caller)+len(line) > mostAsked {
		return ""
	}
	if status != http.StatusOK || kind != "text/plain; charset=utf-8" {
		t.Errorf("%q %q: %d %s %s", caller, line, status, kind, body)
	}
	return string(body)
}

func TestThePBXAsksWhereACallGoes_D3(t *testing.T) {
	o := open(t)
	anna := o.add("anna@example.org", crm.User{Name: "Anna", Extension: "101"})
	ben := o.add("ben@example.org", crm.User{Name: "Ben", Extension: "102"})
	o.add("ada@example.org", crm.User{Name: "Ada", Roles: []crm.ID{crm.Administrator}})
	p, b, ada := o.signIn("anna@example.org"), o.signIn("ben@example.org"), o.signIn("ada@example.org")
	w, client := ada.hello()
	line := func(name, number string, on bool) crm.Line {
		id, _ := o.access.NewID()
		return crm.Line{ID: id, Name: name, Number: crm.Parse(number, "DE").Number(""), SendToResponsible: on}
	}
	customer, shared, company := contact(t, o.access, "Meier", "030 1234567"), contact(t, o.access, "Left", "030 7654321"), contact(t, o.access, "Nobody", "030 5555555")
	customer.Responsible, shared.Responsible = anna.ID, ben.ID
	entries, _ := crm.ParseEntries(crm.Exceptions, "030 999*", "DE")
	excepted := contact(t, o.access, "Bank", "030 9991111")
	excepted.Responsible = anna.ID
	ada.push(w, client, 1, crm.SaveLine{Line: line("Sales", "030 1000", true)}, crm.SaveLine{Line: line("Support", "+49302000", false)},
		crm.CreateContact{Contact: customer}, crm.CreateContact{Contact: shared}, crm.CreateContact{Contact: company}, crm.CreateContact{Contact: excepted},
		crm.AddEntries{Entries: entries})
	k, key, err := o.access.AddKey(t.Context(), o.workspace, "", "PBX", []string{access.ScopeRoute})
	if err != nil {
		t.Fatal(err)
	}
	say := func(p *program, s wire.Availability) {
		t.Helper()
		p.must(http.StatusNoContent, "POST", wire.PathPresence, wire.Presence{State: s}, nil)
	}
	say(p, wire.Free)
	for _, c := range []struct{ caller, line, want string }{
		{"+49301234567", "Sales", "101"},
		{"0049 30 1234567", "+49 30 1000", "101"},
		{"0301234567", "0301000", "101"},
		{"sip:+49301234567@pbx.example.org", "Sales", "101"},
		{"+49301234567", "Support", ""}, // its setting is off
		{"+49301234567", "Nowhere", ""},
		{"+49301234567", "", ""},
		{"", "Sales", ""},
		{"anonymous", "Sales", ""},
		{"+4989123", "Sales", ""},     // unknown
		{"+49307654321", "Sales", ""}, // Ben is not at work
		{"+49305555555", "Sales", ""}, // nobody is responsible
		{"+49309991111", "Sales", ""}, // E1
	} {
		if got := askPBX(t, o, key, c.caller, c.line); got != c.want {
			t.Errorf("%q on %q goes to %q, want %q", c.caller, c.line, got, c.want)
		}
	}
	r, err := http.NewRequest("GET", o.url+"/v1/route?caller=+49301234567&line=+49301000", nil) // as Kamailio asks
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-API-Key", string(key)) // as FreeSWITCH does
	if _, _, body := do(t, r); string(body) != "101" {
		t.Errorf("with a + that is not escaped: %q", body)
	}
	say(p, wire.Talking)
	if got := askPBX(t, o, key, "+49301234567", "Sales"); got != "" {
		t.Errorf("while she is talking it goes to %q", got)
	}
	say(p, wire.Free)
	say(b, wire.Free)
	left := ben
	left.Left = true
	ada.push(w, client, 8, crm.SaveUser{User: left})
	if got := askPBX(t, o, key, "+49307654321", "Sales"); got != "" {
		t.Errorf("to one who has left: %q", got)
	}
	if err := o.access.RevokeKey(t.Context(), o.workspace, k.ID); err != nil {
		t.Fatal(err)
	}
	if status, _ := get(t, o.url+"/v1/route?caller=1&line=Sales"); status != http.StatusUnauthorized {
		t.Errorf("without a key: %d", status)
	}
	(&program{o: o, form: wire.TypeJSON, session: wire.Session{Access: string(key)}}).refused(wire.BadSignIn, "GET", "/v1/route?caller=1", nil)
}

// However long the database takes, the customer does not wait for it.
func TestThePBXIsToldNothingWhenItTakesTooLong_D3_D4(t *testing.T) {
	o := openOn(t, "sqlite::memory:") // one transaction at a time
	o.front.RouteTime = routeTime
	_, key, err := o.access.AddKey(t.Context(), o.workspace, "", "PBX", []string{access.ScopeRoute})
	if err != nil {
		t.Fatal(err)
	}
	slow := server.NewEngine(*o.front.Engine)
	if slow.DB, err = database.Open(t.Context(), "sqlite::memory:"); err != nil {
		t.Fatal(err)
	}
	defer slow.DB.Close()
	held, let := make(chan struct{}), make(chan struct{})
	over := make(chan error, 1)
	go func() {
		over <- slow.DB.Write(context.Background(), string(o.workspace), func(*database.Tx) error { close(held); <-let; return nil })
	}()
	<-held
	o.front.Engine = slow
	for _, path := range []string{"/v1/route?caller=1&line=Sales", "/v1/queue?line=Sales"} {
		r, err := http.NewRequest("GET", o.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-API-Key", string(key))
		if status, _, body := do(t, r); status != http.StatusOK || len(body) != 0 {
			t.Errorf("%s: %d %q", path, status, body)
		}
	}
	close(let)
	if err := <-over; err != nil {
		t.Error(err)
	}
}

// Nor for finding out who asks.
func TestThePBXDoesNotWaitForItsKey_D3_D4(t *testing.T) {
	o := open(t)
	o.front.RouteTime = routeTime
	_, key, err := o.access.AddKey(t.Context(), o.workspace, "", "PBX", []string{access.ScopeRoute})
	if err != nil {
		t.Fatal(err)
	}
	const all = 8 // more than may read at the same time
	var reading sync.WaitGroup
	defer reading.Wait()
	held, let := make(chan struct{}, all), make(chan struct{})
	defer close(let)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	for range all {
		reading.Go(func() {
			_ = o.front.Engine.DB.Read(ctx, string(o.workspace), func(*database.Tx) error { held <- struct{}{}; <-let; return nil })
		})
	}
	<-held
	time.Sleep(routeTime) // the others have what there is, or wait before us
	answered := make(chan string, 1)
	go func() { answered <- askPBX(t, o, key, "1", "Sales") }()
	select {
	case body := <-answered:
		if body != "" {
			t.Errorf("it is told %q", body)
		}
	case <-time.After(patience):
		t.Error("it waits for ever")
	}
}

func TestThePBXAsksWhoIsRung_D4(t *testing.T) {
	o := open(t)
	if now := o.clock.now(); !(crm.Hours{}).Midnight(now).Equal((crm.Hours{}).Midnight(now.Add(time.Hour))) {
		o.clock.advance(time.Hour) // what counts is today's, and today does not end meanwhile
	}
	anna := o.add("anna@example.org", crm.User{Name: "Anna", Extension: "101"})
	ben := o.add("ben@example.org", crm.User{Name: "Ben", Extension: "102"})
	cleo := o.add("cleo@example.org", crm.User{Name: "Cleo", Extension: "103", Left: true})
	dora := o.add("dora@example.org", crm.User{Name: "Dora"})
	ada := o.add("ada@example.org", crm.User{Name: "Ada", Extension: "104", Roles: []crm.ID{crm.Administrator}})
	p := o.signIn("ada@example.org")
	w, client := p.hello()
	newID := func() crm.ID { id, _ := o.access.NewID(); return id }
	queue := crm.Queue{ID: newID(), Name: "Sales", Members: []crm.ID{cleo.ID, ben.ID, dora.ID, newID(), anna.ID, ada.ID}}
	line := crm.Line{ID: newID(), Name: "Sales", Number: crm.Parse("030 1000", "DE").Number(""), Queue: queue.ID}
	alone := crm.Line{ID: newID(), Name: "Support"}
	now := o.clock.now()
	day := line.Hours.Midnight(now)
	call := func(agent crm.ID, way crm.Direction, began, answered time.Time) crm.Change {
		id, err := crm.NewID(began, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		return crm.BeginCall{Call: crm.Call{ID: id, Agent: agent, Direction: way, Party: crm.Parse("030 1234567", "DE"), Began: began, Answered: answered}}
	}
	seq := uint64(1)
	push := func(changes ...crm.Change) {
		t.Helper()
		for _, r := range p.push(w, client, seq, changes...).Results {
			if r.Status != wire.Applied {
				t.Fatalf("%+v", r)
			}
		}
		seq += uint64(len(changes))
	}
	push(crm.SaveQueue{Queue: queue}, crm.SaveLine{Line: line}, crm.SaveLine{Line: alone},
		call(ada.ID, crm.Incoming, now, now),
		call(ben.ID, crm.Incoming, now, now), call(ben.ID, crm.Incoming, now, now),
		call(anna.ID, crm.Incoming, day.Add(-time.Hour), day.Add(-time.Hour)), call(anna.ID, crm.Incoming, day.Add(-time.Hour), day.Add(-time.Hour)),
		call(anna.ID, crm.Outgoing, now, now), call(anna.ID, crm.Incoming, now, time.Time{}))
	_, key, err := o.access.AddKey(t.Context(), o.workspace, "", "PBX", []string{access.ScopeRoute})
	if err != nil {
		t.Fatal(err)
	}
	rung := func(line, want string) {
		t.Helper()
		r, err := http.NewRequest("GET", o.url+"/v1/queue?"+url.Values{"line": {line}}.Encode(), nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-API-Key", string(key))
		if status, kind, body := do(t, r); status != http.StatusOK || kind != "text/plain; charset=utf-8" || string(body) != want {
			t.Errorf("%q, %q: %d %s %q, want %q", line, queue.Ringing, status, kind, body, want)
		}
	}
	rung("Sales", "102,101,104")
	queue.Ringing = crm.Evenly // what was not answered, was answered yesterday, or was called, does not count
	push(crm.SaveQueue{Queue: queue})
	rung("+49301000", "101,104,102")
	queue.Ringing = crm.AllAtOnce
	push(crm.SaveQueue{Queue: queue})
	rung("0301000", "102&101&104")
	rung("Support", "")
	rung("Nowhere", "")
	rung("", "")
	line.Hours = crm.Hours{Zone: "UTC", Spans: []crm.Span{{Day: now.UTC().AddDate(0, 0, 2).Weekday(), From: 540, To: 1020}}}
	push(crm.SaveLine{Line: line})
	rung("Sales", "") // it is closed today
	if status, _ := get(t, o.url+"/v1/queue?line=Support"); status != http.StatusUnauthorized {
		t.Errorf("without a key: %d", status)
	}
}

func TestTheOneLastSpokenToDecides_C3(t *testing.T) {
	o := open(t)
	anna := o.add("anna@example.org", crm.User{Name: "Anna", Extension: "101"})
	ben := o.add("ben@example.org", crm.User{Name: "Ben", Extension: "102", Roles: []crm.ID{crm.Administrator}})
	a, b := o.signIn("anna@example.org"), o.signIn("ben@example.org")
	for _, p := range []*program{a, b} {
		p.must(http.StatusNoContent, "POST", wire.PathPresence, wire.Presence{State: wire.Free}, nil)
	}
	w, client := b.hello()
	one, two := contact(t, o.access, "One", "030 1234567"), contact(t, o.access, "Two", "030 1234567")
	one.Responsible, two.Responsible = anna.ID, ben.ID
	id, _ := o.access.NewID()
	callID, _ := o.access.NewID()
	call := crm.Call{ID: callID, Agent: ben.ID, Direction: crm.Incoming, Party: crm.Parse("030 1234567", "DE"), Began: o.clock.now(), Answered: o.clock.now(),
		Refs: []crm.Ref{{Kind: crm.KindContact, ID: two.ID}}}
	for _, r := range b.push(w, client, 1, crm.SaveLine{Line: crm.Line{ID: id, Name: "Sales", SendToResponsible: true}}, crm.CreateContact{Contact: one},
		crm.CreateContact{Contact: two}, crm.BeginCall{Call: call}).Results {
		if r.Status != wire.Applied {
			t.Fatalf("%+v", r)
		}
	}
	_, key, err := o.access.AddKey(t.Context(), o.workspace, "", "PBX", []string{access.ScopeRoute})
	if err != nil {
		t.Fatal(err)
	}
	if got := askPBX(t, o, key, "+49301234567", "Sales"); got != "102" {
		t.Errorf("it goes to %q", got)
	}
}

func TestOnlyAnExtensionIsToldToADialplan(t *testing.T) {
	for extension, want := range map[string]bool{"101": true, "*97": true, "+4930": true, "": true, "101,1,System(rm)": false, "101&PJSIP/1": false, "${X}": false, "101\n102": false} {
		if dialable(extension) != want {
			t.Errorf("%q", extension)
		}
	}
}
