package sip

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode"

	"github.com/emiago/sipgo/sip"
)

// parseURI reads "sip:user@host:port;params", with or without the scheme.
func parseURI(text string) (sip.Uri, error) {
	text = strings.TrimSpace(text)
	if !hasScheme(text) {
		text = "sip:" + text
	}
	var uri sip.Uri
	if err := sip.ParseUri(text, &uri); err != nil {
		return sip.Uri{}, fmt.Errorf("%q is no SIP address: %w", text, err)
	}
	if uri.UriParams == nil {
		uri.UriParams = sip.NewParams()
	}
	return uri, nil
}

func hasScheme(text string) bool {
	lower := strings.ToLower(text)
	return strings.HasPrefix(lower, "sip:") || strings.HasPrefix(lower, "sips:")
}

func isTel(text string) bool { return len(text) >= 4 && strings.EqualFold(text[:4], "tel:") }

// ErrTarget is what cannot be dialled.
var ErrTarget = errors.New("can't be dialled")

// Target turns what a person dials into the URI to invite: a number however
// written, an extension, a user part, user@host, or a whole sip: or tel: URI. What
// has no host of its own is at host (with port, 0 for the default).
func Target(text, host string, port int) (string, error) {
	uri, err := target(text, host, port)
	if err != nil {
		return "", err
	}
	return uri.String(), nil
}

func target(text, host string, port int) (sip.Uri, error) {
	text = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1 // nobody sees it: copied along from a web page, U+202A before a number
		}
		return r
	}, text))
	if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f || r == '<' || r == '>' }) {
		return sip.Uri{}, fmt.Errorf("%q %w: it has characters that no address has", text, ErrTarget)
	}
	if hasScheme(text) || strings.Contains(text, "@") {
		uri, err := parseURI(text)
		if err != nil || uri.Host == "" {
			return sip.Uri{}, fmt.Errorf("%q %w: it is no SIP address", text, ErrTarget)
		}
		uri.Headers = nil // RFC 3261 §19.1.5: headers in a URI are for whoever trusts its author
		uri.User = escapeUser(unescapeUser(uri.User))
		if strings.ContainsFunc(uri.String(), func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
			return sip.Uri{}, fmt.Errorf("%q %w: it has characters that no address has", text, ErrTarget)
		}
		return uri, nil
	}
	user := text
	if isTel(user) {
		user, _, _ = strings.Cut(user[4:], ";")
	}
	if looksLikeNumber(user) {
		user = strings.Map(func(r rune) rune {
			if strings.ContainsRune("+0123456789*#,", r) {
				return r
			}
			return -1
		}, user)
	}
	if user == "" {
		return sip.Uri{}, fmt.Errorf("%q %w: it is empty", text, ErrTarget)
	}
	return sip.Uri{Scheme: "sip", User: escapeUser(user), Host: host, Port: port, UriParams: sip.NewParams()}, nil
}

// looksLikeNumber is digits with the marks that people put between them.
func looksLikeNumber(s string) bool {
	digits := 0
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9', r == '*', r == '#':
			digits++
		case strings.ContainsRune("+-./()[] \u00a0\u202f\u2010\u2011\u2013", r), unicode.IsSpace(r):
		default:
			return false
		}
	}
	return digits > 0
}

// escapeUser writes a user part as RFC 3261 §25.1 wants it; '#' isn't among the
// characters that may stand for themselves.
func escapeUser(user string) string {
	var b strings.Builder
	for i := 0; i < len(user); i++ {
		c := user[i]
		switch {
		case c >= '0' && c <= '9', c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z',
			strings.IndexByte("-_.!~*'()&=+$,;?/", c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

func unescapeUser(user string) string {
	if plain, err := url.PathUnescape(user); err == nil {
		return plain
	}
	return user
}
