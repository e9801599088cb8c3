package ledger

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/wire"
)

func (c *company) contact(name string, numbers ...crm.Number) crm.Ref {
	c.t.Helper()
	id := c.id()
	c.do(c.as(c.anna), crm.CreateContact{Contact: crm.Contact{ID: id, LastName: name, Numbers: numbers}})
	return crm.Ref{Kind: crm.KindContact, ID: id}
}

func set(r crm.Ref, field string, value any) crm.UpdateRecord {
	return crm.UpdateRecord{Ref: r, Set: map[string]any{field: value}}
}

func TestFieldIsTheLastWriters(t *testing.T) {
	c := newCompany(t)
	r := c.contact("Meier")
	early := c.now.Add(time.Second)
	c.now = c.now.Add(time.Minute)
	c.do(c.as(c.ben), set(r, "last_name", "Maier"))
	if err := c.tryAt(c.as(c.anna), set(r, "last_name", "Mayer"), early); err != nil { // was offline
		t.Fatal(err)
	}
	if err := c.tryAt(c.as(c.anna), set(r, "position", "Buyer"), early); err != nil {
		t.Fatal(err)
	}
	got := get[crm.Contact](c, wire.Contact, r.ID)
	if got.LastName != "Maier" || got.Position != "Buyer" || got.ChangedBy != c.anna {
		t.Errorf("got %+v, want the later name and the other field as well", got)
	}
}

// The server's clock ran a day ahead and was set right: what is done since counts, also against what was done then, and a program whose
// clock followed it has no advantage.
func TestAClockOfTheServerThatRanAheadHoldsNothingUp(t *testing.T) {
	c := newCompany(t)
	r, removed := c.contact("Meier"), c.contact("Schulz")
	offline := c.now.Add(time.Second)
	right := c.now.Add(time.Hour)
	c.now = c.now.Add(24 * time.Hour)
	c.do(c.as(c.ben), set(r, "last_name", "Maier"))
	c.do(c.as(c.admin), crm.SaveUser{User: crm.User{ID: c.anna, Name: "Anna", Roles: []crm.ID{crm.Administrator}}})
	c.do(c.as(c.ben), crm.RemoveRecord{Ref: removed})
	c.rings(c.anna, 1, right)
	c.closeLead(leadOf(1))
	ahead := c.now.Add(time.Minute)
	c.now = right
	c.do(c.as(c.anna), set(r, "last_name", "Mayer"))
	if got := get[crm.Contact](c, wire.Contact, r.ID); got.LastName != "Mayer" {
		t.Errorf("what was set after the clock was is not: %q", got.LastName)
	}
	if err := c.tryAt(c.as(c.ben), set(r, "last_name", "Meyer"), ahead); err != nil { // has seen the clock as it was
		t.Fatal(err)
	}
	if err := c.tryAt(c.as(c.ben), set(r, "last_name", "old"), offline); err != nil {
		t.Fatal(err)
	}
	if got := get[crm.Contact](c, wire.Contact, r.ID); got.LastName != "Meyer" {
		t.Errorf("%q, want what was set last", got.LastName)
	}
	c.do(Sender{System: true}, crm.SaveUser{User: crm.User{ID: c.anna, Name: "Anna"}}) // G2: effective at once
	if got := get[crm.User](c, wire.User, c.anna); len(got.Roles) != 0 {
		t.Errorf("the role is not taken: %v", got.Roles)
	}
	c.do(c.as(c.ben), crm.CreateContact{Contact: crm.Contact{ID: removed.ID, LastName: "Schulz"}}) // taken back
	c.do(c.as(c.ben), crm.RemoveRecord{Ref: r})
	if c.gone(wire.Contact, removed.ID) || !c.gone(wire.Contact, r.ID) {
		t.Error("a removal is not taken back, or not done")
	}
	c.repeatLeads()
	c.savedOn(c.rings(c.ben, 1, c.now.Add(time.Minute)), leadRef(leadOf(2))) // after the closing, whatever that says
}

