package ui

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// prefColumns is where the columns of a list are kept: their names with commas between, "-" for none.
const prefColumns = "list.columns."

const noColumns = "-"

// prefWidths is where the widths of a list's columns are kept that were changed: "name=300,line=180".
const prefWidths = "list.widths."

// How wide a list with columns may be, in pixels.
const (
	tableTitle  = 230  // what stays for names and the margins
	tableName   = 370  // what they have where there is room
	tableLeast  = 48   // of a column
	tableRecord = 500  // what stays for the record beside it
	tableByself = 1300 // from here a page shows the usual columns without being asked
	tableFacts  = 700  // from here the record has its facts beside the timeline
)

// tableColumn is a column of a list.
type tableColumn struct {
	id    string
	name  text.Key
	width float32
	right bool
	by    crm.Column // what the heading orders by; "" for nothing
	usual bool       // shown when nothing was chosen
	cell  func(desk.Row, time.Time) kit.Cell
}

func fieldCell(get func(desk.Row) string) func(desk.Row, time.Time) kit.Cell {
	return func(r desk.Row, _ time.Time) kit.Cell { return kit.Cell{Text: get(r)} }
}

func statusCell(r desk.Row, _ time.Time) kit.Cell {
	if r.Status.Key == "" {
		return kit.Cell{}
	}
	icon, tone := rowTone(r.Tone)
	return kit.Cell{Text: text.Say(r.Status), Icon: icon, Tone: tone}
}

func briefCell(at func(desk.Row) time.Time) func(desk.Row, time.Time) kit.Cell {
	return func(r desk.Row, now time.Time) kit.Cell {
		if at(r).IsZero() {
			return kit.Cell{}
		}
		return kit.Cell{Text: text.Brief(at(r), now)}
	}
}

// tableColumns are the columns that a list can have.
func tableColumns(spec listSpec) []tableColumn {
	status := tableColumn{"status", text.Key("Status"), 140, false, crm.ColumnStatus, true, statusCell}
	last := tableColumn{"last", text.Key("Last"), 84, true, columnLast, true, briefCell(func(r desk.Row) time.Time { return r.At })}
	if spec.calls {
		last.name, last.by = text.Key("When"), crm.ColumnBegan
		return []tableColumn{status,
			{"line", text.Key("Line"), 130, false, crm.ColumnLine, true, fieldCell(func(r desk.Row) string { return r.Line })},
			{"agent", text.Key("Agent"), 130, false, crm.ColumnAgent, true, fieldCell(func(r desk.Row) string { return r.Responsible })},
			{"result", text.Key("Result"), 110, false, crm.ColumnResult, false, fieldCell(func(r desk.Row) string { return resultWords(r.Result) })},
			{"length", text.Key("Length"), 84, true, crm.ColumnLength, true, fieldCell(func(r desk.Row) string {
				if r.Length == 0 {
					return ""
				}
				return text.Length(r.Length)
			})}, last}
	}
	company := tableColumn{"company", text.Key("Company"), 170, false, crm.ColumnCompany, true, fieldCell(func(r desk.Row) string { return r.Company })}
	number := tableColumn{"number", text.Key("Number"), 150, false, "", false, fieldCell(func(r desk.Row) string { return r.Number })}
	rest := []tableColumn{
		{"responsible", text.Key("Responsible"), 130, false, crm.ColumnResponsible, true, fieldCell(func(r desk.Row) string { return r.Responsible })},
		{"source", text.Key("Source"), 130, false, crm.ColumnSource, false, fieldCell(func(r desk.Row) string {
			if key, standard := standardSources[r.Source]; standard {
				return text.T(key)
			}
			return r.Source
		})},
		{"changed", text.Key("Changed"), 96, true, crm.ColumnChanged, false, briefCell(func(r desk.Row) time.Time { return r.Changed })},
	}
	switch spec.kind {
	case desk.Contact:
		rest[2].usual = true
		position := tableColumn{"position", text.Key("Position"), 140, false, crm.ColumnPosition, true, fieldCell(func(r desk.Row) string { return r.Position })}
		return append([]tableColumn{company, position, number}, rest...)
	case desk.Company:
		number.usual, rest[2].usual = true, true
		return append([]tableColumn{number}, rest...)
	case desk.Lead:
		company.by, company.usual = "", false
		return append([]tableColumn{status, company, number}, append(rest, last)...)
	}
	status.name = text.Key("Stage")
	amount := tableColumn{"amount", text.Key("Amount"), 110, true, crm.ColumnAmount, true, fieldCell(func(r desk.Row) string { return r.Amount })}
	return append([]tableColumn{status, amount, company}, append(rest, last)...)
}

