package ui

import (
	"context"
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

const iconDone = theme.IconCheck

// followUpShape is icon and colour of a follow-up.
func followUpShape(f crm.FollowUp, now time.Time) (theme.IconName, kit.Tone) {
	switch {
	case !f.Done.IsZero():
		return iconDone, kit.Good
	case dueGroup(f.Due, now) == "Overdue":
		return theme.IconWarning, kit.Bad
	}
	return theme.IconFollowUp, kit.Warn
}

// followUpsPage is what is to be done, by day (requirements.md H3).
type followUpsPage struct {
	opt    MainOptions
	host   recordHost
	box    *fyne.Container
	sub    *kit.Label
	chips  map[crm.Filter]*kit.FilterChip
	filter crm.Filter
	body   *fyne.Container
	asking asker[crm.Filter, crm.FollowUpPage]
	page   crm.FollowUpPage
	began  bool // an answer came
	failed bool
	rows   []*followUpRow
	at     crm.ID // the chosen one
	why    string // why no call can be placed; "" when one can
	day    time.Time
}

// followUpsMost is how many are shown; who has more has other worries.
const followUpsMost = 512

func newFollowUpsPage(opt MainOptions, host recordHost) *followUpsPage {
	p := &followUpsPage{opt: opt, host: host, filter: crm.FilterMine, chips: map[crm.Filter]*kit.FilterChip{}}
	p.asking = asker[crm.Filter, crm.FollowUpPage]{do: opt.Do, ask: p.read}
	p.sub = kit.NewData("", kit.Secondary)
	row := []fyne.CanvasObject{kit.NewLabel("Follow-ups", kit.PageTitle), kit.Grow(p.sub.Shrink(0))}
	for _, f := range []struct {
		filter crm.Filter
		name   text.Key
	}{{crm.FilterMine, text.Key("Mine")}, {crm.FilterOpen, text.Key("Everybody's")}, {crm.FilterDone, text.Key("Done")}} {
		p.chips[f.filter] = kit.NewFilterChip(f.name, func() { p.setFilter(f.filter) })
		row = append(row, p.chips[f.filter])
	}
	p.chips[p.filter].SetOn(true)
	p.body = kit.Stack()
	p.box = kit.Column(0, kit.Sized(0, 48, kit.Pad(0, 20, 0, 20, kit.Row(8, row...))), kit.NewHairline(), kit.Grow(p.body))
	return p
}

func (p *followUpsPage) read(ctx context.Context, f crm.Filter) (all crm.FollowUpPage, err error) {
	if p.opt.Customers == nil {
		return all, nil
	}
	for len(all.Rows) < followUpsMost {
		page, err := p.opt.Customers.FollowUpList(ctx, crm.Query{Filter: f, Offset: len(all.Rows), Limit: listPageRows})
		if err != nil {
			return all, err
		}
		all.Rows, all.Total = append(all.Rows, page.Rows...), page.Total
		if len(page.Rows) < listPageRows {
			break
		}
	}
	return all, nil
}

// Object is the whole page.
func (p *followUpsPage) Object() fyne.CanvasObject { return p.box }

// Enter reads the list.
func (p *followUpsPage) Enter() {
	p.asking.Ask(p.filter, func(page crm.FollowUpPage, err error) {
		p.failed = err != nil
		if err == nil {
			p.page, p.began = page, true
		}
		p.draw()
	})
}

// Leave stops what is on its way.
func (p *followUpsPage) Leave() { p.asking.Stop() }

// Draw reads the list anew when records may have changed, and when a day has begun.
func (p *followUpsPage) Draw(s desk.Snapshot, data bool) {
	why := ""
	if len(s.Accounts) == 0 {
		why = text.T("Connect a PBX account first")
	}
	now := p.opt.Now()
	if why != p.why || p.began && now.YearDay() != p.day.YearDay() {
		p.why = why
		p.draw()
	}
	if data {
		p.Enter()
	}
}

// SetNarrow changes nothing: the rows give way by themselves.
func (p *followUpsPage) SetNarrow(bool) {}

func (p *followUpsPage) setFilter(f crm.Filter) {
	p.filter = f
	for name, chip := range p.chips {
		chip.SetOn(name == f)
	}
	p.Enter()
}

func (p *followUpsPage) draw() {
	if !p.began && !p.failed {
		return
	}
	p.day = p.opt.Now()
	p.sub.SetText("")
	if p.page.Total > 0 { // else the page says so
		p.sub.SetText(text.Tn(p.page.Total, "{n} follow-up", "{n} follow-ups"))
	}
	p.rows = nil
	kit.Redraw(p.body, func() {
		p.body.Objects = []fyne.CanvasObject{p.content()}
		p.body.Refresh()
	})
}

func (p *followUpsPage) content() fyne.CanvasObject {
	switch {
	case p.failed:
		return kit.Middle(kit.ColumnAligned(10, kit.Center,
			kit.NewStateWord(text.T("The list could not be read"), theme.IconAlert, kit.Bad, kit.Body),
			kit.NewButton("Try again", kit.Line, p.Enter)))
	case len(p.page.Rows) == 0 && p.filter == crm.FilterDone:
		return kit.NewEmptyState(theme.IconFollowUp, "Nothing is done yet", "Follow-ups come here when they are done.", nil, nil)
	case len(p.page.Rows) == 0:
		return kit.NewEmptyState(theme.IconFollowUp, "Nothing to follow up", "Note a follow-up on a record, or in the call window after a call.", nil, nil)
	}
	if !slices.ContainsFunc(p.page.Rows, func(r crm.FollowUpRow) bool { return r.ID == p.at }) {
		p.at = p.page.Rows[0].ID
	}
	var column []fyne.CanvasObject
	var group text.Key
	for _, r := range p.page.Rows {
		if g := dueGroup(r.Due, p.day); p.filter != crm.FilterDone && g != group {
			group = g
			column = append(column, kit.Pad(15, 20, 8, 20, kit.NewSection(g, nil)), kit.NewHairline())
		}
		row := newFollowUpRow(p, r)
		p.rows = append(p.rows, row)
		column = append(column, row, kit.NewHairline())
	}
	if p.page.Total > len(p.page.Rows) {
		column = append(column, kit.Pad(12, 20, 12, 20, kit.NewLabel("Older ones are not shown.", kit.Secondary)))
	}
	return kit.Scroll(kit.Column(0, column...))
}

// done marks a row as done; the next one is chosen.
func (p *followUpsPage) done(row *followUpRow) {
	if i := slices.Index(p.rows, row); i >= 0 && i+1 < len(p.rows) {
		p.at = p.rows[i+1].row.ID
	}
	focused := row.focused
	doneFollowUp(p.opt, p.host, row.row.FollowUp, row.row.Note, func() {
		p.asking.Ask(p.filter, func(page crm.FollowUpPage, err error) {
			if p.failed = err != nil; err == nil {
				p.page = page
			}
			p.draw()
			if focused {
				p.focus()
			}
		})
	})
}

// focus gives the keyboard to the chosen row.
func (p *followUpsPage) focus() {
	for _, r := range p.rows {
		if r.row.ID == p.at {
			if c := fyne.CurrentApp().Driver().CanvasForObject(p.box); c != nil {
				c.Focus(r)
			}
		}
	}
}

// move chooses the row by so many below.
func (p *followUpsPage) move(by int) {
	for i, r := range p.rows {
		if r.row.ID == p.at {
			p.choose(p.rows[max(0, min(i+by, len(p.rows)-1))])
			p.focus()
			return
		}
	}
}

func (p *followUpsPage) choose(row *followUpRow) {
	p.at = row.row.ID
	for _, r := range p.rows {
		r.choose(r == row)
	}
}

// followUpRow is one thing to be done.
type followUpRow struct {
	pressFocus
	row  crm.FollowUpRow
	call *kit.Button
	done *kit.Button // nil for one that is done
}

func newFollowUpRow(p *followUpsPage, r crm.FollowUpRow) *followUpRow {
	w := &followUpRow{row: r}
	now := p.day
	title := followUpTitle(r.FollowUp, r.Note)
	name := r.Name
	number := r.Number.Show(p.opt.Region)
	if name == "" {
		name, number = number, ""
	}
	sub := joined(" · ", name, r.Sub, number)
	icon, tone := followUpShape(r.FollowUp, now)
	when := dueWords(r.Due, now)
	if !r.Done.IsZero() {
		when = text.Day(r.Done.In(now.Location()), now)
	}
	dial := r.Number.Party().DialString()
	w.call = kit.NewButton("Call back", kit.Line, func() { p.opt.Desk.Dial(dial, "") }).WithIcon(theme.IconHandset).High(28)
	switch {
	case dial == "":
		w.call.SetEnabled(false, text.T("There is no number to call"))
	case p.why != "":
		w.call.SetEnabled(false, p.why)
	}
	buttons := kit.Row(6, kit.Spacer())
	if r.Done.IsZero() {
		w.done = kit.NewButton("Done|follow-up", kit.Line, func() { p.done(w) }).WithIcon(iconDone).High(28)
		buttons.Add(w.done)
	}
	buttons.Add(w.call)
	buttons.Add(kit.NewIconButton("Open this record", theme.IconChevronRight, kit.Ghost, func() { p.host.open(deskRef(r.Ref)) }).High(28))
	who := ""
	if p.filter != crm.FilterMine {
		who = r.Who
	}
	content := kit.Pad(0, 14, 0, 17, kit.Row(10, kit.NewIcon(icon, 16, tone.Ink()).Image,
		kit.Grow(kit.Column(1, kit.NewData(title, kit.Strong).Shrink(40), kit.NewData(sub, kit.Secondary).Shrink(40))),
		kit.Sized(124, 0, kit.Column(1, kit.NewData(when, kit.Secondary).Shrink(20), kit.NewData(who, kit.Quiet).Shrink(20))),
		kit.Sized(followUpButtons, 0, buttons)))
	w.bar = kit.FillRound(theme.AccentFill, 0)
	w.init("row", 0, kit.Sized(0, 51, content), func() { p.choose(w) })
	w.english = func() string { return title }
	w.shown = func() string { return joined(" · ", sub, when, who) }
	w.onKey = func(k fyne.KeyName) bool { return p.key(w, k) }
	w.ExtendBaseWidget(w)
	w.choose(r.ID == p.at)
	return w
}

// followUpButtons is how wide the buttons of a row are: as wide as those of a chosen one with German words and the keys.
const followUpButtons = 298

// Key is for keys that nothing with the keyboard wanted: they are the chosen row's.
func (p *followUpsPage) Key(k fyne.KeyName) {
	for _, r := range p.rows {
		if r.row.ID == p.at && !r.focused {
			p.key(r, k)
			return
		}
	}
}

// key is what a key does with a row: R calls back, D is done, arrows go on.
func (p *followUpsPage) key(w *followUpRow, k fyne.KeyName) bool {
	switch k {
	case fyne.KeyDown:
		p.move(1)
	case fyne.KeyUp:
		p.move(-1)
	case fyne.KeyR, fyne.KeyReturn, fyne.KeyEnter:
		p.choose(w)
		w.call.Tap()
	case fyne.KeyD, fyne.KeySpace:
		p.choose(w)
		if w.done != nil {
			w.done.Tap()
		}
	default:
		return false
	}
	return true
}

// choose shows the row as chosen, with the keys of its buttons.
func (w *followUpRow) choose(on bool) {
	w.SetSelected(on)
	hintKey(w.call, on, "R", kit.Answer)
	hintKey(w.done, on, "D", kit.Line)
	w.content.Refresh()
}
