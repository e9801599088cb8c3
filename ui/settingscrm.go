package ui

import (
	"context"
	"errors"
	"reflect"
	"slices"
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
	make      func(*workspaceView) *companyEditor

	currencies *kit.Field // nil where they are not edited
	sources    *kit.Field // so, too

	trial *trialPanel // nil where nothing can be tried out
}

// newSettingsSources edits the lead sources (requirements.md A4).
func newSettingsSources(opt MainOptions) *workspaceView {
	return newWorkspaceView(opt, func(v *workspaceView) *companyEditor {
		v.sources = kit.NewNoteField("Own sources", 120, func(s string) {
			v.value.OwnSources = typedLines(s)
			v.sources.SetError("")
			v.look()
		}).WithPlaceholder("Trade magazine")
		v.sources.SetText(strings.Join(v.value.OwnSources, "\n"))
		names := make([]string, len(crm.Sources))
		for i, o := range sourceOptions(crm.Sources) {
			names[i] = text.T(o.Key)
		}
		return newCompanyEditor(v.opt, text.T(sourcesName(v.value.Mode == crm.Simple)), nil, v.changes, v.submit, v.drop,
			settingsRow("Standard sources", kit.NewProseData(strings.Join(names, ", "), kit.Body)),
			settingsRow("Own sources", kit.Column(4, v.sources, kit.NewProse("One per line. Records keep a source that is taken away.", kit.Quiet))))
	})
}

// newSettingsMode edits the CRM mode and who becomes responsible (requirements.md B6, D1, F).
func newSettingsMode(opt MainOptions) *workspaceView {
	return newWorkspaceView(opt, modeEditor)
}

func modeEditor(v *workspaceView) *companyEditor {
	owners := kit.NewProse("Responsible for new leads", kit.Strong)
	var repeats, returns fyne.CanvasObject
	// worded says nothing of leads where there are none (requirements.md F2).
	worded := func() {
		simple := v.value.Mode == crm.Simple
		if simple {
			owners.Say("Responsible for new customers")
		} else {
			owners.Say("Responsible for new leads")
		}
		setShown(repeats, !simple)
		setShown(returns, simple)
	}
	mode := kit.NewRadioGroup("CRM mode", []kit.Option{
		{ID: string(crm.Classic), Key: text.Key("Classic: with leads"), Help: text.T("A lead is converted by hand into a deal, a contact or a company.")},
		{ID: string(crm.Simple), Key: text.Key("Simple: without leads"), Help: text.T("An unknown caller becomes a contact or a company and a deal at once.")},
	}, func(id string) { v.value.Mode = crm.CRMMode(id); worded(); v.look() })
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
	var repeat, again *kit.Check
	comesBack := func(on bool) {
		repeat.SetOn(on)
		again.SetOn(on)
		v.value.RepeatLeads = on
		v.look()
	}
	repeat = kit.NewCheck("A new lead for who comes back", comesBack).
		WithHelp("When every lead of the number is closed: a new one, marked repeat. Else the call is saved on the old record.")
	again = kit.NewCheck("A new record for who comes back", comesBack).
		WithHelp("When all that there is of the number is closed. Else the call is saved on the old record.")
	repeat.SetOn(v.value.RepeatLeads)
	again.SetOn(v.value.RepeatLeads)
	repeats, returns = settingsRow("Repeat leads", repeat), settingsRow("Returning callers", again)
	worded()
	keep := kit.NewBareSelect("Recordings of the company", keepOptions(v.value.KeepRecordings), func(id string) {
		v.value.KeepRecordings, _ = strconv.Atoi(id) // ours
		v.look()
	})
	keep.SetChosen(strconv.Itoa(v.value.KeepRecordings))
	v.currencies = kit.NewBareField("Currencies", v.typedCurrencies).WithPlaceholder(crm.Euro)
	v.currencies.SetText(strings.Join(v.value.Currencies, ", "))
	v.trial = newTrialPanel(v.opt)
	return newTabbedEditor(v.opt, text.T("CRM mode"), nil, v.changes, v.submit, v.drop, editorTab{side: v.trial.box, rows: []fyne.CanvasObject{
		settingsRow("CRM mode", mode),
		settingsRow("An unknown caller becomes", kit.Column(4, kit.Row(0, to, kit.Spacer()), kit.NewProse("In the simple mode, besides the deal.", kit.Quiet))),
		selectRow("Pipeline for new deals", pipeline, "A line can name its own."),
		kit.NewHairline(),
		settingsRowOf(owners, owner),
		repeats,
		returns,
		kit.NewHairline(),
		fieldRow("Currencies", 260, v.currencies, "Codes such as EUR or CHF. A new deal begins with the first."),
		selectRow("Recordings of the company", keep, "Older ones are removed from the server and from every computer."),
	}})
}