// columnLast is the last activity: the usual order of leads and deals, which is there in one direction only.
const columnLast crm.Column = "last"

// listTable shows a list as a table where there is room: which columns, and their headings. Each user chooses the columns.
type listTable struct {
	p      *listPage
	all    []tableColumn
	kept   string
	user   crm.ID
	whose  asker[struct{}, crm.User]
	open   *kit.Button
	heads  *fyne.Container // the headings; empty in rows of two lines
	name   *kit.ColumnHead
	by     map[string]*kit.ColumnHead
	shown  []tableColumn
	widths []kit.ListColumn
	room   float32            // how wide the page is
	wide   map[string]float32 // widths that were changed, by the ids of columns; "name" of the titles
	taken  float32            // how wide the column was that is being dragged; 0 for none
}

func newListTable(p *listPage) *listTable {
	t := &listTable{p: p, all: tableColumns(p.spec), heads: kit.Stack(), by: map[string]*kit.ColumnHead{}}
	t.heads.Hide()
	t.open = kit.NewIconButton("Columns", theme.IconColumns, kit.Ghost, t.menu)
	if p.opt.Customers != nil {
		t.whose = asker[struct{}, crm.User]{do: p.opt.Do, ask: func(ctx context.Context, _ struct{}) (crm.User, error) { return p.opt.Customers.Me(ctx) }}
	}
	t.read()
	return t
}

func (t *listTable) pref(what string) string {
	return what + string(t.p.spec.list) + "." + string(t.user)
}

// read takes over what is kept for the user.
func (t *listTable) read() {
	t.kept = t.p.opt.Kept.String(t.pref(prefColumns))
	t.wide = readWidths(t.p.opt.Kept.String(t.pref(prefWidths)))
}

// readWidths understands what writeWidths wrote; what it does not is left out.
func readWidths(kept string) map[string]float32 {
	wide := map[string]float32{}
	for _, part := range strings.Split(kept, ",") {
		id, width, _ := strings.Cut(part, "=")
		if w, err := strconv.ParseFloat(width, 32); err == nil && w >= tableLeast {
			wide[id] = float32(w)
		}
	}
	return wide
}

func writeWidths(wide map[string]float32) string {
	var parts []string
	for _, id := range slices.Sorted(maps.Keys(wide)) {
		parts = append(parts, id+"="+strconv.Itoa(int(wide[id])))
	}
	return strings.Join(parts, ",")
}

// widthOf is how wide a column is to be.
func (t *listTable) widthOf(id string, usual float32) float32 {
	if w := t.wide[id]; w > 0 {
		return w
	}
	return usual
}

// nameWidth is how much the titles are to have.
func (t *listTable) nameWidth() float32 { return t.widthOf(columnName, tableName) }

// columnName is the id of the titles among the widths.
const columnName = "name"

