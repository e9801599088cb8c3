package ui

import (
	"errors"
	"testing"

	"leadline/ui/desk"
	"leadline/ui/kit"
)

func TestHowCallsAreRecordedIsChosen(t *testing.T) {
	s := &mainSettings{accounts: oneAccount}
	b := newMainBench(t, fullDesk(), s, Look{"en", "light"})
	b.tap("item", "Settings")
	b.tap("item", "Recording")
	if err := b.widget("select", "Record calls").(kit.Choosable).Choose("Every call"); err != nil {
		t.Fatal(err)
	}
	b.tap("check", "Tone as a recording begins")
	if s.recording != (RecordingChoice{Always: true, Beep: true}) {
		t.Errorf("saved %+v", s.recording)
	}
	s.saveErr = errors.New("disk full")
	b.tap("check", "Tone as a recording begins")
	if !b.says("disk full") || b.widget("check", "Tone as a recording begins").(*kit.Check).Value() != "on" {
		t.Error("a choice that could not be kept looks kept")
	}
}

func TestARecordingIsPlayedFromTheTimeline(t *testing.T) {
	d := fullDesk()
	ref := desk.Ref{Kind: desk.Lead, ID: "1"}
	r := d.records[ref]
	r.Timeline = []desk.Event{{Kind: desk.EventCall, At: mainNow, Outcome: desk.Answered, Recordings: []string{"gone.flac"}}}
	d.records[ref] = r
	b := newMainBench(t, d, &mainSettings{accounts: oneAccount}, Look{"en", "light"})
	b.tap("item", "Leads")
	b.tap("button", "Play recording")
	if !b.says("The recording cannot be played: no such file") {
		t.Error("nothing is said of a recording that is gone")
	}
}

func TestTheReportOfTheLastCallsIsCopied(t *testing.T) {
	s := &mainSettings{accounts: oneAccount}
	b := newMainBench(t, fullDesk(), s, Look{"en", "light"})
	b.tap("item", "Settings")
	b.tap("item", "About")
	b.tap("button", "Copy report of the last calls")
	if got := b.m.opt.App.Clipboard().Content(); got != "how the last calls went" || !b.says("Copied. Paste it into a letter to your network's administrator.") {
		t.Errorf("copied %q", got)
	}
	s.saveErr = errors.New("no memory")
	b.tap("button", "Copy report of the last calls")
	if !b.says("The report could not be made: no memory") {
		t.Error("the failure is not said")
	}
}
