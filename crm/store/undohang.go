package store

import (
	"errors"
	"slices"

	"leadline/crm"
)

// hanging is what hung on a record or pointed to it before something was done that can be taken back, and where that left
// it. Taken back is only that: what somebody has written or moved since stays.
type hanging struct {
	Calls     []hungCall     `json:"calls,omitempty"`
	Notes     []hungNote     `json:"notes,omitempty"`
	FollowUps []hungFollowUp `json:"follow_ups,omitempty"`
	Pointers  []pointer      `json:"pointers,omitempty"`
}

type hungCall struct {
	Call   crm.ID    `json:"call"`
	Refs   []crm.Ref `json:"refs"`
	Reason crm.Text  `json:"reason,omitzero"`
	Left   []crm.Ref `json:"left,omitempty"`
}

type hungNote struct {
	Note crm.Note `json:"note"`
	Left crm.Ref  `json:"left,omitzero"` // zero: it was taken away with its record
}

type hungFollowUp struct {
	FollowUp crm.FollowUp `json:"follow_up"`
	Left     crm.Ref      `json:"left,omitzero"` // as of a note
}

// pointer is a field of a contact or deal by which it points to a record.
type pointer struct {
	Ref   crm.Ref `json:"ref"`
	Field string  `json:"field"`
	To    crm.ID  `json:"to"`
	Left  crm.ID  `json:"left,omitempty"`
}

// hangingOn is what hangs on a record now.
func (t *tx) hangingOn(r crm.Ref) (h hanging, err error) {
	calls, err := callsOf(t, r)
	if err != nil {
		return h, err
	}
	for _, c := range calls {
		h.Calls = append(h.Calls, hungCall{Call: c.ID, Refs: c.Refs, Reason: c.Reason})
	}
	k, err := keyOf(t, r)
	if err != nil {
		return h, err
	}
	notes, err := recordNotes(t, k, -1)
	if err != nil {
		return h, err
	}
	for _, n := range notes {
		h.Notes = append(h.Notes, hungNote{Note: n})
	}
	due, err := followUps(t, "key = ?", int64(k))
	for _, f := range due {
		h.FollowUps = append(h.FollowUps, hungFollowUp{FollowUp: f})
	}
	return h, err
}

// pointingTo adds the people and deals that point to a record now.
func (t *tx) pointingTo(h *hanging, r crm.Ref) error {
	k, err := keyOf(t, r)
	if err != nil {
		return err
	}
	var from []crm.Kind
	switch r.Kind {
	case crm.KindCompany:
		from = []crm.Kind{crm.KindContact, crm.KindDeal}
	case crm.KindContact:
		from = []crm.Kind{crm.KindDeal}
	}
	for _, kind := range from {
		rids, err := ridsWhere(t, string(kind), string(r.Kind)+" = ?", k.rid())
		if err != nil {
			return err
		}
		for _, rid := range rids {
			p := pointer{Field: string(r.Kind), To: r.ID}
			if p.Ref, err = refOf(t, makeKey(kind, rid)); err != nil {
				return err
			}
			h.Pointers = append(h.Pointers, p)
		}
	}
	return nil
}

// and is this with what hung on another record later: a call that hung on both is here as it was before.
func (h hanging) and(later hanging) hanging {
	for _, c := range later.Calls {
		if !slices.ContainsFunc(h.Calls, func(was hungCall) bool { return was.Call == c.Call }) {
			h.Calls = append(h.Calls, c)
		}
	}
	h.Notes, h.FollowUps, h.Pointers = append(h.Notes, later.Notes...), append(h.FollowUps, later.FollowUps...), append(h.Pointers, later.Pointers...)
	return h
}

// left notes where everything hangs after what was done.
func (t *tx) left(h *hanging) error {
	for i := range h.Calls {
		c, err := callByID(t, h.Calls[i].Call)
		if err != nil {
			return err
		}
		h.Calls[i].Left = c.Refs
	}
	for i := range h.Notes {
		n, err := noteByID(t, h.Notes[i].Note.ID)
		if err != nil {
			return err
		}
		h.Notes[i].Left = n.Ref
	}
	for i := range h.FollowUps {
		f, err := followUpByID(t, h.FollowUps[i].FollowUp.ID)
		if err != nil {
			return err
		}
		h.FollowUps[i].Left = f.Ref
	}
	for i := range h.Pointers {
		var err error
		if h.Pointers[i].Left, _, err = t.pointsTo(h.Pointers[i]); err != nil {
			return err
		}
	}
	return nil
}

