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

// setupPlace is a place of the settings that lists what the company has of one kind,
// and edits one of them in its place.
type setupPlace struct {
	opt  MainOptions
	kind crm.SetupKind
	read func() // asks for the list, and then calls listed
	list func() // shows it

	box      *fyne.Container
	editor   *companyEditor // nil: the list is shown
	removing crm.ID         // asked about; "" for none
	error    string
}

func newSetupPlace(opt MainOptions, kind crm.SetupKind) setupPlace {
	return setupPlace{opt: opt, kind: kind, box: kit.Stack()}
}

// Object is the place.
func (p *setupPlace) Object() fyne.CanvasObject { return p.box }

// Enter reads the list, unless something is being edited: what was typed stays.
func (p *setupPlace) Enter() {
	if p.editor == nil {
		p.read()
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

// show shows rows of row, with an empty state before there is any.
func (p *setupPlace) show(title text.Key, add *kit.Button, empty fyne.CanvasObject, rows []fyne.CanvasObject) {
	if p.error != "" {
		rows = append(rows, kit.Pad(12, 24, 12, 24, kit.NewProseData(p.error, kit.Secondary.In(theme.DangerText))))
	}
	p.box.Objects = []fyne.CanvasObject{companyList(title, add, empty, rows)}
	p.box.Refresh()
}

// row is one of the things listed.
func (p *setupPlace) row(id crm.ID, name, sub string, edit func()) fyne.CanvasObject {
	asks := func(id crm.ID) func() { return func() { p.removing = id; p.list() } }
	return companyRow(name, sub, p.removing == id, edit, asks(id), func() { p.remove(id) }, asks(""))
}

// edit shows a form instead of the list.
func (p *setupPlace) edit(e *companyEditor, first *kit.Field) {
	p.editor, p.removing = e, ""
	p.box.Objects = []fyne.CanvasObject{e.box}
	p.box.Refresh()
	first.Focus()
}

// close goes back to the list.
func (p *setupPlace) close() {
	p.editor = nil
	p.read()
}

func (p *setupPlace) remove(id crm.ID) {
	p.removing = ""
	companyDo(p.opt, func(ctx context.Context, c Company) error {
		return c.Do(ctx, crm.RemoveSetup{Kind: p.kind, ID: id})
	}, func(err error) {
		if err != nil {
			p.error = companyWhy(err)
			p.list()
			return
		}
		p.read()
	})
}

// save saves what an editor holds and goes back to the list.
func (p *setupPlace) save(e *companyEditor, change crm.Change) {
	e.Saving()
	companyDo(p.opt, func(ctx context.Context, c Company) error { return c.Do(ctx, change) }, func(err error) {
		switch {
		case err != nil:
			e.Saved(companyWhy(err))
		case p.editor == e: // not left meanwhile
			p.close()
		}
	})
}
