package desk

import (
	"slices"
	"testing"
	"time"

	"leadline/phone"
)

func TestARecordingIsShownAndKeptInTheCallsRecord_H3(t *testing.T) {
	d := newDesk(t)
	d.ring("1", "00491761234567")
	d.answered("1", "00491761234567")
	c := d.call("talking", func(c Call) bool { return c.State == Talking })
	d.desk.RecordCall(c.ID, true)
	d.rulesRead("the wish", func(rules) bool { return d.phone.did("record 1 true") })

	files := []string{"2026-11-25 10-00-00 +49301.flac"}
	recording := func(state phone.RecordingState, why string) {
		d.change("1", "00491761234567", func(c *phone.Call) {
			c.State, c.Answered = phone.Active, d.at.Add(5*time.Second)
			c.Recording = phone.Recording{State: state, Files: files, Began: d.at, Reason: why, DiskFull: why != ""}
		})
	}
	recording(phone.RecordingOn, "")
	c = d.call("recorded", func(c Call) bool { return c.Recording.State == RecordingOn })
	if !c.Recording.Began.Equal(d.at) {
		t.Errorf("%+v", c.Recording)
	}
	recording(phone.RecordingPaused, "")
	d.call("paused", func(c Call) bool { return c.Recording.State == RecordingPaused })
	files = append(slices.Clone(files), "second.flac")
	recording(phone.RecordingFailed, "no space left on device")
	c = d.call("failed", func(c Call) bool { return c.Recording.State == RecordingFailed })
	if c.Recording.Why.Key != "Not recorded any more: the disk is full" || d.notice() != c.Recording.Why.Key {
		t.Errorf("%+v, notice %q", c.Recording, d.notice())
	}
	if len(c.Recordings) > 0 {
		t.Errorf("it can be heard while it is recorded: %+v", c.Recordings)
	}
	d.change("1", "00491761234567", func(c *phone.Call) {
		c.State, c.Cause, c.Answered, c.Ended = phone.Ended, phone.HungUpThere, d.at, d.at.Add(time.Minute)
		c.Recording = phone.Recording{State: phone.RecordingFailed, Files: files}
	})
	c = d.call("ended", func(c Call) bool { return c.State == Ended })
	if want := []Recorded{{Call: c.ID, Name: files[0]}, {Call: c.ID, Name: files[1]}}; !slices.Equal(c.Recordings, want) {
		t.Errorf("one hears %+v", c.Recordings)
	}
	d.close()
	if got := d.lastCall().Call.Recordings; !slices.Equal(got, files) {
		t.Errorf("the record knows %q", got)
	}
}
