package ui

import "strings"

// splitAddress reads "sip:101@pbx.example.org:5060" loosely, as it is being typed:
// ok says that both parts are there. The program that saves it is the one to judge.
func splitAddress(s string) (user, host string, ok bool) {
	s = strings.TrimSpace(s)
	if len(s) >= 4 && strings.EqualFold(s[:4], "sip:") {
		s = s[4:]
	}
	at := strings.LastIndexByte(s, '@')
	if at < 0 {
		return "", s, false
	}
	user, host = s[:at], s[at+1:]
	return user, host, user != "" && host != "" && !strings.ContainsAny(s, " \t")
}

// AddressTyped says whether an address has all its parts, so that it may be judged.
func AddressTyped(s string) bool {
	_, _, ok := splitAddress(s)
	return ok
}

// tidyAddress is what is handed on of an address as it was typed or pasted.
func tidyAddress(s string) string {
	s = strings.TrimSpace(s)
	if s == "" || len(s) >= 4 && strings.EqualFold(s[:4], "sip:") {
		return s
	}
	return "sip:" + s
}
