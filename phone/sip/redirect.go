package sip

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// maxRedirections is how often one call follows a redirection; more is a circle that
// changes its addresses.
const maxRedirections = 5

// redirections are the targets of an outgoing call (RFC 3261 §8.1.3.4). They are of the
// goroutine of dial.
type redirections struct {
	known    []string      // targets that were called or wait for it: none is called twice
	waiting  []redirection // the next one first
	followed int
	refusal  string // why the last answer's contacts can't be called; "" when some can
	barred   error  // of type *Barred: why one that could be called wasn't; nil when all were
}

// Barred is a target that a call was sent on to and that may not be called from here.
type Barred struct {
	To  Party
	Why error // of Events.MayCall
}

func (b *Barred) Error() string {
	return fmt.Sprintf("the call was sent on to %s: %v", b.To.URI, b.Why)
}
func (b *Barred) Unwrap() error { return b.Why }

// redirection is a target that an answer named.
type redirection struct {
	uri        sip.Uri
	q          float64  // preference, 0..1
	diversions []string // values of Diversion, the last stop first (RFC 5806)
}

// redirects is an answer that names other targets. A proxy (305) isn't one: a phone that
// sends its calls through whatever proxy an answer names can be listened to.
func redirects(res *sip.Response) bool {
	switch res.StatusCode {
	case 300, 301, 302:
		return true
	}
	return false
}

// learn takes the targets that a redirection names, the preferred ones first.
func (d *Dialog) learn(res *sip.Response) {
	r := &d.redirections
	r.known = append(r.known, sameTarget(d.invitation.Recipient))
	var found []redirection
	named := 0
	for _, value := range headersOf(res)("Contact") {
		for _, item := range splitList(value) {
			uri, ok := d.contacted(item)
			if !ok {
				continue
			}
			named++
			if key := sameTarget(uri); !slices.Contains(r.known, key) {
				r.known = append(r.known, key)
				found = append(found, redirection{uri, preference(item), d.diversions(res)})
			}
		}
	}
	slices.SortStableFunc(found, func(a, b redirection) int { return cmp.Compare(b.q, a.q) })
	r.waiting = append(found, r.waiting...)
	switch {
	case len(found) > 0:
		r.refusal = ""
	case named > 0:
		r.refusal = "the call was sent on in a circle"
	default:
		r.refusal = "the call was sent on without an address that can be called"
	}
}

// contacted reads a contact of a redirection that may be called: what was to be secure
// stays so (RFC 3261 §8.1.3.4), and what is to be secure needs a secure account.
func (d *Dialog) contacted(item string) (sip.Uri, bool) {
	acc := d.stack.acc
	text := bareURI(item)
	if !hasScheme(text) && !isTel(text) {
		return sip.Uri{}, false
	}
	uri, err := target(text, acc.host, acc.port)
	if err != nil {
		return sip.Uri{}, false
	}
	uri.UriParams.Remove("method")
	if number := unescapeUser(uri.User); looksLikeNumber(number) && !d.reached(uri) {
		scheme := uri.Scheme
		if uri, err = target(number, acc.host, acc.port); err != nil {
			return sip.Uri{}, false
		}
		uri.Scheme = scheme
	}
	isSecure := strings.EqualFold(uri.Scheme, "sips")
	wasSecure := strings.EqualFold(d.invitation.Recipient.Scheme, "sips")
	return uri, isSecure == wasSecure || isSecure && acc.transport == "tls"
}

// reached is an address at the PBX, or where the call has gone itself. What lies elsewhere is
// for the PBX to reach, as any call from here is: it knows who may call there and at whose
// cost, and nobody who redirects a call makes this telephone talk to a host of their choice.
// A number is called as it is dialled, since a number's host is often but the telephone or
// trunk that the redirection came from; a name is nothing without its host and keeps it.
func (d *Dialog) reached(uri sip.Uri) bool {
	return sameHost(uri, d.stack.pbx(uri.Scheme)) || sameHost(uri, d.invitation.Recipient)
}

