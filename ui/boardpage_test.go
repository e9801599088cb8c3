package ui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"

	"leadline/crm"
	"leadline/crm/store"
	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
)

// deals makes a few in the standard pipeline.
func deals(t *testing.T, s *store.Store) map[string]crm.ID {
	t.Helper()
	me, err := s.Me(ctx)
	if err != nil {
		t.Fatal(err)
	}
	company := crm.Company{ID: s.NewID(), Name: "Özdemir Gebäudetechnik GmbH & Co. KG"}
	do(t, s, crm.CreateCompany{Company: company})
	ids := map[string]crm.ID{}
	for _, d := range []struct {
		title  string
		cents  int64
		stage  crm.DealStage
		who    crm.ID
		due    int
		hasDue bool
	}{
		{"Bremsprüfstand", 740000, crm.DealNew, me.ID, 0, true}, {"Kühlzelle 8 m²", 310000, crm.DealNew, "", 3, true},
		{"Lüftung Neubau", 2170000, crm.DealInTalks, me.ID, -3, true}, {"Delivery contract 2027", 4800000, crm.DealQuoteSent, me.ID, 0, false},
		{"Wartung 2026", 980000, crm.DealWon, me.ID, 0, false}, {"Tore Lager Süd", 210000, crm.DealLost, "", 0, false},
	} {
		deal := crm.Deal{ID: s.NewID(), Title: d.title, Amount: crm.Money{Minor: d.cents, Currency: "EUR"}, Stage: d.stage, Responsible: d.who, Company: company.ID}
		ids[d.title] = deal.ID
		do(t, s, crm.CreateDeal{Deal: deal})
		if d.hasDue {
			do(t, s, crm.SaveFollowUp{FollowUp: crm.FollowUp{ID: s.NewID(), Ref: crm.Ref{Kind: crm.KindDeal, ID: deal.ID}, Due: mainNow.AddDate(0, 0, d.due), Responsible: me.ID}})
		}
	}
	return ids
}

func boardOf(b *mainBench) *boardPage { return b.m.pages[pageDeals].(*boardPage) }

// stage waits until a deal has a stage in the file.
func (b *mainBench) stage(s *store.Store, id crm.ID, want crm.DealStage) {
	b.t.Helper()
	pumpUntil(b.t, b.d, func() bool {
		r, err := s.Record(ctx, crm.Ref{Kind: crm.KindDeal, ID: id})
		return err == nil && r.Deal.Stage == want
	})
	b.settle()
}

// drag drags a card onto a column of the board and says what is seen before it is dropped.
func (b *mainBench) drag(card *boardCard, column int, before func()) {
	b.t.Helper()
	driver := fyne.CurrentApp().Driver()
	from := driver.AbsolutePositionForObject(card)
	to := driver.AbsolutePositionForObject(boardOf(b).columns[column].box).Add(fyne.NewPos(30, 60))
	grip := fyne.NewPos(10, 10)
	for _, at := range []fyne.Position{from.Add(grip), to} {
		card.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{AbsolutePosition: at, Position: grip}})
	}
	before()
	card.DragEnd()
	b.settle()
}

func TestADealIsDraggedToAnotherStageAndBack_F4(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	ids := deals(t, s)
	b.m.Go(pageDeals)
	for _, words := range []string{"4 open · €80,200", "Bremsprüfstand", "3 days late", "Quote sent", "€48,000"} {
		b.waits(words)
	}
	card := b.widget("card", "Lüftung Neubau").(*boardCard)
	b.drag(card, 3, func() {
		if !boardOf(b).columns[3].slot.Visible() || boardOf(b).columns[1].slot.Visible() {
			t.Error("the column under the card is not marked")
		}
		boardOf(b).Draw(b.desk.snap, true) // news meanwhile
		b.settle()
		if card.ghost == nil {
			t.Error("the card falls from the hand when something changes")
		}
	})
	b.stage(s, ids["Lüftung Neubau"], crm.DealWon)
	b.waits("Lüftung Neubau: Won")
	b.waits("3 open · €58,500")
	b.tap("button", "Undo")
	b.stage(s, ids["Lüftung Neubau"], crm.DealInTalks)
	b.drag(b.widget("card", "Lüftung Neubau").(*boardCard), 1, func() {}) // its own column
	if b.finds("button", "Undo") {
		t.Error("a card that was put back is told of")
	}
}

