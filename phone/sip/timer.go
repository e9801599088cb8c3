package sip

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// Session timers: RFC 4028. A session that nobody refreshes ends, so that a call whose
// far end vanished without a BYE doesn't stay for ever.

const (
	defaultSession    = 30 * time.Minute
	defaultMinSession = 90 * time.Second // the least that RFC 4028 §5 allows
	// maxSession keeps what the far end asks for within what a timer can hold.
	maxSession = 30 * 24 * time.Hour
)

// lease is how long a session lives without a refresh; zero is for ever.
type lease struct {
	interval time.Duration
	ours     bool // we refresh it
	refresh  *time.Timer
	expiry   *time.Timer
}

// parseSessionExpires reads "1800;refresher=uac" (RFC 4028 §4); refresher is "uac", "uas"
// or "" when it isn't said. Min-SE is of the same form.
func parseSessionExpires(value string) (interval time.Duration, refresher string, ok bool) {
	digits, params, _ := strings.Cut(value, ";")
	seconds, err := strconv.ParseUint(strings.TrimSpace(digits), 10, 32)
	if err != nil || seconds == 0 {
		return 0, "", false
	}
	for param := range strings.SplitSeq(params, ";") {
		name, v, _ := strings.Cut(param, "=")
		if strings.EqualFold(strings.TrimSpace(name), "refresher") {
			switch v = strings.ToLower(strings.TrimSpace(v)); v {
			case "uac", "uas":
				refresher = v
			}
		}
	}
	return min(time.Duration(seconds)*time.Second, maxSession), refresher, true
}

// sessionExpires is the Session-Expires of a message, or x, its short form.
func sessionExpires(msg interface{ GetHeader(string) sip.Header }) (time.Duration, string, bool) {
	for _, name := range []string{"Session-Expires", "x"} {
		if h := msg.GetHeader(name); h != nil {
			return parseSessionExpires(h.Value())
		}
	}
	return 0, "", false
}

func minSE(msg interface{ GetHeader(string) sip.Header }) time.Duration {
	if h := msg.GetHeader("Min-SE"); h != nil {
		if least, _, ok := parseSessionExpires(h.Value()); ok {
			return least
		}
	}
	return 0
}

func inSeconds(d time.Duration) string {
	return strconv.FormatInt(int64((d+time.Second-1)/time.Second), 10)
}

func (o Options) session() (interval, least time.Duration) {
	interval, least = o.Session, o.MinSession
	if interval == 0 {
		interval = defaultSession
	}
	if least == 0 {
		least = defaultMinSession
	}
	return max(interval, least), least
}

// tooShort refuses a session that would have to be refreshed all the time (RFC 4028 §9).
// Who doesn't know of session timers can't be told: such a wish was a proxy's.
func (s *Stack) tooShort(req *sip.Request) *refusal {
	if req.Method != sip.INVITE && req.Method != sip.UPDATE {
		return nil
	}
	_, least := s.opts.session()
	interval, _, ok := sessionExpires(req)
	if !ok || interval >= least || !has(supportedBy(req), "timer") {
		return nil
	}
	return &refusal{422, "Session Interval Too Small", []sip.Header{sip.NewHeader("Min-SE", inSeconds(least))}}
}

// supportedBy are the option tags of Supported, or k, its short form.
func supportedBy(req *sip.Request) []string {
	return append(optionTags(req.GetHeaders("Supported")), optionTags(req.GetHeaders("k"))...)
}

// askTimer puts our wish for a session timer into the first INVITE.
func (s *Stack) askTimer(req *sip.Request) {
	interval, least := s.opts.session()
	req.AppendHeader(sip.NewHeader("Session-Expires", inSeconds(interval)))
	req.AppendHeader(sip.NewHeader("Min-SE", inSeconds(least)))
}

// renewTimer puts the session timer into a request within the dialog. d.mu is held.
func (d *Dialog) renewTimer(req *sip.Request) {
	if d.lease.interval == 0 {
		return
	}
	who := "uas"
	if d.lease.ours {
		who = "uac" // of this transaction
	}
	_, least := d.stack.opts.session()
	req.AppendHeader(sip.NewHeader("Session-Expires", inSeconds(d.lease.interval)+";refresher="+who))
	req.AppendHeader(sip.NewHeader("Min-SE", inSeconds(least)))
}

