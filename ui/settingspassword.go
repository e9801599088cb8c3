package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// ownPassword gives the agent another password for the shared server.
type ownPassword struct {
	opt           MainOptions
	changed       func() // its height
	box           *fyne.Container
	current, next *kit.Field
	save          *kit.Button
	said          *kit.Prose
	busy          bool
}

func newOwnPassword(opt MainOptions, changed func()) *ownPassword {
	p := &ownPassword{opt: opt, changed: changed, box: kit.Column(10)}
	p.current, p.next = kit.NewPassword("Present password", nil), kit.NewPassword("New password", nil)
	p.next.SetHelp(text.T("Your other devices have to sign in anew."))
	for _, f := range []*kit.Field{p.current, p.next} {
		f.OnSubmit(func(string) { p.change() })
		f.OnChanged(func(string) {
			f.SetError("")
			p.changed()
		})
	}
	p.save = kit.NewButton("Change|password", kit.Primary, p.change)
	p.said = kit.NewProseData("", kit.Secondary)
	p.fold("")
	return p
}

// Row is the agent's password among the settings of the server.
func (p *ownPassword) Row() fyne.CanvasObject { return settingsRow("Password", p.box) }

// fold shows only the button that opens the form, and what was done.
func (p *ownPassword) fold(done string) {
	p.forget()
	p.said.SetStyle(kit.Secondary)
	p.said.SetText(done)
	open := kit.NewButton("Change password…", kit.Line, p.open)
	p.box.Objects = []fyne.CanvasObject{kit.Row(8, open, kit.Grow(p.said))}
	p.changed()
}

func (p *ownPassword) open() {
	p.said.SetText("")
	cancel := kit.NewButton("Cancel", kit.Ghost, func() { p.fold("") })
	p.box.Objects = []fyne.CanvasObject{kit.Row(0, kit.Sized(signInWidth, 0, kit.Column(12, p.current, p.next, kit.Row(8, p.save, cancel, kit.Spacer()), p.said)), kit.Spacer())}
	p.changed()
	p.current.Focus()
}

// forget empties the fields.
func (p *ownPassword) forget() {
	for _, f := range []*kit.Field{p.current, p.next} {
		f.SetText("")
		f.SetError("")
	}
}

func (p *ownPassword) change() {
	if p.busy {
		return
	}
	p.said.SetText("")
	current, next := p.current.Text(), p.next.Text()
	switch {
	case current == "":
		p.refuse(p.current, text.T("Type your password"))
		return
	case len([]rune(next)) < passwordLeast:
		p.refuse(p.next, text.T("At least {n} characters", "n", passwordLeast))
		return
	}
	p.working(true)
	fileDo(p.opt, func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, signInTime)
		defer cancel()
		return p.opt.SignIns.ChangePassword(ctx, current, next)
	}, func(err error) {
		p.working(false)
		switch {
		case err == nil:
			p.fold(text.T("The password was changed."))
		case failureOf(err).Field == FieldPassword:
			p.refuse(p.current, text.Say(failureOf(err).Why))
		default:
			p.said.SetStyle(kit.Secondary.In(theme.DangerText))
			p.said.SetText(serverWhy(err))
		}
		p.changed()
	})
}

// refuse says at a field what is wrong with it.
func (p *ownPassword) refuse(f *kit.Field, why string) {
	f.SetError(why)
	f.Focus()
	p.changed()
}

func (p *ownPassword) working(on bool) {
	p.busy = on
	p.save.SetEnabled(!on, "")
}
