package ui

import (
	"errors"
	"testing"
	"time"

	"leadline/ui/kit"
)

// slowSettings have a disk that a test lets go.
type slowSettings struct {
	*mainSettings
	disk chan struct{}
}

func (s slowSettings) SaveNotices(c NoticeChoice) error {
	<-s.disk
	return s.mainSettings.SaveNotices(c)
}

// The windows do not wait for the disk, and what is chosen while it is slow is all kept (requirement H1).
func TestChoicesAreSavedInOrderWhileTheWindowsGoOn_H1(t *testing.T) {
	b := fullBench(t)
	slow := slowSettings{b.settings, make(chan struct{})}
	b.m.opt.Settings = slow
	v := newSettingsNotices(b.m.opt)
	var checks []*kit.Check
	for _, name := range []string{"Calls that I missed here", "Quiet while I talk", "Calls that I missed here", "Messages in the mailbox"} {
		for c := range v.checks {
			if c.Name() == name {
				checks = append(checks, c)
			}
		}
	}
	for _, c := range checks {
		c.Tap() // with the disk waited for this would never come back
	}
	if (b.settings.NoticeChoice() != NoticeChoice{}) {
		t.Fatal("it is saved before the disk takes it")
	}
	for range checks {
		slow.disk <- struct{}{}
	}
	b.d.choices.wait()
	b.settle()
	if want := (NoticeChoice{QuietInCall: true, NoMessages: true}); b.settings.NoticeChoice() != want {
		t.Errorf("kept %+v, want %+v", b.settings.NoticeChoice(), want)
	}
	b.settings.saveErr = errors.New("the disk is full")
	checks[1].Tap()
	slow.disk <- struct{}{}
	b.d.choices.wait()
	b.settle()
	if !v.error.Visible() || checks[1].Value() != "on" {
		t.Errorf("a choice that was not kept: told %v, shown as %s", v.error.Visible(), checks[1].Value())
	}
}

// Who ends the program a moment after a choice has it the next day.
func TestTheLastChoiceIsWaitedFor(t *testing.T) {
	var o inOrder
	var did []int
	for i := range 20 {
		o.do(func() {
			time.Sleep(100 * time.Microsecond)
			did = append(did, i)
		})
	}
	o.wait()
	if len(did) != 20 {
		t.Fatalf("done %v", did)
	}
	for i, n := range did {
		if n != i {
			t.Fatalf("done in the order %v", did)
		}
	}
}
