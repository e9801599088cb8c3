package ui

import (
	"slices"
	"strconv"

	"fyne.io/fyne/v2"

	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// pageName names a place of the rail.
type pageName string

const (
	pageCalls     pageName = "calls"
	pageMissed    pageName = "missed"
	pageFollowUps pageName = "followups"
	pageLeads     pageName = "leads"
	pageContacts  pageName = "contacts"
	pageCompanies pageName = "companies"
	pageDeals     pageName = "deals"
	pageTeam      pageName = "team"
	pageSettings  pageName = "settings"

	pageStatistics pageName = "statistics"
)

// pageOf is the page that shows records of a kind.
func pageOf(k desk.RecordKind) pageName {
	switch k {
	case desk.Company:
		return pageCompanies
	case desk.Lead:
		return pageLeads
	case desk.Deal:
		return pageDeals
	}
	return pageContacts
}

type railGroup struct {
	title text.Key
	items []railEntry
}

type railEntry struct {
	page pageName
	name text.Key
	icon theme.IconName
}

// railGroups are the pages that there are.
func railGroups() []railGroup {
	return []railGroup{
		{text.Key("Phone"), []railEntry{
			{pageCalls, text.Key("Calls"), theme.IconHistory},
			{pageMissed, text.Key("Missed"), theme.IconMissed},
			{pageFollowUps, text.Key("Follow-ups"), theme.IconFollowUp},
		}},
		{text.Key("Customers"), []railEntry{
			{pageLeads, text.Key("Leads"), theme.IconLead},
			{pageContacts, text.Key("Contacts"), theme.IconContact},
			{pageCompanies, text.Key("Companies"), theme.IconCompany},
			{pageDeals, text.Key("Deals"), theme.IconBoard},
		}},
		{text.Key("Company|group"), []railEntry{
			{pageTeam, text.Key("Team"), theme.IconUsers},
			{pageStatistics, text.Key("Statistics"), theme.IconChart},
			{pageSettings, text.Key("Settings"), theme.IconSettings},
		}},
	}
}

// railKeys is how many pages have a key, from Ctrl+1 on, in the order of the rail; that of the settings is Ctrl+,.
const railKeys = 9

// places are the pages that are shown and have a number, in their order.
func (r *rail) places() (all []pageName) {
	for _, g := range railGroups() {
		for _, e := range g.items {
			if e.page != pageSettings && !(r.noLeads && e.page == pageLeads) {
				all = append(all, e.page)
			}
		}
	}
	return all
}

// railKey is the key of a page among places.
func railKey(places []pageName, p pageName) string {
	if i := slices.Index(places, p); i >= 0 {
		return "Ctrl+" + strconv.Itoa(i+1)
	}
	return "Ctrl+,"
}

// rail is the way to the pages, at the left of the main window.
type rail struct {
	box     *fyne.Container
	items   map[pageName]*kit.RailItem
	narrow  bool
	noLeads bool // hidden: the CRM has none (requirements.md F2)
	missed  int
	due     int
	leads   int
	at      pageName
	goTo    func(pageName)
}

func newRail(goTo func(pageName)) *rail {
	r := &rail{goTo: goTo, box: kit.Stack()}
	r.arrange()
	return r
}

// SetNarrow shows icons only.
func (r *rail) SetNarrow(on bool) {
	if r.narrow != on {
		r.narrow = on
		r.arrange()
	}
}

// WithoutLeads hides the leads.
func (r *rail) WithoutLeads(on bool) {
	if r.noLeads != on {
		r.noLeads = on
		r.arrange()
	}
}

// Select marks the page that is shown.
func (r *rail) Select(p pageName) {
	r.at = p
	for name, it := range r.items {
		it.SetSelected(name == p)
	}
}

// Missed tells how many missed calls nobody has worked off.
func (r *rail) Missed(n int) {
	if r.missed == n {
		return
	}
	r.missed = n
	r.count()
}

// Due tells how many follow-ups are due.
func (r *rail) Due(n int) {
	if r.due == n {
		return
	}
	r.due = n
	r.count()
}

// Leads tells how many open leads are the agent's.
func (r *rail) Leads(n int) {
	if r.leads == n {
		return
	}
	r.leads = n
	r.count()
}

func (r *rail) count() {
	r.items[pageMissed].SetCount(r.counted(r.missed), kit.Bad)
	due, leads := r.counted(r.due), r.counted(r.leads)
	if r.narrow { // a badge is for missed calls only
		due, leads = "", ""
	}
	r.items[pageFollowUps].SetCount(due, kit.Neutral)
	if it := r.items[pageLeads]; it != nil {
		it.SetCount(leads, kit.Neutral)
	}
}

func (r *rail) counted(n int) string {
	switch {
	case n > 99 && r.narrow:
		return "99"
	case n > 0:
		return text.Number(int64(n))
	}
	return ""
}

func (r *rail) arrange() {
	r.items = map[pageName]*kit.RailItem{}
	var column []fyne.CanvasObject
	places := r.places()
	for i, g := range railGroups() {
		switch {
		case r.narrow && i == 0:
			column = append(column, kit.Gap(6))
		case r.narrow:
			line := kit.Sized(12, 1, kit.NewHairline())
			column = append(column, kit.Gap(7), kit.Pad(0, 12, 0, 12, line), kit.Gap(7))
		default:
			top, bottom := float32(11), float32(4)
			if i > 0 {
				top, bottom = 16, 3
			}
			column = append(column, kit.Gap(top-1), kit.Pad(0, 0, bottom+1, 12, kit.NewLabel(g.title, kit.Section)))
		}
		items := slices.DeleteFunc(g.items, func(e railEntry) bool { return r.noLeads && e.page == pageLeads })
		for j, e := range items {
			if j > 0 {
				column = append(column, kit.Gap(1))
			}
			it := kit.NewRailItem(e.name, e.icon, func() { r.goTo(e.page) }).WithShortcut(railKey(places, e.page))
			it.SetNarrow(r.narrow)
			it.SetSelected(e.page == r.at)
			r.items[e.page] = it
			column = append(column, it)
		}
	}
	r.count()
	r.box.Objects = []fyne.CanvasObject{kit.Pad(0, 8, 0, 8, kit.Column(0, column...))}
	r.box.Refresh()
}