// A form that was saved offline says all fields; those that somebody set later stay, and of two of one moment the one told last counts.
func TestWholeUpdateIsTheLastWritersFieldByField(t *testing.T) {
	c := newCompany(t)
	r := c.contact("Meier")
	early := c.now.Add(time.Second)
	c.now = c.now.Add(time.Minute)
	c.do(c.as(c.ben), crm.UpdateContact{Contact: crm.Contact{ID: r.ID, LastName: "Maier", Position: "Buyer"}})
	saved := func(k crm.Contact, at time.Time) crm.Contact {
		k.ID = r.ID
		if err := c.tryAt(c.as(c.anna), crm.UpdateContact{Contact: k}, at); err != nil {
			t.Fatal(err)
		}
		return get[crm.Contact](c, wire.Contact, r.ID)
	}
	if got := saved(crm.Contact{LastName: "Mayer", Comment: "typed offline"}, early); got.LastName != "Maier" || got.Position != "Buyer" || got.Comment != "typed offline" {
		t.Errorf("got %+v, want what was set later, and the comment", got)
	}
	saved(crm.Contact{LastName: "Meyer"}, c.now)
	if got := saved(crm.Contact{LastName: "Myers"}, c.now); got.LastName != "Myers" {
		t.Errorf("of two of one moment %q stays", got.LastName)
	}
}

func TestWholeUpdateKeepsWhatItDoesNotKnow(t *testing.T) {
	c := newCompany(t)
	r := c.contact("Meier")
	c.do(c.as(c.ben), crm.UpdateRecord{Ref: r, Set: map[string]any{"from_later": map[string]any{"x": json.Number("1.10")}, "position": "Buyer", "fields.f1": "blue"}})
	c.do(c.as(c.anna), crm.UpdateContact{Contact: crm.Contact{ID: r.ID, LastName: "Maier"}})
	row := c.m.rows[KeyOf(r)]
	got := get[crm.Contact](c, wire.Contact, r.ID)
	if string(row.Fields["from_later"]) != `{"x":1.10}` || got.Position != "" || got.LastName != "Maier" || got.MadeBy != c.anna || got.Created.IsZero() {
		t.Errorf("got %s and %+v", row.Fields["from_later"], got)
	}
}

func TestElementsOfListsComeAndGoOneByOne(t *testing.T) {
	c := newCompany(t)
	r := c.contact("Meier", phone(number)...)
	add := func(user crm.ID, mark string) {
		c.do(c.as(user), crm.UpdateRecord{Ref: r, Add: map[string][]any{"marks": {mark}}})
	}
	add(c.anna, "VIP")
	add(c.ben, "slow payer")
	c.do(c.as(c.anna), crm.UpdateRecord{Ref: r, Drop: map[string][]any{"marks": {"VIP"}}})
	if got := get[crm.Contact](c, wire.Contact, r.ID); !slices.Equal(got.Marks, []string{"slow payer"}) {
		t.Errorf("marks %q", got.Marks)
	}
}

func TestPatchCannotForgeWhatTheServerKeeps(t *testing.T) {
	c := newCompany(t)
	r := c.contact("Meier")
	for _, field := range []string{"id", "made_by", "created", "updated", "changed_by", "origin", closedAt} {
		c.do(c.as(c.ben), set(r, field, "2020-01-01T00:00:00Z"))
	}
	c.refused(wire.RejectInvalid, c.try(c.as(c.ben), set(r, "emails", []any{"x"})))
	c.refused(wire.RejectInvalid, c.try(c.as(c.ben), set(r, "last_name", 7)))
	c.refused(wire.RejectInvalid, c.try(c.as(c.ben), set(crm.Ref{Kind: "user", ID: c.ben}, "roles", []any{string(crm.Administrator)})))
	if got := get[crm.Contact](c, wire.Contact, r.ID); got.ID != r.ID || got.MadeBy != c.anna || got.Created.Year() != 2026 || got.LastName != "Meier" {
		t.Errorf("got %+v", got)
	}
}

func TestRemovalBeatsEarlierEditsAndRefusesLaterOnes(t *testing.T) {
	c := newCompany(t)
	r := c.contact("Meier")
	before := c.now
	c.now = c.now.Add(time.Minute)
	c.do(c.as(c.ben), crm.RemoveRecord{Ref: r})
	if err := c.tryAt(c.as(c.anna), set(r, "last_name", "Maier"), before); err != nil {
		t.Errorf("an edit from before the removal: %v, want it passed over", err)
	}
	if !c.gone(wire.Contact, r.ID) {
		t.Error("an edit from before the removal brought the record back")
	}
	c.refused(wire.RejectGone, c.try(c.as(c.anna), set(r, "last_name", "Maier")))
	c.refused(wire.RejectGone, c.try(c.as(c.anna), crm.SaveRecordNote{Note: crm.Note{ID: c.id(), Ref: r, Text: "x"}}))
	c.do(c.as(c.anna), crm.RemoveRecord{Ref: r})                                             // by two at once
	c.do(c.as(c.anna), crm.CreateContact{Contact: crm.Contact{ID: r.ID, LastName: "Meier"}}) // restored
	c.do(c.as(c.anna), set(r, "last_name", "Maier"))
}

