package sip

import (
	"mime"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/emiago/sipgo/sip"
)

// Text is a MESSAGE that somebody sent (RFC 3428).
type Text struct {
	From Party
	Text string // without control characters but line breaks
}

// maxText is as much of a message as is taken, in bytes; RFC 3428 §8 has 1300.
const maxText = 16384

// messagedUnasked takes a MESSAGE outside of any dialog, from the PBX only. A call of a stranger rings, as anybody may call;
// but what they write would stand in the window with no one there to ask.
func (s *Stack) messagedUnasked(req *sip.Request, tx sip.ServerTransaction) {
	if !s.throughPBX(req) {
		s.respond(req, tx, 403, "Forbidden", Body{})
		return
	}
	s.messaged(req, tx)
}

// messaged takes a MESSAGE, within a dialog or outside of any.
func (s *Stack) messaged(req *sip.Request, tx sip.ServerTransaction) {
	text, ok := textOf(bodyOf(req))
	if !ok {
		s.respond(req, tx, 415, "Unsupported Media Type", Body{}, sip.NewHeader("Accept", "text/plain"))
		return
	}
	// Told first: what the sender is told was taken has been.
	if s.opts.Message != nil && text != "" {
		s.opts.Message(Text{From: Caller(headersOf(req), s.believes(req)), Text: text})
	}
	s.respond(req, tx, 200, "OK", Body{})
}

// textOf reads text/plain in UTF-8 or Latin-1.
func textOf(body Body) (string, bool) {
	if len(body.Data) == 0 {
		return "", true
	}
	kind, params, err := mime.ParseMediaType(body.Type)
	if err != nil || kind != "text/plain" {
		return "", false
	}
	data := body.Data[:min(len(body.Data), maxText)]
	text := string(data)
	switch strings.ToLower(params["charset"]) {
	case "", "utf-8", "us-ascii":
		text = strings.ToValidUTF8(text, "")
	case "iso-8859-1":
		runes := make([]rune, len(data))
		for i, b := range data {
			runes[i] = rune(b)
		}
		text = string(runes)
	default:
		return "", false
	}
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == utf8.RuneError, unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, text)
	return strings.TrimSpace(text), true
}
