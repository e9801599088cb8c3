package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/pelletier/go-toml/v2"

	"leadline/cmd/leadline/config"
	"leadline/cmd/leadline/instance"
	"leadline/crm/store"
	"leadline/phone"
	"leadline/ui"
	"leadline/ui/desk"
)

// Whoever starts the program from the desktop reads why it does not start, and what to do (issue 6.10).
func TestWhatDoesNotStartSaysWhatToDo(t *testing.T) {
	ui.Speak("de")
	t.Cleanup(func() { ui.Speak("en") })
	file := configFile(t, "[ui]\ntheme = \"pink\"\n")
	_, wrong := config.Load(file)
	for _, c := range []struct {
		err  error
		want []string
	}{
		{wrong, []string{"Berichtigen Sie es", file + ":3", "pink"}},
		{fmt.Errorf("open x: %w", store.ErrLaterVersion), []string{"Installieren Sie diese"}},
		{fmt.Errorf("open x: %w", store.ErrForeign), []string{"anderen Programm", "open x"}},
		{fmt.Errorf("open x: %w", store.ErrInUse), []string{"Beenden Sie es"}},
		{fmt.Errorf("%w: %w", instance.ErrTaken, errors.New("no answer")), []string{"läuft schon"}},
		{&fs.PathError{Op: "open", Path: "/data/leadline.log", Err: syscall.ENOSPC}, []string{"Schaffen Sie Platz"}},
		{&fs.PathError{Op: "open", Path: "/data/leadline.log", Err: syscall.EACCES}, []string{"/data/leadline.log", "Ihnen gehören"}},
		{errors.New("the moon is full"), []string{"the moon is full", "hilft der Person"}},
	} {
		words := unstartedWords(c.err)
		for _, want := range c.want {
			if !strings.Contains(words, want) {
				t.Errorf("%v: %q is not in %q", c.err, want, words)
			}
		}
	}
}

func TestTheSystemsLanguageIsTakenAtOnce(t *testing.T) {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE"} {
		t.Setenv(name, "de_DE.UTF-8")
	}
	t.Cleanup(func() { ui.Speak("en") })
	s, _ := newSettings(t)
	ui.Speak("en")
	if err := s.SaveLook(ui.Look{}); err != nil {
		t.Fatal(err)
	}
	s.desk.CallChanged(phone.Call{ID: "1", Account: "Office", Direction: phone.Incoming, State: phone.Ringing, Remote: phone.Party{User: "+4917612345678", Host: "pbx"}, Began: time.Now()})
	s.untilDesk(t, "places are named in German", func(s desk.Snapshot) bool { return len(s.Calls) == 1 && s.Calls[0].Party.Place == "Deutschland" })
}

// What the fyne tool makes a bundle for macOS of lies where it is told to look (README).
func TestTheBundlesDescriptionIsBesideTheProgram(t *testing.T) {
	var described struct {
		Details struct{ Icon, Name, ID string }
	}
	text, err := os.ReadFile("FyneApp.toml")
	if err == nil {
		err = toml.Unmarshal(text, &described)
	}
	if err != nil {
		t.Fatal(err)
	}
	if d := described.Details; d.Name != "Leadline" || d.ID != ui.AppID {
		t.Errorf("it describes %+v", d)
	}
	if _, err := os.Stat(described.Details.Icon); err != nil {
		t.Errorf("its icon: %v", err)
	}
}
