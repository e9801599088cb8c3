package autostart

import (
	"encoding/xml"
	"slices"
	"strings"
	"testing"
)

var entry = Entry{Name: "Leadline", ID: "org.leadline.Leadline"}

func TestTheDesktopsEntryQuotesWhatIsStarted(t *testing.T) {
	got := entry.desktopEntry([]string{"/usr/bin/leadline", "-config", `/home/a b/100%/"$x".toml`})
	if want := `Exec="/usr/bin/leadline" "-config" "/home/a b/100%%/\\"\\$x\\".toml"`; !strings.Contains(got, want+"\n") {
		t.Errorf("the entry is\n%s\nwhich lacks %s", got, want)
	}
	if !strings.Contains(got, "\nTryExec=/usr/bin/leadline\n") {
		t.Errorf("a package that was removed is still started with the session:\n%s", got)
	}
}

func TestWhatDesktopsSwitchOffDoesNotStart(t *testing.T) {
	for text, off := range map[string]bool{
		"[Desktop Entry]\nHidden=true\n": true, "[Desktop Entry]\nX-GNOME-Autostart-enabled = false": true, "[Desktop Entry]\nHidden=false\n": false,
		"[Desktop Entry]\nX-GNOME-Autostart-enabled=true\n": false, "": false,
	} {
		if switchedOff(text) != off {
			t.Errorf("%q is switched off: %v", text, !off)
		}
	}
}

func TestALaunchAgentIsAPropertyList(t *testing.T) {
	got := entry.launchAgent([]string{"/Applications/Leadline.app/Contents/MacOS/leadline", "-config", "/Users/a&b/<x>.toml"})
	var plist struct {
		Keys    []string `xml:"dict>key"`
		Label   []string `xml:"dict>string"`
		Command []string `xml:"dict>array>string"`
	}
	if err := xml.Unmarshal([]byte(got), &plist); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(plist.Label, []string{"org.leadline.Leadline", "Interactive"}) || len(plist.Command) != 3 || plist.Command[2] != "/Users/a&b/<x>.toml" {
		t.Errorf("%+v", plist)
	}
}

func TestWindowsTakesACommandApartAgain(t *testing.T) {
	for want, command := range map[string][]string{
		`"C:\Program Files\Leadline\leadline.exe"`: {`C:\Program Files\Leadline\leadline.exe`},
		`"leadline.exe" "-config" "C:\a b\\"`:      {"leadline.exe", "-config", `C:\a b\`},
		`"leadline.exe" "say \"x\\\" y\"" ""`:      {"leadline.exe", `say "x\" y"`, ""},
	} {
		if got := commandLine(command); got != want {
			t.Errorf("%q is written as %s, want %s", command, got, want)
		}
	}
}