func TestRemovalDoesNotTakeAwayWhatChangedAfterIt(t *testing.T) {
	c := newCompany(t)
	r := c.contact("Meier")
	offline := c.now.Add(time.Second)
	c.now = c.now.Add(time.Minute)
	c.do(c.as(c.ben), set(r, "comment", "ordered today"))
	c.refused(wire.RejectChanged, c.tryAt(c.as(c.anna), crm.RemoveRecord{Ref: r}, offline))
	if c.gone(wire.Contact, r.ID) {
		t.Error("the record is gone, with what Ben wrote later")
	}
}

func TestExpectedValuesAreChecked(t *testing.T) {
	c := newCompany(t)
	c.rings(c.anna, 1, c.now)
	lead := leadRef(leadOf(1))
	c.do(c.as(c.ben), crm.SetLeadStatus{Lead: lead.ID, From: crm.LeadNew, To: crm.LeadInProgress})
	c.refused(wire.RejectChanged, c.try(c.as(c.anna), crm.SetLeadStatus{Lead: lead.ID, From: crm.LeadNew, To: crm.LeadJunk}))
	c.do(c.as(c.anna), crm.SetLeadStatus{Lead: lead.ID, From: crm.LeadNew, To: crm.LeadInProgress}) // both wanted the same
	c.do(c.as(c.ben), crm.Assign{Ref: lead, From: c.anna, To: c.ben})
	c.refused(wire.RejectChanged, c.try(c.as(c.anna), crm.Assign{Ref: lead, From: c.anna, To: c.admin}))
	c.do(c.as(c.admin), crm.Assign{Ref: lead, From: c.ben})
	if got := get[crm.Lead](c, wire.Lead, lead.ID); got.Responsible != "" || got.Status != crm.LeadInProgress {
		t.Errorf("got %+v", got)
	}
	deal := c.id()
	c.do(c.as(c.anna), crm.CreateDeal{Deal: crm.Deal{ID: deal, Title: "Roof"}})
	c.do(c.as(c.anna), crm.SetDealStage{Deal: deal, From: crm.DealNew, To: crm.DealWon})
	c.refused(wire.RejectChanged, c.try(c.as(c.ben), crm.SetDealStage{Deal: deal, From: crm.DealNew, To: crm.DealLost}))
}

// What nobody has is "", in a command, and not there, in a row.
func TestNobodyIsExpectedAndSetAsNobody(t *testing.T) {
	c := newCompany(t)
	r := c.contact("Meier")
	c.do(c.as(c.anna), crm.Assign{Ref: r, From: "", To: c.ben})
	c.refused(wire.RejectChanged, c.try(c.as(c.anna), crm.Assign{Ref: r, From: "", To: c.anna}))
	c.do(c.as(c.anna), crm.Assign{Ref: r, From: c.ben, To: ""})
	if v, there := c.m.rows[KeyOf(r)].Fields["responsible"]; there {
		t.Errorf("nobody is responsible, and that is %s", v)
	}
	c.do(c.as(c.ben), crm.Assign{Ref: r, From: c.anna, To: ""}) // it is so already
}

// A lead that is closed may be made beside an open one of its number; the open one keeps what is its own.
func TestAClosedLeadByHandIsItsOwn_B4(t *testing.T) {
	c := newCompany(t)
	c.rings(c.anna, 1, c.now)
	junk := c.id()
	c.do(c.as(c.ben), crm.CreateLead{Lead: crm.Lead{ID: junk, LastName: "Spam", Status: crm.LeadJunk, Numbers: phone(number)}})
	if l := get[crm.Lead](c, wire.Lead, junk); l.Status != crm.LeadJunk || get[crm.Lead](c, wire.Lead, leadOf(1)).LastName != "" {
		t.Errorf("it is %+v", l)
	}
}