func sameHost(a, b sip.Uri) bool {
	return strings.EqualFold(a.Host, b.Host) && portOf(a) == portOf(b)
}

func portOf(uri sip.Uri) int {
	switch {
	case uri.Port != 0:
		return uri.Port
	case strings.EqualFold(uri.Scheme, "sips"):
		return 5061
	}
	return 5060
}

// sameTarget is equal for targets that are the same.
func sameTarget(uri sip.Uri) string {
	uri.Host, uri.Scheme = strings.ToLower(uri.Host), strings.ToLower(uri.Scheme)
	if uri.Port == 5060 && uri.Scheme == "sip" {
		uri.Port = 0
	}
	return uri.String()
}

// preference is a contact's q, 1 when it doesn't say (RFC 3261 §20.10).
func preference(contact string) float64 {
	q, err := strconv.ParseFloat(parseAddress(contact).params["q"], 64)
	if err != nil || !(q >= 0 && q <= 1) {
		return 1
	}
	return q
}

// diversions are the stops of a call that is sent on: as whoever sends it on tells them,
// else those before and the one that is left now.
func (d *Dialog) diversions(res *sip.Response) []string {
	stops := headersOf(res)("Diversion")
	if len(stops) == 0 {
		left := "<" + d.invitation.Recipient.String() + ">;reason=" + diversionReason(strconv.Itoa(res.StatusCode))
		stops = append([]string{left}, headersOf(d.invitation)("Diversion")...)
	}
	return stops[:min(len(stops), maxDiversions)]
}

// follow calls the next target that a redirection named, until one answers or none is
// left; f is why the one before wasn't reached. A refusal everywhere (6xx) ends it.
func (d *Dialog) follow(f *Failure) *Failure {
	r := &d.redirections
	for f != nil && f.Code < 600 && !d.unwanted() {
		if len(r.waiting) == 0 {
			break
		}
		if r.followed == maxRedirections {
			f.Reason = "the call was sent on too often"
			return f
		}
		next := r.waiting[0]
		r.waiting = r.waiting[1:]
		to := partyAt(next.uri)
		if why := d.mayCall(to); why != nil {
			r.barred = &Barred{to, why}
			continue
		}
		if d.unwanted() { // that took a while
			break
		}
		r.followed++
		d.sentOn(next)
		f = d.reach()
	}
	switch {
	case f == nil || f.Code/100 != 3:
	case r.barred != nil:
		f.Reason, f.Err = r.barred.Error(), r.barred
	case r.refusal != "":
		f.Reason = r.refusal
	}
	return f
}

// mayCall asks whether the call may go on to another target.
func (d *Dialog) mayCall(to Party) error {
	<-d.ready
	return d.events.MayCall(to)
}

func (d *Dialog) unwanted() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.cancelWish
}

// sentOn makes the INVITE to another target: of the same call, but with credentials for
// nobody (RFC 3261 §8.1.3.4).
func (d *Dialog) sentOn(to redirection) {
	req := d.invitation.Clone()
	req.Recipient = to.uri
	for _, name := range []string{"Authorization", "Proxy-Authorization", "Diversion"} {
		for req.RemoveHeader(name) {
		}
	}
	for _, stop := range to.diversions {
		req.AppendHeader(sip.NewHeader("Diversion", stop))
	}
	req.SetDestination("")
	for req.RemoveHeader("Route") {
	}
	d.stack.routeOut(req)
	if !d.reached(to.uri) {
		d.stack.leadThroughPBX(req)
	}
	d.renew(req)
	d.progressed = false
	d.stack.forgetEarly(d, "") // the dialogs of the one before ended with its answer
	d.mu.Lock()
	d.target = to.uri
	d.mu.Unlock()
	party := partyAt(to.uri)
	d.tell(func(e Events) { e.SentOn(party) })
}
