package phone_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"leadline/phone"
	"leadline/phone/siptest"
)

// settle waits until nothing is on its way and both sides are of one mind. Meanwhile everybody answers at once.
func (w *walk) settle() {
	w.d.t.Helper()
	w.until("a quiet moment", w.disagreement)
}

func (w *walk) until(what string, wrong func() string) {
	w.d.t.Helper()
	w.setCalm(true)
	defer w.setCalm(false)
	for deadline := time.Now().Add(siptest.Patience); ; time.Sleep(5 * time.Millisecond) {
		why := wrong()
		if why == "" && w.silent() {
			return
		}
		if w.isWrong() || time.Now().After(deadline) {
			w.fails(what, why)
		}
	}
}

func (w *walk) isWrong() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.wrong) > 0
}

func (w *walk) setCalm(on bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calm = on
}

// silent reports whether nothing has come or gone for a moment.
func (w *walk) silent() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Since(w.heard) > 30*time.Millisecond
}

// fails ends the walk, and tells all that is needed to find out why.
func (w *walk) fails(what, why string) {
	w.d.t.Helper()
	w.mu.Lock()
	var talks []string
	for _, k := range w.talks {
		talks = append(talks, fmt.Sprintf("far end %d, %s: %s, sound %s here and %s there, gone %t, codes %v, tag %s", k.n, short(k.id), k.stage, k.far, k.phone, k.gone, k.codes, k.tag))
	}
	text := fmt.Sprintf("seed %d, %s: %s\nwrong: %s\n\nsteps:\n%s\n\nwire, %d%% lost:\n%s\n\nfar ends:\n%s", w.seed, what, why,
		strings.Join(w.wrong, "; "), strings.Join(w.steps, "\n"), w.loss, strings.Join(w.wire, "\n"), strings.Join(talks, "\n"))
	sure := len(w.wrong) > 0
	w.mu.Unlock()
	for _, c := range w.d.Calls() {
		text += fmt.Sprintf("\nphone %s, %s: %s, held by them %t, hold failed %d, conference %q, transfer %+v", c.ID, short(c.SIPCallID), c.State, c.HeldByThem, c.HoldFailed, c.Conference, c.Transfer)
	}
	panic(&misstep{what + ": " + why, text + "\n" + w.d.history(), sure})
}

// isTalking is a call that was answered and goes on.
func isTalking(c phone.Call) bool {
	return slices.Contains(talking3, c.State)
}

// disagreement is what keeps a moment from being quiet, or is wrong in it; "" for nothing.
func (w *walk) disagreement() string {
	calls := w.d.Calls()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, find := range []func([]phone.Call) string{w.surely, w.underWay, w.unlike, w.missing, w.tooLoud} {
		if why := find(calls); why != "" {
			return why
		}
	}
	return ""
}

// surely is what is wrong at any time.
func (w *walk) surely([]phone.Call) string {
	w.alarm.mu.Lock()
	defer w.alarm.mu.Unlock()
	for _, text := range w.alarm.errors {
		w.accuse("%s", text)
	}
	w.alarm.errors = nil
	return strings.Join(w.wrong, "; ")
}

// underWay is what still waits for an answer or its ACK.
func (w *walk) underWay([]phone.Call) string {
	if w.waiting > 0 {
		return "far ends take their time"
	}
	for _, a := range w.asked {
		ringing := a.method == "INVITE" && a.provisional && a.talk.stage == calling && !a.cancelled
		// A 2xx is repeated no more when the dialog that it belongs to has ended.
		over := a.method == "INVITE" && !a.first && a.lost && a.talk.stage == finished
		if a.final == 0 && !a.talk.gone && !w.left[a.to] && !ringing && !over {
			return fmt.Sprintf("no answer to %s %d of far end %d", a.method, a.cseq, a.talk.n)
		}
	}
	for _, k := range w.talks {
		for _, s := range k.invites {
			first := s.m.Tag("To") == ""
			switch {
			case k.gone || w.left[s.m.From] || !first && k.stage == finished:
			case s.final == 0 && !first:
				return fmt.Sprintf("far end %d has not answered", k.n)
			case s.final != 0 && !s.acked:
				return fmt.Sprintf("no ACK for %d to INVITE %d of far end %d", s.final, s.m.CSeq(), k.n)
			}
		}
	}
	return ""
}

// farEndsOf are the far ends of a call that are at a stage; ok is false when one of them has vanished.
func (w *walk) farEndsOf(c phone.Call, at stage) (all []*talk, ok bool) {
	for _, k := range w.talks {
		if k.id != c.SIPCallID {
			continue
		}
		if k.gone {
			return nil, false
		}
		if k.stage == at {
			all = append(all, k)
		}
	}
	return all, true
}

