//go:build !windows

package main

import (
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"unicode/utf8"

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
	{"xmessage", func(title, words string) []string {
		return []string{"-center", "-title", latin1(title), latin1(wrapped(words))}
	}},
	{"notify-send", func(title, words string) []string { return []string{"--urgency=critical", title, words} }},
}

// xmessageColumns is how long a line is before it does not fit on a small screen: xmessage breaks none.
const xmessageColumns = 72

// wrapped breaks words into lines; what has no blank in it stays whole.
func wrapped(words string) string {
	var b strings.Builder
	for i, line := range strings.Split(words, "\n") {
		if i > 0 {
			b.WriteByte('\n')
		}
		long := 0
		for j, word := range strings.Split(line, " ") {
			n := utf8.RuneCountInString(word)
			switch {
			case j > 0 && long+1+n > xmessageColumns:
				b.WriteByte('\n')
				long = 0
			case j > 0:
				b.WriteByte(' ')
				long++
			}
			b.WriteString(word)
			long += n
		}
	}
	return b.String()
}

// latin1 is a text as xmessage reads it, whatever the locale.
func latin1(text string) string {
	var b strings.Builder
	for _, r := range strings.NewReplacer("„", `"`, "“", `"`, "”", `"`, "‘", "'", "’", "'", "–", "-", "…", "...").Replace(text) {
		if r > 0xFF {
			r = '?'
		}
		b.WriteByte(byte(r))
	}
	return b.String()
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
