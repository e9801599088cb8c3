package sip

import (
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// refusal is the answer to a request that can't be taken.
type refusal struct {
	code    int // 300..699
	reason  string
	headers []sip.Header
}

// objection is why a request is refused whatever it wants; nil: nothing speaks against
// it. The order is that of RFC 3261 §8.2. An ACK is never answered.
func (s *Stack) objection(req *sip.Request) *refusal {
	switch {
	case req.IsAck():
		return nil
	case !strings.EqualFold(req.SipVersion, "SIP/2.0"):
		return &refusal{505, "Version Not Supported", nil}
	case !strings.EqualFold(string(req.CSeq().MethodName), string(req.Method)):
		return &refusal{400, "CSeq Method Does Not Match", nil} // RFC 4475 §3.1.2.17
	}
	if req.IsCancel() {
		return nil // RFC 3261 §9.1: it has no Require
	}
	if tags := unsupported(req); tags != "" {
		return &refusal{420, "Bad Extension", []sip.Header{sip.NewHeader("Unsupported", tags)}}
	}
	for _, h := range req.GetHeaders("Content-Encoding") {
		if v := strings.TrimSpace(h.Value()); v != "" && !strings.EqualFold(v, "identity") {
			return &refusal{415, "Unsupported Media Type", []sip.Header{sip.NewHeader("Accept-Encoding", "identity")}}
		}
	}
	switch req.Method {
	case sip.INVITE, sip.UPDATE, sip.OPTIONS:
		if !acceptsSDP(req.GetHeaders("Accept")) {
			return &refusal{406, "Not Acceptable", nil}
		}
	}
	return s.tooShort(req)
}

// extensions are the option tags of Require and Supported that we know.
var extensions = []string{"100rel", "norefersub", "replaces", "timer"}

// unsupported are the option tags of Require that we don't know (RFC 3261 §8.2.2.3).
func unsupported(req *sip.Request) string {
	var unknown []string
	for _, tag := range optionTags(req.GetHeaders("Require")) {
		if !has(extensions, tag) {
			unknown = append(unknown, tag)
		}
	}
	return strings.Join(unknown, ", ")
}

// optionTags are the values of Require or Supported headers.
func optionTags(headers []sip.Header) []string {
	var tags []string
	for _, h := range headers {
		for tag := range strings.SplitSeq(h.Value(), ",") {
			if tag = strings.TrimSpace(tag); tag != "" {
				tags = append(tags, tag)
			}
		}
	}
	return tags
}

func has(tags []string, tag string) bool {
	for _, t := range tags {
		if strings.EqualFold(t, tag) {
			return true
		}
	}
	return false
}

// acceptsSDP reports whether our answer may be a session description. Without an Accept
// header it may (RFC 3261 §20.1); what is refused is named with q=0.
func acceptsSDP(headers []sip.Header) bool {
	if len(headers) == 0 {
		return true
	}
	for _, h := range headers {
		for _, item := range splitList(h.Value()) {
			kind, params, _ := strings.Cut(item, ";")
			switch strings.ToLower(strings.Join(strings.Fields(kind), "")) {
			case "application/sdp", "application/*", "*/*":
				if !refusedByQ(params) {
					return true
				}
			}
		}
	}
	return false
}

func refusedByQ(params string) bool {
	for param := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(param, "=")
		if strings.EqualFold(strings.TrimSpace(name), "q") {
			q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			return err == nil && q == 0
		}
	}
	return false
}

// accept names the bodies that we understand (RFC 3261 §8.2.3).
func accept() sip.Header {
	return sip.NewHeader("Accept", "application/sdp, multipart/mixed, multipart/alternative")
}

// explained is what a refusal of a session description has to say beside its code.
func explained(code int) []sip.Header {
	switch code {
	case 415:
		return []sip.Header{accept()}
	case 488, 606:
		// RFC 3261 §20.43: none of the media formats can be used.
		return []sip.Header{sip.NewHeader("Warning", `305 leadline "Incompatible media format"`)}
	}
	return nil
}

// retryAfter asks for patience while an earlier request isn't answered yet
// (RFC 3261 §14.2, RFC 3311 §5.2: between 0 and 10 seconds).
func retryAfter() sip.Header { return sip.NewHeader("Retry-After", strconv.Itoa(rand.IntN(11))) }
