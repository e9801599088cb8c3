package sip

import (
	"strconv"
	"strings"
)

// reason is one value of a Reason header (RFC 3326): why a request came, or why a call failed beyond a gateway.
type reason struct {
	protocol string // "sip", "q.850"
	cause    int    // of that protocol; 0 when it isn't said
	text     string // in words, "" when there are none
}

func reasonsOf(h Headers) []reason {
	var all []reason
	for _, value := range h("Reason") {
		for _, item := range splitList(value) {
			parts := splitAt(item, ';')
			r := reason{protocol: strings.ToLower(strings.TrimSpace(parts[0]))}
			for _, param := range parts[1:] {
				name, v, _ := strings.Cut(param, "=")
				switch v = strings.TrimSpace(v); strings.ToLower(strings.TrimSpace(name)) {
				case "cause":
					r.cause, _ = strconv.Atoi(v)
				case "text":
					if strings.HasPrefix(v, `"`) {
						v, _ = unquote(v)
					}
					r.text = cleanDisplay(v)
				}
			}
			all = append(all, r)
		}
	}
	return all
}

// q850 is what the telephone network beyond a gateway says (ITU-T Q.850); cause is 0 when it says nothing.
func q850(h Headers) reason {
	for _, r := range reasonsOf(h) {
		if r.protocol == "q.850" && r.cause > 0 && r.cause < 128 {
			return r
		}
	}
	return reason{}
}

// answeredElsewhere reads the Reason of a CANCEL: 200 of SIP, or that another was selected, as gateways say it.
func answeredElsewhere(h Headers) bool {
	const nonSelectedUserClearing = 26
	for _, r := range reasonsOf(h) {
		if r.protocol == "sip" && r.cause == 200 || r.protocol == "q.850" && r.cause == nonSelectedUserClearing {
			return true
		}
	}
	return false
}

// whyHungUp is what a BYE says of a call that didn't end as calls do, in words; "" when it did.
func whyHungUp(h Headers) string {
	for _, r := range reasonsOf(h) {
		switch {
		case r.protocol == "q.850" && (r.cause == 16 || r.cause == 31), // normal clearing; normal, unspecified
			r.protocol == "sip" && r.cause/100 == 2:
		case r.text != "":
			return r.text
		case r.cause > 0:
			return strings.ToUpper(r.protocol) + " cause " + strconv.Itoa(r.cause)
		}
	}
	return ""
}