func TestB4NoWayToASecondOpenLead(t *testing.T) {
	c := newCompany(t)
	c.rings(c.anna, 1, c.now)
	c.closeLead(leadOf(1))
	other := c.id()
	c.do(c.as(c.ben), crm.CreateLead{Lead: crm.Lead{ID: other, Status: crm.LeadNew, Numbers: phone(number)}})
	c.refused(wire.RejectChanged, c.try(c.as(c.anna), crm.SetLeadStatus{Lead: leadOf(1), From: crm.LeadJunk, To: crm.LeadNew}))
	c.refused(wire.RejectChanged, c.try(c.as(c.anna), set(leadRef(leadOf(1)), "status", "New")))
	third := c.id()
	c.do(c.as(c.ben), crm.CreateLead{Lead: crm.Lead{ID: third, Status: crm.LeadNew, LastName: "Other"}})
	c.refused(wire.RejectChanged, c.try(c.as(c.anna), crm.UpdateRecord{Ref: leadRef(third), Add: map[string][]any{"numbers": {map[string]any{"e164": json.Number("493020948812")}}}}))
	c.refused(wire.RejectChanged, c.try(c.as(c.anna), crm.UpdateLead{Lead: crm.Lead{ID: third, Status: crm.LeadNew, Numbers: phone(number)}}))
	if open := c.openLeads(number); !slices.Equal(open, []crm.ID{other}) {
		t.Errorf("open leads %v, want %s", open, other)
	}
}

func TestB2TwoLeadsMadeByHandOfflineAreOne(t *testing.T) {
	c := newCompany(t)
	hers, his := c.id(), c.id()
	c.do(c.as(c.anna), crm.CreateLead{Lead: crm.Lead{ID: hers, LastName: "Meier", Numbers: phone(number), Responsible: c.anna}})
	c.do(c.as(c.ben), crm.CreateLead{Lead: crm.Lead{ID: his, FirstName: "Eva", Comment: "wants a roof", Responsible: c.ben,
		Numbers: append(phone(number), phone("0171 1234567")...)}})
	got := get[crm.Lead](c, wire.Lead, hers)
	if got.FirstName != "Eva" || got.LastName != "Meier" || got.Comment != "wants a roof" || len(got.Numbers) != 2 || got.Responsible != c.anna {
		t.Errorf("got %+v, want what both typed", got)
	}
	c.do(c.as(c.ben), set(leadRef(his), "position", "x"))
	if !c.gone(wire.Lead, his) {
		t.Error("there are two leads")
	}
}

func TestMergeMovesEverythingAndTheSurvivorIsTheRoot(t *testing.T) {
	c := newCompany(t)
	a, b, keep := c.contact("A", phone("030 1111111")...), c.contact("B", phone("030 2222222")...), c.contact("C")
	call, note, task, deal := c.id(), c.id(), c.id(), c.id()
	c.do(c.as(c.anna), crm.BeginCall{Call: crm.Call{ID: call, Agent: c.anna, Began: c.now, Refs: []crm.Ref{a, keep}}})
	c.do(c.as(c.anna), crm.SaveRecordNote{Note: crm.Note{ID: note, Ref: a, Text: "x"}})
	c.do(c.as(c.anna), crm.SaveFollowUp{FollowUp: crm.FollowUp{ID: task, Ref: a, Text: "x"}})
	c.do(c.as(c.anna), crm.CreateDeal{Deal: crm.Deal{ID: deal, Contact: a.ID}})
	merge := func(into, gone crm.Ref) {
		k := get[crm.Contact](c, wire.Contact, into.ID)
		c.do(c.as(c.anna), crm.MergeRecords{Keep: into, Gone: gone, Contact: &k})
	}
	merge(b, a)
	merge(keep, b)
	merge(keep, b) // by another program, too
	for _, gone := range []crm.Ref{a, b} {
		if got := get[wire.AliasData](c, wire.Alias, gone.ID); got.New != keep.ID {
			t.Errorf("%s stands for %s, want the root %s", gone.ID, got.New, keep.ID)
		}
	}
	if got := get[crm.Call](c, wire.Call, call); !slices.Equal(got.Refs, []crm.Ref{keep}) {
		t.Errorf("the call is saved on %v", got.Refs)
	}
	if n, f, d := get[crm.Note](c, wire.Note, note), get[crm.FollowUp](c, wire.FollowUp, task), get[crm.Deal](c, wire.Deal, deal); n.Ref != keep || f.Ref != keep || d.Contact != keep.ID {
		t.Errorf("note on %v, follow-up on %v, deal of %s", n.Ref, f.Ref, d.Contact)
	}
	if got := get[crm.Contact](c, wire.Contact, keep.ID); len(got.Numbers) != 2 {
		t.Errorf("numbers %v, want those of both that went", got.Numbers)
	}
	c.do(c.as(c.ben), set(a, "position", "Buyer")) // who still knows the old id
	both := c.id()
	c.do(c.as(c.ben), crm.BeginCall{Call: crm.Call{ID: both, Agent: c.ben, Began: c.now, Refs: []crm.Ref{a, b}, Uploaded: []crm.ID{c.id()}}})
	if got := get[crm.Call](c, wire.Call, both); !slices.Equal(got.Refs, []crm.Ref{keep}) || len(got.Uploaded) != 0 {
		t.Errorf("a call on both is %+v", got)
	}
	c.do(c.as(c.ben), crm.UpdateContact{Contact: crm.Contact{ID: a.ID, Comment: "saved in a form"}}) // all of which it knows is A's
	if got := get[crm.Contact](c, wire.Contact, keep.ID); got.LastName != "C" || got.Comment != "saved in a form" || len(got.Numbers) != 2 {
		t.Errorf("a form of the old id took away what it did not say: %+v", got)
	}
	if got := get[crm.Contact](c, wire.Contact, keep.ID); got.Position != "Buyer" {
		t.Errorf("an edit of the old id went nowhere: %+v", got)
	}
	c.refused(wire.RejectInvalid, c.try(c.as(c.ben), crm.MergeRecords{Keep: a, Gone: a}))
}

