package ledger

import (
	"bytes"
	"slices"
	"strings"

	"leadline/crm"
	"leadline/crm/wire"
)

// peersOf are the numbers and SIP addresses by which a row is found, as crm.Party.Key writes them.
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
			add(crm.Parse(extension, region)) // a long extension is read as a national number
		}
		for _, p := range parties(field[[]crm.Number](r, "numbers"), nil, region) {
			add(p)
		}
	}
	return peers
}

// parties are the numbers and SIP addresses of a record as callers. A number that its program could not read is read again.
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

// parentsOf are the rows that a row refers to.
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

// linking are the fields that peersOf and parentsOf read.
var linking = map[wire.Entity][]string{
	wire.Contact: {"numbers", "sip", "company"}, wire.Company: {"numbers", "sip"}, wire.Lead: {"numbers", "sip"}, wire.User: {"left", "extension", "numbers"},
	wire.Deal: {"contact", "company", "pipeline"}, wire.Call: {"refs"}, wire.Note: {"ref"}, wire.FollowUp: {"ref"},
}

// linkedAlike says of two versions of a row that both are found in the same ways, without reading their fields: most changes are of others.
func linkedAlike(was, r *Row) bool {
	fields, known := linking[r.Entity]
	if !known || !was.live() || !r.live() {
		return false
	}
	for _, name := range fields {
		if !bytes.Equal(was.Fields[name], r.Fields[name]) {
			return false
		}
	}
	return true
}

// Peers are the numbers and SIP addresses by which the row is found, as crm.Party.Key writes them.
func (r *Row) Peers(region string) []string { return peersOf(r, region) }

// Open says whether the row is an open lead.
func (r *Row) Open() bool { return r.Entity == wire.Lead && r.live() && isOpen(r) }
