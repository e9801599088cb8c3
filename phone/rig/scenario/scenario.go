package scenario

import (
	"fmt"
	"strconv"
	"strings"
)

// Scenario is SIPp's side of one call. Its methods add steps.
type Scenario struct {
	name   string
	steps  strings.Builder
	called bool

	cseq       int    // of our last request
	branch     int    // likewise
	last       string // its method
	invited    int    // CSeq of our last INVITE
	invitation int    // its branch
	untagged   bool   // our requests are outside of any dialog
	answered   bool   // what they sent has the tag of ours
	timed      bool   // from INVITE to 180
	checks     int
	held       []string // variables that SIPp wants to see used
}

// Calls is a scenario in which SIPp calls [service].
func Calls(name string) *Scenario { return &Scenario{name: name} }

// IsCalled is one in which SIPp is called.
func IsCalled(name string) *Scenario { return &Scenario{name: name, called: true} }

// String is the scenario as SIPp reads it.
func (s *Scenario) String() string {
	reference := ""
	if len(s.held) > 0 {
		reference = `<Reference variables="` + strings.Join(s.held, ",") + `"/>` + "\n"
	}
	return `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<scenario name="` + escape.Replace(s.name) + `">` + "\n" +
		s.steps.String() + reference + "</scenario>\n"
}

// us is who SIPp is when it calls.
const us = `"SIPp" <sip:+493020948812@[local_ip]:[local_port]>`

// Contact is where SIPp is reached.
const Contact = "Contact: <sip:sipp@[local_ip]:[local_port];transport=[transport]>"

// Invite begins a call. parts are further header lines, those that replace one of the usual ones
// included, and a body.
func (s *Scenario) Invite(parts ...string) { s.Request("INVITE", parts...) }

// Request sends a request of the call.
func (s *Scenario) Request(method string, parts ...string) {
	s.cseq++
	s.branch++
	if method == "INVITE" {
		s.invited, s.invitation = s.cseq, s.branch
	}
	s.last = method
	s.send(method, s.cseq, s.branch, s.peer(), parts)
}

// Fresh has the next request begin anew, with the Call-ID of what was refused before.
func (s *Scenario) Fresh() { s.untagged = true }

// Ack acknowledges the 2xx of our last INVITE.
func (s *Scenario) Ack(parts ...string) {
	s.branch++
	s.send("ACK", s.invited, s.branch, s.peer(), parts)
}

// AckRefusal acknowledges the refusal of it that has just come, which its transaction does.
func (s *Scenario) AckRefusal() { s.send("ACK", s.invited, s.invitation, "[last_To:]", nil) }

// Cancel takes our INVITE back.
func (s *Scenario) Cancel() {
	s.last = "CANCEL"
	s.send("CANCEL", s.invited, s.invitation, "To: <sip:[service]@[remote_ip]:[remote_port]>", nil)
}

// peer is the To of our requests.
func (s *Scenario) peer() string {
	switch {
	case s.called:
		return "To:[$caller]"
	case s.untagged:
		return "To: <sip:[service]@[remote_ip]:[remote_port]>"
	}
	return "To: <sip:[service]@[remote_ip]:[remote_port]>[peer_tag_param]"
}

func (s *Scenario) send(method string, cseq, branch int, to string, parts []string) {
	uri, from := "sip:[service]@[remote_ip]:[remote_port]", "From: "+us+";tag=[call_number]"
	if s.called {
		uri, from = "[$target]", "From:[$callee];tag=[call_number]"
	}
	s.message(method+" "+uri+" SIP/2.0", method != "ACK", parts,
		fmt.Sprintf("Via: SIP/2.0/[transport] [local_ip]:[local_port];rport;branch=z9hG4bK-[pid]-[call_number]-%d", branch),
		from, to, "Call-ID: [call_id]", fmt.Sprintf("CSeq: %d %s", cseq, method), Contact, "Max-Forwards: 70")
}

