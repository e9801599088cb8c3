package ui

import (
	"slices"
	"strings"

	"leadline/crm"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// settingsRolesView lists the roles and edits the rights of one of them (requirements.md G1).
type settingsRolesView struct {
	setupPlace
	have companyPeople
}

func newSettingsRoles(opt MainOptions) *settingsRolesView {
	v := &settingsRolesView{setupPlace: newSetupPlace(opt, crm.SetupRole, mayUsers)}
	v.read = func() {
		companyAsk(opt, readPeople, func(have companyPeople, err error) {
			v.have = have
			v.listed(err)
		})
	}
	v.list = v.roles
	return v
}

func (v *settingsRolesView) roles() {
	showList(&v.setupPlace, setupWords{title: "Roles", add: "Add role", icon: theme.IconKey}, v.have.roles, v.add, func(r crm.Role) setupEntry {
		e := setupEntry{id: r.ID, name: roleName(r), sub: rightsInWords(r.Rights), edit: func() { v.editRole(r) }}
		if standardRole(r.ID) {
			e.stays = text.T("Every company has this one.")
		}
		if n := v.holders(r.ID); n > 0 {
			e.loses = text.Tn(n, "{n} user has this role and loses it.", "{n} users have this role and lose it.")
		}
		return e
	})
}

// holders is how many users have a role.
func (v *settingsRolesView) holders(id crm.ID) (n int) {
	for _, u := range v.have.users {
		n += b2i(slices.Contains(u.Roles, id))
	}
	return n
}

func standardRole(id crm.ID) bool {
	return slices.ContainsFunc(crm.StandardRoles(), func(r crm.Role) bool { return r.ID == id })
}

// roleKey is a role's name as a wording: those that every company begins with are
// translated until they are given other names.
func roleKey(r crm.Role) text.Key {
	names := map[crm.ID]text.Key{
		crm.Administrator: text.Key("Administrator"), crm.ChiefExecutive: text.Key("Chief executive"),
		crm.HeadOfDepartment: text.Key("Head of department"), crm.Agent: text.Key("Agent|role"),
	}
	for _, s := range crm.StandardRoles() {
		if s.ID == r.ID && s.Name == r.Name {
			return names[r.ID]
		}
	}
	return text.Key(r.Name)
}

func roleName(r crm.Role) string { return text.T(roleKey(r)) }

func callRightName(c crm.CallRight) text.Key {
	switch c {
	case crm.CallCRM:
		return text.Key("Numbers of the CRM")
	case crm.CallCRMAndColleagues:
		return text.Key("The CRM and colleagues")
	case crm.CallAnyone:
		return text.Key("Anyone")
	}
	return text.Key("Nobody")
}

func reachName(r crm.Reach) text.Key {
	switch r {
	case crm.ReachOwn:
		return text.Key("Own")
	case crm.ReachDepartment:
		return text.Key("Department")
	case crm.ReachAll:
		return text.Key("All")
	}
	return text.Key("None|reach")
}

// rightsInWords is what a role may, in a line.
func rightsInWords(r crm.Rights) string {
	changes := ""
	if r.Lines || r.Users || r.Settings {
		changes = text.T("Changes settings")
	}
	return joined(" · ", text.T("Calls: {whom}", "whom", text.T(callRightName(r.Call))), text.T("Sees calls: {whose}", "whose", text.T(reachName(r.SeeCalls))),
		text.T("Recordings: {whose}", "whose", text.T(reachName(r.Listen))), changes)
}

func (v *settingsRolesView) add() {
	v.editRole(crm.Role{ID: v.opt.Company.NewID(), Rights: crm.Rights{Call: crm.CallAnyone, SeeCalls: crm.ReachOwn, Listen: crm.ReachOwn}})
}

func (v *settingsRolesView) editRole(r crm.Role) {
	f := newRoleForm(v, r)
	v.edit(f.editor, f.name)
	if r.ID == crm.Administrator && v.guard.who == "" {
		f.editor.Lock(text.T("Administrators may do everything, so that nobody locks everybody out."))
	}
}

// roleForm edits one role.
type roleForm struct {
	v      *settingsRolesView
	began  crm.Role
	value  crm.Role
	editor *companyEditor
	name   *kit.Field
}

func newRoleForm(v *settingsRolesView, r crm.Role) *roleForm {
	f := &roleForm{v: v, began: r, value: r}
	title := roleName(r)
	if r.Name == "" {
		title = text.T("New role")
	}
	f.name = kit.NewBareField("Name of the role", func(s string) { f.value.Name = strings.TrimSpace(s); f.look() })
	f.name.SetText(roleName(r))
	var calls []kit.Option
	for c := crm.CallNobody; c <= crm.CallAnyone; c++ {
		calls = append(calls, kit.Option{ID: rightID(int(c)), Key: callRightName(c)})
	}
	call := kit.NewBareSelect("Calls out", calls, func(id string) { f.value.Rights.Call = crm.CallRight(rightOf(id)); f.look() })
	call.SetChosen(rightID(int(r.Rights.Call)))
	reach := func(name text.Key, at *crm.Reach) *kit.Segmented {
		var options []kit.Option
		for r := crm.ReachNone; r <= crm.ReachAll; r++ {
			options = append(options, kit.Option{ID: rightID(int(r)), Key: reachName(r)})
		}
		s := kit.NewSegmented(name, options, func(id string) { *at = crm.Reach(rightOf(id)); f.look() })
		s.SetChosen(rightID(int(*at)))
		return s
	}
	check := func(name text.Key, at *bool) *kit.Check {
		c := kit.NewCheck(name, func(on bool) { *at = on; f.look() })
		c.SetOn(*at)
		return c
	}
	rights := &f.value.Rights
	f.editor = newCompanyEditor(v.opt, title, v.close, f.changes, f.submit, func() { v.editRole(f.began) },
		fieldRow("Name", 260, f.name, ""), selectRow("Calls out", call, ""),
		settingsRow("Sees calls", kit.Row(0, reach("Sees calls", &rights.SeeCalls), kit.Spacer())),
		settingsRow("Listens to recordings", kit.Row(0, reach("Listens to recordings", &rights.Listen), kit.Spacer())),
		settingsRow("Deletes recordings", kit.Row(0, reach("Deletes recordings", &rights.DeleteRecordings), kit.Spacer())),
		settingsRow("Changes", kit.Column(6, check("Lines and queue groups", &rights.Lines), check("Users and roles", &rights.Users),
			check("CRM settings: mode, pipelines, fields, exceptions", &rights.Settings))))
	return f
}

func rightID(n int) string { return string(rune('0' + n)) }

func rightOf(id string) int {
	if id == "" {
		return 0
	}
	return int(id[0] - '0')
}

// named is the role as typed: a translated name that was not touched stays the English one.
func (f *roleForm) named() crm.Role {
	r := f.value
	if r.Name == roleName(f.began) {
		r.Name = f.began.Name
	}
	return r
}

func (f *roleForm) changes() int { return differences(f.named(), f.began) }

func (f *roleForm) look() {
	f.name.SetError("")
	if f.editor != nil {
		f.editor.Saved("")
	}
}

func (f *roleForm) submit() {
	r := f.named()
	switch {
	case r.Name == "":
		f.name.SetError(text.T("A role needs a name"))
		f.editor.Saved(text.T("Something above cannot be used as it is."))
	case !f.v.have.mine.Cover(r.Rights):
		f.editor.Saved(text.T("You can give away only what you may do yourself."))
	case f.locksOut(r):
		f.editor.Saved(text.T("Somebody has to be left who may change users."))
	default:
		f.v.save(f.editor, crm.SaveRole{Role: r})
	}
}

// locksOut says whether nobody could change users any more.
func (f *roleForm) locksOut(changed crm.Role) bool {
	roles := slices.Clone(f.v.have.roles)
	for i, r := range roles {
		if r.ID == changed.ID {
			roles[i] = changed
		}
	}
	given := slices.ContainsFunc(f.v.have.users, func(u crm.User) bool { return len(u.Roles) > 0 })
	return given && !slices.ContainsFunc(f.v.have.users, func(u crm.User) bool { return crm.RightsOf(u, roles).Users })
}
