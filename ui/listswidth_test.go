package ui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/kit"
)

// edge is the n-th edge of columns that can be dragged, from the left, where it is on the screen.
func (b *mainBench) edge(n int) fyne.Draggable {
	b.t.Helper()
	var found fyne.Draggable
	kit.Walk(b.m.Window().Content(), func(o fyne.CanvasObject, _ fyne.Position) {
		c, is := o.(desktop.Cursorable)
		if d, drags := o.(fyne.Draggable); is && drags && c.Cursor() == desktop.HResizeCursor {
			if n--; n == -1 {
				found = d
			}
		}
	})
	if found == nil {
		b.t.Fatal("no edge can be dragged")
	}
	return found
}

// pull drags an edge by some steps and lets it go.
func pull(d fyne.Draggable, steps ...float32) {
	for _, by := range steps {
		d.Dragged(&fyne.DragEvent{Dragged: fyne.NewDelta(by, 0)})
	}
	d.DragEnd()
}

// look.md's main-leads-light has a list's last icon where the rows end, and 36 px between two; also where most of them are, in German.
func TestTheIconsOfAListStandWhereLookHasThem(t *testing.T) {
	for _, c := range []struct {
		width float32
		last  float32 // the middle of the last icon
	}{{1280, 503}, {900, 331}} {
		b, s := customersBench(t, Look{"de", "light"})
		deals(t, s)
		b.m.Window().Resize(fyne.NewSize(c.width, 800))
		b.m.Go(pageDeals)
		b.waits("Kühlzelle 8 m²")
		b.tap("button", "List")
		b.waits("In Verhandlung")
		page := boardOf(b).list
		page.count.SetText("1.204") // as many as there may be
		page.head.Refresh()
		b.settle()
		var at []float32
		kit.Walk(b.m.Window().Content(), func(o fyne.CanvasObject, pos fyne.Position) {
			if button, is := o.(*kit.Button); is && pos.Y > mainTop && pos.Y < mainTop+32 && pos.X < c.last+20 && pos.X > railWide/2 {
				at = append(at, pos.X+button.Size().Width/2)
			}
		})
		if len(at) < 4 || at[len(at)-1] != c.last {
			t.Fatalf("%v wide: the icons are at %v, the last one not at %v", c.width, at, c.last)
		}
		for i := 1; i < len(at); i++ {
			if at[i]-at[i-1] != 36 {
				t.Errorf("%v wide: the icons are at %v, not 36 px apart", c.width, at)
			}
		}
		if title := page.count; at[0]-16 < fyne.CurrentApp().Driver().AbsolutePositionForObject(title).X+title.MinSize().Width {
			t.Errorf("%v wide: the icons begin at %v, over the title", c.width, at[0]-16)
		}
	}
}

func TestColumnsAreWidenedByDraggingAndStaySo(t *testing.T) {
	b := newMainBench(t, fullDesk(), &mainSettings{accounts: oneAccount}, Look{"en", "light"})
	b.m.Window().Resize(fyne.NewSize(1920, 900))
	b.m.Go(pageLeads)
	b.settle()
	table := b.m.pages[pageLeads].(*listPage).table
	was, list := table.widths[0].Width, table.width()
	pull(b.edge(1), 20, 25)
	if got := table.widths[0].Width; got != was+45 || table.width() != list+45 {
		t.Errorf("the first column is %v after %v, the list %v after %v", got, was, table.width(), list)
	}
	pull(b.edge(0), 30)
	if table.nameWidth() != tableName+30 {
		t.Errorf("the names have %v", table.nameWidth())
	}
	pull(b.edge(1), 5000)
	shown := len(table.shown)
	if got := table.width(); got > table.room-tableRecord || table.wholeWidth()-table.nameWidth() > table.room-tableRecord-tableTitle {
		t.Errorf("the list takes %v of %v", got, table.room)
	}
	pull(b.edge(1), -5000)
	if got := table.widths[0].Width; got != tableLeast || len(table.shown) != shown {
		t.Errorf("the column is %v wide, %d of %d are there", got, len(table.shown), shown)
	}
	again := newListPage(b.m.opt, leadsPageSpec(), b.m).table // at the next start
	if again.widthOf(again.all[0].id, 1) != tableLeast || again.nameWidth() != tableName+30 {
		t.Errorf("kept %v", again.wide)
	}
	b.edge(1).(fyne.DoubleTappable).DoubleTapped(nil)
	if got := table.widths[0].Width; got != was {
		t.Errorf("it is %v again", got)
	}
}

