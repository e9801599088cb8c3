package desk

import (
	"cmp"
	"context"
	"slices"
	"time"

	"leadline/crm"
)

// look waits until all is done, and looks whether the desk and its file have what they must have.
func (w *walk) look() {
	w.t.Helper()
	w.settle()
	w.mu.Lock()
	for _, key := range w.noticed {
		w.wrong("the agent was told: %s", key)
	}
	w.noticed = nil
	w.mu.Unlock()
	rows := w.rows()
	w.lookAtLog(rows)
	w.lookAtMissed(rows)
	w.lookAtLeads()
	w.lookAtDesk(rows)
	for _, c := range w.calls {
		c.unsure, c.linked = false, false
	}
	if w.t.Failed() {
		w.t.FailNow()
	}
}

func (w *walk) wrong(format string, args ...any) {
	w.t.Helper()
	w.t.Errorf("after step %d: "+format, append([]any{len(w.steps)}, args...)...)
}

// rows is the call log by when the calls began, no two at once.
func (w *walk) rows() map[int64][]crm.CallRow {
	w.t.Helper()
	all := map[int64][]crm.CallRow{}
	for n := 0; ; {
		page, err := w.file.Calls(context.Background(), crm.Query{Limit: 128, Offset: n})
		w.must(page, err)
		for _, row := range page.Rows {
			whole, err := w.file.Call(context.Background(), row.Call.ID)
			w.must(whole, err)
			at := row.Call.Began.UnixMilli()
			all[at] = append(all[at], whole)
		}
		if n += len(page.Rows); len(page.Rows) < 128 {
			return all
		}
	}
}

// lookAtLog: each call has one row, which says how it ended (C4) and what was noted (H4); an exception is on nothing (E1).
func (w *walk) lookAtLog(rows map[int64][]crm.CallRow) {
	w.t.Helper()
	n := 0
	for _, c := range w.calls {
		found := rows[c.now.Began.UnixMilli()]
		n += len(found)
		if len(found) != 1 {
			w.wrong("%s has %d rows", c.now.ID, len(found))
			continue
		}
		row := found[0].Call
		if row.Outcome != c.outcome {
			w.wrong("%s is %v in the log, want %v", c.now.ID, row.Outcome, c.outcome)
		}
		if last := lastOf(c.notes); row.Note != last {
			w.wrong("%s has the note %q, typed was %q", c.now.ID, row.Note, last)
		}
		if (c.alone || row.Reason.Key == crm.ReasonException) && len(row.Refs) > 0 {
			w.wrong("%s is an exception and on %v", c.now.ID, row.Refs)
		}
	}
	for at, found := range rows {
		if !slices.ContainsFunc(w.calls, func(c *walkCall) bool { return c.now.Began.UnixMilli() == at }) {
			w.wrong("there was no such call: %+v", found)
		}
	}
}

func lastOf(notes []string) string {
	if len(notes) == 0 {
		return ""
	}
	return notes[len(notes)-1]
}

// lookAtMissed: a missed call waits until there was a later conversation with the number (H6).
func (w *walk) lookAtMissed(rows map[int64][]crm.CallRow) {
	w.t.Helper()
	var all []crm.Call
	for _, found := range rows {
		all = append(all, found[0].Call)
	}
	slices.SortFunc(all, func(a, b crm.Call) int { return a.Began.Compare(b.Began) })
	waits := map[string]bool{}
	for _, c := range all {
		switch {
		case c.Party.Key() == "":
		case !c.Answered.IsZero(), c.Outcome == crm.Answered, c.Outcome == crm.AnsweredElsewhere:
			delete(waits, c.Party.Key())
		case c.Direction == crm.Incoming && (c.Outcome == crm.Missed || c.Outcome == crm.Interrupted):
			waits[c.Party.Key()] = true
		}
	}
	page, err := w.file.Missed(context.Background(), crm.Query{Limit: 128})
	w.must(page, err)
	for _, row := range page.Rows {
		if key := row.Call.Party.Key(); !waits[key] {
			w.wrong("%s is still to be called back", key)
		} else {
			delete(waits, key)
		}
	}
	for key := range waits {
		w.wrong("%s is not to be called back", key)
	}
}

