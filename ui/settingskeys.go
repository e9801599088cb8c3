package ui

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// settingsKeysView lists the keys that let other software in, makes and revokes them (requirement I3).
type settingsKeysView struct {
	serverPlace
	all []APIKey
}

func newSettingsKeys(opt MainOptions) *settingsKeysView {
	v := &settingsKeysView{serverPlace: newServerPlace(opt, "API keys")}
	v.ask = func() {
		serverAsk(opt, opt.Software.Keys, func(all []APIKey, err error) {
			if err == nil {
				v.all = all
			}
			v.told(err)
		})
	}
	v.rows = v.keys
	v.add = func() *kit.Button { return kit.NewButton("Make a key", kit.Primary, v.make).WithIcon(theme.IconPlus) }
	v.empty = func() fyne.CanvasObject {
		return kit.NewEmptyState(theme.IconKey, "No key yet", "With a key, other software reads and changes records, or a PBX asks whom to ring. The server describes how at /openapi.json.", v.add(), nil)
	}
	v.draw()
	return v
}

// scopeWords are what a key lets software do, in words.
var scopeWords = map[string]text.Key{ScopeRoute: text.Key("asks where calls go"), ScopeRead: text.Key("reads records and calls"), ScopeWrite: text.Key("makes and changes records")}

// keys are the rows, the good ones first.
func (v *settingsKeysView) keys() (rows []fyne.CanvasObject) {
	var revoked []fyne.CanvasObject
	for _, k := range v.all {
		sub := v.summary(k)
		if !k.Revoked.IsZero() {
			revoked = append(revoked, kit.Pad(12, 24, 12, 24, kit.Column(2, kit.NewData(k.Name, kit.Body.In(theme.Text2)).Shrink(60),
				kit.NewProseData(joined(" · ", text.T("revoked {time}", "time", text.Ago(k.Revoked, v.opt.Now())), sub), kit.Secondary))))
			continue
		}
		rows = append(rows, v.row(k.ID, k.Name, sub, "Revoke", "Revoke for good", text.T("Software that has this key is let in no more, at once."), func() {
			v.do(func(ctx context.Context) error { return v.opt.Software.RevokeKey(ctx, k.ID) }, text.T("{name} was revoked.", "name", k.Name))
		}))
	}
	return append(rows, revoked...)
}

// summary is what a key does, for whom, and since when, in a line.
func (v *settingsKeysView) summary(k APIKey) string {
	var does []string
	for _, s := range k.Scopes {
		words := s
		if key := scopeWords[s]; key != "" {
			words = text.T(key)
		}
		does = append(does, words)
	}
	as, made, used := "", text.T("made {time}", "time", text.Ago(k.Made, v.opt.Now())), text.T("never used")
	if k.User != "" {
		as = text.T("with the rights of {name}", "name", k.User)
	}
	if k.MadeBy != "" {
		made = text.T("made {time} by {name}", "time", text.Ago(k.Made, v.opt.Now()), "name", k.MadeBy)
	}
	if !k.Used.IsZero() {
		used = text.T("last used {time}", "time", text.Ago(k.Used, v.opt.Now()))
	}
	return joined(" · ", strings.Join(does, ", "), as, made, used)
}

// keyForm makes a key.
type keyForm struct {
	v      *settingsKeysView
	editor *companyEditor
	name   *kit.Field
	user   crm.ID
	scopes []string
}

func (v *settingsKeysView) make() {
	companyAsk(v.opt, func(ctx context.Context, c Company) ([]crm.User, error) { return c.Users(ctx) }, func(users []crm.User, err error) {
		if err != nil {
			v.told(err)
			return
		}
		v.form(users)
	})
}

func (v *settingsKeysView) form(users []crm.User) {
	f := &keyForm{v: v}
	f.name = kit.NewBareField("Name of the key", func(string) { f.name.SetError(""); f.look() })
	scopes := kit.Column(6)
	for _, s := range []struct {
		id  string
		key text.Key
	}{{ScopeRoute, "Ask where calls go (PBX)"}, {ScopeRead, "Read records and calls"}, {ScopeWrite, "Make and change records"}} {
		scopes.Add(kit.NewCheck(s.key, func(on bool) {
			f.scopes = slices.DeleteFunc(f.scopes, func(o string) bool { return o == s.id })
			if on {
				f.scopes = append(f.scopes, s.id)
			}
			f.look()
		}))
	}
	options := []kit.Option{{ID: "", Key: text.Key("Nobody's|rights")}}
	for _, u := range users {
		options = append(options, kit.Option{ID: string(u.ID), Label: u.Name})
	}
	user := kit.NewBareSelect("Rights of", options, func(id string) { f.user = crm.ID(id); f.look() })
	user.SetChosen("")
	f.editor = newCompanyEditor(v.opt, text.T("New key"), v.close, f.changes, f.submit, func() { v.form(users) },
		fieldRow("Name", 260, f.name, "What it is for: a PBX, a report."),
		settingsRow("The software may", scopes),
		settingsRow("Rights of", kit.Column(4, kit.Row(0, kit.Sized(260, 0, user), kit.Spacer()),
			kit.NewProse("It sees and changes what this user may. A PBX that only asks where calls go needs nobody's rights.", kit.Quiet))))
	v.edit(f.editor, "Make the key", f.name)
}

func (f *keyForm) changes() int {
	return b2i(strings.TrimSpace(f.name.Text()) != "") + b2i(len(f.scopes) > 0) + b2i(f.user != "")
}

func (f *keyForm) look() {
	if f.editor != nil {
		f.editor.Saved("")
	}
}

func (f *keyForm) submit() {
	name := strings.TrimSpace(f.name.Text())
	switch {
	case name == "":
		f.name.SetError(text.T("A key needs a name"))
		f.editor.Saved(text.T("Something above cannot be used as it is."))
		return
	case len(f.scopes) == 0:
		f.editor.Saved(text.T("Choose what the software may."))
		return
	case f.user == "" && slices.ContainsFunc(f.scopes, func(s string) bool { return s != ScopeRoute }):
		f.editor.Saved(text.T("To read or change records it needs the rights of a user."))
		return
	}
	f.editor.Saving()
	v, user, scopes := f.v, f.user, slices.Clone(f.scopes)
	serverAsk(v.opt, func(ctx context.Context) (string, error) { return v.opt.Software.MakeKey(ctx, name, user, scopes) }, func(token string, err error) {
		if err != nil {
			f.editor.Saved(serverWhy(err))
			return
		}
		v.secret, v.about = token, text.T("The key of {name}, shown this once: copy it to where the software reads it.", "name", name)
		if v.editor == f.editor {
			v.close()
		}
	})
}
