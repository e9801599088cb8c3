package ui

import (
	"fmt"
	"testing"
	"time"

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

// At 150 % text a screen of 1280 by 800 is 853 by 533: nothing is cut at the right edge.
func TestNothingOfTheSettingsIsCutInANarrowWindow(t *testing.T) {
	for _, width := range []float32{760, 853, 900} {
		b, s := customersBench(t, Look{"de", "light"})
		do(t, s, crm.SaveLine{Line: crm.Line{ID: s.NewID(), Name: "Zentrale"}})
		b.m.Window().Resize(fyne.NewSize(width, 533))
		for _, place := range []settingsPlace{settingsAccounts, settingsSound, settingsCalls, settingsNotices, settingsRecording, settingsShortcuts, settingsAppearance, settingsImport, settingsAbout,
			settingsLines, settingsQueues, settingsSources, settingsExceptions, settingsMode, settingsPipelines, settingsFields, settingsUsers, settingsRoles} {
			b.m.ShowSettings(place)
			b.settle()
			b.shot(fmt.Sprintf("settings-%v-%s", width, place))
			kit.Walk(b.m.Window().Content(), func(o fyne.CanvasObject, at fyne.Position) {
				if n, ok := o.(kit.Named); ok && at.X+o.Size().Width > width {
					t.Errorf("%v wide, %s: the %s %q ends at %v", width, place, n.Role(), n.Name(), at.X+o.Size().Width)
				}
			})
		}
	}
}

// What a role may is read whole beside its buttons, also in German and in a narrow window (requirements.md G1).
func TestWhatARoleMayIsReadInANarrowWindow_G1(t *testing.T) {
	b, _ := customersBench(t, Look{"de", "light"})
	b.m.Window().Resize(fyne.NewSize(853, 533))
	b.m.ShowSettings(settingsRoles)
	b.settle()
	all := rightsInWords(crm.AllRights)
	b.waits(all)
	found := false
	kit.Walk(b.m.Window().Content(), func(o fyne.CanvasObject, _ fyne.Position) {
		n, ok := o.(kit.Named)
		if !ok || n.Value() != all {
			return
		}
		found = true
		line := kit.NewData(all, kit.Secondary).MinSize()
		if size := o.Size(); size.Width*float32(int(size.Height/line.Height)) < line.Width {
			t.Errorf("%q needs %v and has %v", all, line, size)
		}
	})
	if !found {
		t.Error("it is not there")
	}
	b.shot("settings-roles-narrow-de")
}

// The place that is shown can be seen in the list of places, whatever led there and however low the window is.
func TestThePlaceOfTheSettingsThatIsShownIsInView(t *testing.T) {
	b, _ := customersBench(t, Look{"de", "light"})
	b.m.Window().Resize(fyne.NewSize(900, 600))
	for _, place := range []settingsPlace{settingsAbout, settingsAccounts, settingsRoles} {
		b.m.ShowSettings(place)
		b.settle()
		item := b.m.pages[pageSettings].(*settingsPage).items[place]
		driver := fyne.CurrentApp().Driver()
		top, page := driver.AbsolutePositionForObject(item).Y, driver.AbsolutePositionForObject(b.m.panel).Y
		if least, most := page, page+b.m.panel.Size().Height-item.Size().Height; top < least || top > most {
			t.Errorf("%s is shown, and %q begins at %v: from %v to %v is in view", place, item.Name(), top, least, most)
		}
	}
}

// A period, or a sum, is read whole beside the name of its page or below it, and what a missed caller is called ends before how
// often.
func TestWhatAPageSaysOfItselfIsReadInANarrowWindow(t *testing.T) {
	for _, width := range []float32{800, 853, 1280} {
		b, s := customersBench(t, Look{"de", "light"})
		b.m.Window().Resize(fyne.NewSize(width, 533))
		co := crm.Company{ID: s.NewID(), Name: compound, Numbers: []crm.Number{number(t, "030 20001")}}
		do(t, s, crm.CreateDeal{Deal: crm.Deal{ID: s.NewID(), Title: "Halle", Amount: crm.Money{Minor: 57407406885, Currency: "EUR"}}},
			crm.CreateCompany{Company: co})
		c := crm.Call{ID: s.NewID(), Direction: crm.Incoming, Party: crm.Parse("030 20001", "DE"), Began: mainNow.Add(-time.Hour), Ended: mainNow.Add(-59 * time.Minute), Outcome: crm.Missed,
			Refs: []crm.Ref{{Kind: crm.KindCompany, ID: co.ID}}}
		do(t, s, crm.BeginCall{Call: c}, crm.EndCall{ID: c.ID, Ended: c.Ended, Outcome: c.Outcome})
		whole := func(page pageName, l *kit.Label, style kit.Style) {
			t.Helper()
			if need := kit.NewData(l.Value(), style).MinSize().Width; l.Value() == "" || l.Size().Width < need {
				t.Errorf("%v wide, %s: %q has %v px of %v", width, page, l.Value(), l.Size().Width, need)
			}
		}
		b.m.Go(pageDeals)
		b.waits("574.074.068,85")
		whole(pageDeals, b.m.pages[pageDeals].(*boardPage).sub, kit.Secondary)
		b.m.Go(pageStatistics)
		b.choose("select", "Period", "Month")
		b.waits("1.11. – 23.11.")
		whole(pageStatistics, b.m.pages[pageStatistics].(*statisticsPage).sub, kit.Secondary)
		b.m.Go(pageMissed)
		b.waits(compound)
		end, attempts := float32(0), float32(0)
		kit.Walk(b.m.Window().Content(), func(o fyne.CanvasObject, at fyne.Position) {
			n, ok := o.(kit.Named)
			switch {
			case ok && n.Role() == "text" && n.Value() == compound:
				end = at.X + o.Size().Width
			case ok && n.Value() == "1×":
				attempts = at.X
			}
		})
		if end == 0 || attempts-end < 8 {
			t.Errorf("%v wide: a name ends at %v, and how often they called begins at %v", width, end, attempts)
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
