package ui

import (
	"context"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// settingsWebhooksView lists the software that is told of changes, adds, tries and removes it (requirement I3).
type settingsWebhooksView struct {
	serverPlace
	all    []Webhook
	trying crm.ID            // "" for none
	tried  map[crm.ID]string // what came of it, in words; "" is that it was taken
}

func newSettingsWebhooks(opt MainOptions) *settingsWebhooksView {
	v := &settingsWebhooksView{serverPlace: newServerPlace(opt, "Webhooks"), tried: map[crm.ID]string{}}
	v.ask = func() {
		serverAsk(opt, opt.Software.Webhooks, func(all []Webhook, err error) {
			if err == nil {
				v.all = all
			}
			v.told(err)
		})
	}
	v.rows = v.hooks
	v.add = func() *kit.Button { return kit.NewButton("Add webhook", kit.Primary, v.make).WithIcon(theme.IconPlus) }
	v.empty = func() fyne.CanvasObject {
		return kit.NewEmptyState(theme.IconLink, "No webhook yet", "A webhook posts each change to an address of yours, signed, in order, and again until it is taken.", v.add(), nil)
	}
	v.draw()
	return v
}

// Leave forgets what was tried, too.
func (v *settingsWebhooksView) Leave() {
	clear(v.tried)
	v.serverPlace.Leave()
}

// hookKind is something a webhook can be told of.
type hookKind struct {
	id   string
	name text.Key
}

// hookKinds are all of them, in their order.
var hookKinds = []hookKind{{"contact", text.Key("Contacts")}, {"company", text.Key("Companies")}, {"lead", text.Key("Leads")}, {"deal", text.Key("Deals")}, {"call", text.Key("Calls")},
	{"note", text.Key("Notes")}, {"followup", text.Key("Follow-ups")}}

// kinds are those that are offered: where there are no leads, nothing is said of them (requirement F2).
func (v *settingsWebhooksView) kinds() []hookKind {
	if !v.opt.Desk.Snapshot().NoLeads {
		return hookKinds
	}
	return slices.DeleteFunc(slices.Clone(hookKinds), func(k hookKind) bool { return k.id == string(crm.KindLead) })
}

func (v *settingsWebhooksView) hooks() (rows []fyne.CanvasObject) {
	for _, h := range v.all {
		test := kit.NewButton("Test|webhook", kit.Line, func() { v.try(h) })
		test.SetEnabled(v.trying == "" && !h.Broken, text.T("The test runs"))
		rows = append(rows, kit.Column(0, v.row(h.ID, h.URL, joined(" · ", v.tells(h), text.T("as {name} sees it", "name", h.User)), "Remove", "Remove for good",
			text.T("It is told nothing from then on."), func() {
				v.do(func(ctx context.Context) error { return v.opt.Software.RemoveWebhook(ctx, h.ID) }, text.T("The webhook was removed."))
			}, test), kit.Pad(0, 24, 12, 24, v.state(h))))
	}
	return rows
}

// tells is what a webhook is told of.
func (v *settingsWebhooksView) tells(h Webhook) string {
	var names []string
	kinds := v.kinds()
	for _, k := range kinds {
		if slices.Contains(h.Kinds, k.id) {
			names = append(names, text.T(k.name))
		}
	}
	if len(names) == len(kinds) {
		return text.T("All changes")
	}
	return strings.Join(names, ", ")
}

// state is how a webhook fares, and what came of the test.
func (v *settingsWebhooksView) state(h Webhook) fyne.CanvasObject {
	now := v.opt.Now()
	var stands fyne.CanvasObject
	switch {
	case h.Broken:
		stands = hookState(text.T("Its secret cannot be read any more: remove it and add it anew"), theme.IconAlert, kit.Bad)
	case h.Failures > 0:
		stands = hookState(joined(" · ", text.Tn(h.Failures, "{n} failure", "{n} failures in a row"), text.T("again {time}", "time", agoAt(h.Next, now)), h.Reason), theme.IconWarning, kit.Warn)
	case h.Told.IsZero():
		stands = hookState(text.T("told nothing yet"), theme.IconInfo, kit.Neutral)
	default:
		stands = hookState(text.T("last told {time}", "time", agoAt(h.Told, now)), theme.IconCheck, kit.Good)
	}
	failure, tried := v.tried[h.ID]
	switch {
	case !tried:
		return stands
	case failure == "":
		return kit.Column(4, stands, hookState(text.T("The test was taken"), theme.IconCheck, kit.Good))
	}
	return kit.Column(4, stands, hookState(text.T("The test was not taken: {why}", "why", failure), theme.IconAlert, kit.Bad))
}

// hookState is a state in words that may be as long as what another program answers.
func hookState(words string, icon theme.IconName, tone kit.Tone) fyne.CanvasObject {
	s := kit.NewStateSentence(kit.Secondary)
	s.Set(words, icon, tone)
	return s.Container
}

// agoAt is text.Ago with the time of the day, within a sentence.
func agoAt(t, now time.Time) string { return text.Ago(t, now) + " " + text.Time(t.In(now.Location())) }

func (v *settingsWebhooksView) try(h Webhook) {
	v.trying, v.done = h.ID, ""
	delete(v.tried, h.ID)
	v.draw()
	serverAsk(v.opt, func(ctx context.Context) (string, error) { return v.opt.Software.TryWebhook(ctx, h.ID) }, func(failure string, err error) {
		v.trying = ""
		if err != nil {
			v.told(err)
			return
		}
		v.tried[h.ID] = failure
		v.draw()
	})
}

// hookForm adds a webhook.
type hookForm struct {
	v      *settingsWebhooksView
	editor *companyEditor
	url    *kit.Field
	user   crm.ID
	kinds  []string

	offered int // how many kinds can be chosen
}

func (v *settingsWebhooksView) make() {
	companyAsk(v.opt, func(ctx context.Context, c Company) (companyPeople, error) { return readPeople(ctx, c) }, func(have companyPeople, err error) {
		if err != nil {
			v.told(err)
			return
		}
		v.form(have)
	})
}

func (v *settingsWebhooksView) form(have companyPeople) {
	offered := v.kinds()
	f := &hookForm{v: v, user: have.me, offered: len(offered)}
	f.url = kit.NewBareField("Address of the webhook", func(string) { f.url.SetError(""); f.look() })
	f.url.WithPlaceholder("Such as https://example.org/changes")
	kinds := kit.Column(6)
	for _, k := range offered {
		f.kinds = append(f.kinds, k.id)
		check := kit.NewCheck(k.name, func(on bool) {
			f.kinds = slices.DeleteFunc(f.kinds, func(o string) bool { return o == k.id })
			if on {
				f.kinds = append(f.kinds, k.id)
			}
			f.look()
		})
		check.SetOn(true)
		kinds.Add(check)
	}
	var options []kit.Option
	for _, u := range have.users {
		options = append(options, kit.Option{ID: string(u.ID), Label: u.Name})
	}
	user := kit.NewBareSelect("View of", options, func(id string) { f.user = crm.ID(id); f.look() })
	user.SetChosen(string(have.me))
	f.editor = newCompanyEditor(v.opt, text.T("New webhook"), v.close, f.changes, f.submit, func() { v.form(have) },
		fieldRow("Address", settingsLeast, f.url, "The server posts there, as JSON. It begins with https://."),
		settingsRow("Is told of", kinds),
		settingsRow("View of", kit.Column(4, kit.Row(0, kit.Sized(260, 0, user), kit.Spacer()), kit.NewProse("It is told what this user may see.", kit.Quiet))))
	v.edit(f.editor, "Add webhook", f.url)
}

func (f *hookForm) changes() int {
	return b2i(strings.TrimSpace(f.url.Text()) != "") + b2i(len(f.kinds) < f.offered)
}

func (f *hookForm) look() {
	if f.editor != nil {
		f.editor.Saved("")
	}
}

func (f *hookForm) submit() {
	url := strings.TrimSpace(f.url.Text())
	switch {
	case !strings.HasPrefix(url, "https://") && !strings.HasPrefix(url, "http://"):
		f.url.SetError(text.T("It begins with https://"))
		f.editor.Saved(text.T("Something above cannot be used as it is."))
		return
	case len(f.kinds) == 0:
		f.editor.Saved(text.T("Choose what it is told of."))
		return
	}
	f.editor.Saving()
	v, user, kinds := f.v, f.user, slices.Clone(f.kinds)
	serverAsk(v.opt, func(ctx context.Context) (string, error) { return v.opt.Software.AddWebhook(ctx, url, user, kinds) }, func(secret string, err error) {
		if err != nil {
			f.editor.Saved(serverWhy(err))
			return
		}
		v.secret, v.about = secret, text.T("The secret by which the software checks signatures, shown this once.")
		if v.editor == f.editor {
			v.close()
		}
	})
}
