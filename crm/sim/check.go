package sim

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"leadline/crm"
	"leadline/crm/server"
	"leadline/crm/server/database"
	"leadline/crm/store"
	"leadline/crm/wire"
)

// promise is something that a file has acknowledged, so that it has to be everywhere in the end.
type promise struct {
	by    *agent
	step  int
	made  crm.Ref // a record
	call  crm.ID  // a call
	text  string  // a note or follow-up …
	hung  crm.ID  // … whose id this is
	on    crm.Ref // … on this record
	noted crm.ID  // … or on this call
}

func (p promise) String() string {
	return fmt.Sprintf("what %s did in step %d (%v%s%s %v)", p.by.user.Name, p.step, p.made.ID, p.call, p.text, p.on.ID)
}

func (w *World) promise(p promise) {
	if p.made.ID == "" && p.call == "" && p.text == "" {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.removed[p.on.ID] {
		w.promises = append(w.promises, p)
	}
}

// release takes promises back: the machine that had the only copy was replaced by an older one.
func (w *World) release(which func(promise) bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.promises = slices.DeleteFunc(w.promises, which)
}

// gone takes back what was promised about a record that somebody removed or merged.
func (w *World) gone(id crm.ID) {
	w.mu.Lock()
	w.removed[id] = true
	w.mu.Unlock()
	w.release(func(p promise) bool { return p.made.ID == id || p.on.ID == id })
}

// rewritten takes back what was promised about words that somebody changed.
func (w *World) rewritten(text string) {
	w.release(func(p promise) bool { return p.text == text })
}

// check looks at a company in which everything has come together.
func (w *World) check(ctx context.Context) error {
	all, err := w.rows(ctx)
	if err != nil {
		return err
	}
	w.tell(all)
	for _, check := range []func(context.Context, map[wire.RowID]wire.Row) error{
		w.checkRevisions, w.checkFiles, w.checkPromises, w.checkLeads, w.checkCalls, w.checkAliases, w.checkOnce, w.checkErased, w.checkNewer, w.checkLastWord,
	} {
		if err := check(ctx, all); err != nil {
			return err
		}
	}
	return nil
}

// rows are all rows of the server, as one who sees everything pulls them.
func (w *World) rows(ctx context.Context) (map[wire.RowID]wire.Row, error) {
	from := server.Sender{Workspace: w.workspace, User: w.agents[0].user.ID}
	welcome, err := w.engine.Hello(ctx, from, wire.Hello{Client: w.id(), Schemas: []int{wire.Schema}})
	if err != nil {
		return nil, err
	}
	all, last := map[wire.RowID]wire.Row{}, uint64(0)
	for p := (wire.Pull{Epoch: welcome.Epoch, View: welcome.View, Limit: 50}); ; {
		page, err := w.engine.Pull(ctx, from, p)
		if err != nil {
			return nil, err
		}
		for _, r := range page.Rows {
			if r.Rev <= last || r.Rev > page.Rev {
				return nil, fmt.Errorf("revision %d comes after %d, in a page up to %d", r.Rev, last, page.Rev)
			}
			last = r.Rev
			id := wire.RowID{Entity: r.Entity, ID: r.ID}
			if all[id] = r; r.Deleted {
				delete(all, id)
				w.tombs[id] = true
			}
		}
		if p.Cursor = page.Rev; !page.More {
			return all, nil
		}
	}
}

// checkRevisions: no two rows have the same revision, and none is beyond the head.
func (w *World) checkRevisions(ctx context.Context, all map[wire.RowID]wire.Row) error {
	head, err := w.head(ctx)
	if err != nil {
		return err
	}
	seen := map[uint64]wire.RowID{}
	for id, r := range all {
		if other, twice := seen[r.Rev]; twice || r.Rev > head.Rev || r.Rev == 0 {
			return fmt.Errorf("%v has revision %d of %d, as %v has", id, r.Rev, head.Rev, other)
		}
		seen[r.Rev] = id
	}
	return nil
}

// checkFiles: every file has what the server has, of what its user may see, and nothing else.
func (w *World) checkFiles(ctx context.Context, all map[wire.RowID]wire.Row) error {
	for _, a := range w.agents {
		has, err := a.rows(ctx)
		if err != nil {
			return err
		}
		for _, id := range sorted(all) {
			r := all[id]
			if !a.sees(r) || !inFiles(id.Entity) || hasLeft(r) {
				continue
			}
			data, there := has[id]
			if !there {
				return fmt.Errorf("%s has no %s %s, which the server has: %s", a.user.Name, id.Entity, id.ID, r.Data)
			}
			if diff := differences(r.Data, data); diff != "" {
				history, err := w.history(ctx, string(id.ID))
				return errors.Join(fmt.Errorf("%s has another %s %s than the server: %s%s", a.user.Name, id.Entity, id.ID, diff, history), err)
			}
		}
		for _, id := range sorted(has) {
			if r, there := all[id]; !there || !a.sees(r) && !a.took(r) {
				history, err := w.history(ctx, string(id.ID))
				return errors.Join(fmt.Errorf("%s has a %s %s that the server does not let it have (there: %t)%s", a.user.Name, id.Entity, id.ID, there, history), err)
			}
		}
	}
	return nil
}

func sorted[V any](rows map[wire.RowID]V) []wire.RowID {
	return slices.SortedFunc(maps.Keys(rows), func(a, b wire.RowID) int {
		return cmp.Or(cmp.Compare(a.Entity, b.Entity), cmp.Compare(a.ID, b.ID))
	})
}

// inFiles says whether files have rows of a kind that Everything gives.
func inFiles(e wire.Entity) bool { return e != wire.Alias && e != wire.Number }

// hasLeft is of users, whom files keep for their names when they have left the company: Rows has only those who are there.
func hasLeft(r wire.Row) bool {
	var u crm.User
	return r.Entity == wire.User && json.Unmarshal(r.Data, &u) == nil && u.Left
}

func (a *agent) sees(r wire.Row) bool {
	if a.user.Left {
		return false
	}
	reach := crm.RightsOf(a.user, append(crm.StandardRoles(), a.w.role)).SeeCalls
	if r.Entity != wire.Call || reach == crm.ReachAll {
		return true
	}
	return reach == crm.ReachOwn && a.took(r)
}

// took says whether a row is a call of the agent's own: a program keeps those that it made, also for somebody who is to see none, who has
// to be able to end them and to write what they were about. From a snapshot they do not come.
func (a *agent) took(r wire.Row) bool {
	var c crm.Call
	return !a.user.Left && r.Entity == wire.Call && json.Unmarshal(r.Data, &c) == nil && c.Agent == a.user.ID
}

// rows are all rows of a file.
func (a *agent) rows(ctx context.Context) (map[wire.RowID]json.RawMessage, error) {
	return a.file.Rows(ctx)
}

// differences are the fields in which two documents differ; "" when they say the same.
func differences(server, file json.RawMessage) string {
	var s, f map[string]any
	if err := errors.Join(json.Unmarshal(server, &s), json.Unmarshal(file, &f)); err != nil {
		return err.Error()
	}
	var diffs []string
	for _, field := range slices.Sorted(maps.Keys(union(s, f))) {
		x, y := mustJSON(inMilliseconds(s[field])), mustJSON(inMilliseconds(f[field]))
		if x != y && !(empty[x] && empty[y]) {
			diffs = append(diffs, fmt.Sprintf("%s is %s there and %s here", field, x, y))
		}
	}
	return strings.Join(diffs, "; ")
}

// empty is how JSON writes that there is nothing.
var empty = map[string]bool{"null": true, "[]": true, "{}": true, `""`: true}

// inMilliseconds is a value with its times as files keep them.
func inMilliseconds(v any) any {
	switch v := v.(type) {
	case string:
		if at, err := time.Parse(time.RFC3339Nano, v); err == nil {
			return at.UnixMilli()
		}
	case map[string]any:
		for field, value := range v {
			v[field] = inMilliseconds(value)
		}
	case []any:
		for i, value := range v {
			v[i] = inMilliseconds(value)
		}
	}
	return v
}

func union[V any](a, b map[string]V) map[string]V {
	all := maps.Clone(a)
	if all == nil {
		all = map[string]V{}
	}
	maps.Copy(all, b)
	return all
}

func mustJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // what JSON gave
	}
	return string(b)
}

