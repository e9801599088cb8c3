package ui

import (
	"context"
	"reflect"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
)

// workspaceView edits a part of the company's settings: the sources, or the CRM mode.
type workspaceView struct {
	opt       MainOptions
	box       *fyne.Container
	guard     companyGuard
	editor    *companyEditor
	began     crm.Workspace
	value     crm.Workspace
	pipelines []crm.Pipeline
	openLeads int
	make      func(*workspaceView) *companyEditor

	trial      *trialPanel // nil where nothing can be tried out
	converting bool        // asked whether the open leads shall be converted (F6)
}

// newSettingsSources edits the lead sources (requirements.md A4).
func newSettingsSources(opt MainOptions) *workspaceView {
	return newWorkspaceView(opt, func(v *workspaceView) *companyEditor {
		own := kit.NewNoteField("Own sources", 120, func(s string) {
			v.value.OwnSources = typedLines(s)
			v.look()
		}).WithPlaceholder("Trade magazine")
		own.SetText(strings.Join(v.value.OwnSources, "\n"))
		names := make([]string, len(crm.Sources))
		for i, o := range sourceOptions(crm.Sources) {
			names[i] = text.T(o.Key)
		}
		return newCompanyEditor(v.opt, text.T("Lead sources"), nil, v.changed, v.submit, v.drop,
			settingsRow("Standard sources", kit.Pad(7, 0, 0, 0, kit.NewProseData(strings.Join(names, ", "), kit.Body))),
			settingsRow("Own sources", kit.Column(4, own, kit.NewProse("One per line. Records keep a source that is taken away.", kit.Quiet))))
	})
}

// newSettingsMode edits the CRM mode and who becomes responsible (requirements.md B6, D1, F).
func newSettingsMode(opt MainOptions) *workspaceView {
	return newWorkspaceView(opt, modeEditor)
}

func modeEditor(v *workspaceView) *companyEditor {
	mode := kit.NewRadioGroup("CRM mode", []kit.Option{
		{ID: string(crm.Classic), Key: text.Key("Classic: with leads"), Help: text.T("A lead is converted by hand into a deal, a contact or a company.")},
		{ID: string(crm.Simple), Key: text.Key("Simple: without leads"), Help: text.T("An unknown caller becomes a contact or a company and a deal at once.")},
	}, func(id string) { v.value.Mode = crm.CRMMode(id); v.look() })
	mode.SetChosen(string(v.value.Mode))
	to := kit.NewSegmented("An unknown caller becomes", []kit.Option{
		{ID: string(crm.ToContact), Key: text.Key("Contact")}, {ID: string(crm.ToCompany), Key: text.Key("Company")}, {ID: string(crm.ToBoth), Key: text.Key("Both")},
	}, func(id string) { v.value.ConvertTo = crm.ConvertTo(id); v.look() })
	to.SetChosen(string(v.value.ConvertTo))
	pipeline := kit.NewBareSelect("Pipeline for new deals", pipelineOptions(v.pipelines, "Standard pipeline"), func(id string) { v.value.Pipeline = crm.ID(id); v.look() })
	pipeline.SetChosen(string(v.value.Pipeline))
	owner := kit.NewRadioGroup("Responsible", []kit.Option{
		{ID: string(crm.FirstInQueue), Key: text.Key("The first person in the line's queue group")},
		{ID: string(crm.WhoAnswers), Key: text.Key("Whoever answers")},
	}, func(id string) { v.value.Owner = crm.Owner(id); v.look() })
	owner.SetChosen(string(v.value.Owner))
	repeat := kit.NewCheck("A new lead for who comes back", func(on bool) { v.value.RepeatLeads = on; v.look() }).
		WithHelp("When every lead of the number is closed: a new one, marked repeat. Else the call is saved on the old record.")
	repeat.SetOn(v.value.RepeatLeads)
	keep := kit.NewBareSelect("Recordings of the company", keepOptions(v.value.KeepRecordings), func(id string) {
		v.value.KeepRecordings, _ = strconv.Atoi(id) // ours
		v.look()
	})
	keep.SetChosen(strconv.Itoa(v.value.KeepRecordings))
	v.trial = newTrialPanel(v.opt)
	return newTabbedEditor(v.opt, text.T("CRM mode"), nil, v.changed, v.submit, v.drop, editorTab{side: v.trial.box, rows: []fyne.CanvasObject{
		settingsRow("CRM mode", mode),
		settingsRow("An unknown caller becomes", kit.Column(4, kit.Row(0, to, kit.Spacer()), kit.NewProse("In the simple mode, besides the deal.", kit.Quiet))),
		selectRow("Pipeline for new deals", pipeline, "A line can name its own."),
		kit.NewHairline(),
		settingsRow("Responsible for new leads", owner),
		settingsRow("Repeat leads", repeat),
		kit.NewHairline(),
		selectRow("Recordings of the company", keep, "Older ones are removed from the server and from every computer."),
	}})
}

