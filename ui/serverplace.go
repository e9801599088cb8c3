package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// serverPlace is a place of the settings that lists what the shared server alone has, for administrators, and makes one of it in a form in
// its place. It works with the server only.
type serverPlace struct {
	opt   MainOptions
	title text.Key
	guard companyGuard
	ask   func() // asks the server for the list, and then calls told
	rows  func() []fyne.CanvasObject
	empty func() fyne.CanvasObject // when there is none
	add   func() *kit.Button

	box      *fyne.Container
	editor   *companyEditor // nil: the list is shown
	known    bool           // the server has told the list
	error    string
	removing crm.ID // asked about; "" for none
	busy     bool
	done     string // what was done last
	secret   string // that was made; it is shown this once
	about    string // what it is good for
}

func newServerPlace(opt MainOptions, title text.Key) serverPlace {
	return serverPlace{opt: opt, title: title, guard: companyGuard{opt: opt, needs: mayAll}, box: kit.Stack()}
}

// Object is the place.
func (p *serverPlace) Object() fyne.CanvasObject { return p.box }

// Enter asks for the list, unless something is being made: what was typed stays.
func (p *serverPlace) Enter() {
	if p.editor != nil {
		return
	}
	p.guard.read(func() {
		if p.guard.who == "" && p.opt.Desk.Snapshot().Sync.State != desk.NoServer {
			p.ask()
		}
		p.draw()
	})
}

// Leave forgets the secret that was shown.
func (p *serverPlace) Leave() {
	p.secret, p.done, p.removing = "", "", ""
	if p.editor == nil {
		p.draw()
	}
}

// Draw does nothing: what the server alone has is in no snapshot.
func (p *serverPlace) Draw(desk.Snapshot) {}

// Submit makes what is being typed.
func (p *serverPlace) Submit() {
	if p.editor != nil {
		p.editor.Submit()
	}
}

// told ends asking.
func (p *serverPlace) told(err error) {
	p.error = ""
	if err != nil {
		p.error = serverWhy(err)
	} else {
		p.known = true
	}
	p.draw()
}

// serverAsk asks the server on a goroutine of its own, no longer than a sign-in may take.
func serverAsk[T any](opt MainOptions, ask func(context.Context) (T, error), got func(T, error)) {
	fileAsk(opt, func(ctx context.Context) (T, error) {
		ctx, cancel := context.WithTimeout(ctx, signInTime)
		defer cancel()
		return ask(ctx)
	}, got)
}

// do has the server change something of the list, once, and asks for it again.
func (p *serverPlace) do(change func(context.Context) error, done string) {
	if p.busy {
		return
	}
	p.busy, p.done, p.removing = true, "", ""
	serverAsk(p.opt, func(ctx context.Context) (struct{}, error) { return struct{}{}, change(ctx) }, func(_ struct{}, err error) {
		p.busy = false
		if err != nil {
			p.told(err)
			return
		}
		p.done = done
		p.ask()
	})
}

// edit shows a form instead of the list; verb is what makes it.
func (p *serverPlace) edit(e *companyEditor, verb text.Key, first *kit.Field) {
	p.editor, p.secret, p.done, p.removing = e, "", "", ""
	e.save.Rename(verb)
	p.box.Objects = []fyne.CanvasObject{e.box}
	p.box.Refresh()
	first.Focus()
}

// close goes back to the list.
func (p *serverPlace) close() {
	p.editor = nil
	p.draw()
	p.ask()
}

func (p *serverPlace) draw() {
	if p.editor != nil {
		return
	}
	kit.Redraw(p.box, func() {
		p.box.Objects = []fyne.CanvasObject{p.content()}
		p.box.Refresh()
	})
}

func (p *serverPlace) content() fyne.CanvasObject {
	if p.opt.Desk.Snapshot().Sync.State == desk.NoServer {
		return kit.Column(0, settingsTitle(p.title), kit.Grow(kit.NewEmptyState(theme.IconPlug, "This needs the shared server", "Other software asks the server, and is told by it.", nil, nil)))
	}
	var rows []fyne.CanvasObject
	line := func(o fyne.CanvasObject) { rows = append(rows, kit.Pad(12, 24, 12, 24, o), kit.NewHairline()) }
	if p.guard.who != "" {
		line(kit.NewProseData(p.guard.who, kit.Secondary))
		return kit.Column(0, settingsTitle(p.title), kit.Column(0, rows...))
	}
	if p.secret != "" {
		line(p.secretBox())
	}
	if p.done != "" {
		line(kit.NewStateWord(p.done, theme.IconCheck, kit.Good, kit.Body))
	}
	if p.error != "" {
		line(kit.Row(12, kit.Grow(kit.NewProseData(p.error, kit.Secondary.In(theme.DangerText))), kit.NewButton("Try again", kit.Line, p.ask)))
	}
	list := p.rows()
	switch {
	case !p.known && p.error == "":
		line(kit.NewLabel("Asking the server", kit.Secondary))
	case len(list) == 0 && len(rows) == 0:
		return kit.Column(0, settingsTitle(p.title), kit.Grow(p.empty()))
	}
	for _, r := range list {
		rows = append(rows, r, kit.NewHairline())
	}
	if !p.known {
		return kit.Column(0, settingsTitle(p.title), kit.Column(0, rows...))
	}
	return kit.Column(0, settingsTitle(p.title, p.add()), kit.Grow(kit.Scroll(kit.Column(0, rows...))))
}

// secretBox shows what was made, to be copied now.
func (p *serverPlace) secretBox() fyne.CanvasObject {
	shown := kit.Stack(kit.NewCard(theme.Sunk, theme.Border, 6), kit.Pad(0, 8, 0, 8, kit.NewData(p.secret, kit.Body).Shrink(60)))
	return kit.Column(8, kit.NewProseData(p.about, kit.Body), kit.Row(8, kit.Grow(kit.Sized(0, 32, shown)),
		kit.NewButton("Copy", kit.Line, func() { p.opt.App.Clipboard().SetContent(p.secret) }).WithIcon(theme.IconCopy)))
}

// row is one of the list: what it is and does, and a way to end it, which verb asks for at the second click and loses explains. more stands
// before that.
func (p *serverPlace) row(id crm.ID, name, sub string, end, verb text.Key, loses string, remove func(), more ...fyne.CanvasObject) fyne.CanvasObject {
	set := func(id crm.ID) func() { return func() { p.removing = id; p.draw() } }
	right := append(more, kit.NewButton(end, kit.Ghost, set(id)))
	if p.removing == id {
		sub = loses
		right = []fyne.CanvasObject{kit.NewButton(verb, kit.Danger, remove), kit.NewButton("Keep", kit.Line, set(""))}
	}
	return kit.Pad(12, 24, 12, 24, kit.Row(12, kit.Grow(kit.Column(2, kit.NewData(name, kit.Strong).Shrink(60), kit.NewProseData(sub, kit.Secondary))), kit.Row(6, right...)))
}
