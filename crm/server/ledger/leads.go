package ledger

import (
	"leadline/crm"
	"leadline/crm/wire"
)

// closedAt is a field of leads that only the server writes: when it was closed.
const closedAt = "closed_at"

// openLead is the open lead of one of the parties, other than except; the zero Key when there is none.
func (t *tx) openLead(parties []crm.Party, except crm.ID) (Key, error) {
	for _, p := range parties {
		if open, err := t.openLeadOf(p.Key(), except); err != nil || !open.None() {
			return open, err
		}
	}
	return Key{}, nil
}

func (t *tx) openLeadOf(peer string, except crm.ID) (Key, error) {
	if peer == "" {
		return Key{}, nil
	}
	keys, err := t.peer(peer)
	if err != nil {
		return Key{}, err
	}
	for _, k := range keys {
		if k.Entity != wire.Lead || k.ID == except {
			continue
		}
		r, err := t.row(k)
		if err != nil {
			return Key{}, err
		}
		if r.Open() {
			return k, nil
		}
	}
	return Key{}, nil
}

func isOpen(r *Row) bool { return field[crm.LeadStatus](r, "status").Open() }

// putLead sets a lead, unless it would be the second open one with a number (B4).
func (t *tx) putLead(was, now *Row) error {
	if isOpen(now) {
		had := map[string]bool{}
		if was.live() && isOpen(was) {
			for _, peer := range peersOf(was, t.b.region) {
				had[peer] = true
			}
		}
		var more []crm.Party
		for _, p := range parties(field[[]crm.Number](now, "numbers"), field[[]string](now, "sip"), t.b.region) {
			if !had[p.Key()] {
				more = append(more, p)
			}
		}
		other, err := t.openLead(more, now.ID)
		if err != nil {
			return err
		}
		if !other.None() {
			return refuse(wire.RejectChanged, crm.OpenAlready)
		}
	}
	if err := t.put(now); err != nil {
		return err
	}
	return t.closing(now.Key)
}

// closing notes when a lead was closed.
func (t *tx) closing(k Key) error {
	r, err := t.row(k)
	if err != nil || !r.live() {
		return err
	}
	_, has := r.Fields[closedAt]
	if has != isOpen(r) {
		return nil
	}
	row := r.clone()
	if has {
		delete(row.Fields, closedAt)
	} else {
		row.Fields[closedAt] = raw(t.at.Time().UTC())
	}
	return t.put(row)
}

// setLeadStatus sets the status of a lead that still has the one which the program saw.
func (t *tx) setLeadStatus(c crm.SetLeadStatus) error {
	if c.From == crm.LeadConverted && c.To != crm.LeadConverted {
		return crm.Invalid{Text: crm.Say(crm.ConvertedStays)}
	}
	k, err := t.root(Key{wire.Lead, c.Lead})
	if err != nil {
		return err
	}
	if k.Entity != wire.Lead {
		return refuse(wire.RejectGone, crm.WasKnown)
	}
	return t.expected(k, "status", raw(c.From), raw(c.To), crm.ChangedStatus)
}

// setDealStage sets the stage of a deal that still has the one which the program saw.
func (t *tx) setDealStage(c crm.SetDealStage) error {
	return t.expected(Key{wire.Deal, c.Deal}, "stage", raw(c.From), raw(c.To), crm.ChangedStatus)
}

// assign makes another user responsible for a record, if the one still is whom the program saw.
func (t *tx) assign(a crm.Assign) error {
	k, err := t.root(KeyOf(a.Ref))
	if err != nil {
		return err
	}
	if k.Entity != wire.EntityOf(a.Ref.Kind) {
		return nil // the call's lead was not made: the caller is a customer, who keeps the responsible (D2)
	}
	return t.expected(k, "responsible", raw(a.From), raw(a.To), crm.ChangedHands)
}

// expected sets a field that still has the value which the program saw.
func (t *tx) expected(k Key, name string, from, to []byte, otherwise string) error {
	was, err := t.current(k)
	if err != nil || was == nil {
		return err
	}
	now := was.Fields[name]
	if same(now, to) || string(to) == `""` && isNull(now) {
		return nil // it has that value already
	}
	if !same(now, from) && !(string(from) == `""` && isNull(now)) {
		return refuse(wire.RejectChanged, otherwise, "name", t.nameOf(field[crm.ID](was, "changed_by")), "value", field[string](was, name))
	}
	row := was.clone()
	row.Fields[name] = to
	if string(to) == `""` {
		delete(row.Fields, name)
	}
	row.Stamps[name] = max(t.at, row.Stamps[name])
	t.signed(row)
	if k.Entity == wire.Lead {
		return t.putLead(was, row)
	}
	return t.put(row)
}

// nameOf is a user's name; "" when there is none.
func (t *tx) nameOf(user crm.ID) string {
	r, err := t.row(Key{wire.User, user})
	if err != nil {
		return ""
	}
	return field[string](r, "name")
}
