package store

import (
	"database/sql"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"leadline/crm"
)

// A file of the first version comes through with all that was in it.
func TestAFileOfTheFirstVersionIsBroughtOn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "leadline.db")
	db := sql.OpenDB(connector{path: path, write: true})
	line, petra, contact := "018f0000-0000-7000-8000-000000000001", "018f0000-0000-7000-8000-000000000002", "018f0000-0000-7000-8000-000000000003"
	blob := func(id string) []byte { return crm.ID(id).Bytes() }
	for _, do := range []struct {
		query string
		args  []any
	}{
		{migrations[0], nil},
		{"PRAGMA user_version = 1", nil},
		{"INSERT INTO user(id, name, email, extension, numbers, gone) VALUES(?, 'Petra', '', '102', '[]', 0)", []any{blob(petra)}},
		{"INSERT INTO line(id, name, peer, data) VALUES(?, 'Sales', '+49301', ?)", []any{blob(line),
			`{"id":"` + line + `","name":"Sales","queue":"Sales queue","members":["` + petra + `"],"mode":"auto"}`}},
		{"INSERT INTO contact(id, first, last, sort, position, more, created, updated) VALUES(?, 'Käthe', 'Süßmilch', 's', '', ?, 1, 1)",
			[]any{blob(contact), `{"address":"Am Markt 1","comment":"early riser"}`}},
		{"INSERT INTO setting(name, value) VALUES('repeat_leads', 'yes'), ('sources', '[\"Radio\"]')", nil},
	} {
		if _, err := db.Exec(do.query, do.args...); err != nil {
			t.Fatal(err)
		}
	}
	ok(t, db.Close())

	s := openAt(t, path)
	lines := must(s.Lines(ctx))(t)
	if len(lines) != 1 || lines[0].QueueName != "Sales queue" || lines[0].Mode != crm.Auto {
		t.Errorf("lines %+v", lines)
	}
	if queues := must(s.Queues(ctx))(t); len(queues) != 1 || queues[0].ID != lines[0].Queue || !slices.Equal(queues[0].Members, []crm.ID{crm.ID(petra)}) {
		t.Errorf("queues %+v", queues)
	}
	c := must(s.Record(ctx, crm.Ref{Kind: crm.KindContact, ID: crm.ID(contact)}))(t).Contact
	if len(c.Addresses) != 1 || c.Addresses[0].Street != "Am Markt 1" || c.Comment != "early riser" {
		t.Errorf("contact %+v", c)
	}
	if w := must(s.Workspace(ctx))(t); !w.RepeatLeads || !slices.Equal(w.OwnSources, []string{"Radio"}) {
		t.Errorf("workspace %+v", w)
	}
	_, d := begin(t, s, crm.Incoming, DemoUnknown, lines[0])
	if d.Create != crm.KindLead || d.Responsible != crm.ID(petra) {
		t.Errorf("the old line decides %+v", d)
	}
}

func TestWhatIsSetUpIsThere(t *testing.T) {
	s := seeded(t)
	own := crm.Pipeline{ID: s.NewID(), Name: "A service", Stages: []crm.Stage{{ID: "in", Name: "Came in"}, {ID: "ok", Name: "Done", Result: crm.Won}, {ID: "no", Name: "Off", Result: crm.Lost}}}
	field := crm.Field{ID: s.NewID(), Name: "Boiler", Kinds: []crm.Kind{crm.KindContact}, Type: crm.TextField}
	first := crm.Field{ID: s.NewID(), Name: "Customer number", Kinds: []crm.Kind{crm.KindContact}, Type: crm.NumberField, Order: -1}
	role := crm.Role{ID: s.NewID(), Name: "Trainee", Rights: crm.Rights{Call: crm.CallCRM}}
	ok(t, s.Do(ctx, crm.SavePipeline{Pipeline: own}, crm.SaveField{Field: field}, crm.SaveField{Field: first}, crm.SaveRole{Role: role},
		crm.SaveWorkspace{Workspace: crm.Workspace{Mode: crm.Simple, OwnSources: []string{"Radio"}}}))
	if p := must(s.Pipelines(ctx))(t); len(p) != 2 || p[0].ID != crm.StandardPipelineID || p[1].Name != "A service" {
		t.Errorf("pipelines %+v", p)
	}
	if f := must(s.Fields(ctx))(t); len(f) != 2 || f[0].Name != "Customer number" {
		t.Errorf("fields %+v", f)
	}
	if r := must(s.Roles(ctx))(t); len(r) != 5 || r[4].Name != "Trainee" {
		t.Errorf("roles %+v", r)
	}
	if sources := must(s.Sources(ctx))(t); !slices.Contains(sources, "Radio") || sources[0] != crm.SourceCall {
		t.Errorf("sources %v", sources)
	}
	if r := must(s.Rights(ctx))(t); r != crm.AllRights {
		t.Errorf("nobody has a role, yet I have %+v", r)
	}
	ok(t, s.Do(ctx, crm.SaveUser{User: crm.User{ID: s.NewID(), Name: "Boris", Roles: []crm.ID{crm.Administrator}}}))
	anna := must(s.Me(ctx))(t)
	anna.Roles, anna.Department = []crm.ID{role.ID}, "Sales"
	ok(t, s.Do(ctx, crm.SaveUser{User: anna}))
	if r := must(s.Rights(ctx))(t); r != role.Rights {
		t.Errorf("a trainee has %+v", r)
	}
	if got := must(s.Me(ctx))(t); got.Department != "Sales" {
		t.Errorf("%+v", got)
	}
	ok(t, s.Do(ctx, crm.RemoveSetup{Kind: crm.SetupRole, ID: role.ID}, crm.RemoveSetup{Kind: crm.SetupField, ID: field.ID}))
	if r, f := must(s.Roles(ctx))(t), must(s.Fields(ctx))(t); len(r) != 4 || len(f) != 1 {
		t.Errorf("left %+v %+v", r, f)
	}
}

