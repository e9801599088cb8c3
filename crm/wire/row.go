package wire

import (
	"encoding/json"

	"leadline/crm"
)

// Entity is a kind of row. A program stores rows of a kind that it does not know, and gives them back.
type Entity string

// The kinds of rows, and what Row.Data of each is.
const (
	Contact   Entity = "contact"   // crm.Contact
	Company   Entity = "company"   // crm.Company
	Lead      Entity = "lead"      // crm.Lead
	Deal      Entity = "deal"      // crm.Deal
	Call      Entity = "call"      // crm.Call, with the records that it is saved on
	Note      Entity = "note"      // crm.Note
	FollowUp  Entity = "followup"  // crm.FollowUp
	User      Entity = "user"      // crm.User
	Line      Entity = "line"      // crm.Line
	Queue     Entity = "queue"     // crm.Queue
	Pipeline  Entity = "pipeline"  // crm.Pipeline
	Role      Entity = "role"      // crm.Role
	Field     Entity = "field"     // crm.Field
	Workspace Entity = "workspace" // crm.Workspace; its ID is WorkspaceID
	Entry     Entity = "entry"     // crm.Entry: exceptions and blacklist
	Alias     Entity = "alias"     // AliasData; its ID is the one that is no more
	Number    Entity = "number"    // NumberData; its ID is NumberID of the peer
)

// WorkspaceID is the ID of the one row of the kind Workspace.
const WorkspaceID crm.ID = "6b1d2f0a-0f6b-8e0e-9d5c-5f1a00000001"

// Row is one thing of the shared CRM as it is at a revision. Revisions are dense: each of a
// workspace's, from 1, belongs to exactly one row as it was then.
type Row struct {
	Entity  Entity          `json:"entity"`
	ID      crm.ID          `json:"id"`
	Rev     uint64          `json:"rev"`
	Deleted bool            `json:"deleted,omitempty"` // a tombstone, or out of the view of whoever pulls; Data is empty
	Data    json.RawMessage `json:"data,omitempty"`
}

// AliasData says into what a record was merged; the new one is never an alias itself.
type AliasData struct {
	Kind crm.Kind `json:"kind"`
	New  crm.ID   `json:"new"`
}

// NumberData counts the leads that a number or address has had (requirement B4).
type NumberData struct {
	Peer       string `json:"peer"` // crm.Party.Key
	Generation int    `json:"generation"`
	OpenLead   crm.ID `json:"open_lead,omitempty"`
}

// EntityOf is the kind of a record's row.
func EntityOf(k crm.Kind) Entity { return Entity(k) }

// KindOf is the kind of record of a row; "" for a row that is no record.
func KindOf(e Entity) crm.Kind {
	switch e {
	case Contact, Company, Lead, Deal:
		return crm.Kind(e)
	}
	return ""
}
