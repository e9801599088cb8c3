package sip

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// headers makes Headers of "Name: value" lines.
func headers(lines ...string) Headers {
	return func(name string) []string {
		var values []string
		for _, line := range lines {
			if n, v, _ := strings.Cut(line, ":"); strings.EqualFold(n, name) {
				values = append(values, strings.TrimSpace(v))
			}
		}
		return values
	}
}

func TestCallerIsReadFromTheHeaders(t *testing.T) {
	withheld := Party{Withheld: true}
	for name, tt := range map[string]struct {
		headers []string
		want    Party
	}{
		"From with a quoted name": {
			[]string{`From: "Meier, Erika" <sip:+493020948812@pbx.example:5080;user=phone>;tag=1`},
			Party{User: "+493020948812", Host: "pbx.example", Display: "Meier, Erika", URI: "sip:+493020948812@pbx.example"}},
		"From with escaped quotes": {
			[]string{`From: "Erika \"die\" Meier \\o/" <sip:1@h>`},
			Party{User: "1", Host: "h", Display: `Erika "die" Meier \o/`, URI: "sip:1@h"}},
		"From without brackets": {
			[]string{`From: sip:100@10.0.0.1;tag=x`},
			Party{User: "100", Host: "10.0.0.1", URI: "sip:100@10.0.0.1"}},
		"UTF-8 without quotes": {
			[]string{`From: Jürgen Groß <sip:200@h>`},
			Party{User: "200", Host: "h", Display: "Jürgen Groß", URI: "sip:200@h"}},
		"Latin-1 on the wire": {
			[]string{"From: \"J\xfcrgen\" <sip:200@h>"},
			Party{User: "200", Host: "h", Display: "Jürgen", URI: "sip:200@h"}},
		"RFC 2047, base64": {
			[]string{`From: "=?UTF-8?B?SsO8cmdlbg==?=" <sip:200@h>`},
			Party{User: "200", Host: "h", Display: "Jürgen", URI: "sip:200@h"}},
		"RFC 2047, quoted-printable Latin-1": {
			[]string{`From: =?iso-8859-1?Q?J=FCrgen?= <sip:200@h>`},
			Party{User: "200", Host: "h", Display: "Jürgen", URI: "sip:200@h"}},
		"asserted identity before From": {
			[]string{`From: "Queue" <sip:q@h>`, `P-Asserted-Identity: "Erika" <sip:+4930@pbx>, <tel:+4930>`},
			Party{User: "+4930", Host: "pbx", Display: "Erika", URI: "sip:+4930@pbx"}},
		"asserted tel URI": {
			[]string{`From: <sip:x@h>`, `P-Asserted-Identity: tel:+49-30-(20)94;phone-context=x`},
			Party{User: "+49302094", URI: "tel:+49302094"}},
		"Remote-Party-ID before From": {
			[]string{`From: <sip:x@h>`, `Remote-Party-ID: "Erika" <sip:55@pbx>;party=calling;privacy=off;screen=yes`},
			Party{User: "55", Host: "pbx", Display: "Erika", URI: "sip:55@pbx"}},
		"Remote-Party-ID of the called one": {
			[]string{`From: <sip:x@h>`, `Remote-Party-ID: <sip:55@pbx>;party=called`},
			Party{User: "x", Host: "h", URI: "sip:x@h"}},
		"name of From for the same number": {
			[]string{`From: "Erika" <sip:55@h>`, `P-Asserted-Identity: <sip:55@pbx>`},
			Party{User: "55", Host: "pbx", Display: "Erika", URI: "sip:55@pbx"}},
		"withheld by Privacy":             {[]string{`From: <sip:55@h>`, `P-Asserted-Identity: <sip:55@pbx>`, `Privacy: id;critical`}, withheld},
		"Privacy none":                    {[]string{`From: <sip:55@h>`, `Privacy: none`}, Party{User: "55", Host: "h", URI: "sip:55@h"}},
		"withheld by Remote-Party-ID":     {[]string{`From: <sip:55@h>`, `Remote-Party-ID: <sip:55@h>;party=calling;privacy=full`}, withheld},
		"withheld in From":                {[]string{`From: "Anonymous" <sip:anonymous@anonymous.invalid>;tag=1`}, withheld},
		"anonymous at the PBX":            {[]string{`From: "Anonymous" <sip:anonymous@pbx.example>`}, withheld},
		"nothing at all":                  {nil, withheld},
		"direction can't be turned":       {[]string{"From: \"\u202egnp.exe\x07\tX\" <sip:1@h>"}, Party{User: "1", Host: "h", Display: "gnp.exe X", URI: "sip:1@h"}},
		"password and phone-context":      {[]string{`From: <sip:+49;phone-context=x:secret@h>`}, Party{User: "+49", Host: "h", URI: "sip:+49@h"}},
		"escaped user":                    {[]string{`From: <sip:%23%2055@h>`}, Party{User: "#55", Host: "h", URI: "sip:%2355@h"}},
		"IPv6":                            {[]string{`From: <sip:1@[2001:db8::1]:5060>`}, Party{User: "1", Host: "[2001:db8::1]", URI: "sip:1@[2001:db8::1]"}},
		"a SIP address that is no number": {[]string{`From: <sip:anna@example.org>`}, Party{User: "anna", Host: "example.org", URI: "sip:anna@example.org"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Caller(headers(tt.headers...), true); got != tt.want {
				t.Errorf("\ngot  %+v\nwant %+v", got, tt.want)
			}
		})
	}
}

