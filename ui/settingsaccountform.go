package ui

import (
	"strings"

	"fyne.io/fyne/v2"

	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// accountForm is where a PBX account is typed in, in the welcome and in the
// settings. It tests the account while it is typed.
type accountForm struct {
	box      *fyne.Container
	value    AccountSettings
	state    accountTestState
	tester   *accountTester
	changed  func() // value or state
	named    bool   // has a field for the account's name
	name     *kit.Field
	address  *kit.Field
	password *kit.Field
	auth     *kit.Field
	proxy    *kit.Field
	header   *kit.Field
	line     *kit.Field
	way      *kit.Segmented
	result   *kit.StateWord
	detail   *kit.Label
	fold     *kit.Button
	folded   *fyne.Container
}

// newAccountForm shows a. Settings.TestAccount tests it.
func newAccountForm(opt MainOptions, a AccountSettings, named bool, changed func()) *accountForm {
	f := &accountForm{value: a, named: named, changed: changed}
	if f.value.Transport == "" {
		f.value.Transport = "udp"
	}
	f.tester = newAccountTester(opt.Do, opt.Settings.TestAccount, f.show)
	edit := func(put func(string)) func(string) {
		return func(s string) { put(s); f.edited() }
	}
	f.name = kit.NewField("Name", edit(func(s string) { f.value.Name = strings.TrimSpace(s) }))
	f.address = kit.NewField("Address", edit(func(s string) { f.value.Address = tidyAddress(s) }))
	f.password = kit.NewPassword("Password", edit(func(s string) { f.value.Password = s }))
	f.way = kit.NewSegmented("Transport", []kit.Option{{ID: "udp", Label: "UDP"}, {ID: "tcp", Label: "TCP"}, {ID: "tls", Label: "TLS"}},
		func(id string) { f.value.Transport = id; f.edited() })
	f.auth = kit.NewField("User for signing in", edit(func(s string) { f.value.AuthUser = strings.TrimSpace(s) }))
	f.proxy = kit.NewField("Outbound proxy", edit(func(s string) { f.value.OutboundProxy = strings.TrimSpace(s) }))
	f.header = kit.NewField("Header that names the line", edit(func(s string) { f.value.LineHeader = strings.TrimSpace(s) }))
	f.line = kit.NewField("Default line", edit(func(s string) { f.value.DefaultLine = strings.TrimSpace(s) }))
	f.result = kit.NewStateWord("", "", kit.Neutral, kit.Secondary)
	f.detail = kit.NewData("", kit.Caption).Shrink(0)
	f.fold = kit.NewButton("Advanced", kit.Link, f.unfold)
	f.folded = kit.Column(6, f.auth, f.proxy, f.header, f.line)
	f.folded.Hidden = a.AuthUser == "" && a.OutboundProxy == "" && a.LineHeader == "" && a.DefaultLine == ""
	f.fill()
	f.lines()

	column := []fyne.CanvasObject{}
	if named {
		column = append(column, f.name)
	}
	column = append(column, f.address, f.password,
		kit.Column(4, kit.NewLabel("Transport", kit.Secondary), kit.Row(0, f.way)),
		kit.Row(0, f.fold, kit.Spacer()), f.folded,
		kit.Sized(0, 20, kit.Row(8, f.result, kit.Grow(f.detail))))
	f.box = kit.Column(8, column...)
	f.show(accountTestState{})
	return f
}

// fill puts the account into the fields.
func (f *accountForm) fill() {
	v := f.value
	f.name.SetText(v.Name)
	f.address.SetText(strings.TrimPrefix(v.Address, "sip:"))
	f.password.SetText(v.Password)
	f.auth.SetText(v.AuthUser)
	f.proxy.SetText(v.OutboundProxy)
	f.header.SetText(v.LineHeader)
	f.line.SetText(v.DefaultLine)
	f.way.SetChosen(v.Transport)
}

// lines writes the help below the fields, so that an error takes its place and
// nothing moves.
func (f *accountForm) lines() {
	user, _, _ := splitAddress(f.value.Address)
	if user == "" {
		user = "101"
	}
	f.name.SetHelp(text.T("As you call it; else {user}", "user", user))
	f.address.SetHelp(text.T("User and PBX, such as 101@pbx.example.org"))
	if f.value.PasswordKept {
		f.password.SetHelp(text.T("Kept already; type one to change it"))
	} else {
		f.password.SetHelp(text.T("Kept in the keyring of this computer"))
	}
	f.auth.SetHelp(text.T("Else {user}", "user", user))
	f.proxy.SetHelp(text.T("A host the calls go through, such as sbc.example.org:5060"))
	f.header.SetHelp(text.T("Such as X-Line: in it the PBX says which number was dialled"))
	f.line.SetHelp(text.T("The number of calls in which the PBX names none"))
}

func (f *accountForm) unfold() {
	f.folded.Hidden = !f.folded.Hidden
	f.box.Refresh()
	f.changed()
}

func (f *accountForm) edited() {
	f.lines()
	f.tester.Changed(f.value)
	f.changed()
}

// Complete says whether the account can be saved.
func (f *accountForm) Complete() bool { return accountComplete(f.value) }

// Stop ends the test.
func (f *accountForm) Stop() { f.tester.Stop() }

// Focus gives the first field that is empty the keyboard.
func (f *accountForm) Focus() {
	if f.address.Text() == "" || f.password.Text() != "" || f.value.PasswordKept {
		f.address.Focus()
		return
	}
	f.password.Focus()
}

// OnSubmit is called on Enter in any field.
func (f *accountForm) OnSubmit(do func()) {
	for _, field := range []*kit.Field{f.name, f.address, f.password, f.auth, f.proxy, f.header, f.line} {
		field.OnSubmit(func(string) { do() })
	}
}

// show shows where the test stands.
func (f *accountForm) show(s accountTestState) {
	f.state = s
	for _, field := range []*kit.Field{f.address, f.password, f.auth, f.proxy, f.header} {
		field.SetError("")
	}
	f.detail.SetText("")
	switch s.Step {
	case accountIncomplete:
		f.result.Set(text.T("Tested as you type"), theme.IconInfo, kit.Neutral)
	case accountTyping, accountTesting:
		f.result.Set(text.T("Asking the PBX"), theme.IconRefresh, kit.Neutral)
	case accountWorks:
		f.result.Set(text.T("Registered"), theme.IconStatusDone, kit.Good)
	case accountFails:
		f.fail(s.Failure)
	}
	if f.box != nil {
		f.box.Refresh()
		f.changed()
	}
}

// fail shows why at the field that has to be changed, else below the form.
func (f *accountForm) fail(why TestFailure) {
	words := text.Say(why.Why)
	f.detail.SetText(why.Detail)
	field := map[AccountField]*kit.Field{
		FieldAddress: f.address, FieldPassword: f.password, FieldAuthUser: f.auth, FieldProxy: f.proxy, FieldLineHeader: f.header,
	}[why.Field]
	if field == nil {
		f.result.Set(words, theme.IconAlert, kit.Bad)
		return
	}
	field.SetError(words)
	f.result.Set(text.T("Not registered"), theme.IconAlert, kit.Bad)
	if field == f.auth || field == f.proxy || field == f.header {
		f.folded.Show()
	}
}
