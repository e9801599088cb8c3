package store

import (
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"leadline/crm"
)

// Whatever agents and administrators do, and in whatever order: never two open leads for
// a number, no trace of an exception, no lead for who is known, no half conversion.
func TestTheRulesHoldInTheFile_B4_E1_F2(t *testing.T) {
	s, n := open(t), 0
	rapid.Check(t, func(rt *rapid.T) {
		n++ // one file for all, numbers of their own for each: opening one is what takes time
		w := &aWorld{t: rt, s: s, numbers: []string{fmt.Sprintf("0221 1%06d", n), fmt.Sprintf("sip:anna%d@example.org", n), fmt.Sprintf("0221 9%06d", n)}}
		w.setUp()
		for range rapid.IntRange(1, 30).Draw(rt, "steps") {
			w.step()
			w.check()
		}
	})
}

type aWorld struct {
	t       *rapid.T
	s       *Store
	numbers []string // the last one is an exception
	line    crm.Line
	open    []crm.ID
	undos   []int64
}

func (w *aWorld) ok(err error) {
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *aWorld) setUp() {
	_, err := w.s.SignIn(ctx, crm.User{Name: "Anna", Extension: "101"})
	w.ok(err)
	_, err = w.s.SetWorkspace(ctx, crm.Workspace{RepeatLeads: true}, nil)
	w.ok(err)
	entries, _ := crm.ParseEntries(crm.Exceptions, "0221 9*", "DE")
	w.line = crm.Line{ID: w.s.NewID(), Name: "L", Mode: crm.Auto}
	w.ok(w.s.Do(ctx, crm.AddEntries{Entries: entries}, crm.SaveLine{Line: w.line}, crm.SaveUser{User: crm.User{ID: w.s.NewID(), Name: "Petra", Extension: "102"}}))
}

func (w *aWorld) party() crm.Party {
	return crm.Parse(rapid.SampledFrom(w.numbers).Draw(w.t, "number"), "DE")
}

func (w *aWorld) step() {
	switch rapid.IntRange(0, 8).Draw(w.t, "step") {
	case 0, 1, 2:
		w.call()
	case 3:
		w.settings()
	case 4:
		w.closeOrOpen()
	case 5:
		w.byHand()
	case 6:
		w.convert()
	case 7:
		if len(w.undos) > 0 {
			err := w.s.Undo(ctx, rapid.SampledFrom(w.undos).Draw(w.t, "undo"))
			var refused crm.Invalid
			if err != nil && !errors.As(err, &refused) {
				w.t.Fatal(err)
			}
		}
	case 8:
		if len(w.open) > 0 {
			id := rapid.SampledFrom(w.open).Draw(w.t, "call")
			w.ok(w.s.AnswerCall(ctx, id, w.s.now()))
			w.ok(w.s.TransferCall(ctx, id, "102"))
		}
	}
}

func (w *aWorld) call() {
	c := crm.Call{Party: w.party(), Line: w.line.ID, Direction: rapid.SampledFrom([]crm.Direction{crm.Incoming, crm.Outgoing}).Draw(w.t, "direction")}
	known, err := w.s.Match(ctx, c.Party)
	w.ok(err)
	var leads int
	w.ok(w.s.readDB.QueryRow("SELECT count(*) FROM lead").Scan(&leads))
	c, _, err = w.s.BeginCall(ctx, c)
	w.ok(err)
	again, d, err := w.s.BeginCall(ctx, c)
	w.ok(err)
	if fmt.Sprint(again.Refs) != fmt.Sprint(c.Refs) || d.Create != "" && c.Direction == crm.Incoming {
		w.t.Fatalf("begun twice, it is on %v and %v, and makes %q", c.Refs, again.Refs, d.Create)
	}
	_, _, err = w.s.RingCall(ctx, c.ID)
	w.ok(err)
	var after int
	w.ok(w.s.readDB.QueryRow("SELECT count(*) FROM lead").Scan(&after))
	if len(known) > 0 && !known[0].Closed && after != leads {
		w.t.Fatalf("%s is known and made a lead", c.Party.Key())
	}
	w.open = append(w.open, c.ID)
}

func (w *aWorld) settings() {
	q, err := w.s.read(ctx)
	w.ok(err)
	leads, err := openLeadIDs(q)
	w.ok(err)
	_, err = w.s.SetWorkspace(ctx, crm.Workspace{RepeatLeads: rapid.Bool().Draw(w.t, "repeat"),
		Mode:      rapid.SampledFrom([]crm.CRMMode{crm.Classic, crm.Simple}).Draw(w.t, "mode"),
		ConvertTo: rapid.SampledFrom([]crm.ConvertTo{crm.ToContact, crm.ToCompany, crm.ToBoth}).Draw(w.t, "to")}, leads)
	w.ok(err)
}