func TestDealsAreOpenByTheirPipeline_F4(t *testing.T) {
	s := seeded(t)
	own := crm.Pipeline{ID: s.NewID(), Name: "Service", Stages: []crm.Stage{{ID: "in", Name: "Came in"}, {ID: "ok", Name: "Done", Result: crm.Won}, {ID: "no", Name: "Off", Result: crm.Lost}}}
	deal := crm.Deal{ID: s.NewID(), Title: "Boiler", Pipeline: own.ID, Fields: crm.Values{"x": "1"}}
	ok(t, s.Do(ctx, crm.SavePipeline{Pipeline: own}, crm.CreateDeal{Deal: deal}))
	ref := crm.Ref{Kind: crm.KindDeal, ID: deal.ID}
	got := must(s.Record(ctx, ref))(t).Deal
	if got.Stage != "in" || got.Pipeline != own.ID || got.Fields["x"] != "1" || got.MadeBy == "" {
		t.Errorf("%+v", got)
	}
	open := func() bool {
		page := must(s.Deals(ctx, crm.Query{Filter: crm.FilterOpen, Limit: 100}))(t)
		return slices.ContainsFunc(page.Rows, func(r crm.RecordRow) bool { return r.Ref == ref })
	}
	if !open() {
		t.Error("a new deal is not open")
	}
	ok(t, s.Do(ctx, crm.SetDealStage{Deal: deal.ID, From: "in", To: "ok"}))
	if open() {
		t.Error("a deal that was won is open")
	}
	own.Stages[1].Result, own.Stages[2].Result = crm.Undecided, crm.Won
	own.Stages = append(own.Stages, crm.Stage{ID: "lost", Name: "Lost", Result: crm.Lost})
	ok(t, s.Do(ctx, crm.SavePipeline{Pipeline: own}))
	if !open() {
		t.Error("the stage means something else now, the deal does not")
	}
	var refused crm.Invalid
	if err := s.Do(ctx, crm.SetDealStage{Deal: deal.ID, From: "in", To: "no"}); !errors.As(err, &refused) || refused.Text.Key != crm.ChangedStatus {
		t.Errorf("moved on from where it no longer stood: %v", err)
	}
	if err := s.Do(ctx, crm.RemoveSetup{Kind: crm.SetupPipeline, ID: own.ID}); !errors.As(err, &refused) || refused.Text.Key != crm.PipelineInUse {
		t.Errorf("a pipeline with deals was removed: %v", err)
	}
}

func TestRecordsKeepAllTheyCarry(t *testing.T) {
	s := seeded(t)
	c := crm.Contact{ID: s.NewID(), LastName: "Weiß", Addresses: []crm.Address{{Street: "Am Markt 1", PostalCode: "10115", City: "Berlin", Label: crm.LabelWork}, {City: "Wien", Label: crm.LabelHome}},
		Fields: crm.Values{"f": "x"}, Origin: crm.Origin{Call: s.NewID(), Reason: crm.Say(crm.ReasonByHand)}}
	ok(t, s.Do(ctx, crm.CreateContact{Contact: c}))
	ref := crm.Ref{Kind: crm.KindContact, ID: c.ID}
	anna, petra := must(s.Me(ctx))(t), must(s.SignIn(ctx, crm.User{Name: "Petra Weiß", Extension: "102"}))(t)
	c.Comment, c.Origin = "called back", crm.Origin{}
	ok(t, s.Do(ctx, crm.UpdateContact{Contact: c}))
	got := must(s.Record(ctx, ref))(t).Contact
	if !slices.Equal(got.Addresses, c.Addresses) || got.Fields["f"] != "x" || got.Origin.Reason.Key != crm.ReasonByHand || got.Origin.Call == "" ||
		got.MadeBy != anna.ID || got.ChangedBy != petra.ID {
		t.Errorf("%+v", got)
	}
}

