package ui

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
)

// stepFields are those whose change is told in the title of its event: how far a record is, and whose.
var stepFields = []string{"status", "stage", "responsible"}

// changeTitle is what was changed of a record, in one line.
func changeTitle(e desk.Event) string {
	if len(e.Changes) == 1 && slices.Contains(stepFields, e.Changes[0].Field) {
		return changeWords(e.Changes[0])
	}
	return text.T("Changed")
}

// changeBody has a line for each field that the title does not tell.
func changeBody(e desk.Event) string {
	if len(e.Changes) == 1 && slices.Contains(stepFields, e.Changes[0].Field) {
		return ""
	}
	lines := make([]string, len(e.Changes))
	for i, c := range e.Changes {
		lines[i] = changeWords(c)
	}
	return strings.Join(lines, "\n")
}

// changeWords tell what became of a field.
func changeWords(c desk.Changed) string {
	name, from, to := text.Say(c.Label), changedValue(c.Field, c.From), changedValue(c.Field, c.To)
	switch {
	case from == "":
		return text.T("{field}: {value}", "field", name, "value", to)
	case to == "":
		return text.T("{field}: {value} removed", "field", name, "value", from)
	}
	return text.T("{field}: {from} → {to}", "field", name, "from", from, "to", to)
}

// changedLong is how much of a long text the history shows.
const changedLong = 80

// changedValue is a value in the words of the language, and not more of it than tells what it was.
func changedValue(field, value string) string {
	switch field {
	case "source":
		return sourceWords(value)
	case "status", "stage":
		return text.T(text.Key(value))
	}
	value = strings.Join(strings.Fields(shownDay(value)), " ")
	if runes := []rune(value); len(runes) > changedLong {
		return strings.TrimSpace(string(runes[:changedLong])) + "…"
	}
	return value
}

// belowChange lets one take a change back, as long as the record is as it was made by it.
func (v *recordView) belowChange(e desk.Event) fyne.CanvasObject {
	if !e.Undoable || v.opt.Customers == nil {
		return nil
	}
	return kit.Row(0, kit.NewButton("Undo", kit.Link, func() { v.takeBack(e) }).Small(), kit.Spacer())
}

func (v *recordView) takeBack(e desk.Event) {
	fileDo(v.opt, func(ctx context.Context) error { return v.opt.Customers.TakeBack(ctx, crm.ID(e.Note)) }, func(err error) {
		if err != nil {
			v.host.warn(companyWhy(err))
		}
		v.Reload()
		v.changed()
	})
}

// stageLine shows how far a lead or deal is; a click on a stage moves it there.
func (v *recordView) stageLine() fyne.CanvasObject {
	names := make([]string, len(v.rec.Stages))
	for i, s := range v.rec.Stages {
		names[i] = text.T(text.Key(s))
	}
	pick := v.pickStage
	if !v.changeable() || v.rec.Ref.Kind == desk.Lead && !v.rec.Open {
		pick = nil
	}
	return kit.NewStageLine(names, v.rec.Stage, pick)
}

// pickStage moves the record to one of its stages, and offers to take that back; a lead is converted by its form.
func (v *recordView) pickStage(i int) {
	r := v.rec
	switch {
	case i == r.Stage || i >= len(r.Stages) || v.task != nil:
		return
	case r.Ref.Kind == desk.Lead && r.Stages[i] == string(crm.LeadConverted):
		v.convert()
		return
	}
	fileAsk(v.opt, func(ctx context.Context) (step stageStep, err error) { return stageStepTo(ctx, v.opt.Customers, r, i) }, func(step stageStep, err error) {
		if err != nil {
			v.host.warn(companyWhy(err))
			return
		}
		v.step(step.do, func() {
			v.host.offer(text.T("{deal}: {stage}", "deal", r.Title, "stage", text.T(text.Key(r.Stages[i]))), "Undo", func() { v.step(step.undo, func() {}) })
		})
	})
}

// stageStep is a move from a stage to another, and back.
type stageStep struct{ do, undo crm.Change }

// stageStepTo is the move of a record to the i-th of the stages that it shows.
func stageStepTo(ctx context.Context, c Customers, r desk.Record, i int) (s stageStep, err error) {
	now, err := c.Record(ctx, crmRef(r.Ref))
	switch {
	case err != nil:
		return s, err
	case now.Lead != nil:
		from, to := now.Lead.Status, crm.LeadStatus(r.Stages[i])
		return stageStep{crm.SetLeadStatus{Lead: now.Lead.ID, From: from, To: to}, crm.SetLeadStatus{Lead: now.Lead.ID, From: to, To: from}}, nil
	case now.Deal == nil:
		return s, crm.ErrNotFound
	}
	pipelines, err := c.Pipelines(ctx)
	if err != nil {
		return s, err
	}
	from := now.Deal.Stage
	for _, stage := range pipelineOf(pipelines, now.Deal.Pipeline).Stages {
		if stage.Name == r.Stages[i] {
			return stageStep{crm.SetDealStage{Deal: now.Deal.ID, From: from, To: stage.ID}, crm.SetDealStage{Deal: now.Deal.ID, From: stage.ID, To: from}}, nil
		}
	}
	return s, crm.ErrNotFound
}

// step does a move and shows what became of it.
func (v *recordView) step(c crm.Change, done func()) {
	fileDo(v.opt, func(ctx context.Context) error { return v.opt.Customers.Change(ctx, c) }, func(err error) {
		if err != nil {
			v.host.warn(companyWhy(err))
		} else {
			done()
		}
		v.Reload()
		v.changed()
	})
}