// someLead is a lead of one of the numbers; ok is false when there is none.
func (w *aWorld) someLead() (crm.Lead, bool) {
	var leads []crm.Ref
	for _, number := range w.numbers {
		matches, err := w.s.Match(ctx, crm.Parse(number, "DE"))
		w.ok(err)
		for _, m := range matches {
			if m.Ref.Kind == crm.KindLead {
				leads = append(leads, m.Ref)
			}
		}
	}
	if len(leads) == 0 {
		return crm.Lead{}, false
	}
	rec, err := w.s.Record(ctx, leads[rapid.IntRange(0, len(leads)-1).Draw(w.t, "lead")])
	w.ok(err)
	return *rec.Lead, true
}

func (w *aWorld) closeOrOpen() {
	if l, ok := w.someLead(); ok {
		to := crm.LeadJunk
		if !l.Status.Open() {
			to = crm.LeadNew
		}
		err := w.s.Do(ctx, crm.SetLeadStatus{Lead: l.ID, From: l.Status, To: to})
		var refused crm.Invalid
		if err != nil && !errors.As(err, &refused) {
			w.t.Fatal(err)
		}
	}
}

func (w *aWorld) byHand() {
	kind := rapid.SampledFrom([]crm.Kind{crm.KindLead, crm.KindContact}).Draw(w.t, "kind")
	_, err := w.s.Create(ctx, crm.Form{Kind: kind, LastName: "Groß", Party: w.party()})
	w.ok(err)
}

func (w *aWorld) convert() {
	l, ok := w.someLead()
	if !ok || !l.Status.Open() {
		return
	}
	c, err := w.s.ConversionOf(ctx, l.ID, []crm.Kind{crm.KindContact, crm.KindDeal}, nil, "")
	w.ok(err)
	undo, err := w.s.Convert(ctx, c)
	w.ok(err)
	w.undos = append(w.undos, undo.ID)
}

func (w *aWorld) check() {
	for what, query := range map[string]string{
		"two open leads for a number": `SELECT count(*) FROM (SELECT 1 FROM (SELECT e164 AS peer, key FROM phone UNION ALL SELECT peer, key FROM address) p
			JOIN lead l ON p.key & 3 = 2 AND l.rid = p.key >> 2 WHERE l.open = 1 GROUP BY p.peer HAVING count(*) > 1)`,
		"calls of an exception on records": "SELECT count(*) FROM call_link k JOIN call c ON c.rid = k.call WHERE c.peer LIKE '+492219%'",
		"converted leads without what they became": `SELECT count(*) FROM lead l WHERE l.status = 'Converted' AND EXISTS(SELECT 1 FROM json_each(l.became) b WHERE
			CASE b.value ->> '$.kind' WHEN 'contact' THEN NOT EXISTS(SELECT 1 FROM contact WHERE id = unhex(replace(b.value ->> '$.id', '-', '')))
			WHEN 'company' THEN NOT EXISTS(SELECT 1 FROM company WHERE id = unhex(replace(b.value ->> '$.id', '-', '')))
			ELSE NOT EXISTS(SELECT 1 FROM deal WHERE id = unhex(replace(b.value ->> '$.id', '-', ''))) END)`,
		"links to records that are gone": `SELECT count(*) FROM call_link k WHERE CASE k.key & 3 WHEN 0 THEN NOT EXISTS(SELECT 1 FROM contact WHERE rid = k.key >> 2)
			WHEN 1 THEN NOT EXISTS(SELECT 1 FROM company WHERE rid = k.key >> 2) WHEN 2 THEN NOT EXISTS(SELECT 1 FROM lead WHERE rid = k.key >> 2)
			ELSE NOT EXISTS(SELECT 1 FROM deal WHERE rid = k.key >> 2) END`,
		"links that do not say whether somebody spoke":    linksSpokenWrongly,
		"numbers of leads that do not say which are open": leadsOpenWrongly,
		"numbers of open leads that are none":             "SELECT count(*) FROM phone p WHERE e164 < 0 AND NOT EXISTS(SELECT 1 FROM lead WHERE rid = p.key >> 2 AND p.key & 3 = 2 AND open = 1)",
	} {
		var n int
		w.ok(w.s.readDB.QueryRow(query).Scan(&n))
		if n > 0 {
			w.t.Fatalf("%d: %s", n, what)
		}
	}
}