// unlike is a call of which phone and far end think differently.
func (w *walk) unlike(calls []phone.Call) string {
	for _, c := range calls {
		if !w.second && c.Account == "Home" {
			return fmt.Sprintf("%s is %s, and its account has gone", c.ID, c.State)
		}
		at := calling
		if isTalking(c) {
			at = talked
		}
		ends, there := w.farEndsOf(c, at)
		if !there {
			continue
		}
		name := fmt.Sprintf("%s, %s is %s", c.ID, short(c.SIPCallID), c.State)
		if len(ends) != 1 {
			return fmt.Sprintf("%s: %d far ends are %s", name, len(ends), at)
		}
		if at == calling {
			continue
		}
		k := ends[0]
		theyHold := k.far == "sendonly" || k.far == "inactive"
		if c.HeldByThem != theyHold {
			return fmt.Sprintf("%s, held by them %t: far end %d has said %s", name, c.HeldByThem, k.n, k.far)
		}
		if k.far != "inactive" || k.phone == "sendonly" {
			weHold := k.phone == "sendonly" || k.phone == "inactive"
			if weHold != (c.State == phone.HeldHere) {
				return fmt.Sprintf("%s: it has told far end %d %s", name, k.n, k.phone)
			}
		}
	}
	return ""
}

// missing is a call that a far end believes in and the phone does not.
func (w *walk) missing(calls []phone.Call) string {
	for _, k := range w.talks {
		if k.gone || k.stage == finished || k.stage == calling && w.left[k.to] {
			continue
		}
		known := slices.ContainsFunc(calls, func(c phone.Call) bool {
			return c.SIPCallID == k.id && isTalking(c) == (k.stage == talked)
		})
		if !known {
			return fmt.Sprintf("far end %d, %s is %s, and the phone knows nothing of it", k.n, short(k.id), k.stage)
		}
	}
	return ""
}

// tooLoud is more to be heard than there should be: one conversation, or one conference. What is still heard of a call that a far
// end doesn't let be held is said (Call.HoldFailed).
func (w *walk) tooLoud(calls []phone.Call) string {
	conversations, voices, wild := map[string]bool{}, map[string]bool{}, false
	for _, c := range calls {
		name := c.Conference
		if name == "" {
			name = string(c.ID)
		}
		if c.State == phone.Active && c.HoldFailed == phone.HoldNotFailed {
			conversations[name] = true
		}
		if isTalking(c) {
			voices[name] = true
		}
		wild = wild || c.State == phone.Early
	}
	if len(conversations) > 1 {
		return fmt.Sprintf("%d conversations at a time", len(conversations))
	}
	if got := w.d.sound.Voices(); got != len(voices) && !wild {
		return fmt.Sprintf("%d voices at the sound card for %d conversations", got, len(voices))
	}
	return ""
}

// finish ends all calls from either side, and looks at what became of them.
func (w *walk) finish() {
	w.d.t.Helper()
	for _, c := range w.d.Calls() {
		if w.rng.IntN(2) == 0 {
			w.hungUp[c.ID] = true
			_ = w.d.HangUp(c.ID)
		}
	}
	w.mu.Lock()
	for _, k := range w.talks {
		switch {
		case k.gone || k.stage == finished:
		case k.stage == talked && (k.ours || k.confirmed()):
			k.ask("BYE", "")
		case k.stage == calling && k.ours && k.inviting != nil && k.inviting.provisional && !k.inviting.cancelled:
			k.cancel()
		case k.stage == calling && !k.ours && k.invite.text != "":
			k.refuse(k.invite, 486)
		}
	}
	w.note("END")
	w.mu.Unlock()
	w.until("the end", func() string {
		if why := w.disagreement(); why != "" {
			return why
		}
		if calls := w.d.Calls(); len(calls) > 0 {
			return fmt.Sprintf("%s is %s", calls[0].ID, calls[0].State)
		}
		if s := w.d.sound; s.Voices()+s.Warmed()+len(s.Tones()) > 0 || s.Ringing() {
			return fmt.Sprintf("%d voices, %d held open, tones %v, ringing %t", s.Voices(), s.Warmed(), s.Tones(), s.Ringing())
		}
		return w.outcomes()
	})
}

