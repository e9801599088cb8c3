package ui

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/kit"
)

// headings are the columns that a list shows, "Name↑" for what it is ordered by.
func (t *listTable) headings() string {
	var all []string
	kit.Walk(t.heads, func(o fyne.CanvasObject, _ fyne.Position) {
		if n, ok := o.(kit.Named); ok {
			all = append(all, n.Name()+map[string]string{"up": "↑", "down": "↓"}[n.Value()])
		}
	})
	return strings.Join(all, " ")
}

func TestAWideListHasTheColumnsThatOneChooses(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	ids, petra := someLeads(t, s, 3)
	do(t, s, crm.Assign{Ref: crm.Ref{Kind: crm.KindLead, ID: ids[1]}, To: petra.ID}, crm.SetLeadStatus{Lead: ids[2], From: crm.LeadNew, To: crm.LeadInProgress})
	p := picksOf(b, "Lead 3")
	table := p.page.table
	pumpUntil(t, b.d, func() bool { return table.user != "" && p.page.filters.known })
	if got := table.headings(); got != "" {
		t.Errorf("a window of 1280 has the columns %s without being asked", got)
	}
	b.m.Window().Resize(fyne.NewSize(1920, 900))
	b.settle()
	if got := table.headings(); got != "Name Status Responsible Last↓" {
		t.Errorf("the usual columns are %s", got)
	}
	first := func(title string) {
		t.Helper()
		pumpUntil(t, b.d, func() bool {
			r, ok := p.page.pager.Row(0)
			return ok && !p.page.pager.stale && r.Title == title
		})
	}
	b.tap("heading", "Name")
	first("Lead 1")
	b.focus(table.by["name"])
	b.m.Window().Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn}) // the other way round
	first("Lead 3")
	if got := table.headings(); got != "Name↓ Status Responsible Last" {
		t.Errorf("ordered by name downwards, the headings are %s", got)
	}
	b.tap("heading", "Responsible")
	pumpUntil(t, b.d, func() bool { return !p.page.pager.stale })
	if o := p.page.order; o != crm.By(crm.ColumnResponsible, false) {
		t.Errorf("the order is %q", o)
	}
	b.tap("button", "Columns")
	b.tap("item", "Source")
	b.tap("item", "Last") // the menu stays open
	b.m.over().ClosePopup()
	if got := table.headings(); got != "Name Status Responsible↑ Source" {
		t.Errorf("with source and without last: %s", got)
	}
	row := p.page.list.Children()[0].(*kit.ListRow)
	if words := row.Value(); !strings.Contains(words, "Anna") && !strings.Contains(words, "Petra") {
		t.Errorf("the row says %q", words)
	}
	b.m.Window().Resize(fyne.NewSize(1000, 700))
	b.settle()
	if got := table.headings(); got != "" || b.finds("button", "Columns") {
		t.Errorf("a narrow window shows %s", got)
	}
	again := newListPage(b.m.opt, leadsPageSpec(), b.m) // at the next start
	again.Enter()
	pumpUntil(t, b.d, func() bool { return again.table.user != "" })
	again.Leave()
	if again.table.kept != "status,responsible,source" {
		t.Errorf("kept %q", again.table.kept)
	}
}

// Every heading is read as a whole in German, with the arrow; and the usual columns of every list find room at 1920 pixels.
func TestHeadingsOfListsFitInGerman(t *testing.T) {
	b, _ := customersBench(t, Look{"de", "dark"})
	b.m.Window().Resize(fyne.NewSize(1920, 900))
	for _, spec := range []listSpec{callsPageSpec(), leadsPageSpec(), contactsPageSpec(), companiesPageSpec(), dealsPageSpec()} {
		for _, c := range tableColumns(spec) {
			if !kit.NewColumnHead(c.name, c.right, nil).Fits(c.width) {
				t.Errorf("%s: the heading %q is cut at %g", spec.list, c.name, c.width)
			}
		}
		p := newListPage(b.m.opt, spec, b.m)
		p.box.Resize(fyne.NewSize(1920-184, 800))
		usual := slices.DeleteFunc(tableColumns(spec), func(c tableColumn) bool { return !c.usual })
		if len(p.table.shown) != len(usual) {
			t.Errorf("%s shows %d of %d columns", spec.list, len(p.table.shown), len(usual))
		}
	}
}

// A list of many rows is asked for by pages as before, and draws as many rows as are seen.
func TestATableOfManyRowsStaysPaged(t *testing.T) {
	for _, look := range []Look{{"en", "light"}, {"de", "dark"}} {
		b := newMainBench(t, fullDesk(), &mainSettings{accounts: oneAccount}, look)
		b.m.Window().Resize(fyne.NewSize(1920, 900))
		b.m.Go(pageLeads)
		b.settle()
		p := b.m.pages[pageLeads].(*listPage)
		b.shot(fmt.Sprintf("columns-leads-%s-%s", look.Theme, look.Language))
		p.pager.total = 100_000
		p.list.Reload()
		if n := len(p.list.Children()); n > 20 {
			t.Errorf("%d rows are drawn", n)
		}
		if n := len(p.pager.pages); n > listPagesKept {
			t.Errorf("%d pages are here", n)
		}
	}
}
