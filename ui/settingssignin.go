package ui

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// settingsSignInView sets up how a user signs in at the shared server, the telephone that comes with it, and which devices
// are signed in (requirement I3). It works with the server only.
type settingsSignInView struct {
	opt   MainOptions
	user  crm.User
	box   *fyne.Container
	body  *fyne.Container
	error *kit.Prose

	is       SignInOf
	link     string // that was made; it is shown this once
	linkEnds string
	done     string // what was done last
	password *kit.Field
	busy     bool

	// A user who was added a moment ago is on the way to the server: it is asked again.
	again *mainDelay
	tries int
}

// How often, and after how long each time, a server is asked that does not know a new user yet.
const (
	signInTries = 20
	signInAgain = 250 * time.Millisecond
)

// newSettingsSignIn shows how a user signs in; fresh is one who was added a moment ago.
func newSettingsSignIn(opt MainOptions, user crm.User, fresh bool, back func()) *settingsSignInView {
	v := &settingsSignInView{opt: opt, user: user, body: kit.Column(20)}
	v.again = newMainDelay(opt.Do, signInAgain, v.read)
	if fresh {
		v.tries, v.done = signInTries, text.T("{name} was added. A password and the telephone come next.", "name", user.Name)
		v.body.Objects = []fyne.CanvasObject{kit.NewLabel("Saving", kit.Secondary)}
	}
	v.error = kit.NewProseData("", kit.Secondary.In(theme.DangerText))
	v.error.Hide()
	v.box = kit.Column(0, settingsTitle("Sign-in and telephone", kit.NewButton("Back", kit.Line, back).WithIcon(theme.IconChevronLeft)),
		kit.Grow(kit.Scroll(kit.Pad(20, 24, 20, 24, kit.Column(16, kit.NewData(user.Name, kit.PageTitle).Shrink(60), v.error, v.body)))))
	v.read()
	return v
}

// read asks the server how the user signs in.
func (v *settingsSignInView) read() {
	fileAsk(v.opt, func(ctx context.Context) (SignInOf, error) {
		ctx, cancel := context.WithTimeout(ctx, signInTime)
		defer cancel()
		return v.opt.SignIns.SignInOf(ctx, v.user.ID)
	}, func(is SignInOf, err error) {
		if err != nil && v.tries > 0 && failureOf(err).Why.Key == NotKnownThere {
			v.tries--
			v.again.Start()
			return
		}
		if err != nil {
			v.fail(err)
			v.body.Objects = []fyne.CanvasObject{kit.Row(0, kit.NewButton("Try again", kit.Line, v.read), kit.Spacer())}
			v.box.Refresh()
			return
		}
		v.error.Hide()
		v.is = is
		v.show()
	})
}

// Stop asks no more.
func (v *settingsSignInView) Stop() {
	v.tries = 0
	v.again.Stop()
}

// do asks the server for a change and shows what is then.
func (v *settingsSignInView) do(change func(context.Context) error, done string) {
	if v.busy {
		return
	}
	v.busy, v.done = true, ""
	v.error.Hide()
	fileDo(v.opt, func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, signInTime)
		defer cancel()
		return change(ctx)
	}, func(err error) {
		v.busy = false
		if err != nil {
			v.fail(err)
			return
		}
		v.done = done
		v.read()
	})
}

func (v *settingsSignInView) fail(err error) {
	v.error.SetText(serverWhy(err))
	v.error.Show()
	v.box.Refresh()
}

func (v *settingsSignInView) show() {
	rows := []fyne.CanvasObject{}
	if v.done != "" {
		rows = append(rows, kit.NewStateWord(v.done, theme.IconCheck, kit.Good, kit.Body))
	}
	rows = append(rows, settingsRow("Password", v.passwordRow()))
	phones := kit.Column(16)
	for _, p := range v.is.Phones {
		phones.Add(newPhoneForm(v, p).box)
	}
	if len(v.is.Phones) == 0 {
		phones.Add(newPhoneForm(v, v.firstPhone()).box)
	}
	rows = append(rows, settingsRow("Telephone", phones),
		settingsRow("Devices", deviceRows(v.opt, v.is.Devices, v.signOut)))
	v.body.Objects = rows
	v.body.Refresh()
	v.box.Refresh()
}

