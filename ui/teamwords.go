package ui

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// teamLook is shape, colour and word of how a colleague is, never colour alone.
type teamLook struct {
	icon theme.IconName
	tone kit.Tone
	word text.Key
}

func teamLookOf(s desk.TeamState) teamLook {
	switch s {
	case desk.TeamFree:
		return teamLook{theme.IconLampFree, kit.Good, text.Key("Free")}
	case desk.TeamRinging:
		return teamLook{theme.IconLampRinging, kit.Warn, text.Key("Ringing")}
	case desk.TeamTalking:
		return teamLook{theme.IconLampBusy, kit.Bad, text.Key("On call")}
	case desk.TeamQuiet:
		return teamLook{theme.IconMoon, kit.Warn, text.Key("Do not disturb")}
	case desk.TeamAway:
		return teamLook{theme.IconLampAway, kit.Neutral, text.Key("Away")}
	case desk.TeamOffline:
		return teamLook{theme.IconPlug, kit.Neutral, text.Key("Signed out")}
	}
	return teamLook{theme.IconHelp, kit.Neutral, text.Key("Not known")}
}

// present says whether a colleague can take part in what goes on now.
func present(s desk.TeamState) bool {
	return s == desk.TeamFree || s == desk.TeamRinging || s == desk.TeamTalking
}

// teamWord is how a colleague is, with the time since when.
func teamWord(m desk.Teammate, now time.Time) string {
	word := text.T(teamLookOf(m.State).word)
	if m.Since.IsZero() {
		return word
	}
	at := m.Since.In(now.Location())
	if at.YearDay() == now.YearDay() && at.Year() == now.Year() {
		return text.T("{state} since {time}", "state", word, "time", text.Time(at))
	}
	return joined(" · ", word, text.Day(at, now))
}

// teamOrder is who can be asked first: free, then ringing, talking, not to be disturbed, away, and those who are not there.
var teamOrder = [...]int{desk.TeamFree: 0, desk.TeamRinging: 1, desk.TeamTalking: 2, desk.TeamQuiet: 3, desk.TeamAway: 4, desk.TeamUntold: 5, desk.TeamOffline: 6}

// byReach sorts the team so that who can take a call is first.
func byReach(all []desk.Teammate) []desk.Teammate {
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b desk.Teammate) int { return cmp.Compare(teamOrder[a.State], teamOrder[b.State]) })
	return all
}

// teamFits says whether a colleague is meant by what was typed: the beginning of a word of the name, of the department or of a queue, or of
// the extension.
func teamFits(m desk.Teammate, typed string) bool {
	typed = strings.ToLower(strings.TrimSpace(typed))
	if typed == "" || strings.HasPrefix(m.Extension, typed) {
		return true
	}
	words := strings.Fields(strings.ToLower(strings.Join(append([]string{m.Name, m.Department}, m.Queues...), " ")))
	return slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, typed) }) ||
		strings.HasPrefix(strings.ToLower(m.Name), typed)
}
