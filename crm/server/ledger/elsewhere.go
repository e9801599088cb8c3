package ledger

import (
	"encoding/json"
	"slices"
	"time"

	"leadline/crm"
	"leadline/crm/wire"
)

// A queue makes a call on each phone that it rings, all at once or one after the other. Where one of them is answered, the
// others are no missed calls (C4, H6), also when the PBX does not tell its phones so (RFC 3326: Reason: SIP;cause=200), which
// it cannot where the phone had stopped to ring by then, and also for agents who see their own calls only. What makes them
// one is the caller, the line and the time: their Call-IDs differ on every phone.

const (
	mostRang = 192 // a queue of fifty, nearly four times around
	// clocksDiffer is by how much a phone may hear of the answer late, and desks' clocks be apart.
	clocksDiffer = 3 * time.Second
)

// rang is what a Rang row says, latest last.
type rang struct {
	Answered []ringing `json:"answered,omitempty"` // To is when
	Missed   []ringing `json:"missed,omitempty"`   // and declined, which a queue goes on from as well
}

// ringing is a call as it rang on one phone.
type ringing struct {
	Call  crm.ID    `json:"call"`
	Line  crm.ID    `json:"line,omitempty"`
	Agent crm.ID    `json:"agent,omitempty"`
	From  time.Time `json:"from"`
	To    time.Time `json:"to"`
	// Settled says that its outcome need not change any more.
	Settled bool `json:"settled,omitempty"`
}

// wentOnTo says whether the next phone may have rung for the same call: at the same time, or soon after.
func (a ringing) wentOnTo(next ringing) bool {
	return a.Call != next.Call && a.Line == next.Line && next.To.After(a.From.Add(-clocksDiffer)) && next.From.Before(a.To.Add(crm.NextRings))
}

// ledTo says whether the queue went on from a ring to the one that was answered, over whatever phones in between.
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

// settle marks the missed calls that somebody took in the end, on whatever phones it rang in between, and says which
// those are that were not known to be.
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
				// Who took it at the second ring missed the first: a conversation closes that (H6), no other phone did.
				if !m.Settled && (m.Agent != answer.Agent || !answer.From.After(m.To)) {
					r.Missed[i].Settled = true
					taken = append(taken, m.Call)
				}
			}
		}
	}
	return taken
}

// noted adds a call to those of a number; of an older time nothing is needed any more.
func noted(all []ringing, one ringing) []ringing {
	all = slices.DeleteFunc(slices.Clone(all), func(r ringing) bool { return r.Call == one.Call || one.To.Sub(r.To) > crm.RangTogether })
	all = append(all, one)
	return all[max(0, len(all)-mostRang):]
}

// rangOf is what is known of the calls of a call's number; ok is false for one that is none of several.
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

// answeredHere takes calls off the missed ones that rang before or beside one that was answered.
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

// endedHere says how a call ended that nobody took here: missed may mean that it was taken by another phone. Others may have
// rung before this one did, and be none of those missed either.
func (t *tx) endedHere(e crm.EndCall) (crm.Outcome, error) {
	if !slices.Contains([]crm.Outcome{crm.Missed, crm.Interrupted, crm.Declined, crm.Busy}, e.Outcome) {
		return e.Outcome, nil
	}
	if r, err := t.row(Key{wire.Call, e.ID}); err != nil || !field[time.Time](r, "answered").IsZero() {
		return e.Outcome, err // which was a conversation, when the program was killed
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

// takenElsewhere makes missed calls those that a colleague took: their doing, not the agent's, so that no stamp stands against it.
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
