package ledger

import (
	"slices"
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/wire"
)

func leadRef(id crm.ID) crm.Ref { return crm.Ref{Kind: crm.KindLead, ID: id} }

func leadOf(generation int) crm.ID { return crm.LeadID(workspaceKey, number, generation) }

// closeLead has a lead end as junk, and says when.
func (c *company) closeLead(id crm.ID) time.Time {
	c.t.Helper()
	c.do(c.as(c.anna), crm.SetLeadStatus{Lead: id, From: crm.LeadNew, To: crm.LeadJunk})
	return c.now
}

func (c *company) repeatLeads() {
	c.do(c.as(c.admin), crm.SaveWorkspace{Workspace: crm.Workspace{RepeatLeads: true}})
}

func (c *company) savedOn(refs []crm.Ref, want ...crm.Ref) {
	c.t.Helper()
	if !slices.Equal(refs, want) {
		c.t.Errorf("the call is saved on %v, want %v", refs, want)
	}
}

func TestB4FiftyProgramsRingAtOnce(t *testing.T) {
	c := newCompany(t)
	for i := range 50 {
		user := crm.ID(c.id())
		c.do(Sender{System: true}, crm.SaveUser{User: crm.User{ID: user, Name: "Agent"}})
		c.savedOn(c.rings(user, 1, c.now.Add(time.Duration(i)*time.Millisecond)), leadRef(leadOf(1)))
	}
	if open := c.openLeads(number); len(open) != 1 {
		t.Errorf("open leads %v, want one", open)
	}
}

func TestB4OpenLeadUnderAnotherID(t *testing.T) {
	c := newCompany(t)
	byHand := c.id()
	c.do(c.as(c.ben), crm.CreateLead{Lead: crm.Lead{ID: byHand, Status: crm.LeadNew, Numbers: phone("030 2094 8812")}})
	c.savedOn(c.rings(c.anna, 1, c.now), leadRef(byHand))
	if a := get[wire.AliasData](c, wire.Alias, leadOf(1)); a.New != byHand || a.Kind != crm.KindLead {
		t.Errorf("the id that the program gave does not stand for the open lead: %+v", a)
	}
	c.do(c.as(c.anna), crm.UpdateRecord{Ref: leadRef(leadOf(1)), Set: map[string]any{"last_name": "Meier"}})
	if l := get[crm.Lead](c, wire.Lead, byHand); l.LastName != "Meier" {
		t.Errorf("what was typed on the other id is lost: %+v", l)
	}
}

func TestB4CallBeforeTheClosingStaysOnTheClosedLead(t *testing.T) {
	c := newCompany(t)
	c.repeatLeads()
	c.rings(c.anna, 1, c.now)
	during := c.now
	c.closeLead(leadOf(1))
	c.savedOn(c.rings(c.ben, 1, during), leadRef(leadOf(1))) // was offline
	if open := c.openLeads(number); len(open) != 0 {
		t.Errorf("open leads %v, want none", open)
	}
}

func TestB4CallAfterTheClosingGetsTheNextLead(t *testing.T) {
	c := newCompany(t)
	c.repeatLeads()
	c.rings(c.anna, 1, c.now)
	closed := c.closeLead(leadOf(1))
	c.savedOn(c.rings(c.ben, 1, closed.Add(time.Minute)), leadRef(leadOf(2))) // knew nothing of the closing
	c.savedOn(c.rings(c.anna, 2, closed.Add(2*time.Minute)), leadRef(leadOf(2)))
	if c.gone(wire.Lead, leadOf(1)) || !c.gone(wire.Alias, leadOf(1)) {
		t.Error("the closed lead became an alias")
	}
	if n := get[wire.NumberData](c, wire.Number, crm.NumberID(number)); n.Generation != 2 || n.OpenLead != leadOf(2) {
		t.Errorf("the number is counted as %+v, want generation 2 with its lead open", n)
	}
	if !get[crm.Lead](c, wire.Lead, leadOf(2)).Repeat {
		t.Error("the second lead is not marked repeat (B6)")
	}
}

