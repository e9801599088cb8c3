package store

import (
	"bytes"
	"cmp"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"leadline/crm"
	"leadline/crm/wire"
)

// authority is a server as simple as can be: a file to which commands are applied one by one, and
// from which rows are read by revision.
type authority struct {
	t       fataler
	s       *Store
	rev     uint64
	rows    map[wire.RowID]wire.Row
	results map[crm.ID]wire.Result
	last    map[crm.ID]wire.Ack // by client
}

type fataler interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

func newAuthority(t fataler, s *Store) *authority {
	a := &authority{t: t, s: s, rows: map[wire.RowID]wire.Row{}, results: map[crm.ID]wire.Result{}, last: map[crm.ID]wire.Ack{}}
	a.stamp()
	return a
}

func (a *authority) ok(err error) {
	a.t.Helper()
	if err != nil {
		a.t.Fatal(err)
	}
}

func (a *authority) push(client crm.ID, commands []wire.Command) (results []wire.Result) {
	for _, c := range commands {
		result, seen := a.results[c.ID]
		if !seen {
			if want := a.last[client].Seq + 1; c.Seq != want {
				a.t.Fatalf("command %d comes where %d is next", c.Seq, want)
			}
			result = wire.Result{ID: c.ID, Status: wire.Applied}
			change, err := crm.DecodeChange(c.Name, c.Args)
			a.ok(err)
			if err := a.s.Apply(ctx, crm.Command{ID: c.ID, At: c.At, Change: change}); err != nil {
				result.Status, result.Code, result.Reason = wire.Rejected, wire.RejectInvalid, crm.Say(err.Error())
			} else {
				a.stamp()
				result.Rev = a.rev
			}
			a.results[c.ID] = result
			a.last[client] = wire.Ack{Seq: c.Seq, ID: c.ID}
		}
		results = append(results, result)
	}
	return results
}

// stamp gives each row that changed the next revision.
func (a *authority) stamp() {
	now := map[wire.RowID]json.RawMessage{}
	for _, r := range allRows(a.t, a.s) {
		data, err := rowData(reader{a.s}, r)
		a.ok(err)
		now[r] = data
	}
	a.ok(each(reader{a.s}, "SELECT kind, old, new FROM alias", nil, func(rows *sql.Rows) error {
		r, data := wire.RowID{Entity: wire.Alias}, wire.AliasData{}
		err := rows.Scan(&data.Kind, idBlob{&r.ID}, idBlob{&data.New})
		now[r] = mustJSON(data)
		return err
	}))
	for r := range a.rows {
		if _, there := now[r]; !there {
			now[r] = nil
		}
	}
	for r, data := range now {
		if was, known := a.rows[r]; !known || !bytes.Equal(was.Data, data) {
			a.rev++
			a.rows[r] = wire.Row{Entity: r.Entity, ID: r.ID, Rev: a.rev, Data: data, Deleted: data == nil}
		}
	}
}

// pull gives the rows after a cursor.
func (a *authority) pull(client crm.ID, cursor uint64, limit int) (p wire.Page) {
	p.Rev = cursor
	for _, r := range a.rows {
		if r.Rev > cursor {
			p.Rows = append(p.Rows, r)
		}
	}
	slices.SortFunc(p.Rows, func(x, y wire.Row) int { return cmp.Compare(x.Rev, y.Rev) })
	if p.More = len(p.Rows) > limit; p.More {
		p.Rows = p.Rows[:limit]
	}
	if n := len(p.Rows); n > 0 {
		p.Rev = p.Rows[n-1].Rev
	}
	if last := a.last[client]; !p.More && last.Seq > 0 {
		p.Ack = &last
		for _, r := range a.results {
			if r.Status == wire.Rejected {
				p.Refused = append(p.Refused, r)
			}
		}
	}
	return p
}

