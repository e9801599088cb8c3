package ui

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// boardCards is how many cards of a stage are shown; the list has the rest.
const boardCards = 50

// boardWidth is the least width of a column.
const boardWidth = 200

// boardPage is the deals of a pipeline by their stages (requirements.md F4), and their list.
type boardPage struct {
	opt     MainOptions
	host    recordHost
	list    *listPage
	box     *fyne.Container
	body    *fyne.Container
	title   *fyne.Container
	sub     *kit.Label
	which   *kit.Select
	mine    *kit.FilterChip
	asking  asker[boardQuestion, boardAnswer]
	board   crm.Board
	began   bool
	failed  bool
	onBoard bool // else the list is shown
	left    bool // another page was shown since
	columns []*boardColumn
	target  int // the column under a dragged card; -1 for none
	snap    desk.Snapshot
	lifted  *boardCard // being dragged; nil for none
	stale   bool       // something came meanwhile that is not drawn
	focus   crm.ID     // the card that has the keyboard again after a move
}

type boardQuestion struct {
	pipeline crm.ID
	mine     bool
}

type boardAnswer struct {
	board     crm.Board
	pipelines []crm.Pipeline
}

// prefDeals remembers whether deals are shown as a list.
const prefDeals = "deals.list"

func newBoardPage(opt MainOptions, host recordHost) *boardPage {
	p := &boardPage{opt: opt, host: host, box: kit.Stack(), body: kit.Stack(), target: -1}
	p.onBoard = !opt.Kept.Bool(prefDeals)
	spec := dealsPageSpec()
	spec.other, spec.showOther = text.Key("Board"), func() { p.show(true) }
	p.list = newListPage(opt, spec, host)
	p.asking = asker[boardQuestion, boardAnswer]{do: opt.Do, ask: p.read}
	p.sub = kit.NewData("", kit.Secondary)
	p.title = kit.NewPageTitle(kit.NewLabel("Deals", kit.PageTitle), p.sub)
	p.which = kit.NewBareSelect("Pipeline", nil, func(string) { p.load() })
	p.mine = kit.NewFilterChip("Mine", func() { p.mine.SetOn(!p.mine.On()); p.load() }).WithIcon(theme.IconFilter)
	p.mine.High(32)
	p.arrange()
	return p
}

func (p *boardPage) read(ctx context.Context, q boardQuestion) (a boardAnswer, err error) {
	if a.pipelines, err = p.opt.Customers.Pipelines(ctx); err != nil {
		return a, err
	}
	a.board, err = p.opt.Customers.Board(ctx, q.pipeline, q.mine, boardCards)
	return a, err
}

// arrange shows the board or the list.
func (p *boardPage) arrange() {
	if !p.onBoard {
		p.box.Objects = []fyne.CanvasObject{p.list.Object()}
		p.box.Refresh()
		return
	}
	head := kit.Row(8, kit.Grow(p.title), kit.Sized(150, 32, p.which),
		kit.Row(3, kit.NewButton("Board", kit.Chosen, func() {}).WithIcon(theme.IconBoard), kit.NewButton("List", kit.Line, func() { p.show(false) }).WithIcon(theme.IconList)),
		p.mine,
		kit.NewButton("New deal", kit.Primary, p.add).WithIcon(theme.IconPlus))
	p.box.Objects = []fyne.CanvasObject{kit.Column(0, kit.Sized(0, 56, kit.Pad(0, 16, 0, 20, head)), kit.NewHairline(), kit.Grow(p.body))}
	p.box.Refresh()
}

// show changes between board and list, which is remembered.
func (p *boardPage) show(board bool) {
	p.opt.Kept.SetBool(prefDeals, !board)
	p.turn(board)
}

// turn shows the board or the list.
func (p *boardPage) turn(board bool) {
	if p.onBoard == board {
		return
	}
	p.Leave()
	p.onBoard, p.left = board, false
	p.arrange()
	p.Enter()
	p.Draw(p.snap, false)
}

// add makes a deal in the list.
func (p *boardPage) add() {
	p.turn(false)
	p.list.add()
}

// Object is the whole page.
func (p *boardPage) Object() fyne.CanvasObject { return p.box }

// Enter reads what is shown. Who prefers the board has it again after a deal was opened in the list, unless something is typed there.
func (p *boardPage) Enter() {
	if !p.onBoard && !p.opt.Kept.Bool(prefDeals) && p.left && p.list.detail.task == nil {
		p.onBoard = true
		p.arrange()
	}
	p.left = false
	if !p.onBoard {
		p.list.Enter()
		return
	}
	p.load()
}

// Leave stops what is on its way.
func (p *boardPage) Leave() {
	p.left = true
	p.asking.Stop()
	p.list.Leave()
	if p.lifted != nil {
		p.lifted.lower()
	}
}

// Draw reads anew when deals may have changed.
func (p *boardPage) Draw(s desk.Snapshot, data bool) {
	p.snap = s
	switch {
	case !p.onBoard:
		p.list.Draw(s, data)
	case data:
		p.load()
	}
}