func TestB4StaleGenerationSkipsRowsAndAliases(t *testing.T) {
	c := newCompany(t)
	c.repeatLeads()
	c.rings(c.anna, 1, c.now)
	c.closeLead(leadOf(1))
	byHand := c.id()
	c.do(c.as(c.ben), crm.CreateLead{Lead: crm.Lead{ID: byHand, Status: crm.LeadNew, Numbers: phone(number)}})
	c.savedOn(c.rings(c.anna, 2, c.now), leadRef(byHand)) // generation 2 is an alias now
	c.closeLead(byHand)
	after := c.now.Add(time.Minute)
	c.savedOn(c.rings(c.anna, 1, after), leadRef(leadOf(3)))
	for id := range 4 {
		if _, err := (&tx{b: c.batch, state: newState()}).root(Key{wire.Lead, leadOf(id)}); err != nil {
			t.Errorf("aliases of generation %d: %v", id, err)
		}
	}
}

// A program that has seen the second lead of a number, and not yet that the first was closed, names both.
func TestB4ACallIsOnOneLeadOnly(t *testing.T) {
	c := newCompany(t)
	c.repeatLeads()
	c.rings(c.anna, 1, c.now)
	c.closeLead(leadOf(1))
	c.rings(c.anna, 2, c.now)
	begin := func(refs ...crm.Ref) []crm.Ref {
		id := c.id()
		c.do(c.as(c.ben), crm.BeginCall{Call: crm.Call{ID: id, Direction: crm.Incoming, Agent: c.ben, Refs: refs}})
		return get[crm.Call](c, wire.Call, id).Refs
	}
	c.savedOn(begin(leadRef(leadOf(1)), leadRef(leadOf(2))), leadRef(leadOf(2)))
	c.savedOn(begin(leadRef(leadOf(2)), leadRef(leadOf(1))), leadRef(leadOf(2)))
	c.closeLead(leadOf(2))
	c.savedOn(begin(leadRef(leadOf(1)), leadRef(leadOf(2))), leadRef(leadOf(1)))
}

func TestB6WithoutRepeatLeadsTheCallGoesToTheClosedLead(t *testing.T) {
	c := newCompany(t)
	c.rings(c.anna, 1, c.now)
	closed := c.closeLead(leadOf(1))
	c.savedOn(c.rings(c.ben, 1, closed.Add(time.Hour)), leadRef(leadOf(1)))
	c.savedOn(c.rings(c.ben, 2, closed.Add(2*time.Hour)), leadRef(leadOf(1)))
	if open := c.openLeads(number); len(open) != 0 {
		t.Errorf("open leads %v, want none", open)
	}
}

func TestC1CustomerMeanwhileGetsTheCall(t *testing.T) {
	c := newCompany(t)
	company, person := c.id(), c.id()
	c.do(c.as(c.ben), crm.CreateCompany{Company: crm.Company{ID: company, Name: "Meier KG"}})
	c.do(c.as(c.ben), crm.CreateContact{Contact: crm.Contact{ID: person, LastName: "Meier", Company: company, Numbers: phone(number)}})
	c.savedOn(c.rings(c.anna, 1, c.now), crm.Ref{Kind: crm.KindContact, ID: person}, crm.Ref{Kind: crm.KindCompany, ID: company})
	if !c.gone(wire.Lead, leadOf(1)) {
		t.Error("a lead was made of a customer")
	}
	// D2: who answered is not made responsible for a customer that was there before.
	c.do(c.as(c.anna), crm.Assign{Ref: leadRef(leadOf(1)), From: c.anna, To: c.ben})
	c.refused(wire.RejectGone, c.try(c.as(c.anna), crm.UpdateRecord{Ref: leadRef(leadOf(1)), Set: map[string]any{"comment": "x"}}))
}

// What an agent makes of a lead whose caller turned out to be a customer stands beside the customer, who keeps everything.
func TestF1ConversionOfALeadThatWasACustomerLeavesThem(t *testing.T) {
	c := newCompany(t)
	customer := c.contact("Meier", phone(number)...)
	note, call := c.id(), c.rings(c.anna, 1, c.now)
	c.do(c.as(c.ben), crm.SaveRecordNote{Note: crm.Note{ID: note, Ref: customer, Text: "x"}})
	lead := crm.Lead{ID: leadOf(1), LastName: "Maier", Numbers: phone(number)}
	convert := lead.Convert(crm.Conversion{Kinds: []crm.Kind{crm.KindContact, crm.KindDeal}, NewID: func(crm.Kind) crm.ID { return c.id() }})
	c.do(c.as(c.anna), convert)
	c.savedOn(call, customer)
	if n := get[crm.Note](c, wire.Note, note); n.Ref != customer {
		t.Errorf("the customer's note is on %v", n.Ref)
	}
	if _, became := c.m.rows[KeyOf(customer)].Fields["became"]; became {
		t.Error("the customer was converted")
	}
	if got, deal := get[crm.Contact](c, wire.Contact, convert.Contact.ID), get[crm.Deal](c, wire.Deal, convert.Deal.ID); got.LastName != "Maier" || deal.Contact != got.ID || deal.Lead != "" {
		t.Errorf("made %+v and %+v", got, deal)
	}
	c.refused(wire.RejectGone, c.try(c.as(c.anna), crm.SetLeadStatus{Lead: leadOf(1), From: crm.LeadNew, To: crm.LeadJunk}))
	other := crm.CreateLead{Lead: crm.Lead{ID: c.id(), LastName: "Other", Status: crm.LeadNew, Numbers: phone("030 7777777")}}
	c.do(c.as(c.anna), other)
	c.refused(wire.RejectGone, c.try(c.as(c.anna), crm.MergeRecords{Keep: leadRef(leadOf(1)), Gone: leadRef(other.ID), Lead: &lead}))
}

