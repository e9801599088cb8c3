package main

import (
	"path/filepath"
	"testing"
	"time"

	"leadline/cmd/leadline/config"
	"leadline/ui"
	"leadline/ui/desk"
)

// newSettings is a program without sound, and its configuration file.
func newSettings(t *testing.T) (s settings, file string) {
	t.Helper()
	dir := t.TempDir()
	c, err := config.Default()
	if err != nil {
		t.Fatal(err)
	}
	c.Data, c.Audio = dir, config.Audio{Microphone: "null", Speaker: "null", Ringer: "null"}
	file = filepath.Join(dir, "leadline.toml")
	p, err := newProgram(options{Config: c, File: file, Private: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.close)
	return settings{p}, file
}

func TestCallsThatAreNotTakenAreKeptInTheConfiguration(t *testing.T) {
	s, file := newSettings(t)
	choice := ui.CallChoice{Busy: "102", NoAnswer: "103", After: 15, DeclineHere: true}
	if err := s.SaveCalls(choice); err != nil {
		t.Fatal(err)
	}
	read, err := config.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	if want := (config.Calls{Busy: "102", NoAnswer: "103", NoAnswerAfter: 15, Decline: config.DeclineHere}); read.Calls != want {
		t.Errorf("the file has %+v, want %+v", read.Calls, want)
	}
	if got := s.CallChoice(); got != choice {
		t.Errorf("the settings say %+v", got)
	}
	if err := s.SaveCalls(ui.CallChoice{After: 1}); err == nil || s.CallChoice() != choice {
		t.Errorf("a second of ringing was kept: %v, %+v", err, s.CallChoice())
	}
	want := desk.Diversion{Busy: "102", NoAnswer: "103", After: 15 * time.Second}
	told := make(chan bool, 1)
	defer s.desk.Subscribe(func(s desk.Snapshot) {
		if s.Diverted == want {
			select {
			case told <- true:
			default:
			}
		}
	})()
	select {
	case <-told:
	case <-time.After(time.Minute):
		t.Errorf("the desk says %+v", s.desk.Snapshot().Diverted)
	}
}
