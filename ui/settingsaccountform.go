package ui

import (
	"strings"

	"fyne.io/fyne/v2"

	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// accountForm is where a PBX account is typed in, in the welcome and in the settings. It
// says what can't be used, and tests the account, while it is typed.
type accountForm struct {
	opt     MainOptions
	box     *fyne.Container
	value   AccountSettings
	state   accountTestState
	wrong   []TestFailure // what can't be used as it is written
	tester  *accountTester
	changed func() // value or state

	fields map[AccountField]*accountField
	order  []*accountField
	parts  []accountPart
	at     int             // of parts
	strip  *fyne.Container // the parts' names; nil in the welcome
	body   *fyne.Container // the part that is seen

	address  *kit.Field
	password *kit.Field
	result   *kit.StateWord
	detail   *kit.Label
	advice   *kit.Prose
	folded   *fyne.Container // in the welcome; else nil
}

// accountPart is one page of the form.
type accountPart struct {
	name text.Key
	box  *fyne.Container
}

// accountField is a field of the form, what it says while all is well, and where it is.
type accountField struct {
	*kit.Field
	help func() string
	part int
}

// newAccountForm shows a on three pages, of which the first is enough for most.
func newAccountForm(opt MainOptions, a AccountSettings, changed func()) *accountForm {
	f := beginAccountForm(opt, a, changed)
	f.strip, f.body = kit.Row(18), kit.Stack()
	f.parts = []accountPart{
		{"Account", f.accountPart(0)}, {"Sound and encryption", f.soundPart()}, {"Advanced", f.advancedPart(2)},
	}
	f.box = kit.Column(12, f.body, f.resultRow())
	f.Go(0)
	f.show(accountTestState{})
	return f
}

// newFirstAccountForm is the form of the welcome: what a first account needs, and what a few
// PBXs want besides, folded.
func newFirstAccountForm(opt MainOptions, changed func()) *accountForm {
	f := beginAccountForm(opt, AccountSettings{}, changed)
	f.folded = kit.Column(6, f.authUser(0), f.proxy(0), f.lineHeader(0), f.defaultLine(0))
	f.folded.Hide()
	fold := kit.NewButton("Advanced", kit.Link, f.unfold)
	f.box = kit.Column(8, f.addressField(0), f.passwordField(0), f.transport(), kit.Row(0, fold, kit.Spacer()), f.folded, f.resultRow())
	f.show(accountTestState{})
	return f
}

func beginAccountForm(opt MainOptions, a AccountSettings, changed func()) *accountForm {
	f := &accountForm{opt: opt, value: a, changed: changed, fields: map[AccountField]*accountField{}}
	if f.value.Transport == "" {
		f.value.Transport = "udp"
	}
	f.tester = newAccountTester(opt.Do, opt.Settings.TestAccount, f.show)
	f.result = kit.NewStateWord("", "", kit.Neutral, kit.Secondary)
	f.detail = kit.NewData("", kit.Caption).Shrink(0)
	f.advice = kit.NewProseData("", kit.Secondary)
	f.advice.Hide()
	return f
}

func (f *accountForm) resultRow() fyne.CanvasObject {
	return kit.Column(2, kit.Sized(0, 20, kit.Row(8, f.result, kit.Grow(f.detail))), f.advice)
}

// Go shows a page of the form.
func (f *accountForm) Go(at int) {
	f.at = at
	f.strip.Objects = nil
	for i, p := range f.parts {
		f.strip.Add(newRecordTab(p.name, i == at, func() { f.Go(i); f.changed() }))
	}
	f.body.Objects = []fyne.CanvasObject{f.parts[at].box}
	f.box.Refresh()
}

func (f *accountForm) unfold() {
	f.folded.Hidden = !f.folded.Hidden
	f.box.Refresh()
	f.changed()
}

// edited is called when a value has changed.
func (f *accountForm) edited() {
	f.wrong = f.opt.Settings.CheckAccount(f.value)
	if f.Wrong() {
		f.tester.Stop()
		f.show(accountTestState{Step: accountIncomplete})
	} else {
		f.tester.Changed(f.value)
	}
	f.changed()
}

// Complete says whether there is enough to save.
func (f *accountForm) Complete() bool { return accountComplete(f.value) }

// Wrong says whether something can't be used as it is written.
func (f *accountForm) Wrong() bool { return len(f.wrong) > 0 }

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
	for _, field := range f.order {
		field.OnSubmit(func(string) { do() })
	}
}

// user is who the fields' help speaks of.
func (f *accountForm) user() string {
	if user, _, _ := splitAddress(f.value.Address); user != "" {
		return user
	}
	return "101"
}

// show shows where the test stands.
func (f *accountForm) show(s accountTestState) {
	f.state = s
	for _, field := range f.order {
		// Help and error share the line below, so that nothing moves.
		field.SetHelp(field.help())
		field.SetError("")
	}
	f.detail.SetText("")
	f.advice.Hide()
	switch {
	case f.Wrong():
		for _, w := range f.wrong {
			f.fail(w)
		}
	case s.Step == accountIncomplete:
		f.result.Set(text.T("Tested as you type"), theme.IconInfo, kit.Neutral)
	case s.Step == accountWorks:
		f.result.Set(text.T("Registered"), theme.IconStatusDone, kit.Good)
	case s.Step == accountFails:
		f.fail(s.Failure)
	default:
		f.result.Set(text.T("Asking the PBX"), theme.IconRefresh, kit.Neutral)
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
	f.advice.SetText(adviceOn(why.Why))
	setShown(f.advice, f.advice.Value() != "")
	field := f.fields[why.Field]
	switch {
	case field == nil:
	case f.strip != nil && field.part != f.at:
		field.SetError(words)
		words = text.T("{part}: {problem}", "part", text.T(f.parts[field.part].name), "problem", words)
	default:
		field.SetError(words)
		words = text.T("Not registered")
		if f.Wrong() {
			words = text.T("Something above cannot be used as it is.")
		}
		if f.folded != nil && field != f.fields[FieldAddress] && field != f.fields[FieldPassword] {
			f.folded.Show()
		}
	}
	f.result.Set(words, theme.IconAlert, kit.Bad)
}

// field adds a field of the form; put takes what is typed.
func (f *accountForm) field(id AccountField, part int, made *kit.Field, value string, put func(string), help func() string) *kit.Field {
	made.OnChanged(func(s string) { put(strings.TrimSpace(s)); f.edited() })
	made.SetText(value)
	it := &accountField{Field: made, help: help, part: part}
	f.fields[id] = it
	f.order = append(f.order, it)
	return made
}

// says is a help that is always the same.
func says(key text.Key) func() string { return func() string { return text.T(key) } }