// widen is how a column is widened: as far as there is room beside the record.
func (t *listTable) widen(id string, usual, least float32) kit.ColumnWiden {
	return kit.ColumnWiden{
		By: func(by float32, over bool) {
			if t.taken == 0 {
				t.taken = t.widthOf(id, usual)
			}
			free := t.room - tableRecord - t.wholeWidth()
			if id != columnName { // titles can become narrower for it
				free += t.nameWidth() - tableTitle
			}
			now := t.widthOf(id, usual)
			t.wide[id] = max(least, min(t.taken+by, now+max(0, free)))
			if over {
				t.taken = 0
				t.p.opt.Kept.SetString(t.pref(prefWidths), writeWidths(t.wide))
			}
			t.fit()
		},
		Usual: func() {
			delete(t.wide, id)
			t.p.opt.Kept.SetString(t.pref(prefWidths), writeWidths(t.wide))
			t.fit()
		},
	}
}

// wholeWidth is how wide titles and columns are together.
func (t *listTable) wholeWidth() float32 {
	w := t.nameWidth()
	for _, c := range t.widths {
		w += c.Width
	}
	return w
}

// enter shows the columns of who works here now.
func (t *listTable) enter() {
	if t.p.opt.Customers == nil {
		return
	}
	t.whose.Ask(struct{}{}, func(u crm.User, err error) {
		if err != nil {
			slog.Warn("whose columns to show cannot be read", "list", t.p.spec.list, "error", err)
		}
		if u.ID == t.user {
			return
		}
		t.user = u.ID
		t.read()
		t.fit()
	})
}

// chosen are the columns to show where there is room for all of them.
func (t *listTable) chosen() []tableColumn {
	var some []tableColumn
	names := strings.Split(t.kept, ",")
	for _, c := range t.all {
		if t.kept == "" && c.usual || slices.Contains(names, c.id) {
			some = append(some, c)
		}
	}
	return some
}

// toggle shows a column or leaves it out.
func (t *listTable) toggle(id string) {
	var names []string
	for _, c := range t.all {
		on := slices.ContainsFunc(t.chosen(), func(o tableColumn) bool { return o.id == c.id })
		if on != (c.id == id) {
			names = append(names, c.id)
		}
	}
	t.kept = strings.Join(names, ",")
	if t.kept == "" {
		t.kept = noColumns
	}
	t.p.opt.Kept.SetString(t.pref(prefColumns), t.kept)
	t.fit()
}

// menu lets one choose the columns, several one after the other.
func (t *listTable) menu() {
	some := t.chosen()
	var items []kit.MenuItem
	for _, c := range t.all {
		items = append(items, kit.MenuItem{Key: c.name, Chosen: slices.ContainsFunc(some, func(o tableColumn) bool { return o.id == c.id }), Do: func() {
			t.toggle(c.id)
			t.menu()
		}})
	}
	items = append(items, kit.MenuItem{Key: "Usual columns", Chosen: t.kept == "", Do: func() {
		t.kept = ""
		t.p.opt.Kept.RemoveValue(t.pref(prefColumns))
		t.fit()
	}})
	t.p.host.over().ShowMenu(t.open, items...)
}

// Layout is for Fyne: the list and the record side by side, over the width there is.
func (t *listTable) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	if t.room != size.Width {
		t.room = size.Width
		t.fit()
	}
	for _, o := range objects {
		o.Move(fyne.NewPos(0, 0))
		o.Resize(size)
	}
}

// MinSize is for Fyne: the page is as wide and high as the window leaves it.
func (t *listTable) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(tableTitle, tableTitle)
}

// fit shows as many of the chosen columns as there is room for, from the left.
func (t *listTable) fit() {
	var some []tableColumn
	room := t.room - tableRecord - tableTitle
	if !t.p.narrow && (t.kept != "" || t.room >= tableByself) {
		for _, c := range t.chosen() {
			c.width = t.widthOf(c.id, c.width)
			if room -= c.width; room < 0 {
				break
			}
			some = append(some, c)
		}
	}
	setShown(t.open, !t.p.narrow) // there is no room for them
	t.shown, t.widths = some, nil
	for _, c := range some {
		t.widths = append(t.widths, kit.ListColumn{Width: c.width, Right: c.right})
	}
	t.drawHeads()
	t.p.arrange()
	t.p.list.Reload()
}

