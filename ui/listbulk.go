package ui

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/text"
)

// bulkBatch is how many records are changed in one transaction. One that is refused holds up no other: then they are tried
// one by one.
const bulkBatch = 100

// bulkStep is what is done to a record and how that is taken back; nothing for one that needs none.
type bulkStep struct {
	do, undo crm.Change
	passed   bool // it cannot have what was chosen
}

// bulkDone is what became of a change of many records.
type bulkDone struct {
	done    int
	passed  int
	refused int
	left    int   // not reached when it was stopped
	why     error // of the first that was refused
	undo    []crm.Change
	removed []removal
}

// removal is a batch that was deleted.
type removal struct {
	undo int64
	n    int
}

func (b *bulkDone) refuse(err error) {
	b.refused++
	if b.why == nil {
		b.why = err
	}
}

// walkRows reads rows of a list, n from a place on or all for -1, page by page.
func walkRows(ctx context.Context, from Records, q desk.Query, offset, n int, f func([]desk.Row) error) error {
	q.After, q.Offset, q.Limit = "", offset, listPageRows
	for n != 0 {
		page, err := from.List(ctx, q)
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		rows := page.Rows
		if n > 0 {
			rows = rows[:min(len(rows), n)]
			n -= len(rows)
		}
		if err := f(rows); err != nil || len(page.Rows) < listPageRows {
			return err
		}
		if q.Offset += listPageRows; page.End != "" {
			q.After, q.Offset = page.End, 0
		}
	}
	return nil
}

// chosen reads the chosen rows, some at a time, and says how many they are.
func (s *listSelection) chosen() (each func(context.Context, func([]desk.Row) error) error, total int) {
	if s.all {
		from, q := s.p.opt.Desk, s.p.pager.query
		return func(ctx context.Context, f func([]desk.Row) error) error { return walkRows(ctx, from, q, 0, -1, f) }, s.n()
	}
	var rows []desk.Row
	for _, r := range s.rows {
		rows = append(rows, r)
	}
	slices.SortFunc(rows, func(a, b desk.Row) int {
		if by := b.At.Compare(a.At); by != 0 {
			return by
		}
		return strings.Compare(rowKey(a), rowKey(b))
	})
	return func(ctx context.Context, f func([]desk.Row) error) error {
		for some := range slices.Chunk(rows, bulkBatch) {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := f(some); err != nil {
				return err
			}
		}
		return nil
	}, len(rows)
}

