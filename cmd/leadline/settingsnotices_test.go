package main

import (
	"reflect"
	"testing"

	"leadline/cmd/leadline/config"
	"leadline/ui"
)

func TestWhatTheDesktopTellsIsKeptInTheConfiguration(t *testing.T) {
	s, file := newSettings(t)
	if got := s.NoticeChoice(); got != (ui.NoticeChoice{}) {
		t.Errorf("a new program tells %+v", got)
	}
	choice := ui.NoticeChoice{NoMissed: true, NoFollowUps: true, QuietInCall: true, RingVolume: 40}
	if err := s.SaveNotices(choice); err != nil {
		t.Fatal(err)
	}
	read, err := config.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	if want := (config.Notices{Off: []string{"missed", "follow-ups"}, Quiet: true}); !reflect.DeepEqual(read.Notices, want) || read.Audio.RingVolume != 40 {
		t.Errorf("the file has %+v and volume %d", read.Notices, read.Audio.RingVolume)
	}
	if got := s.NoticeChoice(); got != choice {
		t.Errorf("the settings say %+v", got)
	}
	if err := s.SaveNotices(ui.NoticeChoice{RingVolume: 500}); err == nil || s.NoticeChoice() != choice {
		t.Errorf("five times as loud was kept: %v, %+v", err, s.NoticeChoice())
	}
	if err := s.CloseToTray(true); err != nil || !s.ClosesToTray() {
		t.Errorf("to the tray: %v, %v", err, s.ClosesToTray())
	}
}
