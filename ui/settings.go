package ui

import (
	"slices"

	"fyne.io/fyne/v2"

	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// settingsPlace is a page of the settings.
type settingsPlace string

const (
	settingsAccounts   settingsPlace = "accounts"
	settingsSound      settingsPlace = "sound"
	settingsCalls      settingsPlace = "calls"
	settingsNotices    settingsPlace = "notices"
	settingsRecording  settingsPlace = "recording"
	settingsShortcuts  settingsPlace = "shortcuts"
	settingsAppearance settingsPlace = "appearance"
	settingsLines      settingsPlace = "lines"
	settingsQueues     settingsPlace = "queues"
	settingsSources    settingsPlace = "sources"
	settingsExceptions settingsPlace = "exceptions"
	settingsMode       settingsPlace = "mode"
	settingsPipelines  settingsPlace = "pipelines"
	settingsFields     settingsPlace = "fields"
	settingsUsers      settingsPlace = "users"
	settingsRoles      settingsPlace = "roles"
	settingsImport     settingsPlace = "import"
	settingsErasures   settingsPlace = "erasures"
	settingsKeys       settingsPlace = "keys"
	settingsWebhooks   settingsPlace = "webhooks"
	settingsServer     settingsPlace = "server"
	settingsAbout      settingsPlace = "about"
)

// settingsContent is what a place of the settings shows.
type settingsContent interface {
	Object() fyne.CanvasObject
	Enter()
	Leave()
	Draw(desk.Snapshot)
}

// settingsPage is the settings: their places at the left, one of them beside.
type settingsPage struct {
	box    *fyne.Container
	places map[settingsPlace]settingsContent
	items  map[settingsPlace]*settingsNav
	body   *fyne.Container
	at     settingsPlace
	here   bool
	snap   desk.Snapshot
}

// newSettingsPage makes the settings; open shows a record, data is the place of imports and exports, nil for none.
func newSettingsPage(opt MainOptions, relook func(Look), open func(desk.Ref), data settingsContent) *settingsPage {
	p := &settingsPage{body: kit.Stack(), items: map[settingsPlace]*settingsNav{}}
	var company func()
	if opt.Company != nil {
		company = func() { p.Go(settingsMode) }
	}
	p.places = map[settingsPlace]settingsContent{
		settingsAccounts:   newSettingsAccounts(opt),
		settingsSound:      newSettingsSound(opt),
		settingsCalls:      newSettingsCalls(opt),
		settingsNotices:    newSettingsNotices(opt),
		settingsRecording:  newSettingsRecording(opt, company),
		settingsShortcuts:  newSettingsShortcuts(opt),
		settingsAppearance: newSettingsAppearance(opt, relook),
		settingsAbout:      newSettingsAbout(opt),
	}
	nav := []fyne.CanvasObject{kit.Gap(14)}
	group := func(title text.Key, entries ...*settingsNav) {
		nav = append(nav, kit.Pad(0, 0, 4, 18, kit.NewLabel(title, kit.Section)))
		for _, e := range entries {
			p.items[e.place] = e
			nav = append(nav, kit.Pad(0, 8, 0, 8, e))
		}
		nav = append(nav, kit.Gap(12))
	}
	personal := []*settingsNav{p.nav(settingsAccounts, "Accounts"), p.nav(settingsSound, "Sound"), p.nav(settingsCalls, "Incoming calls|settings"), p.nav(settingsNotices, "Notifications"), p.nav(settingsRecording, "Recording"), p.nav(settingsShortcuts, "Shortcuts"), p.nav(settingsAppearance, "Appearance")}
	if opt.Shared != nil {
		p.places[settingsServer] = newSettingsServer(opt, open)
		personal = slices.Insert(personal, 1, p.nav(settingsServer, "Shared server"))
	}
	group(text.Key("Personal"), personal...)
	if opt.Company != nil {
		p.places[settingsLines] = newSettingsLines(opt)
		p.places[settingsQueues] = newSettingsQueues(opt)
		p.places[settingsSources] = newSettingsSources(opt)
		p.places[settingsExceptions] = newSettingsExceptions(opt)
		p.places[settingsMode] = newSettingsMode(opt)
		p.places[settingsPipelines] = newSettingsPipelines(opt)
		p.places[settingsFields] = newSettingsFields(opt)
		p.places[settingsUsers] = newSettingsUsers(opt)
		p.places[settingsRoles] = newSettingsRoles(opt)
		group(text.Key("Company|settings"), p.nav(settingsLines, "Lines"), p.nav(settingsQueues, "Queue groups"), p.nav(settingsSources, "Lead sources"),
			p.nav(settingsExceptions, "CRM exceptions"), p.nav(settingsMode, "CRM mode"),
			p.nav(settingsPipelines, "Pipelines"), p.nav(settingsFields, "Custom fields"), p.nav(settingsUsers, "Users"), p.nav(settingsRoles, "Roles"))
	}
	var aboutData []*settingsNav
	if data != nil {
		p.places[settingsImport] = data
		aboutData = append(aboutData, p.nav(settingsImport, "Import and export"))
	}
	if opt.Erasures != nil && opt.Company != nil {
		p.places[settingsErasures] = newSettingsErasures(opt)
		aboutData = append(aboutData, p.nav(settingsErasures, "Erasures (GDPR)"))
	}
	if opt.Software != nil && opt.Company != nil {
		p.places[settingsKeys] = newSettingsKeys(opt)
		p.places[settingsWebhooks] = newSettingsWebhooks(opt)
		aboutData = append(aboutData, p.nav(settingsKeys, "API keys"), p.nav(settingsWebhooks, "Webhooks"))
	}
	if len(aboutData) > 0 {
		group(text.Key("Data|settings"), aboutData...)
	}
	group(text.Key("Program"), p.nav(settingsAbout, "About"))
	p.box = kit.RowAligned(0, kit.Stretch, kit.Sized(208, 0, kit.Scroll(kit.Column(0, nav...))), kit.NewHairline(), kit.Grow(p.body))
	p.show(settingsAccounts)
	return p
}

// settingsNav is one place in the list at the left.
type settingsNav struct {
	pressFocus
	place settingsPlace
	name  text.Key
	label *kit.Label
}

func (p *settingsPage) nav(place settingsPlace, name text.Key) *settingsNav {
	n := &settingsNav{place: place, name: name, label: kit.NewData(text.T(name), kit.Body.In(theme.Text2)).Shrink(0)}
	n.init("item", 6, kit.Sized(0, 28, kit.Pad(0, 8, 0, 10, n.label)), func() { p.Go(place) })
	n.english = func() string { return text.English(n.name) }
	n.shown = func() string { return text.T(n.name) }
	n.onPaint = func() {
		style := kit.Body.In(theme.Text2)
		if n.selected {
			style = kit.Strong.In(theme.Accent)
		}
		n.label.SetStyle(style)
	}
	n.ExtendBaseWidget(n)
	return n
}

// say gives a place another name.
func (n *settingsNav) say(name text.Key) {
	if n.name != name {
		n.name = name
		n.label.SetText(text.T(name))
	}
}

// sourcesName is what the place of the sources is called: in the simple mode nothing is said of leads (requirements.md F2).
func sourcesName(noLeads bool) text.Key {
	if noLeads {
		return "Sources"
	}
	return "Lead sources"
}

// Object is the whole page.
func (p *settingsPage) Object() fyne.CanvasObject { return p.box }

// Enter reads anew what may have changed outside.
func (p *settingsPage) Enter() {
	p.here = true
	p.places[p.at].Enter()
}

// Leave ends what runs.
func (p *settingsPage) Leave() {
	p.here = false
	p.places[p.at].Leave()
}

// Draw shows a snapshot; a place that shows what is in the file reads it anew when that may
// have changed.
func (p *settingsPage) Draw(s desk.Snapshot, data bool) {
	p.snap = s
	if n := p.items[settingsSources]; n != nil {
		n.say(sourcesName(s.NoLeads))
	}
	p.places[p.at].Draw(s)
	if at, ok := p.places[p.at].(interface{ Reread() }); ok && data {
		at.Reread()
	}
}

// Submit saves what is being edited, where there is such a thing (Ctrl+S).
func (p *settingsPage) Submit() {
	if e, ok := p.places[p.at].(interface{ Submit() }); ok {
		e.Submit()
	}
}

// SetNarrow changes nothing.
func (p *settingsPage) SetNarrow(bool) {}

// Go shows a place.
func (p *settingsPage) Go(at settingsPlace) {
	if p.places[at] == nil || at == p.at {
		return
	}
	if p.here {
		p.places[p.at].Leave()
	}
	p.show(at)
	if p.here {
		p.places[at].Enter()
	}
	p.places[at].Draw(p.snap)
}

func (p *settingsPage) show(at settingsPlace) {
	p.at = at
	for place, n := range p.items {
		n.SetSelected(place == at)
	}
	p.body.Objects = []fyne.CanvasObject{p.places[at].Object()}
	p.body.Refresh()
	kit.Reveal(p.items[at])
}

// settingsTitle is the head of a place.
func settingsTitle(title text.Key, right ...fyne.CanvasObject) fyne.CanvasObject {
	row := append([]fyne.CanvasObject{kit.NewLabel(title, kit.Title), kit.Spacer()}, right...)
	return kit.Column(0, kit.Sized(0, 56, kit.Pad(0, 24, 0, 24, kit.Row(8, row...))), kit.NewHairline())
}

// settingsLeast is how wide a control is at least beside its label, in px: so that all rows of a place are alike in a window that
// is too narrow for some of them.
const settingsLeast = 340

// settingsRow is a labelled control.
func settingsRow(label text.Key, control fyne.CanvasObject) fyne.CanvasObject {
	return settingsRowOf(kit.NewProse(label, kit.Strong), control)
}

// settingsRowOf is settingsRow with a label that says something else at times.
func settingsRowOf(label *kit.Prose, control fyne.CanvasObject) fyne.CanvasObject {
	return kit.Labelled(24, 188, settingsLeast, label, control)
}

// settingsBar is what stands below a place: words at the left, what can be done at the right.
func settingsBar(words fyne.CanvasObject, buttons ...fyne.CanvasObject) fyne.CanvasObject {
	row := append([]fyne.CanvasObject{kit.Grow(words)}, buttons...)
	return kit.Sized(0, 52, kit.Stack(kit.Fill(theme.Sunk), kit.Column(0, kit.NewHairline(), kit.Grow(kit.Pad(0, 24, 0, 24, kit.Row(8, row...))))))
}
