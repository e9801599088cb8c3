package ui

import (
	"cmp"
	"context"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// setupPlace is a place of the settings that lists what the company has of one kind,
// and edits one of them in its place.
type setupPlace struct {
	opt   MainOptions
	kind  crm.SetupKind
	guard companyGuard
	read  func() // asks for the list, and then calls listed
	list  func() // shows it

	// removal is the change that takes one away; RemoveSetup where it is nil.
	removal func(crm.ID) crm.Change
	// below are rows under the list; nil for none.
	below func() []fyne.CanvasObject

	box      *fyne.Container
	editor   *companyEditor // nil: the list is shown
	removing crm.ID         // asked about; "" for none
	error    string
}

func newSetupPlace(opt MainOptions, kind crm.SetupKind, needs func(crm.Rights) bool) setupPlace {
	return setupPlace{opt: opt, kind: kind, guard: companyGuard{opt: opt, needs: needs}, box: kit.Stack()}
}

// setupWords is how a place of the settings speaks of what it lists.
type setupWords struct {
	title text.Key
	add   text.Key // the button
	icon  theme.IconName
	none  text.Key // before there is any,
	why   text.Key // and what it is good for
}

// setupEntry is one of the things listed.
type setupEntry struct {
	id        crm.ID
	name, sub string
	edit      func()
	stays     string   // why it can't be removed; "" when it can
	loses     string   // what else changes by that, said with the question; "" for nothing
	verb      text.Key // of the question, where it isn't for good
	up        func()   // puts it before the one above; nil where they have no order
	first     bool     // it is above all others
}

// showList lists entries, with an empty state before there is any; add makes another one.
func showList[T any](p *setupPlace, w setupWords, all []T, add func(), entry func(T) setupEntry) {
	button := func() *kit.Button {
		b := kit.NewButton(w.add, kit.Primary, add).WithIcon(theme.IconPlus)
		b.SetEnabled(p.guard.who == "", p.guard.who)
		return b
	}
	var rows []fyne.CanvasObject
	for _, one := range all {
		rows = append(rows, p.row(entry(one)))
	}
	if p.below != nil {
		rows = append(rows, p.below()...)
	}
	if p.error != "" {
		rows = append(rows, kit.Pad(12, 24, 12, 24, kit.NewProseData(p.error, kit.Secondary.In(theme.DangerText))))
	}
	kit.Redraw(p.box, func() {
		p.box.Objects = []fyne.CanvasObject{companyList(w.title, button(), p.guard.who, kit.NewEmptyState(w.icon, w.none, w.why, button(), nil), rows)}
		p.box.Refresh()
	})
}

// Object is the place.
func (p *setupPlace) Object() fyne.CanvasObject { return p.box }

// Enter reads the list, unless something is being edited: what was typed stays.
func (p *setupPlace) Enter() {
	if p.editor == nil {
		p.guard.read(p.read)
	}
}

// Reread is Enter for what a colleague has changed; a question that is open stays.
func (p *setupPlace) Reread() {
	if p.removing == "" {
		p.Enter()
	}
}

// Leave does nothing.
func (p *setupPlace) Leave() {}

// Draw does nothing: how the company is set up is in no snapshot.
func (p *setupPlace) Draw(desk.Snapshot) {}

// Submit saves what is being edited.
func (p *setupPlace) Submit() {
	if p.editor != nil {
		p.editor.Submit()
	}
}

// listed shows the list that was read, or why it wasn't.
func (p *setupPlace) listed(err error) {
	p.error = ""
	if err != nil {
		p.error = companyWhy(err)
	}
	if p.editor == nil {
		p.list()
	}
}

func (p *setupPlace) row(e setupEntry) fyne.CanvasObject {
	asks := func(id crm.ID) func() { return func() { p.removing = id; p.list() } }
	asked := text.Key("")
	if p.removing == e.id {
		asked, e.sub = cmp.Or(e.verb, text.Key("Remove for good")), cmp.Or(e.loses, e.sub)
	}
	var more []fyne.CanvasObject
	if e.up != nil {
		up := kit.NewIconButton("Up", theme.IconArrowUp, kit.Ghost, e.up)
		reason := p.guard.who
		if reason == "" && e.first {
			reason = text.T("First already")
		}
		up.SetEnabled(reason == "", reason)
		more = append(more, up)
	}
	open := text.Key("Edit")
	if p.guard.who != "" {
		open = text.Key("View")
	}
	return companyRow(e.name, e.sub, cmp.Or(p.guard.who, e.stays), asked, open, e.edit, asks(e.id), func() { p.remove(e.id) }, asks(""), more...)
}

// edit shows a form instead of the list.
func (p *setupPlace) edit(e *companyEditor, first *kit.Field) {
	p.editor, p.removing = e, ""
	e.Lock(p.guard.who)
	p.box.Objects = []fyne.CanvasObject{e.box}
	p.box.Refresh()
	if first != nil {
		first.Focus()
	}
}

// close goes back to the list.
func (p *setupPlace) close() {
	p.editor = nil
	p.read()
}

func (p *setupPlace) remove(id crm.ID) {
	p.removing = ""
	var change crm.Change = crm.RemoveSetup{Kind: p.kind, ID: id}
	if p.removal != nil {
		change = p.removal(id)
	}
	companyDo(p.opt, func(ctx context.Context, c Company) error {
		return c.Do(ctx, change)
	}, func(err error) {
		if err != nil {
			p.error = companyWhy(err)
			p.list()
			return
		}
		p.read()
	})
}

// change makes changes to what is listed.
func (p *setupPlace) change(changes ...crm.Change) {
	companyDo(p.opt, func(ctx context.Context, c Company) error { return c.Do(ctx, changes...) }, func(err error) {
		if err != nil {
			p.error = companyWhy(err)
			p.list()
			return
		}
		p.read()
	})
}

// save saves what an editor holds and goes back to the list.
func (p *setupPlace) save(e *companyEditor, change crm.Change) { p.saveThen(e, change, p.close) }

// saveThen saves what an editor holds and goes on to what comes then.
func (p *setupPlace) saveThen(e *companyEditor, change crm.Change, then func()) {
	e.Saving()
	companyDo(p.opt, func(ctx context.Context, c Company) error { return c.Do(ctx, change) }, func(err error) {
		switch {
		case err != nil:
			e.Saved(companyWhy(err))
		case p.editor == e: // not left meanwhile
			then()
		}
	})
}