func TestE1ExceptionMeanwhileMakesNoLead(t *testing.T) {
	c := newCompany(t)
	entries, _ := crm.ParseEntries(crm.Exceptions, "030 2094*", "DE")
	c.do(c.as(c.admin), crm.AddEntries{Entries: entries})
	c.savedOn(c.rings(c.anna, 1, c.now))
	if open := c.openLeads(number); len(open) != 0 {
		t.Errorf("open leads %v, want none", open)
	}
}

func TestF2TwoProgramsConvertAtOnce(t *testing.T) {
	c := newCompany(t)
	ring := func(user crm.ID, generation int, at time.Time) crm.Call {
		ensure, call := c.ring(user, generation, at)
		convert := ensure.Lead.Convert(crm.Conversion{Kinds: []crm.Kind{crm.KindContact, crm.KindDeal},
			NewID: func(k crm.Kind) crm.ID { return crm.ConvertedID(ensure.Lead.ID, k) }})
		ensure.Convert = &convert
		call.Refs = append(convert.Refs(), call.Refs...)
		c.do(c.as(user), ensure)
		c.do(c.as(user), call)
		return get[crm.Call](c, wire.Call, call.ID)
	}
	first, second := ring(c.anna, 1, c.now), ring(c.ben, 1, c.now)
	if !slices.Equal(first.Refs, second.Refs) || len(first.Refs) != 3 {
		t.Errorf("calls are saved on %v and %v, want the same three records", first.Refs, second.Refs)
	}
	contacts, deals := 0, 0
	for k, r := range c.m.rows {
		if r.live() && k.Entity == wire.Contact {
			contacts++
		}
		if r.live() && k.Entity == wire.Deal {
			deals++
		}
	}
	if contacts != 1 || deals != 1 {
		t.Errorf("%d contacts and %d deals, want one of each", contacts, deals)
	}
	if d := get[crm.Deal](c, wire.Deal, crm.ConvertedID(leadOf(1), crm.KindDeal)); d.Stage != crm.DealNew {
		t.Errorf("the deal stands in %q, want the first stage", d.Stage)
	}
}

func TestB4EnsureTwiceIsOnce(t *testing.T) {
	c := newCompany(t)
	ensure, call := c.ring(c.anna, 1, c.now)
	for range 3 {
		c.do(c.as(c.anna), ensure)
		c.do(c.as(c.anna), call)
	}
	if n := len(c.m.children[Key{wire.Lead, leadOf(1)}]); n != 1 {
		t.Errorf("%d calls on the lead, want 1", n)
	}
}

// A program that does not know yet that the number is a customer's makes a lead; the call is on all that it would have been on (C1).
func TestACallOfACustomerIsOnWhatIsOpenWithThem_C1(t *testing.T) {
	c := newCompany(t)
	company := c.id()
	c.do(c.as(c.anna), crm.CreateCompany{Company: crm.Company{ID: company, Name: "Mill"}})
	who := crm.Ref{Kind: crm.KindContact, ID: c.id()}
	c.do(c.as(c.anna), crm.CreateContact{Contact: crm.Contact{ID: who.ID, LastName: "Meier", Company: company, Numbers: phone(number)}})
	deal := func(d crm.Deal) crm.Ref {
		d.ID = c.id()
		c.do(c.as(c.anna), crm.CreateDeal{Deal: d})
		return crm.Ref{Kind: crm.KindDeal, ID: d.ID}
	}
	theirs, whole := deal(crm.Deal{Contact: who.ID, Company: company}), deal(crm.Deal{Company: company})
	deal(crm.Deal{Contact: who.ID, Stage: crm.DealWon})
	deal(crm.Deal{Contact: c.contact("Huber").ID, Company: company}) // of somebody else
	lead := leadRef(c.id())
	c.do(c.as(c.anna), crm.CreateLead{Lead: crm.Lead{ID: lead.ID, Status: crm.LeadNew, Numbers: phone(number)}})
	c.savedOn(c.rings(c.ben, 1, c.now), who, crm.Ref{Kind: crm.KindCompany, ID: company}, theirs, whole, lead)
}