func allRows(t fataler, s *Store) (all []wire.RowID) {
	t.Helper()
	q := reader{s}
	add := func(entity wire.Entity, query string, args ...any) {
		if err := each(q, query, args, func(rows *sql.Rows) error {
			r := wire.RowID{Entity: entity}
			err := rows.Scan(idBlob{&r.ID})
			all = append(all, r)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	for _, e := range []wire.Entity{wire.Contact, wire.Company, wire.Lead, wire.Deal, wire.Call, wire.Note, wire.FollowUp, wire.User, wire.Line, wire.Entry} {
		add(e, "SELECT id FROM "+string(e))
	}
	for _, e := range []wire.Entity{wire.Queue, wire.Pipeline, wire.Role, wire.Field} {
		add(e, "SELECT id FROM setup WHERE kind = ?", e)
	}
	var n int
	if err := q.row("SELECT count(*) FROM setup WHERE kind = 'workspace'").Scan(&n); err != nil {
		t.Fatal(err)
	}
	if n > 0 {
		all = append(all, wire.RowID{Entity: wire.Workspace, ID: wire.WorkspaceID})
	}
	return all
}

// agent is a program with a file that is kept in step.
type agent struct {
	*Store
	a *authority
}

func (g agent) client() crm.ID {
	y, err := g.Standing(ctx)
	g.a.ok(err)
	return y.Client
}

// push sends what waits; the answer may be lost.
func (g agent) push(limit int, lost bool) {
	commands, err := g.Outbox(ctx, limit, 1<<20)
	g.a.ok(err)
	if len(commands) == 0 {
		return
	}
	g.a.ok(g.MarkSent(ctx, commands[len(commands)-1].Seq))
	if results := g.a.push(g.client(), commands); !lost {
		g.a.ok(g.Acknowledge(ctx, results))
	}
}

func (g agent) pull(limit int) bool {
	y, err := g.Standing(ctx)
	g.a.ok(err)
	p := g.a.pull(y.Client, y.Cursor, limit)
	g.a.ok(g.ApplyPage(ctx, p))
	return !p.More
}

// pullAll pulls to the head. Each page brings some of the rows that there are, so it takes no more of them.
func (g agent) pullAll(limit int) {
	for range len(g.a.rows) + 1 {
		if g.pull(limit) {
			return
		}
	}
	g.a.ok(fmt.Errorf("%d rows, and their end is not reached", len(g.a.rows)))
}

func (g agent) settle() {
	y, err := g.Standing(ctx)
	g.a.ok(err)
	for range y.Waiting { // each push has one answered at least
		g.push(3, false)
	}
	commands, err := g.Outbox(ctx, 1, 1)
	g.a.ok(err)
	if len(commands) > 0 {
		g.a.ok(fmt.Errorf("command %d still waits after %d pushes", commands[0].Seq, y.Waiting))
	}
	g.pullAll(4)
	g.fetchWanted()
}

func (g agent) fetchWanted() {
	wanted, err := g.Wanted(ctx, 100)
	g.a.ok(err)
	var got []wire.Row
	for _, w := range wanted {
		r, there := g.a.rows[w]
		if !there {
			r = wire.Row{Entity: w.Entity, ID: w.ID, Deleted: true}
		}
		got = append(got, r)
	}
	g.a.ok(g.ApplyRows(ctx, got))
}

// state is all that can be seen of a file.
func state(t fataler, s *Store) (all []string) {
	t.Helper()
	for _, r := range allRows(t, s) {
		data, err := rowData(reader{s}, r)
		if err != nil {
			t.Fatal(err)
		}
		var fields map[string]any
		if err := json.Unmarshal(data, &fields); err != nil {
			t.Fatal(err)
		}
		all = append(all, fmt.Sprint(r, fields))
	}
	slices.Sort(all)
	return all
}

func sameState(t fataler, here, there *Store) {
	t.Helper()
	a, b := state(t, here), state(t, there)
	if !slices.Equal(a, b) {
		only := func(x, y []string) []string {
			return slices.DeleteFunc(slices.Clone(x), func(s string) bool { return slices.Contains(y, s) })
		}
		t.Fatalf("%d and %d rows; only in the one:\n%s\nonly in the other:\n%s", len(a), len(b), only(a, b), only(b, a))
	}
	for _, table := range []string{"shadow", "pending", "row_wanted"} {
		var n int
		if err := there.readDB.QueryRow("SELECT count(*) FROM " + table).Scan(&n); err != nil || n > 0 {
			t.Fatalf("%s has %d rows in the end: %v", table, n, err)
		}
	}
	var spoken int
	if err := there.readDB.QueryRow(linksSpokenWrongly).Scan(&spoken); err != nil || spoken > 0 {
		t.Fatalf("%d links do not say whether somebody spoke: %v", spoken, err)
	}
	var derived [2]int
	for i, s := range []*Store{here, there} {
		if err := s.readDB.QueryRow("SELECT (SELECT count(*) FROM phone) * 1000 + (SELECT count(*) FROM call_link)").Scan(&derived[i]); err != nil {
			t.Fatal(err)
		}
	}
	if derived[0] != derived[1] {
		t.Fatalf("numbers and links: %d and %d", derived[0], derived[1])
	}
}

func attached(t testing.TB, a *authority, name string) agent {
	t.Helper()
	s := open(t)
	u := crm.User{ID: s.NewID(), Name: name}
	ok(t, a.s.Do(ctx, crm.SaveUser{User: u}))
	a.stamp()
	ok(t, s.Attach(ctx, Attachment{Server: "test", Key: []byte("key"), User: u}))
	return agent{s, a}
}

// Two agents and a server do whatever they do, and answers are lost: all have the same in the end.
func TestAllHaveTheSameInTheEnd(t *testing.T) {
	server, one, two := open(t), open(t), open(t)
	for _, s := range []*Store{one, two} {
		ok(t, s.Attach(ctx, Attachment{Server: "test"}))
	}
	a := newAuthority(t, server) // the files go on from case to case: making them is what takes time
	rapid.Check(t, func(rt *rapid.T) {
		a.t = rt
		w := &syncWorld{t: rt, a: a, agents: []agent{{one, a}, {two, a}}}
		for range rapid.IntRange(1, 25).Draw(rt, "steps") {
			w.step()
			w.nothingVanished()
		}
		for range 2 {
			for _, g := range w.agents {
				g.settle()
			}
		}
		for _, g := range w.agents {
			sameState(rt, server, g.Store)
		}
		for _, r := range allRows(rt, server) {
			if isRecord(r) {
				a.ok(one.Do(ctx, crm.RemoveRecord{Ref: refOfRow(r)}))
			}
		}
		w.agents[0].settle()
	})
}

// nothingVanished: what an agent wrote last is what that agent sees, until the server says otherwise.
func (w *syncWorld) nothingVanished() {
	for _, g := range w.agents {
		last := map[crm.Ref]any{}
		rows, err := g.readDB.Query("SELECT cmd || '/' || version, args FROM outbox WHERE state <> ? ORDER BY seq", refused)
		w.a.ok(err)
		for rows.Next() {
			var name, args string
			w.a.ok(rows.Scan(&name, &args))
			change, err := crm.DecodeChange(name, []byte(args))
			w.a.ok(err)
			switch do := change.(type) {
			case crm.UpdateRecord:
				last[do.Ref] = do.Set["comment"]
			case crm.MergeRecords:
				delete(last, do.Keep)
			}
		}
		w.a.ok(rows.Err())
		for r, comment := range last {
			record, err := g.Record(ctx, r)
			if errors.Is(err, ErrNotFound) { // removed meanwhile
				continue
			}
			w.a.ok(err)
			seen := ""
			switch {
			case record.Contact != nil:
				seen = record.Contact.Comment
			case record.Company != nil:
				seen = record.Company.Comment
			case record.Lead != nil:
				seen = record.Lead.Comment
			case record.Deal != nil:
				seen = record.Deal.Comment
			}
			if seen != comment && !w.merged(g, r) {
				w.t.Fatalf("%v: %q was written, %q is seen", r, comment, seen)
			}
		}
	}
}

// merged says whether a record was merged into another one, which has its own comment.
func (w *syncWorld) merged(g agent, r crm.Ref) bool {
	is, err := isHere(reader{g.Store}, rowOf(r))
	w.a.ok(err)
	return !is
}

type syncWorld struct {
	t      *rapid.T
	a      *authority
	agents []agent
	mine   []crm.Ref // records that were made
	calls  []crm.ID
}

func (w *syncWorld) step() {
	g := rapid.SampledFrom(w.agents).Draw(w.t, "agent")
	switch rapid.IntRange(0, 4).Draw(w.t, "step") {
	case 0:
		g.push(rapid.IntRange(1, 4).Draw(w.t, "commands"), rapid.Bool().Draw(w.t, "lost"))
	case 1:
		g.pull(rapid.IntRange(1, 5).Draw(w.t, "rows"))
	default:
		change := w.change(g)
		if change == nil {
			return
		}
		err := g.Do(ctx, change)
		var invalid crm.Invalid
		if err != nil && !errors.As(err, &invalid) && !errors.Is(err, ErrNotFound) {
			w.t.Fatal(err)
		}
	}
}

func (w *syncWorld) record(kinds ...crm.Kind) crm.Ref {
	var some []crm.Ref
	for _, r := range w.mine {
		if len(kinds) == 0 || slices.Contains(kinds, r.Kind) {
			some = append(some, r)
		}
	}
	if len(some) == 0 {
		return crm.Ref{}
	}
	return rapid.SampledFrom(some[max(0, len(some)-6):]).Draw(w.t, "record")
}

func (w *syncWorld) change(g agent) crm.Change {
	word := rapid.SampledFrom([]string{"", "a", "b", "c"})
	id := g.NewID()
	switch rapid.IntRange(0, 10).Draw(w.t, "change") {
	case 0:
		w.mine = append(w.mine, crm.Ref{Kind: crm.KindContact, ID: id})
		return crm.CreateContact{Contact: crm.Contact{ID: id, LastName: word.Draw(w.t, "name"), Company: w.record(crm.KindCompany).ID,
			Numbers: []crm.Number{{E164: 49301, Written: "1"}}}}
	case 1:
		w.mine = append(w.mine, crm.Ref{Kind: crm.KindCompany, ID: id})
		return crm.CreateCompany{Company: crm.Company{ID: id, Name: word.Draw(w.t, "name")}}
	case 2:
		w.mine = append(w.mine, crm.Ref{Kind: crm.KindDeal, ID: id})
		return crm.CreateDeal{Deal: crm.Deal{ID: id, Contact: w.record(crm.KindContact).ID, Company: w.record(crm.KindCompany).ID}}
	case 3:
		w.mine = append(w.mine, crm.Ref{Kind: crm.KindLead, ID: id})
		return crm.CreateLead{Lead: crm.Lead{ID: id, Title: word.Draw(w.t, "title")}}
	case 4, 5:
		r := w.record()
		u := crm.UpdateRecord{Ref: r, Set: map[string]any{"comment": word.Draw(w.t, "comment"), "source": "s"}, Add: map[string][]any{"marks": {word.Draw(w.t, "mark")}}}
		if r.None() {
			return nil
		}
		return u
	case 6:
		keep, gone := w.record(crm.KindContact), w.record(crm.KindContact)
		if m, _, err := g.MergeOf(ctx, keep, gone, nil); err == nil {
			return m
		}
	case 7:
		if r := w.record(); !r.None() {
			return crm.RemoveRecord{Ref: r}
		}
	case 8:
		w.calls = append(w.calls, id)
		call := crm.Call{ID: id, Direction: crm.Incoming, Party: crm.Parse("030 1", "DE"), Began: noon}
		if r := w.record(); !r.None() {
			call.Refs = []crm.Ref{r}
		}
		return crm.BeginCall{Call: call}
	case 9:
		if len(w.calls) > 0 {
			return crm.SaveNote{Call: rapid.SampledFrom(w.calls).Draw(w.t, "call"), Text: word.Draw(w.t, "note"), At: noon}
		}
	case 10:
		if r := w.record(); !r.None() {
			return crm.SaveRecordNote{Note: crm.Note{ID: id, Ref: r, At: noon, Text: word.Draw(w.t, "note")}}
		}
	}
	return nil
}