// bulkWork works on many rows on a goroutine of its own. The bar says how far it is, and lets one stop it: what was done
// until then is done.
func bulkWork[T any](s *listSelection, total int, doing text.Key, do func(ctx context.Context, step func(n int)) (T, error), done func(T, error)) {
	if s.stop != nil {
		s.p.host.warn(text.T("Something else is being changed just now."))
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	s.stop, s.asks = stop, false
	show := func(n int) {
		s.progress.SetText(text.T(doing, "n", text.Number(int64(n)), "total", text.Number(int64(total))))
	}
	show(0)
	s.arrange()
	answer(ctx, s.p.opt.Do, struct{}{}, func(ctx context.Context, _ struct{}) (T, error) {
		return do(ctx, func(n int) {
			s.p.opt.Do.Do(func() {
				if s.stop != nil {
					show(n)
				}
			})
		})
	}, func(t T, err error) {
		stop()
		s.stop = nil
		s.arrange()
		done(t, err)
	})
}

// inBatches has each do its work on the chosen records, some at a time, and told what became of it.
func (s *listSelection) inBatches(doing text.Key, each func(context.Context, []crm.Ref, *bulkDone), told func(bulkDone)) {
	rows, total := s.chosen()
	bulkWork(s, total, doing, func(ctx context.Context, step func(int)) (b bulkDone, err error) {
		// All of them are known before the first is changed: a change may move it in the list.
		var refs []crm.Ref
		err = rows(ctx, func(some []desk.Row) error {
			for _, r := range some {
				if r.Ref != (desk.Ref{}) {
					refs = append(refs, crmRef(r.Ref))
				}
			}
			return nil
		})
		if err != nil {
			return b, err
		}
		n := 0
		for some := range slices.Chunk(refs, bulkBatch) {
			if ctx.Err() != nil {
				b.left = len(refs) - n
				break
			}
			each(context.WithoutCancel(ctx), some, &b) // a batch is done or not, never half
			n += len(some)
			step(n)
		}
		return b, nil
	}, func(b bulkDone, err error) {
		if err != nil && b.why == nil {
			b.why = err
		}
		told(b)
	})
}

// change changes each chosen record as of says. What was done can be taken back.
func (s *listSelection) change(words string, passed func(n int) string, of func(crm.Record) bulkStep) {
	customers := s.p.opt.Customers
	s.inBatches("Changed {n} of {total}", func(ctx context.Context, refs []crm.Ref, b *bulkDone) {
		var do, undo []crm.Change
		for _, ref := range refs {
			r, err := customers.Record(ctx, ref)
			if err != nil {
				b.refuse(err)
				continue
			}
			step := of(r)
			if step.passed {
				b.passed++
			}
			if step.do != nil {
				do, undo = append(do, step.do), append(undo, step.undo)
			}
		}
		b.try(ctx, customers, do, undo)
	}, func(b bulkDone) {
		if b.passed > 0 {
			s.p.host.tell(passed(b.passed))
		}
		s.told(joined(": ", words, text.Tn(b.done, "{n} changed", "{n} changed")), b)
	})
}

// try makes changes all at once, else one by one.
func (b *bulkDone) try(ctx context.Context, customers Customers, do, undo []crm.Change) {
	if len(do) > 1 && customers.Change(ctx, do...) == nil {
		b.done += len(do)
		b.undo = append(b.undo, undo...)
		return
	}
	for i, c := range do {
		if err := customers.Change(ctx, c); err != nil {
			b.refuse(err)
			continue
		}
		b.done++
		b.undo = append(b.undo, undo[i])
	}
}

// remove deletes the chosen records.
func (s *listSelection) remove() {
	customers := s.p.opt.Customers
	s.inBatches("Deleted {n} of {total}", func(ctx context.Context, refs []crm.Ref, b *bulkDone) {
		undo, err := customers.Remove(ctx, refs...)
		if err == nil {
			b.done += len(refs)
			b.removed = append(b.removed, removal{undo.ID, len(refs)})
			return
		}
		for _, r := range refs {
			if undo, err = customers.Remove(ctx, r); err != nil {
				b.refuse(err)
				continue
			}
			b.done++
			b.removed = append(b.removed, removal{undo.ID, 1})
		}
	}, func(b bulkDone) {
		s.Clear()
		s.p.detail.Clear()
		s.p.at, s.p.chosen = -1, ""
		s.told(text.Tn(b.done, "{n} deleted", "{n} deleted"), b)
	})
}

// told says what became of a change and offers to take it back.
func (s *listSelection) told(words string, b bulkDone) {
	switch {
	case b.refused > 0:
		s.p.host.warn(joined(" ", text.Tn(b.refused, "{n} was not changed.", "{n} were not changed."), companyWhy(b.why)))
	case b.why != nil && b.done == 0:
		s.p.host.warn(companyWhy(b.why))
	}
	if b.left > 0 {
		s.p.host.tell(text.Tn(b.left, "Stopped. {n} is as it was.", "Stopped. {n} are as they were."))
	}
	if b.done > 0 {
		s.p.host.offer(words, "Undo", func() { s.undo(b) })
	}
	s.again()
}

// again shows what has become of the records.
func (s *listSelection) again() {
	s.p.pager.Reload()
	s.p.detail.Reload()
	s.offer()
}

// undo takes a change of many records back, the last one first. One that cannot be taken back holds up no other.
func (s *listSelection) undo(b bulkDone) {
	customers := s.p.opt.Customers
	bulkWork(s, b.done, "Taken back: {n} of {total}", func(ctx context.Context, step func(int)) (back bulkDone, _ error) {
		work := context.WithoutCancel(ctx)
		for _, r := range slices.Backward(b.removed) {
			if ctx.Err() != nil {
				back.left += r.n
				continue
			}
			if err := customers.Undo(work, r.undo); err != nil {
				back.refuse(err)
				back.refused += r.n - 1
			} else {
				back.done += r.n
			}
			step(back.done + back.refused)
		}
		changes := slices.Clone(b.undo)
		slices.Reverse(changes)
		for some := range slices.Chunk(changes, bulkBatch) {
			if ctx.Err() != nil {
				back.left += len(some)
				continue
			}
			back.try(work, customers, some, make([]crm.Change, len(some)))
			step(back.done + back.refused)
		}
		return back, nil
	}, func(back bulkDone, _ error) {
		if n := back.refused + back.left; n > 0 {
			why := ""
			if back.why != nil {
				why = companyWhy(back.why)
			}
			s.p.host.warn(joined(" ", text.Tn(n, "{n} stays changed.", "{n} stay changed."), why))
		}
		if back.done > 0 {
			s.p.host.tell(text.Tn(back.done, "{n} taken back", "{n} taken back"))
		}
		s.again()
	})
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
	s.change(text.T("Given to {name}", "name", name), nil, func(r crm.Record) bulkStep {
		from := responsibleOf(r)
		if from == to {
			return bulkStep{}
		}
		return bulkStep{do: crm.Assign{Ref: r.Ref, From: from, To: to}, undo: crm.Assign{Ref: r.Ref, From: to, To: from}}
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
	passed := func(n int) string {
		return text.Tn(n, "{n} converted lead stays closed.", "{n} converted leads stay closed.")
	}
	var pipeline crm.ID
	if s.p.spec.kind == desk.Deal {
		id, stage, _ := strings.Cut(to, "/")
		pipeline, to = crm.ID(id), stage
		passed = func(n int) string {
			return text.Tn(n, "{n} deal of another pipeline stays as it is.", "{n} deals of other pipelines stay as they are.")
		}
	}
	s.change(s.status.Value(), passed, func(r crm.Record) bulkStep {
		switch {
		case r.Lead != nil && r.Lead.Status == crm.LeadConverted, r.Deal != nil && cmp.Or(r.Deal.Pipeline, crm.StandardPipelineID) != pipeline:
			return bulkStep{passed: true}
		case r.Lead != nil && r.Lead.Status != crm.LeadStatus(to):
			from, to := r.Lead.Status, crm.LeadStatus(to)
			return bulkStep{do: crm.SetLeadStatus{Lead: r.Lead.ID, From: from, To: to}, undo: crm.SetLeadStatus{Lead: r.Lead.ID, From: to, To: from}}
		case r.Deal != nil && r.Deal.Stage != crm.DealStage(to):
			from, to := r.Deal.Stage, crm.DealStage(to)
			return bulkStep{do: crm.SetDealStage{Deal: r.Deal.ID, From: from, To: to}, undo: crm.SetDealStage{Deal: r.Deal.ID, From: to, To: from}}
		}
		return bulkStep{}
	})
}

// pipelineStage is a stage of a pipeline as the choice has it.
func pipelineStage(pipeline crm.ID, stage crm.DealStage) string {
	return string(pipeline) + "/" + string(stage)
}

func (s *listSelection) setSource(to string) {
	if to == "" {
		return
	}
	s.change(s.source.Value(), nil, func(r crm.Record) bulkStep {
		from := sourceOf(r)
		if from == to {
			return bulkStep{}
		}
		set := func(to string) crm.UpdateRecord {
			u := crm.UpdateRecord{Ref: r.Ref, Set: map[string]any{"source": nil}}
			if to != "" {
				u.Set["source"] = to
			}
			return u
		}
		return bulkStep{do: set(to), undo: set(from)}
	})
}

func sourceOf(r crm.Record) string {
	switch {
	case r.Contact != nil:
		return r.Contact.Source
	case r.Company != nil:
		return r.Company.Source
	case r.Lead != nil:
		return r.Lead.Source
	case r.Deal != nil:
		return r.Deal.Source
	}
	return ""
}
