package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"

	"leadline/cmd/leadline/config"
	"leadline/cmd/leadline/secret"
	"leadline/phone"
	"leadline/phone/audio"
	"leadline/ui"
	"leadline/ui/desk"
	"leadline/ui/hotkey"
)

// A configuration whose data lie in a folder of the test's.
func configFile(t *testing.T, more string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "leadline.toml")
	if err := os.WriteFile(file, []byte("data = \"data\"\n"+more), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestWhatCannotBeStartedSaysWhy(t *testing.T) {
	bad := configFile(t, "[[account]]\naddress = \"sip:101@pbx\"\ntransport = \"pigeon\"\n")
	for name, c := range map[string]struct {
		args []string
		want []string
	}{
		"an unknown flag":         {[]string{"-colour"}, []string{"-colour", "Usage:"}},
		"an unknown command":      {[]string{"dance"}, []string{`"dance"`, "Usage:"}},
		"a link without a number": {[]string{"tel:"}, []string{`"tel:"`}},
		"import without a file":   {[]string{"import"}, []string{"import: it needs the name of one file", "-duplicates"}},
		"an unknown field":        {[]string{"import", "-column", "height=cm", "x.csv"}, []string{`"height"`, "-column"}},
		"an unknown label":        {[]string{"import", "-column", "phone:boat=Tel", "x.csv"}, []string{`"boat"`}},
		"an unknown encoding":     {[]string{"import", "-encoding", "ebcdic", "x.csv"}, []string{"ebcdic", "utf-8"}},
		"a long delimiter":        {[]string{"import", "-delimiter", "::", "x.csv"}, []string{"::"}},
		"an unknown duplicate":    {[]string{"import", "-duplicates", "forget", "x.csv"}, []string{"forget", "update"}},
		"an unknown format":       {[]string{"export", "-format", "xls", "x"}, []string{`"xls"`, "vcard4"}},
		"one person as a CSV":     {[]string{"export", "-person", "Anna", "x.csv"}, []string{"vcard3 or vcard4"}},
		"a report with a flag":    {[]string{"report", "-all"}, []string{"report:", "-all", "Usage:"}},
		"a demo of something":     {[]string{"demo", "dance"}, []string{"demo:", `"dance"`, "Usage:"}},
		"flags after the file":    {[]string{"import", "x.csv", "-preview"}, []string{"import: it needs the name of one file, after the flags"}},
		"a missing file":          {[]string{"-config", "/nowhere/at/all.toml"}, []string{"/nowhere/at/all.toml"}},
		"a bad value":             {[]string{"-config", bad, "import", "x.csv"}, []string{bad + ":4", "transport", "pigeon"}},
		"a CSV that is not there": {[]string{"-config", configFile(t, ""), "import", "/nowhere.csv"}, []string{"/nowhere.csv"}},
	} {
		t.Run(name, func(t *testing.T) {
			err := run(c.args, &bytes.Buffer{})
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q is not in %q", want, err)
				}
			}
		})
	}
}

func TestVersionAndHelp(t *testing.T) {
	for args, want := range map[string]string{"version": "leadline " + version, "-help": "Usage:", "help": "Usage:", "import -help": "-duplicates", "export -h": "-person",
		"report -help": "Usage:", "demo -help": "-tour"} {
		var out bytes.Buffer
		if err := run(strings.Fields(args), &out); err != nil || !strings.Contains(out.String(), want) {
			t.Errorf("%s prints %q, %v", args, out.String(), err)
		}
	}
}

// H5: links of other programs.
func TestLinksAreToldFromMistakes(t *testing.T) {
	for arg, want := range map[string]bool{
		"tel:+49301234567": true, "sip:anna@example.org": true, "SIP:anna@example.org": true, "sips:a@b": true,
		"callto:030123": true, "http://example.org": false, "tel:": false, "030123": false, "": false,
	} {
		if got := isLink(arg); got != want {
			t.Errorf("%q: %v", arg, got)
		}
	}
}

const someContacts = "First Name,Last Name,Organization Name,Phone 1 - Label,Phone 1 - Value\n" +
	"Käthe,Süßmilch,Bäckerei Süßmilch,Work,089 4521 77\n" +
	"Łukasz,Wójcik,,Mobile,+48 22 555 18 40\n"

