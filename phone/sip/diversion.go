package sip

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Diversion is a stop of a call on its way to us: who was called there, and why the call
// was sent on.
type Diversion struct {
	Party
	Reason string // as RFC 5806 §4 names it: "no-answer", "user-busy", "unconditional"…; "" when nothing says
}

// maxDiversions is more than any call takes and less than an attack on a window.
const maxDiversions = 16

// Diversions are the stops of a call in their order, whom the caller dialled first: from
// History-Info (RFC 7044) where it says of a sending on, else from Diversion (RFC 5806).
func Diversions(h Headers) []Diversion {
	all := fromHistory(h("History-Info"))
	if len(all) == 0 {
		all = fromDiversion(h("Diversion"))
	}
	return all[:min(len(all), maxDiversions)]
}

// fromDiversion reads Diversion, whose first is the last stop.
func fromDiversion(values []string) []Diversion {
	var all []Diversion
	for _, a := range allAddresses(values) {
		if a.user == "" && a.host == "" {
			continue
		}
		d := Diversion{Party: a.party(), Reason: cleanToken(a.params["reason"])}
		if p := a.params["privacy"]; p == "full" || p == "uri" || anonymous(a) {
			d.Party = Party{Withheld: true}
		}
		all = append(all, d)
	}
	slices.Reverse(all)
	return all
}

// historyEntry is a target that History-Info names.
type historyEntry struct {
	address
	uri string // with its headers, where the reasons are
}

// fromHistory reads History-Info: a target that another follows was left for it, for the
// reason that stands in its URI's headers, or in the cause of the one that follows
// (RFC 4458).
func fromHistory(values []string) []Diversion {
	var entries []historyEntry
	for _, value := range values {
		for _, item := range splitList(value) {
			if a := parseAddress(item); a.user != "" || a.host != "" {
				entries = append(entries, historyEntry{a, bareURI(item)})
			}
		}
	}
	var all []Diversion
	for i := 0; i+1 < len(entries); i++ {
		e, next := entries[i], entries[i+1]
		if e.user == next.user {
			continue // a proxy found out where it is; nobody sent it on
		}
		d := Diversion{Party: e.party(), Reason: e.reason()}
		if d.Reason == "" {
			d.Reason = next.cause()
		}
		if wantsPrivacy(e.header("Privacy")) || strings.EqualFold(strings.Join(e.header("Privacy"), ""), "history") || anonymous(e.address) {
			d.Party = Party{Withheld: true}
		}
		all = append(all, d)
	}
	return all
}

// header are the values of a header within the entry's URI (RFC 3261 §19.1.1).
func (e historyEntry) header(name string) []string {
	_, headers, _ := strings.Cut(e.uri, "?")
	var values []string
	for pair := range strings.SplitSeq(headers, "&") {
		n, v, _ := strings.Cut(pair, "=")
		if strings.EqualFold(n, name) {
			if plain, err := url.PathUnescape(v); err == nil {
				values = append(values, plain)
			}
		}
	}
	return values
}

// reason is the cause of the target's Reason: SIP;cause=486 (RFC 3326).
func (e historyEntry) reason() string {
	for _, value := range e.header("Reason") {
		for _, item := range splitList(value) {
			protocol, params, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(item), " ", ""), ";")
			if protocol == "sip" {
				return diversionReason(paramOf(params, "cause"))
			}
		}
	}
	return ""
}

// cause is that of the target's own URI: ;cause=408 says why the one before was left.
func (e historyEntry) cause() string {
	uri, _, _ := strings.Cut(e.uri, "?")
	_, params, _ := strings.Cut(strings.ToLower(uri), ";")
	return diversionReason(paramOf(params, "cause"))
}

func paramOf(params, name string) string {
	for param := range strings.SplitSeq(params, ";") {
		if n, v, _ := strings.Cut(strings.TrimSpace(param), "="); n == name {
			return v
		}
	}
	return ""
}

// diversionReason says a SIP status with the words of Diversion (RFC 7544 §3.5).
func diversionReason(cause string) string {
	code, err := strconv.Atoi(cause)
	switch {
	case err != nil:
		return ""
	case code == 302:
		return "unconditional"
	case code == 404:
		return "unknown"
	case code == 408:
		return "no-answer"
	case code == 480, code == 487:
		return "deflection"
	case code == 486, code == 600:
		return "user-busy"
	case code == 503:
		return "unavailable"
	}
	return "unknown"
}
