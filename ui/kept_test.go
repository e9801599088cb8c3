package ui

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/test"
)

func init() { programs["kept"] = keptProgram }

// keptProgram is what Fyne's file dialog does with preferences.
func keptProgram() {
	a := app.NewWithID("org.example.leadline.kept.test")
	kept := test.NewApp().Preferences()
	a.SetCloudProvider(keptForFyne{kept})
	p := a.Preferences()
	p.SetString("folder", "file:///home/anna")
	p.SetInt("view", 2)
	fmt.Println(p.String("folder"), p.Int("view"), p.Int("none"), kept.String("folder"), kept.String("view"))
}

// Fyne writes its file of preferences at the end of each program, and reads it half written.
func TestFynesDialogsRememberWhereTheWindowsDo(t *testing.T) {
	config := t.TempDir()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(exe)
	c.Env = append(os.Environ(), "LEADLINE_TEST_PROGRAM=kept", "XDG_CONFIG_HOME="+config, "XDG_CACHE_HOME="+config, "HOME="+config)
	out, err := c.CombinedOutput()
	if want := "file:///home/anna 2 0 file:///home/anna 2"; err != nil || strings.TrimSpace(string(out)) != want {
		t.Errorf("%v: %s, want %s", err, out, want)
	}
	if there, _ := filepath.Glob(filepath.Join(config, "fyne", "*", "preferences.json")); len(there) > 0 {
		t.Errorf("Fyne wrote %q", there)
	}
}