// In the narrowest column a card's amount is read whole, and as much of the rest as there is room for: whose it is gives way first.
func TestTheAmountOfANarrowCardIsWhole_F4(t *testing.T) {
	b, s := customersBench(t, Look{"de", "light"})
	deals(t, s)
	b.m.Window().Resize(fyne.NewSize(900, 600))
	b.m.Go(pageDeals)
	b.waits("Kühlzelle 8 m²")
	cut := func(card *boardCard) (all []string) {
		kit.Walk(card.content, func(o fyne.CanvasObject, _ fyne.Position) {
			if n, ok := o.(*kit.Label); ok && n.Visible() && n.Text() != joined(" · ", card.card.CompanyName, card.card.ContactName) && n.Size().Width < n.MinSize().Width {
				all = append(all, n.Text())
			}
		})
		return all
	}
	card := b.widget("card", "Lüftung Neubau").(*boardCard)
	if words := cut(card); words != nil || card.Size().Width > 205 {
		t.Errorf("of a card %v px wide these are cut: %q", card.Size().Width, words)
	}
	if due := card.due(); due != "3 Tage zu spät" || !b.says(due) {
		t.Errorf("due: %q", due)
	}
	card.card.Amount.Minor = 1_481_481_468
	card.pale(false)
	b.settle()
	if words := cut(card); len(words) != 1 || words[0] != "3 Tage zu spät" {
		t.Errorf("of a large amount these are cut: %q", words)
	}
}

// look.md's main-deals-light has title, company and amount on these pixels below the top of a card.
func TestTheWordsOfACardStandWhereLookHasThem(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	deals(t, s)
	b.m.Go(pageDeals)
	b.waits("Kühlzelle 8 m²")
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(b.widget("card", "Kühlzelle 8 m²").(*boardCard))
	img := picture(b.m.Window().Canvas())
	var inked []int
	for y := range cardHeight - 4 {
		for x := 2; x < 34; x++ {
			if r, _, _, _ := img.At(int(at.X)+x, int(at.Y)+y).RGBA(); r>>8 < 150 {
				inked = append(inked, y)
				break
			}
		}
	}
	if len(inked) == 0 {
		t.Fatal("the card is empty")
	}
	var lines [][2]int
	for _, y := range inked {
		if n := len(lines); n > 0 && y-lines[n-1][1] <= 3 {
			lines[n-1][1] = y
		} else {
			lines = append(lines, [2]int{y, y})
		}
	}
	if want := [][2]int{{14, 23}, {31, 41}, {61, 72}}; !slices.Equal(lines, want) {
		t.Errorf("title, company and amount of the card at %v are on the rows %v, in look on %v", at, lines, want)
	}
}

func TestADealIsMovedByKeyAndByTheDoor_F4(t *testing.T) {
	b, s := customersBench(t, Look{"de", "light"})
	ids := deals(t, s)
	b.m.Go(pageDeals)
	b.waits("Bremsprüfstand")
	b.widget("card", "Bremsprüfstand").(*boardCard).TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	b.stage(s, ids["Bremsprüfstand"], crm.DealInTalks)
	pumpUntil(t, b.d, func() bool {
		f, ok := b.m.Window().Canvas().Focused().(*boardCard)
		return ok && f.card.ID == ids["Bremsprüfstand"]
	})
	b.choose("card", "Bremsprüfstand", "Verloren")
	b.stage(s, ids["Bremsprüfstand"], crm.DealLost)
	if err := b.widget("card", "Bremsprüfstand").(*boardCard).Choose("Nowhere"); err == nil {
		t.Error("it is moved to a stage that there is not")
	}
	// Somebody else was first.
	card := b.widget("card", "Kühlzelle 8 m²").(*boardCard)
	do(t, s, crm.SetDealStage{Deal: card.card.ID, From: crm.DealNew, To: crm.DealQuoteSent})
	if err := card.Choose("Won"); err != nil {
		t.Fatal(err)
	}
	b.waits(text.T(crm.ChangedStatus))
	b.stage(s, card.card.ID, crm.DealQuoteSent)
}

func TestTheBoardShowsOtherPipelinesMineAndTheList(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	b.m.Go(pageDeals)
	b.waits("No deals yet")
	ids := deals(t, s)
	service := crm.StandardPipeline()
	service.ID, service.Name = s.NewID(), "Service"
	do(t, s, crm.SavePipeline{Pipeline: service}, crm.CreateDeal{Deal: crm.Deal{ID: s.NewID(), Title: "Repair", Pipeline: service.ID}})
	b.m.draw(true)
	b.waits("Bremsprüfstand")
	b.tap("button", "Mine")
	b.waits("3 open")
	if b.finds("card", "Kühlzelle 8 m²") {
		t.Error("mine are another's, too")
	}
	b.tap("button", "Mine")
	b.choose("select", "Pipeline", "Service")
	b.waits("Repair")
	b.choose("select", "Pipeline", "Standard pipeline")
	b.waits("Bremsprüfstand")
	b.tap("card", "Bremsprüfstand")
	b.waits("Amount")
	if got := boardOf(b).list.detail.row.Ref; got != (desk.Ref{Kind: desk.Deal, ID: string(ids["Bremsprüfstand"])}) {
		t.Errorf("the card opens %v", got)
	}
	b.tap("button", "Board")
	b.waits("4 open")
	b.tap("button", "List")
	if !b.m.opt.App.Preferences().Bool(prefDeals) {
		t.Error("the list is not remembered")
	}
}

