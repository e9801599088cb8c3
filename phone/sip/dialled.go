package sip

import (
	"slices"
	"strings"
)

// Dialled is what the caller may have dialled, wherever the PBX reveals it, the most telling first (requirements.md A2): the
// account's own header, P-Called-Party-ID, the first target of History-Info or Diversion, the To user; else the default
// line, which comes last. A user that is only our own extension reveals nothing, unless there is nothing else. Which of
// them is a line of the company the telephone does not know.
func Dialled(h Headers, lineHeader, defaultLine, extension string) (names []string) {
	add := func(name string) {
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	reveal := func(user string) {
		if user != extension {
			add(user)
		}
	}
	if lineHeader != "" {
		for _, value := range h(lineHeader) {
			add(lineName(value))
		}
	}
	reveal(firstAddress(h("P-Called-Party-ID")).user)
	// History-Info begins with the first target (RFC 7044 §5), Diversion ends with it
	// (RFC 5806 §5).
	reveal(firstAddress(h("History-Info")).user)
	if diversions := allAddresses(h("Diversion")); len(diversions) > 0 {
		reveal(diversions[len(diversions)-1].user)
	}
	to := firstAddress(h("To")).user
	reveal(to)
	if add(defaultLine); len(names) == 0 {
		add(to)
	}
	return names
}

// lineName takes a number, a name or an address from the account's own header.
func lineName(value string) string {
	if a := parseAddress(value); a.user != "" {
		return a.user
	}
	return cleanDisplay(strings.Trim(value, `" `))
}

func allAddresses(values []string) []address {
	var all []address
	for _, value := range values {
		for _, item := range splitList(value) {
			all = append(all, parseAddress(item))
		}
	}
	return all
}

// wantsAutoAnswer is a caller's wish to be answered by the phone itself: an intercom,
// or a click-to-dial that rings the agent first.
func wantsAutoAnswer(h Headers) bool {
	for _, value := range h("Call-Info") {
		if v := strings.ToLower(value); strings.Contains(v, "answer-after=0") {
			return true
		}
	}
	for _, value := range h("Answer-Mode") { // RFC 5373
		if mode, _, _ := strings.Cut(value, ";"); strings.EqualFold(strings.TrimSpace(mode), "auto") {
			return true
		}
	}
	for _, value := range h("Alert-Info") {
		v := strings.ToLower(value)
		if strings.Contains(v, "auto-answer") || strings.Contains(v, "autoanswer") || strings.Contains(v, "auto answer") {
			return true
		}
	}
	return false
}
