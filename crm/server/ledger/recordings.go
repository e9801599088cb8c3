package ledger

import (
	"encoding/json"
	"slices"

	"leadline/crm"
	"leadline/crm/wire"
)

// call is a call as it is now; refused when there is none.
func (t *tx) call(id crm.ID) (c crm.Call, err error) {
	r, err := t.row(Key{wire.Call, id})
	switch {
	case err != nil:
		return c, err
	case !r.live():
		return c, refuse(wire.RejectGone, crm.WasKnown)
	}
	return Read[crm.Call](r)
}

// recordingUploaded notes that the server has a recording. The call must name it still: it may have been erased while
// the recording was on its way.
func (t *tx) recordingUploaded(u crm.RecordingUploaded) error {
	c, err := t.call(u.Call)
	switch {
	case err != nil:
		return err
	case c.RecordingName(u.Recording) == "":
		return refuse(wire.RejectGone, crm.WasKnown)
	case slices.Contains(c.Uploaded, u.Recording):
		return nil
	}
	return t.patch(Key{wire.Call, u.Call}, map[string]json.RawMessage{"uploaded": raw(append(c.Uploaded, u.Recording))})
}

// removeRecordings takes recordings from a call; the server removes their files after the commit.
func (t *tx) removeRecordings(r crm.RemoveRecordings) error {
	c, err := t.call(r.Call)
	if err != nil {
		return err
	}
	left := c.WithoutRecordings(r.Recordings)
	if len(left.Recordings) == len(c.Recordings) {
		return nil
	}
	return t.patch(Key{wire.Call, r.Call}, map[string]json.RawMessage{"recordings": raw(left.Recordings), "uploaded": raw(left.Uploaded)})
}

// allowRemoveRecordings says whether the sender may delete recordings of a call (G1). Those that are older than the company
// keeps them may be taken away by whoever recorded.
func (t *tx) allowRemoveRecordings(rights crm.Rights, id crm.ID) error {
	if t.from.System {
		return nil
	}
	c, err := t.call(id)
	if err != nil {
		return err
	}
	me, err := t.user(t.from.User)
	if err != nil {
		return err
	}
	owner, err := t.user(c.Agent)
	if err != nil || rights.DeleteRecordings.Includes(me, owner) && owner.ID != "" || rights.DeleteRecordings == crm.ReachAll {
		return err
	}
	row, err := t.row(Key{wire.Workspace, wire.WorkspaceID})
	if err != nil {
		return err
	}
	company, err := Read[crm.Workspace](row)
	if err != nil {
		return err
	}
	until, limited := company.RecordingsUntil(t.at.Time())
	return allowed(limited && c.Agent == t.from.User && c.Began.Before(until))
}

// RecordingsOf are the ids of the recordings that a call names now.
func (r *Row) RecordingsOf() (ids []crm.ID) {
	for _, name := range field[[]string](r, "recordings") {
		ids = append(ids, crm.RecordingID(r.ID, name))
	}
	return ids
}