// checkPromises: what a file acknowledged is there, or in the tray of who did it.
func (w *World) checkPromises(ctx context.Context, all map[wire.RowID]wire.Row) error {
	texts := map[string]bool{}
	for _, r := range all {
		var t struct {
			Text string `json:"text"`
			Note string `json:"note"` // of a call
		}
		if json.Unmarshal(r.Data, &t) == nil {
			texts[t.Text], texts[t.Note] = true, true
		}
	}
	trays := map[*agent][]store.RefusedChange{}
	for _, a := range w.agents {
		tray, err := a.file.Refused(ctx)
		if err != nil {
			return err
		}
		trays[a] = tray
	}
	merged, err := w.mergedGroups(ctx)
	if err != nil {
		return err
	}
	erased := w.erasedIDs()
	for _, p := range w.promises {
		if erased[p.made.ID] || erased[p.on.ID] || erased[p.call] || erased[p.noted] {
			continue // a call that only a backup lacks is not brought again: what was sent of it told of the person
		}
		if _, there := all[wire.RowID{Entity: wire.EntityOf(p.on.Kind), ID: p.on.ID}]; !there && erased[p.hung] {
			continue // it hung on a customer's record, since the lead turned out to be theirs, and was erased with the customer
		}
		if w.removedByPeople(merged[p.made.ID]) || w.removedByPeople(merged[p.on.ID]) {
			continue
		}
		if slices.ContainsFunc(w.became(p.on.ID), func(id crm.ID) bool { return erased[id] || w.removed[id] }) {
			continue // it went along with a lead that was converted
		}
		_, record := all[wire.RowID{Entity: wire.EntityOf(p.made.Kind), ID: p.made.ID}]
		_, alias := all[wire.RowID{Entity: wire.Alias, ID: p.made.ID}]
		_, call := all[wire.RowID{Entity: wire.Call, ID: p.call}]
		if record || alias || call || p.text != "" && texts[p.text] || inTray(trays[p.by], p) {
			continue
		}
		history, err := w.history(ctx, cmp.Or(string(p.made.ID), string(p.call), p.text))
		return errors.Join(fmt.Errorf("%v is lost: %s", p, history), err)
	}
	return nil
}

