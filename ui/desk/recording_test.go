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
	d.ended("1", "00491761234567", phone.HungUpThere)
	d.call("ended", func(c Call) bool { return c.State == Ended })
	d.close()
	if got := d.lastCall().Call.Recordings; !slices.Equal(got, files) {
		t.Errorf("the record knows %q", got)
	}
}
