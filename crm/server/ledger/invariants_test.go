package ledger

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"leadline/crm"
	"leadline/crm/wire"
)

// programs do at random what agents do, each knowing only what it knows.
type programs struct {
	*company
	rt       *rapid.T
	numbers  []string
	contacts []crm.Ref
	leads    []crm.Ref
	calls    []crm.ID
	excepted bool
}

func (p *programs) user() Sender {
	return p.as(rapid.SampledFrom([]crm.ID{p.anna, p.ben, p.admin}).Draw(p.rt, "user"))
}

func (p *programs) number() string { return rapid.SampledFrom(p.numbers).Draw(p.rt, "number") }

// any draws one of the records; false when there is none yet.
func (p *programs) any(refs []crm.Ref, what string) (crm.Ref, bool) {
	if len(refs) == 0 {
		return crm.Ref{}, false
	}
	return rapid.SampledFrom(refs).Draw(p.rt, what), true
}

// send has a command done some time after it was given, as from a program that was offline; only a refusal is allowed.
func (p *programs) send(from Sender, change crm.Change) bool {
	p.now = p.now.Add(time.Second)
	late := time.Duration(rapid.IntRange(0, 20).Draw(p.rt, "late")) * time.Second
	err := p.tryAt(from, change, p.now.Add(-late))
	if _, refused := err.(*Refusal); err != nil && !refused {
		p.rt.Fatalf("%s: %v", change.CommandName(), err)
	}
	return err == nil
}

func (p *programs) ringAt(from Sender) {
	peer := p.number()
	generation := rapid.IntRange(1, 4).Draw(p.rt, "generation")
	began := p.now.Add(-time.Duration(rapid.IntRange(0, 20).Draw(p.rt, "ago")) * time.Second)
	party := crm.Parse(peer, "DE")
	lead := crm.Lead{ID: crm.LeadID(workspaceKey, peer, generation), Status: crm.LeadNew, Numbers: phone(peer), Origin: crm.Origin{Call: p.id()}, Created: began}
	ensure := crm.EnsureLead{Lead: lead, Peer: peer, Generation: generation}
	call := crm.Call{ID: lead.Origin.Call, Party: party, Began: began, Agent: from.User, Refs: []crm.Ref{leadRef(lead.ID)}}
	if rapid.Bool().Draw(p.rt, "simple") {
		convert := lead.Convert(crm.Conversion{Kinds: []crm.Kind{crm.KindContact, crm.KindDeal}, NewID: func(k crm.Kind) crm.ID { return crm.ConvertedID(lead.ID, k) }})
		ensure.Convert = &convert
		call.Refs = append(convert.Refs(), call.Refs...)
		p.contacts = union(p.contacts, convert.Refs()[:1])
	}
	p.leads = union(p.leads, []crm.Ref{leadRef(lead.ID)})
	if !p.send(from, ensure) || !p.send(from, crm.BeginCall{Call: call}) {
		p.rt.Fatal("a call was refused")
	}
	p.calls = append(p.calls, call.ID)
	if got := get[crm.Call](p.company, wire.Call, call.ID); len(got.Refs) == 0 && !p.excepted && !p.wasRemoved(peer) {
		p.rt.Fatalf("the call of %s is saved on nothing", peer)
	}
}

// wasRemoved says whether a lead of the number was taken away: a call from before that is saved on nothing.
func (p *programs) wasRemoved(peer string) bool {
	for generation := range 8 {
		if r := p.m.rows[Key{wire.Lead, crm.LeadID(workspaceKey, peer, generation)}]; r != nil && r.Deleted {
			return true
		}
	}
	return false
}

func (p *programs) step(*rapid.T) {
	from := p.user()
	steps := []func(){
		func() { p.ringAt(from) },
		func() {
			id := p.id()
			p.send(from, crm.CreateContact{Contact: crm.Contact{ID: id, LastName: "X", Numbers: phone(p.number())}})
			p.contacts = append(p.contacts, crm.Ref{Kind: crm.KindContact, ID: id})
		},
		func() {
			id := p.id()
			p.send(from, crm.CreateLead{Lead: crm.Lead{ID: id, Numbers: phone(p.number())}})
			p.leads = append(p.leads, leadRef(id))
		},
		func() { p.changeLead(from) },
		func() { p.mergeTwo(from) },
		func() {
			if r, ok := p.any(append(slices.Clone(p.contacts), p.leads...), "removed"); ok {
				instead, _ := p.any(p.contacts, "instead")
				p.send(from, crm.RemoveRecord{Ref: r, Instead: instead})
			}
		},
		func() {
			if r, ok := p.any(p.contacts, "back"); ok {
				p.send(from, crm.CreateContact{Contact: crm.Contact{ID: r.ID, LastName: "back", Numbers: phone(p.number())}})
			}
		},
		func() {
			r, ok := p.any(append(slices.Clone(p.contacts), p.leads...), "noted")
			if ok {
				p.send(from, crm.SaveRecordNote{Note: crm.Note{ID: p.id(), Ref: r, Text: "x"}})
			}
		},
		func() {
			if r, ok := p.any(p.contacts, "linked"); ok && len(p.calls) > 0 {
				p.send(p.as(p.admin), crm.LinkCall{Call: rapid.SampledFrom(p.calls).Draw(p.rt, "call"), Refs: []crm.Ref{r}})
			}
		},
	}
	rapid.SampledFrom(steps).Draw(p.rt, "step")()
}

