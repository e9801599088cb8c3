package ui

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"

	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// pickerRows is how many records a picker offers.
const pickerRows = 5

// recordPicker finds a record of one kind as one types, and keeps the chosen one.
type recordPicker struct {
	box     *fyne.Container
	field   *kit.Field
	rows    *fyne.Container
	asking  asker[string, []desk.Row]
	opt     MainOptions
	kind    desk.RecordKind
	found   []desk.Row
	at      int // the offered one that Enter chooses
	chosen  desk.Row
	changed func() // the choice or the height
}

// newRecordPicker makes a picker of records of a kind, "" for all but deals; without is a record that is not offered.
func newRecordPicker(opt MainOptions, name text.Key, kind desk.RecordKind, without desk.Ref, changed func()) *recordPicker {
	p := &recordPicker{opt: opt, kind: kind, changed: changed, box: kit.Column(0), rows: kit.Column(0)}
	p.asking = asker[string, []desk.Row]{do: opt.Do, ask: func(ctx context.Context, words string) ([]desk.Row, error) {
		found, err := opt.Desk.Search(ctx, words, 100)
		found = slices.DeleteFunc(found, func(r desk.Row) bool {
			return r.Ref == without || kind != r.Ref.Kind && (kind != "" || r.Ref.Kind == desk.Deal)
		})
		return found[:min(len(found), pickerRows)], err
	}}
	p.field = kit.NewBareField(name, p.Find).WithPlaceholder(name).WithIcon(theme.IconSearch)
	p.field.OnKey(p.key)
	p.draw()
	return p
}

// key has the arrows go over what is offered and Enter choose it: Tab leaves the field for what is behind.
func (p *recordPicker) key(e *fyne.KeyEvent) bool {
	if len(p.found) == 0 {
		return false
	}
	switch e.Name {
	case fyne.KeyDown:
		p.at = min(p.at+1, len(p.found)-1)
	case fyne.KeyUp:
		p.at = max(p.at-1, 0)
	case fyne.KeyReturn, fyne.KeyEnter:
		p.choose(p.found[p.at])
		return true
	default:
		return false
	}
	p.list()
	return true
}

// Chosen is the record; the zero Ref when none is chosen.
func (p *recordPicker) Chosen() desk.Ref { return p.chosen.Ref }

// Stop drops what is on its way.
func (p *recordPicker) Stop() { p.asking.Stop() }

// Find offers what the words find.
func (p *recordPicker) Find(words string) {
	p.field.SetText(words)
	if words == "" {
		p.asking.Stop()
		p.offer(nil)
		return
	}
	p.asking.Ask(words, func(rows []desk.Row, err error) {
		if err != nil {
			rows = nil
			p.field.SetError(companyWhy(err))
		} else {
			p.field.SetError("")
		}
		p.offer(rows)
	})
}

func (p *recordPicker) offer(rows []desk.Row) {
	p.found, p.at = rows, 0
	p.list()
	p.changed()
}

// list draws what is offered.
func (p *recordPicker) list() {
	p.rows.Objects = nil
	for i, r := range p.found {
		row := kit.NewListRow(func() { p.choose(r) })
		d := listRowData(r, p.opt.Now(), false)
		if p.kind == "" { // they are of all kinds
			d.Status = text.T(kindName(r.Ref.Kind))
		}
		row.Set(d, i == p.at)
		p.rows.Add(row)
	}
	if len(p.found) == 0 && p.field.Text() != "" {
		p.rows.Add(kit.Pad(8, 0, 0, 0, kit.NewLabel("Nothing found", kit.Secondary)))
	}
	p.rows.Refresh()
}

func (p *recordPicker) choose(r desk.Row) {
	p.chosen = r
	p.draw()
	p.changed()
}

func (p *recordPicker) draw() {
	if p.chosen.Ref == (desk.Ref{}) {
		p.box.Objects = []fyne.CanvasObject{p.field, p.rows}
	} else {
		name := kit.Column(1, kit.NewData(p.chosen.Title, kit.Strong).Shrink(60))
		if p.chosen.Sub != "" {
			name.Add(kit.NewData(p.chosen.Sub, kit.Secondary).Shrink(60))
		}
		p.box.Objects = []fyne.CanvasObject{kit.Row(8, kit.Grow(name), kit.NewButton("Choose another", kit.Line, func() {
			p.choose(desk.Row{})
			p.field.Focus()
		}))}
	}
	p.box.Refresh()
}