// width is how wide the list is.
func (t *listTable) width() float32 {
	switch {
	case len(t.shown) > 0:
		return max(340, min(t.wholeWidth(), t.room-tableRecord))
	case t.p.narrow:
		return 300
	}
	return 340
}

func (t *listTable) drawHeads() {
	clear(t.by)
	t.name = nil
	if len(t.shown) == 0 {
		t.heads.RemoveAll()
		t.heads.Hide()
		return
	}
	head := func(key text.Key, right bool, by crm.Column) fyne.CanvasObject {
		if by == "" || t.p.filters == nil {
			style := kit.Section
			if right {
				style = style.Right()
			}
			return kit.NewLabel(key, style)
		}
		h := kit.NewColumnHead(key, right, func() { t.order(by) })
		t.by[string(by)] = h
		return h
	}
	title, byName := text.Key("Name"), crm.ColumnName
	if t.p.spec.calls {
		title, byName = text.Key("Caller"), ""
	}
	name := head(title, false, byName)
	var heads []fyne.CanvasObject
	widen := []kit.ColumnWiden{t.widen(columnName, tableName, tableTitle)}
	usual := map[string]float32{}
	for _, c := range t.all {
		usual[c.id] = c.width
	}
	for _, c := range t.shown {
		heads = append(heads, head(c.name, c.right, c.by))
		widen = append(widen, t.widen(c.id, usual[c.id], tableLeast))
	}
	t.heads.Objects = []fyne.CanvasObject{kit.Column(0, kit.ColumnHeads(name, t.widths, heads, widen), kit.NewHairline())}
	t.heads.Show()
	t.heads.Refresh()
	t.ordered()
}

// way is how the list is ordered by a column: 1 upwards, -1 downwards, 0 not at all.
func (t *listTable) way(by crm.Column) int {
	usual, down := t.usualOrder()
	return wayOf(t.p.order, by, usual, down)
}

// wayOf is how an order orders by a column, 1 upwards, -1 downwards, 0 not at all, where crm.OrderUsual is by
// the column usual.
func wayOf(order crm.Order, by, usual crm.Column, usualDown bool) int {
	c, down := order.Column()
	if order == crm.OrderUsual {
		c, down = usual, usualDown
	}
	switch {
	case c != by:
		return 0
	case down:
		return -1
	}
	return 1
}

// order orders the list by a column; a second time turns it round. What was changed last and the largest amounts come first.
func (t *listTable) order(by crm.Column) {
	down := t.way(by) == 1
	if t.way(by) == 0 {
		down = by == crm.ColumnChanged || by == crm.ColumnAmount || by == crm.ColumnBegan || by == crm.ColumnLength
	}
	order := crm.By(by, down)
	if c, usual := t.usualOrder(); by == c && (down == usual || c == columnLast) {
		order = crm.OrderUsual // which has an index
	}
	t.p.setOrder(order)
}

// usualOrder is what crm.OrderUsual orders a list by.
func (t *listTable) usualOrder() (by crm.Column, down bool) {
	switch {
	case t.p.spec.calls:
		return crm.ColumnBegan, true
	case namesOrder(t.p.spec.kind):
		return crm.ColumnName, false
	}
	return columnLast, true
}

// ordered shows in the headings how the list is ordered.
func (t *listTable) ordered() {
	for by, h := range t.by {
		h.SetWay(t.way(crm.Column(by)))
	}
}

// fill puts into d what a row has in the columns.
func (t *listTable) fill(d *kit.RowData, r desk.Row) {
	for i, c := range t.shown {
		d.Cells[i] = c.cell(r, t.p.opt.Now())
	}
}

// namesOrder says whether the usual order of a list is by name.
func namesOrder(kind desk.RecordKind) bool { return kind == desk.Contact || kind == desk.Company }
