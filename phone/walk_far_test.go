package phone_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"leadline/phone/siptest"
)

// request takes a request of the phone's.
func (w *town) request(m siptest.Message) {
	key := branchOf(m) + m.Method()
	if m.Method() == "ACK" {
		w.acknowledged(m)
		return
	}
	if s := w.served[key]; s != nil { // again
		if s.text != "" && !s.talk.gone {
			w.send(m.From, s.text)
		}
		return
	}
	s := &served{m: m}
	w.served[key] = s
	if m.Method() == "CANCEL" {
		w.cancelled(s)
		return
	}
	k := w.talkOf(m)
	if k == nil {
		if m.Method() == "INVITE" && m.Tag("To") == "" {
			k = w.called(m)
		} else {
			s.talk = &talk{town: w}
			s.reply(481, "Call/Transaction Does Not Exist", "")
			return
		}
	}
	s.talk = k
	if k.gone {
		return
	}
	k.said["their "+m.Method()] = true
	switch m.Method() {
	case "INVITE":
		k.invites[m.CSeq()] = s
		if m.Tag("To") == "" {
			k.rung(s)
			return
		}
		k.reinvited(s)
	case "BYE":
		k.ends()
		if k.whim(6) && !w.calm { // lost on the way, for good
			k.later(3*t1, func() { s.reply(200, "OK", "") })
			return
		}
		s.reply(200, "OK", "")
	case "REFER":
		k.referredTo(s)
	case "NOTIFY":
		s.reply(200, "OK", "")
		k.notifiedOf(m)
	case "UPDATE":
		if k.stage == finished {
			s.reply(481, "Call/Transaction Does Not Exist", "")
			return
		}
		s.reply(200, "OK", "")
	default:
		if k.stage == finished {
			s.reply(481, "Call/Transaction Does Not Exist", "")
			return
		}
		s.reply(200, "OK", "")
	}
}

// whim is true once in n times.
func (k *talk) whim(n int) bool { return k.rng.IntN(n) == 0 }

// pause is how long a far end takes over something.
func (k *talk) pause() time.Duration {
	switch n := k.rng.IntN(20); {
	case n < 12:
		return 0
	case n < 18:
		return time.Duration(k.rng.IntN(60)) * time.Millisecond
	default:
		return time.Duration(k.rng.IntN(300)) * time.Millisecond
	}
}

// reply answers; what answers an INVITE finally is repeated until the ACK.
func (s *served) reply(code int, reason, body string, extra ...string) {
	k := s.talk
	if s.final != 0 || k.gone {
		return
	}
	tag := k.tag
	if code == 100 {
		tag = ""
	}
	s.text = s.m.Response(code, reason, tag, body, append(extra, "Contact: <sip:peer@"+k.pbx.Addr()+">")...)
	if code >= 200 {
		s.final, s.sent = code, time.Now()
		if s.m.Method() == "INVITE" {
			k.insist(s, t1)
		}
	}
	k.send(s.m.From, s.text)
}

// talkOf is the talk that a request belongs to.
func (w *town) talkOf(m siptest.Message) *talk {
	for _, k := range w.talks {
		if k.id == m.Get("Call-ID") && (m.Tag("To") == k.tag || m.Tag("To") == "" && !k.ours && !k.unwanted) {
			return k
		}
	}
	return nil
}

func (w *town) newTalk(ours bool) *talk {
	n := len(w.talks) + 1
	k := &talk{
		town: w, n: n, rng: rand.New(rand.NewPCG(w.seed, uint64(1000+n))), ours: ours, tag: fmt.Sprintf("far%d", n),
		invites: map[int]*served{}, said: map[string]bool{},
	}
	k.mumbles = k.whim(5)
	w.talks = append(w.talks, k)
	return k
}

// called begins the talk of a call of the phone's.
func (w *town) called(m siptest.Message) *talk {
	k := w.newTalk(false)
	k.id, k.theirs, k.user = m.Get("Call-ID"), m.Tag("From"), userOf(m.Get("From"))
	k.target, k.to = m.ContactURI(), m.From
	k.from, k.aor = m.Get("To"), "<sip:"+k.user+"@pbx>"
	return k
}