// lookAtLeads: one open lead for a number (B4), none in the simple mode (F2), none that a rule has made for an exception (E1).
func (w *walk) lookAtLeads() {
	w.t.Helper()
	of := map[string]crm.ID{}
	simple := w.mode() == crm.Simple
	for _, l := range w.leads() {
		for _, c := range w.calls {
			if c.alone && l.Origin.ByRule() && l.Origin.Call == crm.ID(c.id) {
				w.wrong("%s is an exception and made a lead", c.now.ID)
			}
		}
		if !l.Status.Open() {
			continue
		}
		if simple {
			w.wrong("the simple mode has the open lead %q of %v", l.Name(), l.Numbers)
		}
		for _, n := range l.Numbers {
			key := n.Party().Key()
			if other := of[key]; other != "" && other != l.ID {
				w.wrong("%s has two open leads", key)
			}
			of[key] = l.ID
		}
	}
}

// lookAtDesk: what the windows show is what the file has, and what was typed into forms is there (B2, H4).
func (w *walk) lookAtDesk(rows map[int64][]crm.CallRow) {
	w.t.Helper()
	ctx := context.Background()
	s := w.desk.Snapshot()
	missed, err1 := w.file.MissedCount(ctx)
	leads, err2 := w.file.OpenLeads(ctx)
	due, err3 := w.file.FollowUpCount(ctx, endOfDay(w.clock()))
	w.must(nil, cmp.Or(err1, err2, err3))
	if s.Missed != missed || s.Leads != leads || s.Due != due || s.NoLeads != (w.mode() == crm.Simple) {
		w.wrong("the desk has %d missed, %d leads, %d due, no leads %t; the file %d, %d, %d", s.Missed, s.Leads, s.Due, s.NoLeads, missed, leads, due)
	}
	drafts, err := w.file.Drafts(ctx)
	w.must(drafts, err)
	for _, draft := range drafts {
		if !slices.ContainsFunc(s.Calls, func(v Call) bool { return crm.ID(v.ID) == draft.Call && v.Form != nil && v.Form.Touched }) {
			w.wrong("a draft of nothing that is being typed: %+v", draft)
		}
	}
	for _, c := range w.calls {
		at := slices.IndexFunc(s.Calls, func(v Call) bool { return v.ID == c.id && c.id != "" })
		if at < 0 {
			if c.open && c.saving == "" && !c.linked {
				w.wrong("%s is not on the desk, and its form was not saved", c.now.ID)
			}
			c.open, c.saving = false, ""
			continue
		}
		if row := rows[c.now.Began.UnixMilli()]; len(row) == 1 {
			w.lookAtWindow(c, s.Calls[at], row[0], drafts)
		}
	}
}

// lookAtWindow is lookAtDesk for a call.
func (w *walk) lookAtWindow(c *walkCall, v Call, row crm.CallRow, drafts []crm.Form) {
	w.t.Helper()
	ctx := context.Background()
	w.lookAtForm(c, v, row.Call, drafts)
	if v.Note.Text != row.Call.Note || v.Note.Failed.Key != "" || v.Result != row.Call.Result {
		w.wrong("%s shows the note %+v and the result %q, the file has %q and %q", c.now.ID, v.Note, v.Result, row.Call.Note, row.Call.Result)
	}
	if v.Card.Loading {
		w.wrong("%s does not show who it is", c.now.ID)
	}
	matches, err := w.file.Match(ctx, partyOf(c.now.Remote, "DE"))
	w.must(matches, err)
	switch {
	case v.Card.Known:
		record, err := w.file.Record(ctx, fileRef(v.Card.Ref))
		if err != nil || record.Name != v.Card.Name {
			w.wrong("%s shows the %s %q, the file has %q, %v", c.now.ID, v.Card.Ref.Kind, v.Card.Name, record.Name, err)
		}
	case len(matches) > 0:
		w.wrong("%s shows nobody, the file has %+v", c.now.ID, matches)
	}
	if len(row.Call.Refs) > 0 && w.meddled == c.before && viewRef(row.Call.Refs[0]) != v.Card.Ref {
		w.wrong("%s shows %v and is saved on %v", c.now.ID, v.Card.Ref, row.Call.Refs)
	}
	follow, err := w.file.FollowUpList(ctx, crm.Query{Filter: crm.FilterOpen, Limit: 128})
	w.must(follow, err)
	var due []time.Time
	for _, f := range follow.Rows {
		if f.Call == crm.ID(c.id) {
			due = append(due, f.Due)
		}
	}
	switch {
	case len(due) > 1, len(due) == 1 && !due[0].Equal(v.FollowUp), len(due) == 0 && !v.FollowUp.IsZero() && w.meddled == c.before:
		w.wrong("%s shows the follow-up of %v, the file has %v", c.now.ID, v.FollowUp, due)
	}
}