func TestMergesCrosswiseMakeNoCircle(t *testing.T) {
	c := newCompany(t)
	a, b := c.contact("A"), c.contact("B")
	contactA, contactB := get[crm.Contact](c, wire.Contact, a.ID), get[crm.Contact](c, wire.Contact, b.ID)
	c.do(c.as(c.anna), crm.MergeRecords{Keep: a, Gone: b, Contact: &contactA})
	c.do(c.as(c.ben), crm.MergeRecords{Keep: b, Gone: a, Contact: &contactB})
	if c.gone(wire.Contact, a.ID) || !c.gone(wire.Contact, b.ID) {
		t.Error("the first merge did not stay")
	}
	// Taken back: the record that went is made anew and stands for itself.
	c.do(c.as(c.anna), crm.CreateContact{Contact: contactB})
	if !c.gone(wire.Alias, b.ID) || c.gone(wire.Contact, b.ID) {
		t.Error("the merge was not taken back")
	}
}

func TestF1ConversionMovesEverythingAlong(t *testing.T) {
	c := newCompany(t)
	c.rings(c.anna, 1, c.now)
	note := c.id()
	c.do(c.as(c.anna), crm.SaveRecordNote{Note: crm.Note{ID: note, Ref: leadRef(leadOf(1)), Text: "x"}})
	lead := get[crm.Lead](c, wire.Lead, leadOf(1))
	convert := lead.Convert(crm.Conversion{Kinds: []crm.Kind{crm.KindContact, crm.KindCompany, crm.KindDeal}, NewID: func(crm.Kind) crm.ID { return c.id() }})
	c.do(c.as(c.anna), convert)
	c.do(c.as(c.anna), convert) // again
	got := get[crm.Lead](c, wire.Lead, lead.ID)
	if got.Status != crm.LeadConverted || !slices.Equal(got.Became, convert.Refs()) {
		t.Errorf("the lead is %+v", got)
	}
	for _, k := range members(c.m.children[Key{wire.Lead, lead.ID}]) {
		if k.Entity == wire.Call {
			if call := get[crm.Call](c, wire.Call, k.ID); call.Refs[0] != convert.Refs()[0] {
				t.Errorf("the call is saved on %v, want the contact first", call.Refs)
			}
		}
	}
	if n := get[crm.Note](c, wire.Note, note); n.Ref != convert.Refs()[0] {
		t.Errorf("the note is on %v", n.Ref)
	}
	other := lead.Convert(crm.Conversion{Kinds: []crm.Kind{crm.KindContact}, NewID: func(crm.Kind) crm.ID { return c.id() }})
	c.refused(wire.RejectChanged, c.try(c.as(c.ben), other))
	c.refused(wire.RejectInvalid, c.try(c.as(c.ben), crm.SetLeadStatus{Lead: lead.ID, From: crm.LeadConverted, To: crm.LeadNew}))
}

func TestRefusedCommandLeavesNothing(t *testing.T) {
	c := newCompany(t)
	c.rings(c.anna, 1, c.now)
	before := len(c.m.rows)
	lead := get[crm.Lead](c, wire.Lead, leadOf(1))
	convert := lead.Convert(crm.Conversion{Kinds: []crm.Kind{crm.KindContact}, Into: []crm.Ref{{Kind: crm.KindCompany, ID: c.id()}}, NewID: func(crm.Kind) crm.ID { return c.id() }})
	c.refused(wire.RejectGone, c.try(c.as(c.anna), convert))
	if len(c.m.rows) != before || !c.m.rows[Key{wire.Lead, lead.ID}].Open() {
		t.Error("a refused conversion left something behind")
	}
}