func TestFollowUpsAndNotesHangOnRecords_H3(t *testing.T) {
	s := seeded(t)
	ref := must(s.Match(ctx, crm.Parse(DemoKnown, "DE")))(t)[0].Ref
	anna := must(s.Me(ctx))(t)
	late := crm.FollowUp{ID: s.NewID(), Ref: ref, Due: noon.Add(48 * time.Hour), Text: "Send the offer", Responsible: anna.ID}
	soon := crm.FollowUp{ID: s.NewID(), Ref: ref, Due: noon.Add(time.Hour), Text: "Call back", Responsible: anna.ID}
	note := crm.Note{ID: s.NewID(), Ref: ref, At: noon, By: anna.ID, Text: "Likes mornings"}
	ok(t, s.Do(ctx, crm.SaveFollowUp{FollowUp: late}, crm.SaveFollowUp{FollowUp: soon}, crm.SaveRecordNote{Note: note}))
	if all := must(s.FollowUps(ctx, ref))(t); len(all) != 2 || all[0].Text != "Call back" {
		t.Errorf("the next due is not the first: %+v", all)
	}
	soon.Done, soon.DoneBy = noon.Add(2*time.Hour), anna.ID
	ok(t, s.Do(ctx, crm.SaveFollowUp{FollowUp: soon}))
	if all := must(s.FollowUps(ctx, ref))(t); len(all) != 2 || all[0].Text != "Send the offer" {
		t.Errorf("what is done is not the last: %+v", all)
	}
	events := must(s.Record(ctx, ref))(t).Timeline
	if !slices.ContainsFunc(events, func(e crm.Event) bool {
		return e.Kind == crm.EventNote && e.Body == "Likes mornings" && e.Who == "Anna Krüger"
	}) {
		t.Errorf("the note is not in the timeline: %+v", events)
	}
	note.Text = ""
	ok(t, s.Do(ctx, crm.SaveRecordNote{Note: note}))
	if events := must(s.Record(ctx, ref))(t).Timeline; slices.ContainsFunc(events, func(e crm.Event) bool { return e.Kind == crm.EventNote }) {
		t.Error("a note without text is there")
	}
}

func TestNobodyTakesWhatSomebodyElseHasMeanwhile(t *testing.T) {
	s := seeded(t)
	ref := must(s.Match(ctx, crm.Parse(DemoKnown, "DE")))(t)[0].Ref
	users := must(s.Users(ctx))(t)
	anna, petra := users[0].ID, users[1].ID
	ok(t, s.Do(ctx, crm.Assign{Ref: ref, From: anna, To: petra}))
	if rec := must(s.Record(ctx, ref))(t); rec.Responsible != "Petra Weiß" {
		t.Errorf("%s has it", rec.Responsible)
	}
	var refused crm.Invalid
	if err := s.Do(ctx, crm.Assign{Ref: ref, From: anna, To: users[2].ID}); !errors.As(err, &refused) || refused.Text.Key != crm.ChangedHands {
		t.Errorf("taken from who no longer has it: %v", err)
	}
	if err := s.Do(ctx, crm.Assign{Ref: crm.Ref{Kind: crm.KindLead, ID: s.NewID()}, To: petra}); !errors.Is(err, ErrNotFound) {
		t.Errorf("a record that is not there: %v", err)
	}
}

func TestALeadIsMovedOn_F5(t *testing.T) {
	s := seeded(t)
	leads := must(s.Leads(ctx, crm.Query{Filter: crm.FilterNew, Limit: 9}))(t)
	id := leads.Rows[0].Ref.ID
	ok(t, s.Do(ctx, crm.SetLeadStatus{Lead: id, From: crm.LeadNew, To: "Called twice"}, crm.SetLeadStatus{Lead: id, From: "Called twice", To: crm.LeadJunk}))
	got := must(s.Record(ctx, leads.Rows[0].Ref))(t)
	if got.Lead.Status != crm.LeadJunk {
		t.Errorf("%+v", got.Lead)
	}
	if open := must(s.Leads(ctx, crm.Query{Filter: crm.FilterOpen, Limit: 99}))(t); slices.ContainsFunc(open.Rows, func(r crm.RecordRow) bool { return r.Ref.ID == id }) {
		t.Error("junk is open")
	}
}

