package ui

import (
	"context"
	"maps"
	"path/filepath"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// listSelection are the rows of a list that are to be changed or exported together: chosen by Ctrl or Shift
// and a click, Shift and the arrows, or the space bar. Below the list stands what can be done with them.
type listSelection struct {
	p      *listPage
	rows   map[string]desk.Row // by rowKey; empty when only the shown record is chosen
	from   int                 // where a range begins
	bar    *fyne.Container
	count  *kit.Label
	who    *kit.Select
	status *kit.Select
	asking asker[struct{}, bulkChoices]
	has    bulkChoices
	busy   bool
}

// bulkChoices are what records can be given together.
type bulkChoices struct {
	users    []crm.User
	statuses []crm.LeadStatus
	stages   []crm.Stage // of the standard pipeline
	sources  []string
}

func newListSelection(p *listPage) *listSelection {
	s := &listSelection{p: p, rows: map[string]desk.Row{}}
	s.asking = asker[struct{}, bulkChoices]{do: p.opt.Do, ask: p.readChoices}
	s.count = kit.NewData("", kit.Strong)
	s.who = kit.NewBareSelect("Responsible", nil, func(id string) { s.assign(crm.ID(id)) })
	s.status = kit.NewBareSelect("Status", nil, func(id string) { s.setStatus(id) })
	line := kit.Row(6, kit.Grow(s.count.Shrink(20)), kit.NewButton("Export", kit.Line, s.export).WithIcon(theme.IconDownload).Small(),
		kit.NewIconButton("Select none", theme.IconX, kit.Ghost, s.Clear).High(26))
	rows := kit.Column(8, line)
	if p.opt.Customers != nil && !p.spec.calls {
		changes := []fyne.CanvasObject{kit.Grow(s.who)}
		if p.spec.kind == desk.Lead || p.spec.kind == desk.Deal {
			changes = append(changes, kit.Grow(s.status))
		}
		rows.Add(kit.Row(8, changes...))
	}
	s.bar = kit.Column(0, kit.NewHairline(), kit.Stack(kit.Fill(theme.Sunk), kit.Pad(8, 12, 10, 16, rows)))
	s.bar.Hide()
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
	w, err := p.opt.Customers.Workspace(ctx)
	if err != nil {
		return c, err
	}
	// What a lead became by converting is not said by a status alone.
	c.statuses = slices.DeleteFunc(append(w.Statuses(), crm.LeadJunk), func(l crm.LeadStatus) bool { return l == crm.LeadConverted })
	c.sources = w.Sources()
	pipelines, err := p.opt.Customers.Pipelines(ctx)
	for _, way := range pipelines {
		if way.ID == crm.StandardPipelineID {
			c.stages = way.Stages
		}
	}
	return c, err
}

// Has tells whether a row is chosen.
func (s *listSelection) Has(r desk.Row) bool {
	_, is := s.rows[rowKey(r)]
	return is
}

// Any tells whether rows are chosen together.
func (s *listSelection) Any() bool { return len(s.rows) > 0 }

// Clear chooses none.
func (s *listSelection) Clear() {
	if s.Any() {
		clear(s.rows)
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

// Range chooses all rows from the last one that was clicked to row i, as far as they are loaded.
func (s *listSelection) Range(i int) {
	clear(s.rows)
	if s.from < 0 || s.from >= s.p.pager.Len() {
		s.from = max(0, s.p.at)
	}
	for at := min(s.from, i); at <= max(s.from, i); at++ {
		if r, ok := s.p.pager.Row(at); ok {
			s.rows[rowKey(r)] = r
		}
	}
	s.changed()
}

// changed says how many are chosen, and what can be done.
func (s *listSelection) changed() {
	setShown(s.bar, s.Any())
	s.count.SetText(text.Tn(len(s.rows), "{n} chosen", "{n} chosen"))
	s.p.list.Reload()
	s.p.box.Refresh()
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
		for _, stage := range s.has.stages {
			status = append(status, kit.Option{ID: string(stage.ID), Label: stageName(stage)})
		}
	} else {
		for _, l := range s.has.statuses {
			status = append(status, kit.Option{ID: string(l), Label: text.T(text.Key(l))})
		}
	}
	s.status.SetOptions(status)
	s.status.SetChosen("")
}

// refs are the chosen records.
func (s *listSelection) refs() (refs []crm.Ref) {
	for _, key := range slices.Sorted(maps.Keys(s.rows)) {
		if r := s.rows[key]; r.Ref != (desk.Ref{}) {
			refs = append(refs, crmRef(r.Ref))
		}
	}
	return refs
}

func (s *listSelection) assign(to crm.ID) {
	if to == "" {
		return
	}
	name := ""
	for _, u := range s.has.users {
		if u.ID == to {
			name = u.Name
		}
	}
	s.change(text.T("Given to {name}", "name", name), func(r crm.Record) (do, undo crm.Change) {
		from := responsibleOf(r)
		if from == to {
			return nil, nil
		}
		return crm.Assign{Ref: r.Ref, From: from, To: to}, crm.Assign{Ref: r.Ref, From: to, To: from}
	})
}

func responsibleOf(r crm.Record) crm.ID {
	switch {
	case r.Contact != nil:
		return r.Contact.Responsible
	case r.Company != nil:
		return r.Company.Responsible
	case r.Lead != nil:
		return r.Lead.Responsible
	case r.Deal != nil:
		return r.Deal.Responsible
	}
	return ""
}

func (s *listSelection) setStatus(to string) {
	if to == "" {
		return
	}
	s.change(s.status.Value(), func(r crm.Record) (do, undo crm.Change) {
		switch {
		case r.Lead != nil && r.Lead.Status != crm.LeadStatus(to) && r.Lead.Status != crm.LeadConverted:
			from, to := r.Lead.Status, crm.LeadStatus(to)
			return crm.SetLeadStatus{Lead: r.Lead.ID, From: from, To: to}, crm.SetLeadStatus{Lead: r.Lead.ID, From: to, To: from}
		case r.Deal != nil && r.Deal.Stage != crm.DealStage(to) && (r.Deal.Pipeline == "" || r.Deal.Pipeline == crm.StandardPipelineID):
			from, to := r.Deal.Stage, crm.DealStage(to)
			return crm.SetDealStage{Deal: r.Deal.ID, From: from, To: to}, crm.SetDealStage{Deal: r.Deal.ID, From: to, To: from}
		}
		return nil, nil
	})
}

// bulkDone is what became of a change of many records.
type bulkDone struct {
	done    int
	refused int
	why     error // of the first that was refused
	undo    []crm.Change
}

// change changes each chosen record by a command of its own, so that one that is refused holds up no other; nil is
// for one that needs none. What was done can be taken back.
func (s *listSelection) change(words string, of func(crm.Record) (do, undo crm.Change)) {
	if s.busy {
		return
	}
	s.busy = true
	refs, opt := s.refs(), s.p.opt
	fileAsk(opt, func(ctx context.Context) (b bulkDone, err error) {
		for _, ref := range refs {
			r, err := opt.Customers.Record(ctx, ref)
			if err == nil {
				do, undo := of(r)
				if do == nil {
					continue
				}
				if err = opt.Customers.Do(ctx, do); err == nil {
					b.done++
					b.undo = append(b.undo, undo)
					continue
				}
			}
			b.refused++
			if b.why == nil {
				b.why = err
			}
		}
		return b, nil
	}, func(b bulkDone, err error) {
		s.busy = false
		s.told(words, b, err)
	})
}

// told says what became of a change and offers to take it back.
func (s *listSelection) told(words string, b bulkDone, err error) {
	if b.why == nil {
		b.why = err
	}
	if b.why != nil {
		s.p.host.warn(joined(" ", text.Tn(b.refused, "{n} was not changed.", "{n} were not changed."), companyWhy(b.why)))
	}
	if b.done > 0 {
		s.p.host.offer(joined(": ", words, text.Tn(b.done, "{n} changed", "{n} changed")), "Undo", func() {
			fileDo(s.p.opt, func(ctx context.Context) error {
				for _, c := range b.undo {
					if err := s.p.opt.Customers.Do(ctx, c); err != nil {
						return err
					}
				}
				return nil
			}, func(err error) {
				if err != nil {
					s.p.host.warn(companyWhy(err))
				}
				s.p.pager.Reload()
				s.p.detail.Reload()
			})
		})
	}
	s.p.pager.Reload()
	s.p.detail.Reload()
	s.offer()
}

// export asks for a folder and writes what is chosen there.
func (s *listSelection) export() { s.p.host.askFolder(s.exportTo) }

func (s *listSelection) exportTo(folder string) {
	keys := slices.Sorted(maps.Keys(s.rows))
	rows := make([]desk.Row, len(keys))
	for i, k := range keys {
		rows[i] = s.rows[k]
	}
	slices.SortStableFunc(rows, func(a, b desk.Row) int { return b.At.Compare(a.At) })
	opt, name := s.p.opt, text.T(s.p.spec.title)+" "+s.p.opt.Now().Format(time.DateOnly)+".csv"
	fileAsk(opt, func(ctx context.Context) (string, error) {
		return writeTable(folder, name, func(t tableWriter) error { return writeRows(ctx, opt, t, rows) })
	}, func(path string, err error) {
		if err != nil {
			s.p.host.warn(text.T("The file could not be written: {reason}", "reason", err.Error()))
			return
		}
		s.p.host.tell(text.T("Written: {file}", "file", filepath.Base(path)))
	})
}

// writeRows writes rows of a list with what their records say.
func writeRows(ctx context.Context, opt MainOptions, t tableWriter, rows []desk.Row) error {
	if err := t.Row(text.T("Name"), text.T("Details"), text.T("Number"), text.T("E-mail"), text.T("Status"), text.T("Responsible"), text.T("Line"), text.T("Last"), text.T("Length")); err != nil {
		return err
	}
	for _, r := range rows {
		var number, mail, who string
		if r.Ref != (desk.Ref{}) && opt.Customers != nil {
			rec, err := opt.Customers.Record(ctx, crmRef(r.Ref))
			if err != nil {
				return err
			}
			who = rec.Responsible
			number, mail = reachOf(rec, opt.Region)
		}
		if number == "" {
			number = r.Dial
		}
		at, length := "", ""
		if !r.At.IsZero() {
			at = r.At.Format(time.DateTime)
		}
		if r.Length > 0 {
			length = text.Length(r.Length)
		}
		if err := t.Row(r.Title, r.Sub, number, mail, text.Say(r.Status), who, r.Line, at, length); err != nil {
			return err
		}
	}
	return nil
}

// reachOf is the first number and the first e-mail address of a record.
func reachOf(r crm.Record, region string) (number, mail string) {
	var numbers []crm.Number
	var mails []crm.Email
	switch {
	case r.Contact != nil:
		numbers, mails = r.Contact.Numbers, r.Contact.Emails
	case r.Company != nil:
		numbers, mails = r.Company.Numbers, r.Company.Emails
	case r.Lead != nil:
		numbers, mails = r.Lead.Numbers, r.Lead.Emails
	}
	if len(numbers) > 0 {
		number = numbers[0].Show(region)
	}
	if len(mails) > 0 {
		mail = mails[0].Address
	}
	return number, mail
}
