package ui

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
)

// listSelection are the rows of a list that are to be changed or exported together: chosen by Ctrl or Shift
// and a click, Shift and the arrows, or the space bar. Below the list stands what can be done with them.
type listSelection struct {
	bulkBar
	p      *listPage
	rows   map[string]desk.Row // by rowKey; empty when only the shown record is chosen
	all    bool                // every row of the list instead, loaded or not
	from   int                 // where a range begins
	asking asker[struct{}, bulkChoices]
	ranged asker[[2]int, []desk.Row]
	has    bulkChoices
	asks   bool   // whether to delete
	stop   func() // stops what is done with many rows; nil when nothing is
}

// bulkChoices are what records can be given together.
type bulkChoices struct {
	users     []crm.User
	statuses  []crm.LeadStatus
	sources   []string
	pipelines []crm.Pipeline
	lines     []crm.Line // for a list of calls
}

func newListSelection(p *listPage) *listSelection {
	s := &listSelection{p: p, rows: map[string]desk.Row{}}
	s.asking = asker[struct{}, bulkChoices]{do: p.opt.Do, ask: p.readChoices}
	s.ranged = asker[[2]int, []desk.Row]{do: p.opt.Do, ask: func(ctx context.Context, between [2]int) (rows []desk.Row, err error) {
		err = walkRows(ctx, p.opt.Desk, p.pager.query, between[0], between[1]-between[0]+1, func(some []desk.Row) error {
			rows = append(rows, some...)
			return nil
		})
		return rows, err
	}}
	s.newBulkBar()
	return s
}

// readChoices reads what records can be given, or filtered by.
func (p *listPage) readChoices(ctx context.Context, _ struct{}) (c bulkChoices, err error) {
	if p.opt.Customers == nil {
		return c, nil
	}
	if c.users, err = p.opt.Customers.Users(ctx); err != nil {
		return c, err
	}
	if p.spec.calls {
		c.lines, err = p.opt.Customers.Lines(ctx)
		return c, err
	}
	w, err := p.opt.Customers.Workspace(ctx)
	if err != nil {
		return c, err
	}
	// What a lead became by converting is not said by a status alone.
	c.statuses = slices.DeleteFunc(append(w.Statuses(), crm.LeadJunk), func(l crm.LeadStatus) bool { return l == crm.LeadConverted })
	c.sources = w.Sources()
	c.pipelines, err = p.opt.Customers.Pipelines(ctx)
	return c, err
}

// Has tells whether a row is chosen.
func (s *listSelection) Has(r desk.Row) bool {
	_, is := s.rows[rowKey(r)]
	return is || s.all
}

// Any tells whether rows are chosen together.
func (s *listSelection) Any() bool { return s.all || len(s.rows) > 0 }

// n is how many rows are chosen.
func (s *listSelection) n() int {
	if s.all {
		n, _ := s.p.pager.Total()
		return n
	}
	return len(s.rows)
}

// chooseAll chooses every row of the list as it is filtered and searched.
func (s *listSelection) chooseAll() {
	clear(s.rows)
	s.all = true
	s.changed()
}

// Clear chooses none.
func (s *listSelection) Clear() {
	s.ranged.Stop()
	if s.Any() {
		clear(s.rows)
		s.all = false
		s.changed()
	}
}

// modifiers are the keys that are held.
func modifiers() fyne.KeyModifier {
	if d, ok := fyne.CurrentApp().Driver().(desktop.Driver); ok {
		return d.CurrentKeyModifiers()
	}
	return 0
}

// Click is a click on row i with keys held; false when it means the row alone.
func (s *listSelection) Click(i int, r desk.Row, held fyne.KeyModifier) bool {
	switch {
	case held&fyne.KeyModifierShift != 0:
		s.Range(i)
	case held&fyne.KeyModifierShortcutDefault != 0:
		s.Toggle(i, r)
	default:
		s.from = i
		s.Clear()
		return false
	}
	return true
}

// Toggle chooses a row besides, or not any more. The row that is shown is the first of them.
func (s *listSelection) Toggle(i int, r desk.Row) {
	s.all = false // what is left out of all is chosen anew
	if !s.Any() && s.p.at >= 0 && s.p.at != i {
		if shown, ok := s.p.pager.Row(s.p.at); ok && rowKey(shown) == s.p.chosen {
			s.rows[s.p.chosen] = shown
		}
	}
	if s.from = i; s.Has(r) {
		delete(s.rows, rowKey(r))
	} else {
		s.rows[rowKey(r)] = r
	}
	s.changed()
}

// mostRanged is how many rows a range has at most; more are chosen as all.
const mostRanged = 10_000

// Range chooses all rows from the last one that was clicked to row i. Those that are not here are read.
func (s *listSelection) Range(i int) {
	s.all = false
	clear(s.rows)
	if s.from < 0 || s.from >= s.p.pager.Len() {
		s.from = max(0, s.p.at)
	}
	first, last := min(s.from, i), max(s.from, i)
	if last-first >= mostRanged {
		s.p.host.warn(text.T("A range has {n} rows at most. To change more, filter the list and choose all.", "n", text.Number(mostRanged)))
		last = first + mostRanged - 1
	}
	missing := false
	for at := first; at <= last; at++ {
		r, ok := s.p.pager.Peek(at)
		if missing = missing || !ok; ok {
			s.rows[rowKey(r)] = r
		}
	}
	s.ranged.Stop()
	if missing {
		s.ranged.Ask([2]int{first, last}, func(rows []desk.Row, err error) {
			if err != nil {
				s.p.host.warn(companyWhy(err))
				return
			}
			for _, r := range rows {
				s.rows[rowKey(r)] = r
			}
			s.changed()
		})
	}
	s.changed()
}

// changed says how many are chosen, and what can be done.
func (s *listSelection) changed() {
	s.asks = false
	s.count.SetText(text.Tn(s.n(), "{n} chosen", "{n} chosen"))
	s.p.list.Reload()
	s.arrange()
	if s.Any() {
		s.asking.Ask(struct{}{}, func(c bulkChoices, err error) {
			if err == nil {
				s.has = c
			}
			s.offer()
		})
	}
}

// offer fills the choices anew, with none chosen.
func (s *listSelection) offer() {
	who := []kit.Option{{ID: "", Key: text.Key("Responsible…")}}
	for _, u := range s.has.users {
		who = append(who, kit.Option{ID: string(u.ID), Label: u.Name})
	}
	s.who.SetOptions(who)
	s.who.SetChosen("")
	status := []kit.Option{{ID: "", Key: text.Key("Status…")}}
	if s.p.spec.kind == desk.Deal {
		status[0].Key = text.Key("Stage…")
		for _, pipeline := range s.has.pipelines {
			for _, stage := range pipeline.Stages {
				status = append(status, kit.Option{ID: pipelineStage(pipeline.ID, stage.ID), Label: stageLabel(pipeline, stage)})
			}
		}
	} else {
		for _, l := range s.has.statuses {
			status = append(status, kit.Option{ID: string(l), Label: text.T(text.Key(l))})
		}
	}
	s.status.SetOptions(status)
	s.status.SetChosen("")
	s.source.SetOptions(append([]kit.Option{{ID: "", Key: text.Key("Source…")}}, sourceOptions(s.has.sources)...))
	s.source.SetChosen("")
}
