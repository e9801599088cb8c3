package ui

import (
	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// How high a card of the board is, and what is between the icon and the words of when something is due.
const (
	cardHeight = 85
	dueGap     = 7
)

// boardCard is a deal on the board: it is opened by a click and moved by dragging, by
// the arrows left and right, or by choosing a stage at the automation door.
type boardCard struct {
	pressFocus
	page  *boardPage
	card  crm.BoardCard
	ghost fyne.CanvasObject // under the pointer while it is dragged; nil else
	grip  fyne.Position     // of the pointer within it
}

func newBoardCard(p *boardPage, c crm.BoardCard) *boardCard {
	b := &boardCard{page: p, card: c}
	b.init("card", 8, kit.Stack(), func() { p.host.open(desk.Ref{Kind: desk.Deal, ID: string(c.ID)}) })
	b.rest = theme.Raised
	b.english = func() string { return c.Title }
	b.shown = func() string { return joined(" · ", c.Title, c.CompanyName, p.money(c.Amount), b.due()) }
	b.onKey = b.key
	b.pale(false)
	b.ExtendBaseWidget(b)
	return b
}

// due is when the next follow-up is, in words; late ones say how late.
func (b *boardCard) due() string {
	if b.card.Due.IsZero() {
		return ""
	}
	now := b.page.opt.Now()
	if late := daysLate(b.card.Due, now); late > 0 {
		return text.Tn(late, "{n} day late", "{n} days late")
	}
	if dueGroup(b.card.Due, now) == "Today" {
		return text.T("Today")
	}
	return text.Date(b.card.Due.In(now.Location()), now)
}

// pale shows it as being somewhere else: it is dragged.
func (b *boardCard) pale(on bool) {
	b.rest = theme.Raised
	if on {
		b.rest = theme.Sunk
	}
	box := b.content.(*fyne.Container)
	box.Objects = []fyne.CanvasObject{kit.NewCard(theme.Clear, theme.Border, 8), b.face(on)}
	box.Refresh()
}

// face is what stands on the card.
func (b *boardCard) face(pale bool) fyne.CanvasObject {
	ink := func(s kit.Style) kit.Style {
		if pale {
			return s.In(theme.Disabled)
		}
		return s
	}
	c := b.card
	icon, color, words := theme.IconFollowUp, theme.Text2, kit.Quiet
	if daysLate(c.Due, b.page.opt.Now()) > 0 {
		icon, color, words = theme.IconWarning, theme.DangerText, kit.Secondary.In(theme.DangerText)
	}
	bottom := &cardBottom{amount: kit.NewData(b.page.money(c.Amount), ink(kit.Body.Weighing(kit.SemiBold)))}
	shown := []fyne.CanvasObject{bottom.amount}
	if !c.Due.IsZero() && !pale {
		bottom.due = kit.NewData(b.due(), words)
		bottom.icon = kit.NewIcon(icon, 14, color).Image
		shown = append(shown, bottom.icon, bottom.due)
	}
	if c.Who != "" && !pale {
		bottom.who = kit.NewAvatar(c.Who, 22)
		shown = append(shown, bottom.who)
	}
	return kit.Sized(0, cardHeight, kit.Pad(11, 10, 8, 11, kit.Column(3, kit.NewData(c.Title, ink(kit.Strong)).Shrink(20),
		kit.NewData(joined(" · ", c.CompanyName, c.ContactName), ink(kit.Secondary)).Shrink(20), kit.Grow(kit.Gap(0)), kit.Sized(0, 22, &fyne.Container{Layout: bottom, Objects: shown}))))
}

// cardBottom lays out the last line of a card: the amount is read whole, when it is due as far as it fits beside it, and whose it is
// only where there is room for all three.
type cardBottom struct {
	amount *kit.Label
	icon   fyne.CanvasObject // with due
	due    *kit.Label        // nil for nothing due
	who    fyne.CanvasObject // nil for nobody's
}

const cardGap = 6

func (c *cardBottom) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	put := func(o fyne.CanvasObject, x, width float32) {
		h := min(o.MinSize().Height, size.Height)
		o.Move(fyne.NewPos(x, float32(int((size.Height-h)/2))))
		o.Resize(fyne.NewSize(width, h))
	}
	amount, right := min(c.amount.MinSize().Width, size.Width), size.Width
	put(c.amount, 0, amount)
	icon, due := float32(0), float32(0)
	if c.due != nil {
		icon, due = c.icon.MinSize().Width, c.due.MinSize().Width
	}
	if c.who != nil {
		w := c.who.MinSize().Width
		room := right - w - cardGap - amount
		whole := c.due == nil || room >= cardGap+icon+dueGap+due
		setShown(c.who, room >= 0 && whole)
		if c.who.Visible() {
			put(c.who, right-w, w)
			right -= w + cardGap
		}
	}
	if c.due == nil {
		return
	}
	room := right - amount - cardGap - icon
	setShown(c.icon, room >= 0)
	due = min(due, room-dueGap)
	setShown(c.due, due > 0)
	if due > 0 {
		put(c.due, right-due, due)
		right -= due + dueGap
	}
	if room >= 0 {
		put(c.icon, right-icon, icon)
	}
}

// MinSize is nothing: the card is as wide as its column.
func (c *cardBottom) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

// Dragged follows the pointer.
func (b *boardCard) Dragged(e *fyne.DragEvent) {
	layer := b.page.host.over()
	if b.ghost == nil {
		b.ghost = kit.Lifted(b.face(false))
		b.grip = e.Position.Subtract(e.Dragged)
		b.page.lifted = b
		b.pale(true)
		b.Refresh()
	}
	layer.Float(b.ghost, e.AbsolutePosition.Subtract(b.grip), b.Size())
	b.page.over(e.AbsolutePosition)
}

// DragEnd drops it where the pointer is.
func (b *boardCard) DragEnd() {
	if b.lower() {
		b.page.drop(b.card)
	}
}

// lower puts it back where it was; false when it was not lifted.
func (b *boardCard) lower() bool {
	if b.ghost == nil {
		return false
	}
	b.page.host.over().Sink(b.ghost)
	b.ghost, b.page.lifted = nil, nil
	b.pale(false)
	b.Refresh()
	return true
}

// Choose moves it to a stage by its name.
func (b *boardCard) Choose(stage string) error { return b.page.choose(b.card, stage) }

func (b *boardCard) key(k fyne.KeyName) bool {
	switch k {
	case fyne.KeyLeft:
		b.page.step(b.card, -1)
	case fyne.KeyRight:
		b.page.step(b.card, 1)
	default:
		return false
	}
	return true
}
