package ledger

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"leadline/crm"
	"leadline/crm/wire"
)

// Erased is an entity of the server's own: a keyed hash of a number or an address of a person who was erased, so that
// an import does not bring them back. Its id is the hash.
const Erased wire.Entity = "erased"

// Erasing is what erasing a person did.
type Erasing struct {
	Changed    []Key
	Refs       []crm.Ref // the records that were theirs, for the programs
	Hung       []Key     // calls, notes, follow-ups and deals of theirs, and the hashes of their numbers and addresses
	Recordings []crm.ID  // by crm.RecordingID
}

// ofPerson are the fields of calls and deals that may tell of the person.
var ofPerson = map[wire.Entity][]string{
	wire.Call: {"party", "note", "detail", "recordings", "uploaded", "reason", "result"},
	wire.Deal: {"title", "comment", "fields"},
}

// Subjects are the records of a person: those named, what was merged into them, and the leads that
// are nobody else's. Identifiers are the numbers, addresses and ids by which the person can be found in texts.
func (b *Batch) Subjects(refs []crm.Ref) (subjects []Key, identifiers []string, err error) {
	t := &tx{b: b, state: newState(), from: Sender{System: true}}
	for _, r := range refs {
		k, err := t.root(KeyOf(r))
		if err != nil {
			return nil, nil, err
		}
		subjects = union(subjects, []Key{k})
	}
	for _, k := range slices.Clone(subjects) {
		more, err := t.sameLeads(k, subjects)
		if err != nil {
			return nil, nil, err
		}
		subjects = union(subjects, more)
	}
	for _, k := range slices.Clone(subjects) {
		children, err := t.childrenOf(k)
		if err != nil {
			return nil, nil, err
		}
		for _, c := range children {
			if c.Entity == wire.Alias {
				subjects = union(subjects, []Key{{k.Entity, c.ID}})
			}
		}
	}
	for _, k := range subjects {
		r, err := t.row(k)
		if err != nil {
			return nil, nil, err
		}
		identifiers = union(identifiers, append(slices.DeleteFunc(identifiersOf(r, b.region), func(w string) bool { return !identifies(w) }), string(k.ID)))
	}
	return subjects, identifiers, nil
}

// sameLeads are the leads with a number of the record that no other customer has.
func (t *tx) sameLeads(k Key, subjects []Key) (leads []Key, err error) {
	r, err := t.row(k)
	if err != nil {
		return nil, err
	}
	for _, peer := range peersOf(r, t.b.region) {
		keys, err := t.peer(peer)
		if err != nil {
			return nil, err
		}
		others := slices.ContainsFunc(keys, func(o Key) bool {
			return (o.Entity == wire.Contact || o.Entity == wire.Company) && !slices.Contains(subjects, o)
		})
		for _, o := range keys {
			if o.Entity == wire.Lead && !others {
				leads = append(leads, o)
			}
		}
	}
	return leads, nil
}

// identifiersOf are the numbers and addresses of a record, as texts have them.
func identifiersOf(r *Row, region string) (identifiers []string) {
	if r == nil {
		return nil
	}
	for _, p := range parties(field[[]crm.Number](r, "numbers"), field[[]string](r, "sip"), region) {
		if p.Kind == crm.Phone || p.Kind == crm.SIPAddress {
			identifiers = append(identifiers, strings.TrimPrefix(p.DialString(), "+"))
		}
	}
	for _, e := range field[[]crm.Email](r, "emails") {
		identifiers = append(identifiers, e.Address)
	}
	return slices.DeleteFunc(identifiers, func(w string) bool { return w == "" })
}

// leastIdentifier is how many bytes a number or address needs to be searched for in texts: with "@" as a person's address, everybody would be
// erased.
const leastIdentifier = 6

// identifies says whether a number or address is long enough that a text which contains it is about its person.
func identifies(identifier string) bool { return len(identifier) >= leastIdentifier }

