package ui

import (
	"testing"

	"leadline/crm"
	"leadline/ui/desk"
)

// again has a call begin or end, after which the lists are read again.
func again(t *testing.T, b *mainBench, id desk.CallID, state desk.State) {
	t.Helper()
	b.m.reload.wait = 0
	before := b.desk.questions()
	s := b.desk.snap
	s.Calls = []desk.Call{{ID: id, State: state}}
	b.desk.watch(s)
	pumpUntil(t, b.d, func() bool { return b.desk.questions() > before })
	b.settle()
}

// put changes what the desk answers.
func (d *mainDesk) put(rows []desk.Row, records map[desk.Ref]desk.Record) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lists, d.records = map[desk.List][]desk.Row{desk.CallList: rows}, records
}

func TestTheFirstCallOfAllOpensItsRecord(t *testing.T) {
	b := newMainBench(t, &mainDesk{}, &mainSettings{accounts: oneAccount}, Look{"en", "light"})
	b.tap("item", "Calls")
	again(t, b, "0", desk.Incoming)
	b.desk.put([]desk.Row{{Call: "1", Title: "030 2094 8812", Dial: "+493020948812"}}, nil)
	again(t, b, "1", desk.Ended)
	if !b.says("Not in the CRM") {
		t.Error("the row is chosen and nothing is shown of it")
	}
}

func TestACallThatGotARecordShowsIt(t *testing.T) {
	b := newMainBench(t, &mainDesk{}, &mainSettings{accounts: oneAccount}, Look{"en", "light"})
	b.tap("item", "Calls")
	call := desk.Row{Call: "1", Title: "030 2094 8812", Dial: "+493020948812"}
	b.desk.put([]desk.Row{call}, nil)
	again(t, b, "1", desk.Incoming)
	if !b.says("Not in the CRM") {
		t.Fatal("the stranger is not shown")
	}
	lead := desk.Ref{Kind: desk.Lead, ID: "l1"}
	newer := desk.Row{Call: "2", Title: "089 1234", Dial: "+49891234"}
	call.Ref, call.Title = lead, "Zoë Meier"
	b.desk.put([]desk.Row{newer, call}, map[desk.Ref]desk.Record{lead: {Ref: lead, Title: "Zoë Meier", Dial: "+493020948812"}})
	again(t, b, "1", desk.Ended)
	if b.says("Not in the CRM") {
		t.Error("the caller is shown as a stranger though a lead was made")
	}
	list := b.m.pages[pageCalls].(*listPage)
	if list.at != 1 {
		t.Errorf("the choice is at row %d; a newer call has moved it to 1", list.at)
	}
}

// Issue 6.1: the missed calls of one line.
func TestMissedCallsOfOneLine_H6(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	b.m.Go(pageMissed)
	b.settle()
	if b.finds("select", "Line") {
		t.Error("there is a choice of lines, and one line")
	}
	b.m.Go(pageCalls)
	sales := crm.Line{ID: s.NewID(), Name: "Sales", Number: number(t, "030 5557-101")}
	do(t, s, crm.SaveLine{Line: sales}, crm.SaveLine{Line: crm.Line{ID: s.NewID(), Name: "Service", Number: number(t, "030 5557-102")}})
	b.m.Go(pageMissed)
	pumpUntil(t, b.d, func() bool { return b.finds("select", "Line") })
	b.choose("select", "Line", "Sales")
	page := b.m.pages[pageMissed].(*missedPage)
	if got := page.open.query.Calls.Line; got != sales.ID {
		t.Errorf("asks for the line %q", got)
	}
	do(t, s, crm.RemoveSetup{Kind: crm.SetupLine, ID: sales.ID})
	b.m.Go(pageCalls)
	b.m.Go(pageMissed)
	pumpUntil(t, b.d, func() bool { return page.open.query.Calls.Line == "" })
}