// lengthen takes over what a 422 asks for. It reports whether another attempt makes sense.
func (d *Dialog) lengthen(req *sip.Request, res *sip.Response) bool {
	asked, _, _ := sessionExpires(req)
	least := minSE(res)
	if res.StatusCode != 422 || least <= asked {
		return false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lease.interval = least
	return true
}

// grant takes over the session timer of their INVITE or UPDATE, and is what our 2xx says
// of it (RFC 4028 §9).
func (d *Dialog) grant(req *sip.Request) []sip.Header {
	interval, who, ok := sessionExpires(req)
	if !ok {
		d.setLease(0, false)
		return nil
	}
	_, least := d.stack.opts.session()
	interval = max(interval, least)
	headers := make([]sip.Header, 0, 2)
	switch {
	case !has(supportedBy(req), "timer"):
		who = "uas"
	case who == "":
		who = "uac"
	}
	if who == "uac" {
		headers = append(headers, sip.NewHeader("Require", "timer"))
	}
	d.setLease(interval, who == "uas")
	return append(headers, sip.NewHeader("Session-Expires", inSeconds(interval)+";refresher="+who))
}

// agreed takes over the session timer of the 2xx to our INVITE or UPDATE (RFC 4028 §7.2).
func (d *Dialog) agreed(res *sip.Response) {
	interval, who, ok := sessionExpires(res)
	if !ok {
		interval = 0
	}
	d.setLease(interval, who != "uas")
}

func (d *Dialog) setLease(interval time.Duration, ours bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lease.stop()
	d.lease = lease{interval: interval, ours: ours}
	select {
	case <-d.over:
		return
	default:
	}
	if interval == 0 {
		return
	}
	if ours {
		d.lease.refresh = time.AfterFunc(interval/2, func() { d.spawn(d.refresh) })
	}
	// RFC 4028 §10: a little before the other end does.
	d.lease.expiry = time.AfterFunc(interval-min(32*time.Second, interval/3), func() { d.spawn(d.expire) })
}

func (l *lease) stop() {
	if l.refresh != nil {
		l.refresh.Stop()
	}
	if l.expiry != nil {
		l.expiry.Stop()
	}
}

// refresh keeps the session alive: by UPDATE where they take that, else by repeating our
// offer, which is the call's business. It is tried again until the session expires.
func (d *Dialog) refresh() {
	d.mu.Lock()
	interval, updates := d.lease.interval, d.updates
	if d.lease.refresh != nil {
		d.lease.refresh.Reset(max(interval/8, 100*time.Millisecond))
	}
	d.mu.Unlock()
	if !updates {
		d.tell(Events.Refresh)
		return
	}
	ctx, cancel := deadline(64 * sip.T1)
	defer cancel()
	for range 2 {
		var sent *sip.Request
		res, err := d.do(ctx, sip.UPDATE, Body{}, func(req *sip.Request) { sent = req })
		switch f, _ := err.(*Failure); {
		case err == nil:
			d.agreed(res)
			return
		case f != nil && (f.Code == 481 || f.Code == 408 || f.Timeout):
			d.expire() // RFC 3261 §12.2.1.2: they have lost the call
			return
		case res != nil && d.lengthen(sent, res):
			continue
		case f != nil && f.Code >= 300 && f.Code != 491 && f.RetryAfter == 0: // a proxy on the way, or the far end, takes no UPDATE
			d.mu.Lock()
			d.updates = false
			d.mu.Unlock()
			d.tell(Events.Refresh)
		}
		d.stack.log.Debug("refresh a session", "call", d.callID, "err", err)
		return
	}
}

// expire ends a call whose session nobody refreshed.
func (d *Dialog) expire() {
	select {
	case <-d.over:
		return
	default:
	}
	d.mu.Lock()
	after := d.lease.interval
	d.lease.stop()
	d.mu.Unlock()
	d.tell(func(e Events) {
		e.Expired(fmt.Sprintf("the far end is gone: the session was not refreshed within %s", after))
	})
	d.HangUp()
}
