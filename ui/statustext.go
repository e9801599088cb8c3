package ui

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// statusItem is one thing the strip says.
type statusItem struct {
	english string // its name for the automation door
	words   string
	detail  string // on the pointer's wish
	advice  string // what to do about it; likewise
	tone    kit.Tone
	icon    theme.IconName      // "" for the tone's own
	ink     fyne.ThemeColorName // of the icon; "" for the tone's own

	apart      bool          // cut off from the others: not as it should be, and nothing is to be done about it
	presence   bool          // a click changes it
	lines      bool          // a click picks another
	place      settingsPlace // a click shows it; that of the accounts where a click does nothing else
	colleagues bool          // a click lists them
	call       string        // what a click dials, from account
	account    string
}

// statusItems is what the strip says of a snapshot.
func statusItems(s desk.Snapshot, now time.Time) []statusItem {
	var out []statusItem
	if len(s.Accounts) > 0 {
		out = append(out, presenceStatus(s.Presence, now))
		out = append(out, diversionItems(s.Diverted)...)
		out = append(out, lineOutItems(s.Out)...)
	}
	for _, a := range s.Accounts {
		out = append(out, accountStatus(a, now))
	}
	if len(s.Accounts) == 0 {
		out = append(out, statusItem{english: text.English("No PBX account"), words: text.T("No PBX account"), icon: theme.IconPlug})
	}
	out = append(out, syncItems(s.Sync, now)...)
	out = append(out, lampItems(s)...)
	if s.Sound.Problem.Key != "" {
		out = append(out, statusItem{english: text.English("Sound"), words: text.Say(s.Sound.Problem), advice: adviceOn(s.Sound.Problem), tone: kit.Warn, place: settingsSound})
	}
	return out
}

// accountStatus is how an account stands, in words, with the reason.
func accountStatus(a desk.Account, now time.Time) statusItem {
	name := a.Name
	if a.User != "" && a.User != a.Name {
		name = strings.TrimSpace(a.Name + " " + a.User)
	}
	it := statusItem{english: a.Name, detail: a.Detail, advice: adviceOn(a.Why)}
	switch a.State {
	case desk.Registered:
		it.words = text.T("{account} ready", "account", name)
	case desk.Registering:
		it.words = text.T("{account}: connecting", "account", name)
	case desk.Retrying:
		it.tone = kit.Warn
		it.words = text.T("{account}: {reason}, since {time}", "account", a.Name, "reason", lowerFirst(reasonOr(a.Why, "no connection")), "time", since(a.Since, now))
		if a.Next.After(now) {
			it.detail = strings.TrimSpace(text.T("Tries again at {time}.", "time", text.TimeSeconds(a.Next)) + " " + a.Detail)
		}
	case desk.Refused:
		it.tone = kit.Bad
		it.words = text.T("{account}: {reason}", "account", a.Name, "reason", lowerFirst(reasonOr(a.Why, "refused by the PBX")))
	default:
		it.words = text.T("{account}: not connected", "account", name)
		it.icon = theme.IconPlug
	}
	return it
}

func reasonOr(t desk.Text, otherwise text.Key) string {
	if t.Key == "" {
		return text.T(otherwise)
	}
	return text.Say(t)
}

// lowerFirst lets a sentence go on after a colon. German nouns stay large, so
// only English is changed, and no abbreviation.
func lowerFirst(s string) string {
	if text.Language() != "en" || len(s) < 2 || s[0] < 'A' || s[0] > 'Z' || s[1] < 'a' || s[1] > 'z' {
		return s
	}
	return string(s[0]+'a'-'A') + s[1:]
}

// since is "10:12" today, else with the day.
func since(t, now time.Time) string {
	if t.IsZero() {
		t = now
	}
	if y, d := t.YearDay(), now.YearDay(); y == d && t.Year() == now.Year() {
		return text.Time(t)
	}
	return text.Day(t, now)
}

func statusKey(items []statusItem) string {
	var b strings.Builder
	b.WriteString(text.Language())
	for _, it := range items {
		b.WriteString("|" + it.words + "|" + it.detail + "|" + it.advice + "|" + it.call + "|" + string(it.ink))
	}
	return b.String()
}

// callName is who a call is with: the record's name, else the number, else that it is withheld.
func callName(c desk.Call) string {
	switch {
	case c.Card.Name != "":
		return c.Card.Name
	case c.Party.Number != "":
		return c.Party.Number
	case c.Party.Display != "":
		return c.Party.Display
	}
	return text.T("Number withheld")
}
