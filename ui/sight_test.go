package ui

import (
	"errors"
	"os"
	"testing"

	"leadline/ui/kit"
	"leadline/ui/theme"
)

func TestTextSizeAndContrastsAreKeptAndUsedAtOnce(t *testing.T) {
	t.Setenv("FYNE_SCALE", "") // what the window draws with; restored after the test
	s := &mainSettings{accounts: oneAccount, look: Look{"en", "dark"}}
	b := newMainBench(t, fullDesk(), s, s.look)
	b.m.ShowSettings(settingsAppearance)
	b.settle()
	for _, size := range []struct{ choice, scale string }{{"130%", "1.3"}, {"90%", "0.9"}, {"100%", ""}} {
		if err := b.widget("select", "Text size").(kit.Choosable).Choose(size.choice); err != nil {
			t.Fatal(err)
		}
		b.settle()
		if got := os.Getenv("FYNE_SCALE"); got != size.scale {
			t.Errorf("%s: windows are drawn at %q, want %q", size.choice, got, size.scale)
		}
	}
	b.tap("check", "Strong contrasts")
	if th := shownTheme(b.m.opt.App); !s.sight.Contrast || s.sight.TextSize != 100 || !th.Strong() || th.Mode() != theme.Dark {
		t.Errorf("kept %+v, shown strong %v, mode %v", s.sight, th.Strong(), th.Mode())
	}
	// Another theme keeps the contrasts.
	if err := b.widget("select", "Colours").(kit.Choosable).Choose("Light"); err != nil {
		t.Fatal(err)
	}
	b.settle()
	b.settle()
	if th := shownTheme(b.m.opt.App); !th.Strong() || th.Mode() != theme.Light {
		t.Errorf("strong %v, mode %v", th.Strong(), th.Mode())
	}
	b.shot("main-settings-contrast-light")
	s.saveErr = errors.New("the disk is full")
	b.tap("check", "Strong contrasts")
	if !b.says("the disk is full") || !shownTheme(b.m.opt.App).Strong() {
		t.Error("a choice that was not kept is used, or nothing is said")
	}
}
