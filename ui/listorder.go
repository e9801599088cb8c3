package ui

import (
	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// callColumns are what the list of calls can be ordered by, besides the newest first, which is usual.
func callColumns() []listColumn {
	return []listColumn{
		{crm.ColumnStatus, text.Key("By outcome"), text.Key("By outcome, downwards")},
		{crm.ColumnLine, text.Key("By line"), text.Key("By line, downwards")},
		{crm.ColumnAgent, text.Key("By agent"), text.Key("By agent, downwards")},
		{crm.ColumnResult, text.Key("By result"), text.Key("By result, downwards")},
		{crm.ColumnLength, text.Key("Shortest first"), text.Key("Longest first")},
	}
}

// listColumns are what a list of records can be ordered by, besides its usual order and the newest.
func listColumns(kind desk.RecordKind) []listColumn {
	company := listColumn{crm.ColumnCompany, text.Key("By company"), text.Key("By company, downwards")}
	status := listColumn{crm.ColumnStatus, text.Key("By status"), text.Key("By status, downwards")}
	common := []listColumn{
		{crm.ColumnSource, text.Key("By source"), text.Key("By source, downwards")},
		{crm.ColumnResponsible, text.Key("By responsible"), text.Key("By responsible, downwards")},
		{crm.ColumnChanged, text.Key("Changed long ago first"), text.Key("Last changed first")},
	}
	name := listColumn{crm.ColumnName, text.Key("By name"), text.Key("By name, downwards")}
	switch kind {
	case desk.Contact:
		return append([]listColumn{name, company, {crm.ColumnPosition, text.Key("By position"), text.Key("By position, downwards")}}, common...)
	case desk.Company:
		return append([]listColumn{name}, common...)
	case desk.Lead:
		return append([]listColumn{name, status}, common...)
	}
	stage := listColumn{crm.ColumnStatus, text.Key("By stage"), text.Key("By stage, downwards")}
	amount := listColumn{crm.ColumnAmount, text.Key("By amount"), text.Key("By amount, downwards")}
	return append([]listColumn{name, company, stage, amount}, common...)
}

type listColumn struct {
	column   crm.Column
	up, down text.Key
}

// newOrderButton lets one choose the order of a list, which is remembered. What is chosen once more turns round.
func (p *listPage) newOrderButton() *kit.Button {
	var b *kit.Button
	set := func(o crm.Order) func() { return func() { p.setOrder(o) } }
	b = kit.NewIconButton("Order", theme.IconSort, kit.Ghost, func() {
		byName := namesOrder(p.spec.kind)
		var items []kit.MenuItem
		columns := listColumns(p.spec.kind)
		switch {
		case p.spec.calls:
			columns = callColumns()
			oldest := crm.By(crm.ColumnBegan, false)
			items = []kit.MenuItem{{Key: "Newest first", Chosen: p.order == crm.OrderUsual, Do: set(crm.OrderUsual)},
				{Key: "Oldest first", Chosen: p.order == oldest, Do: set(oldest)}}
		case byName:
			items = []kit.MenuItem{{Key: "Newest first", Chosen: p.order == crm.OrderNewest, Do: set(crm.OrderNewest)}}
		default:
			items = []kit.MenuItem{{Key: "Last activity first", Chosen: p.order == crm.OrderUsual, Do: set(crm.OrderUsual)},
				{Key: "Newest first", Chosen: p.order == crm.OrderNewest, Do: set(crm.OrderNewest)}}
		}
		for _, c := range columns {
			up, down := crm.By(c.column, false), crm.By(c.column, true)
			if byName && c.column == crm.ColumnName {
				up = crm.OrderUsual // which has an index
			}
			item := kit.MenuItem{Key: c.up, Do: set(up)}
			switch p.order {
			case up:
				item = kit.MenuItem{Key: c.up, Chosen: true, Do: set(down)}
			case down:
				item = kit.MenuItem{Key: c.down, Chosen: true, Do: set(up)}
			}
			items = append(items, item)
		}
		p.host.over().ShowMenu(b, items...)
	})
	return b
}

// setOrder shows the list in another order, and keeps it for the user.
func (p *listPage) setOrder(o crm.Order) {
	p.order = o
	p.opt.Kept.SetString(p.filters.pref(prefOrder), string(o))
	p.reorder()
}

func (p *listPage) reorder() {
	p.table.ordered()
	p.list.Top()
	p.load()
}
