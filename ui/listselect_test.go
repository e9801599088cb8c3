package ui

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/crm/store"
)

// someLeads makes leads, the first of which is the newest, and a colleague.
func someLeads(t *testing.T, s *store.Store, n int) (ids []crm.ID, petra crm.User) {
	t.Helper()
	petra = crm.User{ID: s.NewID(), Name: "Petra Weiß"}
	do(t, s, crm.SaveUser{User: petra})
	for i := range n {
		l := crm.Lead{ID: s.NewID(), Title: fmt.Sprintf("Lead %d", n-i), Status: crm.LeadNew, Numbers: []crm.Number{number(t, fmt.Sprintf("030 55%03d", i))},
			Emails: []crm.Email{{Address: fmt.Sprintf("l%d@example.org", n-i)}}, Created: mainNow.AddDate(0, 0, i-n), Updated: mainNow.AddDate(0, 0, i-n)}
		do(t, s, crm.CreateLead{Lead: l})
		ids = append([]crm.ID{l.ID}, ids...)
	}
	return ids, petra
}

// picks is a list of leads in which rows are chosen as a person would.
type picks struct {
	*mainBench
	page *listPage
}

func picksOf(b *mainBench, words string) picks {
	b.t.Helper()
	b.m.Go(pageLeads)
	b.waits(words)
	return picks{b, b.m.pages[pageLeads].(*listPage)}
}

func (p picks) click(i int, held fyne.KeyModifier) {
	p.t.Helper()
	r, ok := p.page.pager.Row(i)
	if !ok {
		p.t.Fatalf("there is no row %d", i)
	}
	if !p.page.picked.Click(i, r, held) {
		p.page.choose(i, r)
	}
	p.settle()
}

func (p picks) titles() string {
	var all []string
	for i := range p.page.pager.Len() {
		if r, ok := p.page.pager.Row(i); ok && p.page.picked.Has(r) {
			all = append(all, r.Title)
		}
	}
	return strings.Join(all, ", ")
}

func TestRowsAreChosenByCtrlShiftAndSpace(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	someLeads(t, s, 6)
	p := picksOf(b, "Lead 6")
	for _, c := range []struct {
		row  int
		held fyne.KeyModifier
		want string
	}{
		{3, fyne.KeyModifierControl, "Lead 1, Lead 4"}, // with the one that is shown
		{1, fyne.KeyModifierControl, "Lead 1, Lead 2, Lead 4"},
		{3, fyne.KeyModifierControl, "Lead 1, Lead 2"},
		{5, fyne.KeyModifierShift, "Lead 4, Lead 5, Lead 6"},
		{2, fyne.KeyModifierShift, "Lead 3, Lead 4"},
		{4, 0, ""},
		{5, fyne.KeyModifierShift, "Lead 5, Lead 6"},
	} {
		p.click(c.row, c.held)
		if got := p.titles(); got != c.want {
			t.Errorf("row %d with %v: %q, want %q", c.row, c.held, got, c.want)
		}
		if b.finds("button", "Select none") != (c.want != "") {
			t.Errorf("row %d with %v: the bar is there, or not", c.row, c.held)
		}
	}
	p.page.key(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if p.page.picked.Any() {
		t.Error("Esc does not choose none")
	}
	p.page.key(&fyne.KeyEvent{Name: fyne.KeySpace})
	p.page.key(&fyne.KeyEvent{Name: fyne.KeyUp})
	p.page.key(&fyne.KeyEvent{Name: fyne.KeySpace})
	if got := p.titles(); got != "Lead 4, Lead 5" {
		t.Errorf("space chooses %q", got)
	}
	b.tap("button", "New")
	if p.page.picked.Any() {
		t.Error("what is not in the list any more stays chosen")
	}
}

func TestManyRecordsAreChangedAtOnceAndBack(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	ids, petra := someLeads(t, s, 4)
	do(t, s, crm.Assign{Ref: crm.Ref{Kind: crm.KindLead, ID: ids[2]}, To: petra.ID})
	p := picksOf(b, "Lead 4")
	p.click(0, 0)
	p.click(2, fyne.KeyModifierShift)
	is := func(want func(crm.Lead) bool) func() bool {
		return func() bool {
			for i, id := range ids {
				if r := record(t, s, crm.Ref{Kind: crm.KindLead, ID: id}); want(*r.Lead) != (i < 3) {
					return false
				}
			}
			return true
		}
	}
	b.choose("select", "Responsible", "Petra Weiß")
	b.waits("Given to Petra Weiß: 2 changed") // one is hers already
	pumpUntil(t, b.d, is(func(l crm.Lead) bool { return l.Responsible == petra.ID }))
	b.tap("button", "Undo")
	pumpUntil(t, b.d, func() bool {
		return record(t, s, crm.Ref{Kind: crm.KindLead, ID: ids[0]}).Lead.Responsible == "" && record(t, s, crm.Ref{Kind: crm.KindLead, ID: ids[2]}).Lead.Responsible == petra.ID
	})
	b.choose("select", "Status", "In progress")
	b.waits("In progress: 3 changed")
	pumpUntil(t, b.d, is(func(l crm.Lead) bool { return l.Status == crm.LeadInProgress }))

	// One that is gone meanwhile holds up no other.
	do(t, s, crm.RemoveRecord{Ref: crm.Ref{Kind: crm.KindLead, ID: ids[1]}})
	b.choose("select", "Status", "Junk")
	b.waits("Junk: 2 changed")
	if !b.says("1 was not changed.") {
		t.Error("it does not say that one was not changed")
	}
}

func TestDealsAreMovedAtOnce_F4(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	ids := deals(t, s)
	b.m.Go(pageDeals)
	b.waits("Bremsprüfstand")
	b.tap("button", "List")
	b.waits("Lüftung Neubau")
	p := picks{b, boardOf(b).list}
	p.click(0, 0)
	p.click(3, fyne.KeyModifierShift)
	b.choose("select", "Status", "Won")
	b.waits("Won: 4 changed")
	for _, title := range []string{"Bremsprüfstand", "Kühlzelle 8 m²", "Lüftung Neubau", "Delivery contract 2027"} {
		b.stage(s, ids[title], crm.DealWon)
	}
}

func TestChosenRowsAreExported(t *testing.T) {
	b, s := customersBench(t, Look{"de", "light"})
	someLeads(t, s, 3)
	p := picksOf(b, "Lead 3")
	p.click(0, 0)
	p.click(1, fyne.KeyModifierShift)
	folder := t.TempDir()
	p.page.picked.exportTo(folder)
	b.waits("Leads 2026-11-23.csv")
	got, err := os.ReadFile(filepath.Join(folder, "Leads 2026-11-23.csv"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(got)), "\r\n")
	if len(lines) != 3 || !strings.HasPrefix(lines[1], "Lead 1;") || !strings.Contains(lines[1], ";l1@example.org;Neu;") || strings.Contains(string(got), "Lead 3") {
		t.Errorf("exported %q", lines)
	}
	p.page.picked.exportTo(filepath.Join(folder, "gone"))
	b.waits("Die Datei konnte nicht geschrieben werden")
	b.shot("list-chosen-light-de")
}