// The bar of a column with more cards than fit lies beside them, also with the pointer over it, and not over the next ones.
func TestTheBarOfAColumnLiesBesideItsCards(t *testing.T) {
	for _, width := range []float32{900, 1400} {
		b, s := customersBench(t, Look{"en", "light"})
		for i := range 12 {
			do(t, s, crm.CreateDeal{Deal: crm.Deal{ID: s.NewID(), Title: fmt.Sprintf("Deal %02d", i), Stage: crm.DealNew}})
		}
		b.m.Window().Resize(fyne.NewSize(width, 600))
		b.m.Go(pageDeals)
		b.waits("Deal 11")
		columns := boardOf(b).columns
		next := fyne.CurrentApp().Driver().AbsolutePositionForObject(columns[1].box).X - fyne.CurrentApp().Driver().AbsolutePositionForObject(columns[0].box).X
		var bar, cards float32 // where it begins and they end
		kit.Walk(columns[0].box, func(o fyne.CanvasObject, at fyne.Position) {
			at = at.Subtract(columns[0].box.Position())
			switch o := o.(type) {
			case *container.Scroll:
				bar = at.X + o.Size().Width - fynetheme.Size(fynetheme.SizeNameScrollBar)
			case *boardCard:
				cards = at.X + o.Size().Width
			}
		})
		if end := bar + fynetheme.Size(fynetheme.SizeNameScrollBar); cards == 0 || cards > bar || end > next {
			t.Errorf("at %v the cards end at %v, the bar goes from %v to %v, and the next column begins at %v", width, cards, bar, end, next)
		}
		b.shot(fmt.Sprintf("board-bar-%v", width))
	}
}

// noBoard is a file whose board can't be read.
type noBoard struct{ Customers }

func (noBoard) Board(context.Context, crm.ID, bool, int) (crm.Board, error) {
	return crm.Board{}, errors.New("the disk is gone")
}

func TestABoardThatCannotBeReadSaysSo(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	boardOf(b).opt.Customers = noBoard{s}
	b.m.Go(pageDeals)
	b.waits("The deals could not be read")
	boardOf(b).opt.Customers = s
	b.tap("button", "Try again")
	b.waits("No deals yet")
}

// At 1280 a column is 200 wide, and "Angebot verschickt" with a sum is wider.
func TestNamesOfStagesAreNotCut(t *testing.T) {
	b, s := customersBench(t, Look{"de", "light"})
	deals(t, s)
	b.m.Go(pageDeals)
	b.waits("Angebot verschickt")
	check := func(when string, below bool) {
		t.Helper()
		for _, c := range boardOf(b).columns {
			if c.head.name.Size().Width < c.head.name.MinSize().Width || c.head.sum.Size().Width < c.head.sum.MinSize().Width {
				t.Errorf("%s: %q or %q is cut", when, c.head.name.Value(), c.head.sum.Value())
			}
			if c.head.below != below {
				t.Errorf("%s: the sum of %q is below: %v", when, c.head.name.Value(), c.head.below)
			}
		}
	}
	check("at 1280", false)
	b.shot("board-de-light-1280")
	do(t, s, crm.CreateDeal{Deal: crm.Deal{ID: s.NewID(), Title: "Neubau", Stage: crm.DealQuoteSent, Amount: crm.Money{Minor: 2_345_600_00, Currency: "EUR"}}})
	b.m.draw(true)
	b.waits("Neubau")
	check("with a large sum", true)
	b.shot("board-de-light-1280-large")
	b.m.Window().Resize(fyne.NewSize(1800, 900))
	b.settle()
	check("at 1800", false)
}

// When something is due stands where look.md's picture has it, beside its icon.
func TestWhatIsDueStandsBesideItsIcon(t *testing.T) {
	for _, look := range []Look{{"en", "light"}, {"de", "dark"}} {
		b, s := customersBench(t, look)
		deals(t, s)
		b.m.Go(pageDeals)
		b.waits("Lüftung Neubau")
		card, end, words := b.widget("card", "Lüftung Neubau").(*boardCard), float32(0), float32(0)
		kit.Walk(card.content, func(o fyne.CanvasObject, at fyne.Position) {
			if _, is := o.(*canvas.Raster); is && o.Size().Width == 14 {
				end = at.X + o.Size().Width
			}
			if l, is := o.(*kit.Label); is && l.Value() == card.due() {
				words = at.X
			}
		})
		if end == 0 || words-end != dueGap {
			t.Errorf("%v: the icon ends at %v, the words begin at %v", look, end, words)
		}
	}
}

func TestPicturesOfTheBoard(t *testing.T) {
	for _, c := range []struct {
		look Look
		size fyne.Size
	}{{Look{"en", "light"}, fyne.NewSize(1280, 800)}, {Look{"de", "dark"}, fyne.NewSize(900, 600)}} {
		b, s := customersBench(t, c.look)
		deals(t, s)
		b.m.Window().Resize(c.size)
		b.m.Go(pageDeals)
		b.waits("Lüftung Neubau")
		name := c.look.Theme + "-" + c.look.Language
		b.shot("board-" + name)
		b.drag(b.widget("card", "Lüftung Neubau").(*boardCard), 2, func() { b.shot("board-drag-" + name) })
	}
}
