package ledger

import (
	"encoding/json"

	"leadline/crm"
	"leadline/crm/wire"
)

// perform does what a change says, if the sender may.
func (t *tx) perform(c crm.Change) error {
	if err := t.allow(c); err != nil {
		return err
	}
	switch do := c.(type) {
	case crm.CreateContact:
		return t.create(wire.Contact, do.ID, do.Contact)
	case crm.UpdateContact:
		return t.update(wire.Contact, do.ID, do.Contact)
	case crm.CreateCompany:
		return t.create(wire.Company, do.ID, do.Company)
	case crm.UpdateCompany:
		return t.update(wire.Company, do.ID, do.Company)
	case crm.CreateLead:
		return t.createLead(do.Lead)
	case crm.UpdateLead:
		return t.update(wire.Lead, do.ID, do.Lead)
	case crm.CreateDeal:
		return t.createDeal(do.Deal)
	case crm.UpdateDeal:
		return t.update(wire.Deal, do.ID, do.Deal)
	case crm.UpdateRecord:
		return t.updateRecord(do)
	case crm.ImportContacts:
		return t.importContacts(do)
	case crm.EnsureLead:
		return t.ensureLead(do)
	case crm.ConvertLead:
		return t.convertLead(do)
	case crm.MergeRecords:
		return t.merge(do)
	case crm.RemoveRecord:
		return t.remove(do)
	case crm.Assign:
		return t.assign(do)
	case crm.SetLeadStatus:
		return t.setLeadStatus(do)
	case crm.SetDealStage:
		return t.setDealStage(do)
	case crm.SaveRecordNote:
		return t.saveRecordNote(do.Note)
	case crm.SaveFollowUp:
		return t.saveFollowUp(do.FollowUp)
	}
	return t.performCall(c)
}

// performCall is perform for what happens to calls.
func (t *tx) performCall(c crm.Change) error {
	switch do := c.(type) {
	case crm.BeginCall:
		return t.beginCall(do.Call)
	case crm.UpdateCall:
		return t.updateCall(do)
	case crm.EndCall:
		return t.endCall(do)
	case crm.SaveNote:
		return t.patch(Key{wire.Call, do.Call}, map[string]json.RawMessage{"note": raw(do.Text)})
	case crm.LinkCall:
		return t.linkCall(do)
	case crm.SaveRecordings:
		return t.patch(Key{wire.Call, do.Call}, map[string]json.RawMessage{"recordings": raw(do.Files)})
	case crm.RecordingUploaded:
		return t.recordingUploaded(do)
	case crm.RemoveRecordings:
		return t.removeRecordings(do)
	case crm.SaveQuality:
		return t.patch(Key{wire.Call, do.Call}, map[string]json.RawMessage{"quality": raw(do.Quality)})
	}
	return t.setUp(c)
}

// setUp is perform for what an administrator sets up.
func (t *tx) setUp(c crm.Change) error {
	switch do := c.(type) {
	case crm.SaveUser:
		return t.save(wire.User, do.ID, do.User)
	case crm.TelephonesChanged:
		return t.telephonesChanged(do.User)
	case crm.SaveLine:
		return t.saveLine(do.Line)
	case crm.SaveWorkspace:
		return t.save(wire.Workspace, wire.WorkspaceID, do.Workspace)
	case crm.SaveQueue:
		return t.save(wire.Queue, do.ID, do.Queue)
	case crm.SavePipeline:
		return t.savePipeline(do.Pipeline)
	case crm.SaveRole:
		return t.save(wire.Role, do.ID, do.Role)
	case crm.SaveField:
		return t.save(wire.Field, do.ID, do.Field)
	case crm.RemoveSetup:
		return t.removeSetup(do)
	case crm.AddEntries:
		return t.addEntries(do.Entries)
	case crm.RemoveEntries:
		return t.removeEntries(do.IDs)
	}
	return refuse(wire.RejectUnknown, crm.NotUnderstood)
}