func TestContactsComeInAndGoOut(t *testing.T) {
	file := configFile(t, "")
	dir := filepath.Dir(file)
	in, out := filepath.Join(dir, "in.csv"), filepath.Join(dir, "out.csv")
	if err := os.WriteFile(in, []byte(someContacts), 0o600); err != nil {
		t.Fatal(err)
	}
	cards := filepath.Join(dir, "out.vcf")
	var said bytes.Buffer
	for _, args := range [][]string{{"import", "-preview", in}, {"import", in}, {"export", out}, {"export", cards}, {"import", "-duplicates", "update", cards}} {
		if err := run(append([]string{"-config", file}, args...), &said); err != nil {
			t.Fatal(err)
		}
	}
	everything, one := filepath.Join(dir, "all.json"), filepath.Join(dir, "one.vcf")
	for _, args := range [][]string{{"export", everything}, {"import", everything}, {"export", "-person", "089 452177", one}} {
		if err := run(append([]string{"-config", file}, args...), &said); err != nil {
			t.Fatal(err)
		}
	}
	if err := run([]string{"-config", file, "export", "-person", "Nobody", one}, &said); err == nil || !strings.Contains(err.Error(), "nobody is found") {
		t.Errorf("nobody: %v", err)
	}
	for _, want := range []string{"what there is of Käthe Süßmilch written", "column Phone 1 - Value: phone", "2 contacts and 1 companies would be made", "2 rows read: 2 contacts and 1 companies made",
		"3 rows read: 0 contacts and 0 companies made, 3 there already, 3 of them updated", "2 contacts written to " + out} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("%q is not in %q", want, said.String())
		}
	}
	got, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Süßmilch", "Bäckerei Süßmilch", "Wójcik"} {
		if !bytes.Contains(got, []byte(want)) {
			t.Errorf("%q is not in what was exported:\n%s", want, got)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(out), "."+filepath.Base(out)+".*")); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
	if info, err := os.Stat(out); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("everybody can read the customers: %v, %v", info.Mode(), err)
	}
}

// settingsOn are the settings of a program that has a configuration and nothing else.
func settingsOn(t *testing.T, more string) settings {
	t.Helper()
	file := configFile(t, more)
	c, err := config.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	return settings{&program{opts: options{File: file}, cfg: c, secrets: secret.Open(c.Data)}}
}

func TestAnAccountKeepsWhatItsFormDoesNotShow(t *testing.T) {
	s := settingsOn(t, "[[account]]\nname = \"Office\"\naddress = \"sip:101@pbx\"\npassword = \"geheim\"\nauto_answer = \"header\"\n")
	forms := s.Accounts()
	if len(forms) != 1 || forms[0].Password != "" || !forms[0].PasswordKept {
		t.Fatalf("the form is %+v", forms)
	}
	f := forms[0]
	f.Transport = "tcp"
	got, err := s.account(f)
	if err != nil {
		t.Fatal(err)
	}
	if got.AutoAnswer != "header" || got.Transport != "tcp" || got.Password.Reveal() != "geheim" {
		t.Errorf("the account is %+v", got)
	}
	f.Password = "neu"
	if got, _ := s.account(f); got.Password.Reveal() != "neu" {
		t.Error("a new password is not taken")
	}
}

func TestAFailedTestSaysInWhichFieldToLook(t *testing.T) {
	for cause, field := range map[phone.RegCause]ui.AccountField{
		phone.RegUnreachable: ui.FieldAddress, phone.RegTimeout: ui.FieldAddress, phone.RegNameNotFound: ui.FieldAddress,
		phone.RegWrongPassword: ui.FieldPassword, phone.RegForbidden: ui.FieldPassword, phone.RegServerError: ui.FieldNone,
	} {
		err := testFailure(&phone.RegistrationError{Account: "Office", Cause: cause, Code: 403, Reason: "Forbidden"})
		f, ok := err.(*ui.TestFailure)
		if !ok || f.Field != field || f.Why.Key == "" || f.Detail != "403 Forbidden" {
			t.Errorf("%v: %+v", cause, err)
		}
	}
	if err := testFailure(nil); err != nil {
		t.Errorf("a test that worked: %v", err)
	}
}

// No secret in a world-readable file: the log is the owner's.
func TestTheLogIsTheOwners(t *testing.T) {
	dir := t.TempDir()
	log, f, err := openLog(dir)
	if err != nil {
		t.Fatal(err)
	}
	log.Info("hello", "password", secret.Secret("geheim"))
	f.Close()
	file := filepath.Join(dir, "leadline.log")
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if text, _ := os.ReadFile(file); bytes.Contains(text, []byte("geheim")) || !bytes.Contains(text, []byte("hello")) {
		t.Errorf("the log is %q", text)
	}
	if err := os.Truncate(file, maxLog+1); err != nil {
		t.Fatal(err)
	}
	_, f, err = openLog(dir)
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
	if info, err := os.Stat(file + ".1"); err != nil || info.Size() != maxLog+1 {
		t.Errorf("a large log is not set aside: %v", err)
	}
}