// Who did not know yet of the switch to the simple mode makes a lead that nobody would see: it is a customer at once (F2, F6).
func TestALeadThatComesAfterTheSwitchIsACustomer_F6(t *testing.T) {
	c := newCompany(t)
	line := c.id()
	pipeline := crm.StandardPipeline()
	pipeline.ID, pipeline.Name = c.id(), "Service"
	c.do(c.as(c.admin), crm.SavePipeline{Pipeline: pipeline})
	c.do(c.as(c.admin), crm.SaveLine{Line: crm.Line{ID: line, Name: "Service", Pipeline: pipeline.ID}})
	c.do(c.as(c.admin), crm.SaveWorkspace{Workspace: crm.Workspace{Mode: crm.Simple, Pipeline: crm.StandardPipelineID}})
	ensure, call := c.ring(c.ben, 1, c.now)
	ensure.Lead.Line = line
	c.do(c.as(c.ben), ensure)
	c.do(c.as(c.ben), call)
	contact, deal := crm.Ref{Kind: crm.KindContact, ID: crm.ConvertedID(leadOf(1), crm.KindContact)}, crm.Ref{Kind: crm.KindDeal, ID: crm.ConvertedID(leadOf(1), crm.KindDeal)}
	c.savedOn(get[crm.Call](c, wire.Call, call.ID).Refs, contact, deal, leadRef(leadOf(1)))
	if l := get[crm.Lead](c, wire.Lead, leadOf(1)); l.Status != crm.LeadConverted {
		t.Errorf("the lead is %s", l.Status)
	}
	if d := get[crm.Deal](c, wire.Deal, deal.ID); d.Pipeline != pipeline.ID || d.Origin.Call != call.ID {
		t.Errorf("the deal is %+v", d)
	}
}

// What no program can mean is refused, and leaves nothing.
func TestALeadOfNoCallIsRefused_B4(t *testing.T) {
	c := newCompany(t)
	good, _ := c.ring(c.anna, 1, c.now)
	for what, edit := range map[string]func(e *crm.EnsureLead){
		"no id":                func(e *crm.EnsureLead) { e.Lead.ID = "" },
		"before the first":     func(e *crm.EnsureLead) { e.Generation = 0 },
		"more than there are":  func(e *crm.EnsureLead) { e.Generation = mostGenerations + 1 },
		"of another's number":  func(e *crm.EnsureLead) { e.Peer = "+4930999" },
		"of somebody withheld": func(e *crm.EnsureLead) { e.Peer, e.Lead.Numbers = "", nil },
	} {
		bad := good
		edit(&bad)
		if c.refused(wire.RejectInvalid, c.try(c.as(c.anna), bad)); len(c.openLeads(number)) != 0 {
			t.Errorf("%s: it is there", what)
		}
	}
	good.Lead.Status = ""
	c.do(c.as(c.anna), good)
	if l := get[crm.Lead](c, wire.Lead, leadOf(1)); l.Status != crm.LeadNew {
		t.Errorf("it begins as %q", l.Status)
	}
}

func TestB4TheIDOfALeadThatStandsForAClosedOneMakesTheNext(t *testing.T) {
	c := newCompany(t)
	c.repeatLeads()
	byHand := c.id()
	c.do(c.as(c.ben), crm.CreateLead{Lead: crm.Lead{ID: byHand, Status: crm.LeadNew, Numbers: phone(number)}})
	c.savedOn(c.rings(c.anna, 1, c.now), leadRef(byHand)) // generation 1 stands for it
	closed := c.closeLead(byHand)
	c.savedOn(c.rings(c.anna, 1, closed.Add(time.Minute)), leadRef(leadOf(2)))
}