// Erase blanks the records of a person, and the calls, notes, follow-ups and deals of theirs. others are further rows to look at: those
// that mention the person, and those that an erasure which is repeated after a restore had blanked.
func (b *Batch) Erase(subjects, others []Key, now time.Time) (done Erasing, err error) {
	at := crm.HLC(now.UnixMilli()) << 16
	t := &tx{b: b, state: newState(), from: Sender{System: true}, at: at, latest: at}
	var keys []Key
	for _, k := range subjects {
		children, err := t.childrenOf(k)
		if err != nil {
			return done, err
		}
		keys = union(keys, children)
		done.Refs = append(done.Refs, k.Ref())
	}
	keys = union(keys, others)
	for _, k := range keys {
		if err := t.blankChild(k, subjects, &done); err != nil {
			return done, err
		}
		if personal[k.Entity] {
			done.Hung = append(done.Hung, k)
		}
	}
	var peers []string
	for _, k := range subjects {
		r, err := t.row(k)
		if err != nil {
			return done, err
		}
		peers = union(peers, peersOf(r, b.region))
		if err := t.blankSubject(k, r); err != nil {
			return done, err
		}
	}
	for _, peer := range peers { // after the leads: blanking one writes the row of its number again
		for _, entity := range []wire.Entity{wire.Number, Rang} {
			if err := t.blank(Key{entity, crm.NumberID(peer)}); err != nil {
				return done, err
			}
		}
	}
	for k := range t.changed {
		if k.Entity == Erased {
			done.Hung = union(done.Hung, []Key{k})
		}
	}
	slices.SortFunc(done.Hung, compareKeys)
	done.Changed = b.keep(t)
	return done, nil
}

// personal are the entities whose rows say something about the person whom they belong to.
var personal = map[wire.Entity]bool{wire.Call: true, wire.Note: true, wire.FollowUp: true, wire.Deal: true}

// blankSubject blanks a record of the person, and leaves a tombstone and keyed hashes of its numbers and addresses.
func (t *tx) blankSubject(k Key, r *Row) error {
	for _, identifier := range identifiersOf(r, t.b.region) {
		if err := t.put(&Row{Key: t.b.erased(identifier)}); err != nil {
			return err
		}
	}
	return t.blank(k)
}

// blank makes a row a tombstone without any field.
func (t *tx) blank(k Key) error {
	return t.put(&Row{Key: k, Deleted: true, Fields: map[string]json.RawMessage{}, Stamps: map[string]crm.HLC{gone: t.at, wiped: t.at}})
}

// withoutPerson takes the person out of a call or a deal.
func (t *tx) withoutPerson(row *Row) *Row {
	for _, name := range ofPerson[row.Entity] {
		delete(row.Fields, name)
		row.Stamps[name] = t.at // earlier changes that a program has yet to send are then dropped
	}
	if row.Entity == wire.Call {
		row.Fields["party"] = json.RawMessage("{}")
	}
	row.Stamps[wiped] = t.at
	return row
}

// createWithoutPerson adds a call or a deal with somebody who was erased before it came.
func (t *tx) createWithoutPerson(k Key, v any) error {
	fields, err := fieldsOf(v)
	if err != nil {
		return err
	}
	row := t.withoutPerson((&Row{Key: k, Fields: fields}).clone())
	t.sign(row)
	return t.put(row)
}

// blankChild takes the person out of a call or deal that refers to a record of theirs, and blanks their notes and follow-ups.
func (t *tx) blankChild(k Key, subjects []Key, done *Erasing) error {
	r, err := t.row(k)
	if err != nil {
		return err
	}
	switch {
	case k.Entity == Erased:
		return t.put(&Row{Key: k})
	case r == nil || r.Deleted, k.Entity == wire.Note, k.Entity == wire.FollowUp, k.Entity == wire.Alias, k.Entity == Known:
		return t.blank(k)
	case k.Entity == wire.Call:
		done.Recordings = append(done.Recordings, r.RecordingsOf()...)
		row := t.withoutPerson(r.clone())
		refs := slices.DeleteFunc(field[[]crm.Ref](r, "refs"), func(ref crm.Ref) bool { return slices.Contains(subjects, KeyOf(ref)) })
		row.Fields["refs"] = raw(append([]crm.Ref{}, refs...))
		return t.put(row)
	}
	row := r.clone()
	if k.Entity == wire.Deal {
		row = t.withoutPerson(row)
	}
	for _, name := range []string{"contact", "company", "lead"} {
		if slices.Contains(subjects, Key{wire.Entity(name), field[crm.ID](row, name)}) {
			delete(row.Fields, name)
		}
	}
	return t.put(row)
}

// erased is the key of the hash of a number or address.
func (b *Batch) erased(identifier string) Key {
	h := hmac.New(sha256.New, b.key)
	h.Write([]byte("erased " + strings.ToLower(identifier)))
	var u uuid.UUID
	copy(u[:], h.Sum(nil))
	u[6], u[8] = u[6]&0x0f|0x80, u[8]&0x3f|0x80
	return Key{Erased, crm.ID(u.String())}
}

// wasErased says whether somebody with one of these numbers or addresses was erased.
func (t *tx) wasErased(v any) (bool, error) {
	fields, err := fieldsOf(v)
	if err != nil {
		return false, err
	}
	for _, identifier := range identifiersOf(&Row{Fields: fields}, t.b.region) {
		r, err := t.row(t.b.erased(identifier))
		if err != nil || r.live() {
			return err == nil, err
		}
	}
	return false, nil
}
