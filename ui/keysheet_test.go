package ui

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"leadline/ui/desk"
	"leadline/ui/text"
)

func TestAQuestionMarkShowsTheKeys(t *testing.T) {
	for _, look := range []Look{{"en", "light"}, {"de", "dark"}} {
		b := newMainBench(t, fullDesk(), &mainSettings{accounts: oneAccount}, look)
		b.m.Window().Canvas().Unfocus()
		b.m.Window().Canvas().OnTypedRune()('?')
		if want := text.T("In a call window"); !b.says(want) || !b.says("Ctrl+J") {
			t.Errorf("%v: there is no sheet", look)
		}
		b.shot("main-keys-" + look.Theme + "-" + look.Language)
		b.m.layer.ClosePopup()
		b.tap("button", "Help")
		b.tap("item", "About Leadline")
		if !b.says("Leadline 0.2") {
			t.Errorf("%v: help does not lead to About", look)
		}
	}
}

// A row that has the keyboard hands the question mark on.
func TestAQuestionMarkWorksWhereTheKeyboardIs(t *testing.T) {
	b := newMainBench(t, fullDesk(), &mainSettings{accounts: oneAccount}, Look{"en", "light"})
	b.tap("item", "Settings")
	b.widget("button", "Edit").(fyne.Focusable).TypedRune('?')
	b.settle()
	if !b.says("In a call window") {
		t.Error("a button keeps it")
	}
	b.m.layer.ClosePopup()
	b.widget("item", "Sound").(fyne.Focusable).TypedRune('?')
	b.settle()
	if !b.says("In a call window") {
		t.Error("a place keeps it")
	}
}

func TestTheSheetHasEveryShortcut(t *testing.T) {
	var all []string
	for _, s := range keySheets() {
		for _, l := range s.lines {
			all = append(all, l.keys)
		}
	}
	for _, key := range callShortcuts {
		if !slices.Contains(all, "Ctrl+"+strings.Replace(string(key), "Return", "Enter", 1)) {
			t.Errorf("Ctrl+%s is missing", key)
		}
	}
}

func TestDiagnosticsHoldWhatHelpsAndNothingPrivate(t *testing.T) {
	a := officeAccount()
	a.Password, a.LineHeader = "geheim", "X-Line"
	d := fullDesk()
	d.snap.Sound = desk.Sound{Microphone: "Jabra", Speaker: "file:/home/jörg/out.wav"}
	d.snap.Accounts[0].State, d.snap.Accounts[0].Why = desk.Retrying, desk.Text{Key: "The PBX cannot be reached"}
	d.snap.Accounts[0].Detail = "lookup pbx.example.org: no such host"
	d.snap.Sync = desk.Sync{State: desk.ServerAway, Waiting: 3, Detail: "dial tcp: lookup crm.example.org"}
	b := newMainBench(t, d, &mainSettings{accounts: []AccountSettings{a}}, Look{"de", "light"})
	b.m.ShowSettings(settingsAbout)
	b.settle()
	b.tap("button", "Copy diagnostics")
	got := b.m.opt.App.Clipboard().Content()
	for _, want := range []string{"0.2, ", "udp, srtp off (sdes), dtmf rfc4733, codecs opus g722 pcma pcmu: tries again The PBX cannot be reached", `microphone "Jabra", speaker "a file"`, "1 on the desk", "away, 3 changes wait, 0 were refused", "scale 1.00"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
	for _, private := range []string{"geheim", "pbx.example.org", "crm.example.org", "Jörg", "jörg", "Office"} {
		if strings.Contains(got, private) {
			t.Errorf("%q is in it:\n%s", private, got)
		}
	}
	if !b.says("Kopiert.") {
		t.Error("it does not say that it is copied")
	}
}