// Who has left, or never was here, changes nothing at all; what was changed a command before counts in the same batch.
func TestG2WhoHasLeftMayNothing(t *testing.T) {
	c := newCompany(t)
	person := func() crm.CreateContact {
		return crm.CreateContact{Contact: crm.Contact{ID: c.id(), LastName: "Meier"}}
	}
	c.refused(wire.RejectNotAllowed, c.try(c.as(c.id()), person()))
	apply := func(from Sender, change crm.Change) error {
		c.now = c.now.Add(time.Second)
		_, err := c.batch.Apply(from, crm.Command{ID: c.id(), At: crm.HLC(c.now.UnixMilli()) << 16, Change: change}, c.now)
		return err
	}
	for _, err := range []error{apply(c.as(c.ben), person()), apply(c.as(c.admin), crm.SaveUser{User: crm.User{ID: c.ben, Name: "Ben", Left: true}})} {
		if err != nil {
			t.Fatal(err)
		}
	}
	c.refused(wire.RejectNotAllowed, apply(c.as(c.ben), person()))
	c.next()
	c.refused(wire.RejectNotAllowed, c.try(c.as(c.ben), person()))
	// Who may change users takes nothing from who has more, not even where another administrator is left.
	office := crm.Role{ID: c.id(), Name: "Office", Rights: crm.StandardRoles()[3].Rights}
	office.Rights.Users = true
	second, clerk := c.id(), c.id()
	c.do(c.as(c.admin), crm.SaveRole{Role: office})
	c.do(c.as(c.admin), crm.SaveUser{User: crm.User{ID: second, Name: "Second", Roles: []crm.ID{crm.Administrator}}})
	c.do(c.as(c.admin), crm.SaveUser{User: crm.User{ID: clerk, Name: "Clerk", Roles: []crm.ID{office.ID}}})
	c.refused(wire.RejectNotAllowed, c.try(c.as(clerk), crm.SaveUser{User: crm.User{ID: second, Name: "Second"}}))
}

func TestG2RightsAreThoseOfNow(t *testing.T) {
	c := newCompany(t)
	own := c.id()
	agent, admin := c.as(c.anna), c.as(c.admin)
	refused := []crm.Change{
		crm.SaveWorkspace{}, crm.SaveLine{Line: crm.Line{ID: own, Name: "Sales"}}, crm.SaveQueue{Queue: crm.Queue{ID: own}}, crm.SavePipeline{Pipeline: crm.StandardPipeline()},
		crm.SaveField{Field: crm.Field{ID: own}}, crm.SaveRole{Role: crm.Role{ID: own}}, crm.AddEntries{}, crm.RemoveEntries{},
		crm.SaveUser{User: crm.User{ID: c.anna, Name: "Anna", Roles: []crm.ID{crm.Administrator}}},
		crm.RemoveSetup{Kind: crm.SetupLine, ID: own}, crm.RemoveSetup{Kind: crm.SetupRole, ID: own}, crm.RemoveSetup{Kind: crm.SetupField, ID: own},
	}
	for _, change := range refused {
		c.refused(wire.RejectNotAllowed, c.try(agent, change))
		c.refused(wire.RejectNotAllowed, c.try(c.as(c.id()), change)) // nobody
		if _, itself := change.(crm.SaveUser); !itself {
			c.do(admin, change)
		}
	}
	c.refused(wire.RejectNotAllowed, c.try(admin, crm.SaveUser{User: crm.User{ID: c.admin, Name: "Ada", Roles: []crm.ID{crm.Agent}}}))
	c.do(admin, crm.SaveUser{User: crm.User{ID: c.ben, Name: "Ben", Roles: []crm.ID{crm.Administrator}}})
	c.refused(wire.RejectNotAllowed, c.try(admin, crm.SaveUser{User: crm.User{ID: c.admin, Name: "Ada", Roles: []crm.ID{crm.Administrator}, Left: true}})) // herself
	c.do(admin, crm.SaveRole{Role: crm.Role{ID: own, Name: "Office", Rights: crm.Rights{Users: true, Call: crm.CallAnyone, SeeCalls: crm.ReachOwn, Listen: crm.ReachOwn}}})
	c.do(admin, crm.SaveUser{User: crm.User{ID: c.ben, Name: "Ben", Roles: []crm.ID{own}}})
	ben := c.as(c.ben)
	c.do(ben, crm.SaveUser{User: crm.User{ID: c.id(), Name: "New"}})
	c.refused(wire.RejectNotAllowed, c.try(ben, crm.SaveUser{User: crm.User{ID: c.id(), Name: "New", Roles: []crm.ID{crm.ChiefExecutive}}}))
	c.refused(wire.RejectNotAllowed, c.try(ben, crm.SaveUser{User: crm.User{ID: c.admin, Name: "Ada", Left: true}}))
	c.refused(wire.RejectNotAllowed, c.try(ben, crm.SaveRole{Role: crm.Role{ID: own, Rights: crm.AllRights}}))
}

