package ui

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// settingsPipelinesView lists the pipelines with their stages, and the lead statuses where there are leads
// (requirements.md F4, F5).
type settingsPipelinesView struct {
	setupPlace
	have companyWays
}

// companyWays are the ways that deals and leads go.
type companyWays struct {
	pipelines []crm.Pipeline
	workspace crm.Workspace
}

// leadStatusesID is what the lead statuses are known by among the pipelines.
const leadStatusesID crm.ID = "lead statuses"

func newSettingsPipelines(opt MainOptions) *settingsPipelinesView {
	v := &settingsPipelinesView{setupPlace: newSetupPlace(opt, crm.SetupPipeline, maySettings)}
	v.read = func() {
		companyAsk(opt, func(ctx context.Context, c Company) (have companyWays, err error) {
			if have.pipelines, err = c.Pipelines(ctx); err != nil {
				return have, err
			}
			have.workspace, err = c.Workspace(ctx)
			return have, err
		}, func(have companyWays, err error) {
			v.have = have
			v.listed(err)
		})
	}
	v.list = v.pipelines
	return v
}

func (v *settingsPipelinesView) pipelines() {
	all := v.have.pipelines
	if v.have.workspace.Mode != crm.Simple { // nothing is said of leads there (requirements.md F2)
		all = append([]crm.Pipeline{{ID: leadStatusesID}}, all...)
	}
	showList(&v.setupPlace, setupWords{title: "Pipelines", add: "Add pipeline", icon: theme.IconBoard}, all, v.add, func(p crm.Pipeline) setupEntry {
		e := setupEntry{id: p.ID, name: pipelineName(p), sub: stagesInWords(p), edit: func() { v.editPipeline(p) }}
		switch p.ID {
		case leadStatusesID:
			e.name, e.sub = text.T("Lead statuses"), statusesInWords(v.have.workspace)
			e.edit, e.stays = v.editStatuses, text.T("Every company has these.")
		case crm.StandardPipelineID:
			e.stays = text.T("Every company has this one.")
		}
		return e
	})
}

// stagesInWords are the stages of a pipeline in a line.
func stagesInWords(p crm.Pipeline) string {
	names := make([]string, len(p.Stages))
	for i, s := range p.Stages {
		names[i] = stageName(s)
	}
	return strings.Join(names, " → ")
}

func statusesInWords(w crm.Workspace) string {
	var names []string
	for _, s := range w.Statuses() {
		names = append(names, text.T(text.Key(s)))
	}
	return strings.Join(names, " → ") + " · " + text.T(text.Key(crm.LeadJunk))
}

func (v *settingsPipelinesView) add() {
	p := crm.StandardPipeline()
	p.ID, p.Name = v.opt.Company.NewID(), ""
	v.editPipeline(p)
}

func (v *settingsPipelinesView) editPipeline(p crm.Pipeline) {
	f := newPipelineForm(v, p)
	v.edit(f.editor, f.name)
}

// pipelineForm edits one pipeline.
type pipelineForm struct {
	v      *settingsPipelinesView
	began  crm.Pipeline
	value  crm.Pipeline
	editor *companyEditor
	name   *kit.Field
	stages *fyne.Container
}

func newPipelineForm(v *settingsPipelinesView, p crm.Pipeline) *pipelineForm {
	f := &pipelineForm{v: v, began: p, value: p, stages: kit.Column(6)}
	f.value.Stages = slices.Clone(p.Stages)
	title := pipelineName(p)
	if p.Name == "" {
		title = text.T("New pipeline")
	}
	f.name = kit.NewBareField("Name of the pipeline", func(s string) { f.value.Name = strings.TrimSpace(s); f.look() })
	f.name.SetText(pipelineName(p))
	f.list()
	f.editor = newCompanyEditor(v.opt, title, v.close, f.changes, f.submit, func() { v.editPipeline(f.began) },
		fieldRow("Name", 260, f.name, ""),
		settingsRow("Stages", kit.Column(6, f.stages, kit.NewProse("In the order in which a deal goes through them. Deals of a stage that is taken out stay where they are.", kit.Quiet))))
	return f
}

func resultOptions() []kit.Option {
	return []kit.Option{{ID: string(crm.Undecided), Key: text.Key("Open")}, {ID: string(crm.Won), Key: text.Key("Won")}, {ID: string(crm.Lost), Key: text.Key("Lost")}}
}

// list shows the stages in their order; the keyboard stays where it is.
func (f *pipelineForm) list() { kit.Redraw(f.stages, f.fill) }

func (f *pipelineForm) fill() {
	f.stages.Objects = nil
	for i, s := range f.value.Stages {
		name := kit.NewBareField("Stage", func(typed string) { f.value.Stages[i].Name = typed; f.look() })
		name.SetText(stageName(s))
		result := kit.NewBareSelect("Result of the stage", resultOptions(), func(id string) { f.value.Stages[i].Result = crm.Result(id); f.look() })
		result.SetChosen(string(s.Result))
		buttons := rowButtons(i, func() { moveUp(f.value.Stages, i); f.list(); f.look() },
			func() { f.value.Stages = slices.Delete(f.value.Stages, i, i+1); f.list(); f.look() })
		row := append([]fyne.CanvasObject{kit.Sized(220, 0, name), kit.Sized(120, 32, result)}, append(buttons, kit.Spacer())...)
		f.stages.Add(kit.Row(8, row...))
	}
	f.stages.Add(kit.Row(0, kit.NewButton("Add stage", kit.Line, func() {
		f.value.Stages = append(f.value.Stages, crm.Stage{ID: f.freshStage()})
		f.list()
		f.look()
	}).WithIcon(theme.IconPlus).Small(), kit.Spacer()))
	f.stages.Refresh()
	if f.editor != nil {
		f.editor.Refit()
	}
}

// freshStage is an id that no stage of the pipeline has.
func (f *pipelineForm) freshStage() crm.DealStage {
	for n := len(f.value.Stages) + 1; ; n++ {
		id := crm.DealStage("Stage " + strconv.Itoa(n))
		if _, taken := f.began.Stage(id); taken {
			continue
		}
		if _, taken := f.value.Stage(id); !taken {
			return id
		}
	}
}

func (f *pipelineForm) changes() int { return differences(f.named(), f.began) }

// named is the pipeline as typed: a translated name that was not touched stays the English one.
func (f *pipelineForm) named() crm.Pipeline {
	p := f.value
	if p.Name == pipelineName(f.began) {
		p.Name = f.began.Name
	}
	p.Stages = slices.Clone(p.Stages)
	for i, s := range p.Stages {
		if s.Name == text.T(text.Key(s.ID)) {
			p.Stages[i].Name = string(s.ID)
		}
	}
	return p
}

func (f *pipelineForm) look() {
	f.name.SetError("")
	if f.editor != nil {
		f.editor.Typed()
	}
}

func (f *pipelineForm) submit() {
	p := f.named()
	for _, s := range p.Stages {
		if s.Name == "" {
			f.editor.Saved(text.T("A stage needs a name"))
			return
		}
	}
	if err := p.Check(); err != nil {
		f.editor.Saved(companyWhy(err))
		return
	}
	f.v.save(f.editor, crm.SavePipeline{Pipeline: p})
}
