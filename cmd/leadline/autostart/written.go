package autostart

import (
	"encoding/xml"
	"strings"
)

// desktopEntry is a desktop's file for a program and its arguments.
func (e Entry) desktopEntry(command []string) string {
	quoted := make([]string, len(command))
	for i, arg := range command {
		quoted[i] = quotedExec(arg)
	}
	return "[Desktop Entry]\nType=Application\nName=" + e.Name + "\nIcon=" + e.ID +
		"\nTryExec=" + strings.ReplaceAll(command[0], `\`, `\\`) + // once the program is gone, nothing is started
		"\nExec=" + strings.Join(quoted, " ") + "\nTerminal=false\n"
}

// quotedExec is an argument of Exec (Desktop Entry Specification, "The Exec key").
func quotedExec(s string) string {
	s = strings.NewReplacer(`\`, `\\\\`, `"`, `\\"`, "`", "\\\\`", `$`, `\\$`, "%", "%%").Replace(s)
	return `"` + s + `"`
}

// switchedOff says whether a desktop's entry is there and does nothing: by the specification's key, or by GNOME's.
func switchedOff(entry string) bool {
	for line := range strings.Lines(entry) {
		if line = strings.ToLower(strings.ReplaceAll(strings.TrimSpace(line), " ", "")); line == "hidden=true" || line == "x-gnome-autostart-enabled=false" {
			return true
		}
	}
	return false
}

// launchAgent is launchd's file for a program and its arguments (launchd.plist(5)).
func (e Entry) launchAgent(command []string) string {
	var b strings.Builder
	b.WriteString(xml.Header + `<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">` +
		"\n<plist version=\"1.0\">\n<dict>\n\t<key>Label</key><string>" + escaped(e.ID) + "</string>\n\t<key>ProgramArguments</key>\n\t<array>\n")
	for _, arg := range command {
		b.WriteString("\t\t<string>" + escaped(arg) + "</string>\n")
	}
	b.WriteString("\t</array>\n\t<key>RunAtLoad</key><true/>\n\t<key>ProcessType</key><string>Interactive</string>\n</dict>\n</plist>\n")
	return b.String()
}

func escaped(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder takes all
	return b.String()
}

// commandLine is a program with its arguments as Windows takes them apart again (CommandLineToArgvW): in quotes, where a
// backslash is doubled before one.
func commandLine(command []string) string {
	quoted := make([]string, len(command))
	for i, arg := range command {
		var b strings.Builder
		slashes := 0
		for _, r := range arg {
			switch r {
			case '\\':
				slashes++
				continue
			case '"':
				slashes = 2*slashes + 1
			}
			b.WriteString(strings.Repeat(`\`, slashes))
			slashes = 0
			b.WriteRune(r)
		}
		quoted[i] = `"` + b.String() + strings.Repeat(`\`, 2*slashes) + `"`
	}
	return strings.Join(quoted, " ")
}
