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

	Edited  time.Time     `json:"edited,omitzero"` // when the words were changed last
	Changes []FieldChange `json:"changes,omitempty"`
}

// MayEdit says whether a user may change the words of a note: nobody puts any into somebody else's mouth, and what the program
// tells of a record stays as it is (requirements.md G2).
func (n Note) MayEdit(user ID) bool { return len(n.Changes) == 0 && (n.By == "" || n.By == user) }

// MayRemove says whether a user with these rights may take a note away: one's own, and any for who looks after the CRM, since a
// person may ask for wrong words about them to go when their writer has long left (GDPR, article 16).
func (n Note) MayRemove(user ID, r Rights) bool {
	return len(n.Changes) == 0 && (n.MayEdit(user) || r.Settings)
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
