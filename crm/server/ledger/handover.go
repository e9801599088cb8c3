package ledger

import (
	"encoding/json"

	"leadline/crm"
	"leadline/crm/wire"
)

// One caller can be a call on several phones: a queue rings many, and a transferred caller becomes a call of the colleague who takes
// over. The intake rules make the caller's records once, for the phone whose program reported first, and make its agent responsible.
// When the caller is then answered (D1) or passed on (D2) at another phone, the records change hands here: only the server knows that
// both are one call.

// handOver makes somebody else responsible for the records that the intake rules made of the caller at another phone: the agent who has
// answered this call, or the colleague whom it was passed on to. It does nothing for other updates of a call.
func (t *tx) handOver(u crm.UpdateCall) error {
	if u.Answered.IsZero() && u.PassedTo == "" {
		return nil
	}
	r, err := t.row(Key{wire.Call, u.ID})
	if err != nil || !r.live() {
		return err
	}
	c, err := Read[crm.Call](r)
	if err != nil || c.Direction != crm.Incoming || c.Party.Key() == "" {
		return err
	}
	to, why, err := t.newResponsible(c, u)
	if err != nil || to.ID == "" || to.Left {
		return err
	}
	for _, ref := range c.Refs {
		if err := t.reassign(c, ref, to, why); err != nil {
			return err
		}
	}
	return nil
}

// newResponsible is who is to be responsible after an update of a call, and the reason; the zero User for no change. The rules are those
// that crm.Decide has for records of the program's own.
func (t *tx) newResponsible(c crm.Call, u crm.UpdateCall) (to crm.User, why string, err error) {
	if u.PassedTo != "" {
		line, err := t.row(Key{wire.Line, c.Line})
		if err != nil || !line.live() || !field[bool](line, "change_responsible") {
			return to, "", err
		}
		to, err = t.user(u.PassedTo)
		return to, crm.ReasonPassedOn, err
	}
	w, err := t.workspace()
	if err != nil || w.Owner != crm.WhoAnswers {
		return to, "", err
	}
	to, err = t.user(c.Agent)
	return to, crm.ReasonAnswered, err
}

// reassign makes somebody responsible for a record that a call is saved on, and keeps the reason with the call. It leaves a record that
// was made by hand or for another caller, and one whose responsible an agent has changed since it was made.
func (t *tx) reassign(c crm.Call, ref crm.Ref, to crm.User, why string) error {
	k := KeyOf(ref)
	was, err := t.row(k)
	if err != nil || !was.live() {
		return err
	}
	origin, now := field[crm.Origin](was, "origin"), field[crm.ID](was, "responsible")
	asMade := was.Stamps["responsible"] == was.Stamps["origin"] || was.Stamps["responsible"] == 0
	if !origin.ByRule() || origin.Call == "" || origin.Call == c.ID || now == to.ID || !asMade && now != c.Agent {
		return nil
	}
	if same, err := t.sameCall(origin.Call, c); err != nil || !same {
		return err
	}
	row := was.clone()
	row.Fields["responsible"] = raw(to.ID)
	row.Stamps["responsible"] = max(t.at, row.Stamps["responsible"])
	t.signed(row)
	if k.Entity == wire.Lead {
		err = t.putLead(was, row)
	} else {
		err = t.put(row)
	}
	if err != nil {
		return err
	}
	return t.patch(Key{wire.Call, c.ID}, map[string]json.RawMessage{"reason": raw(crm.Say(why, "name", to.Name))})
}

// sameCall says whether a call is the continuation of an earlier one on another phone: the queue rang both, or the earlier one was
// passed on to the agent of this one.
func (t *tx) sameCall(first crm.ID, c crm.Call) (bool, error) {
	r, err := t.row(Key{wire.Call, first})
	if err != nil || !r.live() {
		return false, err
	}
	from, err := Read[crm.Call](r)
	if err != nil || from.Direction != crm.Incoming || from.Party.Key() != c.Party.Key() {
		return false, err
	}
	end := from.Ended
	if end.IsZero() {
		end = c.Began // the earlier call still goes on
	}
	if !from.Answered.IsZero() { // passed on; its length does not matter
		return from.PassedTo != "" && from.PassedTo == c.Agent && !c.Began.Before(from.Began) && c.Began.Before(end.Add(crm.NextRings)), nil
	}
	if c.Began.Sub(from.Began) > crm.RangTogether {
		return false, nil
	}
	rangRow, err := t.row(Key{Rang, crm.NumberID(c.Party.Key())})
	if err != nil {
		return false, err
	}
	var known rang
	if rangRow.live() {
		if known, err = Read[rang](rangRow); err != nil {
			return false, err
		}
	}
	answer := ringing{Call: c.ID, Line: c.Line, Agent: c.Agent, From: c.Began, To: c.Answered}
	return known.ledTo(answer, ringing{Call: from.ID, Line: from.Line, Agent: from.Agent, From: from.Began, To: end}), nil
}
