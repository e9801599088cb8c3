package ui

import (
	"testing"

	"fyne.io/fyne/v2"

	"leadline/ui/text"
)

func TestCtrlAndANumberGoToThePlacesThatAreShown_F2(t *testing.T) {
	b, _ := customersBench(t, Look{"en", "light"})
	for key, want := range map[int]pageName{1: pageCalls, 4: pageLeads, 9: pageStatistics} {
		if b.m.goNth(key - 1); b.m.at != want {
			t.Errorf("Ctrl+%d leads to %s, want %s", key, b.m.at, want)
		}
	}
	b.m.rail.WithoutLeads(true)
	for key, want := range map[int]pageName{4: pageContacts, 8: pageStatistics} {
		if b.m.goNth(key - 1); b.m.at != want {
			t.Errorf("without leads Ctrl+%d leads to %s, want %s", key, b.m.at, want)
		}
	}
}

func TestEscClosesAMenuAndTheSheetOfKeys(t *testing.T) {
	b := newMainBench(t, fullDesk(), &mainSettings{accounts: oneAccount}, Look{"de", "light"})
	esc := &fyne.KeyEvent{Name: fyne.KeyEscape}
	help := b.widget("button", "Help").(fyne.Focusable)
	c := b.m.Window().Canvas()
	c.Focus(help)
	b.tap("button", "Help")
	c.Focused().TypedKey(esc)
	if b.m.layer.PopupOpen() || c.Focused() != help {
		t.Errorf("Esc leaves the menu open, or the keyboard at %T", c.Focused())
	}
	b.m.showKeys()
	b.settle()
	if !b.says("In Listen") || !b.says("Entf") {
		t.Error("the sheet lacks the keys of lists")
	}
	c.OnTypedKey()(esc)
	if b.m.layer.PopupOpen() {
		t.Error("Esc leaves the sheet open")
	}
}

func TestAQuestionMarkWorksInAList(t *testing.T) {
	b := newMainBench(t, fullDesk(), &mainSettings{accounts: oneAccount}, Look{"en", "light"})
	b.m.Go(pageCalls)
	b.settle()
	list := b.m.pages[pageCalls].(*listPage).list
	b.m.Window().Canvas().Focus(list)
	list.TypedRune('?')
	b.settle()
	if !b.says("In a call window") {
		t.Error("a list keeps it")
	}
}

func TestTheSheetOfKeysFitsAndScrolls(t *testing.T) {
	b := newMainBench(t, fullDesk(), &mainSettings{accounts: oneAccount}, Look{"de", "light"})
	for _, size := range []fyne.Size{fyne.NewSize(1280, 800), fyne.NewSize(900, 600)} {
		b.m.Window().Resize(size)
		b.settle()
		b.m.showKeys()
		b.settle()
		b.shot("main-keys-" + text.Number(int64(size.Width)))
		for range 20 {
			b.m.Window().Canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyDown})
		}
		b.settle()
		if !b.says("Spalte am Kopf verbreitern") || !b.says("Eingabe und Leertaste allein") {
			t.Errorf("at %v the end of the sheet is not seen", size)
		}
		b.m.layer.ClosePopup()
	}
}
