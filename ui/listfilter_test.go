package ui

import (
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"leadline/crm"
)

func TestFiltersAreKeptByName(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	ids, petra := someLeads(t, s, 4)
	do(t, s, crm.Assign{Ref: crm.Ref{Kind: crm.KindLead, ID: ids[2]}, To: petra.ID},
		crm.SetLeadStatus{Lead: ids[2], From: crm.LeadNew, To: crm.LeadJunk}, crm.Assign{Ref: crm.Ref{Kind: crm.KindLead, ID: ids[0]}, To: petra.ID})
	p := picksOf(b, "Lead 4")
	rows := func(n int) {
		t.Helper()
		pumpUntil(t, b.d, func() bool { got, _ := p.page.pager.Total(); return got == n && !p.page.pager.stale })
	}
	rows(3) // open ones
	b.tap("button", "Filter")
	pumpUntil(t, b.d, func() bool {
		return b.finds("select", "Filter by status") && p.page.filters.by[0].Choose("Petra Weiß") == nil
	})
	rows(1)
	b.choose("select", "Filter by status", "Junk") // a closed one: it is looked for among all
	rows(1)
	if r, _ := p.page.pager.Row(0); r.Title != "Lead 3" {
		t.Errorf("found %q", r.Title)
	}
	if p.page.filters.keep.Enabled() {
		t.Error("a filter without a name can be kept")
	}
	b.type_("Name of the filter", "Petra's junk")
	b.tap("button", "Keep")
	b.tap("button", "Petra's junk") // off again
	rows(4)
	b.tap("button", "Open")
	rows(3)

	again := newListPage(b.m.opt, leadsPageSpec(), b.m) // at the next start
	again.Enter()
	pumpUntil(t, b.d, func() bool { return again.filters.known })
	again.Leave()
	if k := again.filters.kept; len(k) != 1 || k[0] != (keptFilter{"Petra's junk", filterChoice{Responsible: string(petra.ID), Status: "Junk"}}) {
		t.Errorf("kept %+v", k)
	}
	b.tap("button", "Petra's junk")
	rows(1)
	b.tap("button", "Forget")
	if len(p.page.filters.kept) != 0 || b.finds("button", "Petra's junk") {
		t.Error("it is not forgotten")
	}
	rows(1)
}