// firstPhone is the telephone account as it may well be, by the user's extension and those that colleagues have: to be looked at and saved.
func (v *settingsSignInView) firstPhone() UserPhone {
	p := UserPhone{Name: text.T("Office|account")}
	if v.user.Extension != "" && v.is.PBX != "" {
		p.Transport = v.is.PBXTransport
		p.Suggested = "sip:" + v.user.Extension + "@" + v.is.PBX
	}
	return p
}

func (v *settingsSignInView) passwordRow() fyne.CanvasObject {
	stands := kit.NewStateWord(text.T("A password is set"), theme.IconCheck, kit.Good, kit.Body)
	if !v.is.Password {
		stands = kit.NewStateWord(text.T("No password yet: this user cannot sign in"), theme.IconWarning, kit.Warn, kit.Body)
	}
	link := kit.NewButton("Make a link", kit.Line, v.invite).WithIcon(theme.IconLink)
	column := []fyne.CanvasObject{stands, kit.Row(8, link, kit.Spacer()),
		kit.NewProse("By the link, which works once, the user sets a password that nobody else knows.", kit.Quiet)}
	if strings.TrimSpace(v.user.Email) == "" {
		link.SetEnabled(false, text.T("The user needs an e-mail address first"))
	}
	if v.link != "" {
		shown := kit.Stack(kit.NewCard(theme.Sunk, theme.Border, 6), kit.Pad(0, 8, 0, 8, kit.NewData(v.link, kit.Body).Shrink(60)))
		column = append(column, kit.Row(8, kit.Grow(kit.Sized(0, 32, shown)),
			kit.NewButton("Copy", kit.Line, func() { v.opt.App.Clipboard().SetContent(v.link) }).WithIcon(theme.IconCopy)),
			kit.NewProseData(text.T("Send it to {name} alone. It is good until {time}.", "name", v.user.Name, "time", v.linkEnds), kit.Secondary))
	}
	typed := ""
	if v.password != nil {
		typed = v.password.Text()
	}
	v.password = kit.NewPassword("First password", nil)
	v.password.SetText(typed)
	v.password.OnSubmit(func(string) { v.setPassword() })
	set := kit.NewButton("Set it", kit.Line, v.setPassword)
	if strings.TrimSpace(v.user.Email) == "" {
		set.SetEnabled(false, text.T("The user needs an e-mail address first"))
	}
	column = append(column, kit.RowAligned(8, kit.End, kit.Sized(260, 0, v.password), set, kit.Spacer()),
		kit.NewProse("Whoever is signed in already has to sign in anew.", kit.Quiet))
	return kit.Column(8, column...)
}

func (v *settingsSignInView) invite() {
	v.do(func(ctx context.Context) error {
		link, ends, err := v.opt.SignIns.Invite(ctx, v.user.ID)
		if err == nil {
			v.opt.Do.Do(func() { v.link, v.linkEnds = link, text.Appointment(ends.In(v.opt.Now().Location()), v.opt.Now()) })
		}
		return err
	}, "")
}

// passwordLeast is how long a password is at least; the server says so too.
const passwordLeast = 10

func (v *settingsSignInView) setPassword() {
	typed := v.password.Text()
	if len([]rune(typed)) < passwordLeast {
		v.password.SetError(text.T("At least {n} characters", "n", passwordLeast))
		return
	}
	v.password.SetText("")
	v.link = ""
	v.do(func(ctx context.Context) error { return v.opt.SignIns.SetPassword(ctx, v.user.ID, typed) }, text.T("The password is set"))
}

