package ui

import (
	"context"
	"maps"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// settingsUsersView lists who works here, and edits one of them (requirements.md G1).
type settingsUsersView struct {
	setupPlace
	have   companyPeople
	signIn *settingsSignInView // how one of them signs in; nil: the list or the form is shown

	without map[crm.ID]bool // who cannot sign in yet, as far as the server was asked
}

// companyPeople are the users and what they may do.
type companyPeople struct {
	me     crm.ID // who works here
	users  []crm.User
	former []crm.User // who have left
	roles  []crm.Role
	mine   crm.Rights
}

func readPeople(ctx context.Context, c Company) (have companyPeople, err error) {
	if have.users, err = c.Users(ctx); err != nil {
		return have, err
	}
	if have.former, err = c.FormerUsers(ctx); err != nil {
		return have, err
	}
	if have.roles, err = c.Roles(ctx); err != nil {
		return have, err
	}
	me, err := c.Me(ctx)
	if err != nil {
		return have, err
	}
	have.me = me.ID
	have.mine, err = c.Rights(ctx)
	return have, err
}

func newSettingsUsers(opt MainOptions) *settingsUsersView {
	v := &settingsUsersView{setupPlace: newSetupPlace(opt, "", mayUsers)}
	v.read = func() {
		companyAsk(opt, readPeople, func(have companyPeople, err error) {
			v.have = have
			v.listed(err)
			v.askWithout()
		})
	}
	v.removal = func(id crm.ID) crm.Change {
		u := v.user(id)
		u.Left = true
		return crm.SaveUser{User: u}
	}
	v.below = v.formerRows
	v.list = func() {
		if v.signIn == nil {
			v.users()
		}
	}
	return v
}

func (v *settingsUsersView) user(id crm.ID) crm.User {
	i := slices.IndexFunc(v.have.users, func(u crm.User) bool { return u.ID == id })
	return v.have.users[i]
}

func (v *settingsUsersView) users() {
	showList(&v.setupPlace, setupWords{"Users", "Add user", theme.IconUsers, "No user yet", "Users answer calls and are responsible for records."}, v.have.users, v.add,
		func(u crm.User) setupEntry {
			e := setupEntry{id: u.ID, name: u.Name, sub: joined(" · ", v.summary(u), v.lacks(u)), edit: func() { v.editUser(u) }, verb: "Remove the user",
				loses: text.T("Their devices erase their copies. Records and calls stay, and they can be taken back.")}
			left := u
			left.Left = true
			e.stays = v.whyNot(u, left)
			return e
		})
}

// askWithout asks the server who cannot sign in yet, where it can be asked and one may know.
func (v *settingsUsersView) askWithout() {
	if !v.serverThere() || v.guard.who != "" {
		return
	}
	fileAsk(v.opt, func(ctx context.Context) (map[crm.ID]bool, error) {
		ctx, cancel := context.WithTimeout(ctx, signInTime)
		defer cancel()
		return v.opt.SignIns.WithoutPassword(ctx)
	}, func(without map[crm.ID]bool, err error) {
		if err != nil || maps.Equal(without, v.without) {
			return // the list is good without it
		}
		v.without = without
		if v.editor == nil && v.removing == "" {
			v.list()
		}
	})
}

// serverThere says whether the shared server can be asked.
func (v *settingsUsersView) serverThere() bool {
	state := v.opt.Desk.Snapshot().Sync.State
	return v.opt.SignIns != nil && signedIn(state) && state != desk.ServerAway
}

// lacks says that a user cannot sign in yet who shall.
func (v *settingsUsersView) lacks(u crm.User) string {
	if u.Email == "" || !v.without[u.ID] {
		return ""
	}
	return text.T("cannot sign in yet")
}

// formerRows are who have left, to be taken back.
func (v *settingsUsersView) formerRows() []fyne.CanvasObject {
	if len(v.have.former) == 0 {
		return nil
	}
	rows := []fyne.CanvasObject{kit.Pad(20, 24, 8, 24, kit.NewLabel("Have left", kit.Section))}
	for _, u := range v.have.former {
		back := kit.NewButton("Take back", kit.Line, func() { v.editUser(u) })
		back.SetEnabled(v.guard.who == "", v.guard.who)
		rows = append(rows, kit.Pad(12, 24, 12, 24, kit.Row(12, kit.Grow(kit.Column(2,
			kit.NewData(u.Name, kit.Body.In(theme.Text2)).Shrink(60), kit.NewData(v.summary(u), kit.Secondary).Shrink(60))), back)))
	}
	return rows
}

// summary is a user's extension, department and roles, in a line; who has none is an agent, once somebody has one.
func (v *settingsUsersView) summary(u crm.User) string {
	has := u.Roles
	if len(has) == 0 && slices.ContainsFunc(v.have.users, func(o crm.User) bool { return len(o.Roles) > 0 }) {
		has = []crm.ID{crm.Agent}
	}
	var roles []string
	for _, r := range v.have.roles {
		if slices.Contains(has, r.ID) {
			roles = append(roles, roleName(r))
		}
	}
	return joined(" · ", u.Extension, u.Department, strings.Join(roles, ", "))
}

// whyNot says why a user may not become so, in the language of the window; "" when they may.
func (v *settingsUsersView) whyNot(was, becomes crm.User) string {
	if v.locksOut(becomes) {
		return text.T("Somebody has to be left who may change users.")
	}
	why := crm.WhyUserStays(v.have.me, was, becomes, v.have.users)
	for _, u := range []crm.User{was, becomes} {
		if why == "" && !v.have.mine.Cover(crm.RightsOf(u, v.have.roles)) {
			why = crm.GiveLess // as the server would say
		}
	}
	if why == "" {
		return ""
	}
	return text.Say(desk.Text(crm.Say(why)))
}

// locksOut says whether nobody would be left who may change users if one were saved so.
// While nobody has a role, everybody may everything.
func (v *settingsUsersView) locksOut(changed crm.User) bool {
	given := false
	all := []crm.User{changed}
	for _, u := range v.have.users {
		if u.ID != changed.ID {
			all = append(all, u)
		}
	}
	for _, u := range all {
		given = given || len(u.Roles) > 0 && !u.Left
		if crm.RightsOf(u, v.have.roles).Users {
			return false
		}
	}
	return given
}

// showSignIn shows how a user signs in, in the place of the form; fresh is one who was added a moment ago.
func (v *settingsUsersView) showSignIn(u crm.User, fresh bool) {
	v.signIn = newSettingsSignIn(v.opt, u, fresh, func() {
		v.signIn.Stop()
		v.signIn = nil
		v.close()
	})
	v.editor = nil
	v.box.Objects = []fyne.CanvasObject{v.signIn.box}
	v.box.Refresh()
}

func (v *settingsUsersView) add() { v.editUser(crm.User{ID: v.opt.Company.NewID()}) }

func (v *settingsUsersView) editUser(u crm.User) {
	f := newUserForm(v, u)
	v.edit(f.editor, f.name)
}

// userForm edits one user; saving takes back who has left.
type userForm struct {
	v      *settingsUsersView
	began  crm.User
	value  crm.User
	editor *companyEditor

	name, email, extension *kit.Field
	numbers                *typedRows
}

func newUserForm(v *settingsUsersView, u crm.User) *userForm {
	f := &userForm{v: v, began: u, value: u}
	f.value.Left = false
	title := u.Name
	if title == "" {
		title = text.T("New user")
	}
	field := func(name text.Key, at *string) *kit.Field {
		var made *kit.Field
		made = kit.NewBareField(name, func(s string) { *at = strings.TrimSpace(s); made.SetError(""); f.look() })
		made.SetText(*at)
		return made
	}
	f.name, f.email, f.extension = field("Name of the user", &f.value.Name), field("E-mail", &f.value.Email), field("Extension", &f.value.Extension)
	department := field("Department", &f.value.Department)
	f.numbers = newTypedRows("Number", "Add number", numberLabels(), f.look, func() {
		if f.editor != nil {
			f.editor.Refit()
		}
	})
	for _, n := range u.Numbers {
		f.numbers.Add(n.Show(v.opt.Region), string(n.Label))
	}
	roles := kit.Column(6)
	for _, r := range v.have.roles {
		check := kit.NewCheck(roleKey(r), func(on bool) { f.setRole(r.ID, on) })
		check.SetOn(slices.Contains(u.Roles, r.ID))
		if !v.have.mine.Cover(r.Rights) {
			check.SetEnabled(false, text.T("You can give away only what you may do yourself."))
		}
		roles.Add(check)
	}
	parts := []fyne.CanvasObject{
		fieldRow("Name", 260, f.name, ""), fieldRow("E-mail", 260, f.email, "To sign in at the shared server."),
		fieldRow("Extension", 120, f.extension, "The telephone's number in the PBX."), fieldRow("Department", 260, department, ""),
		settingsRow("Own numbers", kit.Column(4, f.numbers.box, kit.NewProse("Calls from these never make a record.", kit.Quiet))),
		settingsRow("Roles", kit.Column(6, roles, kit.NewProse("Of several roles the highest counts. A user without one is an agent.", kit.Quiet)))}
	discard := func() { v.editUser(f.began) }
	if u.Left {
		discard = v.close
		parts = slices.Insert(parts, 0, fyne.CanvasObject(kit.NewProse("Has left the company. Save takes them back, with the roles below; they sign in anew on their devices.", kit.Quiet)))
	}
	if v.opt.SignIns != nil && u.Name != "" && !u.Left && v.opt.Desk.Snapshot().Sync.State != desk.NoServer {
		parts = append(parts, settingsRow("Sign-in and telephone", kit.Column(4, kit.Row(0, kit.NewButton("Password, telephone, devices", kit.Line, f.toSignIn), kit.Spacer()),
			kit.NewProse("How this user signs in at the shared server, and what they get by it.", kit.Quiet))))
	}
	f.editor = newCompanyEditor(v.opt, title, v.close, f.changes, f.submit, discard, parts...)
	return f
}

// toSignIn goes on to how the user signs in; what is typed is to be saved before.
func (f *userForm) toSignIn() {
	if f.changes() > 0 {
		f.editor.Saved(text.T("Save or discard this first."))
		return
	}
	f.v.showSignIn(f.began, false)
}

// saved goes on: with a new user to how they sign in, where there is a server to be asked, else back to the list.
func (f *userForm) saved(u crm.User) {
	if f.began.Name != "" || u.Email == "" || !f.v.serverThere() {
		f.v.close()
		return
	}
	f.v.showSignIn(u, true)
}

func (f *userForm) setRole(id crm.ID, on bool) {
	f.value.Roles = slices.DeleteFunc(slices.Clone(f.value.Roles), func(o crm.ID) bool { return o == id })
	if on {
		f.value.Roles = append(f.value.Roles, id)
	}
	if len(f.value.Roles) == 0 {
		f.value.Roles = f.began.Roles[:0:0]
	}
	f.look()
}

// typed is the user as the fields have it; ok is false when a number is none.
func (f *userForm) typed() (u crm.User, ok bool) {
	u = f.value
	u.Numbers, ok = f.numbers.numbers(f.began.Numbers, f.v.opt.Region)
	return u, ok
}

func (f *userForm) changes() int {
	u, ok := f.typed()
	return max(differences(u, f.began), b2i(!ok))
}

func (f *userForm) look() {
	if f.editor != nil {
		f.editor.Saved("")
	}
}

func (f *userForm) submit() {
	u, ok := f.typed()
	stays := f.v.whyNot(f.began, u)
	named := slices.IndexFunc(f.v.have.users, func(o crm.User) bool { return o.ID != u.ID && u.Email != "" && strings.EqualFold(o.Email, u.Email) })
	taken := slices.IndexFunc(f.v.have.users, func(o crm.User) bool { return o.ID != u.ID && o.Extension == u.Extension && u.Extension != "" })
	switch {
	case u.Name == "":
		f.name.SetError(text.T("A user needs a name"))
		f.editor.Saved(text.T("Something above cannot be used as it is."))
	case u.Email != "" && !looksLikeEmail(u.Email):
		f.email.SetError(text.T("Not an e-mail address"))
		f.editor.Saved(text.T("Something above cannot be used as it is."))
	case named >= 0:
		f.email.SetError(text.T("{name} has this e-mail address", "name", f.v.have.users[named].Name))
		f.editor.Saved(text.T("Something above cannot be used as it is."))
	case taken >= 0:
		f.extension.SetError(text.T("{name} has this extension", "name", f.v.have.users[taken].Name))
		f.editor.Saved(text.T("Something above cannot be used as it is."))
	case !ok:
		f.editor.Saved(text.T("Something above cannot be used as it is."))
	case stays != "":
		f.editor.Saved(stays)
	default:
		f.v.saveThen(f.editor, crm.SaveUser{User: u}, func() { f.saved(u) })
	}
}
