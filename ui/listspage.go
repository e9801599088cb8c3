package ui

import (
	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// listSpec says what a list page shows.
type listSpec struct {
	list    desk.List
	title   text.Key
	icon    theme.IconName
	filters []listFilter // the first is the default; nil for none
	search  text.Key     // the wording of the search field
	folded  bool         // the search field is in the panel of the filters
	// What it says when there is nothing, and when nothing fits the filter or the search.
	empty, emptyLine, none text.Key
	imports                bool // offers to import when empty
	calls                  bool // rows are calls: Enter dials
	kind                   desk.RecordKind
	other                  text.Key // another view of the same; "" for none
	showOther              func()
	add                    text.Key // makes a new one; "" for lists of no records
}

type listFilter struct {
	id   string
	name text.Key
}

func callsPageSpec() listSpec {
	return listSpec{
		list: desk.CallList, title: text.Key("Calls"), icon: theme.IconHistory, calls: true, search: text.Key("Search calls"), folded: true,
		filters: []listFilter{{"", text.Key("All")}, {"mine", text.Key("Mine")}, {"in", text.Key("Incoming")}, {"out", text.Key("Outgoing")}},
		empty:   text.Key("No calls yet"), emptyLine: text.Key("Type a number at the top to place the first one."), none: text.Key("No calls here"),
	}
}

func leadsPageSpec() listSpec {
	return listSpec{
		list: desk.LeadList, kind: desk.Lead, add: text.Key("New lead"), title: text.Key("Leads"), icon: theme.IconLead, search: text.Key("Search leads"), folded: true,
		filters: []listFilter{{"open", text.Key("Open")}, {"mine", text.Key("Mine")}, {"new", text.Key("New")}, {"done", text.Key("Done")}},
		empty:   "No leads yet", emptyLine: text.Key("An unknown caller becomes one in the call window."), none: text.Key("No leads here"),
	}
}

func contactsPageSpec() listSpec {
	return listSpec{
		list: desk.ContactList, kind: desk.Contact, add: text.Key("New contact"), title: text.Key("Contacts"), icon: theme.IconContact, search: text.Key("Search contacts"), imports: true,
		empty: text.Key("No contacts yet"), emptyLine: text.Key("Import them from Google, Outlook or Bitrix24, or as vCards."), none: text.Key("No contact fits"),
	}
}

func companiesPageSpec() listSpec {
	return listSpec{
		list: desk.CompanyList, kind: desk.Company, add: text.Key("New company"), title: text.Key("Companies"), icon: theme.IconCompany, search: text.Key("Search companies"), imports: true,
		empty: text.Key("No companies yet"), emptyLine: text.Key("They come with the contacts that you import."), none: text.Key("No company fits"),
	}
}

func dealsPageSpec() listSpec {
	return listSpec{
		list: desk.DealList, kind: desk.Deal, add: text.Key("New deal"), title: text.Key("Deals"), icon: theme.IconBoard, search: text.Key("Search deals"), folded: true,
		filters: []listFilter{{"open", text.Key("Open")}, {"mine", text.Key("Mine")}, {"done", text.Key("Done")}},
		empty:   "No deals yet", emptyLine: text.Key("They appear here with their customers."), none: text.Key("No deals here"),
	}
}

// listPage is a list at the left and the record of the chosen row beside it.
type listPage struct {
	opt    MainOptions
	sight  callSight // of the calls
	spec   listSpec
	box    *fyne.Container
	head   fyne.CanvasObject
	bare   bool            // there is nothing at all
	body   *fyne.Container // the list, or what it says instead
	list   *kit.List
	count  *kit.Label
	chips  []*kit.FilterChip
	field  *kit.Field
	refine *kit.Label
	detail *recordView
	pager  *listPager
	empty  fyne.CanvasObject
	filter string
	text   string
	at     int // the chosen row, -1 for none
	chosen string
	narrow bool
	here   bool
	rows   map[fyne.CanvasObject]int
	anchor string // the key of the first row in view below the top; "" at the top

	calls   crm.CallCriteria // what a figure of the statistics counts
	records crm.RecordCriteria
	narrows *kit.FilterChip // says so, and takes it back
	chipRow *fyne.Container
	host    recordHost
	filters *listFilters // nil where there is no file
	counted bool         // it is narrowed to a figure of the statistics
	order   crm.Order
	table   *listTable
	picked  *listSelection // what is changed or exported together
}

func newListPage(opt MainOptions, spec listSpec, host recordHost) *listPage {
	p := &listPage{opt: opt, spec: spec, host: host, sight: callSight{opt: opt}, at: -1, rows: map[fyne.CanvasObject]int{}}
	p.pager = newListPager(opt.Do, opt.Desk, p.loaded)
	p.pager.before = p.look
	p.detail = newRecordView(opt, host)
	p.detail.changed = p.pager.Reload
	p.detail.emptied = p.emptied
	p.detail.removed = func() { p.at, p.chosen = -1, "" }
	p.count = kit.NewData("", kit.Body.In(theme.Text3))
	var icons []fyne.CanvasObject
	if spec.imports && opt.Importer != nil {
		icons = append(icons, kit.NewIconButton("Import contacts", theme.IconUpload, kit.Ghost, host.importFile))
	}
	if spec.other != "" {
		icons = append(icons, kit.NewIconButton(spec.other, theme.IconBoard, kit.Ghost, spec.showOther))
	}
	p.table = newListTable(p)
	p.field = kit.NewBareField(spec.search, p.setText).WithPlaceholder(spec.search).WithIcon(theme.IconSearch)
	if opt.Customers != nil {
		p.filters = newListFilters(p)
		icons = append(icons, p.newOrderButton(), p.filters.open)
	}
	icons = append(icons, p.table.open)
	if spec.add != "" && opt.Customers != nil {
		icons = append(icons, kit.NewIconButton(spec.add, theme.IconPlus, kit.Ghost, p.add))
	}
	head := kit.Sized(0, 32, kit.Row(8, kit.NewLabel(spec.title, kit.PageTitle), p.count, kit.Spacer(), kit.Row(4, icons...)))
	var top []fyne.CanvasObject
	p.chipRow = kit.Row(6)
	if len(spec.filters) > 0 {
		p.filter = spec.filters[0].id
		for _, f := range spec.filters {
			c := kit.NewFilterChip(f.name, func() { p.setFilter(f.id) })
			c.SetOn(f.id == p.filter)
			p.chips = append(p.chips, c)
			p.chipRow.Add(c)
		}
	}
	top = append(top, p.chipRow)
	setShown(p.chipRow, len(spec.filters) > 0)
	if !spec.folded {
		top = append(top, p.field)
	}
	if p.filters != nil {
		top = append(top, p.filters.chips, p.filters.panel)
	}
	p.list = kit.NewList(spec.title, p.pager.Len, p.makeRow, p.fillRow)
	p.list.OnKey(p.key)
	p.refine = kit.NewLabel("More rows than are shown: refine the search.", kit.Quiet.Centered())
	p.refine.Hide()
	p.body = kit.Stack(p.list)
	p.empty = p.emptyState(host.importFile)
	const beyond = 6 // so that the last icon, and not its button, ends where the rows do
	p.head = kit.Pad(8, 12-beyond, 10, 16, kit.Column(8, head, kit.Pad(0, beyond, 0, 0, kit.Column(8, top...))))
	p.picked = newListSelection(p)
	p.box = &fyne.Container{Layout: p.table}
	p.arrange()
	return p
}

// arrange puts list and record side by side, or says over the whole page that
// there is nothing.
func (p *listPage) arrange() {
	if p.bare {
		p.box.Objects = []fyne.CanvasObject{kit.Column(0, kit.Sized(0, 48, kit.Pad(0, 20, 0, 20, kit.Row(0, kit.NewLabel(p.spec.title, kit.PageTitle)))),
			kit.NewHairline(), kit.Grow(p.empty))}
		p.box.Refresh()
		return
	}
	w := p.table.width()
	p.detail.SetNarrow(p.narrow || p.table.room > 0 && p.table.room-w < tableFacts)
	left := kit.Sized(w, 0, kit.Column(0, p.head, kit.NewHairline(), p.table.heads, kit.Grow(p.body), kit.Pad(0, 8, 0, 8, p.refine), p.picked.bar))
	p.box.Objects = []fyne.CanvasObject{kit.RowAligned(0, kit.Stretch, left, kit.NewHairline(), kit.Grow(p.detail.box))}
	p.box.Refresh()
}

func (p *listPage) emptyState(importFile func()) fyne.CanvasObject {
	var primary *kit.Button
	if p.spec.imports && p.opt.Importer != nil {
		primary = kit.NewButton("Import contacts", kit.Primary, importFile).WithIcon(theme.IconUpload)
	}
	var add *kit.Button
	if p.spec.add != "" && p.opt.Customers != nil {
		add = kit.NewButton(p.spec.add, kit.Line, p.add).WithIcon(theme.IconPlus)
	}
	if p.sight.none {
		return noSight()
	}
	return kit.NewEmptyState(p.spec.icon, p.spec.empty, p.spec.emptyLine, primary, add)
}

// blankRow is no row's key: none is chosen, and none shall be by itself.
const blankRow = "new"

// emptied is called when the form of a new record takes the place of the record, and
// when it was left without one.
func (p *listPage) emptied() {
	p.at, p.chosen = -1, ""
	if p.detail.blanked {
		p.chosen = blankRow
	}
	p.loaded()
}

// add opens the form of a new record.
func (p *listPage) add() { p.detail.New(p.spec.kind) }

// Object is the whole page.
func (p *listPage) Object() fyne.CanvasObject { return p.box }

// Enter loads the list; rows from before stay until the new ones are there.
func (p *listPage) Enter() {
	p.here = true
	p.table.enter()
	if p.filters != nil {
		p.filters.enter()
	}
	was := p.detail.row.Ref
	if p.spec.calls {
		p.sight.read(p.see)
	}
	p.load()
	if p.detail.row.Ref == was { // else it was just read
		p.detail.Reload()
	}
}

// Leave stops what is on its way.
func (p *listPage) Leave() {
	p.here = false
	p.pager.Stop()
	p.detail.Stop()
	p.picked.asking.Stop()
	p.table.whose.Stop()
	if p.filters != nil {
		p.filters.asking.Stop()
		p.filters.whose.Stop()
	}
}

// Draw reloads when data may have changed.
func (p *listPage) Draw(s desk.Snapshot, data bool) {
	p.detail.Account(s)
	if data && p.spec.calls {
		p.sight.read(p.see)
	}
	if data {
		p.pager.Reload()
		p.detail.Reload()
	}
}

// see draws what another role of the agent shows.
func (p *listPage) see() {
	p.empty = p.emptyState(p.host.importFile)
	p.arrange()
	p.loaded()
}

// Submit does what the open form of the record is for (Ctrl+S).
func (p *listPage) Submit() { p.detail.Submit() }

// SetNarrow is for windows below 1100.
func (p *listPage) SetNarrow(on bool) {
	p.narrow = on
	p.table.fit()
}

// Open shows a record, whether the list has it in view or not.
func (p *listPage) Open(ref desk.Ref) {
	p.choose(-1, desk.Row{Ref: ref})
	p.loaded() // it may have said that there is nothing
}

func (p *listPage) load() {
	if p.spec.calls && p.filters != nil && !p.counted {
		p.calls = p.filters.choice.calls(p.opt.Now()) // the days have moved on
	}
	p.pager.ShowSoon(desk.Query{List: p.spec.list, Filter: p.filter, Text: p.text, Order: p.order, Calls: p.calls, Records: p.records})
}

func (p *listPage) setFilter(id string) {
	p.filter = id
	p.picked.Clear()
	for i, f := range p.spec.filters {
		p.chips[i].SetOn(f.id == id)
	}
	p.list.Top()
	p.load()
}

// narrowedWords is the room for the words of what a list is narrowed to.
const narrowedWords = 225

// narrowTo shows only what fits criteria; words say what that is. The zero criteria show all again.
func (p *listPage) narrowTo(c crm.CallCriteria, r crm.RecordCriteria, words string) {
	all := c.IsZero() && r.IsZero()
	p.calls, p.records, p.counted, p.text = c, r, !all, ""
	p.field.SetText("")
	p.picked.Clear()
	if p.filters != nil {
		p.filters.clear()
	}
	p.chipRow.RemoveAll()
	for i, f := range p.spec.filters {
		if all {
			p.chips[i].SetOn(f.id == p.filter)
			p.chipRow.Add(p.chips[i])
		}
	}
	if p.filter = ""; all && len(p.spec.filters) > 0 {
		p.setFilter(p.spec.filters[0].id)
	}
	if !all {
		p.narrows = kit.NewDataFilterChip(kit.Ellipsis(words, kit.Secondary, narrowedWords), func() { p.narrowTo(crm.CallCriteria{}, crm.RecordCriteria{}, "") })
		p.narrows.WithIcon(theme.IconX).SetOn(true)
		p.chipRow.Add(p.narrows)
	}
	setShown(p.chipRow, len(p.chipRow.Objects) > 0)
	p.at, p.chosen = -1, ""
	p.detail.Clear()
	p.list.Top()
	p.load()
	p.arrange()
}

func (p *listPage) setText(s string) {
	p.text = s
	if p.filters != nil {
		p.filters.draw()
	}
	p.picked.Clear()
	p.list.Top()
	p.load()
}

// Find gives the keyboard to the search field (Ctrl+F).
func (p *listPage) Find() {
	if p.spec.folded {
		if p.filters == nil {
			return
		}
		if !p.filters.panel.Visible() {
			p.filters.toggle()
		}
	}
	p.field.Focus()
	p.field.SelectAll()
}

// loaded draws what the pager has.
func (p *listPage) loaded() {
	p.list.Reload()
	p.stay()
	n, more := p.pager.Total()
	switch {
	case !p.pager.Started():
		p.count.SetText("")
	case more:
		p.count.SetText(text.T("more than {n}", "n", text.Number(int64(max(n-n%1000, listFound)))))
	default:
		p.count.SetText(text.Number(int64(n)))
	}
	p.refine.Hidden = !p.pager.Refine()
	if p.picked.all { // more or fewer of them
		p.picked.count.SetText(text.Tn(n, "{n} chosen", "{n} chosen"))
	}
	p.show(p.instead())
	if bare := p.nothing(); bare != p.bare {
		if p.bare = bare; bare {
			p.detail.Clear()
			p.at, p.chosen = -1, ""
		}
		p.arrange()
	}
	// After that: the first row of all must not be forgotten with the emptiness.
	if p.at < 0 && p.chosen == "" && p.pager.Len() > 0 {
		if r, ok := p.pager.Row(0); ok { // the newest is what one comes for
			p.choose(0, r)
			p.list.Reload()
		}
	}
	p.follow()
	p.box.Refresh()
}

// stay keeps in view what is looked at, however many rows have come above it; at the top, the
// newest are what is looked at.
func (p *listPage) stay() {
	if p.anchor != "" {
		if i, _, ok := p.pager.Find(func(r desk.Row) bool { return rowKey(r) == p.anchor }); ok {
			p.list.Shift(i - p.list.FirstRow())
		}
	}
	p.anchor = ""
}

// look remembers what is looked at, before rows are replaced.
func (p *listPage) look() {
	p.anchor = ""
	if i := p.list.FirstRow(); i > 0 {
		if r, ok := p.pager.Peek(i); ok {
			p.anchor = rowKey(r)
		}
	}
}

// follow shows the record that the chosen call has got since it was chosen: a lead
// that was made of it, a contact that it was moved to.
func (p *listPage) follow() {
	i, r, ok := p.pager.Find(func(r desk.Row) bool { return p.chosen != "" && rowKey(r) == p.chosen })
	if !ok {
		return
	}
	if p.at = i; r.Call != "" && r.Ref != p.detail.row.Ref {
		p.choose(i, r)
	}
}

// nothing says whether there is nothing at all, not only under a filter. While a record
// is shown there is something: the last open lead that was just converted.
func (p *listPage) nothing() bool {
	n, _ := p.pager.Total()
	return p.pager.Started() && p.pager.Failed() == nil && n == 0 && p.text == "" && p.calls.IsZero() && p.records.IsZero() && !p.detail.shown && (p.filter == "" || p.filter == p.spec.filters[0].id)
}

// instead is what stands where the list would be, or nil.
func (p *listPage) instead() fyne.CanvasObject {
	switch n, _ := p.pager.Total(); {
	case p.pager.Failed() != nil:
		return kit.Middle(kit.ColumnAligned(10, kit.Center,
			kit.NewStateWord(text.T("The list could not be read"), theme.IconAlert, kit.Bad, kit.Body),
			kit.NewButton("Try again", kit.Line, p.load)))
	case !p.pager.Started() || n > 0:
		return nil
	case p.nothing() && p.bare:
		return nil
	}
	none := p.spec.none
	if p.sight.none {
		none = "Your role shows no calls"
	}
	return kit.Pad(24, 16, 0, 16, kit.ColumnAligned(0, kit.Center, kit.NewLabel(none, kit.Body.In(theme.Text2))))
}

func (p *listPage) show(instead fyne.CanvasObject) {
	if instead == nil {
		instead = p.list
	}
	if len(p.body.Objects) != 1 || p.body.Objects[0] != instead {
		p.body.Objects = []fyne.CanvasObject{instead}
		p.body.Refresh()
	}
}

// choose shows the record of a row.
func (p *listPage) choose(i int, r desk.Row) {
	p.at, p.chosen = i, rowKey(r)
	p.detail.Show(r)
}

// key moves the choice and dials.
func (p *listPage) key(e *fyne.KeyEvent) bool {
	to := p.at
	switch e.Name {
	case fyne.KeyDown:
		to++
	case fyne.KeyUp:
		to--
	case fyne.KeyHome:
		to = 0
	case fyne.KeyEnd:
		to = p.pager.Len() - 1
	case fyne.KeyReturn, fyne.KeyEnter:
		if p.spec.calls {
			p.detail.Call()
		}
		return true
	case fyne.KeySpace:
		if r, ok := p.pager.Row(p.at); ok {
			p.picked.Toggle(p.at, r)
		}
		return true
	case fyne.KeyDelete:
		if p.spec.calls || p.opt.Customers == nil {
			return false
		}
		if r, ok := p.pager.Row(p.at); ok && !p.picked.Any() {
			p.picked.Toggle(p.at, r)
		}
		if p.picked.Any() {
			p.picked.askRemove()
		}
		return true
	case fyne.KeyPageDown:
		to += p.list.PageRows()
	case fyne.KeyPageUp:
		to -= p.list.PageRows()
	case fyne.KeyEscape:
		if p.picked.asks {
			p.picked.keep()
			return true
		}
		if p.picked.Any() {
			p.picked.Clear()
			return true
		}
		return false
	default:
		return false
	}
	to = max(0, min(to, p.pager.Len()-1))
	if r, ok := p.pager.Row(to); ok && to != p.at {
		ranged := modifiers()&fyne.KeyModifierShift != 0
		if !ranged && !p.picked.Any() {
			p.picked.from = to
		}
		p.choose(to, r)
		if ranged {
			p.picked.Range(to)
		}
		p.list.ShowRow(to)
		p.list.Reload()
	}
	return true
}

// Key is for keys that nothing with the keyboard wanted: the arrows go on in the list.
func (p *listPage) Key(k fyne.KeyName) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(p.list); c != nil && (k == fyne.KeyUp || k == fyne.KeyDown) {
		c.Focus(p.list)
		p.key(&fyne.KeyEvent{Name: k})
	}
}
