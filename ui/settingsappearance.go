package ui

import (
	"fyne.io/fyne/v2"

	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// settingsAppearanceView chooses language and theme; a choice is used at once.
type settingsAppearanceView struct {
	opt      MainOptions
	box      *fyne.Container
	language *kit.Select
	mode     *kit.Segmented
	start    *kit.Check
	error    *kit.Prose
}

func newSettingsAppearance(opt MainOptions, relook func(Look)) *settingsAppearanceView {
	v := &settingsAppearanceView{opt: opt}
	change := func(put func(*Look)) {
		l := opt.Settings.Look()
		put(&l)
		v.error.Hide()
		if err := opt.Settings.SaveLook(l); err != nil {
			v.error.SetText(text.T("The choice could not be kept: {reason}", "reason", err.Error()))
			v.error.Show()
			return
		}
		relook(l)
	}
	// Languages are named in themselves, so that who is lost in one finds the own.
	v.language = kit.NewBareSelect("Language", []kit.Option{
		{ID: "", Key: text.Key("The system's")}, {ID: "en", Label: "English"}, {ID: "de", Label: "Deutsch"},
	}, func(id string) { change(func(l *Look) { l.Language = id }) })
	v.mode = kit.NewSegmented("Colours", []kit.Option{
		{ID: "", Key: text.Key("As the system")}, {ID: "light", Key: text.Key("Light")}, {ID: "dark", Key: text.Key("Dark")},
	}, func(id string) { change(func(l *Look) { l.Theme = id }) })
	v.start = kit.NewCheck("Start with the session", func(on bool) {
		v.error.Hide()
		if err := opt.Settings.StartWithSession(on); err != nil {
			v.error.SetText(text.T("The choice could not be kept: {reason}", "reason", err.Error()))
			v.error.Show()
		}
		v.Enter()
	}).WithHelp("Whoever signs in to this computer can be called at once.")
	v.error = kit.NewProseData("", kit.Secondary.In(theme.DangerText))
	v.error.Hide()
	v.box = kit.Column(0, settingsTitle("Appearance"), kit.Pad(20, 24, 20, 24, kit.Column(20,
		settingsRow("Language", kit.Row(0, kit.Sized(260, 32, v.language), kit.Spacer())),
		settingsRow("Colours", kit.Row(0, v.mode, kit.Spacer())),
		settingsRow("Program", v.start), v.error)))
	v.Enter()
	return v
}

// Object is the view.
func (v *settingsAppearanceView) Object() fyne.CanvasObject { return v.box }

// Enter shows what is chosen.
func (v *settingsAppearanceView) Enter() {
	l := v.opt.Settings.Look()
	v.language.SetChosen(l.Language)
	v.mode.SetChosen(l.Theme)
	on, can := v.opt.Settings.StartsWithSession()
	v.start.SetOn(on)
	v.start.SetEnabled(can, text.T("This system's own settings do that."))
}

// Leave does nothing.
func (v *settingsAppearanceView) Leave() {}

// Draw does nothing: how the windows look is in no snapshot.
func (v *settingsAppearanceView) Draw(desk.Snapshot) {}
