package crm

import "time"

// FollowUp is something to be done about a record by a certain day: what an agent notes after a call (H3).
type FollowUp struct {
	ID          ID        `json:"id"`
	Ref         Ref       `json:"ref"`
	Call        ID        `json:"call,omitempty"` // it was noted in
	Due         time.Time `json:"due"`
	Text        string    `json:"text,omitempty"`
	Responsible ID        `json:"responsible,omitempty"`
	Done        time.Time `json:"done,omitzero"`
	DoneBy      ID        `json:"done_by,omitempty"`
}

// Note is a note on a record that belongs to no call: what a person wrote, or what was changed of the record.
type Note struct {
	ID   ID        `json:"id"`
	Ref  Ref       `json:"ref"`
	At   time.Time `json:"at"`
	By   ID        `json:"by,omitempty"`
	Text string    `json:"text"`

	Changes []FieldChange `json:"changes,omitempty"`
}

// FollowUpRow is a line in a list of follow-ups.
type FollowUpRow struct {
	FollowUp
	Name   string // of the record
	Sub    string // its company; of a deal the person
	Number Number // to call back
	Who    string // is responsible
	Note   string // the first line of the call's note
}

// FollowUpPage is a page of follow-ups.
type FollowUpPage struct {
	Rows  []FollowUpRow
	Total int
}
