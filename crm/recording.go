package crm

import (
	"crypto/sha256"
	"slices"
	"time"

	"github.com/google/uuid"
)

type (
	// RecordingUploaded says that the server has a recording of a call now. The server's own command.
	RecordingUploaded struct {
		Call      ID `json:"call"`
		Recording ID `json:"recording"`
	}
	// RemoveRecordings takes recordings from a call: whoever has their files removes them.
	RemoveRecordings struct {
		Call       ID   `json:"call"`
		Recordings []ID `json:"recordings"` // by RecordingID
	}
)

// CommandName is Change's.
func (RecordingUploaded) CommandName() string { return "call.recording.uploaded/1" }

// CommandName is Change's.
func (RemoveRecordings) CommandName() string { return "call.recordings.remove/1" }

func init() {
	register[RecordingUploaded]()
	register[RemoveRecordings]()
}

// RecordingID is the id of a recording, which follows from its call and its file's name: programs and server find it each
// for itself, and the name, in which a caller's number stands, is in no address and no table.
func RecordingID(call ID, name string) ID {
	sum := sha256.Sum256([]byte("recording\x00" + string(call) + "\x00" + name))
	u := uuid.UUID(sum[:16])
	u[6], u[8] = u[6]&0x0f|0x80, u[8]&0x3f|0x80 // UUIDv8 (RFC 9562 §5.8)
	return ID(u.String())
}

// RecordingName is the name of the recording with an id; "" when the call has none such.
func (c Call) RecordingName(id ID) string {
	i := slices.IndexFunc(c.Recordings, func(name string) bool { return RecordingID(c.ID, name) == id })
	if i < 0 {
		return ""
	}
	return c.Recordings[i]
}

// WithoutRecordings is the call without some of its recordings.
func (c Call) WithoutRecordings(ids []ID) Call {
	c.Recordings = slices.DeleteFunc(slices.Clone(c.Recordings), func(name string) bool { return slices.Contains(ids, RecordingID(c.ID, name)) })
	c.Uploaded = slices.DeleteFunc(slices.Clone(c.Uploaded), func(id ID) bool { return slices.Contains(ids, id) })
	return c
}

// RecordingsUntil is the time before which a call must have begun for its recordings to be too old to be kept; false when they
// are kept without end.
func (w Workspace) RecordingsUntil(now time.Time) (time.Time, bool) {
	return now.AddDate(0, 0, -w.KeepRecordings), w.KeepRecordings > 0
}
