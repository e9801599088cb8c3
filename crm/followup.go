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

// Note is a note on a record that belongs to no call.
type Note struct {
	ID   ID        `json:"id"`
	Ref  Ref       `json:"ref"`
	At   time.Time `json:"at"`
	By   ID        `json:"by,omitempty"`
	Text string    `json:"text"`
}
