package ui

import (
	"cmp"
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	licencetexts "leadline/assets/notices"
	"leadline/ui/desk"
	"leadline/ui/kit"
)

// hurry lets a form's test begin as soon as something is typed.
func hurry(f *accountForm) {
	f.tester.after = func(_ time.Duration, run func()) func() bool { run(); return func() bool { return false } }
}

func TestTheWelcomeConnectsAPBX(t *testing.T) {
	s := &mainSettings{test: func(a AccountSettings) error {
		if a.Password != "geheim" {
			return &TestFailure{Field: FieldPassword, Why: desk.Text{Key: "Wrong password"}, Detail: "403 Forbidden"}
		}
		if a.Transport != "tcp" {
			return &TestFailure{Why: desk.Text{Key: "The PBX does not answer"}}
		}
		return nil
	}}
	b := newMainBench(t, &mainDesk{}, s, Look{"en", "light"})
	hurry(b.m.welcome.form)
	if b.m.Window().Canvas().Focused() != b.m.welcome.form.address.Focusable() {
		t.Error("one has to click before typing")
	}
	if b.widget("button", "Save and continue").Enabled() {
		t.Error("an empty form can be saved")
	}
	b.type_("Address", "101@pbx.example.org")
	b.type_("Password", "falsch")
	if got := b.widget("field", "Password").(*kit.Field).Problem(); got != "Wrong password" || !b.says("403 Forbidden") {
		t.Errorf("the field says %q", got)
	}
	b.type_("Password", "geheim")
	if !b.says("The PBX does not answer") || b.says("Wrong password") {
		t.Error("the reason is not shown, or the old one still is")
	}
	if err := b.widget("select", "Transport").(kit.Choosable).Choose("TCP"); err != nil {
		t.Fatal(err)
	}
	b.settle()
	if !b.says("Registered") {
		t.Error("it does not say that it is registered")
	}
	b.tap("button", "Save and continue")
	if len(s.saved) != 1 || s.saved[0][0].Address != "sip:101@pbx.example.org" || s.saved[0][0].Password != "geheim" || s.saved[0][0].Transport != "tcp" {
		t.Errorf("saved %+v", s.saved)
	}
	if b.m.welcome != nil || !b.says("No calls yet") {
		t.Error("the welcome is still there")
	}
}

func TestTheWelcomeTellsWhatCouldNotBeSaved(t *testing.T) {
	s := &mainSettings{saveErr: errors.New("disk full")}
	b := newMainBench(t, &mainDesk{}, s, Look{"en", "light"})
	b.type_("Address", "101@pbx")
	b.type_("Password", "x")
	b.m.welcome.submit()
	b.settle()
	if !b.says("disk full") || b.m.welcome == nil {
		t.Error("the failure is not told")
	}
	s.saveErr = &TestFailure{Field: FieldAddress, Why: desk.Text{Key: "There is an account of that name"}}
	b.m.welcome.submit()
	b.settle()
	if got := b.widget("field", "Address").(*kit.Field).Problem(); got != "There is an account of that name" {
		t.Errorf("the field says %q", got)
	}
}

func TestTheDemoAndGoingOnWithoutAPBX(t *testing.T) {
	b := newMainBench(t, &mainDesk{}, &mainSettings{}, Look{"en", "light"})
	b.tap("button", "Try the demo")
	if got := strings.Join(b.desk.did, ""); got != "demo" {
		t.Errorf("did %q", got)
	}
	b.tap("button", "Go on without a PBX")
	if b.m.welcome != nil {
		t.Error("the welcome is still there")
	}
}

func TestAdvancedIsFoldedUntilItIsNeeded(t *testing.T) {
	s := &mainSettings{test: func(a AccountSettings) error {
		return &TestFailure{Field: FieldProxy, Why: desk.Text{Key: "The proxy is not known"}}
	}}
	b := newMainBench(t, &mainDesk{}, s, Look{"en", "light"})
	if b.says("Outbound proxy") {
		t.Error("it is unfolded from the start")
	}
	b.tap("button", "Advanced")
	b.type_("Outbound proxy", "sbc")
	b.tap("button", "Advanced")
	if b.says("Outbound proxy") {
		t.Error("it can't be folded again")
	}
	hurry(b.m.welcome.form)
	b.type_("Address", "101@pbx")
	b.type_("Password", "x")
	if got := b.widget("field", "Outbound proxy").(*kit.Field).Problem(); got != "The proxy is not known" {
		t.Errorf("a folded field hides %q", got)
	}
}

