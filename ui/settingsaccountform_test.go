package ui

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"leadline/ui/desk"
	"leadline/ui/kit"
)

func choose(t *testing.T, b *mainBench, name, option string) {
	t.Helper()
	if err := b.widget("select", name).(kit.Choosable).Choose(option); err != nil {
		t.Fatal(err)
	}
	b.settle()
}

// officeAccount is an account as the program gives it, defaults filled in.
func officeAccount() AccountSettings {
	return AccountSettings{
		Was: "Office", Name: "Office", Address: "sip:101@pbx.example.org", PasswordKept: true, Transport: "udp", AuthUser: "101",
		SRTP: "off", SRTPKeys: "sdes", Codecs: slices.Clone(AllCodecs), DTMF: "rfc4733",
		KeepAlive: "options", Bind: "0.0.0.0:0", AutoAnswer: "never", Asserted: "pbx",
	}
}

func TestAllThatAnAccountCanIsInItsForm(t *testing.T) {
	s := &mainSettings{accounts: []AccountSettings{officeAccount()}}
	b := newMainBench(t, fullDesk(), s, Look{"en", "light"})
	b.m.Window().Resize(fyne.NewSize(1280, 1800)) // what is scrolled away can't be tapped
	b.tap("item", "Settings")
	b.tap("button", "Edit")
	if b.says("STUN server") || b.says("Encrypted sound") {
		t.Error("the first page is not calm")
	}
	choose(t, b, "Transport", "Automatic")
	b.tap("item", "Sound and encryption")
	choose(t, b, "Encrypted sound", "Required")
	choose(t, b, "Key exchange", "DTLS")
	choose(t, b, "Keypad digits", "Tones")
	b.tap("button", "Earlier: G.711 A-law")
	b.tap("button", "Earlier: G.711 A-law")
	b.tap("check", "Opus")
	b.tap("item", "Advanced")
	for _, f := range [][2]string{
		{"Header that names the line", "X-Line"}, {"Default line", "+4930555"}, {"Watched colleagues", "102, 103;104"},
		{"Pick-up code", "*8"}, {"Outbound proxy", "sbc"}, {"STUN server", "stun"}, {"Own address and port", "127.0.0.1:5090"},
		{"Own certificate authority", "/ca.pem"}, {"Own certificate", "/me.pem"}, {"Its key", "/me.key"},
	} {
		b.type_(f[0], f[1])
	}
	choose(t, b, "Automatic answer", "When the PBX asks for it")
	choose(t, b, "Caller's number", "Nobody")
	choose(t, b, "Keep the connection open", "By an empty message (RFC 5626)")
	b.tap("check", "Ask for waiting messages")
	b.tap("button", "Save")
	want := AccountSettings{
		Was: "Office", Name: "Office", Address: "sip:101@pbx.example.org", PasswordKept: true, Transport: "auto", AuthUser: "101",
		SRTP: "required", SRTPKeys: "dtls", Codecs: []string{"pcma", "g722", "pcmu"}, DTMF: "inband",
		OutboundProxy: "sbc", KeepAlive: "crlf", STUN: "stun", Bind: "127.0.0.1:5090",
		CA: "/ca.pem", Certificate: "/me.pem", Key: "/me.key", AutoAnswer: "header", Asserted: "nobody",
		LineHeader: "X-Line", DefaultLine: "+4930555", Watch: []string{"102", "103", "104"}, PickUp: "*8", AskMailbox: true,
	}
	if len(s.accounts) != 1 || !reflect.DeepEqual(s.accounts[0], want) {
		t.Errorf("saved %+v\nwant  %+v", s.accounts, want)
	}
	for i, v := range reflect.ValueOf(want).Fields() {
		if name := i.Name; name != "Password" && v.IsZero() {
			t.Errorf("the test leaves %s out", name)
		}
	}
}

func TestTheLastCodecStays(t *testing.T) {
	ApplyLook(test.NewTempApp(t), Look{"en", "light"})
	var chosen []string
	o := newCodecOrder([]string{"pcma"}, func(c []string) { chosen = c })
	if r := o.rows[0]; r.id != "pcma" || r.use.Enabled() || r.up.Enabled() || !r.down.Enabled() {
		t.Error("the only codec can be taken away, or the first moved up")
	}
	o.rows[2].use.Tap() // G.722, after Opus
	if got := strings.Join(chosen, " "); got != "pcma g722" || !o.rows[0].use.Enabled() {
		t.Errorf("chosen is %q", got)
	}
}

func TestWhatCannotBeUsedIsSaidAsOneTypes(t *testing.T) {
	tested := 0
	s := &mainSettings{
		accounts: []AccountSettings{officeAccount()},
		test:     func(AccountSettings) error { tested++; return nil },
		check: func(a AccountSettings) []TestFailure {
			if a.STUN != "" {
				return []TestFailure{{Field: FieldSTUN, Why: desk.Text{Key: "Not a host. Write it as stun.example.org"}}}
			}
			return nil
		},
	}
	b := newMainBench(t, fullDesk(), s, Look{"en", "light"})
	b.m.Window().Resize(fyne.NewSize(1280, 1800)) // what is scrolled away can't be tapped
	b.tap("item", "Settings")
	b.tap("button", "Edit")
	hurry(b.m.pages[pageSettings].(*settingsPage).places[settingsAccounts].(*settingsAccountsView).form)
	b.tap("item", "Advanced")
	b.type_("STUN server", "a b")
	if got := b.widget("field", "STUN server").(*kit.Field).Problem(); !strings.HasPrefix(got, "Not a host") {
		t.Errorf("the field says %q", got)
	}
	if b.widget("button", "Save").Enabled() || tested > 0 {
		t.Error("it can be saved, or the PBX is asked with it")
	}
	b.tap("item", "Account")
	b.type_("Name", "Büro")
	if !b.says("Advanced: Not a host. Write it as stun.example.org") {
		t.Error("the first page does not say where it is wrong")
	}
	b.tap("item", "Advanced")
	b.type_("STUN server", "")
	if tested == 0 || !b.says("Registered") || !b.widget("button", "Save").Enabled() {
		t.Errorf("it is right now and was tested %d times", tested)
	}
}
