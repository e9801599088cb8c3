package ui

import (
	"strings"

	"fyne.io/fyne/v2"

	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// settingsAccountsView lists the PBX accounts and edits one of them in its place.
type settingsAccountsView struct {
	opt      MainOptions
	box      *fyne.Container
	accounts []AccountSettings
	states   map[string]desk.Account
	shown    string // of the states, what is drawn
	form     *accountForm
	editing  int // in accounts; -1 for the list, len(accounts) for a new one
	removing int // asked about; -1 for none
	saving   bool
	error    *kit.Prose
	save     *kit.Button
	discard  *kit.Button
	unsaved  *unsavedNote
	asked    *fyne.Container // whether what is typed shall be lost
	problem  string          // why an account was not removed
	began    AccountSettings
}

func newSettingsAccounts(opt MainOptions) *settingsAccountsView {
	return &settingsAccountsView{opt: opt, box: kit.Stack(), editing: -1, removing: -1, states: map[string]desk.Account{}}
}

// Object is the view.
func (v *settingsAccountsView) Object() fyne.CanvasObject { return v.box }

// Enter reads the accounts, unless one is being edited: what was typed stays.
func (v *settingsAccountsView) Enter() {
	if v.editing < 0 {
		v.list()
	}
}

// Leave ends the test; what was typed stays.
func (v *settingsAccountsView) Leave() {
	if v.form != nil {
		v.form.Stop()
	}
}

// Draw shows how the accounts stand.
func (v *settingsAccountsView) Draw(s desk.Snapshot) {
	var key strings.Builder
	v.states = map[string]desk.Account{}
	for _, a := range s.Accounts {
		v.states[a.Name] = a
		key.WriteString(accountStatus(a, v.opt.Now()).words + "|" + a.Detail + "|")
	}
	if v.editing < 0 && key.String() != v.shown {
		v.shown = key.String()
		kit.Redraw(v.box, v.list)
	}
}

// list shows all accounts.
func (v *settingsAccountsView) list() {
	v.editing, v.form = -1, nil
	v.accounts = v.opt.Settings.Accounts()
	add := kit.NewButton("Add account", kit.Primary, func() { v.edit(len(v.accounts)) }).WithIcon(theme.IconPlus)
	head := settingsTitle("Accounts", add)
	if len(v.accounts) == 0 {
		first := kit.NewButton("Connect a PBX", kit.Primary, func() { v.edit(0) }).WithIcon(theme.IconPlug)
		v.box.Objects = []fyne.CanvasObject{kit.Column(0, settingsTitle("Accounts"), kit.Grow(
			kit.NewEmptyState(theme.IconHandset, "No account yet", "Calls come and go through the account that your PBX has for you.", first, nil)))}
		v.box.Refresh()
		return
	}
	var rows []fyne.CanvasObject
	for i, a := range v.accounts {
		rows = append(rows, v.row(i, a), kit.NewHairline())
	}
	if v.problem != "" {
		rows = append(rows, kit.Pad(12, 24, 12, 24, kit.NewProseData(v.problem, kit.Secondary.In(theme.DangerText))))
	}
	v.box.Objects = []fyne.CanvasObject{kit.Column(0, head, kit.Grow(kit.Scroll(kit.Column(0, rows...))))}
	v.box.Refresh()
}

func (v *settingsAccountsView) row(i int, a AccountSettings) fyne.CanvasObject {
	name := accountName(a)
	sub := strings.TrimPrefix(a.Address, "sip:") + " · " + strings.ToUpper(a.Transport)
	words := []fyne.CanvasObject{kit.NewData(name, kit.Strong).Shrink(60), kit.NewData(sub, kit.Secondary).Shrink(60)}
	if st, ok := v.states[name]; ok {
		it := accountStatus(st, v.opt.Now())
		icon, tone := theme.IconStatusDone, kit.Good
		switch {
		case it.tone == kit.Warn:
			icon, tone = theme.IconWarning, kit.Warn
		case it.tone == kit.Bad:
			icon, tone = theme.IconAlert, kit.Bad
		case st.State == desk.Registering:
			icon, tone = theme.IconRefresh, kit.Neutral
		case st.State != desk.Registered:
			icon, tone = theme.IconPlug, kit.Neutral
		}
		line := []fyne.CanvasObject{kit.NewStateWord(it.words, icon, tone, kit.Secondary)}
		if it.detail != "" {
			line = append(line, kit.Grow(kit.NewData(it.detail, kit.Caption).Shrink(0)))
		}
		words = append(words, kit.Row(8, line...))
		if it.advice != "" {
			words = append(words, kit.NewProseData(it.advice, kit.Secondary))
		}
	}
	right := []fyne.CanvasObject{
		kit.NewButton("Edit", kit.Line, func() { v.edit(i) }),
		kit.NewButton("Remove", kit.Ghost, func() { v.removing = i; v.list() }),
	}
	if v.removing == i {
		right = []fyne.CanvasObject{
			kit.NewLabel("Remove it with its password?", kit.Secondary),
			kit.NewButton("Remove account", kit.Danger, func() { v.remove(i) }),
			kit.NewButton("Keep", kit.Line, func() { v.removing = -1; v.list() }),
		}
	}
	return kit.Pad(12, 24, 12, 24, kit.Row(12, kit.Grow(kit.Column(2, words...)), kit.Row(6, right...)))
}

func (v *settingsAccountsView) remove(i int) {
	v.removing, v.problem = -1, ""
	rest := append(append([]AccountSettings{}, v.accounts[:i]...), v.accounts[i+1:]...)
	saveAccounts(v.opt, rest, func(err error) {
		if err != nil {
			v.problem = serverWhy(err)
		}
		if v.editing < 0 {
			v.list()
		}
	})
}

// edit shows the form of account i, or an empty one.
func (v *settingsAccountsView) edit(i int) {
	v.editing, v.removing, v.problem = i, -1, ""
	a := AccountSettings{Transport: "udp"}
	title := text.T("New account")
	if i < len(v.accounts) {
		a = v.accounts[i]
		a.Was = accountName(a)
		title = a.Was
	}
	v.began = a
	back := kit.NewIconButton("Back", theme.IconChevronLeft, kit.Ghost, v.leave)
	v.error = kit.NewProseData("", kit.Secondary.In(theme.DangerText))
	v.error.Hide()
	v.save = kit.NewButton("Save", kit.Primary, v.submit).WithHint("Enter")
	v.discard = kit.NewButton("Discard", kit.Line, v.back)
	v.unsaved, v.asked = newUnsavedNote(), kit.Stack()
	v.asked.Hide()
	v.form = nil
	form := newAccountForm(v.opt, a, v.look)
	form.OnSubmit(func() { v.save.Tap() })
	v.form = form
	head := kit.Column(0, kit.Sized(0, 56, kit.Pad(0, 24, 0, 16, kit.Row(8, back, kit.Grow(kit.NewData(title, kit.Title).Shrink(40))))),
		kit.Pad(0, 24, 0, 24, form.strip), kit.NewHairline())
	bar := kit.Sized(0, 52, kit.Stack(kit.Fill(theme.Sunk), kit.Column(0, kit.NewHairline(), kit.Grow(kit.Pad(0, 24, 0, 24,
		kit.Row(8, kit.Grow(v.unsaved.box), v.discard, v.save))))))
	column := &fyne.Container{Layout: settingsColumn{}, Objects: []fyne.CanvasObject{kit.Column(10, form.box, v.error)}}
	v.box.Objects = []fyne.CanvasObject{kit.Column(0, head, kit.Grow(kit.Scroll(column)), v.asked, bar)}
	v.look()
	v.box.Refresh()
	form.Focus()
}

// leave goes back, after a question where something would be lost.
func (v *settingsAccountsView) leave() {
	if differences(v.form.value, v.began) == 0 {
		v.back()
		return
	}
	v.asked.Objects = []fyne.CanvasObject{askStrip(text.T("What is not saved here will be lost."), "Discard", v.back, func() {
		v.asked.Hide()
		v.box.Refresh()
	})}
	v.asked.Show()
	v.box.Refresh()
}

func (v *settingsAccountsView) back() {
	v.Leave()
	v.list()
}

// look shows whether there is something to save.
func (v *settingsAccountsView) look() {
	if v.form == nil {
		return
	}
	n := differences(v.form.value, v.began)
	switch {
	case !v.form.Complete():
		v.save.SetEnabled(false, text.T("Type address and password first"))
	case v.form.Wrong():
		v.save.SetEnabled(false, text.T("Something above cannot be used as it is."))
	case n == 0:
		v.save.SetEnabled(false, text.T("Nothing has changed"))
	default:
		v.save.SetEnabled(!v.saving, text.T("Saving"))
	}
	v.unsaved.Count(n)
	v.box.Refresh()
}

func (v *settingsAccountsView) submit() {
	all := append([]AccountSettings{}, v.accounts...)
	if v.editing < len(all) {
		all[v.editing] = v.form.value
	} else {
		all = append(all, v.form.value)
	}
	v.saving = true
	v.form.Stop()
	v.look()
	form := v.form
	saveAccounts(v.opt, all, func(err error) {
		v.saving = false
		switch {
		case v.form != form: // left meanwhile
		case err == nil:
			v.list()
		default:
			showSaveFailure(form, v.error, err)
			v.look()
		}
	})
}

// accountName is how an account is called: by its name, else by its user.
func accountName(a AccountSettings) string {
	if a.Name != "" {
		return a.Name
	}
	user, _, _ := splitAddress(a.Address)
	return user
}

// settingsColumn is a form of 420 at the left, as high as it is.
type settingsColumn struct{}

const settingsWidth = 420

func (settingsColumn) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(settingsWidth+48, columnHeight(o[0], settingsWidth)+40)
}

func (settingsColumn) Layout(o []fyne.CanvasObject, _ fyne.Size) {
	o[0].Move(fyne.NewPos(24, 20))
	o[0].Resize(fyne.NewSize(settingsWidth, columnHeight(o[0], settingsWidth)))
}
