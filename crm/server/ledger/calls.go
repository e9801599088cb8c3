package ledger

import (
	"encoding/json"
	"slices"

	"leadline/crm"
	"leadline/crm/wire"
)

// beginCall adds a call, once. A call with a person who was erased before is added without the person (I4).
func (t *tx) beginCall(c crm.Call) error {
	k := Key{wire.Call, c.ID}
	r, err := t.row(k)
	if err != nil || r.live() || r != nil && !r.wiped() {
		return err
	}
	c.Uploaded = nil // only the server says which recordings it has
	if c.Refs, err = t.resolve(c.ID, c.Refs); err != nil {
		return err
	}
	if !t.about {
		return t.create(wire.Call, c.ID, c)
	}
	return t.createWithoutPerson(k, c)
}

// updateCall sets what has become known of a call while it goes on.
func (t *tx) updateCall(u crm.UpdateCall) error {
	fields := map[string]json.RawMessage{}
	if !u.Answered.IsZero() {
		fields["answered"] = raw(u.Answered)
	}
	if u.Result != nil {
		fields["result"] = raw(*u.Result)
	}
	if u.PassedTo != "" {
		fields["passed_to"] = raw(u.PassedTo)
	}
	if u.Reason != nil {
		fields["reason"] = raw(*u.Reason)
	}
	if u.Agent != "" {
		fields["agent"] = raw(u.Agent)
		if name := t.nameOf(u.Agent); name != "" {
			fields["agent_name"] = raw(name)
		}
	}
	if err := t.patch(Key{wire.Call, u.ID}, fields); err != nil {
		return err
	}
	if !u.Answered.IsZero() {
		if err := t.answeredHere(u.ID, u.Answered); err != nil {
			return err
		}
	}
	return t.handOver(u)
}

func (t *tx) endCall(e crm.EndCall) error {
	outcome, err := t.endedHere(e)
	if err != nil {
		return err
	}
	return t.patch(Key{wire.Call, e.ID}, map[string]json.RawMessage{"ended": raw(e.Ended), "outcome": raw(outcome), "detail": raw(e.Detail)})
}

func (t *tx) linkCall(l crm.LinkCall) error {
	refs, err := t.resolve(l.Call, l.Refs)
	if err != nil {
		return err
	}
	return t.patch(Key{wire.Call, l.Call}, map[string]json.RawMessage{"refs": raw(refs), "reason": raw(l.Reason)})
}

// redirect is what a Redirect row says: a call whose program saves it on From is saved on To.
type redirect struct {
	From []crm.Ref `json:"from"`
	To   []crm.Ref `json:"to"`
}

// resolve are the records that a call is to be saved on instead of those that its program names: redirects and merges are followed,
// records that are not there are left out.
func (t *tx) resolve(call crm.ID, refs []crm.Ref) ([]crm.Ref, error) {
	row, err := t.row(Key{Redirect, call})
	if err != nil {
		return nil, err
	}
	elsewhere, err := Read[redirect](row)
	if err != nil {
		return nil, err
	}
	resolved := []crm.Ref{}
	add := func(r crm.Ref) error {
		k, err := t.root(KeyOf(r))
		if err != nil {
			return err
		}
		there, err := t.row(k)
		if err != nil || !there.live() || slices.Contains(resolved, k.Ref()) {
			return err
		}
		resolved = append(resolved, k.Ref())
		return nil
	}
	for _, r := range refs {
		instead := []crm.Ref{r}
		if slices.Contains(elsewhere.From, r) {
			instead = elsewhere.To
		}
		for _, r := range instead {
			if err := add(r); err != nil {
				return nil, err
			}
		}
	}
	return t.onOneLead(resolved)
}

// onOneLead keeps only one lead among the records that a call is saved on: the open one, else the first. A program names two when it
// has heard of a number's next lead, and not yet that the one before was closed.
func (t *tx) onOneLead(refs []crm.Ref) ([]crm.Ref, error) {
	var on crm.Ref
	for _, r := range refs {
		if r.Kind != crm.KindLead {
			continue
		}
		lead, err := t.row(KeyOf(r))
		if err != nil {
			return nil, err
		}
		if open := field[crm.LeadStatus](lead, "status").Open(); on.None() || open {
			on = r
			if open {
				break
			}
		}
	}
	return slices.DeleteFunc(refs, func(r crm.Ref) bool { return r.Kind == crm.KindLead && r != on }), nil
}

// redirectCall saves a call on the records to instead of from, now if the call is there, else when it comes.
func (t *tx) redirectCall(call crm.ID, from, to []crm.Ref) error {
	if call == "" || slices.Equal(from, to) {
		return nil
	}
	k := Key{Redirect, call}
	if err := t.put(&Row{Key: k, Fields: map[string]json.RawMessage{"from": raw(from), "to": raw(to)}}); err != nil {
		return err
	}
	was, err := t.row(Key{wire.Call, call})
	if err != nil || !was.live() {
		return err
	}
	refs, err := t.resolve(call, field[[]crm.Ref](was, "refs"))
	if err != nil {
		return err
	}
	return t.rehang(was, refs)
}

// rehang saves a call on other records. It sets no stamp: it follows from what happened to the records, and a later choice of an agent
// is to win whatever its time.
func (t *tx) rehang(call *Row, refs []crm.Ref) error {
	row := call.clone()
	if same(row.Fields["refs"], raw(refs)) {
		return nil
	}
	row.Fields["refs"] = raw(refs)
	return t.put(row)
}