// ReceiveInvite waits for the call to us and keeps what requests of ours will need.
func (s *Scenario) ReceiveInvite(checks ...Check) {
	s.receive(`request="INVITE"`, append(checks, keep("From:", "", "caller"), keep("To:", "", "callee"),
		keep("Contact:", "sips?:[^>]*", "target"), keep("Via:", "", "via"), keep("CSeq:", "", "cseq"))...)
}

// Receive waits for another request.
func (s *Scenario) Receive(method string, checks ...Check) {
	s.receive(`request="`+method+`"`, checks...)
}

// Reply answers the request that has just come.
func (s *Scenario) Reply(code int, reason string, parts ...string) {
	to := "[last_To:]"
	if s.called && !s.answered {
		to += ";tag=[call_number]"
	}
	s.reply(code, reason, "[last_Via:]", "[last_From:]", to, "[last_CSeq:]", parts)
}

// ReplyToInvite answers the INVITE that began the call, after something else came in between.
func (s *Scenario) ReplyToInvite(code int, reason string, parts ...string) {
	s.reply(code, reason, "Via:[$via]", "From:[$caller]", "To:[$callee];tag=[call_number]", "CSeq:[$cseq]", parts)
	s.answered = s.answered || code >= 200
}

func (s *Scenario) reply(code int, reason, via, from, to, cseq string, parts []string) {
	s.message(fmt.Sprintf("SIP/2.0 %d %s", code, reason), false, parts, via, from, to, "[last_Call-ID:]", cseq, Contact)
}

// Established says that the dialog has its tags: replies get none any more.
func (s *Scenario) Established() { s.answered = true }

// message writes what is sent; a part that begins with "v=0" or stands after a blank line is the body.
func (s *Scenario) message(start string, again bool, parts []string, lines ...string) {
	body := ""
	for _, part := range parts {
		if strings.HasPrefix(part, "v=0") {
			lines = replace(lines, "Content-Type: application/sdp", false)
			body = part
			continue
		}
		if text, ok := strings.CutPrefix(part, "\n"); ok {
			body = text
			continue
		}
		lines = replace(lines, part, true)
	}
	attribute := ""
	if again {
		attribute = ` retrans="500"`
	}
	if s.timed && strings.HasPrefix(start, "INVITE") {
		attribute += ` start_rtd="1"`
	}
	fmt.Fprintf(&s.steps, "<send%s><![CDATA[\n%s\n%s\nContent-Length: [len]\n\n%s]]></send>\n", attribute, start, strings.Join(lines, "\n"), body)
}

// replace adds a header line, in the place of one of its name if it is to prevail.
func replace(lines []string, line string, prevails bool) []string {
	name, _, _ := strings.Cut(line, ":")
	for i, old := range lines {
		if n, _, _ := strings.Cut(strings.Trim(old, "["), ":"); strings.EqualFold(strings.TrimPrefix(n, "last_"), name) {
			if prevails {
				lines[i] = line
			}
			return lines
		}
	}
	return append(lines, line)
}

// Expect waits for an answer to our last request; to an INVITE a 100 may come before.
func (s *Scenario) Expect(code int, checks ...Check) {
	if s.last == "INVITE" {
		s.steps.WriteString(`<recv response="100" optional="true"/>` + "\n")
	}
	what := `response="` + strconv.Itoa(code) + `"`
	if s.timed && code == 180 {
		what += ` rtd="1"`
	}
	s.receive(what, checks...)
}

func (s *Scenario) receive(what string, checks ...Check) {
	if len(checks) == 0 {
		fmt.Fprintf(&s.steps, "<recv %s/>\n", what)
		return
	}
	fmt.Fprintf(&s.steps, "<recv %s><action>\n", what)
	for _, c := range checks {
		to := c.keep
		if to == "" || c.group {
			s.checks++
			to = "check" + strconv.Itoa(s.checks)
		}
		s.held = append(s.held, to)
		if c.group {
			s.held = append(s.held, c.keep)
			to += "," + c.keep
		}
		where := `search_in="` + c.where + `"`
		if c.header != "" {
			where += ` header="` + c.header + `"`
		}
		fmt.Fprintf(&s.steps, `<ereg regexp="%s" %s check_it="true" assign_to="%s"/>`+"\n", escape.Replace(c.regexp), where, to)
	}
	s.steps.WriteString("</action></recv>\n")
}

