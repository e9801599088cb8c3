//go:build !windows

package main

import (
	"log/slog"
	"os"
	"os/exec"
	"syscall"

	"leadline/ui/text"
)

// startAgain puts the program, started anew with the environment, in the place of this one.
func startAgain(env []string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	return syscall.Exec(self, os.Args, env)
}

func undrawnWords() string {
	return text.T("Nothing on this desktop draws by OpenGL 2.1. Install the software renderer of Mesa (Debian and Ubuntu: libgl1-mesa-dri and libegl1), or the driver of the graphics card, and start Leadline again.")
}

// dialogs are the programs that show a message, the nicest first; title and words are put after the rest.
var dialogs = []struct {
	name string
	args func(title, words string) []string
}{
	{"zenity", func(title, words string) []string {
		return []string{"--error", "--no-markup", "--width=420", "--title=" + title, "--text=" + words}
	}},
	{"kdialog", func(title, words string) []string { return []string{"--title", title, "--error", words} }},
	{"xmessage", func(title, words string) []string { return []string{"-center", "-title", title, words} }},
	{"notify-send", func(title, words string) []string { return []string{"--urgency=critical", title, words} }},
}

// sayOutside shows a message by another program, as far as there is one, and waits until it was read.
func sayOutside(title, words string) {
	for _, d := range dialogs {
		if path, err := exec.LookPath(d.name); err == nil {
			if err := exec.Command(path, d.args(title, words)...).Run(); err == nil {
				return
			}
			slog.Warn("show a message", "program", d.name, "error", err)
		}
	}
}