// Find gives the keyboard to the search field of the list.
func (p *boardPage) Find() {
	p.turn(false)
	p.list.Find()
}

// SetNarrow is for windows below 1100.
func (p *boardPage) SetNarrow(on bool) { p.list.SetNarrow(on) }

// Submit does what the open form of the record is for.
func (p *boardPage) Submit() {
	if !p.onBoard {
		p.list.Submit()
	}
}

// Open shows a deal, in the list.
func (p *boardPage) Open(ref desk.Ref) {
	p.turn(false)
	p.list.Open(ref)
}

func (p *boardPage) load() {
	p.asking.Ask(boardQuestion{crm.ID(p.which.Chosen()), p.mine.On()}, func(a boardAnswer, err error) {
		if p.failed = err != nil; err == nil {
			p.began, p.board = true, a.board
			p.which.SetOptions(pipelineOptions(a.pipelines, "")[1:])
			p.which.SetChosen(string(a.board.Pipeline.ID))
		}
		p.draw()
	})
}

func (p *boardPage) money(m crm.Money) string {
	if m.Minor == 0 {
		return ""
	}
	return text.Money(m.Minor, m.Digits(), m.Currency)
}

func (p *boardPage) sums(sums []crm.Money) string {
	words := make([]string, len(sums))
	for i, m := range sums {
		words[i] = p.money(m)
	}
	return strings.Join(words, ", ")
}

func (p *boardPage) draw() {
	if p.stale = p.lifted != nil; p.stale { // not under the hand
		return
	}
	p.columns, p.target = nil, -1
	open, all := 0, 0
	var total []crm.Money
	for _, c := range p.board.Columns {
		all += c.Count
		if c.Stage.Result != crm.Undecided {
			continue
		}
		open += c.Count
		for _, m := range c.Sums {
			total = crm.AddMoney(total, m)
		}
	}
	words := []string{text.T("{n} open", "n", text.Number(int64(open)))}
	for _, m := range total {
		words = append(words, p.money(m))
	}
	p.sub.SetText(joined(" · ", words...))
	p.title.Refresh()
	kit.Redraw(p.body, func() {
		p.body.Objects = []fyne.CanvasObject{p.content(all)}
		p.body.Refresh()
	})
}

func (p *boardPage) content(all int) fyne.CanvasObject {
	switch {
	case p.failed:
		return kit.Middle(kit.ColumnAligned(10, kit.Center,
			kit.NewStateWord(text.T("The deals could not be read"), theme.IconAlert, kit.Bad, kit.Body),
			kit.NewButton("Try again", kit.Line, p.load)))
	case all == 0 && !p.mine.On() && len(p.which.Chosen()) > 0 && p.board.Pipeline.ID == crm.StandardPipelineID:
		how := text.Key("Convert a lead, or make a deal by hand.")
		if p.snap.NoLeads {
			how = text.Key("A new customer's call makes one, or you make it by hand.")
		}
		return kit.NewEmptyState(theme.IconBoard, "No deals yet", how, nil, kit.NewButton("New deal", kit.Line, p.add).WithIcon(theme.IconPlus))
	}
	layout := &boardLayout{}
	board := &fyne.Container{Layout: layout}
	for _, c := range p.board.Columns {
		column := newBoardColumn(p, c)
		p.columns = append(p.columns, column)
		layout.heads = append(layout.heads, column.head)
		board.Add(column.box)
	}
	return kit.Stack(kit.Fill(theme.Sunk), kit.ScrollAcross(board))
}

// boardLayout puts columns side by side, each as wide as there is room, but not below boardWidth.
type boardLayout struct{ heads []*boardHead }

const boardGap, boardEdge = 12, 20

func (b *boardLayout) Layout(columns []fyne.CanvasObject, size fyne.Size) {
	n := float32(len(columns))
	w := max(boardWidth, (size.Width-2*boardEdge-(n-1)*boardGap)/max(n, 1))
	below := slices.ContainsFunc(b.heads, func(h *boardHead) bool { return h.need() > float32(int(w)) })
	for _, h := range b.heads {
		h.below = below
	}
	for i, c := range columns {
		x := float32(int(boardEdge + float32(i)*(w+boardGap)))
		c.Move(fyne.NewPos(x, 16))
		c.Resize(fyne.NewSize(float32(int(w)), size.Height-16))
	}
}

func (*boardLayout) MinSize(columns []fyne.CanvasObject) fyne.Size {
	n := float32(len(columns))
	return fyne.NewSize(2*boardEdge+n*boardWidth+max(0, n-1)*boardGap, 120)
}

// boardColumn is a stage with its cards.
type boardColumn struct {
	box   *fyne.Container
	head  *boardHead
	stage crm.Stage
	slot  fyne.CanvasObject // where a dragged card would come
}