func TestAccountsAreAddedChangedAndRemoved(t *testing.T) {
	s := &mainSettings{accounts: oneAccount}
	b := newMainBench(t, fullDesk(), s, Look{"en", "light"})
	b.tap("item", "Settings")
	if !b.says("101@pbx.example.org · UDP") || !b.says("Office 101 ready") {
		t.Error("the account is not listed with its state")
	}
	b.tap("button", "Edit")
	if b.widget("button", "Save").Enabled() {
		t.Error("nothing has changed, and it can be saved")
	}
	b.tap("item", "Advanced")
	b.type_("Default line", "+4930555")
	if !b.says("1 change not saved") {
		t.Error("the change is not told")
	}
	b.tap("button", "Save")
	if a := s.accounts[0]; a.DefaultLine != "+4930555" || a.Was != "Office" || !a.PasswordKept || a.Password != "" {
		t.Errorf("saved %+v", a)
	}
	b.tap("button", "Add account")
	b.type_("Address", "102@pbx.example.org")
	b.type_("Password", "zwei")
	b.tap("button", "Save")
	if len(s.accounts) != 2 || s.accounts[1].Address != "sip:102@pbx.example.org" || s.accounts[1].Was != "" {
		t.Errorf("saved %+v", s.accounts)
	}
	b.tap("button", "Remove")
	if len(s.accounts) != 2 {
		t.Error("it is removed without being asked")
	}
	b.tap("button", "Remove account")
	if len(s.accounts) != 1 || s.accounts[0].Address != "sip:102@pbx.example.org" {
		t.Errorf("left are %+v", s.accounts)
	}
}

func TestWhatIsTypedStaysWhenOneLooksElsewhere(t *testing.T) {
	b := newMainBench(t, fullDesk(), &mainSettings{accounts: oneAccount}, Look{"en", "light"})
	b.tap("item", "Settings")
	b.tap("button", "Edit")
	b.type_("Name", "Büro")
	b.tap("item", "Calls")
	b.desk.watch(b.desk.snap)
	b.tap("item", "Settings")
	if got := b.widget("field", "Name").Value(); got != "Büro" {
		t.Errorf("the name is %q", got)
	}
	b.tap("button", "Discard")
	if !b.says("Office 101 ready") {
		t.Error("discarding does not lead back")
	}
}

func TestASoundDeviceIsUsedAtOnce(t *testing.T) {
	s := &mainSettings{accounts: oneAccount, audio: AudioChoice{Ringer: "Old speaker"}}
	b := newMainBench(t, fullDesk(), s, Look{"en", "light"})
	b.m.ShowSettings(settingsSound)
	b.settle()
	if got := b.widget("select", "Ringer").Value(); got != "Old speaker (not plugged in)" {
		t.Errorf("the ringer is %q", got)
	}
	if err := b.widget("select", "Microphone").(kit.Choosable).Choose("Jabra Evolve2 65"); err != nil {
		t.Fatal(err)
	}
	b.settle()
	if s.audio.Microphone != "Jabra Evolve2 65" || s.audio.Ringer != "Old speaker" {
		t.Errorf("chosen is %+v", s.audio)
	}
}

func TestWhatIsDoneToTheSoundIsSwitchedAtOnce(t *testing.T) {
	s := &mainSettings{accounts: oneAccount, audio: AudioChoice{Speaker: "Jabra Evolve2 65", HoldMusic: true}}
	b := newMainBench(t, fullDesk(), s, Look{"en", "light"})
	b.m.ShowSettings(settingsSound)
	b.settle()
	for _, name := range []string{"Echo cancellation", "Noise suppression", "Even loudness"} {
		if got := b.widget("check", name).Value(); got != "off" {
			t.Errorf("%s is %s", name, got)
		}
		b.tap("check", name)
	}
	b.tap("check", "Music on hold")
	if want := (AudioChoice{Speaker: "Jabra Evolve2 65", Echo: true, Noise: true, Gain: true}); s.audio != want {
		t.Errorf("chosen is %+v", s.audio)
	}
}

