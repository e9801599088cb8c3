package sip

import (
	"strings"
	"testing"
)

func TestReferToIsTakenApart(t *testing.T) {
	for value, want := range map[string][2]string{
		"<sip:102@pbx>":                      {"sip:102@pbx", ""},
		"sip:102@pbx;x=1":                    {"sip:102@pbx", ""},
		"<sip:b@c;method=INVITE;user=phone>": {"sip:b@c;user=phone", ""},
		"<TEL:+49-30;ext=2>":                 {"TEL:+49-30;ext=2", ""},
		"\"Bob\" <sip:b@c:5>":                {"sip:b@c:5", ""},
		"<sip:b@c?Replaces=a%40x%3Bto-tag%3D1%3Bfrom-tag%3D2&Subject=hi>": {"sip:b@c", "a@x;to-tag=1;from-tag=2"},
		"<sip:b@c?Replaces=a+b%0d%0aEvil:%20x>":                           {"sip:b@c", "a+bEvil: x"},
	} {
		uri, replaces, err := parseReferTo(value)
		if err != nil || uri != want[0] || replaces != want[1] {
			t.Errorf("%s: %q, %q, %v", value, uri, replaces, err)
		}
	}
	for _, bad := range []string{"", "<>", "<tel:;x>", "<mailto:a@b>x", "<sip:a@b;method=BYE>", "<sip:a@b?Replaces=%zz>"} {
		if uri, _, err := parseReferTo(bad); err == nil {
			t.Errorf("%q was taken for %q", bad, uri)
		}
	}
}

// FuzzTransfer reads what others write about transfers: RFC 3420, 3515, 3891.
func FuzzTransfer(f *testing.F) {
	for _, seed := range []string{
		"SIP/2.0 200 OK\r\n", "SIP/2.0 486", "<sip:b@c?Replaces=a%40x%3Bto-tag%3D1%3Bfrom-tag%3D2>",
		"call@host;to-tag=1;from-tag=2;early-only", "<<>>;;==", "%",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if code, reason, ok := parseFragment([]byte(text)); ok && (code < 100 || code > 699 || strings.ContainsAny(reason, "\r\n")) {
			t.Errorf("%q: %d %q", text, code, reason)
		}
		if r, ok := parseReplaces(text); ok && (r.callID == "" || r.toTag == "" || r.fromTag == "") {
			t.Errorf("%q: %+v", text, r)
		}
		uri, replaces, err := parseReferTo(text)
		if err == nil && strings.ContainsAny(uri+replaces, "\r\n\x00") {
			t.Errorf("%q: %q, %q", text, uri, replaces)
		}
	})
}
