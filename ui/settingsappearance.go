package ui

import (
	"cmp"
	"strconv"

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
	size     *kit.Select
	contrast *kit.Check
	start    *kit.Check
	tray     *kit.Check
	error    *kit.Prose
}

func newSettingsAppearance(opt MainOptions, relook func(Look)) *settingsAppearanceView {
	v := &settingsAppearanceView{opt: opt}
	keep := func(save func() error, use func()) {
		keepChoice(opt, save, func(err error) {
			v.error.SetText(notKept(err))
			setShown(v.error, err != nil)
			if err == nil {
				use()
			}
			v.Enter()
		})
	}
	change := func(put func(*Look)) {
		var l Look
		keep(func() error {
			l = opt.Settings.Look()
			put(&l)
			return opt.Settings.SaveLook(l)
		}, func() { relook(l) })
	}
	see := func(put func(*Sight)) {
		var s Sight
		keep(func() error {
			s = opt.Settings.Sight()
			put(&s)
			return opt.Settings.SaveSight(s)
		}, func() { ApplySight(opt.App, s) })
	}
	nothing := func() {}
	// Languages are named in themselves, so that who is lost in one finds the own.
	v.language = kit.NewBareSelect("Language", []kit.Option{
		{ID: "", Key: text.Key("The system's")}, {ID: "en", Label: "English"}, {ID: "de", Label: "Deutsch"},
	}, func(id string) { change(func(l *Look) { l.Language = id }) })
	v.mode = kit.NewSegmented("Colours", []kit.Option{
		{ID: "", Key: text.Key("As the system")}, {ID: "light", Key: text.Key("Light")}, {ID: "dark", Key: text.Key("Dark")},
	}, func(id string) { change(func(l *Look) { l.Theme = id }) })
	v.size = kit.NewBareSelect("Text size", textSizes(), func(id string) {
		see(func(s *Sight) { s.TextSize, _ = strconv.Atoi(id) })
	})
	v.contrast = kit.NewCheck("Strong contrasts", func(on bool) { see(func(s *Sight) { s.Contrast = on }) }).
		WithHelp("No grey text and clear edges, in light and in dark.")
	v.start = kit.NewCheck("Start with the session", func(on bool) {
		keep(func() error { return opt.Settings.StartWithSession(on) }, nothing)
	}).WithHelp("Whoever signs in to this computer can be called at once.")
	v.tray = kit.NewCheck("Keep running when the window is closed", func(on bool) {
		keep(func() error { return opt.Settings.CloseToTray(on) }, nothing)
	}).WithHelp("Calls still ring. The icon in the tray opens the window again.")
	v.error = kit.NewProseData("", kit.Secondary.In(theme.DangerText))
	v.error.Hide()
	v.box = kit.Column(0, settingsTitle("Appearance"), kit.Grow(kit.Scroll(kit.Pad(20, 24, 20, 24, kit.Column(20,
		settingsRow("Language", kit.Row(0, kit.Sized(260, 32, v.language), kit.Spacer())),
		settingsRow("Colours", kit.Column(10, kit.Row(0, v.mode, kit.Spacer()), v.contrast)),
		settingsRow("Text size", kit.Column(4, kit.Row(0, kit.Sized(120, 32, v.size), kit.Spacer()), kit.NewProse("Everything grows with it, also the windows.", kit.Quiet))),
		settingsRow("Program", kit.Column(10, v.start, v.tray)), v.error)))))
	v.Enter()
	return v
}

// textSizes are what can be chosen, in percent.
func textSizes() (all []kit.Option) {
	for size := 90; size <= 150; size += 10 {
		all = append(all, kit.Option{ID: strconv.Itoa(size), Label: text.Percent(size)})
	}
	return all
}

// Object is the view.
func (v *settingsAppearanceView) Object() fyne.CanvasObject { return v.box }

// Enter shows what is chosen.
func (v *settingsAppearanceView) Enter() {
	l := v.opt.Settings.Look()
	v.language.SetChosen(l.Language)
	v.mode.SetChosen(l.Theme)
	see := v.opt.Settings.Sight()
	v.size.SetChosen(strconv.Itoa(cmp.Or(see.TextSize, 100)))
	v.contrast.SetOn(see.Contrast)
	on, can := v.opt.Settings.StartsWithSession()
	v.start.SetOn(on)
	v.start.SetEnabled(can, text.T("This system's own settings do that."))
	seen := v.opt.Tray != nil && v.opt.Tray.There()
	v.tray.SetOn(v.opt.Settings.ClosesToTray())
	v.tray.SetEnabled(seen, text.T("This desktop has no tray, so nothing would open the window again."))
}

// Leave does nothing.
func (v *settingsAppearanceView) Leave() {}

// Draw does nothing: how the windows look is in no snapshot.
func (v *settingsAppearanceView) Draw(desk.Snapshot) {}
