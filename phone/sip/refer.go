package sip

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"github.com/emiago/sipgo/sip"
)

// Referral is how a transfer that we asked for stands (RFC 3515).
type Referral struct {
	Code   int    // what the new call was answered with: 100, 180, 200, 486…; 202: the far end will try
	Reason string // reason phrase
	Final  bool   // nothing more will be told
}

// OK is a referral by which the others were connected.
func (r Referral) OK() bool { return r.Final && r.Code/100 == 2 }

// Refer asks the far end to call to (see [Target]) instead of us: a blind transfer
// (RFC 5589 §6). told hears how it goes, from goroutines of this package, until a
// final Referral. The error is about the target only.
func (d *Dialog) Refer(to string, told func(Referral)) error {
	uri, err := target(to, d.stack.acc.host, d.stack.acc.port)
	if err != nil {
		return err
	}
	d.refer("<"+uri.String()+">", told)
	return nil
}

// ReferTo asks the far end to take our place in another dialog of ours: an attended
// transfer (RFC 5589 §7, RFC 3891). Told as by [Dialog.Refer].
func (d *Dialog) ReferTo(other *Dialog, told func(Referral)) {
	other.mu.Lock()
	uri := *other.target.Clone()
	other.mu.Unlock()
	uri.Headers = nil
	// The tags are named from where the Replaces arrives: to-tag is the other end's own.
	replaces := other.callID + ";to-tag=" + other.their() + ";from-tag=" + other.localTag
	d.refer("<"+uri.String()+"?Replaces="+url.QueryEscape(replaces)+">", told)
}

func (d *Dialog) refer(to string, told func(Referral)) {
	d.mu.Lock()
	d.referral = told
	d.mu.Unlock()
	d.spawn(func() {
		ctx, cancel := deadline(64 * sip.T1)
		defer cancel()
		by := d.stack.addressOfRecord()
		_, err := d.do(ctx, sip.REFER, Body{}, func(req *sip.Request) {
			d.mu.Lock()
			d.referCSeq = req.CSeq().SeqNo
			d.mu.Unlock()
			req.AppendHeader(sip.NewHeader("Refer-To", to))
			req.AppendHeader(sip.NewHeader("Referred-By", "<"+by.String()+">"))
		})
		r := Referral{Code: 202, Reason: "Accepted"}
		if err != nil {
			r = Referral{Reason: err.Error(), Final: true}
			if f, ok := err.(*Failure); ok && f.Code != 0 {
				r.Code, r.Reason = f.Code, f.Reason
			}
		}
		d.referred(r)
	})
}

// referred tells how our transfer goes; after a final word nothing more is told.
func (d *Dialog) referred(r Referral) {
	d.mu.Lock()
	told := d.referral
	if r.Final {
		d.referral = nil
	}
	d.mu.Unlock()
	if told != nil {
		told(r)
	}
}

// notified takes a NOTIFY within the dialog. Those of a transfer carry the status
// line of the new call (RFC 3515 §2.4.5).
func (d *Dialog) notified(req *sip.Request) {
	event := req.GetHeader("Event")
	if event == nil {
		return
	}
	if eventOf(req) != "refer" || d.ofAnotherRefer(event.Value()) {
		return
	}
	code, reason, ok := parseFragment(req.Body())
	over := false
	if h := req.GetHeader("Subscription-State"); h != nil {
		state, _, _ := strings.Cut(h.Value(), ";")
		over = strings.EqualFold(strings.TrimSpace(state), "terminated")
	}
	switch {
	case ok && (code >= 200 || !over):
		d.referred(Referral{Code: code, Reason: reason, Final: code >= 200})
	case over:
		// The subscription has ended without saying how the call went.
		d.referred(Referral{Reason: "the far end does not say what became of the transfer", Final: true})
	}
}

// ofAnotherRefer reports whether an Event names another REFER of ours than the last: what is said late of a transfer that
// has failed is not said of the one after it (RFC 3515 §2.4.6).
func (d *Dialog) ofAnotherRefer(event string) bool {
	id, err := strconv.ParseUint(parseAddress("<sip:x>;" + event).params["id"], 10, 32)
	d.mu.Lock()
	defer d.mu.Unlock()
	return err == nil && uint32(id) != d.referCSeq
}

// parseFragment reads the status line of a message/sipfrag (RFC 3420).
func parseFragment(body []byte) (code int, reason string, ok bool) {
	line, _, _ := strings.Cut(string(body), "\n")
	version, rest, ok := strings.Cut(strings.TrimSpace(line), " ")
	if !ok || !strings.EqualFold(version, "SIP/2.0") {
		return 0, "", false
	}
	digits, reason, _ := strings.Cut(strings.TrimSpace(rest), " ")
	code, err := strconv.Atoi(digits)
	if err != nil || code < 100 || code > 699 {
		return 0, "", false
	}
	return code, cleanDisplay(reason), true
}

// ReferRequest is the far end's wish that we call somebody else (RFC 3515), which
// makes us the transferee. One of its methods must be called, once.
type ReferRequest struct {
	To       string // a SIP URI without headers, or a tel URI
	By       string // the URI of Referred-By (RFC 3892); "" when nobody says so
	Replaces string // of the Refer-To (RFC 3891); "" for a blind transfer

	dialog *Dialog
	event  string // of our NOTIFYs
	silent bool   // they want none (RFC 4488)
	refuse func(code int, reason string)
	accept func()
}

// Refuse answers with a code of 300..699.
func (r *ReferRequest) Refuse(code int, reason string) { r.refuse(code, reason) }

