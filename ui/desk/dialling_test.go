package desk

import (
	"testing"
	"time"

	"leadline/phone"
)

func TestWhatIsTypedIsDialledAsThePBXUnderstandsIt(t *testing.T) {
	for typed, want := range map[string]string{
		"030 2094 8812":               "03020948812",
		"+49 30 2094-8812":            "+493020948812",
		"(030) 2094 8812":             "03020948812",
		"0049 30/20948812":            "00493020948812",
		"+49 (0)30 20948812":          "+493020948812",
		"(+49) 30 20948812":           "+493020948812",
		"\u202a+49 30 20948812\u202c": "+493020948812", // as web pages and address books hide it
		"\u200e030 2094\u00ad8812":    "03020948812",
		"\u202atel:+49-30-20948812":   "+493020948812",
		"\u2066112\u2069":             "112",
		"+49 30 209４8812":             "+493020948812", // a digit of another script is one, too
		"٠٣٠ ٢٠٩٤٨٨١٢":                "+493020948812",
		"＋49 30 20948812":             "+493020948812",
		"１１２":                         "112",
		"112":                         "112",
		"110":                         "110",
		"600":                         "600",
		"*97":                         "*97",
		"*21*0301234567#":             "*21*0301234567#",
		"*21*+49 176 1234567#":        "*21*+491761234567#",
		"**61*+491761234567*11*20#":   "**61*+491761234567*11*20#",
		"*31#+49 30 20948812":         "*31#+493020948812",
		"*72+493020948812":            "*72+493020948812",
		"*72 030-2094 8812":           "*7203020948812",
		"##002#":                      "##002#",
		"sip:anna@example.org":        "sip:anna@example.org",
		"anna@example.org":            "sip:anna@example.org",
		"tel:+49-30-20948812":         "+493020948812",
		"callto:+493020948812":        "+493020948812",
		"":                            "",
		"Meier":                       "",
		"<script>":                    "",
		"030 2094 8812\r\nX-Evil: 1":  "+4930209488121",
	} {
		if got := DialTarget(typed, "DE"); got != want && want != "+4930209488121" {
			t.Errorf("%q dials %q, not %q", typed, got, want)
		} else if want == "+4930209488121" && (len(got) > 20 || containsControl(got)) {
			t.Errorf("%q dials %q", typed, got)
		}
	}
}

func containsControl(s string) bool {
	for _, r := range s {
		if r < ' ' || r == ':' {
			return true
		}
	}
	return false
}

func TestDialWithoutAnAccountSaysWhatToDo(t *testing.T) {
	d := newDesk(t)
	d.desk.Dial("030 1234567", "")
	d.desk.SetAccounts([]phone.Account{{Name: "Office", Address: "sip:101@pbx.example.org"}})
	s := d.until("the account", func(s Snapshot) bool { return len(s.Accounts) == 1 })
	if s.Accounts[0].User != "101" {
		t.Errorf("the account's user is %q", s.Accounts[0].User)
	}
	if d.notice() != "Connect a PBX account first" {
		t.Errorf("the notice is %q", d.notice())
	}
	d.desk.Dial("Meier", "")
	d.desk.SoundChanged(Sound{Microphone: "Jabra"})
	d.until("all of it", func(s Snapshot) bool { return s.Sound.Microphone == "Jabra" })
	if d.notice() != "“{target}” is not a number or SIP address" {
		t.Errorf("the notice is %q", d.notice())
	}
	d.desk.Dial("030 1234567", "")
	d.desk.SoundChanged(Sound{})
	d.until("the rest", func(s Snapshot) bool { return s.Sound.Microphone == "" })
	if got := d.phone.last(); got != "dial Office 0301234567" {
		t.Errorf("the phone was asked to %q", got)
	}
}

func TestWishesReachThePhone(t *testing.T) {
	d := newDesk(t)
	d.ring("1", "0301234567")
	id := d.call("the call", looked).ID
	for _, w := range []struct {
		wish func()
		want string
	}{
		{func() { d.desk.Answer(id) }, "answer 1"},
		{func() { d.desk.Decline(id) }, "decline 1"},
		{func() { d.desk.Mute(id, true) }, "mute 1 true"},
		{func() { d.desk.Hold(id, true) }, "hold 1 true"},
		{func() { d.desk.Transfer(id, "030 / 123") }, "transfer 1 030123"},
		{func() { d.desk.SendOn(id, "030 / 123") }, "redirect 1 030123"},
		{func() { d.desk.Join(id, id) }, "join 1 1"},
		{func() { d.desk.Merge(id, id) }, "merge 1 1"},
		{func() { d.desk.Part(id) }, "part 1"},
		{func() { d.desk.Digits(id, "12#") }, "digits 1 12#"},
		{func() { d.desk.HangUp(id) }, "hang up 1"},
	} {
		w.wish()
		deadline := time.Now().Add(patience)
		for d.phone.last() != w.want && time.Now().Before(deadline) {
			time.Sleep(time.Millisecond)
		}
		if got := d.phone.last(); got != w.want {
			t.Errorf("the phone was asked to %q, not %q", got, w.want)
		}
	}
	d.desk.Answer("no such call") // does nothing
}
