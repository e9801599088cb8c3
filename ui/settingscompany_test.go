package ui

import (
	"context"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/crm/store"
	"leadline/ui/kit"
	"leadline/ui/text"
)

var ctx = context.Background()

// companyBench is a main window on a real file, in the settings.
func companyBench(t *testing.T, look Look) (*mainBench, *store.Store) {
	t.Helper()
	s := aCompanyFile(t)
	b := newMainBenchWith(t, fullDesk(), &mainSettings{accounts: oneAccount}, look, s)
	b.m.Go(pageSettings)
	return b, s
}

// aCompanyFile is a real file that Anna works on.
func aCompanyFile(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Open(ctx, filepath.Join(t.TempDir(), "leadline.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if _, err := s.SignIn(ctx, crm.User{Name: "Anna Krüger", Extension: "101"}); err != nil {
		t.Fatal(err)
	}
	return s
}

// choose picks an option of a select, a segmented or a radio group, once it is there: what there is to
// choose from may come from the file.
func (b *mainBench) choose(role, name, option string) {
	b.t.Helper()
	in := b.widget(role, name).(interface{ Choose(string) error })
	var err error
	for end := time.Now().Add(time.Minute); time.Now().Before(end); b.settle() {
		if err = in.Choose(option); err == nil {
			b.settle()
			return
		}
	}
	b.t.Fatal(err)
}

// saved waits until the settings have nothing left to save.
func (b *mainBench) saved() {
	b.t.Helper()
	for end := time.Now().Add(time.Minute); b.says("not saved") || b.says("Saving"); b.settle() {
		if time.Now().After(end) {
			b.t.Fatal("it is not saved")
		}
	}
	b.settle()
}

func line(t *testing.T, s *store.Store) crm.Line {
	t.Helper()
	lines, err := s.Lines(ctx)
	if err != nil || len(lines) != 1 {
		t.Fatalf("%d lines, %v", len(lines), err)
	}
	return lines[0]
}

func TestALineIsSetUpInTheSettings_A1(t *testing.T) {
	b, s := companyBench(t, Look{"en", "light"})
	b.tap("item", "Queue groups")
	b.tap("button", "Add queue group")
	b.type_("Name of the group", "Sales")
	b.choose("select", "Add a person", "Anna Krüger")
	b.tap("button", "Save")
	b.saved()
	b.tap("item", "Lines")
	b.tap("button", "Add line")
	b.type_("Name of the line", "Head office")
	b.type_("Number of the line", "030 5557-100")
	b.tap("item", "CRM integration")
	b.choose("radio", "Unknown number", "Create a new lead automatically")
	b.choose("select", "Create leads for", "Incoming calls")
	b.choose("select", "Lead source", "Advertising")
	b.choose("select", "Queue group", "Sales · 1 person")
	b.tap("check", "Send an incoming call to the responsible person")
	b.tap("item", "Working hours")
	b.type_("Monday", "8-12, 13-17")
	b.tap("item", "Dialling")
	b.type_("Prefix for an outside line", "0")
	b.type_("Numbers as they are dialled", "+49 = 0")
	b.tap("button", "Save")
	b.saved()
	l := line(t, s)
	want := crm.Hours{Spans: []crm.Span{{Day: time.Monday, From: 480, To: 720}, {Day: time.Monday, From: 780, To: 1020}}}
	if l.Name != "Head office" || l.Number.E164 != 49305557100 || l.Mode != crm.Auto || l.LeadFor != crm.LeadForIncoming ||
		l.Source != "Advertising" || l.QueueName != "Sales" || !slices.Equal(l.Hours.Spans, want.Spans) ||
		l.DialOut.Prefix != "0" || l.DialOut.Rules[0] != (crm.DialRule{From: "+49", To: "0"}) || !l.SendToResponsible || !l.ChangeResponsible {
		t.Errorf("the line is %+v", l)
	}
	if !b.says("Makes leads of incoming calls") {
		t.Error("the list does not say what the line does")
	}
	b.tap("button", "Edit")
	b.type_("Name of the line", "Office")
	b.tap("button", "Discard")
	if got := b.widget("field", "Name of the line").(*kit.Field).Text(); got != "Head office" {
		t.Errorf("after Discard the name is %q", got)
	}
	b.tap("button", "Back")
	b.tap("button", "Remove")
	b.tap("button", "Keep")
	b.tap("button", "Remove")
	b.tap("button", "Remove for good")
	if lines, err := s.Lines(ctx); err != nil || len(lines) != 0 {
		t.Errorf("%d lines are left, %v", len(lines), err)
	}
}

func TestWhatCannotBeReadOfALineIsToldAndNotSaved(t *testing.T) {
	b, s := companyBench(t, Look{"en", "light"})
	b.tap("item", "Lines")
	b.tap("button", "Add line")
	for _, c := range []struct{ tab, field, bad string }{
		{"General", "Number of the line", "call me"}, {"General", "Country of the line", "XX"},
		{"Working hours", "Tuesday", "in the morning"},
		{"Dialling", "Numbers as they are dialled", "+49 to 0"}, {"Dialling", "Prefix for an outside line", "zero"},
	} {
		b.tap("item", c.tab)
		b.type_(c.field, c.bad)
		if b.widget("field", c.field).(*kit.Field).Problem() == "" {
			t.Errorf("%s takes %q", c.field, c.bad)
		}
	}
	b.tap("item", "General")
	b.type_("Number of the line", "030 5557-100")
	b.type_("Country of the line", "DE")
	b.type_("Name of the line", "Head office")
	b.tap("button", "Save")
	if lines, _ := s.Lines(ctx); len(lines) != 0 {
		t.Errorf("it was saved: %+v", lines)
	}
	if got := b.widget("field", "Tuesday").(*kit.Field).Text(); got != "in the morning" {
		t.Errorf("what was typed is gone: %q", got)
	}
}

// Five days of the same hours are typed once, and what is wrong says how it is written, until it is typed anew.
func TestTheHoursOfAWeekAreTypedOnce_A1(t *testing.T) {
	b, s := companyBench(t, Look{"en", "light"})
	b.tap("item", "Lines")
	b.tap("button", "Add line")
	b.type_("Name of the line", "Head office")
	b.tap("item", "Working hours")
	b.type_("Monday", "8-17")
	b.type_("Saturday", "9-12")
	b.tap("button", "Monday to Friday alike")
	b.type_("Time zone", "Berlin")
	b.tap("button", "Save")
	if !b.says("The time zone “Berlin” is not known.") || !b.says("Such as Europe/Berlin.") {
		t.Error("it does not say how a zone is written")
	}
	b.type_("Time zone", "Europe/Berlin")
	b.settle()
	if b.says("is not known") {
		t.Error("it still says what is true no more")
	}
	b.tap("button", "Save")
	b.saved()
	if got := weekOf(line(t, s).Hours); got != "Mon–Fri 8:00–17:00, Sat 9:00–12:00" {
		t.Errorf("the hours are %s", got)
	}
}

func TestExceptionsAndBlacklistAreEdited_E1_E3(t *testing.T) {
	b, s := companyBench(t, Look{"en", "light"})
	b.tap("item", "CRM exceptions")
	b.type_("CRM exceptions", "0221 98* ; our own shops\nanna@example.org")
	b.type_("Blacklist", "nonsense")
	b.tap("button", "Save")
	if !b.says("Blacklist: Line 1: “nonsense” is neither a number nor an address.") {
		t.Error("it does not say which line of which list is wrong")
	}
	b.type_("Blacklist", "0900*")
	if b.says("“nonsense”") {
		t.Error("it still says what is true no more")
	}
	b.tap("button", "Save")
	b.saved()
	for list, want := range map[crm.ListName]string{crm.Exceptions: "+4922198 anna@example.org", crm.Blacklist: "+49900"} {
		entries, err := s.Entries(ctx, list)
		if err != nil {
			t.Fatal(err)
		}
		var keys []string
		for _, e := range entries {
			keys = append(keys, e.Key)
		}
		if got := strings.Join(keys, " "); got != want {
			t.Errorf("%s: %s, want %s", list, got, want)
		}
	}
}

func TestOwnSourcesAreEdited_A4(t *testing.T) {
	b, s := companyBench(t, Look{"en", "light"})
	b.tap("item", "Lead sources")
	for _, again := range []string{"Trade magazine\nTrade Magazine", "Trade magazine\nadvertising"} { // twice, and a standard one
		b.type_("Own sources", again)
		b.tap("button", "Save")
		if why := b.widget("field", "Own sources").(*kit.Field).Problem(); !strings.HasSuffix(why, "is there already") {
			t.Errorf("%q: it says %q", again, why)
		}
	}
	b.type_("Own sources", "Trade magazine\n\n  Neighbours ")
	b.tap("button", "Save")
	b.saved()
	w, err := s.Workspace(ctx)
	if err != nil || !slices.Equal(w.OwnSources, []string{"Trade magazine", "Neighbours"}) {
		t.Errorf("%v, %v", w.OwnSources, err)
	}
}

// Who looks for how long recordings are kept finds the company's own limit from where one's own is.
func TestFromRecordingOneComesToTheCompanysLimit(t *testing.T) {
	b, _ := companyBench(t, Look{"en", "light"})
	b.tap("item", "Recording")
	b.tap("button", "CRM mode")
	b.waits("Older ones are removed from the server and from every computer.")
}

func TestTheSimpleModeAsksBeforeItConverts_F6(t *testing.T) {
	b, s := companyBench(t, Look{"en", "light"})
	lead := func(name string) crm.Ref {
		t.Helper()
		id := s.NewID()
		if err := s.Do(ctx, crm.CreateLead{Lead: crm.Lead{ID: id, LastName: name, Status: crm.LeadNew}}); err != nil {
			t.Fatal(err)
		}
		return crm.Ref{Kind: crm.KindLead, ID: id}
	}
	leads := []crm.Ref{lead("Groß")}
	b.tap("item", "CRM mode")
	b.choose("radio", "CRM mode", "Simple: without leads")
	b.choose("radio", "Responsible", "Whoever answers")
	b.tap("check", "A new record for who comes back")
	leads = append(leads, lead("Klein")) // after the page was opened
	b.tap("button", "Save")
	b.waits("2 open leads will be converted. There is no way back.")
	b.shot("mode-asks")
	b.tap("button", "Cancel")
	if b.says("There is no way back.") {
		t.Error("the question stays")
	}
	b.tap("button", "Save")
	b.waits("2 open leads will be converted.")
	leads = append(leads, lead("Kurz")) // while the question stands
	b.tap("button", "Convert and save")
	b.waits("3 open leads will be converted.")
	if w, _ := s.Workspace(ctx); w.Mode != crm.Classic {
		t.Fatal("it did not wait for the answer")
	}
	b.tap("button", "Convert and save")
	b.saved()
	w, err := s.Workspace(ctx)
	if err != nil || w.Mode != crm.Simple || w.Owner != crm.WhoAnswers || !w.RepeatLeads {
		t.Errorf("%+v, %v", w, err)
	}
	for _, r := range leads {
		if l := record(t, s, r).Lead; l.Status != crm.LeadConverted {
			t.Errorf("%s is %s", l.LastName, l.Status)
		}
	}
}

// In the simple mode its own page asks for nothing about leads, and does again in the classic one.
func TestTheSimpleModesPageAsksNothingAboutLeads_F2(t *testing.T) {
	b, _ := companyBench(t, Look{"en", "light"})
	b.tap("item", "CRM mode")
	ofLeads := []string{"Responsible for new leads", "Repeat leads", "A new lead for who comes back"}
	for _, mode := range []struct {
		option string
		leads  bool
	}{{"", true}, {"Simple: without leads", false}, {"Classic: with leads", true}} {
		if mode.option != "" {
			b.choose("radio", "CRM mode", mode.option)
		}
		for _, words := range ofLeads {
			if b.says(words) != mode.leads {
				t.Errorf("%q: %q is said: %t", mode.option, words, !mode.leads)
			}
		}
		for _, words := range []string{"Responsible for new customers", "Returning callers", "A new record for who comes back"} {
			if b.says(words) == mode.leads {
				t.Errorf("%q: %q is said: %t", mode.option, words, mode.leads)
			}
		}
	}
}

// Nor do its lines and queue groups speak of leads there.
func TestInTheSimpleModeLinesMakeCustomers_F2(t *testing.T) {
	for _, mode := range []crm.CRMMode{crm.Classic, crm.Simple} {
		b, s := companyBench(t, Look{"en", "light"})
		w, err := s.Workspace(ctx)
		if err != nil {
			t.Fatal(err)
		}
		w.Mode = mode
		var lines []crm.Change
		for _, l := range []crm.Line{{Name: "A", Mode: crm.Suggest}, {Name: "B", Mode: crm.Auto, LeadFor: crm.LeadForAll}, {Name: "C", Mode: crm.Auto, LeadFor: crm.LeadForIncoming}, {Name: "D", Mode: crm.Auto, LeadFor: crm.LeadForOutgoing}} {
			l.ID = s.NewID()
			lines = append(lines, crm.SaveLine{Line: l})
		}
		do(t, s, append(lines, crm.SaveWorkspace{Workspace: w})...)
		speaks := func(where string) {
			t.Helper()
			found := false
			kit.Walk(b.m.pages[pageSettings].(*settingsPage).body, func(o fyne.CanvasObject, _ fyne.Position) {
				if n, is := o.(kit.Named); is {
					words := strings.ToLower(n.Name() + " " + n.Value())
					found = found || strings.Contains(words, "lead ") || strings.Contains(words, "lead's") || strings.Contains(words, "leads")
				}
			})
			if found != (mode == crm.Classic) {
				t.Errorf("%s, %s: leads are spoken of: %t", mode, where, found)
			}
		}
		b.m.ShowSettings(settingsQueues)
		b.waits("No queue group yet")
		speaks("the queue groups")
		b.m.ShowSettings(settingsLines)
		b.waits("A")
		speaks("the list of lines")
		b.tap("button", "Edit")
		b.tap("item", "CRM integration")
		b.waits("Unknown number")
		speaks("a line")
	}
}

// Nor is anything else of the settings called after leads, or lists how they stand.
func TestTheSimpleModesSettingsNameNoLeads_F2(t *testing.T) {
	for _, look := range []Look{{"en", "light"}, {"de", "light"}} {
		b, s := companyBench(t, look)
		w, err := s.Workspace(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for mode, sources := range map[crm.CRMMode][2]string{crm.Classic: {"Lead sources", "Leadquellen"}, crm.Simple: {"Sources", "Quellen"}} {
			w.Mode = mode
			do(t, s, crm.SaveWorkspace{Workspace: w})
			b.desk.snap.NoLeads = mode == crm.Simple
			b.m.take(b.desk.snap)
			b.m.ShowSettings(settingsSources)
			b.settle()
			said := map[string]int{}
			kit.Walk(b.m.pages[pageSettings].Object(), func(o fyne.CanvasObject, _ fyne.Position) {
				if l, is := o.(*kit.Label); is {
					said[l.Value()]++
				}
			})
			if want := sources[map[string]int{"en": 0, "de": 1}[look.Language]]; said[want] != 2 {
				t.Errorf("%s, %s: navigation and title do not both say %q: %v", look.Language, mode, want, said)
			}
			b.tap("item", sources[0])
			b.m.ShowSettings(settingsPipelines)
			b.waits(text.T("Standard pipeline"))
			if listed := b.says(text.T("Lead statuses")); listed != (mode == crm.Classic) {
				t.Errorf("%s, %s: the lead statuses are listed: %t", look.Language, mode, listed)
			}
			b.shot("settings-pipelines-" + string(mode) + "-" + look.Language)
		}
	}
}

// What is tried there is told in deals, also when it would change nothing.
func TestInTheSimpleModeDealsAreTriedOut_F2(t *testing.T) {
	for noLeads, words := range map[bool]string{false: "leads, as now", true: "deals, as now"} {
		b, _ := companyBench(t, Look{"en", "light"})
		b.desk.snap.NoLeads = noLeads
		b.m.ShowSettings(settingsMode)
		b.settle()
		for _, change := range []crm.RuleChange{{}, {Workspace: &crm.Workspace{Mode: map[bool]crm.CRMMode{false: crm.Classic, true: crm.Simple}[noLeads]}}} {
			p := b.m.pages[pageSettings].(*settingsPage).places[settingsMode].(*workspaceView).trial
			p.change = change
			p.show(crm.Tryout{Calls: 7})
			b.settle()
			if !b.says(words) {
				t.Errorf("without leads: %t: it does not say %q", noLeads, words)
			}
		}
	}
}

func TestHowLongTheCompanyKeepsRecordingsIsChosen(t *testing.T) {
	b, s := companyBench(t, Look{"en", "light"})
	b.tap("item", "CRM mode")
	b.choose("select", "Recordings of the company", "90 days")
	b.tap("button", "Save")
	b.saved()
	if w, err := s.Workspace(ctx); err != nil || w.KeepRecordings != 90 {
		t.Errorf("%+v, %v", w, err)
	}
}

// A caller of the last month, on a line that only suggests.
func called(t *testing.T, s *store.Store, number, line string) {
	t.Helper()
	began := mainNow.Add(-24 * time.Hour)
	c := crm.Call{ID: s.NewID(), Direction: crm.Incoming, Party: crm.Parse(number, "DE"), Began: began}
	if l, ok, err := s.LineByNumber(ctx, line); err != nil || !ok {
		t.Fatalf("no line %s: %v", line, err)
	} else {
		c.Line, c.LineName, c.Queue = l.ID, l.Name, l.QueueName
	}
	if _, _, err := s.BeginCall(ctx, c); err != nil {
		t.Fatal(err)
	}
	if err := s.EndCall(ctx, c.ID, began.Add(time.Minute), crm.Missed, ""); err != nil {
		t.Fatal(err)
	}
}

func TestSettingsAreTriedOutBeforeTheyAreSaved(t *testing.T) {
	b, s := companyBench(t, Look{"en", "light"})
	number, _ := crm.ParseNumber("030 5557-100", "DE", "")
	if err := s.Do(ctx, crm.SaveLine{Line: crm.Line{ID: s.NewID(), Name: "Head office", Number: number, Mode: crm.Suggest}}); err != nil {
		t.Fatal(err)
	}
	called(t, s, "0221 9876543", "030 5557-100")
	called(t, s, "0221 9876544", "030 5557-100")
	called(t, s, "0221 9876544", "030 5557-100")
	b.tap("item", "Lines")
	b.tap("button", "Edit")
	b.tap("item", "CRM integration")
	b.choose("radio", "Unknown number", "Create a new lead automatically")
	for _, words := range []string{"leads instead of 0", "3 of 3 calls would have gone another way."} {
		b.waits(words)
	}
	if line(t, s).Mode != crm.Suggest {
		t.Error("it was saved")
	}
	b.choose("radio", "Unknown number", "Suggest creating a record in the call window")
	b.waits("leads, as now")
}

// slowTrial tries rules until it is cancelled, or until the test lets it.
type slowTrial struct {
	Company
	begun, ended chan string
}

func (s slowTrial) TryRules(ctx context.Context, _ time.Time, change crm.RuleChange) (crm.Tryout, error) {
	s.begun <- change.Lines[0].Name
	<-ctx.Done()
	s.ended <- change.Lines[0].Name
	return crm.Tryout{}, ctx.Err()
}

func TestRulesAreTriedOutOncePerPauseAndTheOlderQuestionIsCancelled(t *testing.T) {
	b := fullBench(t)
	trial := slowTrial{begun: make(chan string, 9), ended: make(chan string, 9)}
	opt := b.m.opt
	opt.Company = trial
	p := newTrialPanel(opt)
	try := func(name string) { p.Try(crm.RuleChange{Lines: []crm.Line{{Name: name}}}) }
	heard := func(from chan string) (name string) {
		pumpUntil(t, b.d, func() bool {
			select {
			case name = <-from:
				return true
			default:
				return false
			}
		})
		return name
	}
	for _, typed := range []string{"O", "Of", "Off", "Offi", "Office"} {
		try(typed)
	}
	if got := heard(trial.begun); got != "Office" {
		t.Errorf("it asks about %q", got)
	}
	try("Office 2")
	if got := heard(trial.ended); got != "Office" {
		t.Errorf("%q was cancelled", got)
	}
	if got := heard(trial.begun); got != "Office 2" {
		t.Errorf("then it asks about %q", got)
	}
	p.Stop()
	if got := heard(trial.ended); got != "Office 2" {
		t.Errorf("%q was cancelled at the end", got)
	}
}

func TestPicturesOfTheCompanysSettings(t *testing.T) {
	for _, look := range []Look{{"de", "light"}, {"en", "dark"}} {
		b, s := companyBench(t, look)
		me, err := s.Me(ctx)
		if err != nil {
			t.Fatal(err)
		}
		sales := crm.Queue{ID: s.NewID(), Name: "Vertrieb", Members: []crm.ID{me.ID}}
		number, _ := crm.ParseNumber("030 5557-100", "DE", "")
		if err := s.Do(ctx, crm.SaveQueue{Queue: sales}, crm.SaveLine{Line: crm.Line{ID: s.NewID(), Name: "Zentrale", Number: number, Mode: crm.Auto, LeadFor: crm.LeadForIncoming, Source: "Advertising", Queue: sales.ID, ChangeResponsible: true}}); err != nil {
			t.Fatal(err)
		}
		b.m.Window().Resize(fyne.NewSize(1280, 800))
		name := func(what string) string { return "settings-" + what + "-" + look.Theme + "-" + look.Language }
		b.tap("item", "Lines")
		b.shot(name("lines"))
		b.tap("button", "Edit")
		b.shot(name("line"))
		for i := range 7 {
			called(t, s, "0221 98765"+strconv.Itoa(40+i), "030 5557-100")
		}
		b.tap("item", "CRM integration")
		b.choose("select", "Create leads for", "Outgoing calls")
		b.waits(text.T("{n} of {all} calls would have gone another way.", "n", "7", "all", "7"))
		b.shot(name("line-crm"))
		b.tap("item", "Working hours")
		b.shot(name("line-hours"))
		b.tap("item", "Dialling")
		b.shot(name("line-dialling"))
		b.tap("item", "Queue groups")
		b.tap("button", "Edit")
		b.shot(name("queue"))
		for _, place := range []string{"Lead sources", "CRM exceptions", "CRM mode"} {
			b.tap("item", place)
			b.shot(name(strings.ReplaceAll(place, " ", "-")))
		}
	}
}

func TestTheCompanysCurrenciesAreTypedByTheirCodes(t *testing.T) {
	b, s := companyBench(t, Look{"de", "light"})
	b.tap("item", "CRM mode")
	b.type_("Currencies", "chf, Euro")
	b.tap("button", "Save")
	b.settle()
	b.waits("„Euro“ ist keine Währung")
	b.shot("currencies-de")
	b.type_("Currencies", "chf, eur JPY")
	b.tap("button", "Save")
	b.saved()
	if w, err := s.Workspace(ctx); err != nil || !slices.Equal(w.Currencies, []string{"CHF", "EUR", "JPY"}) {
		t.Errorf("%v, %v", w.Currencies, err)
	}
}