// Two who share a computer have filters and orders of their own. Those of before there were users go to the first.
func TestEachUserHasFiltersOfTheirOwn(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	_, petra := someLeads(t, s, 2)
	prefs := b.m.opt.App.Preferences()
	prefs.SetString(prefFilters+"leads", `[{"Name":"Old ones","Status":"Junk"}]`)
	prefs.SetString(prefOrder+"leads", string(crm.OrderNewest))
	p := picksOf(b, "Lead 2")
	b.waits("Old ones")
	pumpUntil(t, b.d, func() bool { return p.page.order == crm.OrderNewest })
	must := func(u crm.User, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(s.SignIn(ctx, petra))
	b.m.Go(pageCalls)
	b.m.Go(pageLeads)
	pumpUntil(t, b.d, func() bool { return p.page.filters.user == petra.ID })
	b.settle()
	if len(p.page.filters.kept) > 0 || b.finds("button", "Old ones") || p.page.order != crm.OrderUsual {
		t.Errorf("Petra has %+v, order %q", p.page.filters.kept, p.page.order)
	}
}

func TestTheOrderOfAListIsChosenAndRemembered(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	for _, name := range []string{"Berger", "Adam", "Zeller"} {
		do(t, s, crm.CreateContact{Contact: crm.Contact{ID: s.NewID(), LastName: name}})
	}
	b.m.Go(pageContacts)
	b.waits("Zeller")
	page := b.m.pages[pageContacts].(*listPage)
	first := func(want string) {
		t.Helper()
		pumpUntil(t, b.d, func() bool { r, ok := page.pager.Row(0); return ok && r.Title == want })
	}
	first("Adam")
	b.tap("button", "Order")
	b.tap("item", "Newest first")
	first("Zeller")
	again := newListPage(b.m.opt, contactsPageSpec(), b.m)
	again.Enter()
	pumpUntil(t, b.d, func() bool { return again.filters.known })
	again.Leave()
	if again.order != crm.OrderNewest {
		t.Error("the order is not remembered")
	}
	b.tap("button", "Order")
	b.tap("item", "By name")
	first("Adam")
	for _, again := range []struct{ item, first string }{{"By name", "Zeller"}, {"By name, downwards", "Adam"}, {"Last changed first", ""}} {
		b.tap("button", "Order")
		if again.first == "" { // by a column, which has the older first to begin with
			b.tap("item", "Changed long ago first")
			pumpUntil(t, b.d, func() bool { return page.order == crm.By(crm.ColumnChanged, false) && !page.pager.stale })
			b.tap("button", "Order")
			b.shot("list-order-light")
			b.tap("item", "Changed long ago first")
			pumpUntil(t, b.d, func() bool { return page.order == crm.By(crm.ColumnChanged, true) && !page.pager.stale })
			continue
		}
		b.tap("item", again.item)
		first(again.first)
	}
}

func TestPicturesOfFilters(t *testing.T) {
	for _, c := range []struct {
		name string
		look Look
		size fyne.Size
	}{{"list-filter-dark-de", Look{"de", "dark"}, fyne.NewSize(1280, 800)}, {"list-filter-900-light-de", Look{"de", "light"}, fyne.NewSize(900, 600)}} {
		b, s := customersBench(t, c.look)
		b.m.Window().Resize(c.size)
		_, petra := someLeads(t, s, 6)
		p := picksOf(b, "Lead 6")
		p.page.filters.kept = []keptFilter{{"Petras neue", filterChoice{Responsible: string(petra.ID), Status: "New"}},
			{"Messe und Werbung im Herbst 2026", filterChoice{Source: "Trade show"}}, {"Papierkorb", filterChoice{Status: "Junk"}}}
		b.tap("button", "Filter")
		pumpUntil(t, b.d, func() bool { return p.page.filters.by[1].Choose("New") == nil })
		b.shot(c.name)
	}
}

// Deals are found by the stages of every pipeline, each once.
func TestDealsAreFilteredByTheStagesOfAllPipelines_F4(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	service := crm.Pipeline{ID: s.NewID(), Name: "Service", Stages: []crm.Stage{{ID: crm.DealNew, Name: "New"}, {ID: "booked", Name: "Booked"}, {ID: crm.DealWon, Name: "Won", Result: crm.Won}, {ID: crm.DealLost, Name: "Lost", Result: crm.Lost}}}
	do(t, s, crm.SavePipeline{Pipeline: service},
		crm.CreateDeal{Deal: crm.Deal{ID: s.NewID(), Title: "Boiler", Pipeline: service.ID, Stage: "booked"}},
		crm.CreateDeal{Deal: crm.Deal{ID: s.NewID(), Title: "Pump", Stage: crm.DealNew}})
	p := newListPage(b.m.opt, dealsPageSpec(), b.m)
	p.Enter()
	defer p.Leave()
	p.filters.toggle()
	rows := func(n int) {
		t.Helper()
		pumpUntil(t, b.d, func() bool { got, _ := p.pager.Total(); return got == n && !p.pager.stale })
	}
	rows(2)
	pumpUntil(t, b.d, func() bool { return p.filters.by[1].Choose("Service: Booked") == nil })
	rows(1)
	if r, _ := p.pager.Row(0); r.Title != "Boiler" {
		t.Errorf("found %q", r.Title)
	}
	for _, twice := range []string{"Service: New", "Service: Won"} {
		if p.filters.by[1].Choose(twice) == nil {
			t.Errorf("%q is offered beside the standard pipeline's", twice)
		}
	}
}

// Calls are found by when they were, on which line, whose, and what became of them; the period moves on with the days.
func TestCallsAreFiltered(t *testing.T) {
	for _, look := range []Look{{"en", "light"}, {"de", "dark"}} {
		b, s := customersBench(t, look)
		lines := countedCalls(t, s)
		var all []crm.Call
		for q := (crm.Query{Limit: 100}); ; {
			page, err := s.Calls(ctx, q)
			if err != nil {
				t.Fatal(err)
			}
			if len(page.Rows) == 0 {
				break
			}
			for _, r := range page.Rows {
				all = append(all, r.Call)
			}
			q.After = page.End
		}
		b.m.Go(pageCalls)
		p := b.m.pages[pageCalls].(*listPage)
		rows := func(what string, want func(crm.Call) bool) {
			t.Helper()
			n := 0
			for _, c := range all {
				if want(c) {
					n++
				}
			}
			if n == 0 || n == len(all) {
				t.Fatalf("%s: %d of %d calls are no test", what, n, len(all))
			}
			pumpUntil(t, b.d, func() bool { return !p.pager.stale })
			if got, _ := p.pager.Total(); got != n {
				t.Errorf("%s: %d rows, want %d", what, got, n)
			}
		}
		p.Enter()
		pumpUntil(t, b.d, func() bool { n, _ := p.pager.Total(); return n == 240 && !p.pager.stale })
		b.settle()
		b.tap("button", "Incoming")
		rows("incoming", func(c crm.Call) bool { return c.Direction == crm.Incoming })
		b.tap("button", "Outgoing")
		rows("outgoing", func(c crm.Call) bool { return c.Direction == crm.Outgoing })
		b.tap("button", "All")
		b.tap("button", "Filter")
		pumpUntil(t, b.d, func() bool { return b.finds("select", "Filter by line") })
		choose := func(i int, id string) {
			t.Helper()
			p.filters.by[i].SetChosen(id)
			p.filters.chosen()
		}
		midnight := time.Date(mainNow.Year(), mainNow.Month(), mainNow.Day(), 0, 0, 0, 0, mainNow.Location())
		yesterday := func(c crm.Call) bool {
			return !c.Began.Before(midnight.AddDate(0, 0, -1)) && c.Began.Before(midnight)
		}
		choose(0, "yesterday")
		rows("yesterday", yesterday)
		choose(1, string(lines[1].ID))
		rows("yesterday on a line", func(c crm.Call) bool { return yesterday(c) && c.Line == lines[1].ID })
		choose(0, "7 days")
		choose(1, "")
		rows("the last week", func(c crm.Call) bool { return !c.Began.Before(midnight.AddDate(0, 0, -6)) })
		choose(0, "")
		choose(3, string(crm.CallsMissed))
		rows("missed", func(c crm.Call) bool { return c.Direction == crm.Incoming && c.Outcome == crm.Missed })
		choose(3, "")
		choose(4, "Complaint")
		rows("with a result", func(c crm.Call) bool { return c.Result == "Complaint" })
		users, err := s.Users(ctx)
		if err != nil {
			t.Fatal(err)
		}
		petra := users[slices.IndexFunc(users, func(u crm.User) bool { return u.Name == "Petra Weiß" })]
		choose(2, string(petra.ID))
		rows("an agent's with a result", func(c crm.Call) bool { return c.Result == "Complaint" && c.Agent == petra.ID })
		b.type_("Name of the filter", "Petra's")
		b.tap("button", "Keep")
		b.shot("calls-filter-" + look.Theme + "-" + look.Language)
		b.m.Window().Resize(fyne.NewSize(900, 600))
		b.settle()
		b.shot("calls-filter-900-" + look.Theme + "-" + look.Language)

		b.m.openCalls(crm.CallCriteria{Line: lines[0].ID, Group: crm.CallsIn}, "a figure")
		rows("a figure of the statistics", func(c crm.Call) bool { return c.Line == lines[0].ID && c.Direction == crm.Incoming })
		if p.filters.choice != (filterChoice{}) {
			t.Error("the filter is still chosen under a figure of the statistics")
		}
		b.tap("button", "Petra's")
		rows("the kept filter", func(c crm.Call) bool { return c.Result == "Complaint" && c.Agent == petra.ID })
	}
}