// What the sound card tells has a sentence of its own, the one that audio means.
func TestEverySoundProblemIsSaid(t *testing.T) {
	gone := func(c audio.Condition) audio.Use {
		return audio.Use{Device: "Built-in", Wanted: "Headset", Condition: c}
	}
	for _, s := range []audio.State{
		{Microphone: gone(audio.Absent)}, {Speaker: gone(audio.Absent)}, {Ringer: gone(audio.Absent)},
		{Microphone: gone(audio.Replaced)}, {Speaker: gone(audio.Replaced)}, {Ringer: gone(audio.Replaced)},
	} {
		problem, _ := s.Problem()
		if got := viewSound(s).Problem.Key; got == "" || got != problem.Key() {
			t.Errorf("%v is said as %q", problem.Key(), got)
		}
	}
	if got := viewSound(audio.State{}).Problem.Key; got != "" {
		t.Errorf("all is well is said as %q", got)
	}
}

// fullAccount has a value other than the default in every field of the form.
func fullAccount() ui.AccountSettings {
	return ui.AccountSettings{
		Was: "Office", Name: "Office", Address: "sip:101@pbx", PasswordKept: true, Transport: "tls", AuthUser: "anna",
		SRTP: "required", SRTPKeys: "dtls", Codecs: []string{"pcmu", "opus"}, DTMF: "info",
		OutboundProxy: "sbc:5061", KeepAlive: "crlf", STUN: "stun.example.org", Bind: "127.0.0.1:5090",
		CA: "/etc/ca.pem", Certificate: "/etc/me.pem", Key: "/etc/me.key", AutoAnswer: "header", Asserted: "nobody",
		LineHeader: "X-Line", DefaultLine: "+4930555", Watch: []string{"102", "103"}, PickUp: "*8", AskMailbox: true,
	}
}

func TestEveryFieldOfAnAccountsFormGoesToTheFileAndBack(t *testing.T) {
	s := settingsOn(t, "")
	full := fullAccount()
	usual := ui.AccountSettings{Address: "sip:102@pbx"}
	for i, v := range reflect.ValueOf(full).Fields() {
		if i.Name != "Password" && v.IsZero() {
			t.Errorf("the test leaves %s out", i.Name)
		}
	}
	err := s.change(func(next *config.Config) error {
		next.Accounts = []config.Account{fileAccount(full), fileAccount(usual)}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	got := s.Accounts()
	if len(got) != 2 || !reflect.DeepEqual(got[0], full) {
		t.Fatalf("back comes %+v\nof %+v", got, full)
	}
	if d := got[1]; d.Transport != "udp" || d.SRTP != "off" || len(d.Codecs) != 4 || d.AskMailbox || d.KeepAlive != "options" {
		t.Errorf("the defaults come back as %+v", d)
	}
	if wrong := s.CheckAccount(got[0]); len(wrong) > 0 {
		t.Errorf("the file takes it, the form does not: %+v", wrong)
	}
	if p, err := s.phoneAccount(s.config().Accounts[0]); err != nil || !p.MWI || p.STUN != full.STUN || p.SRTPKeys != "dtls" {
		t.Errorf("the telephone gets %+v, %v", p, err)
	}
}

func TestTheFormNamesTheFieldThatTheFileWouldRefuse(t *testing.T) {
	s := settingsOn(t, "")
	for _, c := range []struct {
		field ui.AccountField
		put   func(*ui.AccountSettings)
	}{
		{ui.FieldName, func(a *ui.AccountSettings) { a.Name = "a\nb" }},
		{ui.FieldAddress, func(a *ui.AccountSettings) { a.Address = "sip:a b@pbx:0" }},
		{ui.FieldAuthUser, func(a *ui.AccountSettings) { a.AuthUser = "\x00" }},
		{ui.FieldProxy, func(a *ui.AccountSettings) { a.OutboundProxy = "a:b:c" }},
		{ui.FieldSTUN, func(a *ui.AccountSettings) { a.STUN = "-" }},
		{ui.FieldBind, func(a *ui.AccountSettings) { a.Bind = "5060" }},
		{ui.FieldCA, func(a *ui.AccountSettings) { a.CA = "\x01" }},
		{ui.FieldCertificate, func(a *ui.AccountSettings) { a.Certificate = "\x01" }},
		{ui.FieldKey, func(a *ui.AccountSettings) { a.Certificate = "" }},
		{ui.FieldLineHeader, func(a *ui.AccountSettings) { a.LineHeader = "X Line" }},
		{ui.FieldDefaultLine, func(a *ui.AccountSettings) { a.DefaultLine = "\n" }},
		{ui.FieldWatch, func(a *ui.AccountSettings) { a.Watch = []string{"102", "102"} }},
		{ui.FieldPickUp, func(a *ui.AccountSettings) { a.PickUp = "* 8" }},
	} {
		a := fullAccount()
		c.put(&a)
		if a.Address != "sip:101@pbx" {
			a.Address = "sip:101@p/x"
		}
		if wrong := s.CheckAccount(a); len(wrong) != 1 || wrong[0].Field != c.field {
			t.Errorf("field %d: %+v", c.field, wrong)
		}
	}
	if wrong := s.CheckAccount(ui.AccountSettings{Address: "sip:101@"}); len(wrong) > 0 {
		t.Errorf("an address that is being typed is wrong: %+v", wrong)
	}
}

func TestAFileThatIsNotThereIsSaidAtItsField(t *testing.T) {
	s := settingsOn(t, "")
	var failed *ui.TestFailure
	err := s.TestAccount(t.Context(), ui.AccountSettings{Address: "sip:101@pbx", Password: "x", CA: filepath.Join(t.TempDir(), "ca.pem")})
	if !errors.As(err, &failed) || failed.Field != ui.FieldCA {
		t.Errorf("got %v", err)
	}
}

func TestTwoAccountsOfOneNameAreRefusedAtTheName(t *testing.T) {
	s := settingsOn(t, "")
	var failed *ui.TestFailure
	err := s.SaveAccounts([]ui.AccountSettings{{Address: "sip:101@pbx"}, {Name: "101", Address: "sip:102@pbx"}})
	if !errors.As(err, &failed) || failed.Field != ui.FieldName {
		t.Errorf("got %v", err)
	}
}

func TestARecordingIsCopiedWhole(t *testing.T) {
	s := settingsOn(t, "")
	dir := filepath.Join(s.config().Data, recordings)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "a.flac"), []byte("sound"), 0o600); err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "b.flac")
	if err := s.CopyRecording(t.Context(), desk.Recorded{Name: "a.flac"}, to); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(to); err != nil || string(got) != "sound" {
		t.Errorf("copied %q, %v", got, err)
	}
	if err := s.CopyRecording(t.Context(), desk.Recorded{Name: "../../leadline.toml"}, to); err == nil {
		t.Error("a file beside the recordings is copied")
	}
	if err := s.CopyRecording(t.Context(), desk.Recorded{Name: "a.flac"}, filepath.Join(to, "c.flac")); err == nil {
		t.Error("a folder that is none is no error")
	}
	if _, err := s.RecordingLength(t.Context(), desk.Recorded{Name: "gone.flac"}); err == nil {
		t.Error("what is not there has a length")
	}
	if _, err := s.OpenRecording(t.Context(), desk.Recorded{Name: "a.flac"}); err == nil {
		t.Error("what is no sound is played")
	}
}

