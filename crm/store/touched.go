package store

import (
	"errors"

	"leadline/crm"
	"leadline/crm/wire"
)

// touched are the rows that a change is about to write, or that it may read to decide. Of an
// import they are none: what it makes, the server has not before it.
func (t *tx) touched(change crm.Change) ([]wire.RowID, error) {
	switch do := change.(type) {
	case crm.CreateContact:
		return []wire.RowID{{Entity: wire.Contact, ID: do.ID}}, nil
	case crm.UpdateContact:
		return t.record(crm.Ref{Kind: crm.KindContact, ID: do.ID})
	case crm.CreateCompany:
		return []wire.RowID{{Entity: wire.Company, ID: do.ID}}, nil
	case crm.UpdateCompany:
		return t.record(crm.Ref{Kind: crm.KindCompany, ID: do.ID})
	case crm.CreateLead:
		return []wire.RowID{{Entity: wire.Lead, ID: do.ID}}, nil
	case crm.UpdateLead:
		return t.record(crm.Ref{Kind: crm.KindLead, ID: do.ID})
	case crm.CreateDeal:
		return []wire.RowID{{Entity: wire.Deal, ID: do.ID}}, nil
	case crm.UpdateDeal:
		return t.record(crm.Ref{Kind: crm.KindDeal, ID: do.ID})
	case crm.UpdateRecord:
		return t.record(do.Ref)
	case crm.Assign:
		return t.record(do.Ref)
	case crm.SetLeadStatus:
		return t.record(crm.Ref{Kind: crm.KindLead, ID: do.Lead})
	case crm.SetDealStage:
		return t.record(crm.Ref{Kind: crm.KindDeal, ID: do.Deal})
	case crm.EnsureLead:
		rows := []wire.RowID{{Entity: wire.Lead, ID: do.Lead.ID}}
		if do.Convert != nil {
			rows = append(rows, recordRows(do.Convert.Refs())...)
		}
		return rows, nil
	case crm.ConvertLead:
		return t.withAll(crm.Ref{Kind: crm.KindLead, ID: do.Lead}, do.Refs()...)
	case crm.MergeRecords:
		return t.withAll(do.Gone, do.Keep)
	case crm.RemoveRecord:
		return t.withAll(do.Ref, do.Instead)
	}
	return touchedActivity(change), nil
}

// record is a record's row, as what it is now if it was merged.
func (t *tx) record(r crm.Ref) ([]wire.RowID, error) {
	k, err := keyOf(t, r)
	if errors.Is(err, ErrNotFound) {
		return []wire.RowID{rowOf(r)}, nil
	}
	if err != nil {
		return nil, err
	}
	now, err := refOf(t, k)
	return []wire.RowID{rowOf(now)}, err
}

// withAll is a record with everything that points to it, and others.
func (t *tx) withAll(r crm.Ref, others ...crm.Ref) ([]wire.RowID, error) {
	rows, err := t.record(r)
	if err != nil {
		return nil, err
	}
	k, err := keyOf(t, r)
	if err == nil {
		var pointing []wire.RowID
		pointing, err = t.rowsAt(k)
		rows = append(rows, pointing...)
	}
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	for _, other := range others {
		if other.None() {
			continue
		}
		more, err := t.record(other)
		if err != nil {
			return nil, err
		}
		rows = append(rows, more...)
	}
	return rows, nil
}

func recordRows(refs []crm.Ref) (rows []wire.RowID) {
	for _, r := range refs {
		rows = append(rows, rowOf(r))
	}
	return rows
}

// touchedActivity is touched for calls, notes and what an administrator sets up.
func touchedActivity(change crm.Change) []wire.RowID {
	one := func(entity wire.Entity, id crm.ID) []wire.RowID { return []wire.RowID{{Entity: entity, ID: id}} }
	switch do := change.(type) {
	case crm.BeginCall:
		return one(wire.Call, do.Call.ID)
	case crm.UpdateCall:
		return one(wire.Call, do.ID)
	case crm.EndCall:
		return one(wire.Call, do.ID)
	case crm.SaveNote:
		return one(wire.Call, do.Call)
	case crm.SaveRecordings:
		return one(wire.Call, do.Call)
	case crm.RecordingUploaded:
		return one(wire.Call, do.Call)
	case crm.RemoveRecordings:
		return one(wire.Call, do.Call)
	case crm.SaveQuality:
		return one(wire.Call, do.Call)
	case crm.LinkCall:
		return one(wire.Call, do.Call)
	case crm.SaveRecordNote:
		return one(wire.Note, do.Note.ID)
	case crm.SaveFollowUp:
		return one(wire.FollowUp, do.FollowUp.ID)
	}
	return touchedSetup(change)
}

func touchedSetup(change crm.Change) (rows []wire.RowID) {
	one := func(entity wire.Entity, id crm.ID) []wire.RowID { return []wire.RowID{{Entity: entity, ID: id}} }
	switch do := change.(type) {
	case crm.SaveUser:
		return one(wire.User, do.User.ID)
	case crm.TelephonesChanged:
		return one(wire.User, do.User)
	case crm.SaveLine:
		return one(wire.Line, do.Line.ID)
	case crm.SaveWorkspace:
		return one(wire.Workspace, wire.WorkspaceID)
	case crm.SaveQueue:
		return one(wire.Queue, do.Queue.ID)
	case crm.SavePipeline:
		return one(wire.Pipeline, do.Pipeline.ID)
	case crm.SaveRole:
		return one(wire.Role, do.Role.ID)
	case crm.SaveField:
		return one(wire.Field, do.Field.ID)
	case crm.RemoveSetup:
		return one(wire.Entity(do.Kind), do.ID)
	case crm.AddEntries:
		for _, e := range do.Entries {
			rows = append(rows, wire.RowID{Entity: wire.Entry, ID: e.ID})
		}
	case crm.RemoveEntries:
		for _, id := range do.IDs {
			rows = append(rows, wire.RowID{Entity: wire.Entry, ID: id})
		}
	}
	return rows
}