// Each right opens what it is for, and nothing of the others (G1).
func TestG2ARightIsForItsOwn(t *testing.T) {
	c := newCompany(t)
	id := c.id()
	of := map[string][]crm.Change{
		"lines": {crm.SaveLine{Line: crm.Line{ID: id, Name: "Sales"}}, crm.SaveQueue{Queue: crm.Queue{ID: id}},
			crm.RemoveSetup{Kind: crm.SetupLine, ID: id}, crm.RemoveSetup{Kind: crm.SetupQueue, ID: id}},
		"users": {crm.SaveUser{User: crm.User{ID: c.id(), Name: "New"}}, crm.SaveRole{Role: crm.Role{ID: id}}, crm.RemoveSetup{Kind: crm.SetupRole, ID: id}},
		"settings": {crm.SaveWorkspace{}, crm.SavePipeline{Pipeline: crm.StandardPipeline()}, crm.SaveField{Field: crm.Field{ID: id}},
			crm.AddEntries{Entries: []crm.Entry{{ID: id, List: crm.Blacklist, Pattern: "0900*", Key: "+49900", Prefix: true}}}, crm.RemoveEntries{IDs: []crm.ID{id}},
			crm.RemoveSetup{Kind: crm.SetupPipeline, ID: id}, crm.RemoveSetup{Kind: crm.SetupField, ID: id}},
	}
	agent := crm.StandardRoles()[3].Rights // who makes an agent has an agent's rights
	for has, role := range map[string]func(*crm.Rights){
		"lines": func(r *crm.Rights) { r.Lines = true }, "users": func(r *crm.Rights) { r.Users = true }, "settings": func(r *crm.Rights) { r.Settings = true },
	} {
		own := crm.Role{ID: c.id(), Name: has, Rights: agent}
		role(&own.Rights)
		who := c.id()
		c.do(c.as(c.admin), crm.SaveRole{Role: own})
		c.do(c.as(c.admin), crm.SaveUser{User: crm.User{ID: who, Name: has, Roles: []crm.ID{own.ID}}})
		for needs, changes := range of {
			for _, change := range changes {
				if err := c.try(c.as(who), change); needs != has {
					c.refused(wire.RejectNotAllowed, err)
				} else if err != nil {
					t.Errorf("who may change %s may not %s: %v", has, change.CommandName(), err)
				}
			}
		}
		c.refused(wire.RejectNotAllowed, c.try(c.as(who), crm.RecordingUploaded{Call: id}))
	}
}

func TestG1CallsOfOthersCannotBeChanged(t *testing.T) {
	c := newCompany(t)
	call := c.id()
	c.do(c.as(c.anna), crm.BeginCall{Call: crm.Call{ID: call, Agent: c.anna, Began: c.now}})
	result := "Sold"
	for _, change := range []crm.Change{crm.UpdateCall{ID: call, Result: &result}, crm.EndCall{ID: call}, crm.SaveNote{Call: call, Text: "x"}, crm.LinkCall{Call: call},
		crm.SaveRecordings{Call: call}, crm.SaveQuality{Call: call}, crm.BeginCall{Call: crm.Call{ID: c.id(), Agent: c.anna}}} {
		c.refused(wire.RejectNotAllowed, c.try(c.as(c.ben), change))
		c.do(c.as(c.anna), change)
		c.do(c.as(c.admin), change)
	}
	c.do(c.as(c.ben), crm.BeginCall{Call: crm.Call{ID: c.id(), Agent: c.id(), Began: c.now}}) // made before the program was signed in
}