func newBoardColumn(p *boardPage, c crm.BoardColumn) *boardColumn {
	color := theme.StageOpen
	switch c.Stage.Result {
	case crm.Won:
		color = theme.AnswerFill
	case crm.Lost:
		color = theme.ChartPale
	}
	column := &boardColumn{stage: c.Stage, slot: kit.Sized(0, cardHeight, kit.NewOutlined(theme.AccentSoft, theme.Accent, 2, 8))}
	column.slot.Hide()
	cards := kit.Column(8, column.slot)
	for _, card := range c.Cards {
		cards.Add(newBoardCard(p, card))
	}
	if more := c.Count - len(c.Cards); more > 0 {
		cards.Add(kit.NewProseData(text.Tn(more, "{n} more is in the list.", "{n} more are in the list."), kit.Quiet))
	}
	column.head = newBoardHead(c, p.sums(c.Sums))
	// What is scrolled reaches 2 px beyond the column, for nothing of a card's edge to be cut off, and at the right up to where the
	// next one does: the bar lies between them.
	column.box = kit.Column(0, kit.Sized(0, 3, kit.FillRound(color, 1.5)), column.head.box,
		kit.Grow(kit.Pad(0, 2-boardGap, 0, -2, kit.Scroll(kit.Pad(1, boardGap-2, 16, 2, cards)))))
	return column
}

// over marks the column under a dragged card.
func (p *boardPage) over(at fyne.Position) {
	target := -1
	for i, c := range p.columns {
		from := fyne.CurrentApp().Driver().AbsolutePositionForObject(c.box)
		if at.X >= from.X-boardGap/2 && at.X < from.X+c.box.Size().Width+boardGap/2 {
			target = i
		}
	}
	if target == p.target {
		return
	}
	p.target = target
	for i, c := range p.columns {
		setShown(c.slot, i == target)
		c.box.Refresh()
	}
}

// drop moves a deal to the column under it.
func (p *boardPage) drop(c crm.BoardCard) {
	target := p.target
	p.over(fyne.NewPos(-1, -1))
	if target >= 0 {
		p.move(c.Deal, p.columns[target].stage)
	}
	if p.stale {
		p.draw()
	}
}

// step moves a deal by so many stages to the right.
func (p *boardPage) step(c crm.BoardCard, by int) {
	for i, column := range p.board.Columns {
		if to := i + by; column.Stage.ID == c.Stage && to >= 0 && to < len(p.board.Columns) {
			p.focus = c.ID
			p.move(c.Deal, p.board.Columns[to].Stage)
			return
		}
	}
}

// choose moves a deal to a stage by its name, shown or English.
func (p *boardPage) choose(c crm.BoardCard, name string) error {
	for _, s := range p.board.Pipeline.Stages {
		if s.Name == name || stageName(s) == name {
			p.move(c.Deal, s)
			return nil
		}
	}
	return fmt.Errorf("there is no stage %q: choose one of %s", name, stagesInWords(p.board.Pipeline))
}

// move gives a deal another stage and offers to take that back.
func (p *boardPage) move(d crm.Deal, to crm.Stage) {
	if d.Stage == to.ID {
		return
	}
	set := func(from, to crm.DealStage, done func(error)) {
		fileDo(p.opt, func(ctx context.Context) error {
			return p.opt.Customers.Change(ctx, crm.SetDealStage{Deal: d.ID, From: from, To: to})
		}, func(err error) {
			if err != nil {
				p.host.warn(companyWhy(err))
			}
			done(err)
			p.reload()
		})
	}
	set(d.Stage, to.ID, func(err error) {
		if err == nil {
			p.host.offer(text.T("{deal}: {stage}", "deal", d.Title, "stage", stageName(to)), "Undo", func() { set(to.ID, d.Stage, func(error) {}) })
		}
	})
}

// reload reads the board anew and gives the keyboard back to the card that was moved.
func (p *boardPage) reload() {
	if !p.onBoard {
		return
	}
	p.asking.Ask(boardQuestion{crm.ID(p.which.Chosen()), p.mine.On()}, func(a boardAnswer, err error) {
		if p.failed = err != nil; err == nil {
			p.board = a.board
		}
		p.draw()
		p.refocus()
	})
}

func (p *boardPage) refocus() {
	id := p.focus
	p.focus = ""
	if id == "" {
		return
	}
	kit.Walk(p.body, func(o fyne.CanvasObject, _ fyne.Position) {
		if card, ok := o.(*boardCard); ok && card.card.ID == id {
			if c := fyne.CurrentApp().Driver().CanvasForObject(card); c != nil {
				c.Focus(card)
			}
		}
	})
}

// daysLate is how many days ago something was due; 0 when it wasn't, or today.
func daysLate(due, now time.Time) int {
	if due.IsZero() || dueGroup(due, now) != "Overdue" {
		return 0
	}
	due = due.In(now.Location())
	midnight := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 12, 0, 0, 0, time.UTC) }
	return int(midnight(now).Sub(midnight(due)) / (24 * time.Hour))
}

// newDealsPage is the board with the list; the list alone where records are only shown.
func (m *MainWindow) newDealsPage() page {
	if m.opt.Customers == nil {
		return newListPage(m.opt, dealsPageSpec(), m)
	}
	return newBoardPage(m.opt, m)
}