// mergedGroups are the ids that the server merged with each other, under each of them. Somebody who merges a record on without
// knowing that it stands for another merges that other, too.
func (w *World) mergedGroups(ctx context.Context) (map[crm.ID][]crm.ID, error) {
	groups := map[crm.ID][]crm.ID{}
	err := w.db.Read(ctx, string(w.workspace), func(t *database.Tx) error {
		return t.Each(ctx, "SELECT args FROM audit WHERE ws = $1 AND command = 'record.merge/1' AND code = '' AND args <> ''", []any{t.Workspace}, func(scan func(...any) error) error {
			var args string
			var m crm.MergeRecords
			if err := errors.Join(scan(&args), json.Unmarshal([]byte(args), &m)); err != nil {
				return err
			}
			both := []crm.ID{m.Keep.ID, m.Gone.ID}
			both = append(append(both, groups[m.Keep.ID]...), groups[m.Gone.ID]...)
			for _, id := range both {
				groups[id] = both
			}
			return nil
		})
	})
	return groups, err
}

// removedByPeople says whether somebody removed one of some records: with it went what had been merged into it.
func (w *World) removedByPeople(ids []crm.ID) bool {
	return slices.ContainsFunc(ids, func(id crm.ID) bool { return w.deleted[id] })
}

// became is into what a record was merged or converted, and what that was.
func (w *World) became(id crm.ID) []crm.ID {
	all := []crm.ID{id}
	for i := 0; i < len(all); i++ {
		for _, into := range w.merged[all[i]] {
			if !slices.Contains(all, into) {
				all = append(all, into)
			}
		}
	}
	return all[1:]
}

