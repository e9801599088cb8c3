package ledger

import (
	"encoding/json"
	"slices"
	"time"

	"leadline/crm"
	"leadline/crm/wire"
)

// A queue that rings all phones at once makes a call on each. Where one is answered, the others are no missed calls (C4, H6),
// also when the PBX does not tell its phones so (RFC 3326: Reason: SIP;cause=200), and also for agents who see their own
// calls only. What makes them one is the caller, the line and the time: their Call-IDs differ on every phone.

const (
	rangTogether = 10 * time.Minute // what is remembered of a number's calls
	mostRang     = 64
	// clocksDiffer is by how much a phone may hear of the answer late, and desks' clocks be apart.
	clocksDiffer = 3 * time.Second
)

// rang is what a Rang row says.
type rang struct {
	Answered []ringing `json:"answered,omitempty"` // latest last; To is when
	Missed   []ringing `json:"missed,omitempty"`
}

// ringing is a call as it rang on one phone.
type ringing struct {
	Call crm.ID    `json:"call"`
	Line crm.ID    `json:"line,omitempty"`
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// answers says whether one call is how another, which nobody took, was answered.
func (a ringing) answers(missed ringing) bool {
	return a.Call != missed.Call && a.Line == missed.Line && a.To.After(missed.From.Add(-clocksDiffer)) && a.To.Before(missed.To.Add(clocksDiffer))
}

// noted adds a call to those of a number; of an older time nothing is needed any more.
func noted(all []ringing, one ringing) []ringing {
	all = slices.DeleteFunc(slices.Clone(all), func(r ringing) bool { return r.Call == one.Call || one.To.Sub(r.To) > rangTogether })
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
	return k, was, ringing{Call: id, Line: c.Line, From: c.Began, To: to}, true, err
}

func (t *tx) keepRang(k Key, now rang) error {
	return t.put(&Row{Key: k, Fields: map[string]json.RawMessage{"answered": raw(now.Answered), "missed": raw(now.Missed)}})
}

// answeredHere takes calls off the missed ones that rang beside one that was answered.
func (t *tx) answeredHere(id crm.ID, at time.Time) error {
	k, now, one, ok, err := t.rangOf(id, at)
	if err != nil || !ok {
		return err
	}
	now.Answered = noted(now.Answered, one)
	for _, missed := range now.Missed {
		if !one.answers(missed) {
			continue
		}
		r, err := t.row(Key{wire.Call, missed.Call})
		if err != nil {
			return err
		}
		if !r.live() || field[crm.Outcome](r, "outcome") != crm.Missed {
			continue
		}
		if err := t.patch(r.Key, map[string]json.RawMessage{"outcome": raw(crm.AnsweredElsewhere)}); err != nil {
			return err
		}
	}
	return t.keepRang(k, now)
}

// answeredElsewhere says whether a call that was missed here was taken by another phone.
func (t *tx) answeredElsewhere(id crm.ID, ended time.Time) (bool, error) {
	k, now, one, ok, err := t.rangOf(id, ended)
	if err != nil || !ok {
		return false, err
	}
	if slices.ContainsFunc(now.Answered, func(a ringing) bool { return a.answers(one) }) {
		return true, nil
	}
	now.Missed = noted(now.Missed, one)
	return false, t.keepRang(k, now)
}