// outcomes is a call that has not exactly one outcome, or one that fits not what went over the wire.
func (w *walk) outcomes() string {
	last, ended := map[phone.CallID]phone.Call{}, map[phone.CallID]int{}
	w.d.ear.mu.Lock()
	told := slices.Clone(w.d.ear.calls)
	w.d.ear.mu.Unlock()
	for _, c := range told {
		if ended[c.ID] > 0 {
			return fmt.Sprintf("%s is told as %s after its end", c.ID, c.State)
		}
		if c.State == phone.Ended {
			ended[c.ID]++
		}
		last[c.ID] = c
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	rang := map[string]phone.CallID{}
	for id, c := range last {
		if ended[id] != 1 {
			return fmt.Sprintf("%s has ended %d times", id, ended[id])
		}
		if c.Direction == phone.Incoming && rang[c.SIPCallID] != "" {
			w.accuse("%s and %s are one call, %s", id, rang[c.SIPCallID], short(c.SIPCallID))
			return "a call has come twice"
		}
		rang[c.SIPCallID] = id
		if why := w.misfit(c); why != "" {
			return fmt.Sprintf("%s, %s, ended as %s (%d %s), answered %t: %s", id, short(c.SIPCallID), c.Cause, c.SIPCode, c.SIPReason, !c.Answered.IsZero(), why)
		}
	}
	for _, k := range w.talks {
		if k.ours && !k.gone && !slices.ContainsFunc(told, func(c phone.Call) bool { return c.SIPCallID == k.id }) && !w.left[k.to] && (len(k.codes) == 0 || k.codes[0] != 481 && k.codes[0] != 403 && k.codes[0] != 486) {
			return fmt.Sprintf("far end %d has called and nobody was told", k.n)
		}
	}
	return ""
}

// misfit is what of an outcome does not fit the wire.
func (w *walk) misfit(c phone.Call) string {
	var ends []*talk
	answered := false
	var codes []int
	said := map[string]bool{}
	for _, k := range w.talks {
		if k.id != c.SIPCallID {
			continue
		}
		if k.gone || w.left[k.to] {
			return ""
		}
		ends = append(ends, k)
		codes = append(codes, k.codes...)
		for what := range k.said {
			said[what] = true
		}
		answered = answered || slices.Contains(k.codes, 200)
	}
	was := !c.Answered.IsZero()
	if len(ends) == 0 {
		if was {
			return "nobody was called"
		}
		return ""
	}
	wants := func(list ...int) string {
		if was || !slices.ContainsFunc(list, func(code int) bool { return slices.Contains(codes, code) }) {
			return fmt.Sprintf("the wire says %v", codes)
		}
		return ""
	}
	switch {
	case was && !answered:
		return fmt.Sprintf("the wire says %v", codes)
	case c.Direction == phone.Incoming && !was && answered && !ends[0].inviteCancelled() && c.Cause != phone.Failed:
		return "it was answered on the wire"
	}
	switch c.Cause {
	case phone.HungUpHere:
		if !was || !w.hungUp[c.ID] {
			return "nobody here hung up"
		}
	case phone.HungUpThere:
		if !was || !said["BYE"] && !w.replaced(ends) {
			return "nobody there hung up"
		}
	case phone.Busy:
		return wants(486, 600)
	case phone.NotFound:
		return wants(404)
	case phone.DeclinedThere:
		return wants(403, 603)
	case phone.NoAnswer:
		if c.SIPCode != 0 {
			return wants(408, 480)
		}
	case phone.Declined:
		return wants(486, 603)
	case phone.Redirected:
		return wants(302)
	case phone.Cancelled:
		if was || !w.hungUp[c.ID] {
			return "nobody here has cancelled"
		}
	case phone.Missed:
		if was || !said["CANCEL"] && !said["BYE"] && c.SIPCode != 480 {
			return "the caller has not given up"
		}
	case phone.Transferred:
		if !was || c.Transfer.State != phone.TransferDone {
			return fmt.Sprintf("the transfer is %s", c.Transfer.State)
		}
	case phone.MediaLost:
		// A re-INVITE in vain asks for less silence.
		if !was || w.stood < mediaAlive/4 && !slices.ContainsFunc(ends, func(k *talk) bool { return k.lull > mediaAlive/2 }) {
			return "it was heard"
		}
	case phone.NotEnded:
		return "no cause"
	}
	return ""
}

func (w *walk) replaced(ends []*talk) bool {
	return slices.ContainsFunc(ends, func(k *talk) bool { return k.replacedBy })
}

// inviteCancelled reports whether a call's INVITE was taken back.
func (k *talk) inviteCancelled() bool { return k.said["CANCEL"] }