func TestStartingWithTheSessionIsAnEntryOfTheDesktops(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("desktops of Linux start by such entries")
	}
	dir := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", dir)
	s := settingsOn(t, "")
	file := filepath.Join(dir, "autostart", ui.AppID+".desktop")
	for _, want := range []bool{true, false, false} {
		if err := s.StartWithSession(want); err != nil {
			t.Fatal(err)
		}
		if on, can := s.StartsWithSession(); on != want || !can {
			t.Errorf("on %v, can %v, want %v", on, can, want)
		}
	}
	if err := s.StartWithSession(true); err != nil {
		t.Fatal(err)
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	entry, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(entry), "\nExec=\""+program+"\" \"-config\" \""+s.opts.File+"\"\n") {
		t.Errorf("%v\n%s", err, entry)
	}
	if err := os.WriteFile(file, append(entry, "Hidden=true\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	if on, _ := s.StartsWithSession(); on {
		t.Error("the desktop has switched it off")
	}
}

// Choices, accounts that the company gives and a sign-in change the file side by side.
func TestNoChangeOfTheConfigurationIsLostToAnother(t *testing.T) {
	s, file := newSettings(t)
	var all sync.WaitGroup
	for _, save := range []func(i int) error{
		func(i int) error { return s.SaveSight(ui.Sight{TextSize: 100 + 10*(i%2)}) },
		func(i int) error { return s.CloseToTray(i%2 == 1) },
		func(i int) error {
			return s.SaveHotkeys(map[hotkey.Action]string{hotkey.Mute: fmt.Sprintf("Ctrl+F%d", i+1)})
		},
		func(i int) error { return s.SaveCalls(ui.CallChoice{After: 10 + i}) },
	} {
		all.Go(func() {
			for i := range 10 {
				if err := save(i); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	kept, err := config.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	if kept.UI.TextSize != 110 || !kept.UI.Tray || kept.Hotkeys.Mute != "Ctrl+F10" || kept.Calls.NoAnswerAfter != 19 {
		t.Errorf("kept: text %d, tray %v, mute %q, after %d s", kept.UI.TextSize, kept.UI.Tray, kept.Hotkeys.Mute, kept.Calls.NoAnswerAfter)
	}
}
