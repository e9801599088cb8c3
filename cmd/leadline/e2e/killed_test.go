package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/server/database"
	"leadline/crm/server/ledger"
	"leadline/crm/server/rig/company"
	"leadline/crm/store"
	"leadline/crm/wire"
	phone "leadline/phone/rig"
	ui "leadline/ui/rig"
)

// How the line to the shared server is.
const (
	lineOpen = iota
	lineDown // nothing gets through
	lineDeaf // what is pushed arrives, and its answer is lost
)

// headquarters is the shared server, and the line to it.
type headquarters struct {
	*company.Company
	line   atomic.Int32
	pushed atomic.Int32 // pushes whose answer was lost
}

const agentMail = "anna@example.org"

// newHeadquarters has one agent, and a line of the telephone that makes a lead of every caller (B1).
func newHeadquarters(t *testing.T) *headquarters {
	t.Helper()
	h := &headquarters{}
	h.Company = company.New(t, func(server http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch line := h.line.Load(); {
			case line == lineDeaf && r.URL.Path == wire.PathPush:
				server.ServeHTTP(httptest.NewRecorder(), r)
				h.pushed.Add(1)
				panic(http.ErrAbortHandler)
			case line == lineDown:
				panic(http.ErrAbortHandler)
			}
			server.ServeHTTP(w, r)
		})
	})
	h.User(crm.User{Name: "Anna", Email: agentMail})
	line := crm.SaveLine{Line: crm.Line{ID: h.ID(), Name: "Head office", Mode: crm.Auto, LeadFor: crm.LeadForAll}}
	if err := h.Do(t.Context(), h.Workspace, ledger.Sender{System: true}, line); err != nil {
		t.Fatal(err)
	}
	return h
}

// all are the rows of a kind that are there.
func all[T any](h *headquarters, entity wire.Entity) (list []T) {
	h.T.Helper()
	err := h.Engine.DB.Read(h.T.Context(), string(h.Workspace), func(tx *database.Tx) error {
		rows, err := tx.Rows(h.T.Context()).All(entity)
		for _, r := range rows {
			v, bad := ledger.Read[T](r)
			if bad != nil {
				return bad
			}
			list = append(list, v)
		}
		return err
	})
	if err != nil {
		h.T.Fatal(err)
	}
	return list
}

// The program is killed (kill -9) in the middle of a call: with what it has done at the server already and no answer to it, with
// no line to the server, and with everything on its way. What it has said to be saved is there and at the server, each once.
func TestKilledInTheMiddleOfEverythingNothingIsLostOrDoneTwice_I1(t *testing.T) {
	h := newHeadquarters(t)
	dir, err := os.MkdirTemp("", "desk") // the path of the automation door has to be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	o := &office{t: t, pulse: phone.StartPulse(t), screen: ui.StartScreen(t, ""), dir: dir, more: []string{"LEADLINE_PASSWORD=" + company.Password}}
	r := newRegistrar(t)
	o.configure(account(r) + fmt.Sprintf("default_line = \"Head office\"\n[server]\nurl = %q\nuser = %q\n", h.URL, agentMail))
	start := func() (*program, registered) {
		t.Helper()
		for len(r.came) > 0 {
			<-r.came // of the one that was killed
		}
		p := o.start()
		at := r.Wait(t, 30*time.Second)
		p.until("everything is everywhere", func(s state) bool { return s.Sync == "live" && s.Waiting == 0 })
		return p, at
	}
	p, at := start()
	type called struct{ number, note string }
	var calls []called
	for i, line := range []int32{lineDeaf, lineDown, lineOpen} {
		c := called{fmt.Sprintf("+49308800%04d", i), fmt.Sprintf("Wants %d brackets by Friday", 40+i)}
		calls = append(calls, c)
		lost := h.pushed.Load()
		h.line.Store(line)
		call := newCaller(t).Call(at.Contact, at.User, c.number)
		p.shows("call", "Incoming")
		p.tap("call", "Answer")
		call.Answered()
		p.types("call", "Note", c.note)
		p.until("the note is saved", func(s state) bool { return len(s.Calls) == 1 && s.Calls[0].NoteSaved })
		switch line {
		case lineDeaf:
			phone.Eventually(t, soon, "a push is done and not answered", func() (bool, string) { return h.pushed.Load() > lost, "none" })
		case lineDown:
			p.until("all of it waits", func(s state) bool { return s.Waiting >= 3 }) // the lead, the call, the note
		}
		p.Kill()
		h.line.Store(lineOpen)
		p, at = start()
	}
	// One of them calls again, and is known.
	again := newCaller(t).Call(at.Contact, at.User, calls[0].number)
	p.shows("call", "Incoming")
	again.GiveUp()
	p.until("all is told, and one call is missed", func(s state) bool {
		gone := len(s.Calls) == 0 || len(s.Calls) == 1 && s.Calls[0].Outcome == "missed" // its window goes by itself
		return gone && s.Missed == 1 && s.Waiting == 0 && s.Sync == "live"
	})
	if s := p.state(); s.Refused > 0 {
		t.Errorf("%d refused", s.Refused)
	}
	p.Kill()
	file, err := store.Open(t.Context(), filepath.Join(dir, "data", "leadline.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()

	there, leads := all[crm.Call](h, wire.Call), all[crm.Lead](h, wire.Lead)
	if len(there) != len(calls)+1 || len(leads) != len(calls) {
		t.Errorf("%d calls and %d leads at the server, want %d and %d", len(there), len(leads), len(calls)+1, len(calls))
	}
	for _, c := range calls {
		var noted int
		for _, k := range there {
			if here, err := file.Call(t.Context(), k.ID); err != nil || here.Call.Note != k.Note || here.Call.Outcome != k.Outcome {
				t.Errorf("the file has %+v, %v, the server %+v", here.Call, err, k)
			}
			if k.Note == c.note && k.Party.Key() == c.number && k.Outcome == crm.Interrupted && !k.Answered.IsZero() {
				noted++
			}
		}
		if noted != 1 {
			t.Errorf("%d calls of %s with its note, want one: %+v", noted, c.number, there)
		}
		of := slices.DeleteFunc(slices.Clone(leads), func(l crm.Lead) bool {
			return !slices.ContainsFunc(l.Numbers, func(n crm.Number) bool { return n.Party().Key() == c.number })
		})
		if len(of) != 1 {
			t.Errorf("%d leads of %s, want one", len(of), c.number)
			continue
		}
		for _, k := range there {
			if k.Party.Key() == c.number && !slices.Contains(k.Refs, crm.Ref{Kind: crm.KindLead, ID: of[0].ID}) {
				t.Errorf("the call %+v is not on the lead of its number", k)
			}
		}
	}
	if broken, err := h.Engine.Verify(t.Context(), h.Workspace); err != nil || len(broken) > 0 {
		t.Errorf("the server: %q, %v", broken, err)
	}
}