func TestTheLevelsAreLiveWhileThePageIsSeen(t *testing.T) {
	s := &mainSettings{accounts: oneAccount, mainSound: mainSound{mic: 0.0316, speaker: 1}}
	b := newMainBench(t, fullDesk(), s, Look{"en", "light"})
	b.m.ShowSettings(settingsSound)
	pumpUntil(t, b.d, func() bool {
		return b.widget("meter", "Microphone").Value() == "50 %" && b.widget("meter", "Speaker").Value() == "100 %"
	})
	if err := b.widget("select", "Ringer").(kit.Choosable).Choose("Jabra Evolve2 65"); err != nil {
		t.Fatal(err)
	}
	b.settle()
	if got := s.now(&s.open); got != 1 {
		t.Errorf("the sound card is opened %d times", got)
	}
	b.tap("item", "Calls")
	pumpUntil(t, b.d, func() bool { return s.now(&s.open) == 0 })
}

func TestMicrophoneAndSpeakerAreTried(t *testing.T) {
	s := &mainSettings{accounts: oneAccount}
	b := newMainBench(t, fullDesk(), s, Look{"en", "light"})
	b.m.ShowSettings(settingsSound)
	b.settle()
	for _, c := range []struct {
		loudest float64
		says    string
	}{{0.3, "The microphone works."}, {0.001, "The microphone heard next to nothing."}} {
		b.tap("button", "Test microphone and speaker")
		if !b.says("Speak now") || b.widget("button", "Ring").Enabled() {
			t.Error("it does not say that it records, or can be started twice")
		}
		s.told(Rehearsal{Step: RehearsalListening, Loudest: c.loudest})
		b.waits("Listen: this is what others hear")
		s.told(Rehearsal{Step: RehearsalOver, Loudest: c.loudest})
		b.waits(c.says)
		if s.told != nil || !b.widget("button", "Ring").Enabled() {
			t.Error("the sound is not let go of")
		}
	}
	b.tap("button", "Test microphone and speaker")
	late := s.told
	b.tap("item", "Calls")
	if s.told != nil {
		t.Error("leaving the page does not end the test")
	}
	late(Rehearsal{Step: RehearsalOver})
	b.tap("item", "Settings")
	if !b.says("You speak for three seconds") {
		t.Error("what came too late is shown")
	}
}

// Issue 6.4: a test call.
func TestThePBXsEchoIsCalled(t *testing.T) {
	s := &mainSettings{accounts: oneAccount}
	b := newMainBench(t, fullDesk(), s, Look{"de", "light"})
	b.m.ShowSettings(settingsSound)
	b.settle()
	for _, no := range []string{"", "nobody"} {
		b.type_("Number of the PBX's echo test", no)
		if b.widget("button", "Test call").Enabled() {
			t.Errorf("%q can be called", no)
		}
	}
	b.type_("Number of the PBX's echo test", "*43")
	b.shot("settings-sound-call-de")
	b.tap("button", "Test call")
	if got := b.desk.dialled; len(got) != 1 || got[0] != "*43" {
		t.Errorf("called %q", got)
	}
	if again := newSoundTestView(b.m.opt); again.number.Text() != "*43" || !again.call.Enabled() {
		t.Errorf("the next time %q is there", again.number.Text())
	}
}

func TestTheRingerIsTriedForAMoment(t *testing.T) {
	s := &mainSettings{accounts: oneAccount}
	b := newMainBench(t, fullDesk(), s, Look{"en", "light"})
	b.m.ShowSettings(settingsSound)
	b.settle()
	var later func()
	b.m.pages[pageSettings].(*settingsPage).places[settingsSound].(*settingsSoundView).trial.after = func(_ time.Duration, do func()) { later = do }
	b.tap("button", "Ring")
	if s.now(&s.ringing) != 1 || !b.says("It rings") {
		t.Error("it does not ring")
	}
	later()
	b.waits("You speak for three seconds")
	if s.now(&s.ringing) != 0 {
		t.Error("it rings on")
	}
}

