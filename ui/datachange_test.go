package ui

import (
	"fmt"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/kit"
)

// colleague has a change of somebody else come into the file.
func (b *mainBench) colleague() {
	b.t.Helper()
	b.m.reload.wait = 0
	b.desk.mu.Lock()
	b.desk.snap.Data++
	s := b.desk.snap
	b.desk.mu.Unlock()
	b.desk.watch(s)
	pumpUntil(b.t, b.d, func() bool { return !b.m.reload.waiting })
	b.settle()
}

// scroll is the nth scroller with something to scroll in the window's page.
func (b *mainBench) scroll(n int) *container.Scroll {
	b.t.Helper()
	var found *container.Scroll
	kit.Walk(b.m.panel, func(o fyne.CanvasObject, _ fyne.Position) {
		if s, ok := o.(*container.Scroll); ok && found == nil && s.Content.Size().Height > s.Size().Height {
			if n == 0 {
				found = s
			}
			n--
		}
	})
	if found == nil {
		b.t.Fatal("nothing can be scrolled")
	}
	return found
}

// top is how far from the top of the window a widget lies.
func (b *mainBench) top(role, name string) float32 {
	b.t.Helper()
	y := float32(-1)
	kit.Walk(b.m.Window().Content(), func(o fyne.CanvasObject, pos fyne.Position) {
		if n, ok := o.(kit.Named); ok && y < 0 && n.Role() == role && n.Name() == name {
			y = pos.Y
		}
	})
	if y < 0 {
		b.t.Fatalf("%s %q is out of view", role, name)
	}
	return y
}

func (b *mainBench) focus(o fyne.Focusable) { b.m.Window().Canvas().Focus(o) }

// focused is the name of what has the keyboard.
func (b *mainBench) focused() string {
	n, ok := b.m.Window().Canvas().Focused().(kit.Named)
	if !ok {
		return fmt.Sprintf("%T", b.m.Window().Canvas().Focused())
	}
	return n.Role() + " " + n.Name()
}

func leadRow(n int) desk.Row {
	return desk.Row{Ref: desk.Ref{Kind: desk.Lead, ID: fmt.Sprint("l", n)}, Title: fmt.Sprint("Lead ", n)}
}

func TestAListShowsWhatAColleagueMadeAndStaysWhereItIs_I2(t *testing.T) {
	d := fullDesk()
	var rows []desk.Row
	for n := range 120 {
		rows = append(rows, leadRow(n))
		d.records[rows[n].Ref] = desk.Record{Ref: rows[n].Ref, Title: rows[n].Title}
	}
	d.lists[desk.LeadList] = rows
	b := newMainBench(t, d, &mainSettings{accounts: oneAccount}, Look{"en", "light"})
	b.tap("item", "Leads")
	b.tap("row", "Lead 3")
	list := b.m.pages[pageLeads].(*listPage)
	list.list.Shift(40)
	b.settle()
	before := b.top("row", "Lead 45")
	d.mu.Lock()
	d.lists[desk.LeadList] = append([]desk.Row{leadRow(500), leadRow(501), leadRow(502)}, rows...)
	d.mu.Unlock()
	b.colleague()
	if n, _ := list.pager.Total(); n != 123 {
		t.Errorf("the list has %d rows", n)
	}
	if after := b.top("row", "Lead 45"); after != before {
		t.Errorf("the row that was looked at moved from %v to %v", before, after)
	}
	if list.chosen != rowKey(rows[3]) || list.at != 6 || list.detail.rec.Title != "Lead 3" {
		t.Errorf("chosen is %q at %d, shown %q", list.chosen, list.at, list.detail.rec.Title)
	}
	list.list.Top()
	b.colleague()
	d.mu.Lock()
	d.lists[desk.LeadList] = append([]desk.Row{leadRow(600)}, d.lists[desk.LeadList]...)
	d.mu.Unlock()
	b.colleague()
	b.top("row", "Lead 600")
}

func TestATimelineGrowsAboveWhatIsRead_I2(t *testing.T) {
	b := fullBench(t)
	ref := desk.Ref{Kind: desk.Lead, ID: "1"}
	rec := b.desk.records[ref]
	for n := range 40 {
		rec.Timeline = append(rec.Timeline, desk.Event{Kind: desk.EventNote, At: at("2025-08-03", "10:31"), Title: desk.Text{Key: fmt.Sprint("Note ", n)}})
	}
	b.desk.mu.Lock()
	b.desk.records[ref] = rec
	b.desk.mu.Unlock()
	b.tap("item", "Leads")
	s := b.scroll(0)
	s.ScrollToOffset(fyne.NewPos(0, 500))
	b.settle()
	b.focus(b.widget("button", "Call this number").(fyne.Focusable))
	before := b.top("item", "Note 10")
	rec.Timeline = append([]desk.Event{{Kind: desk.EventNote, At: mainNow, Title: desk.Text{Key: "Petra has called"}, Body: "They want it on Friday."}}, rec.Timeline...)
	b.desk.mu.Lock()
	b.desk.records[ref] = rec
	b.desk.mu.Unlock()
	b.colleague()
	if after := b.top("item", "Note 10"); after != before {
		t.Errorf("what is read moved from %v to %v", before, after)
	}
	if got := b.focused(); got != "button Call this number" {
		t.Errorf("the keyboard went to %s", got)
	}
	b.scroll(0).ScrollToOffset(fyne.NewPos(0, 0))
	if !b.says("Petra has called") {
		t.Error("the colleague's note is not in the timeline")
	}
}

