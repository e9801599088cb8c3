package ui

import (
	"testing"

	"leadline/phone"
	"leadline/ui/desk"
	"leadline/ui/kit"
)

// Whatever keeps an account from being registered says what to do (issue 6.10).
func TestEveryReasonForNoRegistrationHasAdvice(t *testing.T) {
	for c := phone.RegUnreachable; c <= phone.RegUntrusted; c++ {
		if why := desk.WhyNotRegistered(c); adviceOn(why) == "" {
			t.Errorf("%q says nothing of what to do", why.Key)
		}
	}
	said := map[string]bool{}
	for c := phone.RegUnreachable; c <= phone.RegUntrusted; c++ {
		said[desk.WhyNotRegistered(c).Key] = true
	}
	for _, s := range []string{"No microphone: the other side cannot hear you", "No speaker: you cannot hear the other side", "No ringer: incoming calls are silent",
		"{wanted} is not connected, {device} is used as the microphone", "{wanted} is not connected, {device} is used as the speaker", "{wanted} is not connected, {device} is used as the ringer",
		"The server cannot be reached", "The server refused it", "The server is too old for that", "This version is too old for the server", "The server is too old for this version"} {
		said[s] = true
	}
	for trouble := range advice {
		if !said[trouble] {
			t.Errorf("nobody says %q any more", trouble)
		}
	}
}

func TestAnAccountThatIsNotRegisteredSaysWhatToDo(t *testing.T) {
	d := fullDesk()
	d.snap.Accounts = []desk.Account{{Name: "Office", State: desk.Refused, Why: desk.WhyNotRegistered(phone.RegWrongPassword), Detail: "401 Unauthorized"}}
	b := newMainBench(t, d, &mainSettings{accounts: []AccountSettings{officeAccount()}}, Look{"de", "light"})
	b.m.ShowSettings(settingsAccounts)
	b.settle()
	if !b.says("Geben Sie Benutzer und Passwort so ein") {
		t.Error("the account's row does not")
	}
	it := accountStatus(d.snap.Accounts[0], b.m.opt.Now())
	if it.advice == "" || it.tone != kit.Bad {
		t.Errorf("the strip says %+v", it)
	}
}
