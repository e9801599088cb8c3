package sip

import (
	"strings"

	"github.com/emiago/sipgo/sip"
)

// replaces is a Replaces header (RFC 3891 §6.1).
type replaces struct {
	callID, toTag, fromTag string
	earlyOnly              bool
}

func parseReplaces(value string) (r replaces, ok bool) {
	for i, part := range strings.Split(value, ";") {
		part = strings.TrimSpace(part)
		if i == 0 {
			r.callID = part
			continue
		}
		name, v, _ := strings.Cut(part, "=")
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "to-tag":
			r.toTag = strings.TrimSpace(v)
		case "from-tag":
			r.fromTag = strings.TrimSpace(v)
		case "early-only":
			r.earlyOnly = true
		}
	}
	return r, r.callID != "" && r.toTag != "" && r.fromTag != ""
}

// replaced finds the dialog that an INVITE wants to take the place of; code is how it
// is refused, 0 when it is not (RFC 3891 §3).
func (s *Stack) replaced(req *sip.Request) (d *Dialog, code int, reason string) {
	headers := req.GetHeaders("Replaces")
	switch len(headers) {
	case 0:
		return nil, 0, ""
	case 1:
	default:
		return nil, 400, "One Replaces Wanted"
	}
	r, ok := parseReplaces(headers[0].Value())
	if !ok {
		return nil, 400, "Bad Replaces"
	}
	s.mu.Lock()
	d = s.dialogs[dialogKey(r.callID, r.toTag, r.fromTag)]
	s.mu.Unlock()
	if d == nil {
		return nil, 481, "Call/Transaction Does Not Exist"
	}
	d.mu.Lock()
	answered := d.answered
	d.mu.Unlock()
	switch {
	case answered && r.earlyOnly:
		return nil, 486, "Busy Here"
	case answered:
	case d.server != nil: // one that rings here is for its caller to replace, not for us
		return nil, 481, "Call/Transaction Does Not Exist"
	case !s.throughPBX(req):
		// Whoever watches the lamp of whom we call is told the tags of a call that rings there (RFC 4235), and
		// this opens our microphone.
		return nil, 403, "Forbidden"
	}
	return d, 0, ""
}

// Listener is who hears of this dialog; nil for nobody.
func (d *Dialog) Listener() Events {
	<-d.ready
	return d.events
}
