package ui

import (
	"time"

	"fyne.io/fyne/v2"

	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

func (p *listPage) makeRow() fyne.CanvasObject {
	var row *kit.ListRow
	row = kit.NewListRow(func() {
		if r, ok := p.pager.Row(p.rows[row]); ok {
			if p.picked.Click(p.rows[row], r, modifiers()) {
				return
			}
			p.choose(p.rows[row], r)
			p.list.Reload()
		}
	})
	if p.spec.calls {
		row.OnDouble(p.detail.Call) // the first click has chosen it
	}
	return row
}

func (p *listPage) fillRow(i int, o fyne.CanvasObject) {
	p.rows[o] = i
	row := o.(*kit.ListRow)
	r, ok := p.pager.Row(i)
	if !ok {
		row.Set(kit.RowData{Title: "…"}, false)
		return
	}
	row.SetColumns(p.table.widths)
	d := listRowData(r, p.opt.Now(), p.spec.calls)
	p.table.fill(&d, r)
	row.Set(d, p.picked.Has(r) || !p.picked.Any() && p.chosen != "" && rowKey(r) == p.chosen)
}

// rowKey tells rows apart: a call by itself, else the record.
func rowKey(r desk.Row) string {
	if r.Call != "" {
		return r.Call
	}
	return string(r.Ref.Kind) + r.Ref.ID
}

// listRowData is how a row is drawn.
func listRowData(r desk.Row, now time.Time, call bool) kit.RowData {
	icon, tone := rowTone(r.Tone)
	d := kit.RowData{Title: r.Title, Sub: r.Sub, Unread: r.Unread}
	if d.Title == "" {
		d.Title = text.T("Number withheld")
	}
	if !r.At.IsZero() {
		d.When = text.Brief(r.At, now)
	}
	if r.Status.Key != "" {
		d.Status, d.Icon, d.Tone = text.Say(r.Status), icon, tone
	}
	if call && r.Length > 0 && (r.Tone == "in" || r.Tone == "out") {
		d.Status = text.Length(r.Length)
	}
	return d
}

// rowTone is shape and colour of a row's status.
func rowTone(tone string) (theme.IconName, kit.Tone) {
	switch tone {
	case "new":
		return theme.IconStatusNew, kit.Accent
	case "open":
		return theme.IconStatusOpen, kit.Warn
	case "done":
		return theme.IconStatusDone, kit.Good
	case "lost":
		return theme.IconStatusLost, kit.Neutral
	case "missed":
		return theme.IconMissed, kit.Bad
	case "in":
		return theme.IconIn, kit.Good
	case "out":
		return theme.IconOut, kit.Neutral
	}
	return "", kit.Neutral
}
