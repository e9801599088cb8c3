package ui

import "testing"

func TestWhatTheOmniboxDials(t *testing.T) {
	for in, want := range map[string]string{
		"030 2094-8812": "030 2094-8812", " (0176) 12-34 567 ": "(0176) 12-34 567", "+49 176 1": "+49 176 1",
		"101": "101", "*21#": "*21#", "030/20 94 x12": "030/20 94 x12", "tel:+49301": "+49301", "callto://101": "101",
		"tel:+49%2030%20123-4567": "+49 30 123-4567", "TEL:%2B4930123": "+4930123", "tel:+49301234;ext=12": "+49301234;12",
		"tel:030123;phone-context=+49": "+49030123", "tel:1234;phone-context=pbx.example.org": "1234", "callto:anna@example.org": "anna@example.org",
		"\u202a+49 30 123\u202c": "+49 30 123", "\u200e030\u00ad123": "030123", "＋49 ３０ 1": "＋49 ３０ 1", // as web pages hide and write it
		"sip:anna@example.org": "sip:anna@example.org", "anna@10.0.0.1:5070": "anna@10.0.0.1:5070",
		"": "", "Meier": "", "12 Monkeys": "", "+": "", "anna@": "", "@host": "", "a b@c": "", "x12": "",
	} {
		got, ok := dialable(in)
		if got != want && want != "" || ok != (want != "") {
			t.Errorf("%q dials %q, %v; want %q", in, got, ok, want)
		}
	}
}

func TestWhatALinkPutsIntoTheField_H5(t *testing.T) {
	for link, want := range map[string]string{
		"tel:+49%2030%20123-4567": "+49 30 123-4567", "tel:0800-FLOWERS": "+498003569377", "callto:anna.smith": "anna.smith",
		"sip:101@pbx.example.org": "sip:101@pbx.example.org", "sip:101": "sip:101", "tel:%zz": "%zz",
		"tel:+49-30-1234;ext=12": "+49-30-1234", "sip:101@pbx.example.org;transport=tcp": "sip:101@pbx.example.org;transport=tcp",
	} {
		if got := linkWords(link, "DE"); got != want {
			t.Errorf("%s puts %q into the field, want %q", link, got, want)
		}
	}
}

func TestMatchedDigitsAreFoundHoweverGrouped(t *testing.T) {
	for _, c := range []struct{ text, query, before, match, after string }{
		{"0221 987 65 43", "0221 98", "", "0221 98", "7 65 43"},
		{"Groß · 0221 980-11", "022198", "Groß · ", "0221 98", "0-11"},
		{"(0221) 98", "2198", "(02", "21) 98", ""},
		{"0221 987", "99", "0221 987", "", ""},
		{"Haus 12, 34", "1234", "Haus 12, 34", "", ""},
		{"Meier", "", "Meier", "", ""},
		{"112 1123", "1123", "112 ", "1123", ""},
	} {
		b, m, a := matched(c.text, c.query)
		if b != c.before || m != c.match || a != c.after {
			t.Errorf("%q in %q: %q %q %q", c.query, c.text, b, m, a)
		}
	}
}
