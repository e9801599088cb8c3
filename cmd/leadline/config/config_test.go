package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
)

const full = `data = "/srv/leadline"

[ui]
language = "de"
theme = "dark"
region = "AT"

[server]
url = "https://crm.example.org"
user = "anna@example.org"

[[account]]
name = "Office"
address = "sip:101@pbx.example.org:5070"
auth_user = "anna"
password = "geheim"
transport = "tcp"
ca = "/etc/company.pem"
certificate = "/etc/me.pem"
key = "/etc/me.key"
keep_alive = "crlf"
stun = "stun.example.org"
watch = ["102", "103"]
pickup = "*8"
mwi = "subscribe"
bind = "127.0.0.1:5090"
srtp = "required"
srtp_keys = "dtls"
outbound_proxy = "sip:edge.example.org:5061;lr"
asserted_identity = "nobody"
line_header = "X-Line"
default_line = "+493012345"
codecs = ["pcmu", "opus"]
dtmf = "info"
auto_answer = "header"

[[account]]
address = "102@[2001:db8::1]"

[audio]
microphone = "null"
speaker = "file:/srv/out.wav"
ringer = "USB Headset"

[recording]
calls = "every"
beep = true
keep_days = 90

[calls]
when_busy = "102"
when_unanswered = "103"
unanswered_after = 15
decline = "here"
`

