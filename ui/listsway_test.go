package ui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"leadline/crm"
	"leadline/ui/kit"
)

func TestAMissedCallOpensItsRecord_H6(t *testing.T) {
	b := newMainBench(t, fullDesk(), &mainSettings{accounts: oneAccount}, Look{"en", "light"})
	b.m.Go(pageMissed)
	b.waits("Jürgen Müller-Lüdenscheidt")
	b.tap("row", "0176 1234 5678")
	if b.m.at != pageMissed {
		t.Error("the first click does not only choose")
	}
	b.tap("row", "0176 1234 5678")
	b.waits("Not in the CRM")
	if b.m.at != pageCalls {
		t.Errorf("a stranger's call is shown at %s", b.m.at)
	}
	b.m.Go(pageMissed)
	b.tap("row", "Jürgen Müller-Lüdenscheidt")
	b.m.pageKey(fyne.KeyO)
	if b.m.at != pageLeads {
		t.Errorf("the record is shown at %s", b.m.at)
	}
}

func TestTheSimpleModeHasNoWayToLeads_F2(t *testing.T) {
	d := fullDesk()
	b := newMainBench(t, d, &mainSettings{accounts: oneAccount}, Look{"en", "light"})
	b.m.Go(pageLeads)
	d.snap.NoLeads = true
	b.m.take(d.snap)
	if b.m.at == pageLeads {
		t.Error("the leads are still shown")
	}
	b.press(fyne.Key4)
	if b.m.at != pageContacts {
		t.Errorf("Ctrl+4 leads to %s", b.m.at)
	}
}

func TestListsAreSearchedByCtrlF(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	gross(t, s)
	do(t, s, crm.CreateLead{Lead: crm.Lead{ID: s.NewID(), LastName: "Meier", Status: crm.LeadNew}})
	b.m.Go(pageLeads)
	b.waits("Meier")
	b.press(fyne.KeyF)
	b.settle()
	field := b.widget("field", "Search leads").(*kit.Field)
	if !field.Focused() {
		t.Error("the field has not the keyboard")
	}
	b.type_("Search leads", "Groß")
	pumpUntil(t, b.d, func() bool { return !b.finds("row", "Meier") && b.finds("row", "Groß & Söhne KG") })
	b.shot("search-leads-light")
	b.tap("button", "Filter")
	if !b.widget("button", "Filter").Enabled() || b.finds("field", "Search leads") {
		t.Error("the panel is not closed")
	}
}

// press presses a key with Ctrl.
func (b *mainBench) press(key fyne.KeyName) {
	b.t.Helper()
	window := &canvasOfKeys{Canvas: b.m.Window().Canvas()}
	b.m.keys(window)
	window.TypedShortcut(&desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault})
}