// rehang hangs everything where it hung.
func (t *tx) rehang(h hanging) error {
	for _, step := range []func(hanging) error{t.rehangCalls, t.rehangNotes, t.rehangFollowUps, t.repoint} {
		if err := step(h); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) rehangCalls(h hanging) error {
	for _, was := range h.Calls {
		c, err := callByID(t, was.Call)
		if errors.Is(err, ErrNotFound) || err == nil && !sameRefs(c.Refs, was.Left) {
			continue // it is gone, or was put elsewhere since
		}
		if err != nil {
			return err
		}
		if entry, err := entryOf(t, crm.Exceptions, c.Party); err != nil {
			return err
		} else if entry != "" {
			continue // an exception by now: on nothing (E1)
		}
		refs, err := t.stillThere(was.Refs)
		if err != nil {
			return err
		}
		if err := t.doAsIs(crm.LinkCall{Call: was.Call, Refs: refs, Reason: was.Reason}); err != nil {
			return err
		}
	}
	return nil
}

func sameRefs(a, b []crm.Ref) bool { return len(a) == len(b) && len(union(a, b)) == len(a) }

// stillThere are those of the records that have not been removed.
func (t *tx) stillThere(refs []crm.Ref) (there []crm.Ref, err error) {
	for _, r := range refs {
		if _, err := keyOf(t, r); errors.Is(err, ErrNotFound) {
			continue
		} else if err != nil {
			return nil, err
		}
		there = append(there, r)
	}
	return there, nil
}

func (t *tx) rehangNotes(h hanging) error {
	for _, was := range h.Notes {
		n, err := noteByID(t, was.Note.ID)
		if err != nil {
			return err
		}
		if n.ID == "" && was.Left.None() {
			n = was.Note
		} else if n.ID == "" || n.Ref != was.Left {
			continue
		}
		n.Ref = was.Note.Ref
		if err := t.doAsIs(crm.SaveRecordNote{Note: n}); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) rehangFollowUps(h hanging) error {
	for _, was := range h.FollowUps {
		f, err := followUpByID(t, was.FollowUp.ID)
		if err != nil {
			return err
		}
		if f.ID == "" && was.Left.None() {
			f = was.FollowUp
		} else if f.ID == "" || f.Ref != was.Left {
			continue
		}
		f.Ref = was.FollowUp.Ref
		if err := t.doAsIs(crm.SaveFollowUp{FollowUp: f}); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) repoint(h hanging) error {
	for _, p := range h.Pointers {
		now, there, err := t.pointsTo(p)
		if err != nil {
			return err
		}
		if !there || now != p.Left {
			continue
		}
		if err := t.doAsIs(crm.UpdateRecord{Ref: p.Ref, Set: map[string]any{p.Field: string(p.To)}}); err != nil {
			return err
		}
	}
	return nil
}

// pointsTo is where a pointer points now; there is false when its record is gone.
func (t *tx) pointsTo(p pointer) (to crm.ID, there bool, err error) {
	k, err := keyOf(t, p.Ref)
	if errors.Is(err, ErrNotFound) {
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	record, err := recordByKey(t, k)
	if err != nil {
		return "", false, err
	}
	switch r := record.(type) {
	case crm.Contact:
		return r.Company, true, nil
	case crm.Deal:
		if p.Field == string(crm.KindContact) {
			return r.Contact, true, nil
		}
		return r.Company, true, nil
	}
	return "", false, nil
}

// noteByID is a note on a record; the zero Note when there is none.
func noteByID(q querier, id crm.ID) (n crm.Note, err error) {
	err = q.row("SELECT data FROM note WHERE id = ?", id.Bytes()).Scan(jsonColumn{&n})
	return n, absent(err)
}

// followUpByID is a follow-up; the zero FollowUp when there is none.
func followUpByID(q querier, id crm.ID) (f crm.FollowUp, err error) {
	err = q.row("SELECT data FROM followup WHERE id = ?", id.Bytes()).Scan(jsonColumn{&f})
	return f, absent(err)
}

// absent is no error for what is not there.
func absent(err error) error {
	if err = explain(err); errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}
