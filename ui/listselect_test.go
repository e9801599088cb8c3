package ui

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/crm/store"
	"leadline/ui/kit"
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
	b.tapLast("button", "Undo")
	pumpUntil(t, b.d, func() bool {
		return p.page.picked.stop == nil && record(t, s, crm.Ref{Kind: crm.KindLead, ID: ids[0]}).Lead.Responsible == "" && record(t, s, crm.Ref{Kind: crm.KindLead, ID: ids[2]}).Lead.Responsible == petra.ID
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

// slowFile is a file whose changes wait, and of which some are refused.
type slowFile struct {
	Customers
	hold   chan struct{} // not nil: a change waits for it
	refuse func(crm.Change) error
}

func (f *slowFile) Change(ctx context.Context, changes ...crm.Change) error {
	if f.hold != nil {
		<-f.hold
	}
	for _, c := range changes {
		if f.refuse != nil {
			if err := f.refuse(c); err != nil {
				return err
			}
		}
	}
	return f.Customers.Change(ctx, changes...)
}

func TestAllThatFitAreChangedBeyondWhatIsLoaded(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	ids, _ := someLeads(t, s, 300)
	p := picksOf(b, "Lead 1")
	sources := func(source string) func() bool {
		return func() bool {
			for _, id := range ids {
				if record(t, s, crm.Ref{Kind: crm.KindLead, ID: id}).Lead.Source != source {
					return false
				}
			}
			return true
		}
	}
	p.click(0, fyne.KeyModifierControl)
	b.tap("button", "Choose all 300")
	if !b.says("300 chosen") {
		t.Error("it does not say that all are chosen")
	}
	b.choose("select", "Source", "Website")
	b.waits("300 changed")
	pumpUntil(t, b.d, sources("Website"))
	b.tapLast("button", "Undo")
	b.waits("300 taken back")
	pumpUntil(t, b.d, sources(""))

	// It is stopped after the first hundred, which stay changed.
	slow := &slowFile{Customers: s, hold: make(chan struct{})}
	p.page.opt.Customers = slow
	if err := p.page.picked.status.Choose("In progress"); err != nil {
		t.Fatal(err)
	}
	slow.hold <- struct{}{}
	pumpUntil(t, b.d, func() bool { return b.says("Changed 100 of 300") })
	b.widget("button", "Stop").(kit.Tappable).Tap()
	close(slow.hold)
	pumpUntil(t, b.d, func() bool { return p.page.picked.stop == nil })
	if !b.says("are as they were.") {
		t.Error("it does not say how many were not reached")
	}
	n := 0
	for _, id := range ids {
		if record(t, s, crm.Ref{Kind: crm.KindLead, ID: id}).Lead.Status == crm.LeadInProgress {
			n++
		}
	}
	if n < 100 || n >= 300 || n%100 != 0 {
		t.Errorf("%d are changed", n)
	}
}

func TestWhatCannotBeTakenBackIsTold(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	ids, petra := someLeads(t, s, 5)
	p := picksOf(b, "Lead 5")
	p.click(0, 0)
	p.click(4, fyne.KeyModifierShift)
	b.choose("select", "Responsible", "Petra Weiß")
	b.waits("5 changed")
	slow := &slowFile{Customers: s, refuse: func(c crm.Change) error {
		if a, is := c.(crm.Assign); is && (a.Ref.ID == ids[1] || a.Ref.ID == ids[2]) {
			return crm.Invalid{Text: crm.Say(crm.OpenAlready)}
		}
		return nil
	}}
	p.page.opt.Customers = slow
	b.tapLast("button", "Undo")
	b.waits("2 stay changed. Another lead with this number is open already.")
	for i, id := range ids {
		if kept := record(t, s, crm.Ref{Kind: crm.KindLead, ID: id}).Lead.Responsible == petra.ID; kept != (i == 1 || i == 2) {
			t.Errorf("lead %d: %v", i, kept)
		}
	}
}

func TestManyRecordsAreDeletedAndComeBack(t *testing.T) {
	for _, look := range []Look{{"en", "light"}, {"de", "dark"}} {
		b, s := customersBench(t, look)
		ids, _ := someLeads(t, s, 4)
		p := picksOf(b, "Lead 4")
		there := func() (n int) {
			for _, id := range ids {
				if _, err := s.Record(ctx, crm.Ref{Kind: crm.KindLead, ID: id}); err == nil {
					n++
				}
			}
			return n
		}
		p.click(1, 0)
		p.page.key(&fyne.KeyEvent{Name: fyne.KeyDelete})
		if !b.finds("button", "Delete now") {
			t.Fatal("it does not ask")
		}
		p.page.key(&fyne.KeyEvent{Name: fyne.KeyEscape})
		if b.finds("button", "Delete now") || !p.page.picked.Any() {
			t.Error("Esc does not take the question back, or chooses none")
		}
		p.click(3, fyne.KeyModifierShift)
		b.tap("button", "Delete")
		b.shot("list-delete-" + look.Theme + "-" + look.Language)
		b.tap("button", "Delete now")
		pumpUntil(t, b.d, func() bool { return there() == 1 && p.page.picked.stop == nil })
		pumpUntil(t, b.d, func() bool { return !p.page.picked.Any() && p.page.detail.row.Ref.ID == string(ids[0]) })
		b.tapLast("button", "Undo")
		pumpUntil(t, b.d, func() bool { return there() == 4 })
	}
}

func TestDealsOfOtherPipelinesAreTold(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	ids := deals(t, s)
	repair := s.NewID()
	other := crm.Pipeline{ID: s.NewID(), Name: "Service", Stages: []crm.Stage{{ID: "a", Name: "A"}, {ID: "b", Name: "B", Result: crm.Won}, {ID: "c", Name: "C", Result: crm.Lost}}}
	do(t, s, crm.SavePipeline{Pipeline: other}, crm.CreateDeal{Deal: crm.Deal{ID: repair, Title: "Repair", Pipeline: other.ID, Stage: "a"}})
	b.m.Go(pageDeals)
	b.waits("Bremsprüfstand")
	b.tap("button", "List")
	b.waits("Repair")
	p := picks{b, boardOf(b).list}
	p.click(0, 0)
	p.click(p.page.pager.Len()-1, fyne.KeyModifierShift)
	b.choose("select", "Status", "Won")
	b.waits("1 deal of another pipeline stays as it is.")
	b.stage(s, ids["Bremsprüfstand"], crm.DealWon)
	pumpUntil(t, b.d, func() bool { return p.page.picked.stop == nil })
	b.choose("select", "Status", "Service: B") // a stage of the other one, which only its deals take
	b.stage(s, repair, "b")
	b.stage(s, ids["Bremsprüfstand"], crm.DealWon)
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
