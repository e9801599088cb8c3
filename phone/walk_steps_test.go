package phone_test

import (
	"fmt"
	"net/url"

	"leadline/phone/siptest"
)

// farEnds is all that the far ends may do.
func (w *walk) farEnds() []func() string {
	return []func() string{
		w.calls, w.calls, w.calls,
		w.rings("answers", func(k *talk) { k.accept(k.invite) }), w.rings("answers", func(k *talk) { k.accept(k.invite) }),
		w.rings("answers", func(k *talk) { k.accept(k.invite) }),
		w.rings("refuses", func(k *talk) { k.refuse(k.invite, 0) }),
		w.rings("plays something", func(k *talk) { k.invite.reply(183, "Session Progress", k.describesTo(k.invite.m.Body)) }),
		w.theirs("cancels", func(k *talk) { k.cancel() }),
		w.theirs("cancels, answered elsewhere", func(k *talk) { k.cancel("Reason: SIP;cause=200") }),
		w.theirs("hangs up while it rings", func(k *talk) {
			if k.theirs != "" {
				k.ask("BYE", "")
			}
		}),
		w.inCall("hangs up", func(k *talk) bool { k.ask("BYE", ""); return true }),
		w.inCall("hangs up", func(k *talk) bool { k.ask("BYE", ""); return true }),
		w.inCall("holds, or not", func(k *talk) bool { return w.offers(k, "INVITE") }),
		w.inCall("holds, or not", func(k *talk) bool { return w.offers(k, "INVITE") }),
		w.inCall("holds, or not, by UPDATE", func(k *talk) bool { return w.offers(k, "UPDATE") }),
		w.inCall("asks for an offer", func(k *talk) bool {
			if k.busy() {
				return false
			}
			k.ask("INVITE", "")
			return true
		}),
		w.inCall("changes the codec", func(k *talk) bool {
			if k.busy() {
				return false
			}
			direction := "sendrecv"
			if k.holds {
				direction = "sendonly"
			}
			k.ask("INVITE", fmt.Sprintf("v=0\r\no=peer 1 %d IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio %d RTP/AVP 0\r\na=%s\r\n", k.cseq+2, k.port, direction))
			return true
		}),
		w.inCall("asks this and that", func(k *talk) bool {
			switch w.rng.IntN(4) {
			case 0:
				k.ask("OPTIONS", "")
			case 1:
				k.ask("INFO", "Signal=5\r\n", "Content-Type: application/dtmf-relay")
			case 2:
				k.ask("UPDATE", "")
				k.updating = nil
			default:
				k.ask("NOTIFY", "SIP/2.0 200 OK", "Event: refer;id=77", "Subscription-State: terminated;reason=noresource", "Content-Type: message/sipfrag;version=2.0")
			}
			return true
		}),
		w.inCall("ends a transfer", func(k *talk) bool { return k.refer != nil && k.transfers() != "" }),
		w.inCall("ends a transfer", func(k *talk) bool { return k.refer != nil && k.transfers() != "" }),
		w.inCall("ends a transfer", func(k *talk) bool { return k.refer != nil && k.transfers() != "" }),
		w.inCall("passes us on", w.passesOn),
		w.inCall("is gone", func(k *talk) bool {
			k.gone = w.rng.IntN(4) == 0
			return k.gone
		}),
	}
}

// busy reports whether the far end may make no offer now (RFC 3261 §14.1, RFC 3311 §5.1).
func (k *talk) busy() bool {
	if k.inviting != nil || k.updating != nil {
		return true
	}
	for _, s := range k.invites {
		if s.final == 0 || s.final/100 == 2 && !s.acked {
			return true
		}
	}
	return false
}

// some is one of the talks that are so.
func (w *walk) some(so func(*talk) bool) *talk {
	var fit []*talk
	for _, k := range w.talks {
		if !k.gone && so(k) {
			fit = append(fit, k)
		}
	}
	if len(fit) == 0 {
		return nil
	}
	return fit[w.rng.IntN(len(fit))]
}

func (w *walk) far(what string, so func(*talk) bool, do func(*talk) bool) func() string {
	return func() string {
		w.mu.Lock()
		defer w.mu.Unlock()
		k := w.some(so)
		if k == nil || !do(k) {
			return ""
		}
		return fmt.Sprintf("far end %d, %s: %s", k.n, short(k.id), what)
	}
}

