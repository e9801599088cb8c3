package ui

import (
	"testing"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/hotkey"
	"leadline/ui/kit"
)

// At 150 % text a screen of 1366 by 768 is 910 by 512, less the panel of the desktop.
func TestEveryPlaceOfTheSettingsIsReachedInASmallWindow(t *testing.T) {
	for _, look := range []Look{{"en", "light"}, {"de", "light"}} {
		b, s := customersBench(t, look)
		do(t, s, crm.SaveLine{Line: crm.Line{ID: s.NewID(), Name: "Head office"}})
		size := fyne.NewSize(900, 450)
		b.m.Window().Resize(size)
		for _, place := range []settingsPlace{settingsAccounts, settingsSound, settingsCalls, settingsNotices, settingsRecording, settingsShortcuts, settingsAppearance, settingsAbout,
			settingsLines, settingsQueues, settingsSources, settingsExceptions, settingsMode, settingsPipelines, settingsFields, settingsUsers, settingsRoles} {
			b.m.ShowSettings(place)
			b.settle()
			at := b.m.pages[pageSettings].(*settingsPage).places[place].Object()
			if need, room := at.MinSize().Height, size.Height-mainTop-mainBottom; need > room {
				t.Errorf("%s, %s: it needs %v px of %v, and does not scroll", look.Language, place, need, room)
			}
			b.shot("settings-small-" + string(place) + "-" + look.Language)
			kit.Walk(b.m.pages[pageSettings].Object(), func(o fyne.CanvasObject, at fyne.Position) {
				n, ok := o.(kit.Named)
				if ok && n.Role() != "text" && at.Y > size.Height-mainTop-mainBottom {
					t.Errorf("%s, %s: the %s %q is below the window, and nothing scrolls to it", look.Language, place, n.Role(), n.Name())
				}
			})
		}
	}
}

func TestAllKeysThatCannotBeReadAreTold(t *testing.T) {
	s := &mainSettings{accounts: oneAccount, hotkeys: map[hotkey.Action]string{hotkey.Hold: "Ctrl+Shift+F8"}}
	t.Setenv("DISPLAY", ":1")
	t.Setenv("WAYLAND_DISPLAY", "")
	b := newMainBench(t, fullDesk(), s, Look{"en", "light"})
	b.m.opt.Hotkeys = &takenKeys{}
	b.m.build()
	b.m.ShowSettings(settingsShortcuts)
	b.settle()
	b.type_("Answer", "J")
	b.type_("Decline", "Ctrl+Nothing")
	b.type_("Hold, or take back", "")
	b.tap("button", "Save")
	if !b.says("A key that types needs Ctrl, Alt or Super beside it.") || !b.says("There is no such key.") {
		t.Error("only one of two is told")
	}
	b.m.Go(pageCalls)
	b.m.ShowSettings(settingsShortcuts)
	b.settle()
	if got := b.widget("field", "Hold, or take back").Value(); got != "" {
		t.Errorf("the key that was taken out is back: %q", got)
	}
}

func TestTryItFirstListsTheCallsThatWouldHaveGoneAnotherWay(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	l := crm.Line{ID: s.NewID(), Name: "Head office", Mode: crm.Suggest}
	do(t, s, crm.SaveLine{Line: l})
	for _, party := range []string{"030 20001", "030 20002"} {
		began := mainNow.AddDate(0, 0, -1)
		if _, _, err := s.BeginCall(ctx, crm.Call{ID: s.NewID(), Direction: crm.Incoming, Party: crm.Parse(party, "DE"), Began: began, Line: l.ID, LineName: l.Name}); err != nil {
			t.Fatal(err)
		}
	}
	b.m.ShowSettings(settingsLines)
	b.waits("Head office")
	b.tap("button", "Edit")
	b.tap("item", "CRM integration")
	b.choose("radio", "Unknown number", "Create a new lead automatically")
	b.waits("2 of 2 calls would have gone another way.")
	if b.says("030 20001") {
		t.Error("the calls are listed unasked")
	}
	b.tap("button", "Show these calls")
	for _, want := range []string{"030 20001", "030 20002"} {
		if !b.says(want) {
			t.Errorf("the call of %s is missing", want)
		}
	}
	b.shot("settings-trial-calls")
	b.tap("button", "Hide these calls")
	if b.says("030 20001") {
		t.Error("they are not hidden again")
	}
}