func write(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "leadline.toml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestEveryKeyIsRead(t *testing.T) {
	got, err := Load(write(t, full))
	if err != nil {
		t.Fatal(err)
	}
	want := Config{
		Data:   "/srv/leadline",
		UI:     UI{Language: "de", Theme: "dark", Region: "AT"},
		Server: Server{URL: "https://crm.example.org", User: "anna@example.org"},
		Accounts: []Account{{
			Name: "Office", Address: "sip:101@pbx.example.org:5070", AuthUser: "anna", Password: "geheim",
			Transport: "tcp", Bind: "127.0.0.1:5090", SRTP: "required", SRTPKeys: "dtls", OutboundProxy: "sip:edge.example.org:5061;lr",
			Asserted: "nobody", LineHeader: "X-Line", DefaultLine: "+493012345", Codecs: []string{"pcmu", "opus"}, DTMF: "info", AutoAnswer: "header",
			CA: "/etc/company.pem", Certificate: "/etc/me.pem", Key: "/etc/me.key",
			KeepAlive: "crlf", STUN: "stun.example.org",
			Watch: []string{"102", "103"}, PickUp: "*8", MWI: "subscribe",
		}, {
			Name: "102", Address: "102@[2001:db8::1]", AuthUser: "102", Transport: "udp", Bind: "0.0.0.0:0",
			SRTP: "off", SRTPKeys: "sdes", Codecs: []string{"opus", "g722", "pcma", "pcmu"}, DTMF: "rfc4733", AutoAnswer: "never",
			KeepAlive: "options", MWI: "unasked", Asserted: "pbx",
		}},
		Audio:     Audio{Microphone: "null", Speaker: "file:/srv/out.wav", Ringer: "USB Headset"},
		Recording: Recording{Calls: "every", Beep: true, Keep: 90},
		Calls:     Calls{Busy: "102", NoAnswer: "103", NoAnswerAfter: 15, Decline: "here"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestAnEmptyFileIsTheDefault(t *testing.T) {
	t.Setenv("XDG_DATA_HOME", t.TempDir())
	got, err := Load(write(t, ""))
	if err != nil {
		t.Fatal(err)
	}
	want, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestProblemsAreTold(t *testing.T) {
	account := "[[account]]\naddress = \"sip:101@pbx\"\n"
	for _, c := range []struct {
		name, text string
		line       int
		key        string
		reason     string // a part of it
	}{
		{"no TOML", "data = \n", 1, "", "start of value"},
		{"wrong type", "\ndata = 5\n", 2, "data", "cannot decode"},
		{"unknown key", "\n[audio]\nspeeker = \"x\"\n", 3, "audio.speeker", "known here are microphone, speaker"},
		{"unknown key beside all others", "[ui]\ntray = true\n", 2, "ui.tray", "close_to_tray, region"},
		{"unknown table beside all others", "[notices]\nx = 1\n", 1, "notices", "calls, notifications"},
		{"unknown key in what has none below", "[ui.theme]\nx = 1\n", 1, "ui.theme", ""},
		{"unknown table", "[sound]\nspeaker = \"x\"\n", 1, "sound", "known here are data"},
		{"unknown key of an account", account + "transprot = \"udp\"\n", 3, "account.transprot", "transport"},
		{"transport", account + "transport = \"sctp\"\n", 3, "account[0].transport", `"sctp" is none of "udp", "tcp", "tls"`},
		{"keep-alive", account + "keep_alive = \"on\"\n", 3, "account[0].keep_alive", "is none of"},
		{"STUN server", account + "stun = \"a b\"\n", 3, "account[0].stun", "no host name"},
		{"watched twice", account + "watch = [\"102\", \"102\"]\n", 3, "account[0].watch", "named twice"},
		{"watched nobody", account + "watch = [\"1 02\"]\n", 3, "account[0].watch", "no extension"},
		{"pick-up code", account + "pickup = \"a b\"\n", 3, "account[0].pickup", "no feature code"},
		{"mwi", account + "mwi = \"yes\"\n", 3, "account[0].mwi", "is none of"},
		{"key of nothing", account + "key = \"me.key\"\n", 3, "account[0].key", "there is no certificate"},
		{"second account", account + account + "name = \"B\"\nsrtp = \"yes\"\n", 6, "account[1].srtp", `"yes" is none of`},
		{"keys of srtp", account + "srtp_keys = \"zrtp\"\n", 3, "account[0].srtp_keys", `"zrtp" is none of`},
		{"missing address", "\n[[account]]\nname = \"A\"\n", 2, "account[0].address", "missing"},
		{"no user", "[[account]]\naddress = \"sip:pbx.example.org\"\n", 2, "account[0].address", "names no user"},
		{"space in the user", "[[account]]\naddress = \"sip:1 01@pbx\"\n", 2, "account[0].address", "no user of a SIP address"},
		{"no host", "[[account]]\naddress = \"sip:101@\"\n", 2, "account[0].address", "no host name"},
		{"port too high", "[[account]]\naddress = \"sip:101@pbx:70000\"\n", 2, "account[0].address", `"70000" is no port`},
		{"empty port", "[[account]]\naddress = \"sip:101@pbx:\"\n", 2, "account[0].address", `"" is no port`},
		{"open bracket", "[[account]]\naddress = \"sip:101@[::1\"\n", 2, "account[0].address", "closing ]"},
		{"same name twice", account + account, 3, "account[1].name", `"101" is the name of an earlier account`},
		{"bind without port", account + "bind = \"127.0.0.1\"\n", 3, "account[0].bind", "no IP address and port"},
		{"bind by name", account + "bind = \"localhost:5060\"\n", 3, "account[0].bind", "no IP address and port"},
		{"proxy", account + "outbound_proxy = \"a b\"\n", 3, "account[0].outbound_proxy", "no host name"},
		{"line header", account + "line_header = \"X Line\"\n", 3, "account[0].line_header", "no name of a SIP header"},
		{"header injection", account + "default_line = \"1\\r\\nX: y\"\n", 3, "account[0].default_line", "control character"},
		{"unknown codec", account + "codecs = [\"pcma\", \"gsm\"]\n", 3, "account[0].codecs", `"gsm" is none of`},
		{"codec twice", account + "codecs = [\"pcma\", \"pcma\"]\n", 3, "account[0].codecs", "named twice"},
		{"digits by morse", account + "dtmf = \"morse\"\n", 3, "account[0].dtmf", `"morse" is none of`},
		{"unknown notification", "[notifications]\noff = [\"missed\", \"mail\"]\n", 2, "notifications.off", `"mail" is none of`},
		{"too loud", "[audio]\nring_volume = 110\n", 2, "audio.ring_volume", "10 to 100 percent"},
		{"unknown music", "[audio]\nhold_music = \"jazz\"\n", 2, "audio.hold_music", `neither "off" nor`},
		{"no codec", account + "codecs = []\n", 3, "account[0].codecs", "empty"},
		{"auto answer", account + "auto_answer = \"yes\"\n", 3, "account[0].auto_answer", "none of"},
		{"inline account", "account = [{address = \"sip:101@pbx\", srtp = \"on\"}]\n", 1, "account[0].srtp", "none of"},
		{"dotted key", "ui.language = \"fr\"\n", 1, "ui.language", `"fr" is none of "", "en", "de"`},
		{"region", "[ui]\nregion = \"Germany\"\n", 2, "ui.region", "two capital letters"},
		{"plain http", "[server]\nurl = \"http://crm.example.org\"\n", 2, "server.url", "use https://crm.example.org"},
		{"no scheme", "[server]\nurl = \"crm.example.org\"\n", 2, "server.url", "no address of a server"},
		{"password in the url", "[server]\nurl = \"https://a:b@crm\"\n", 2, "server.url", "holds no user and password"},
		{"user without server", "[server]\nuser = \"a@b\"\n", 1, "server", "no url"},
		{"recording", "[recording]\ncalls = \"some\"\n", 2, "recording.calls", "every"},
		{"how long a call rings", "[calls]\nunanswered_after = 3\n", 2, "calls.unanswered_after", "5 to 120 seconds"},
		{"what declining means", "[calls]\ndecline = \"nobody\"\n", 2, "calls.decline", `"everywhere", "here"`},
		{"how long recordings are kept", "[recording]\nkeep_days = -3\n", 2, "recording.keep_days", "0 for ever"},
		{"file without name", "[audio]\nringer = \"file:\"\n", 2, "audio.ringer", "lacks the file's name"},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := write(t, c.text)
			_, err := Load(file)
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v", err)
			}
			if len(e.Problems) != 1 {
				t.Fatalf("one problem expected:\n%v", e)
			}
			p := e.Problems[0]
			if p.Line != c.line || p.Key != c.key || !strings.Contains(p.Reason, c.reason) {
				t.Errorf("got %d %q %q\nwant %d %q …%q…", p.Line, p.Key, p.Reason, c.line, c.key, c.reason)
			}
			if !strings.HasPrefix(e.Error(), file) {
				t.Errorf("%q does not begin with the file's name", e.Error())
			}
		})
	}
}

func TestAllProblemsAreToldAtOnceByLine(t *testing.T) {
	_, err := Load(write(t, "[ui]\ntheme = \"pink\"\nfont = \"x\"\n[audio]\nspeaker = \"file:\"\n"))
	var e *Error
	if !errors.As(err, &e) || len(e.Problems) != 3 {
		t.Fatalf("three problems expected: %v", err)
	}
	for i, line := range []int{2, 3, 5} {
		if e.Problems[i].Line != line {
			t.Errorf("problem %d stands in line %d, want %d", i, e.Problems[i].Line, line)
		}
	}
}

func TestAPasswordIsNeverQuotedInAProblem(t *testing.T) {
	for _, text := range []string{
		"[[account]]\naddress = \"sip:1@b\"\npassword = \"hunter2\\u0007\"\n",
		"[[account]]\naddress = 7\npassword = \"hunter2\"\n",
		"[[account]]\npassword = \"hunter2\n",
		"[[account]]\npassword = hunter2\n",
		"[[account]]\npasword = \"hunter2\"\n",
	} {
		_, err := Load(write(t, text))
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q gives %v", text, err)
		}
	}
}