// rings is what a far end does with a call of the phone's that rings there.
func (w *walk) rings(what string, do func(*talk)) func() string {
	return w.far(what, func(k *talk) bool { return k.stage == calling && !k.ours && k.invite.text != "" && k.invite.final == 0 },
		func(k *talk) bool { do(k); return true })
}

// theirs is what a far end does with its call that rings at the phone.
func (w *walk) theirs(what string, do func(*talk)) func() string {
	return w.far(what, func(k *talk) bool {
		return k.stage == calling && k.ours && k.inviting != nil && k.inviting.provisional && !k.inviting.cancelled
	}, func(k *talk) bool { do(k); return true })
}

// inCall is what a far end does in a call that was answered. Whoever has been called waits for the ACK (RFC 3261 §15).
func (w *walk) inCall(what string, do func(*talk) bool) func() string {
	return w.far(what, func(k *talk) bool { return k.stage == talked && (k.ours || k.confirmed()) }, do)
}

// confirmed reports whether the phone has acknowledged the answer to its call.
func (k *talk) confirmed() bool {
	for _, s := range k.invites {
		if s.m.Tag("To") == "" && s.final/100 == 2 {
			return s.acked
		}
	}
	return false
}

// calls has somebody call the phone.
func (w *walk) calls() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	open := 0
	for _, k := range w.talks {
		if k.stage != finished {
			open++
		}
	}
	user := []string{"101", "201"}[w.rng.IntN(2)]
	at, ok := w.homes[user]
	if !ok || open > 4 {
		return ""
	}
	var extra []string
	what := "calls " + user
	old := w.some(func(k *talk) bool {
		return k.user == user && k.stage != finished && k.theirs != "" && !k.ours || k.user == user && k.stage == talked
	})
	k := w.newTalk(true)
	k.id, k.user, k.target, k.to = fmt.Sprintf("c%d-%d@walk", k.n, w.seed), user, at.contact, at.addr
	k.from, k.aor = fmt.Sprintf("<sip:+4930%d@pbx.example>", 100+k.n), "<sip:"+user+"@pbx.example>"
	k.holds = w.rng.IntN(10) == 0
	body := k.describes()
	switch w.rng.IntN(10) {
	case 0:
		body = ""
		what += " without an offer"
	case 1:
		extra = append(extra, "Require: 100rel")
		what += " and wants its 180 acknowledged"
	case 2:
		body = ""
		extra = append(extra, "Require: 100rel")
		what += " without an offer, and wants one with the 180"
	case 3, 4:
		if old != nil {
			extra = append(extra, fmt.Sprintf("Replaces: %s;to-tag=%s;from-tag=%s", old.id, old.theirs, old.tag))
			old.replacedBy = true
			what += fmt.Sprintf(" in the place of far end %d", old.n)
		}
	}
	a := k.ask("INVITE", body, extra...)
	a.first = true
	switch w.rng.IntN(12) {
	case 0:
		a.acks = 2
	case 1:
		a.acks = -1
		what += ", and never sends an ACK"
	}
	return fmt.Sprintf("far end %d, %s: %s", k.n, short(k.id), what)
}

// offers changes who holds whom.
func (w *walk) offers(k *talk, method string) bool {
	if k.busy() {
		return false
	}
	k.holds = !k.holds
	k.ask(method, siptest.SDP(k.port, "a="+map[bool]string{true: "sendonly", false: "sendrecv"}[k.holds]))
	return true
}

// passesOn wants the phone to call somebody else, alone or in the place of another.
func (w *walk) passesOn(k *talk) bool {
	if k.referred {
		return false
	}
	to := fmt.Sprintf("sip:12%d@%s", w.rng.IntN(5), w.pbx.Addr())
	if w.rng.IntN(3) == 0 {
		to += "?Replaces=" + url.QueryEscape("abc@x;to-tag=1;from-tag=2")
	}
	k.notified, k.referred = 0, true
	k.ask("REFER", "", "Refer-To: <"+to+">", "Referred-By: <sip:chief@example.org>")
	return true
}
