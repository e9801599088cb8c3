package ledger

import (
	"encoding/json"
	"slices"
	"time"

	"leadline/crm"
	"leadline/crm/wire"
)

// A queue makes a call on each phone that it rings, all at once or one after the other. When one of them is answered, the others
// are answered elsewhere and not missed (C4, H6). A PBX may say so to its phones (RFC 3326: Reason: SIP;cause=200), but not to those
// that had stopped ringing by then, and an agent's program may not see the calls of others. So the server finds it out. It takes
// calls for one by caller, line and time: the Call-ID differs on every phone.

const (
	mostRang = 192 // calls that are kept of a number: a queue of fifty phones, nearly four times around
	// clocksDiffer allows for the clocks of two machines, and for a phone that stops ringing a moment after the answer.
	clocksDiffer = 3 * time.Second
)

// rang is what a Rang row says of a number's latest incoming calls, the latest last.
type rang struct {
	Answered []ringing `json:"answered,omitempty"` // To is the time of the answer
	Missed   []ringing `json:"missed,omitempty"`   // also declined ones: a queue goes on from them to its next phone
}

// ringing is a call as it rang on one phone.
type ringing struct {
	Call  crm.ID    `json:"call"`
	Line  crm.ID    `json:"line,omitempty"`
	Agent crm.ID    `json:"agent,omitempty"`
	From  time.Time `json:"from"`
	To    time.Time `json:"to"`
	// Settled says that its outcome is final: it was declined, or another phone has taken the caller.
	Settled bool `json:"settled,omitempty"`
}

// wentOnTo says whether the next phone may have rung for the same call: at the same time, or soon after.
func (a ringing) wentOnTo(next ringing) bool {
	return a.Call != next.Call && a.Line == next.Line && next.To.After(a.From.Add(-clocksDiffer)) && next.From.Before(a.To.Add(crm.NextRings))
}

// ledTo says whether the queue went on from one phone to the one that answered, directly or over others that it rang in between.
func (r *rang) ledTo(answer, from ringing) bool {
	reached := make([]bool, len(r.Missed))
	for next := []ringing{answer}; len(next) > 0; next = next[1:] {
		if from.wentOnTo(next[0]) {
			return true
		}
		for i, m := range r.Missed {
			if !reached[i] && m.wentOnTo(next[0]) {
				reached[i] = true
				next = append(next, m)
			}
		}
	}
	return false
}

// settle marks the missed calls whose caller was answered at another phone in the end, and says which of them were not marked before.
func (r *rang) settle() (taken []crm.ID) {
	for _, answer := range r.Answered {
		reached := make([]bool, len(r.Missed))
		for from := []ringing{answer}; len(from) > 0; from = from[1:] {
			for i, m := range r.Missed {
				if reached[i] || !m.wentOnTo(from[0]) {
					continue
				}
				reached[i] = true
				from = append(from, m)
				// An agent who answers when the own phone rings again has missed the first ringing: it is the conversation
				// that works that off (H6), not another phone.
				if !m.Settled && (m.Agent != answer.Agent || !answer.From.After(m.To)) {
					r.Missed[i].Settled = true
					taken = append(taken, m.Call)
				}
			}
		}
	}
	return taken
}

// noted adds a call to those of a number, of which it drops the ones that are too old to be the same call.
func noted(all []ringing, one ringing) []ringing {
	all = slices.DeleteFunc(slices.Clone(all), func(r ringing) bool { return r.Call == one.Call || one.To.Sub(r.To) > crm.RangTogether })
	all = append(all, one)
	return all[max(0, len(all)-mostRang):]
}

// rangOf is what is known of the latest calls of a call's number, with the key of that row, and the call as one of them. ok is false
// for a call that can't be one of several: it isn't incoming, or has no number.
func (t *tx) rangOf(id crm.ID, to time.Time) (k Key, was rang, one ringing, ok bool, err error) {
	r, err := t.row(Key{wire.Call, id})
	if err != nil || !r.live() {
		return k, was, one, false, err
	}
	c, err := Read[crm.Call](r)
	if err != nil || c.Direction != crm.Incoming || c.Party.Key() == "" {
		return k, was, one, false, err
	}
	k = Key{Rang, crm.NumberID(c.Party.Key())}
	row, err := t.row(k)
	if err != nil {
		return k, was, one, false, err
	}
	if row.live() {
		was, err = Read[rang](row)
	}
	return k, was, ringing{Call: id, Line: c.Line, Agent: c.Agent, From: c.Began, To: to}, true, err
}

func (t *tx) keepRang(k Key, now rang) error {
	return t.put(&Row{Key: k, Fields: map[string]json.RawMessage{"answered": raw(now.Answered), "missed": raw(now.Missed)}})
}

// answeredHere notes that a call was answered, and makes answered elsewhere of the missed calls that were the same.
func (t *tx) answeredHere(id crm.ID, at time.Time) error {
	k, now, one, ok, err := t.rangOf(id, at)
	if err != nil || !ok {
		return err
	}
	now.Answered = noted(now.Answered, one)
	if err := t.takenElsewhere(now.settle()); err != nil {
		return err
	}
	return t.keepRang(k, now)
}

// endedHere notes the end of a call that nobody answered at this phone, and gives its outcome: answered elsewhere instead of missed
// where another phone has taken the caller. The calls by which the queue came to this phone become answered elsewhere, too.
func (t *tx) endedHere(e crm.EndCall) (crm.Outcome, error) {
	if !slices.Contains([]crm.Outcome{crm.Missed, crm.Interrupted, crm.Declined, crm.Busy}, e.Outcome) {
		return e.Outcome, nil
	}
	if r, err := t.row(Key{wire.Call, e.ID}); err != nil || !field[time.Time](r, "answered").IsZero() {
		return e.Outcome, err // answered here: its program was killed during the conversation
	}
	k, now, one, ok, err := t.rangOf(e.ID, e.Ended)
	if err != nil || !ok {
		return e.Outcome, err
	}
	one.Settled = e.Outcome == crm.Declined || e.Outcome == crm.Busy
	now.Missed = noted(now.Missed, one)
	taken := now.settle()
	if i := slices.Index(taken, e.ID); i >= 0 {
		taken, e.Outcome = slices.Delete(taken, i, i+1), crm.AnsweredElsewhere
	}
	if err := t.takenElsewhere(taken); err != nil {
		return e.Outcome, err
	}
	return e.Outcome, t.keepRang(k, now)
}

// takenElsewhere sets the outcome of missed calls to answered elsewhere. It leaves their stamps as they are: no agent has changed them.
func (t *tx) takenElsewhere(calls []crm.ID) error {
	for _, id := range calls {
		r, err := t.row(Key{wire.Call, id})
		if err != nil {
			return err
		}
		if was := field[crm.Outcome](r, "outcome"); !r.live() || was != crm.Missed && was != crm.Interrupted {
			continue
		}
		row := r.clone()
		row.Fields["outcome"] = raw(crm.AnsweredElsewhere)
		if err := t.put(row); err != nil {
			return err
		}
	}
	return nil
}