func (w *walk) lookAtForm(c *walkCall, v Call, row crm.Call, drafts []crm.Form) {
	w.t.Helper()
	typing := v.Form != nil && v.Form.Touched
	if c.saving != "" && !typing {
		if v.Form == nil && len(row.Refs) == 0 && w.meddled == c.meddled && row.Reason.Key != crm.ReasonException {
			w.wrong("%s is on nothing, %q was saved", c.now.ID, c.saving)
		}
		c.saving, c.open = "", false
	}
	if c.linked && !typing {
		c.open = false
	}
	if c.open != typing {
		w.wrong("%s: something was typed into its form and not saved: %t; the desk has %+v", c.now.ID, c.open, v.Form)
		return
	}
	if !typing {
		return
	}
	typed := c.forms[len(c.forms)-1]
	at := slices.IndexFunc(drafts, func(f crm.Form) bool { return f.Call == crm.ID(c.id) })
	if at < 0 || drafts[at].LastName != typed.LastName || drafts[at].Company != typed.Company || v.Form.LastName != typed.LastName || v.Form.Company != typed.Company {
		w.wrong("%s: typed was %q, %q; the desk has %q, %q, the file %+v", c.now.ID, typed.LastName, typed.Company, v.Form.LastName, v.Form.Company, drafts)
	}
	if string(drafts[at].Kind) != string(v.Form.Kind) {
		w.wrong("%s: the form of a %s is kept as that of a %s", c.now.ID, v.Form.Kind, drafts[at].Kind)
	}
}

// lost takes over what a killed program had not written; what it had told of as saved must be there (H4).
func (w *walk) lost(kept Snapshot) {
	w.t.Helper()
	rows := w.rows()
	drafts, err := w.file.Drafts(context.Background())
	w.must(drafts, err)
	w.calls = slices.DeleteFunc(w.calls, func(c *walkCall) bool { return c.unsure && len(rows[c.now.Began.UnixMilli()]) == 0 })
	for _, c := range w.calls {
		found := rows[c.now.Began.UnixMilli()]
		if len(found) != 1 {
			w.wrong("%s has %d rows after the program was killed", c.now.ID, len(found))
			continue
		}
		row := found[0].Call
		if c.unsure && row.Outcome == crm.Open {
			c.outcome = crm.Interrupted
		}
		at := slices.IndexFunc(kept.Calls, func(v Call) bool { return v.ID == c.id && c.id != "" })
		least := 0
		if at >= 0 && !kept.Calls[at].Note.SavedAt.IsZero() {
			least = slices.Index(c.notes, kept.Calls[at].Note.Text) + 1
		}
		has := slices.Index(c.notes, row.Note) + 1
		if has < least {
			w.wrong("%s has the note %q, told of as saved was %q", c.now.ID, row.Note, c.notes[least-1])
		}
		c.notes = c.notes[:has]
		at2 := slices.IndexFunc(drafts, func(f crm.Form) bool { return f.Call == crm.ID(c.id) && c.id != "" })
		if at >= 0 && at2 < 0 && kept.Calls[at].Form != nil && kept.Calls[at].Form.DraftSaved && c.saving == "" && !c.linked {
			w.wrong("%s has no draft, told of as saved was %+v", c.now.ID, kept.Calls[at].Form)
		}
		c.saving, c.open = "", at2 >= 0
		if c.open {
			has := slices.IndexFunc(c.forms, func(f Form) bool { return f.LastName == drafts[at2].LastName && f.Company == drafts[at2].Company })
			if has < 0 {
				w.wrong("%s has the draft %+v, which nobody has typed", c.now.ID, drafts[at2])
				continue
			}
			c.forms = c.forms[:has+1]
		}
	}
}