// escape is for attributes; SIPp doesn't know all entities.
var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

// Pause waits for some milliseconds.
func (s *Scenario) Pause(ms int) { fmt.Fprintf(&s.steps, `<pause milliseconds="%d"/>`+"\n", ms) }

// Check is what a message has to have.
type Check struct {
	where, header, regexp, keep string
	group                       bool // keep is what the first group in brackets matches
}

// Header wants a header that fits a regular expression (POSIX, extended).
func Header(name, regexp string) Check {
	return Check{where: "hdr", header: name + ":", regexp: regexp}
}

// Body wants a body that fits a regular expression.
func Body(regexp string) Check { return Check{where: "body", regexp: regexp} }

// Message wants the whole message to fit a regular expression.
func Message(regexp string) Check { return Check{where: "msg", regexp: regexp} }

// Keep is a Header whose match later steps may use as [$name].
func Keep(header, regexp, name string) Check { return keep(header+":", regexp, name) }

// KeepOfBody keeps what the first group in brackets matches.
func KeepOfBody(regexp, name string) Check {
	return Check{where: "body", regexp: regexp, keep: name, group: true}
}

// KeepOf does so with a header.
func KeepOf(header, regexp, name string) Check {
	return Check{where: "hdr", header: header + ":", regexp: regexp, keep: name, group: true}
}

func keep(header, regexp, name string) Check {
	if regexp == "" {
		regexp = ".*"
	}
	return Check{where: "hdr", header: header, regexp: regexp, keep: name}
}

// SDP is an offer or answer of PCMA, PCMU and telephone-event, with further lines.
func SDP(lines ...string) string { return Media("8 0 101", append([]string{events}, lines...)...) }

const events = "a=rtpmap:101 telephone-event/8000\na=fmtp:101 0-16"

// Media is one of other formats, by their payload types.
func Media(formats string, lines ...string) string {
	return MediaLine("audio [media_port] RTP/AVP "+formats, lines...)
}

// MediaLine is one whose m= is given.
func MediaLine(m string, lines ...string) string {
	return strings.Join(append([]string{"v=0", "o=sipp 1 1 IN IP4 [media_ip]", "s=-", "c=IN IP4 [media_ip]", "t=0 0", "m=" + m}, lines...), "\n") + "\n"
}

// Text is a body of another type.
func Text(body string) string { return "\n" + body }

// Answered are the steps of a call of SIPp's that is answered: INVITE to ACK.
func (s *Scenario) Answered(parts ...string) {
	if len(parts) == 0 {
		parts = []string{SDP()}
	}
	s.Invite(parts...)
	s.Expect(180)
	s.Expect(200, Body("m=audio [1-9]"))
	s.Ack()
}

// Answers are the steps of a call that SIPp answers: INVITE to ACK.
func (s *Scenario) Answers(parts ...string) {
	if len(parts) == 0 {
		parts = []string{SDP()}
	}
	s.ReceiveInvite(Body("m=audio [1-9]"))
	s.Reply(180, "Ringing")
	s.ReplyToInvite(200, "OK", parts...)
	s.Receive("ACK")
	s.Established()
}

// Answer takes an in-dialog request of theirs with a 200.
func (s *Scenario) Answer(method string, parts ...string) {
	s.Receive(method)
	s.Reply(200, "OK", parts...)
}

// HangsUp ends the call.
func (s *Scenario) HangsUp() {
	s.Request("BYE")
	s.Expect(200)
}

// IsHungUp waits for its end.
func (s *Scenario) IsHungUp() { s.Answer("BYE") }

// Called reports whether SIPp is called.
func (s *Scenario) Called() bool { return s.called }