// history is what the server was told of something.
func (w *World) history(ctx context.Context, of string) (lines string, err error) {
	err = w.db.Read(ctx, string(w.workspace), func(t *database.Tx) error {
		return t.Each(ctx, "SELECT rev, command, code, args FROM audit WHERE ws = $1 AND instr(args, $2) > 0 ORDER BY n", []any{t.Workspace, of}, func(scan func(...any) error) error {
			var rev int64
			var command, code, args string
			err := scan(&rev, &command, &code, &args)
			lines += fmt.Sprintf("\n\t%d %s %s %s", rev, command, code, args)
			return err
		})
	})
	return lines, err
}

func inTray(tray []store.RefusedChange, p promise) bool {
	return slices.ContainsFunc(tray, func(r store.RefusedChange) bool {
		args := mustJSON(r.Change)
		return p.made.ID != "" && strings.Contains(args, string(p.made.ID)) || p.call != "" && strings.Contains(args, string(p.call)) || p.text != "" && strings.Contains(args, p.text)
	})
}

// checkLeads: no number has two open leads (B4).
func (w *World) checkLeads(_ context.Context, all map[wire.RowID]wire.Row) error {
	open := map[crm.E164]crm.ID{}
	for id, r := range all {
		if id.Entity != wire.Lead {
			continue
		}
		var l crm.Lead
		if err := json.Unmarshal(r.Data, &l); err != nil {
			return err
		}
		for _, n := range l.Numbers {
			if other := open[n.E164]; l.Status.Open() && n.E164 != 0 && other != "" && other != id.ID {
				return fmt.Errorf("%s has two open leads, %s and %s", n.E164, other, id.ID)
			}
			if l.Status.Open() {
				open[n.E164] = id.ID
			}
		}
	}
	return nil
}

// checkCalls: what a call is saved on is there, and it is on one lead at most.
func (w *World) checkCalls(ctx context.Context, all map[wire.RowID]wire.Row) error {
	for _, id := range sorted(all) {
		r := all[id]
		if id.Entity != wire.Call {
			continue
		}
		var c crm.Call
		if err := json.Unmarshal(r.Data, &c); err != nil {
			return err
		}
		leads := 0
		for _, ref := range c.Refs {
			// One that was never there was made on a machine that is lost, or is restored.
			if w.tombs[wire.RowID{Entity: wire.EntityOf(ref.Kind), ID: ref.ID}] {
				history, err := w.history(ctx, string(ref.ID))
				return errors.Join(fmt.Errorf("call %s is saved on %v, which was removed: %s", id.ID, ref, history), err)
			}
			if ref.Kind == crm.KindLead {
				leads++
			}
		}
		if leads > 1 {
			history, err := w.history(ctx, string(id.ID))
			return errors.Join(fmt.Errorf("call %s is on %d leads: %v%s", id.ID, leads, c.Refs, history), err)
		}
	}
	return nil
}

// checkAliases: what a record was merged into was not merged into another one, and is not an alias.
func (w *World) checkAliases(_ context.Context, all map[wire.RowID]wire.Row) error {
	for id, r := range all {
		if id.Entity != wire.Alias {
			continue
		}
		var a wire.AliasData
		if err := json.Unmarshal(r.Data, &a); err != nil {
			return err
		}
		if _, again := all[wire.RowID{Entity: wire.Alias, ID: a.New}]; again || a.New == id.ID {
			return fmt.Errorf("%s is an alias of %s, which is one too", id.ID, a.New)
		}
	}
	return nil
}

// checkOnce: no command was applied twice in the history that the server has now.
func (w *World) checkOnce(ctx context.Context, _ map[wire.RowID]wire.Row) error {
	return w.db.Read(ctx, string(w.workspace), func(t *database.Tx) error {
		return t.Each(ctx, "SELECT uuid, count(*) FROM audit WHERE ws = $1 GROUP BY uuid HAVING count(*) > 1 LIMIT 1", []any{t.Workspace}, func(scan func(...any) error) error {
			var id string
			var n int
			if err := scan(&id, &n); err != nil {
				return err
			}
			return fmt.Errorf("command %s was done %d times", id, n)
		})
	})
}