func (v *settingsSignInView) signOut(d UserDevice) {
	v.do(func(ctx context.Context) error { return v.opt.SignIns.SignOutDevice(ctx, d.ID) }, text.T("Signed out; the device erases its copy when it reaches the server"))
}

// phoneForm edits a telephone account of the user.
type phoneForm struct {
	v   *settingsSignInView
	is  UserPhone
	box fyne.CanvasObject

	name, address, auth, password *kit.Field
	transport                     string
}

func newPhoneForm(v *settingsSignInView, p UserPhone) *phoneForm {
	f := &phoneForm{v: v, is: p, transport: p.Transport}
	field := func(name text.Key, value string) *kit.Field {
		made := kit.NewField(name, nil)
		made.OnChanged(func(string) { made.SetError("") })
		made.SetText(value)
		return made
	}
	f.name, f.address, f.auth = field("Name of the account", p.Name), field("Address", cmp.Or(p.Address, p.Suggested)), field("User for signing in", p.AuthUser)
	f.address.WithPlaceholder("Such as sip:101@pbx.example.org")
	f.auth.WithPlaceholder("That of the address")
	f.password = kit.NewPassword("Password at the PBX", nil)
	if p.Kept {
		f.password.WithPlaceholder("Kept. Type another to change it")
	}
	way := kit.NewSegmented("Transport", []kit.Option{{ID: "udp", Label: "UDP"}, {ID: "tcp", Label: "TCP"}, {ID: "tls", Label: "TLS"}, {ID: "auto", Key: text.Key("Automatic|transport")}},
		func(id string) { f.transport = id })
	way.SetChosen(p.Transport)
	buttons := []fyne.CanvasObject{kit.NewButton("Save this account", kit.Primary, f.save)}
	if p.Address != "" {
		buttons = append(buttons, askingButton("Take it away", "Take it away for good", func() {
			v.do(func(ctx context.Context) error { return v.opt.SignIns.RemovePhone(ctx, v.user.ID, p.Name) }, text.T("The account is taken away"))
		}))
	}
	f.box = kit.Column(10, kit.Columns(12, f.name, f.address), kit.Columns(12, f.auth, f.password), kit.Row(0, way, kit.Spacer()),
		kit.Row(8, append(buttons, kit.Spacer())...),
		kit.NewProse("The user's devices get it by signing in. The password is sealed at the server and shown to nobody.", kit.Quiet))
	return f
}

func (f *phoneForm) save() {
	now := UserPhone{Name: strings.TrimSpace(f.name.Text()), Address: strings.TrimSpace(f.address.Text()), AuthUser: strings.TrimSpace(f.auth.Text()),
		Password: f.password.Text(), Transport: f.transport}
	if now.Address != "" && !strings.Contains(now.Address, ":") {
		now.Address = "sip:" + now.Address
	}
	switch {
	case now.Name == "":
		f.name.SetError(text.T("An account needs a name"))
		return
	case !strings.Contains(now.Address, "@"):
		f.address.SetError(text.T("Such as sip:101@pbx.example.org"))
		return
	case f.is.Kept && now.Password == "" && now.Address != f.is.Address:
		f.password.SetError(text.T("Another address needs its password again"))
		return
	}
	f.v.do(func(ctx context.Context) error {
		if err := f.v.opt.SignIns.SavePhone(ctx, f.v.user.ID, now); err != nil || f.is.Address == "" || f.is.Name == now.Name {
			return err
		}
		return f.v.opt.SignIns.RemovePhone(ctx, f.v.user.ID, f.is.Name) // it has another name now
	}, text.T("The account is saved"))
}

// serverWhy says in words why the server did not do something.
func serverWhy(err error) string {
	var failure *TestFailure
	if errors.As(err, &failure) {
		return joined(" · ", joined(". ", text.Say(failure.Why), adviceOn(failure.Why)), failure.Detail)
	}
	return companyWhy(err)
}