func TestWhatABuildCannotDoIsNotOffered(t *testing.T) {
	s := &mainSettings{accounts: oneAccount, plain: true}
	b := newMainBench(t, fullDesk(), s, Look{"en", "light"})
	b.m.ShowSettings(settingsSound)
	b.settle()
	if b.says("Echo cancellation") || !b.says("Music on hold") {
		t.Error("echo cancellation is offered without the library, or music is not")
	}
}

func TestTheLanguageChangesAtOnce(t *testing.T) {
	s := &mainSettings{accounts: oneAccount, look: Look{"en", "light"}}
	b := newMainBench(t, fullDesk(), s, s.look)
	b.m.ShowSettings(settingsAppearance)
	b.settle()
	if err := b.widget("select", "Language").(kit.Choosable).Choose("Deutsch"); err != nil {
		t.Fatal(err)
	}
	b.settle()
	b.settle()
	if s.look.Language != "de" || !b.says("Darstellung") || !b.says("Verpasst") {
		t.Errorf("the language is %q and the window did not follow", s.look.Language)
	}
	if err := b.widget("select", "Colours").(kit.Choosable).Choose("Dark"); err != nil {
		t.Fatal(err)
	}
	b.settle()
	b.settle()
	if s.look.Theme != "dark" {
		t.Errorf("the theme is %q", s.look.Theme)
	}
}

func TestAboutNamesEveryLibraryWithItsLicence(t *testing.T) {
	mod, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, m := range regexp.MustCompile(`(?m)^\t(\S+) v`).FindAllStringSubmatch(string(mod), -1) {
		n++
		if licences[m[1]] == "" {
			t.Errorf("About lacks the licence of %s", m[1])
		}
	}
	if n < 20 {
		t.Errorf("go.mod has %d modules", n)
	}
	b := fullBench(t)
	b.m.ShowSettings(settingsAbout)
	b.settle()
	if !b.says("Leadline 0.2") || !b.says("OFL-1.1") {
		t.Error("About lacks version or font")
	}
	for _, w := range othersWork(true) {
		if w.licence != "" && licencetexts.Of(cmp.Or(w.notice, w.name)) == "" {
			t.Errorf("the licence of %s cannot be read", w.name)
		}
	}
	b.tap("item", "Inter")
	if !b.says("SIL OPEN FONT LICENSE") || b.says("OFL-1.1") {
		t.Error("a click does not show the licence of the font")
	}
	b.tap("button", "Back")
	if !b.says("OFL-1.1") {
		t.Error("there is no way back to the list")
	}
}

func TestTheProgramStartsWithTheSession(t *testing.T) {
	s := &mainSettings{accounts: oneAccount}
	b := newMainBench(t, fullDesk(), s, Look{"en", "light"})
	b.m.ShowSettings(settingsAppearance)
	b.settle()
	b.tap("check", "Start with the session")
	if !s.starts {
		t.Error("it is not kept")
	}
	s.saveErr = errors.New("disk full")
	b.tap("check", "Start with the session")
	if !b.says("disk full") || b.widget("check", "Start with the session").Value() != "on" {
		t.Error("a choice that could not be kept looks kept")
	}
	s.plain = true
	b.tap("item", "Calls")
	b.tap("item", "Settings")
	if c := b.widget("check", "Start with the session").(*kit.Check); c.Enabled() || !strings.HasSuffix(c.AccessibilityLabel(), "This system's own settings do that.") {
		t.Error("what the system cannot do is offered")
	}
}

// A page that is wider than its room stands out at the right edge, where nothing can scroll to it.
func TestEveryPageOfTheSettingsFitsTheSmallestWindow(t *testing.T) {
	for _, lang := range []string{"en", "de"} {
		b := newMainBenchWith(t, fullDesk(), &mainSettings{accounts: oneAccount, shared: &aServer{server: ServerSettings{SignedIn: true}}}, Look{lang, "light"}, aCompanyFile(t))
		b.m.Window().Resize(fyne.NewSize(900, 600))
		b.m.Go(pageSettings)
		page := b.m.pages[pageSettings].(*settingsPage)
		for place := range page.places {
			b.m.ShowSettings(place)
			b.settle()
			if room, needs := page.body.Size().Width, page.places[place].Object().MinSize().Width; needs > room {
				t.Errorf("%s: %s needs %v, its room has %v", lang, place, needs, room)
			}
			b.shot("settings-900-" + lang + "-" + string(place))
		}
	}
}
