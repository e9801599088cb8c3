package ui

import (
	"context"
	"log/slog"
	"slices"
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

// How wide a list with columns may be, in pixels.
const (
	tableTitle  = 230  // what stays for names and the margins
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
	last := tableColumn{"last", text.Key("Last"), 84, true, "", true, briefCell(func(r desk.Row) time.Time { return r.At })}
	if spec.calls {
		status.by = ""
		return []tableColumn{status,
			{"line", text.Key("Line"), 130, false, "", true, fieldCell(func(r desk.Row) string { return r.Line })},
			{"length", text.Key("Length"), 84, true, "", true, fieldCell(func(r desk.Row) string {
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
	room   float32 // how wide the page is
}

func newListTable(p *listPage) *listTable {
	t := &listTable{p: p, all: tableColumns(p.spec), heads: kit.Stack(), by: map[string]*kit.ColumnHead{}}
	t.heads.Hide()
	t.open = kit.NewIconButton("Columns", theme.IconColumns, kit.Ghost, t.menu)
	if p.opt.Customers != nil {
		t.whose = asker[struct{}, crm.User]{do: p.opt.Do, ask: func(ctx context.Context, _ struct{}) (crm.User, error) { return p.opt.Customers.Me(ctx) }}
	}
	t.kept = p.opt.Kept.String(t.pref())
	return t
}

func (t *listTable) pref() string {
	return prefColumns + string(t.p.spec.list) + "." + string(t.user)
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
		t.kept = t.p.opt.Kept.String(t.pref())
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
	t.p.opt.Kept.SetString(t.pref(), t.kept)
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
		t.p.opt.Kept.RemoveValue(t.pref())
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

// MinSize is for Fyne.
func (t *listTable) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var m fyne.Size
	for _, o := range objects {
		m = m.Max(o.MinSize())
	}
	return m
}

// fit shows as many of the chosen columns as there is room for, from the left.
func (t *listTable) fit() {
	var some []tableColumn
	room := t.room - tableRecord - tableTitle
	if !t.p.narrow && (t.kept != "" || t.room >= tableByself) {
		for _, c := range t.chosen() {
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
		w := float32(tableTitle)
		for _, c := range t.shown {
			w += c.width
		}
		return max(340, min(w+140, t.room-tableRecord))
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
		if by == "" || t.p.spec.kind == "" || t.p.filters == nil {
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
	for _, c := range t.shown {
		heads = append(heads, head(c.name, c.right, c.by))
	}
	t.heads.Objects = []fyne.CanvasObject{kit.Column(0, kit.ColumnHeads(name, t.widths, heads), kit.NewHairline())}
	t.heads.Show()
	t.heads.Refresh()
	t.ordered()
}

// way is how the list is ordered by a column: 1 upwards, -1 downwards, 0 not at all.
func (t *listTable) way(by crm.Column) int {
	c, down := t.p.order.Column()
	if c == "" && t.p.order == crm.OrderUsual && namesOrder(t.p.spec.kind) {
		c = crm.ColumnName
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
		down = by == crm.ColumnChanged || by == crm.ColumnAmount
	}
	order := crm.By(by, down)
	if by == crm.ColumnName && !down && namesOrder(t.p.spec.kind) {
		order = crm.OrderUsual // which has an index
	}
	t.p.setOrder(order)
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