func TestWhatIsTypedStaysWhenTheRecordChanges_I2(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	c := crm.Contact{ID: s.NewID(), FirstName: "Jörg", LastName: "Groß", Position: "Buyer"}
	do(t, s, crm.CreateContact{Contact: c})
	b.tap("item", "Contacts")
	b.waits("Buyer")
	b.more("Edit")
	b.type_("Last name", "Groß-Meier")
	field := b.widget("field", "Last name").(*kit.Field)
	field.Focus()
	c.Position = "Head of purchasing"
	do(t, s, crm.UpdateContact{Contact: c})
	b.colleague()
	if now := b.widget("field", "Last name"); now.Value() != "Groß-Meier" || now != kit.Named(field) {
		t.Errorf("the field holds %q", now.Value())
	}
	if b.m.Window().Canvas().Focused() != field.Focusable() {
		t.Error("the field has lost the keyboard")
	}
	b.tap("button", "Cancel")
	b.waits("Head of purchasing")
}

// A change among the missed calls makes the rows anew that it is about, and no other.
func TestMissedCallsAreDrawnAnewWhereTheyChanged_H6(t *testing.T) {
	d := fullDesk()
	rows := []desk.Row{
		{Call: "a", Title: "Anna", At: mainNow, Tone: "missed", Dial: "+49"},
		{Call: "b", Title: "Bert", At: mainNow, Tone: "missed", Dial: "+49"},
		{Call: "c", Title: "Cora", At: mainNow, Tone: "missed", Dial: "+49"},
	}
	d.lists[desk.MissedList] = rows
	b := newMainBench(t, d, &mainSettings{accounts: oneAccount}, Look{"en", "light"})
	b.tap("item", "Missed")
	b.settle()
	p := b.m.pages[pageMissed].(*missedPage)
	before := slices.Clone(p.rows)
	rows = slices.Clone(rows)
	rows[0].Attempts, rows[1].Calling = 3, "Dora Dahl"
	d.mu.Lock()
	d.lists[desk.MissedList] = rows
	d.mu.Unlock()
	b.colleague()
	b.waits("3×")
	b.waits("Dora is calling")
	if p.rows[0] == before[0] || p.rows[1] == before[1] {
		t.Error("a row that changed is the one of before")
	}
	if p.rows[2] != before[2] {
		t.Error("a row that did not change was made anew")
	}
	if !p.rows[0].selected || p.rows[1].selected || p.rows[2].selected {
		t.Error("the first is not the chosen one any more")
	}
	p.choose(p.rows[2])
	p.draw()
	if p.rows[0].selected || !p.rows[2].selected {
		t.Error("drawn anew, another one is chosen")
	}
	p.why = "Connect a PBX account first"
	p.draw()
	if p.rows[2].call.Enabled() {
		t.Error("a call back is offered that cannot be placed")
	}
}

func TestMissedCallsStayWhereTheyAreLookedAt_H6_I2(t *testing.T) {
	d := fullDesk()
	var rows []desk.Row
	for n := range 60 {
		rows = append(rows, desk.Row{Call: fmt.Sprint("m", n), Title: fmt.Sprint("Caller ", n), At: mainNow, Tone: "missed", Dial: "+49"})
	}
	d.lists[desk.MissedList] = rows
	b := newMainBench(t, d, &mainSettings{accounts: oneAccount}, Look{"en", "light"})
	b.tap("item", "Missed")
	b.tap("row", "Caller 2")
	b.scroll(0).ScrollToOffset(fyne.NewPos(0, 700))
	before := b.top("row", "Caller 20")
	b.focus(b.widget("row", "Caller 20").(fyne.Focusable))
	d.mu.Lock()
	d.lists[desk.MissedList] = append([]desk.Row{{Call: "new", Title: "Caller new", At: mainNow, Tone: "missed", Dial: "+49"}}, rows...)
	d.mu.Unlock()
	b.colleague()
	if after := b.top("row", "Caller 20"); after != before {
		t.Errorf("the row that was looked at moved from %v to %v", before, after)
	}
	if got := b.focused(); got != "row Caller 20" {
		t.Errorf("the keyboard went to %s", got)
	}
	if p := b.m.pages[pageMissed].(*missedPage); p.at != "m2" {
		t.Errorf("chosen is %q", p.at)
	}
}
