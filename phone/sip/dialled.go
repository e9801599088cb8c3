package sip

import "strings"

// Dialled is the line that the caller dialled, wherever the PBX reveals it
// (requirements.md A2): the account's own header, P-Called-Party-ID, the first target
// of History-Info or Diversion, the To user; else the default line. A user that is
// only our own extension reveals nothing, so that the default line comes before it.
func Dialled(h Headers, lineHeader, defaultLine, extension string) string {
	if lineHeader != "" {
		for _, value := range h(lineHeader) {
			if line := lineName(value); line != "" {
				return line
			}
		}
	}
	if a := firstAddress(h("P-Called-Party-ID")); a.user != "" && a.user != extension {
		return a.user
	}
	// History-Info begins with the first target (RFC 7044 §5), Diversion ends with it
	// (RFC 5806 §5).
	if a := firstAddress(h("History-Info")); a.user != "" && a.user != extension {
		return a.user
	}
	if diversions := allAddresses(h("Diversion")); len(diversions) > 0 {
		if a := diversions[len(diversions)-1]; a.user != "" && a.user != extension {
			return a.user
		}
	}
	to := firstAddress(h("To"))
	if to.user != "" && to.user != extension || defaultLine == "" {
		return to.user
	}
	return defaultLine
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