func TestHTTPIsAllowedOnLoopbackOnly(t *testing.T) {
	for url, ok := range map[string]bool{
		"http://127.0.0.1:8080": true, "http://localhost": true, "http://[::1]:80": true, "https://a.example": true,
		"http://127.0.0.1.example.org": false, "http://192.168.0.1": false, "ftp://127.0.0.1": false,
	} {
		if err := checkURL(url); (err == nil) != ok {
			t.Errorf("%s: %v", url, err)
		}
	}
}

func TestAMissingFileIsNotExist(t *testing.T) {
	if _, err := Load(filepath.Join(t.TempDir(), "none.toml")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

// A file is looked for beside the configuration, wherever the program is started from: the desktop starts it in the home folder.
func TestARelativePathIsFromTheFolderOfTheFile(t *testing.T) {
	file := write(t, "data = \"here\"\n[[account]]\naddress = \"101@pbx\"\nca = \"ca.pem\"\n[audio]\nmicrophone = \"file:in.wav\"\nspeaker = \"USB\"\nhold_music = \"file:/srv/music.wav\"\n")
	c, err := Load(file)
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(filepath.Dir(file), "here"); c.Data != want {
		t.Errorf("got %s, want %s", c.Data, want)
	}
	if want := filepath.Join(filepath.Dir(file), "ca.pem"); c.Accounts[0].CA != want {
		t.Errorf("got %s, want %s", c.Accounts[0].CA, want)
	}
	if want := (Audio{Microphone: "file:" + filepath.Join(filepath.Dir(file), "in.wav"), Speaker: "USB", HoldMusic: "file:/srv/music.wav"}); c.Audio != want {
		t.Errorf("got %+v, want %+v", c.Audio, want)
	}
}

func TestWhatIsSavedIsLoadedAgain(t *testing.T) {
	file := write(t, full)
	want, err := Load(file)
	if err != nil {
		t.Fatal(err)
	}
	want.Accounts[0].Name = "Büro \"Süd\""
	copied := filepath.Join(t.TempDir(), "new", "leadline.toml")
	if err := Save(copied, want); err != nil {
		t.Fatal(err)
	}
	got, err := Load(copied)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	info, err := os.Stat(copied)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the file has mode %v and may hold a password", info.Mode())
	}
}

func TestSaveRefusesWhatLoadWouldAndKeepsTheOldFile(t *testing.T) {
	file := write(t, full)
	c, err := Load(file)
	if err != nil {
		t.Fatal(err)
	}
	c.Accounts[0].Transport = "pigeon"
	if err := Save(file, c); err == nil || !strings.Contains(err.Error(), "pigeon") {
		t.Errorf("got %v", err)
	}
	if now, err := os.ReadFile(file); err != nil || string(now) != full {
		t.Errorf("the old file is gone: %v\n%s", err, now)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(file), ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestAddressesAreReadBackAsWritten(t *testing.T) {
	for _, s := range []string{"sip:101@pbx.example.org", "sip:a.b+c@10.0.0.1:5070", "sip:101@[2001:db8::1]:5062", "sip:x@my_pbx"} {
		a, err := ParseAddress(s)
		if err != nil || a.String() != s {
			t.Errorf("%s became %s, %v", s, a, err)
		}
	}
}

// FuzzLoad: no file closes the program, and what is accepted can be saved and is
// the same when it is loaded again.
func FuzzLoad(f *testing.F) {
	f.Add([]byte(full))
	f.Add([]byte("account = [{address=\"sip:1@b\"},\n{address='sip:2@b', codecs=['pcma']}]"))
	f.Add([]byte("[account.a]\n[[account]]\n[[account.b]]\nx=1"))
	f.Add([]byte("ui.theme = \"light\"\n[[account]]\npassword=\"\\u0000\""))
	f.Fuzz(func(t *testing.T, data []byte) {
		first, err := parse("f", data)
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || len(e.Problems) == 0 {
				t.Fatalf("an error without a problem: %v", err)
			}
			return
		}
		saved, err := encode(first)
		if err != nil {
			t.Fatal(err)
		}
		second, err := parse("f", saved)
		if err != nil {
			t.Fatalf("%v\nof\n%s", err, saved)
		}
		if len(first.Accounts) == 0 {
			first.Accounts, second.Accounts = nil, nil
		}
		if !reflect.DeepEqual(first, second) {
			t.Fatalf("%+v became %+v by\n%s", first, second, saved)
		}
	})
}