// Accept answers 202 and tells them that we try, if they want to know.
func (r *ReferRequest) Accept() {
	r.accept()
	r.Tell(100, "Trying")
}

// Tell lets the far end know how the new call goes; a code from 200 is the last word.
// It returns at once.
func (r *ReferRequest) Tell(code int, reason string) {
	if r.silent {
		return
	}
	state := "active;expires=180"
	if code >= 200 {
		state = "terminated;reason=noresource"
	}
	body := Body{Type: "message/sipfrag;version=2.0", Data: fmt.Appendf(nil, "SIP/2.0 %d %s\r\n", code, cleanDisplay(reason))}
	d := r.dialog
	d.spawn(func() {
		// In order: what is told first arrives first.
		d.notifying.Lock()
		defer d.notifying.Unlock()
		ctx, cancel := context.WithTimeout(context.Background(), 64*sip.T1)
		defer cancel()
		_, err := d.do(ctx, sip.NOTIFY, body, func(req *sip.Request) {
			req.AppendHeader(sip.NewHeader("Event", r.event))
			req.AppendHeader(sip.NewHeader("Subscription-State", state))
		})
		if err != nil {
			d.stack.log.Debug("NOTIFY of a transfer", "call", d.callID, "err", err)
		}
	})
}

// referredAway takes a REFER within the dialog.
func (d *Dialog) referredAway(req *sip.Request, tx sip.ServerTransaction) {
	headers := req.GetHeaders("Refer-To")
	if len(headers) != 1 {
		d.stack.respond(req, tx, 400, "One Refer-To Wanted", Body{})
		return
	}
	uri, replaces, err := parseReferTo(headers[0].Value())
	if err != nil {
		d.stack.respond(req, tx, 400, "Bad Refer-To", Body{})
		return
	}
	r := &ReferRequest{To: uri, Replaces: replaces, dialog: d, event: "refer"}
	d.mu.Lock()
	if d.referredTo {
		r.event += ";id=" + strconv.FormatUint(uint64(req.CSeq().SeqNo), 10) // RFC 3515 §2.4.6
	}
	d.referredTo = true
	d.mu.Unlock()
	if by := req.GetHeader("Referred-By"); by != nil {
		r.By = cleanDisplay(bareURI(by.Value()))
	}
	answered := make(chan struct{})
	var once sync.Once // the call may end in this moment
	answer := func(code int, reason string, headers ...sip.Header) {
		once.Do(func() {
			defer close(answered)
			d.stack.respond(req, tx, code, reason, Body{}, headers...)
		})
	}
	r.refuse = func(code int, reason string) { answer(code, reason) }
	accepted := []sip.Header{d.stack.contact()}
	if h := req.GetHeader("Refer-Sub"); h != nil {
		value, _, _ := strings.Cut(h.Value(), ";")
		if r.silent = strings.EqualFold(strings.TrimSpace(value), "false"); r.silent {
			accepted = append(accepted, sip.NewHeader("Refer-Sub", "false"))
		}
	}
	r.accept = func() { answer(202, "Accepted", accepted...) } // before anything that follows from it
	d.tell(func(e Events) { e.Referred(r) })
	select {
	case <-answered:
	case <-d.over:
		answer(481, "Call/Transaction Does Not Exist")
	}
}

// bareURI is the URI of a name-addr or addr-spec, headers of the URI included.
func bareURI(value string) string {
	if i := strings.LastIndexByte(value, '<'); i >= 0 {
		uri, _, _ := strings.Cut(value[i+1:], ">")
		return strings.TrimSpace(uri)
	}
	uri, _, _ := strings.Cut(value, ";")
	return strings.TrimSpace(uri)
}

// parseReferTo takes the URI and its Replaces apart. Other headers in the URI are
// dropped (RFC 3261 §19.1.5); nothing but a call is placed.
func parseReferTo(value string) (uri, replaces string, err error) {
	text := bareURI(value)
	plain, headers, _ := strings.Cut(text, "?")
	if isTel(plain) {
		if _, err := target(plain, "pbx.invalid", 0); err != nil {
			return "", "", fmt.Errorf("refer to %q: %w", value, err)
		}
		return plain, "", nil // there is no telephone that a call could be replaced at
	}
	if !hasScheme(plain) || strings.ContainsFunc(plain, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		return "", "", fmt.Errorf("refer to %q: %w", value, ErrTarget)
	}
	u, err := parseURI(plain)
	if err != nil || u.Host == "" {
		return "", "", fmt.Errorf("refer to %q: %w", value, ErrTarget)
	}
	if method := u.UriParams.GetOr("method", "INVITE"); !strings.EqualFold(method, "INVITE") {
		return "", "", fmt.Errorf("refer to %q, by %s: %w", value, method, ErrTarget) // RFC 3515 §2.4.2
	}
	u.UriParams.Remove("method") // RFC 3261 §19.1.1: it is for a Refer-To, not for a request
	for pair := range strings.SplitSeq(headers, "&") {
		name, v, _ := strings.Cut(pair, "=")
		if strings.EqualFold(name, "Replaces") {
			if replaces, err = url.QueryUnescape(strings.ReplaceAll(v, "+", "%2B")); err != nil {
				return "", "", fmt.Errorf("refer to %q: %w", value, err)
			}
			replaces = strings.Map(func(r rune) rune {
				if r < ' ' || r == 0x7f {
					return -1
				}
				return r
			}, replaces)
		}
	}
	return u.String(), replaces, nil
}