// typedCurrencies takes what is typed as it is, as long as it can't be read.
func (v *workspaceView) typedCurrencies(s string) {
	codes, err := crm.ReadCurrencies(s)
	if err != nil {
		codes = strings.Fields(s)
	}
	v.value.Currencies = codes
	v.currencies.SetError("")
	v.look()
}

// wrong says what can't be saved.
func (v *workspaceView) wrong() bool {
	if v.sources != nil {
		standard := slices.Clone(crm.Sources)
		for _, o := range sourceOptions(crm.Sources) {
			standard = append(standard, text.T(o.Key))
		}
		again := twice(v.value.OwnSources, standard...)
		if again != "" {
			v.sources.SetError(text.T("“{name}” is there already", "name", again))
			v.editor.Saved(text.T("“{name}” is there already", "name", again))
		}
		return again != ""
	}
	if v.currencies == nil {
		return false
	}
	_, err := crm.ReadCurrencies(v.currencies.Text())
	if err != nil {
		v.currencies.SetError(companyWhy(err))
		v.editor.Saved(companyWhy(err))
	}
	return err != nil
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
	}
	companyAsk(v.opt, func(ctx context.Context, c Company) (s settings, err error) {
		if s.Workspace, err = c.Workspace(ctx); err != nil {
			return s, err
		}
		s.pipelines, err = c.Pipelines(ctx)
		return s, err
	}, func(s settings, err error) {
		switch {
		case err != nil:
			v.editor.Saved(companyWhy(err))
		case !v.changed() && !reflect.DeepEqual([]any{v.began, v.pipelines}, []any{s.Workspace, s.pipelines}):
			v.began, v.value, v.pipelines = s.Workspace, s.Workspace, s.pipelines
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

func (v *workspaceView) changes() int { return differences(v.value, v.began) }

func (v *workspaceView) changed() bool { return v.changes() > 0 }

func (v *workspaceView) look() {
	if v.editor != nil {
		v.editor.Saved("")
	}
	if v.trial != nil {
		w := v.value
		v.trial.Try(crm.RuleChange{Workspace: &w})
	}
}

func (v *workspaceView) drop() {
	v.value = v.began
	v.build()
}

// submit saves; a switch to the simple mode is asked about first, with how many leads it
// converts. Those that come while the question stands are asked about, too (F6).
func (v *workspaceView) submit() { v.save(nil) }

// save saves; asked are the open leads that may be converted.
func (v *workspaceView) save(asked []crm.ID) {
	if v.wrong() {
		return
	}
	w := v.value
	v.editor.Saving()
	companyAsk(v.opt, func(ctx context.Context, c Company) (int, error) { return c.SetWorkspace(ctx, w, asked) }, func(_ int, err error) {
		var open crm.LeadsOpen
		switch {
		case errors.As(err, &open):
			v.editor.Ask(joined(" ", text.Tn(len(open.Leads), "{n} open lead will be converted.", "{n} open leads will be converted."),
				text.T("There is no way back.")), "Convert and save", func() { v.save(open.Leads) })
		case err != nil:
			v.editor.Saved(companyWhy(err))
		default:
			v.began = w
			v.look()
			v.Enter()
		}
	})
}

// twice is the first of some names that is there already, among others or before it; "" when none is.
func twice(names []string, others ...string) string {
	seen := map[string]bool{}
	for _, o := range others {
		seen[strings.ToLower(o)] = true
	}
	for _, n := range names {
		if seen[strings.ToLower(n)] {
			return n
		}
		seen[strings.ToLower(n)] = true
	}
	return ""
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