// rung is an INVITE that begins a call, or begins it anew with credentials or at another target.
func (k *talk) rung(s *served) {
	k.invite, k.stage = s, calling
	k.tag = fmt.Sprintf("far%d-%d", k.n, s.m.CSeq())
	if !k.calm {
		switch k.rng.IntN(16) {
		case 0: // nobody hears
			if k.whim(2) {
				k.gone = true
				return
			}
			if *walkLate {
				k.later(70*t1, func() { k.accept(s) }) // it is answered when the phone has given up
				return
			}
		case 1:
			if s.m.Get("Proxy-Authorization") == "" {
				k.ends() // until it comes again
				s.reply(407, "Proxy Authentication Required", "", `Proxy-Authenticate: Digest realm="pbx", nonce="1"`)
				return
			}
		case 2:
			k.later(k.pause(), func() { k.refuse(s, 0) })
			return
		case 3, 4:
			k.later(k.pause(), func() { k.accept(s) })
			return
		}
	}
	k.later(k.pause(), func() {
		if s.final == 0 {
			s.reply(100, "Trying", "")
			if k.whim(4) {
				s.reply(183, "Session Progress", k.describesTo(s.m.Body))
			} else {
				s.reply(180, "Ringing", "")
			}
		}
	})
}

// accept answers the phone's INVITE.
func (k *talk) accept(s *served) {
	if s.final != 0 || k.gone {
		return
	}
	k.codes = append(k.codes, 200)
	k.stage = talked
	body := k.describesTo(s.m.Body)
	k.agree(s.m.Body, directionOf(body))
	s.reply(200, "OK", body)
	if k.whim(10) { // a second telephone
		fork := k.newTalk(false)
		fork.id, fork.theirs, fork.user, fork.target, fork.to, fork.from, fork.aor = k.id, k.theirs, k.user, k.target, k.to, k.from, k.aor
		fork.stage, fork.unwanted = talked, true
		second := &served{talk: fork, m: s.m}
		fork.invites[s.m.CSeq()] = second
		body = fork.describesTo(s.m.Body)
		fork.agree(s.m.Body, directionOf(body))
		second.reply(200, "OK", body)
	}
}

// refuse refuses it; with 0 for any reason.
func (k *talk) refuse(s *served, code int) {
	if s.final != 0 || k.gone {
		return
	}
	if code == 0 {
		code = []int{486, 600, 404, 603, 403, 480, 408, 500, 503, 488, 302, 491}[k.rng.IntN(12)]
	}
	k.ends()
	k.codes = append(k.codes, code)
	if code == 302 {
		s.reply(302, "Moved Temporarily", "", fmt.Sprintf("Contact: <sip:3%02d@%s>", k.rng.IntN(3), k.pbx.Addr()))
		return
	}
	s.reply(code, "For a reason", "")
}

// cancelled takes back an INVITE of the phone's.
func (w *town) cancelled(s *served) {
	s.talk = &talk{town: w}
	invite := w.served[branchOf(s.m)+"INVITE"]
	if invite == nil {
		s.reply(481, "Call/Transaction Does Not Exist", "")
		return
	}
	k := invite.talk
	s.talk = k
	s.reply(200, "OK", "")
	k.said["their CANCEL"] = true
	if invite.final != 0 {
		return
	}
	if invite == k.invite && k.whim(5) { // it is answered in this moment
		k.accept(invite)
		return
	}
	if invite == k.invite {
		k.ends()
	}
	invite.reply(487, "Request Terminated", "")
}

// acknowledged takes an ACK.
func (w *town) acknowledged(m siptest.Message) {
	s := w.served[branchOf(m)+"INVITE"]
	if s == nil {
		if k := w.talkOf(m); k != nil {
			s = k.invites[m.CSeq()]
		}
	}
	if s == nil || s.final == 0 {
		w.accuse("an ACK to nothing: %s", brief(m))
		return
	}
	s.acked = true
}