func TestAHeadingIsWidenedByArrowKeys(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	someLeads(t, s, 1)
	p := picksOf(b, "Lead 1")
	b.m.Window().Resize(fyne.NewSize(1920, 900))
	b.settle()
	table := p.page.table
	was := table.widths[0].Width
	b.focus(table.by[string(crm.ColumnStatus)])
	b.m.Window().Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	if got := table.widths[0].Width; got != was+8 {
		t.Errorf("the column is %v after %v", got, was)
	}
	if h, is := b.m.Window().Canvas().Focused().(*kit.ColumnHead); !is || h.Name() != "Status" {
		t.Error("the heading has lost the keyboard")
	}
}

func TestTheMissedCallsAreOrderedAndTheirColumnsWidened(t *testing.T) {
	d := fullDesk()
	b := newMainBench(t, d, &mainSettings{accounts: oneAccount}, Look{"en", "light"})
	b.m.Go(pageMissed)
	b.settle()
	p := b.m.pages[pageMissed].(*missedPage)
	b.tap("heading", "Attempts")
	if p.order != crm.By(crm.ColumnAttempts, true) || p.open.query.Order != p.order {
		t.Errorf("ordered %q, asked for %q", p.order, p.open.query.Order)
	}
	b.tap("heading", "Attempts")
	if p.order != crm.By(crm.ColumnAttempts, false) {
		t.Errorf("turned round it is %q", p.order)
	}
	b.tap("heading", "Last")
	if p.order != crm.OrderUsual {
		t.Errorf("the last first is %q", p.order)
	}
	b.tap("heading", "Line")
	line := missedTable()[2]
	was := p.width(line)
	cell := func() float32 {
		return p.rows[0].content.(*fyne.Container).Objects[0].(*fyne.Container).Objects[3].Size().Width
	}
	drawn := cell()
	pull(b.edge(2), -40) // its left edge
	if got := cell(); got != drawn+40 {
		t.Errorf("the cell of a row is %v wide after %v", got, drawn)
	}
	if p.width(line) != was+40 || p.width(missedTable()[1]) != missedTable()[1].width-40 {
		t.Errorf("the line has %v, the time %v", p.width(line), p.width(missedTable()[1]))
	}
	again := newMissedPage(b.m.opt, b.m.openRow)
	if again.order != crm.By(crm.ColumnLine, false) || again.wide["line"] != p.width(line) {
		t.Errorf("kept %q, %v", again.order, again.wide)
	}
	b.m.Window().Resize(fyne.NewSize(900, 600))
	pull(b.edge(0), -5000)
	b.settle()
	if room := p.box.Size().Width - p.wholeWidth(p.wide); room < tableLeastTitle {
		t.Errorf("the callers have %v", room)
	}
}

// The longer a page, the more of a long line is read, also while the window is being made larger; callers keep the most.
func TestALineHasRoomAmongTheMissedCallsOfAWideWindow(t *testing.T) {
	d := fullDesk()
	const line = "Servicehotline Gebäudetechnik Nord"
	for i := range d.lists[desk.MissedList] {
		d.lists[desk.MissedList][i].Line = line
	}
	b := newMainBench(t, d, &mainSettings{accounts: oneAccount}, Look{"de", "light"})
	b.m.Go(pageMissed)
	b.settle()
	seen := func() (shown, room float32) {
		kit.Walk(b.m.Window().Content(), func(o fyne.CanvasObject, _ fyne.Position) {
			if l, is := o.(*kit.Label); is && l.Value() == line {
				shown = l.Size().Width
			}
		})
		return shown, kit.NewData(line, kit.Secondary).MinSize().Width
	}
	for _, c := range []struct {
		width float32
		whole bool
	}{{900, false}, {1920, true}, {900, false}} {
		b.m.Window().Resize(fyne.NewSize(c.width, 700))
		if shown, need := seen(); (shown >= need) != c.whole {
			t.Errorf("%v wide: the line has %v px of %v", c.width, shown, need)
		}
		p := b.m.pages[pageMissed].(*missedPage)
		if w := p.widths(p.box.Size().Width); w["line"] > missedLineMost || p.wholeWidth(w) > p.box.Size().Width-tableLeastTitle {
			t.Errorf("%v wide: %v", c.width, w)
		}
	}
}
