package ledger

import (
	"slices"

	"leadline/crm"
	"leadline/crm/wire"
)

// Memory is what Rows may have besides: it remembers what follows from users and roles alone, as long as these do not change.
type Memory interface {
	Remember(key any, find func() (any, error)) (any, error)
}

// RightsOf is a user with their rights, by the roles as they are committed. The zero User has none.
func RightsOf(rows Rows, user crm.ID) (crm.User, crm.Rights, error) {
	t := &tx{b: NewBatch(rows, nil, ""), state: newState(), from: Sender{User: user}}
	p, err := t.person(user)
	return p.user, p.rights, err
}

// may are the sender's rights, by the roles as they are in the database now (G2).
func (t *tx) may() (crm.Rights, error) {
	if t.from.System {
		return crm.AllRights, nil
	}
	if rights, ok := t.b.rights[t.from.User]; ok {
		return rights, nil
	}
	p, err := t.person(t.from.User)
	if err == nil && p.user.ID != "" {
		t.b.rights[p.user.ID] = p.rights
	}
	return p.rights, err
}

// person is a user with their rights; the zero person has none.
type person struct {
	user   crm.User
	rights crm.Rights
}

// personKey is the key of a person in Memory.
type personKey crm.ID

func (t *tx) person(id crm.ID) (p person, err error) {
	memory, ok := t.b.rows.(Memory)
	if !ok || t.b.people || len(t.changed) > 0 {
		return t.findPerson(id)
	}
	found, err := memory.Remember(personKey(id), func() (any, error) { return t.findPerson(id) })
	if err != nil {
		return person{}, err
	}
	return found.(person), nil
}

func (t *tx) findPerson(id crm.ID) (p person, err error) {
	if p.user, err = t.user(id); err != nil || p.user.ID == "" {
		return p, err
	}
	p.rights, err = t.rightsOf(p.user)
	return p, err
}

func (t *tx) rightsOf(u crm.User) (crm.Rights, error) {
	roles, err := t.roles()
	return crm.RightsOf(u, roles), err
}

// roles are the standard roles, as they were changed, and the company's own.
func (t *tx) roles() ([]crm.Role, error) {
	rows, err := t.all(wire.Role)
	all := crm.StandardRoles()
	for _, r := range rows {
		own, err := Read[crm.Role](r)
		if err != nil {
			return nil, err
		}
		if i := slices.IndexFunc(all, func(s crm.Role) bool { return s.ID == own.ID }); i >= 0 {
			all[i] = own
		} else {
			all = append(all, own)
		}
	}
	return all, err
}

// user is a user; the zero User when there is none.
func (t *tx) user(id crm.ID) (crm.User, error) {
	r, err := t.row(Key{wire.User, id})
	if err != nil || !r.live() {
		return crm.User{}, err
	}
	return Read[crm.User](r)
}

// allow refuses a change that the sender's rights do not cover.
func (t *tx) allow(c crm.Change) error {
	rights, err := t.may()
	if err != nil {
		return err
	}
	if rights == (crm.Rights{}) { // the user has left, or there is none
		return refuse(wire.RejectNotAllowed, crm.NoRight)
	}
	switch do := c.(type) {
	case crm.SaveLine, crm.SaveQueue:
		return allowed(rights.Lines)
	case crm.SaveUser:
		return t.allowUser(rights, do.User)
	case crm.TelephonesChanged:
		return allowed(t.from.System)
	case crm.SaveRole:
		return t.allowRole(rights, do.Role)
	case crm.RemoveSetup:
		return t.allowRemoveSetup(rights, do)
	case crm.AddEntries:
		return t.allowEntries(rights, do.Entries)
	case crm.SaveWorkspace, crm.SavePipeline, crm.SaveField, crm.RemoveEntries:
		return allowed(rights.Settings)
	case crm.BeginCall:
		return t.allowCall(rights, do.Agent)
	case crm.UpdateCall:
		return t.allowOfCall(rights, do.ID)
	case crm.EndCall:
		return t.allowOfCall(rights, do.ID)
	case crm.SaveNote:
		return t.allowOfCall(rights, do.Call)
	case crm.SaveRecordNote:
		return t.allowNote(rights, do.Note)
	case crm.LinkCall:
		return t.allowOfCall(rights, do.Call)
	case crm.SaveRecordings:
		return t.allowOfCall(rights, do.Call)
	case crm.RecordingUploaded:
		return allowed(t.from.System)
	case crm.RemoveRecordings:
		return t.allowRemoveRecordings(rights, do.Call)
	case crm.SaveQuality:
		return t.allowOfCall(rights, do.Call)
	}
	return nil
}

