package wire

import "leadline/crm"

// MostRecording bounds a recording's file in bytes: a day of sound.
const MostRecording = 4 << 30

// MostPiece is how many bytes of a recording one PATCH brings at most.
const MostPiece = 1 << 20

// Upload announces a recording.
type Upload struct {
	Call   crm.ID `json:"call"`
	Name   string `json:"name"`   // as crm.Call.Recordings has it
	Size   int64  `json:"size"`   // bytes
	SHA256 []byte `json:"sha256"` // of the whole
}

// Uploaded says how much of a recording the server has.
type Uploaded struct {
	ID   crm.ID `json:"id"`   // by crm.RecordingID
	Have int64  `json:"have"` // the next piece begins here
	Done bool   `json:"done,omitempty"`
}
