package ledger

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/wire"
)

// memory is a workspace without a database.
type memory struct {
	rows     map[Key]*Row
	peers    map[string]map[Key]bool
	children map[Key]map[Key]bool
}

func (m *memory) Row(k Key) (*Row, error)       { return m.rows[k], nil }
func (m *memory) Peer(p string) ([]Key, error)  { return members(m.peers[p]), nil }
func (m *memory) Children(k Key) ([]Key, error) { return members(m.children[k]), nil }
func (m *memory) All(entity wire.Entity) (all []*Row, _ error) {
	for k, r := range m.rows {
		if k.Entity == entity && r.live() {
			all = append(all, r)
		}
	}
	return all, nil
}

func members(set map[Key]bool) (keys []Key) {
	for k, there := range set {
		if there {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, compareKeys)
	return keys
}

func (m *memory) commit(c Changed) {
	maps.Copy(m.rows, c.Rows)
	merge(m.peers, c.Peers)
	merge(m.children, c.Children)
}

// company is a workspace under test with its people.
type company struct {
	t     testing.TB
	m     *memory
	batch *Batch
	now   time.Time
	ids   int
	admin crm.ID
	anna  crm.ID // an agent
	ben   crm.ID // another
}

var workspaceKey = []byte("the secret of a workspace")

func newCompany(t testing.TB) *company {
	c := &company{t: t, now: time.Date(2026, 11, 25, 10, 0, 0, 0, time.UTC),
		m: &memory{map[Key]*Row{}, map[string]map[Key]bool{}, map[Key]map[Key]bool{}}}
	c.next()
	c.admin, c.anna, c.ben = c.id(), c.id(), c.id()
	c.do(Sender{System: true}, crm.SaveUser{User: crm.User{ID: c.admin, Name: "Ada", Extension: "100", Roles: []crm.ID{crm.Administrator}}})
	c.do(Sender{System: true}, crm.SaveUser{User: crm.User{ID: c.anna, Name: "Anna", Extension: "101", Department: "Sales"}})
	c.do(Sender{System: true}, crm.SaveUser{User: crm.User{ID: c.ben, Name: "Ben", Extension: "102", Department: "Sales"}})
	return c
}

// next begins a new batch: what was done is committed.
func (c *company) next() {
	if c.batch != nil {
		c.m.commit(c.batch.Changed())
	}
	c.batch = NewBatch(c.m, workspaceKey, "DE")
}

func (c *company) id() crm.ID {
	c.ids++
	return crm.ID(fmt.Sprintf("00000000-0000-7000-8000-%012d", c.ids))
}

// try does a change a second after the one before, in a batch of its own.
func (c *company) try(from Sender, change crm.Change) error {
	c.now = c.now.Add(time.Second)
	return c.tryAt(from, change, c.now)
}

func (c *company) tryAt(from Sender, change crm.Change, at time.Time) error {
	_, err := c.batch.Apply(from, crm.Command{ID: c.id(), At: crm.HLC(at.UnixMilli()) << 16, Change: change}, c.now)
	c.next()
	return err
}

func (c *company) do(from Sender, change crm.Change) {
	c.t.Helper()
	if err := c.try(from, change); err != nil {
		c.t.Fatalf("%s: %v", change.CommandName(), err)
	}
}

// refused expects that a change is refused.
func (c *company) refused(code wire.Reject, err error) {
	c.t.Helper()
	var r *Refusal
	if !errors.As(err, &r) || r.Code != code {
		c.t.Errorf("got %v, want a refusal %q", err, code)
	}
}

func (c *company) as(user crm.ID) Sender { return Sender{User: user} }

func get[T any](c *company, entity wire.Entity, id crm.ID) T {
	c.t.Helper()
	r := c.m.rows[Key{entity, id}]
	if !r.live() {
		c.t.Fatalf("%s %s is not there", entity, id)
	}
	v, err := Read[T](r)
	if err != nil {
		c.t.Fatal(err)
	}
	return v
}

func (c *company) gone(entity wire.Entity, id crm.ID) bool { return !c.m.rows[Key{entity, id}].live() }

const number = "+493020948812"

func phone(written string) []crm.Number {
	return []crm.Number{crm.Parse(written, "DE").Number(crm.LabelWork)}
}

// ring is what a program sends of an incoming call for which it makes a lead.
func (c *company) ring(user crm.ID, generation int, began time.Time) (ensure crm.EnsureLead, call crm.BeginCall) {
	lead := crm.LeadID(workspaceKey, number, generation)
	id := c.id()
	ensure = crm.EnsureLead{Peer: number, Generation: generation, Lead: crm.Lead{ID: lead, Status: crm.LeadNew, Numbers: phone(number),
		Origin: crm.Origin{Call: id, Reason: crm.Say(crm.ReasonNewLead)}, Responsible: user, Created: began, Updated: began}}
	call = crm.BeginCall{Call: crm.Call{ID: id, Direction: crm.Incoming, Party: crm.Parse(number, "DE"), Began: began, Agent: user,
		Refs: []crm.Ref{{Kind: crm.KindLead, ID: lead}}}}
	return ensure, call
}

// rings has a call come in at a program, and tells on what it is saved.
func (c *company) rings(user crm.ID, generation int, began time.Time) []crm.Ref {
	c.t.Helper()
	ensure, call := c.ring(user, generation, began)
	c.do(c.as(user), ensure)
	c.do(c.as(user), call)
	return get[crm.Call](c, wire.Call, call.ID).Refs
}

// openLeads are the open leads of a number.
func (c *company) openLeads(peer string) (open []crm.ID) {
	for _, k := range members(c.m.peers[peer]) {
		if c.m.rows[k].Open() {
			open = append(open, k.ID)
		}
	}
	return open
}
