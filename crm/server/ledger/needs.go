package ledger

import (
	"leadline/crm"
	"leadline/crm/wire"
)

// Needs are the rows that a change will read, as far as that can be said before any is read. They let the database be asked once for a
// whole batch.
func Needs(c crm.Change) []Key {
	switch do := c.(type) {
	case crm.CreateContact:
		return []Key{{wire.Contact, do.ID}, {wire.Company, do.Company}}
	case crm.CreateCompany:
		return []Key{{wire.Company, do.ID}}
	case crm.CreateDeal:
		return []Key{{wire.Deal, do.ID}, {wire.Contact, do.Contact}, {wire.Company, do.Deal.Company}}
	case crm.CreateLead:
		return []Key{{wire.Lead, do.ID}}
	case crm.UpdateRecord:
		return []Key{KeyOf(do.Ref)}
	case crm.RemoveRecord:
		return []Key{KeyOf(do.Ref), KeyOf(do.Instead)}
	case crm.Assign:
		return []Key{KeyOf(do.Ref)}
	case crm.SetLeadStatus:
		return []Key{{wire.Lead, do.Lead}}
	case crm.SetDealStage:
		return []Key{{wire.Deal, do.Deal}}
	case crm.EnsureLead:
		call := do.Lead.Origin.Call
		return []Key{{wire.Lead, do.Lead.ID}, {wire.Workspace, wire.WorkspaceID}, {wire.Call, call}, {Redirect, call}}
	case crm.SaveRecordNote:
		return []Key{{wire.Note, do.ID}, KeyOf(do.Ref)}
	case crm.SaveFollowUp:
		return []Key{{wire.FollowUp, do.ID}, KeyOf(do.Ref)}
	}
	return callNeeds(c)
}

func callNeeds(c crm.Change) []Key {
	switch do := c.(type) {
	case crm.BeginCall:
		keys := []Key{{wire.Call, do.ID}, {Redirect, do.ID}}
		for _, r := range do.Refs {
			keys = append(keys, KeyOf(r))
		}
		return keys
	case crm.LinkCall:
		keys := []Key{{wire.Call, do.Call}, {Redirect, do.Call}}
		for _, r := range do.Refs {
			keys = append(keys, KeyOf(r))
		}
		return keys
	case crm.UpdateCall:
		return []Key{{wire.Call, do.ID}, {wire.Workspace, wire.WorkspaceID}}
	case crm.EndCall:
		return []Key{{wire.Call, do.ID}}
	case crm.SaveNote:
		return []Key{{wire.Call, do.Call}}
	case crm.SaveRecordings:
		return []Key{{wire.Call, do.Call}}
	case crm.RecordingUploaded:
		return []Key{{wire.Call, do.Call}}
	case crm.RemoveRecordings:
		return []Key{{wire.Call, do.Call}}
	case crm.SaveQuality:
		return []Key{{wire.Call, do.Call}}
	}
	return nil
}
