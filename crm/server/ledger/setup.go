package ledger

import (
	"bytes"
	"encoding/json"
	"slices"
	"time"

	"leadline/crm"
	"leadline/crm/wire"
)

// save adds a row, or sets the fields of one that is there, each by its stamp. It is for settings, notes and follow-ups, which are not
// merged and have no aliases.
func (t *tx) save(entity wire.Entity, id crm.ID, v any) error {
	k := Key{entity, id}
	was, err := t.row(k)
	if err != nil {
		return err
	}
	if !was.live() {
		return t.create(entity, id, v)
	}
	fields, err := wholly(v)
	if err != nil {
		return err
	}
	return t.patch(k, fields)
}

// telephonesChanged notes in a user's row that the telephone accounts have changed: programs that pull it ask for them again.
func (t *tx) telephonesChanged(user crm.ID) error {
	return t.patch(Key{wire.User, user}, map[string]json.RawMessage{"telephones": raw(t.at)})
}

func (t *tx) workspace() (crm.Workspace, error) {
	r, err := t.row(Key{wire.Workspace, wire.WorkspaceID})
	if err != nil || !r.live() {
		return crm.Workspace{}, err
	}
	return Read[crm.Workspace](r)
}

// pipeline is a pipeline; the standard one for "" and for an id that there is not.
func (t *tx) pipeline(id crm.ID) (crm.Pipeline, error) {
	for _, id := range []crm.ID{id, crm.StandardPipelineID} {
		r, err := t.row(Key{wire.Pipeline, id})
		if err != nil {
			return crm.Pipeline{}, err
		}
		if r.live() {
			return Read[crm.Pipeline](r)
		}
	}
	return crm.StandardPipeline(), nil
}

func (t *tx) saveLine(l crm.Line) error {
	if err := l.Check(); err != nil {
		return err
	}
	return t.save(wire.Line, l.ID, l)
}

func (t *tx) savePipeline(p crm.Pipeline) error {
	if err := p.Check(); err != nil {
		return err
	}
	return t.save(wire.Pipeline, p.ID, p)
}

// removeSetup removes a line, queue group, pipeline, role or custom field.
func (t *tx) removeSetup(r crm.RemoveSetup) error {
	k := Key{wire.Entity(r.Kind), r.ID}
	if !slices.Contains([]wire.Entity{wire.Line, wire.Queue, wire.Pipeline, wire.Role, wire.Field}, k.Entity) {
		return refuse(wire.RejectInvalid, crm.NoSense)
	}
	if k.Entity == wire.Pipeline && r.ID != crm.StandardPipelineID {
		deals, err := t.childrenOf(k)
		if err != nil {
			return err
		}
		if len(deals) > 0 {
			return crm.Invalid{Text: crm.Say(crm.PipelineInUse)}
		}
	}
	return t.drop(k)
}

// drop makes a row a tombstone. Rows that refer to it are left as they are.
func (t *tx) drop(k Key) error {
	was, err := t.row(k)
	if err != nil || !was.live() {
		return err
	}
	row := was.clone()
	row.Deleted = true
	row.Stamps[gone] = t.at
	return t.put(row)
}

func (t *tx) addEntries(entries []crm.Entry) error {
	for _, e := range entries {
		if e.Key == "" {
			return refuse(wire.RejectInvalid, crm.NoSense)
		}
		if err := t.save(wire.Entry, e.ID, e); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) removeEntries(ids []crm.ID) error {
	for _, id := range ids {
		if err := t.drop(Key{wire.Entry, id}); err != nil {
			return err
		}
	}
	return nil
}

// saveRecordNote adds or sets a note on a record. An empty note removes it, unless its text was changed after the command was given.
func (t *tx) saveRecordNote(n crm.Note) error {
	k := Key{wire.Note, n.ID}
	if n.Empty() {
		was, err := t.row(k)
		if err != nil || was.live() && t.later(was.Stamps["text"]) {
			return err
		}
		return t.drop(k)
	}
	ref, err := t.hook(n.Ref)
	if err != nil || ref.None() {
		return err
	}
	n.Ref = ref
	if untrue, err := t.untrue(n); err != nil || untrue {
		return err
	}
	return t.save(wire.Note, n.ID, n)
}

// historyFresh tells a note that comes together with the change which it tells of from one that is brought back later.
const historyFresh = time.Minute

// untrue says whether a note of a record's history tells of a change that was refused: the record does not have the new value.
func (t *tx) untrue(n crm.Note) (bool, error) {
	if len(n.Changes) == 0 || t.at.Time().Sub(n.At) > historyFresh {
		return false, nil
	}
	r, err := t.row(KeyOf(n.Ref))
	if err != nil || !r.live() {
		return false, err
	}
	for _, c := range n.Changes {
		to, err := json.Marshal(c.To)
		if err != nil {
			return false, err
		}
		is := r.Fields[c.Field]
		if step := c.Field == "status" || c.Field == "stage" || c.Field == "responsible"; step && !bytes.Equal(is, to) && !(len(is) == 0 && c.To == nil) {
			return true, nil
		}
	}
	return false, nil
}

// saveFollowUp adds or sets a follow-up.
func (t *tx) saveFollowUp(f crm.FollowUp) error {
	ref, err := t.hook(f.Ref)
	if err != nil || ref.None() {
		return err
	}
	f.Ref = ref
	return t.save(wire.FollowUp, f.ID, f)
}

// hook is the record that a note or follow-up belongs to, after merges; the zero Ref when it was removed after the command was given.
func (t *tx) hook(r crm.Ref) (crm.Ref, error) {
	k, err := t.root(KeyOf(r))
	if err != nil {
		return crm.Ref{}, err
	}
	there, err := t.current(k)
	if err != nil || there == nil {
		return crm.Ref{}, err
	}
	return k.Ref(), nil
}
