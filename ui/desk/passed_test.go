package desk

import (
	"testing"

	"leadline/phone"
)

func TestWhoSentACallHereIsSaid(t *testing.T) {
	stop := func(user, display string) phone.Diversion {
		return phone.Diversion{From: phone.Party{User: user, Host: "pbx", Display: display}}
	}
	for name, tt := range map[string]struct {
		call phone.Call
		key  string
		who  string
	}{
		"nobody":                {phone.Call{}, "", ""},
		"a colleague":           {phone.Call{ReferredBy: "sip:102@pbx"}, "passed on by {who}", "102"},
		"a number":              {phone.Call{ReferredBy: "tel:+493020948812;x=y"}, "passed on by {who}", "030 2094 8812"},
		"forwarded":             {phone.Call{Diversions: []phone.Diversion{stop("+493044", ""), stop("200", "Reception")}}, "sent on by {who}", "Reception (200)"},
		"forwarded, withheld":   {phone.Call{Diversions: []phone.Diversion{{From: phone.Party{Withheld: true}}}}, "", ""},
		"transferred, and more": {phone.Call{ReferredBy: "sip:anna@pbx", Diversions: []phone.Diversion{stop("200", "")}}, "passed on by {who}", "anna@pbx"},
	} {
		t.Run(name, func(t *testing.T) {
			got := passedBy(tt.call, "DE")
			if got.Key != tt.key || got.Args["who"] != tt.who {
				t.Errorf("%+v", got)
			}
		})
	}
}