// allowEntries lets everybody add a caller to the exceptions, which the call window offers (E2); ranges of numbers, the
// blacklist (E3) and what is there already are for who changes settings.
func (t *tx) allowEntries(rights crm.Rights, entries []crm.Entry) error {
	if rights.Settings {
		return nil
	}
	for _, e := range entries {
		was, err := t.row(Key{wire.Entry, e.ID})
		if err != nil {
			return err
		}
		if e.List != crm.Exceptions || e.Prefix || was.live() && !sameEntry(was, e) {
			return refuse(wire.RejectNotAllowed, crm.NoRight)
		}
	}
	return allowed(len(entries) > 0)
}

func sameEntry(was *Row, e crm.Entry) bool {
	had, err := Read[crm.Entry](was)
	return err == nil && had == e
}

func allowed(yes bool) error {
	if yes {
		return nil
	}
	return refuse(wire.RejectNotAllowed, crm.NoRight)
}

func (t *tx) allowRemoveSetup(rights crm.Rights, r crm.RemoveSetup) error {
	switch r.Kind {
	case crm.SetupLine, crm.SetupQueue:
		return allowed(rights.Lines)
	case crm.SetupRole:
		return allowed(rights.Users)
	}
	return allowed(rights.Settings)
}

// allowUser refuses a change of a user that gives more rights than the sender has, takes rights from somebody who has more, or leaves the
// company without an administrator.
func (t *tx) allowUser(rights crm.Rights, u crm.User) error {
	if !rights.Users {
		return refuse(wire.RejectNotAllowed, crm.NoRight)
	}
	was, err := t.user(u.ID)
	if err != nil {
		return err
	}
	for _, who := range []crm.User{was, u} {
		if who.ID == "" {
			continue
		}
		has, err := t.rightsOf(who)
		if err != nil {
			return err
		}
		if !rights.Cover(has) {
			return refuse(wire.RejectNotAllowed, crm.GiveLess)
		}
	}
	if t.from.System {
		return nil
	}
	users, err := t.all(wire.User)
	if err != nil {
		return err
	}
	all := make([]crm.User, len(users))
	for i, r := range users {
		if all[i], err = Read[crm.User](r); err != nil {
			return err
		}
	}
	if why := crm.WhyUserStays(t.from.User, was, u, all); why != "" {
		return refuse(wire.RejectNotAllowed, why)
	}
	return nil
}

// allowRole refuses a role with rights that the sender lacks.
func (t *tx) allowRole(rights crm.Rights, r crm.Role) error {
	if !rights.Users {
		return refuse(wire.RejectNotAllowed, crm.NoRight)
	}
	was, err := t.row(Key{wire.Role, r.ID})
	if err != nil {
		return err
	}
	old, err := Read[crm.Role](was)
	if err != nil {
		return err
	}
	if !rights.Cover(r.Rights) || !rights.Cover(old.Rights) {
		return refuse(wire.RejectNotAllowed, crm.GiveLess)
	}
	return nil
}

// allowCall refuses changes to the calls of an agent that the sender may not see.
func (t *tx) allowCall(rights crm.Rights, agent crm.ID) error {
	if agent == "" || agent == t.from.User || t.from.System {
		return nil
	}
	owner, err := t.user(agent)
	if err != nil || owner.ID == "" { // made before the program was signed in
		return err
	}
	me, err := t.user(t.from.User)
	if err != nil {
		return err
	}
	return allowed(rights.SeeCalls.Includes(me, owner))
}

// allowNote lets everybody write notes, and change or take away those that crm.Note says. With its record a note goes elsewhere
// by whoever does that: its words stay.
func (t *tx) allowNote(rights crm.Rights, n crm.Note) error {
	was, err := t.row(Key{wire.Note, n.ID})
	if err != nil || !was.live() {
		return err
	}
	had, err := Read[crm.Note](was)
	if err != nil {
		return err
	}
	if n.Empty() {
		return allowed(had.MayRemove(t.from.User, rights))
	}
	hung := had
	hung.Ref = n.Ref
	return allowed(t.from.System || had.MayEdit(t.from.User) || same(raw(hung), raw(n)))
}

func (t *tx) allowOfCall(rights crm.Rights, call crm.ID) error {
	r, err := t.row(Key{wire.Call, call})
	if err != nil || r == nil {
		return err
	}
	return t.allowCall(rights, field[crm.ID](r, "agent"))
}
