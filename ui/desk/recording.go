package desk

import (
	"context"
	"slices"
	"time"

	"leadline/crm"
	"leadline/phone"
)

// RecordingState is how the recording of a call stands.
type RecordingState int

const (
	NotRecorded     RecordingState = iota // not now
	RecordingOn                           // what is said is written
	RecordingPaused                       // silence is written
	RecordingFailed                       // the call goes on without; what was written is kept
)

// Recording is the recording of a call (requirements.md H3).
type Recording struct {
	State RecordingState
	Began time.Time // of the file that is written now
	Why   Text      // why it failed
}

// RecordedAt is where the file of a recording is.
type RecordedAt int

const (
	RecordedHere    RecordedAt = iota // on this computer, and there is no server
	RecordedWaiting                   // on this computer, to be brought to the server
	RecordedShared                    // on the server
	RecordedAway                      // on a colleague's computer, which has not brought it yet
)

// Recorded is a recording of a call that was.
type Recorded struct {
	Call CallID
	Name string // of the file
	At   RecordedAt
}

// recordedOf are the recordings of a call, as who works here sees them.
func (d *Desk) recordedOf(e crm.Event, me crm.ID) (all []Recorded) {
	for _, name := range e.Recordings {
		r := Recorded{Call: CallID(e.Call), Name: name}
		switch {
		case slices.Contains(e.Uploaded, crm.RecordingID(e.Call, name)):
			r.At = RecordedShared
		case e.Agent != "" && e.Agent != me:
			r.At = RecordedAway
		case d.Snapshot().Sync.State != NoServer:
			r.At = RecordedWaiting
		}
		all = append(all, r)
	}
	return all
}

func recordingOf(r phone.Recording) Recording {
	v := Recording{Began: r.Began}
	switch r.State {
	case phone.RecordingOn:
		v.State = RecordingOn
	case phone.RecordingPaused:
		v.State = RecordingPaused
	case phone.RecordingFailed:
		v.State = RecordingFailed
		v.Why = Text{Key: "Not recorded any more: the file cannot be written"}
		if r.DiskFull {
			v.Why = Text{Key: "Not recorded any more: the disk is full"}
		}
	}
	return v
}

// RecordCall begins to record a call, or goes on after a pause; off pauses.
func (d *Desk) RecordCall(id CallID, on bool) {
	d.ask(id, func(t Telephone, p phone.CallID) error { return t.Record(p, on) })
}

// followRecording keeps in the call's record where it was recorded, and says when that failed.
func (d *Desk) followRecording(c *onDesk, before, now phone.Recording) {
	if len(now.Files) > len(before.Files) {
		id, files := crm.ID(c.id), slices.Clone(now.Files)
		d.write(func(ctx context.Context) { d.check(d.file.SaveRecordings(ctx, id, files)) })
	}
	if now.State == phone.RecordingFailed && before.State != phone.RecordingFailed {
		d.log.Error("desk: recording", "call", c.id, "error", now.Reason)
		d.notice(Notice{Text: recordingOf(now).Why, Warning: true})
	}
}
