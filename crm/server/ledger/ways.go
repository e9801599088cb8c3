package ledger

import (
	"slices"
	"strings"

	"leadline/crm"
	"leadline/crm/wire"
)

// peersOf are the ways by which a row is found: its numbers and SIP addresses.
func peersOf(r *Row, region string) []string {
	if !r.live() {
		return nil
	}
	var peers []string
	add := func(p crm.Party) {
		if key := p.Key(); key != "" && !slices.Contains(peers, key) {
			peers = append(peers, key)
		}
	}
	switch r.Entity {
	case wire.Contact, wire.Company, wire.Lead:
		for _, p := range parties(field[[]crm.Number](r, "numbers"), field[[]string](r, "sip"), region) {
			add(p)
		}
	case wire.User:
		if field[bool](r, "left") {
			return nil
		}
		if extension := field[string](r, "extension"); extension != "" {
			add(crm.Party{Kind: crm.Internal, Short: extension})
			add(crm.Parse(extension, region)) // one as long as a national number is read as one
		}
		for _, p := range parties(field[[]crm.Number](r, "numbers"), nil, region) {
			add(p)
		}
	}
	return peers
}

// parties are who a record is when it calls. A number that a program did not understand is read again.
func parties(numbers []crm.Number, sip []string, region string) []crm.Party {
	var all []crm.Party
	for _, n := range numbers {
		p := n.Party()
		if p.Key() == "" {
			p = crm.Parse(n.Written, region)
		}
		all = append(all, p)
	}
	for _, a := range sip {
		all = append(all, crm.Parse("sip:"+strings.TrimPrefix(a, "sip:"), region))
	}
	return all
}

// parentsOf are what a row points to, so that it can be found from there.
func parentsOf(r *Row) []Key {
	if !r.live() {
		return nil
	}
	var parents []Key
	add := func(entity wire.Entity, id crm.ID) {
		k := Key{entity, id}
		if id != "" && !slices.Contains(parents, k) {
			parents = append(parents, k)
		}
	}
	switch r.Entity {
	case wire.Alias, Known:
		parents = append(parents, aliasOf(r))
	case wire.Contact:
		add(wire.Company, field[crm.ID](r, "company"))
	case wire.Deal:
		add(wire.Contact, field[crm.ID](r, "contact"))
		add(wire.Company, field[crm.ID](r, "company"))
		add(wire.Pipeline, field[crm.ID](r, "pipeline"))
	case wire.Call:
		for _, ref := range field[[]crm.Ref](r, "refs") {
			add(wire.EntityOf(ref.Kind), ref.ID)
		}
	case wire.Note, wire.FollowUp:
		ref := field[crm.Ref](r, "ref")
		add(wire.EntityOf(ref.Kind), ref.ID)
	}
	return parents
}

// Peers are the ways by which a row is found.
func (r *Row) Peers(region string) []string { return peersOf(r, region) }

// Open says whether the row is a lead that is worked on.
func (r *Row) Open() bool { return r.Entity == wire.Lead && r.live() && isOpen(r) }
