package ui

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"leadline/ui/desk"
	"leadline/ui/kit"
)

func fullBench(t *testing.T) *mainBench {
	return newMainBench(t, fullDesk(), &mainSettings{accounts: oneAccount}, Look{"en", "light"})
}

func TestEveryPageOfTheRailOpensByItsName(t *testing.T) {
	b := fullBench(t)
	for _, size := range []fyne.Size{fyne.NewSize(1280, 800), fyne.NewSize(900, 600)} {
		b.m.Window().Resize(size)
		for name, words := range map[string]string{
			"Calls": "Groß & Söhne KG", "Missed": "Missed calls", "Leads": "Autohaus Böttcher", "Contacts": "No contacts yet",
			"Companies": "No companies yet", "Deals": "No deals yet", "Settings": "Accounts",
		} {
			b.tap("item", name)
			if !b.says(words) {
				t.Errorf("%v: %s does not say %q", size, name, words)
			}
		}
	}
}

func TestACRMWithoutLeadsHasNoPageOfThem_F2(t *testing.T) {
	b := fullBench(t)
	for _, without := range []bool{true, false} {
		b.desk.snap.NoLeads = without
		b.desk.watch(b.desk.snap)
		b.settle()
		if _, there := b.m.rail.items[pageLeads]; there == without {
			t.Errorf("without leads %v: the page is there: %v", without, there)
		}
	}
}

func TestTheRailCountsWhatWaits(t *testing.T) {
	b := fullBench(t)
	counts := func() (got [3]string) {
		for i, p := range []pageName{pageMissed, pageFollowUps, pageLeads} {
			got[i] = b.m.rail.items[p].Count()
		}
		return got
	}
	if got := counts(); got != [3]string{"3", "5", "12"} {
		t.Errorf("missed, due and leads are %v", got)
	}
	b.m.Window().Resize(fyne.NewSize(900, 600))
	if got := counts(); got != [3]string{"3", "", ""} {
		t.Errorf("in a narrow window they are %v, want the missed calls alone", got)
	}
}

func TestTheTitleTellsOfMissedCalls(t *testing.T) {
	b := fullBench(t)
	if got := b.m.Window().Title(); got != "(3) Nordlicht Technik – Leadline" {
		t.Errorf("the title is %q", got)
	}
	b.desk.snap.Missed = 0
	b.desk.watch(b.desk.snap)
	b.settle()
	if got := b.m.Window().Title(); got != "Nordlicht Technik – Leadline" {
		t.Errorf("the title is %q", got)
	}
}

func TestTheWindowRemembersItsSize(t *testing.T) {
	b := fullBench(t)
	b.m.Window().Resize(fyne.NewSize(1111, 666))
	b.m.keepSize()
	if w, h := b.m.keptSize(); w != 1111 || h != 666 {
		t.Errorf("remembers %v × %v", w, h)
	}
	b.m.opt.App.Preferences().SetFloat(prefWidth, 3)
	if w, _ := b.m.keptSize(); w < 700 {
		t.Errorf("a window of %v can't be used", w)
	}
}

func TestListsAreReadAgainWhenACallHasEnded(t *testing.T) {
	b := fullBench(t)
	b.m.reload.wait = 0
	before := b.desk.questions()
	s := b.desk.snap
	s.Calls = []desk.Call{{ID: "7", State: desk.Ended, Outcome: desk.Answered}}
	b.desk.watch(s)
	pumpUntil(t, b.d, func() bool { return b.desk.questions() > before })
	b.settle()
	before = b.desk.questions()
	s.Calls = append([]desk.Call{}, s.Calls...)
	s.Calls[0].Quality = 3 // says nothing about records
	b.desk.watch(s)
	b.settle()
	if b.desk.questions() != before {
		t.Error("the list is read again for nothing")
	}
}