func TestB4ACallOfBeforeARemovalBringsNothingBack(t *testing.T) {
	c := newCompany(t)
	c.rings(c.anna, 1, c.now)
	before := c.now
	c.do(c.as(c.anna), crm.RemoveRecord{Ref: leadRef(leadOf(1))})
	c.savedOn(c.rings(c.ben, 1, before)) // was offline
	if open := c.openLeads(number); len(open) != 0 {
		t.Errorf("open leads %v, want none", open)
	}
	c.savedOn(c.rings(c.ben, 1, c.now.Add(time.Minute)), leadRef(leadOf(2)))
}

func TestE1TheBlacklistIsNoListOfExceptions(t *testing.T) {
	c := newCompany(t)
	entries, _ := crm.ParseEntries(crm.Blacklist, "030 2094*", "DE")
	c.do(c.as(c.admin), crm.AddEntries{Entries: entries})
	c.savedOn(c.rings(c.anna, 1, c.now), leadRef(leadOf(1))) // the telephone has declined it, or the program knew of no list yet
}

func TestB6WithoutRepeatLeadsTheCallGoesToTheLeadClosedLast(t *testing.T) {
	c := newCompany(t)
	c.repeatLeads()
	c.rings(c.anna, 1, c.now)
	c.closeLead(leadOf(1))
	c.rings(c.anna, 2, c.now)
	c.closeLead(leadOf(2))
	c.do(c.as(c.admin), crm.SaveWorkspace{})
	last := leadRef(leadOf(2))
	c.savedOn(c.rings(c.ben, 3, c.now), last)
	c.do(c.as(c.anna), crm.SetLeadStatus{Lead: leadOf(1), From: crm.LeadJunk, To: crm.LeadNew})
	c.closeLead(leadOf(1))
	c.savedOn(c.rings(c.ben, 3, c.now), leadRef(leadOf(1)))
	// A program that was offline when the setting was on has made one.
	ensure, call := c.ring(c.ben, 4, c.now) // 3 stands for the closed one
	ensure.Lead.Repeat = true
	c.do(c.as(c.ben), ensure)
	c.do(c.as(c.ben), call)
	c.savedOn(get[crm.Call](c, wire.Call, call.ID).Refs, leadRef(leadOf(4)))
}

func TestB4AGenerationThatWasPassedOverIsNotMade(t *testing.T) {
	c := newCompany(t)
	c.repeatLeads()
	c.savedOn(c.rings(c.anna, 3, c.now), leadRef(leadOf(3)))
	closed := c.closeLead(leadOf(3))
	c.savedOn(c.rings(c.ben, 1, closed.Add(time.Minute)), leadRef(leadOf(4)))
}

// A customer that a program makes of a lead of before is the next lead's: each id follows from that lead's.
func TestB6ACustomerWhoComesBackIsOfTheNextLead_F2(t *testing.T) {
	c := newCompany(t)
	c.rings(c.anna, 1, c.now)
	closed := c.closeLead(leadOf(1))
	c.do(c.as(c.admin), crm.SaveWorkspace{Workspace: crm.Workspace{Mode: crm.Simple, ConvertTo: crm.ToBoth, RepeatLeads: true}})
	ensure, call := c.ring(c.ben, 1, closed.Add(time.Minute)) // knows of neither
	convert := ensure.Lead.Convert(crm.Conversion{Kinds: crm.ToBoth.Kinds(), NewID: func(k crm.Kind) crm.ID { return crm.ConvertedID(ensure.Lead.ID, k) }})
	ensure.Convert = &convert
	call.Refs = append(convert.Refs(), call.Refs...)
	c.do(c.as(c.ben), ensure)
	c.do(c.as(c.ben), call)
	made := func(k crm.Kind) crm.Ref { return crm.Ref{Kind: k, ID: crm.ConvertedID(leadOf(2), k)} }
	person, firm, business := made(crm.KindContact), made(crm.KindCompany), made(crm.KindDeal)
	c.savedOn(get[crm.Call](c, wire.Call, call.ID).Refs, person, firm, business, leadRef(leadOf(2)))
	if p := get[crm.Contact](c, wire.Contact, person.ID); p.Company != firm.ID {
		t.Errorf("the person is at %q", p.Company)
	}
	if d := get[crm.Deal](c, wire.Deal, business.ID); d.Contact != person.ID || d.Company != firm.ID || d.Lead != leadOf(2) {
		t.Errorf("the deal is %+v", d)
	}
	if l := get[crm.Lead](c, wire.Lead, leadOf(2)); !l.Repeat || l.Status != crm.LeadConverted {
		t.Errorf("the lead is %+v", l)
	}
}