func TestACallBelongsToTheLineThatWasDialled_A2(t *testing.T) {
	for name, tt := range map[string]struct {
		headers []string
		want    string // all but the default line, with spaces between
	}{
		"the account's header first": {[]string{"X-Line: +493011", "P-Called-Party-ID: <sip:+493022@h>", "To: <sip:101@h>"}, "+493011 +493022"},
		"an empty one says nothing":  {[]string{"X-Line: ", "P-Called-Party-ID: <sip:+493022@h>"}, "+493022"},
		"as an address":              {[]string{"X-Line: <sip:+493011@h>"}, "+493011"},
		"P-Called-Party-ID":          {[]string{"P-Called-Party-ID: <sip:+493022@h>", "History-Info: <sip:+493033@h>;index=1", "To: <sip:101@h>"}, "+493022 +493033"},
		"History-Info, the first":    {[]string{"History-Info: <sip:+493033@h>;index=1, <sip:+493034@h>;index=1.1", "Diversion: <sip:+493044@h>"}, "+493033 +493044"},
		"Diversion, the original":    {[]string{"Diversion: <sip:200@h>;reason=no-answer", "Diversion: <sip:+493044@h>;reason=unconditional", "To: <sip:+493055@h>"}, "+493044 +493055"},
		"our own extension is none":  {[]string{"P-Called-Party-ID: <sip:101@h>", "History-Info: <sip:101@h>;index=1", "Diversion: <sip:101@h>", "To: <sip:+493055@h>"}, "+493055"},
		"the To user":                {[]string{"To: <sip:+493055@h>"}, "+493055"},
		"the same twice":             {[]string{"P-Called-Party-ID: <sip:+493022@h>", "To: <sip:+493022@h>"}, "+493022"},
		"only our extension":         {[]string{"To: <sip:101@h>"}, ""},
		"nothing":                    {nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			want := append(strings.Fields(tt.want), "+4930default") // last
			if got := Dialled(headers(tt.headers...), "X-Line", "+4930default", "101"); !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
	if got := Dialled(headers("To: <sip:101@h>"), "", "", "101"); !slices.Equal(got, []string{"101"}) {
		t.Errorf("without a default line: %q", got)
	}
}

func TestDialledTextBecomesASIPAddress(t *testing.T) {
	for text, want := range map[string]string{
		"102":                           "sip:102@pbx:5080",
		"+49 (30) 2094-8812":            "sip:+493020948812@pbx:5080",
		"030 / 2094 88 12":              "sip:03020948812@pbx:5080",
		"tel:+49-30-2094;phone-context": "sip:+49302094@pbx:5080",
		"*21#":                          "sip:*21%23@pbx:5080",
		"*21*+49 176 1234567#":          "sip:*21*+491761234567%23@pbx:5080",
		"anna":                          "sip:anna@pbx:5080",
		"anna@example.org":              "sip:anna@example.org",
		"SIP:anna@example.org:5070;transport=tcp?Replaces=x": "sip:anna@example.org:5070;transport=tcp",
		"\u202a+49 30\u200e 2094\u202c":                      "sip:+49302094@pbx:5080",
		"Jürgen":                                             "sip:J%C3%BCrgen@pbx:5080",
	} {
		got, err := Target(text, "pbx", 5080)
		if err != nil || got != want {
			t.Errorf("%q: %q, %v; want %q", text, got, err, want)
		}
	}
	for _, text := range []string{"", " ", "sip:", "a\r\nb", "<sip:a@b>", "tel:"} {
		if got, err := Target(text, "pbx", 0); err == nil {
			t.Errorf("%q is dialled as %q", text, got)
		}
	}
}

func TestAnsweredElsewhere(t *testing.T) {
	for value, want := range map[string]bool{
		`SIP;cause=200;text="Call completed elsewhere"`: true,
		`SIP ;cause=200`: true,
		`Q.850;cause=16, SIP;cause=200;text="x, y"`: true,
		`SIP;cause=487`:   false,
		`SIP;cause=2000`:  false,
		`Q.850;cause=200`: false,
		`Q.850 ; cause=26;text="NON_SELECTED_USER_CLEARING"`: true,
		`SIP;text="x;cause=200"`:                             false,
		``:                                                   false,
	} {
		if got := answeredElsewhere(headers("Reason: " + value)); got != want {
			t.Errorf("%q: %v", value, got)
		}
	}
}

// FuzzCaller holds that no identity on the wire panics, garbles a screen or reveals
// what is withheld.
func FuzzCaller(f *testing.F) {
	f.Add(`"Meier, Erika" <sip:+4930@pbx>;tag=1`, `"E" <sip:1@h>, <tel:+49>`, `<sip:5@h>;party=calling;privacy=off`, "id")
	f.Add(`=?UTF-8?B?SsO8cmdlbg==?= <sip:%23@[::1]:5060>`, `<`, `"`, ";")
	f.Add("\"\\", "tel:", "<sip:@>", "none")
	f.Fuzz(func(t *testing.T, from, asserted, remote, privacy string) {
		h := func(name string) []string {
			switch name {
			case "From", "To", "Diversion":
				return []string{from}
			case "P-Asserted-Identity", "P-Called-Party-ID", "X-Line":
				return []string{asserted}
			case "Remote-Party-ID", "History-Info":
				return []string{remote}
			case "Privacy":
				return []string{privacy}
			}
			return nil
		}
		p := Caller(h, true)
		if p.Withheld && p != (Party{Withheld: true}) {
			t.Errorf("withheld, and yet %+v", p)
		}
		lines := Dialled(h, "X-Line", "default", "101")
		for _, s := range append(lines, p.User, p.Host, p.Display, p.URI) {
			if !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }) {
				t.Errorf("%q may garble a screen", s)
			}
		}
		if utf8.RuneCountInString(p.Display) > maxDisplay {
			t.Errorf("a name of %d characters", utf8.RuneCountInString(p.Display))
		}
		if strings.EqualFold(privacy, "id") && !p.Withheld {
			t.Errorf("Privacy: id, and yet %+v", p)
		}
		answeredElsewhere(h)
		wantsAutoAnswer(h)
	})
}

// FuzzTarget holds that what is dialled becomes one request line or an error.
func FuzzTarget(f *testing.F) {
	for _, s := range []string{"102", "+49 30", "sip:a@b;x=y?h=v", "tel:1", "a@[::1]:99999", "%", "sip:%@h"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if got, err := Target(text, "pbx", 5060); err == nil && strings.ContainsAny(got, "\r\n \t<>") {
			t.Errorf("%q is dialled as %q", text, got)
		}
	})
}
