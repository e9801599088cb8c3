package sip

import (
	"slices"
	"testing"
	"unicode/utf8"
)

func TestDiversionsFromHistoryInfoAndDiversion(t *testing.T) {
	at := func(user, reason string) Diversion {
		return Diversion{Party{User: user, Host: "h", URI: "sip:" + user + "@h"}, reason}
	}
	hidden := Diversion{Party{Withheld: true}, "no-answer"}
	for name, tt := range map[string]struct {
		headers []string
		want    []Diversion
	}{
		"none":              {nil, nil},
		"one Diversion":     {[]string{"Diversion: <sip:200@h>;reason=user-busy"}, []Diversion{at("200", "user-busy")}},
		"the last is first": {[]string{"Diversion: <sip:200@h>;reason=no-answer, <sip:300@h>;reason=time-of-day"}, []Diversion{at("300", "time-of-day"), at("200", "no-answer")}},
		"withheld":          {[]string{"Diversion: <sip:200@h>;reason=no-answer;privacy=full"}, []Diversion{hidden}},
		"History-Info, the reason in the URI": {
			[]string{"History-Info: <sip:200@h?Reason=SIP%3Bcause%3D486%3Btext%3D%22Busy%22>;index=1, <sip:101@h>;index=1.1", "Diversion: <sip:999@h>"},
			[]Diversion{at("200", "user-busy")}},
		"History-Info, the cause in the next": {
			[]string{"History-Info: <sip:200@h>;index=1", "History-Info: <sip:101@h;cause=408>;index=1.1;mp=1"}, []Diversion{at("200", "no-answer")}},
		"History-Info, kept private": {
			[]string{"History-Info: <sip:200@h?Privacy=history&Reason=SIP%3Bcause%3D408>;index=1, <sip:101@h>;index=1.1"}, []Diversion{hidden}},
		"only found, not sent on": {[]string{"History-Info: <sip:101@h>;index=1, <sip:101@192.0.2.1>;index=1.1"}, nil},
		"a tel URI":               {[]string{"Diversion: <tel:+49-30>;reason=unknown"}, []Diversion{{Party{User: "+4930", URI: "tel:+4930"}, "unknown"}}},
		"rubbish":                 {[]string{"Diversion: ;;,<>,<sip:>", "History-Info: %%,<"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Diversions(headers(tt.headers...)); !slices.Equal(got, tt.want) {
				t.Errorf("\ngot  %+v\nwant %+v", got, tt.want)
			}
		})
	}
}

// A caller who writes a number that isn't ours to our extension's phone.
func TestOurOwnExtensionNamesNoLine(t *testing.T) {
	for _, header := range []string{"P-Called-Party-ID: <sip:101@h>", "History-Info: <sip:101@h>;index=1", "Diversion: <sip:101@h>", "To: <sip:101@h>"} {
		if got := Dialled(headers(header), "", "+4930default", "101"); !slices.Equal(got, []string{"+4930default"}) {
			t.Errorf("%s: %q", header, got)
		}
	}
}

// plainDiversions holds that what others write of a call's history garbles no screen.
func plainDiversions(t *testing.T, text string) {
	t.Helper()
	for _, header := range []string{"History-Info", "Diversion"} {
		for _, d := range Diversions(func(name string) []string {
			if name == header {
				return []string{text}
			}
			return nil
		}) {
			for _, s := range []string{d.User, d.Host, d.Display, d.Reason} {
				if !utf8.ValidString(s) || cleanDisplay(s) != s && cleanToken(s) != s {
					t.Errorf("%q may garble a screen", s)
				}
			}
			if d.Withheld && d.Party != (Party{Withheld: true}) {
				t.Errorf("withheld, and yet %+v", d.Party)
			}
		}
	}
}