// reinvited answers a re-INVITE of the phone's.
func (k *talk) reinvited(s *served) {
	answer := func() {
		switch {
		case s.final != 0:
		case k.stage == finished:
			s.reply(481, "Call/Transaction Does Not Exist", "")
		case k.inviting != nil || k.updating != nil:
			s.reply(491, "Request Pending", "")
		default:
			body := k.describesTo(s.m.Body)
			k.agree(s.m.Body, directionOf(body))
			s.reply(200, "OK", body)
		}
	}
	if k.calm || k.stage == finished {
		answer()
		return
	}
	what := k.rng.IntN(16)
	if !*walkLate && (what == 1 || what == 2) {
		what = 3
	}
	switch what {
	case 0:
		k.later(k.pause(), func() {
			if k.stage == finished {
				answer()
				return
			}
			s.reply([]int{488, 491, 500, 403, 503}[k.rng.IntN(5)], "For a reason", "")
		})
	case 1:
		s.reply(100, "Trying", "")
		k.later(70*t1, answer) // when the phone has given up
	case 2:
		k.later(70*t1, answer)
	default:
		k.later(k.pause(), answer)
	}
}

// referredTo is a transfer of the phone's.
func (k *talk) referredTo(s *served) {
	if k.stage == finished {
		s.reply(481, "Call/Transaction Does Not Exist", "")
		return
	}
	k.later(k.pause(), func() {
		if k.stage == finished {
			s.reply(481, "Call/Transaction Does Not Exist", "")
			return
		}
		if k.whim(6) {
			s.reply([]int{403, 603, 500, 405}[k.rng.IntN(4)], "For a reason", "")
			return
		}
		k.refer, k.referCSeq = s, s.m.CSeq()
		if k.whim(5) { // the first NOTIFY overtakes the answer
			k.reports("active;expires=60", "SIP/2.0 100 Trying")
		}
		s.reply(202, "Accepted", "")
		k.later(k.pause(), func() { k.reports("active;expires=60", "SIP/2.0 180 Ringing") })
	})
}

// reports tells the phone how its transfer goes.
func (k *talk) reports(state, fragment string) {
	if k.stage != talked || k.refer == nil {
		return
	}
	k.ask("NOTIFY", fragment, fmt.Sprintf("Event: refer;id=%d", k.referCSeq), "Subscription-State: "+state, "Content-Type: message/sipfrag;version=2.0")
}

// transfers ends a transfer of the phone's, one way or another.
func (k *talk) transfers() string {
	switch k.rng.IntN(6) {
	case 0:
		k.reports("terminated;reason=noresource", "SIP/2.0 486 Busy Here")
		k.refer = nil
		return "the transfer fails"
	case 1:
		k.reports("terminated;reason=timeout", "nonsense")
		k.refer = nil
		return "the transfer ends without a word"
	case 2:
		k.refer = nil
		k.ask("BYE", "")
		return "hangs up without a word about the transfer"
	case 3: // the other first
		to := k.refer.m.Get("Refer-To")
		for _, o := range k.talks {
			if o != k && o.stage == talked && !o.gone && o.theirs != "" && strings.Contains(to, o.id) {
				o.ask("BYE", "")
			}
		}
	}
	k.reports("terminated;reason=noresource", "SIP/2.0 200 OK")
	k.refer = nil
	return "the transfer succeeds"
}

// notifiedOf is what the phone says of the call that we wanted it to make.
func (k *talk) notifiedOf(m siptest.Message) {
	var code int
	if _, err := fmt.Sscanf(m.Body, "SIP/2.0 %d", &code); err != nil {
		k.accuse("a NOTIFY says %q", m.Body)
		return
	}
	if k.notified >= 200 {
		k.accuse("a NOTIFY after the last: %s", brief(m))
	}
	k.notified = code
	if code >= 200 {
		k.referred = false
		if code < 300 && k.stage == talked && !k.whim(4) {
			k.ask("BYE", "")
		}
	}
}