func TestTheCallLogDials(t *testing.T) {
	b := fullBench(t)
	b.tap("row", "0176 1234 5678")
	if !b.says("Not in the CRM") {
		t.Error("a stranger is not told as one")
	}
	b.tap("button", "Call")
	list := b.m.pages[pageCalls].(*listPage)
	list.key(&fyne.KeyEvent{Name: fyne.KeyUp})
	b.settle()
	list.key(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if got := strings.Join(b.desk.dialled, " "); got != "+4917612345678 +49221987654" {
		t.Errorf("dialled %s", got)
	}
	b.tap("row", "Number withheld")
	if w := b.widget("button", "Call"); w.Enabled() {
		t.Error("a withheld number can be called")
	}
}

func TestARecordCallsEachOfItsNumbers(t *testing.T) {
	b := fullBench(t)
	b.tap("item", "Leads")
	b.tap("button", "Call")
	b.tap("button", "Call this number")
	if got := strings.Join(b.desk.dialled, " "); got != "+49221987654 +49221987654" {
		t.Errorf("dialled %s", got)
	}
	for _, words := range []string{"Incoming, answered by Anna Krüger", "Needs 40 brackets", "Missed", "einkauf@gross-soehne.de", "created today"} {
		if !b.says(words) {
			t.Errorf("the record does not say %q", words)
		}
	}
}

func TestEveryKindOfRecordIsCalled_H5(t *testing.T) {
	d := fullDesk()
	for i, kind := range []desk.RecordKind{desk.Contact, desk.Company, desk.Deal} {
		ref := desk.Ref{Kind: kind, ID: "r"}
		d.records[ref] = desk.Record{Ref: ref, Title: "Meier", Dial: fmt.Sprintf("+4930555%d", i)}
	}
	b := newMainBench(t, d, &mainSettings{accounts: oneAccount}, Look{"en", "light"})
	for i, kind := range []desk.RecordKind{desk.Contact, desk.Company, desk.Deal} {
		b.m.openInFront(desk.Ref{Kind: kind, ID: "r"})
		b.settle()
		b.tap("button", "Call")
		if want := fmt.Sprintf("+4930555%d", i); len(b.desk.dialled) != i+1 || b.desk.dialled[i] != want {
			t.Errorf("%s: dialled %q, want %s at last", kind, b.desk.dialled, want)
		}
	}
}

func TestWithoutAnAccountNothingDialsAndTheReasonIsThere(t *testing.T) {
	d := fullDesk()
	d.snap.Accounts = nil
	b := newMainBench(t, d, &mainSettings{accounts: oneAccount}, Look{"en", "light"})
	if b.widget("button", "Call").Enabled() {
		t.Error("the record's button dials without an account")
	}
	b.tap("item", "Missed")
	if b.widget("button", "Call back").Enabled() {
		t.Error("a missed call is called back without an account")
	}
	b.type_("Search, or dial a number", "101")
	if !b.says("Connect a PBX account first") {
		t.Error("the omnibox does not say what is missing")
	}
	b.m.omni.key(fyne.KeyReturn, false)
	if len(b.desk.dialled) > 0 {
		t.Errorf("dialled %v", b.desk.dialled)
	}
	if !b.says("No PBX account") {
		t.Error("the status strip does not say it")
	}
}

func TestFiltersAndSearchAreAskedOfTheDesk(t *testing.T) {
	d := fullDesk()
	d.lists[desk.ContactList] = []desk.Row{
		{Ref: desk.Ref{Kind: desk.Contact, ID: "a"}, Title: "Ümit Çelik"}, {Ref: desk.Ref{Kind: desk.Contact, ID: "b"}, Title: "Wolfeschlegelsteinhausenbergerdorff senior, Hubert Blaine, von und zu"},
	}
	b := newMainBench(t, d, &mainSettings{accounts: oneAccount}, Look{"en", "light"})
	b.tap("item", "Leads")
	b.tap("button", "Mine")
	if q := d.asked[len(d.asked)-1]; q.List != desk.LeadList || q.Filter != "mine" {
		t.Errorf("asked for %+v", q)
	}
	b.tap("item", "Contacts")
	b.type_("Search contacts", "çelik")
	if q := d.asked[len(d.asked)-1]; q.List != desk.ContactList || q.Text != "çelik" || q.Limit != 128 {
		t.Errorf("asked for %+v", q)
	}
	if b.says("Wolfeschlegel") || !b.says("Ümit Çelik") {
		t.Error("the list does not show what was found")
	}
	b.type_("Search contacts", "nobody")
	if !b.says("No contact fits") {
		t.Error("an empty search says nothing")
	}
	b.type_("Search contacts", "")
	if !b.says("Wolfeschlegel") {
		t.Error("the whole list does not come back")
	}
}

func TestAListThatCannotBeReadSaysSoAndTriesAgain(t *testing.T) {
	d := fullDesk()
	d.fail = errors.New("disk I/O error")
	b := newMainBench(t, d, &mainSettings{accounts: oneAccount}, Look{"en", "light"})
	for _, page := range []string{"Leads", "Missed"} {
		b.tap("item", page)
		if !b.says("The list could not be read") {
			t.Errorf("%s says nothing", page)
		}
	}
	d.mu.Lock()
	d.fail = nil
	d.mu.Unlock()
	b.tap("button", "Try again")
	if !b.says("Jürgen Müller-Lüdenscheidt") {
		t.Error("trying again shows nothing")
	}
}

func TestARecordThatIsGoneSaysSo(t *testing.T) {
	b := fullBench(t)
	b.tap("item", "Leads")
	b.tap("row", "Autohaus Böttcher")
	if !b.says("This record could not be read") {
		t.Error("nothing is said")
	}
}

func TestMissedCallsAreWorkedOff(t *testing.T) {
	b := fullBench(t)
	b.tap("item", "Missed")
	if !b.says("3 open, 2 done today") || !b.says("Called back today") || b.says("Łukasz Wójcik") {
		t.Error("the counts or today's calls are wrong")
	}
	b.tap("row", "0176 1234 5678")
	row := b.widget("row", "0176 1234 5678").(*missedRow)
	row.TypedKey(&fyne.KeyEvent{Name: fyne.KeyR})
	row.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	// look.md, Missed calls: whom a colleague is calling back is not called by a second one.
	taken := b.widget("row", "Käthe Süßmilch").(*missedRow)
	taken.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if !b.says("Petra is calling") {
		t.Error("nothing says that Petra is calling")
	}
	taken.TypedKey(&fyne.KeyEvent{Name: fyne.KeyUp})
	taken.TypedKey(&fyne.KeyEvent{Name: fyne.KeyUp})
	b.widget("row", "Jürgen Müller-Lüdenscheidt").(*missedRow).TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if got := strings.Join(b.desk.dialled, " "); got != "+4917612345678 +493020948812" {
		t.Errorf("dialled %s", got)
	}
	b.tap("button", "Done")
	if !b.says("Łukasz Wójcik") || b.says("Käthe Süßmilch") {
		t.Error("the done ones are not shown")
	}
}

func TestEmptyPagesSayWhatToDo(t *testing.T) {
	b := newMainBench(t, &mainDesk{}, &mainSettings{accounts: oneAccount}, Look{"en", "light"})
	for page, words := range map[string]string{
		"Calls": "Type a number at the top to place the first one.", "Missed": "Whoever was not answered appears here until somebody calls back.",
		"Contacts": "Import them from Google, Outlook or Bitrix24, or as vCards.", "Leads": "An unknown caller becomes one in the call window.",
	} {
		b.tap("item", page)
		if !b.says(words) {
			t.Errorf("%s does not say %q", page, words)
		}
	}
	b.tap("item", "Contacts")
	b.widget("button", "Import contacts")
}

func TestImportAsksForAFile(t *testing.T) {
	b := fullBench(t)
	b.tap("item", "Contacts")
	b.tap("button", "Import contacts")
	if b.m.Window().Canvas().Overlays().Top() == nil {
		t.Error("no file is asked for")
	}
}

func TestAToastIsNotRepeatedAndTheOldestGivesWay(t *testing.T) {
	b := fullBench(t)
	for _, s := range []string{"toast one", "toast two", "toast two", "toast three", "toast four"} {
		b.desk.notice(desk.Notice{Text: desk.Text{Key: s}})
	}
	b.settle()
	if n := len(b.m.toasts.shown); n != 3 {
		t.Errorf("%d toasts are shown", n)
	}
	if b.says("toast one") || !b.says("toast four") {
		t.Error("the oldest did not give way")
	}
	b.tap("button", "Close")
}

func TestNothingIsCutOffInGerman(t *testing.T) {
	b := newMainBench(t, fullDesk(), &mainSettings{accounts: oneAccount}, Look{"de", "dark"})
	for _, page := range []string{"Calls", "Missed", "Leads", "Settings"} {
		b.tap("item", page)
		for _, size := range []fyne.Size{fyne.NewSize(1280, 800), fyne.NewSize(900, 600)} {
			b.m.Window().Resize(size)
			b.settle()
			kit.Walk(b.m.Window().Content(), func(o fyne.CanvasObject, pos fyne.Position) {
				button, ok := o.(*kit.Button)
				if !ok {
					return
				}
				if button.Size().Width < button.MinSize().Width || pos.X+button.Size().Width > size.Width {
					t.Errorf("%s at %v: %q has %v of %v at %v", page, size, button.Value(), button.Size(), button.MinSize(), pos)
				}
			})
		}
	}
	if !b.says("Einstellungen") || b.says("Settings and") {
		t.Error("the window does not speak German")
	}
}

func TestClosingDuringACallTakesASecondClick(t *testing.T) {
	b := fullBench(t)
	closed := false
	b.m.Window().SetOnClosed(func() { closed = true })
	b.m.closing()
	if closed || !b.says("A call is running") {
		t.Error("a call was ended by one click beside it")
	}
	b.m.closing()
	if !closed {
		t.Error("the window is still open")
	}
}

func TestShortcutsGoToPages(t *testing.T) {
	b := fullBench(t)
	b.m.Go(pageLeads)
	b.m.omni.Focus()
	if b.m.Window().Canvas().Focused() != b.m.omni.entry {
		t.Error("Ctrl+K does not go to the omnibox")
	}
	test.Type(b.m.omni.entry, "x")
	b.m.omni.key(fyne.KeyEscape, false)
	if b.m.omni.entry.Text != "" || b.m.Window().Canvas().Focused() != nil {
		t.Error("Esc does not leave the omnibox")
	}
}