func newWorkspaceView(opt MainOptions, make func(*workspaceView) *companyEditor) *workspaceView {
	v := &workspaceView{opt: opt, box: kit.Stack(), make: make, guard: companyGuard{opt: opt, needs: maySettings}}
	v.build()
	return v
}

func (v *workspaceView) build() {
	v.editor = nil
	v.editor = v.make(v)
	if v.trial != nil {
		v.trial.OnGrown(v.editor.Refit)
	}
	v.editor.Lock(v.guard.who)
	v.box.Objects = []fyne.CanvasObject{v.editor.box}
	v.box.Refresh()
}

// Object is the view.
func (v *workspaceView) Object() fyne.CanvasObject { return v.box }

// Enter reads the settings, unless something was changed that isn't saved.
func (v *workspaceView) Enter() {
	if v.changed() {
		return
	}
	v.guard.read(func() { v.editor.Lock(v.guard.who) })
	type settings struct {
		crm.Workspace
		pipelines []crm.Pipeline
		open      int
	}
	companyAsk(v.opt, func(ctx context.Context, c Company) (s settings, err error) {
		if s.Workspace, err = c.Workspace(ctx); err != nil {
			return s, err
		}
		if s.pipelines, err = c.Pipelines(ctx); err != nil {
			return s, err
		}
		s.open, err = c.OpenLeads(ctx)
		return s, err
	}, func(s settings, err error) {
		switch {
		case err != nil:
			v.editor.Saved(companyWhy(err))
		case !v.changed() && !reflect.DeepEqual([]any{v.began, v.pipelines, v.openLeads}, []any{s.Workspace, s.pipelines, s.open}):
			v.began, v.value, v.pipelines, v.openLeads = s.Workspace, s.Workspace, s.pipelines, s.open
			kit.Redraw(v.box, v.build)
		}
	})
}

// Reread is Enter.
func (v *workspaceView) Reread() { v.Enter() }

// Leave drops what is tried out.
func (v *workspaceView) Leave() {
	if v.trial != nil {
		v.trial.Stop()
	}
}

// Draw does nothing.
func (v *workspaceView) Draw(desk.Snapshot) {}

// Submit saves the settings.
func (v *workspaceView) Submit() { v.editor.Submit() }

func (v *workspaceView) changed() bool { return !reflect.DeepEqual(v.value, v.began) }

func (v *workspaceView) look() {
	v.converting = false
	if v.editor != nil {
		v.editor.save.Rename("Save")
		v.editor.Saved("")
	}
	if v.trial != nil {
		w := v.value
		v.trial.Try(crm.RuleChange{Workspace: &w})
	}
}

func (v *workspaceView) drop() {
	v.value, v.converting = v.began, false
	v.build()
}

// submit saves; a switch to the simple mode is asked about first, with how many leads
// it converts (F6).
func (v *workspaceView) submit() {
	if v.began.Mode == crm.Classic && v.value.Mode == crm.Simple && v.openLeads > 0 && !v.converting {
		v.converting = true
		v.editor.save.Rename("Convert and save")
		v.editor.Saved(text.Tn(v.openLeads, "{n} open lead will be converted.", "{n} open leads will be converted."))
		return
	}
	w := v.value
	v.editor.Saving()
	companyAsk(v.opt, func(ctx context.Context, c Company) (int, error) { return c.SetWorkspace(ctx, w) }, func(_ int, err error) {
		if err != nil {
			v.editor.Saved(companyWhy(err))
			return
		}
		v.began, v.openLeads = w, 0
		v.look()
		v.Enter()
	})
}

// typedLines are the lines of a text that have something in them.
func typedLines(s string) (all []string) {
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}