func TestWhatHungOnARemovedRecordHangsOnTheOther(t *testing.T) {
	s := seeded(t)
	companies := must(s.Companies(ctx, crm.Query{Text: "Meier", Limit: 9}))(t)
	meier := companies.Rows[0].Ref
	other := crm.Company{ID: s.NewID(), Name: "Meier Holding"}
	ok(t, s.Do(ctx, crm.CreateCompany{Company: other}, crm.SaveRecordNote{Note: crm.Note{ID: s.NewID(), Ref: meier, At: noon, Text: "moved"}}))
	to := crm.Ref{Kind: crm.KindCompany, ID: other.ID}
	before := must(s.Card(ctx, meier, 5, ""))(t)
	ok(t, s.Do(ctx, crm.RemoveRecord{Ref: meier, Instead: to}))
	after := must(s.Card(ctx, to, 5, ""))(t)
	if after.Calls != before.Calls || len(after.Deals) != len(before.Deals) || before.Calls == 0 || len(before.Deals) == 0 {
		t.Errorf("%d calls and %d deals became %d and %d", before.Calls, len(before.Deals), after.Calls, len(after.Deals))
	}
	if events := must(s.Record(ctx, to))(t).Timeline; !slices.ContainsFunc(events, func(e crm.Event) bool { return e.Body == "moved" }) {
		t.Error("the note stayed behind")
	}
	if rec := must(s.Record(ctx, meier))(t); rec.Ref != to {
		t.Errorf("who knows the old id finds %v", rec.Ref)
	}
	if found := must(s.Search(ctx, "Lüdenscheidt Holding", 5))(t); len(found) != 1 {
		t.Errorf("its people are not found by the new company: %+v", found)
	}
	for _, m := range must(s.Match(ctx, crm.Parse("030 2094 880", "DE")))(t) {
		t.Errorf("a number leads to %+v", m)
	}
	contact := must(s.Match(ctx, crm.Parse(DemoKnown, "DE")))(t)[0].Ref
	ok(t, s.Do(ctx, crm.RemoveRecord{Ref: contact}))
	if page := must(s.Calls(ctx, crm.Query{Text: "0302094", Limit: 99}))(t); page.Total == 0 {
		t.Error("the calls of a removed contact are gone from the log")
	}
}

func TestExceptionsAndBlacklistAreKept_E1(t *testing.T) {
	s := open(t)
	entries, _ := crm.ParseEntries(crm.Exceptions, "0900* ; premium\n030 123456\nanna@example.org", "DE")
	black, _ := crm.ParseEntries(crm.Blacklist, "0900 1*", "DE")
	ok(t, s.SetEntries(ctx, crm.Exceptions, entries))
	ok(t, s.SetEntries(ctx, crm.Blacklist, black))
	for written, hit := range map[string]bool{"0900 123": true, "+49 30 123456": true, "030 1234567": false, "sip:Anna@example.org": true, "": false, "0901 222222": false} {
		_, found, err := listed(reader{s}, crm.Exceptions, crm.Parse(written, "DE"))
		ok(t, err)
		if found != hit {
			t.Errorf("%q is an exception: %v", written, found)
		}
	}
	entries[0].Comment = "changed"
	ok(t, s.SetEntries(ctx, crm.Exceptions, entries[:2]))
	got := must(s.Entries(ctx, crm.Exceptions))(t)
	if len(got) != 2 || got[1].Comment != "changed" || len(must(s.Entries(ctx, crm.Blacklist))(t)) != 1 {
		t.Errorf("%+v", got)
	}
	before, _ := outbox(t, s)
	ok(t, s.SetEntries(ctx, crm.Exceptions, entries[:2]))
	if after, _ := outbox(t, s); len(after) != len(before) {
		t.Error("nothing was changed, and commands were made")
	}
}

func TestNobodyRemovesThemselves_G1(t *testing.T) {
	s := open(t)
	anna := must(s.SignIn(ctx, crm.User{Name: "Anna", Extension: "101"}))(t)
	left := anna
	left.Left = true
	var wrong crm.Invalid
	if err := s.Do(ctx, crm.SaveUser{User: left}); !errors.As(err, &wrong) || wrong.Text.Key != crm.RemovesSelf {
		t.Errorf("said %v", err)
	}
	anna.Roles = []crm.ID{crm.Administrator}
	ok(t, s.Do(ctx, crm.SaveUser{User: anna}))
	anna.Roles = []crm.ID{crm.Agent}
	if err := s.Do(ctx, crm.SaveUser{User: anna}); !errors.As(err, &wrong) || wrong.Text.Key != crm.LastAdmin {
		t.Errorf("said %v", err)
	}
	if users := must(s.Users(ctx))(t); len(users) != 1 || !users[0].IsAdministrator() {
		t.Errorf("the users are %+v", users)
	}
}
