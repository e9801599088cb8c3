package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/pelletier/go-toml/v2"

	"leadline/cmd/leadline/config"
	"leadline/cmd/leadline/instance"
	"leadline/crm/store"
	"leadline/ui"
	"leadline/ui/text"
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
	if got := text.Language(); got != "de" {
		t.Errorf("on a German desktop places are named in %q once the system's language is chosen", got)
	}
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
