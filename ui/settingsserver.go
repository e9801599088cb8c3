package ui

import (
	"context"
	"fmt"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// signInTime is how long a sign-in may take.
const signInTime = 30 * time.Second

// signInWidth is that of the form.
const signInWidth = 360

// settingsServerView signs in at the shared server and out, tells how the file stands with it, and has the
// tray of what the server refused.
type settingsServerView struct {
	opt     MainOptions
	open    func(desk.Ref)
	box     *fyne.Container
	top     *fyne.Container // the form, or who is signed in
	state   *fyne.Container
	tray    *fyne.Container
	devices *fyne.Container // of the agent
	sync    desk.Sync
	shown   string // of sync, in words
	server  ServerSettings

	address, user, password *kit.Field
	signIn                  *kit.Button
	own                     *ownPassword
	error                   *kit.Prose
	busy                    bool
}

func newSettingsServer(opt MainOptions, open func(desk.Ref)) *settingsServerView {
	v := &settingsServerView{opt: opt, open: open, top: kit.Stack(), state: kit.Stack(), tray: kit.Column(0), devices: kit.Stack()}
	v.address = kit.NewField("Server's address", nil).WithPlaceholder("https://crm.example.org")
	v.user = kit.NewField("E-mail address", nil)
	v.password = kit.NewPassword("Password", nil)
	for _, f := range []*kit.Field{v.address, v.user, v.password} {
		f.OnSubmit(func(string) { v.enterServer() })
		f.OnChanged(func(string) { f.SetError("") })
	}
	v.signIn = kit.NewButton("Sign in", kit.Primary, v.enterServer).WithHint("Enter").High(36)
	v.own = newOwnPassword(opt, func() {
		if v.box != nil {
			v.box.Refresh()
		}
	})
	v.error = kit.NewProseData("", kit.Secondary.In(theme.DangerText))
	v.error.Hide()
	v.box = kit.Column(0, settingsTitle("Shared server"), kit.Grow(kit.Scroll(kit.Pad(20, 24, 20, 24,
		kit.Column(20, v.state, v.top, v.error, v.tray, v.devices)))))
	v.form()
	return v
}

// Object is the view.
func (v *settingsServerView) Object() fyne.CanvasObject { return v.box }

// Enter asks for the server and the tray.
func (v *settingsServerView) Enter() {
	fileAsk(v.opt, v.opt.Shared.Server, func(s ServerSettings, err error) {
		if err != nil {
			v.fail(err)
			return
		}
		v.server = s
		if v.address.Text() == "" {
			v.address.SetText(s.Address)
			v.user.SetText(s.User)
		}
		v.form()
		v.loadDevices()
	})
	v.loadTray()
}

// Leave forgets the passwords that were typed.
func (v *settingsServerView) Leave() {
	v.password.SetText("")
	v.own.fold("")
}

// Draw shows how the file stands with the server.
func (v *settingsServerView) Draw(s desk.Snapshot) {
	refused := s.Sync.Refused != v.sync.Refused
	signed := s.Sync.State != v.sync.State
	v.sync = s.Sync
	it := syncStatus(s.Sync, v.opt.Now())
	if told := fmt.Sprint(s.Sync.State, it, s.Sync.Detail); told != v.shown { // else a button would lose the keyboard, or a click that is half done
		v.shown = told
		v.tellState(s, it)
	}
	if refused {
		v.loadTray()
	}
	if signed {
		v.Enter()
	}
}

func (v *settingsServerView) tellState(s desk.Snapshot, it statusItem) {
	v.state.Objects = nil
	if s.Sync.State != desk.NoServer {
		icon, tone := it.icon, it.tone
		if icon == "" {
			icon = theme.IconWarning
		}
		line := []fyne.CanvasObject{kit.NewStateWord(it.words, icon, tone, kit.Body)}
		if s.Sync.Detail != "" {
			line = append(line, kit.Grow(kit.NewData(s.Sync.Detail, kit.Caption).Shrink(0)))
		}
		if s.Sync.State == desk.ServerAway {
			line = append(line, kit.NewButton("Try again now", kit.Line, v.opt.Shared.TryServer))
		}
		column := []fyne.CanvasObject{kit.Row(8, line...)}
		if advice := syncAdvice(s.Sync.State); advice != "" {
			column = append(column, kit.NewProseData(advice, kit.Secondary))
		}
		v.state.Add(kit.Column(4, column...))
	}
	v.state.Refresh()
	v.box.Refresh()
}

// form shows the fields for signing in, or who is.
func (v *settingsServerView) form() {
	var shown fyne.CanvasObject
	if v.server.SignedIn {
		out := kit.NewButton("Sign out", kit.Line, v.leaveServer)
		shown = settingsRow("Signed in", kit.Column(8, kit.NewData(v.server.User, kit.Strong).Shrink(60),
			kit.NewData(v.server.Address, kit.Secondary).Shrink(60), kit.Row(0, out, kit.Spacer())))
		if v.opt.SignIns != nil {
			shown = kit.Column(20, shown, v.own.Row())
		}
	} else {
		form := kit.Column(12, kit.NewProse("With a shared server everybody in the company has the same customers, calls and notes, and each keeps a copy to work with.", kit.Body),
			v.address, v.user, v.password, kit.Gap(0), v.signIn, kit.NewProse("The telephone, lines and customers come with it.", kit.Quiet))
		shown = kit.Row(0, kit.Sized(signInWidth, 0, form), kit.Spacer())
	}
	v.top.Objects = []fyne.CanvasObject{shown}
	v.top.Refresh()
}

// enterServer signs in.
func (v *settingsServerView) enterServer() {
	if v.busy {
		return
	}
	v.error.Hide()
	address, user, password := strings.TrimSpace(v.address.Text()), strings.TrimSpace(v.user.Text()), v.password.Text()
	for _, f := range []struct {
		field *kit.Field
		typed string
		lacks text.Key
	}{{v.address, address, text.Key("Type the server's address")}, {v.user, user, text.Key("Type your e-mail address")}, {v.password, password, text.Key("Type your password")}} {
		f.field.SetError("")
		if f.typed == "" {
			f.field.SetError(text.T(f.lacks))
			f.field.Focus()
			return
		}
	}
	v.busy = true
	v.signIn.SetEnabled(false, "")
	v.signIn.Rename("Signing in")
	fileDo(v.opt, func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, signInTime)
		defer cancel()
		return v.opt.Shared.SignIn(ctx, address, user, password)
	}, func(err error) {
		v.busy = false
		v.signIn.SetEnabled(true, "")
		v.signIn.Rename("Sign in")
		if err != nil {
			v.refuse(err)
			return
		}
		v.password.SetText("")
		v.Enter()
	})
}

func (v *settingsServerView) leaveServer() {
	v.error.Hide()
	fileDo(v.opt, v.opt.Shared.SignOut, func(err error) {
		if err != nil {
			v.fail(err)
		}
		v.Enter()
	})
}

// refuse says why one is not signed in, at the field that is wrong.
func (v *settingsServerView) refuse(err error) {
	at := map[AccountField]*kit.Field{FieldAddress: v.address, FieldPassword: v.password}[failureOf(err).Field]
	if at == nil {
		v.fail(err)
		return
	}
	at.SetError(text.Say(failureOf(err).Why))
	at.Focus()
	if why := failureOf(err); why.Detail != "" || adviceOn(why.Why) != "" {
		v.error.SetText(joined(" · ", adviceOn(why.Why), why.Detail))
		v.error.Show()
	}
	v.box.Refresh()
}

// fail says why something did not work.
func (v *settingsServerView) fail(err error) {
	v.error.SetText(serverWhy(err))
	v.error.Show()
	v.box.Refresh()
}