func (p *programs) changeLead(from Sender) {
	r, ok := p.any(p.leads, "lead")
	if !ok {
		return
	}
	to := rapid.SampledFrom([]crm.LeadStatus{crm.LeadNew, crm.LeadJunk}).Draw(p.rt, "to")
	switch rapid.IntRange(0, 3).Draw(p.rt, "how") {
	case 0:
		p.send(from, crm.SetLeadStatus{Lead: r.ID, From: crm.LeadNew, To: crm.LeadJunk})
	case 1:
		p.send(from, crm.SetLeadStatus{Lead: r.ID, From: crm.LeadJunk, To: crm.LeadNew})
	case 2:
		p.send(from, set(r, "status", string(to)))
	case 3:
		p.send(from, crm.UpdateRecord{Ref: r, Add: map[string][]any{"numbers": {phone(p.number())[0]}}})
	}
}

func (p *programs) mergeTwo(from Sender) {
	refs := p.leads
	if rapid.Bool().Draw(p.rt, "contacts") {
		refs = p.contacts
	}
	keep, ok := p.any(refs, "keep")
	if !ok {
		return
	}
	gone, _ := p.any(refs, "gone")
	do := crm.MergeRecords{Keep: keep, Gone: gone}
	if keep.Kind == crm.KindLead {
		do.Lead = &crm.Lead{ID: keep.ID, LastName: "merged", Status: crm.LeadNew}
	} else {
		do.Contact = &crm.Contact{ID: keep.ID, LastName: "merged"}
	}
	p.send(from, do)
}

// check holds the workspace to what the server promises.
func (p *programs) check(*rapid.T) {
	for _, peer := range p.numbers {
		open := p.openLeads(peer)
		if len(open) > 1 {
			p.rt.Fatalf("open leads of %s: %v", peer, open)
		}
		counted := field[crm.ID](p.m.rows[Key{wire.Number, crm.NumberID(peer)}], "open_lead")
		if len(open) == 1 && counted != open[0] || len(open) == 0 && counted != "" {
			p.rt.Fatalf("%s: open %v, counted %q", peer, open, counted)
		}
	}
	for k, r := range p.m.rows {
		if !r.live() {
			continue
		}
		for _, parent := range parentsOf(r) {
			there := p.m.rows[parent]
			if parent.Entity != wire.Pipeline && !there.live() {
				p.rt.Fatalf("%s %s points to %s %s, which is not there", k.Entity, k.ID, parent.Entity, parent.ID)
			}
			if k.Entity == wire.Alias && p.m.rows[Key{wire.Alias, parent.ID}].live() {
				p.rt.Fatalf("an alias of an alias: %s, %s", k.ID, parent.ID)
			}
		}
		if _, became := r.Fields["became"]; became && k.Entity != wire.Lead {
			p.rt.Fatalf("%s %s became something, as a lead does: %s", k.Entity, k.ID, r.Fields["became"])
		}
		if _, status := r.Fields["status"]; status && recorded[k.Entity] && k.Entity != wire.Lead {
			p.rt.Fatalf("%s %s has the status of a lead: %s", k.Entity, k.ID, r.Fields["status"])
		}
		if k.Entity == wire.Alias && p.m.rows[Key{aliasOf(r).Entity, k.ID}].live() {
			p.rt.Fatalf("%s is a record and an alias", k.ID)
		}
	}
}

// Whatever programs do, in whatever order and however late: one open lead of a number, no alias of
// an alias, nothing that points to what is not there.
func TestB4WhateverProgramsDoRapid(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p := &programs{company: newCompany(t), rt: rt, numbers: []string{number, "+49301111111"}}
		if rapid.Bool().Draw(rt, "repeat leads") {
			p.repeatLeads()
		}
		rt.Repeat(map[string]func(*rapid.T){"step": p.step, "": p.check})
	})
}
