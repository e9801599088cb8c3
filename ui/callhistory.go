package ui

import (
	"time"

	"fyne.io/fyne/v2"

	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// The most lines of each kind: what fits beside a note.
const (
	mostCalls = 5
	fewCalls  = 3 // where deals and notes need the room; the rest is behind All
	mostDeals = 3
	mostNotes = 3
)

// callHistory is the middle of a window while nothing else is open: the last calls,
// open deals and notes of who is calling.
type callHistory struct {
	root  *fyne.Container
	lines []fyne.CanvasObject // while it is being filled
	rows  []fyne.CanvasObject // those of them that it may end with where there is no room for all
	open  func()              // shows the record
}

func newCallHistory(open func()) *callHistory { return &callHistory{root: kit.Column(0), open: open} }

// fill draws the card anew.
func (h *callHistory) fill(card desk.Card, whoseCalls string, now time.Time) {
	h.lines, h.rows = nil, nil
	most := mostCalls
	if len(card.Deals)+len(card.Notes) > 0 {
		most = fewCalls
	}
	if n := min(most, len(card.LastCalls)); n > 0 {
		h.add(sectionHead(h.callsTitle(card, whoseCalls), h.all(card, n)))
		cols := historyColumnsOf(card.LastCalls[:n], now)
		for _, c := range card.LastCalls[:n] {
			h.row(callRow(c, now, cols))
		}
		h.end()
	}
	if n := min(mostDeals, len(card.Deals)); n > 0 {
		h.add(sectionHead(kit.NewLabel("Open deals", kit.Section), h.counted(n, max(card.OpenDeals, len(card.Deals)))))
		most := dealAmount(card.Deals[:n])
		for _, d := range card.Deals[:n] {
			h.row(dealRow(d, most))
		}
		h.end()
	}
	if n := min(mostNotes, len(card.Notes)); n > 0 {
		all := len(card.Notes)
		if all == desk.CardLines { // there may be more, which nobody counts while it rings
			all = 0
		}
		h.add(sectionHead(kit.NewLabel("Earlier notes", kit.Section), h.counted(n, all)))
		day := float32(dayWidth)
		for _, note := range card.Notes[:n] {
			day = max(day, widthOf(text.Day(note.At, now), kit.Secondary))
		}
		for _, note := range card.Notes[:n] {
			h.row(noteRow(note, now, day))
		}
		h.end()
	}
	h.root.Objects = h.lines // at once: Add would lay out all of them each time
}

func (h *callHistory) callsTitle(card desk.Card, whose string) *kit.Label {
	if whose != "" && len(card.Matches) > 1 {
		return kit.NewLabel("Last calls with {name}", kit.Section, "name", whose).Shrink(0)
	}
	return kit.NewLabel("Last calls", kit.Section)
}

// counted tells that there are more than are shown.
func (h *callHistory) counted(shown, all int) *kit.Label {
	if all <= shown {
		return kit.NewData("", kit.Caption)
	}
	return kit.NewLabel("{n} of {all}", kit.Caption, "n", text.Number(int64(shown)), "all", text.Number(int64(all)))
}

func (h *callHistory) add(o fyne.CanvasObject) { h.lines = append(h.lines, o) }

func (h *callHistory) row(o fyne.CanvasObject) {
	h.add(o)
	h.rows = append(h.rows, o)
}

// whole is how much of it is seen in a height so that no row is cut, and no heading stands without one.
func (h *callHistory) whole(height float32) (seen float32) {
	y, n := float32(0), 0
	for _, o := range h.root.Objects {
		y += o.MinSize().Height
		switch {
		case y > height:
			return seen
		case n < len(h.rows) && o == h.rows[n]:
			seen = y
			n++
		}
	}
	return y
}

func (h *callHistory) end() {
	h.add(kit.Gap(10))
	h.add(kit.Sized(0, 1, kit.NewHairline()))
}

// empty tells whether there is nothing to show.
func (h *callHistory) empty() bool { return len(h.root.Objects) == 0 }

// all leads to the record with all of its calls.
func (h *callHistory) all(card desk.Card, shown int) fyne.CanvasObject {
	if !card.Known {
		return h.counted(shown, card.Calls)
	}
	n := text.Number(int64(max(card.Calls, len(card.LastCalls))))
	if card.MoreCalls {
		return kit.NewButton("All {n}+", kit.Link, h.open).WithArgs("n", n)
	}
	return kit.NewButton("All {n}", kit.Link, h.open).WithArgs("n", n)
}

// sectionHead is as high as what stands in it, a link no higher than its words.
func sectionHead(title *kit.Label, right fyne.CanvasObject) fyne.CanvasObject {
	below := float32(5)
	if link, is := right.(*kit.Button); is {
		link.High(15)
		below = 6
	}
	return kit.Pad(12, callMargin, below, callMargin, kit.Row(8, kit.Grow(title.Shrink(0)), right))
}

func line28(objects ...fyne.CanvasObject) fyne.CanvasObject {
	return kit.Sized(0, 28, kit.Pad(0, callMargin, 0, callMargin, kit.Row(8, objects...)))
}

// How wide the day and the length of a call are at least.
const (
	dayWidth    = 84
	lengthWidth = 38
)

// historyColumns are how wide day and length are, so that what stands between them stands below each other.
type historyColumns struct{ day, length float32 }

func historyColumnsOf(calls []desk.PastCall, now time.Time) historyColumns {
	most := historyColumns{dayWidth, lengthWidth}
	for _, c := range calls {
		most.day = max(most.day, widthOf(text.Day(c.At, now), kit.Secondary))
		most.length = max(most.length, widthOf(lengthOf(c), kit.Quiet))
	}
	return most
}

// lengthOf is how long a call was; "" when nobody talked.
func lengthOf(c desk.PastCall) string {
	if c.Length <= 0 {
		return ""
	}
	return text.Length(c.Length)
}

func widthOf(words string, style kit.Style) float32 { return kit.NewData(words, style).MinSize().Width }

// asideMost is how wide what stands at the right of a line may be.
const asideMost = 120

// aside is who or which stage, beside what a line is about and never in its place.
func aside(words string) *kit.Label {
	l := kit.NewData(words, kit.Quiet)
	atMost(l, asideMost)
	return l
}

func callRow(c desk.PastCall, now time.Time, cols historyColumns) fyne.CanvasObject {
	icon, color := theme.IconOut, theme.Text2
	switch {
	case c.Outcome == desk.Missed:
		icon, color = theme.IconMissed, theme.DangerText
	case c.Incoming:
		icon = theme.IconIn
	}
	title := c.Title
	if title == "" {
		title = text.T(outcomeWord(c.Outcome))
		if c.Outcome == desk.Answered {
			title = text.T("Talked")
		}
	}
	return line28(
		kit.NewIcon(icon, 14, color).Image,
		kit.Sized(cols.day, 0, kit.NewData(text.Day(c.At, now), kit.Secondary).Shrink(0)),
		kit.Grow(kit.NewData(title, kit.Body).Shrink(0)),
		aside(c.Agent),
		kit.Sized(cols.length, 0, kit.NewData(lengthOf(c), kit.Quiet.Right())),
	)
}

// amountLeast is how wide the amounts of deals are at least.
const amountLeast = 64

// dealAmount is how wide their amounts are together, so that the stages stand below each other.
func dealAmount(deals []desk.DealLine) float32 {
	most := float32(amountLeast)
	for _, d := range deals {
		most = max(most, widthOf(d.Amount, kit.Strong))
	}
	return most
}

func dealRow(d desk.DealLine, amount float32) fyne.CanvasObject {
	return line28(
		kit.NewIcon(theme.IconDeal, 14, theme.Text2).Image,
		kit.Grow(kit.NewData(d.Title, kit.Body).Shrink(0)),
		aside(text.T(text.Key(d.Stage))),
		kit.Sized(amount, 0, kit.NewData(d.Amount, kit.Strong.Right())),
	)
}

func noteRow(n desk.PastNote, now time.Time, day float32) fyne.CanvasObject {
	return line28(
		kit.NewIcon(theme.IconNote, 14, theme.Text2).Image,
		kit.Sized(day, 0, kit.NewData(text.Day(n.At, now), kit.Secondary).Shrink(0)),
		kit.Grow(kit.NewData(n.Text, kit.Body).Shrink(0)),
		aside(n.Who),
	)
}
