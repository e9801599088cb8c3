package ui

import (
	"slices"

	"fyne.io/fyne/v2"

	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// teamPage is the colleagues with how they are; one is called, or the running call is passed on, with one key.
type teamPage struct {
	opt    MainOptions
	place  func(settingsPlace) // shows a place of the settings
	box    *fyne.Container
	sub    *kit.Label
	field  *kit.Field
	chips  map[bool]*kit.FilterChip
	free   bool // only those who are free are shown
	body   *fyne.Container
	snap   desk.Snapshot
	drawn  teamDrawn
	rows   []*teamRow
	at     string // the key of the chosen row
	narrow bool
}

// teamDrawn is what the rows depend on.
type teamDrawn struct {
	made    bool
	team    []desk.Teammate
	call    desk.CallID // that can be passed on; "" for none
	account bool
	server  desk.SyncState
	day     int
}

func (d teamDrawn) same(o teamDrawn) bool {
	return d.made == o.made && d.call == o.call && d.account == o.account && d.server == o.server && d.day == o.day &&
		slices.EqualFunc(d.team, o.team, sameTeammate)
}

func sameTeammate(a, b desk.Teammate) bool {
	queues := slices.Equal(a.Queues, b.Queues)
	return queues && a.User == b.User && a.Name == b.Name && a.Department == b.Department && a.Extension == b.Extension &&
		a.Dial == b.Dial && a.Account == b.Account && a.State == b.State && a.Since.Equal(b.Since)
}

func newTeamPage(opt MainOptions, place func(settingsPlace)) *teamPage {
	p := &teamPage{opt: opt, place: place}
	p.sub = kit.NewData("", kit.Secondary)
	p.field = kit.NewBareField("Search colleagues", func(string) { p.draw() }).WithPlaceholder("Search colleagues").WithIcon(theme.IconSearch)
	p.field.OnKey(p.fieldKey)
	p.field.OnSubmit(func(string) { p.tapChosen() })
	p.chips = map[bool]*kit.FilterChip{
		false: kit.NewFilterChip("Everybody", func() { p.filter(false) }),
		true:  kit.NewFilterChip("Free now", func() { p.filter(true) }),
	}
	p.chips[false].SetOn(true)
	p.body = kit.Stack()
	head := kit.Sized(0, 48, kit.Pad(0, 20, 0, 20, kit.Row(8, kit.NewLabel("Team", kit.PageTitle), kit.Grow(p.sub.Shrink(0)),
		kit.Sized(220, 32, p.field), p.chips[false], p.chips[true])))
	p.box = kit.Column(0, head, kit.NewHairline(), kit.Grow(p.body))
	return p
}

// Object is the whole page.
func (p *teamPage) Object() fyne.CanvasObject { return p.box }

// Enter draws what is there.
func (p *teamPage) Enter() {}

// Leave has nothing to stop.
func (p *teamPage) Leave() {}

// SetNarrow leaves the queues out.
func (p *teamPage) SetNarrow(on bool) {
	if p.narrow != on {
		p.narrow = on
		p.draw()
	}
}

// Draw shows a snapshot; the rows are made anew only when they would say something else.
func (p *teamPage) Draw(s desk.Snapshot, _ bool) {
	now := teamDrawn{made: true, team: s.Team, account: len(s.Accounts) > 0, server: s.Sync.State, day: p.opt.Now().YearDay()}
	if c, ok := runningCall(s.Calls); ok && phaseOf(c.State) == talking {
		now.call = c.ID
	}
	p.snap = s
	if now.same(p.drawn) {
		return
	}
	p.drawn = now
	p.draw()
}

func (p *teamPage) filter(free bool) {
	p.free = free
	for only, chip := range p.chips {
		chip.SetOn(only == free)
	}
	p.draw()
}

func (p *teamPage) draw() {
	focused := slices.ContainsFunc(p.rows, func(r *teamRow) bool { return r.focused })
	free, talks := 0, 0
	for _, m := range p.drawn.team {
		switch m.State {
		case desk.TeamFree:
			free++
		case desk.TeamTalking, desk.TeamRinging:
			talks++
		}
	}
	p.sub.SetText("")
	if len(p.drawn.team) > 0 {
		p.sub.SetText(text.T("{n} free, {busy} on calls", "n", text.Number(int64(free)), "busy", text.Number(int64(talks))))
	}
	p.rows = nil
	p.body.Objects = []fyne.CanvasObject{p.content()}
	p.body.Refresh()
	if focused {
		p.focus()
	}
}

func (p *teamPage) content() fyne.CanvasObject {
	if len(p.drawn.team) == 0 {
		return p.nobody()
	}
	var column []fyne.CanvasObject
	if p.drawn.server != desk.NoServer && p.drawn.server != desk.Everywhere && p.drawn.server != desk.CatchingUp {
		column = append(column, kit.Sized(0, 36, kit.Pad(0, 20, 0, 20, kit.Row(8, kit.NewIcon(theme.IconCloudOff, 14, theme.WarningText).Image,
			kit.Grow(kit.NewLabel("The shared server is away, so nobody tells how your colleagues are. Calling works.", kit.Secondary.In(theme.WarningText)).Shrink(0))))), kit.NewHairline())
	}
	shown := slices.DeleteFunc(byReach(p.drawn.team), func(m desk.Teammate) bool {
		return p.free && m.State != desk.TeamFree || !teamFits(m, p.field.Text())
	})
	if !slices.ContainsFunc(shown, func(m desk.Teammate) bool { return teamKey(m) == p.at }) && len(shown) > 0 {
		p.at = teamKey(shown[0])
	}
	for _, m := range shown {
		row := newTeamRow(p, m)
		p.rows = append(p.rows, row)
		column = append(column, row, kit.NewHairline())
	}
	if len(shown) == 0 {
		column = append(column, kit.Pad(20, 20, 20, 20, kit.NewLabel("Nobody fits.", kit.Body.In(theme.Text2))))
	}
	return kit.Scroll(kit.Column(0, column...))
}

// nobody says what to do where there are no colleagues.
func (p *teamPage) nobody() fyne.CanvasObject {
	to := func(at settingsPlace) func() { return func() { p.place(at) } }
	watch := kit.NewButton("Watch extensions", kit.Line, to(settingsAccounts))
	switch {
	case p.opt.Shared == nil:
		return kit.NewEmptyState(theme.IconUsers, "Nobody else is here yet", "Name the extensions of your colleagues in the account, and the PBX tells who is talking.", nil, watch)
	case p.drawn.server == desk.NoServer || p.drawn.server == desk.SignedOut:
		return kit.NewEmptyState(theme.IconUsers, "Nobody else is here yet", "With the company's server you see who is free, talking or away.",
			kit.NewButton("Sign in", kit.Primary, to(settingsServer)), watch)
	}
	var add *kit.Button
	if p.opt.Company != nil {
		add = kit.NewButton("Add a user", kit.Primary, to(settingsUsers))
	}
	return kit.NewEmptyState(theme.IconUsers, "You are the only one so far", "Colleagues appear here once they are added as users.", add, nil)
}

// teamKey names a colleague.
func teamKey(m desk.Teammate) string {
	if m.User != "" {
		return m.User
	}
	return m.Account + " " + m.Extension
}

// fieldKey lets the arrows choose a row while one types.
func (p *teamPage) fieldKey(e *fyne.KeyEvent) bool {
	switch e.Name {
	case fyne.KeyDown:
		p.move(1, false)
	case fyne.KeyUp:
		p.move(-1, false)
	case fyne.KeyEscape:
		p.field.SetText("")
		p.draw()
	default:
		return false
	}
	return true
}

// Key is for keys that nothing with the keyboard wanted: they are the chosen row's.
func (p *teamPage) Key(k fyne.KeyName) {
	if i := p.chosen(); i >= 0 && !p.rows[i].focused {
		p.key(p.rows[i], k)
	}
}

func (p *teamPage) chosen() int {
	return slices.IndexFunc(p.rows, func(r *teamRow) bool { return teamKey(r.mate) == p.at })
}

// tapChosen calls who is chosen.
func (p *teamPage) tapChosen() {
	if i := p.chosen(); i >= 0 {
		p.rows[i].call.Tap()
	}
}

// move chooses the row by so many below.
func (p *teamPage) move(by int, focus bool) {
	i := p.chosen()
	if i < 0 {
		return
	}
	p.choose(p.rows[max(0, min(i+by, len(p.rows)-1))])
	if focus {
		p.focus()
	}
}

// focus gives the keyboard to the chosen row.
func (p *teamPage) focus() {
	if i := p.chosen(); i >= 0 {
		if c := fyne.CurrentApp().Driver().CanvasForObject(p.box); c != nil {
			c.Focus(p.rows[i])
		}
	}
}

func (p *teamPage) choose(row *teamRow) {
	p.at = teamKey(row.mate)
	for _, r := range p.rows {
		r.choose(r == row)
	}
}
