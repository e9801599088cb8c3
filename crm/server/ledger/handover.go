package ledger

import (
	"encoding/json"

	"leadline/crm"
	"leadline/crm/wire"
)

// What the rules make of a caller is made once, for the phone whose program told of it first. A queue rings others as well, at
// once or one after the other, and a colleague to whom the caller is passed on has a call of their own, too. Who answers there
// (D1), and whom it is passed on to from there (D2), is told here: only the server knows that these are one call.

// handOver gives what was made of a call's caller at another phone to who answered here, or to whom it was passed on.
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
	to, why, err := t.heir(c, u)
	if err != nil || to.ID == "" || to.Left {
		return err
	}
	for _, ref := range c.Refs {
		if err := t.handOn(c, ref, to, why); err != nil {
			return err
		}
	}
	return nil
}

// heir is who gets what the call made, as crm.Decide says it of the program's own.
func (t *tx) heir(c crm.Call, u crm.UpdateCall) (to crm.User, why string, err error) {
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

// handOn gives a record that the rules made of the caller at another phone to somebody, unless an agent has decided otherwise.
func (t *tx) handOn(c crm.Call, ref crm.Ref, to crm.User, why string) error {
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
	if same, err := t.sameCaller(origin.Call, c); err != nil || !same {
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

// sameCaller says whether two calls are one on different phones: the queue went on from the one to the other, or the caller was passed on.
func (t *tx) sameCaller(first crm.ID, c crm.Call) (bool, error) {
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
		end = c.Began // it rings, or they talk, on
	}
	if !from.Answered.IsZero() { // however long they talked
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