// What is made again under the id of something that was removed is as the command says, with what this version does not know.
func TestWhatComesBackHasNothingOfBefore(t *testing.T) {
	c := newCompany(t)
	id := c.id()
	r := crm.Ref{Kind: crm.KindDeal, ID: id}
	c.do(c.as(c.anna), crm.CreateDeal{Deal: crm.Deal{ID: id, Title: "Boiler", Comment: "secret", Amount: crm.Money{Minor: 100, Currency: "EUR"}}})
	c.do(c.as(c.anna), set(r, "from_later", "kept"))
	c.do(c.as(c.anna), crm.RemoveRecord{Ref: r})
	c.do(c.as(c.ben), crm.CreateDeal{Deal: crm.Deal{ID: id, Title: "Pump"}})
	if d := get[crm.Deal](c, wire.Deal, id); d.Title != "Pump" || d.Comment != "" || d.Amount != (crm.Money{}) || d.MadeBy != c.ben {
		t.Errorf("it came back as %+v", d)
	}
	if got := field[string](c.m.rows[KeyOf(r)], "from_later"); got != "kept" {
		t.Errorf("what a later version knows is %q", got)
	}
}

func TestWhatMakesNoSenseIsRefused(t *testing.T) {
	c := newCompany(t)
	for what, change := range map[string]crm.Change{
		"a line without a name":     crm.SaveLine{Line: crm.Line{ID: c.id()}},
		"a pipeline without stages": crm.SavePipeline{Pipeline: crm.Pipeline{ID: c.id(), Name: "Service"}},
		"an entry of nothing":       crm.AddEntries{Entries: []crm.Entry{{ID: c.id(), List: crm.Exceptions}}},
		"more than a row may have":  crm.CreateContact{Contact: crm.Contact{ID: c.id(), Comment: strings.Repeat("x", mostBytes)}},
		"a record without an id":    crm.CreateContact{Contact: crm.Contact{LastName: "Meier"}},
	} {
		if err := c.try(c.as(c.admin), change); err == nil {
			t.Errorf("%s is taken", what)
		} else {
			c.refused(wire.RejectInvalid, err)
		}
	}
	// The standard pipeline is changed, and put back as it was, whatever stands in it; another one is kept while it has deals.
	own := crm.StandardPipeline()
	own.ID, own.Name = c.id(), "Service"
	c.do(c.as(c.admin), crm.SavePipeline{Pipeline: own})
	for _, p := range []crm.ID{own.ID, crm.StandardPipelineID} {
		c.do(c.as(c.anna), crm.CreateDeal{Deal: crm.Deal{ID: c.id(), Title: "Boiler", Pipeline: p}})
	}
	c.refused(wire.RejectInvalid, c.try(c.as(c.admin), crm.RemoveSetup{Kind: crm.SetupPipeline, ID: own.ID}))
	c.do(c.as(c.admin), crm.RemoveSetup{Kind: crm.SetupPipeline, ID: crm.StandardPipelineID})
}

// A command of before a removal changes nothing of what is gone, also one of the same moment; and makes it not anew.
func TestACommandOfBeforeARemovalDoesNothing(t *testing.T) {
	c := newCompany(t)
	r := c.contact("Meier")
	c.do(c.as(c.anna), crm.RemoveRecord{Ref: r})
	if err := c.tryAt(c.as(c.ben), set(r, "position", "Buyer"), c.now); err != nil {
		t.Errorf("of the same moment: %v", err)
	}
	c.refused(wire.RejectGone, c.tryAt(c.as(c.ben), crm.CreateContact{Contact: crm.Contact{ID: r.ID, LastName: "Meier"}}, c.now.Add(-time.Second)))
	if !c.gone(wire.Contact, r.ID) {
		t.Error("it is there again")
	}
}

// Whose a call was is kept only where it has become another's.
func TestACallsFormerAgentsAreThoseItIsNoMore(t *testing.T) {
	c := newCompany(t)
	call := c.rung(c.anna, number, "", c.now)
	c.do(c.as(c.anna), crm.SaveNote{Call: call, Text: "wants a roof"})
	k := Key{wire.Call, call}
	if former := c.m.rows[k].Former; len(former) != 0 {
		t.Errorf("a note makes it another's: %v", former)
	}
	for _, agent := range []crm.ID{c.ben, c.anna, c.ben} {
		c.do(c.as(c.admin), crm.UpdateCall{ID: call, Agent: agent})
	}
	if former := c.m.rows[k].Former; !slices.Equal(former, []crm.ID{c.anna, c.ben}) {
		t.Errorf("it was once of %v", former)
	}
}
