package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// welcomeView is what the main window shows while there is no account: connect a
// PBX, or try the demo.
type welcomeView struct {
	opt    MainOptions
	box    *fyne.Container
	form   *accountForm
	save   *kit.Button
	error  *kit.Prose
	saving bool
	done   func() // an account was saved, or it shall go on without
}

// newWelcomeView makes it; signIn shows where one signs in at the shared server.
func newWelcomeView(opt MainOptions, done, signIn func()) *welcomeView {
	w := &welcomeView{opt: opt, done: done}
	w.error = kit.NewProseData("", kit.Secondary.In(theme.DangerText))
	w.error.Hide()
	w.save = kit.NewButton("Save and continue", kit.Primary, w.submit).WithHint("Enter").High(36)
	w.form = newFirstAccountForm(opt, w.look)
	w.form.OnSubmit(func() { w.save.Tap() })
	column := []fyne.CanvasObject{
		kit.Row(10, newMark(28), kit.NewData("Leadline", kit.CallerName)),
		kit.NewProse("Connect the account that your PBX has for you. What you type is tested at once.", kit.Body.In(theme.Text2)),
		w.form.box, w.error, w.save,
	}
	if opt.Demo != nil {
		column = append(column, kit.Row(8, kit.Grow(kit.NewHairline()), kit.NewLabel("or", kit.Quiet), kit.Grow(kit.NewHairline())),
			kit.NewButton("Try the demo", kit.Line, opt.Demo).High(36))
	}
	if opt.Shared != nil {
		column = append(column, kit.NewButton("Sign in at the company's server", kit.Line, func() { w.Stop(); signIn() }).High(36))
	}
	column = append(column, kit.Gap(2), kit.Row(0, kit.Spacer(), kit.NewButton("Go on without a PBX", kit.Link, w.leave), kit.Spacer()))
	right := container.NewVScroll(&fyne.Container{Layout: welcomeColumn{}, Objects: []fyne.CanvasObject{kit.Column(10, column...)}})
	w.box = &fyne.Container{Layout: welcomeHalves{}, Objects: []fyne.CanvasObject{
		kit.Stack(kit.Fill(theme.Background), kit.Middle(kit.Sized(420, 0, welcomeSteps()))),
		right,
	}}
	w.look()
	return w
}

// Stop ends the test.
func (w *welcomeView) Stop() { w.form.Stop() }

func (w *welcomeView) look() {
	if w.form == nil { // while it is being made
		return
	}
	switch {
	case !w.form.Complete():
		w.save.SetEnabled(false, text.T("Type address and password first"))
	case w.form.Wrong():
		w.save.SetEnabled(false, text.T("Something above cannot be used as it is."))
	case w.saving:
		w.save.SetEnabled(false, text.T("Saving"))
	default:
		w.save.SetEnabled(true, "")
	}
	if w.form.state.Step == accountFails {
		w.save.Rename("Save all the same")
	} else {
		w.save.Rename("Save and continue")
	}
	if w.box != nil {
		w.box.Refresh()
	}
}

func (w *welcomeView) submit() {
	if w.saving {
		return
	}
	w.saving = true
	w.form.Stop()
	w.look()
	saveAccounts(w.opt, []AccountSettings{w.form.value}, func(err error) {
		w.saving = false
		if err == nil {
			w.done()
			return
		}
		showSaveFailure(w.form, w.error, err)
		w.look()
	})
}

func (w *welcomeView) leave() {
	w.Stop()
	w.done()
}

// saveAccounts saves on a goroutine of its own and has done called on that of the windows.
func saveAccounts(opt MainOptions, all []AccountSettings, done func(error)) {
	fileDo(opt, func(context.Context) error { return opt.Settings.SaveAccounts(all) }, done)
}

// showSaveFailure tells at the field or below the form why saving failed.
func showSaveFailure(f *accountForm, below *kit.Prose, err error) {
	why := failureOf(err)
	if why.Field != FieldNone {
		f.show(accountTestState{Step: accountFails, Failure: why})
		return
	}
	below.SetText(text.Say(why.Why))
	below.Show()
}

// welcomeSteps says what comes, on the line.
func welcomeSteps() fyne.CanvasObject {
	step := func(n string, on bool, title, line text.Key) fyne.CanvasObject {
		fill, ink := kit.NewCard(theme.Surface, theme.Border, 12), kit.Secondary.Weighing(kit.SemiBold).Centered()
		if on {
			fill, ink = kit.FillRound(theme.AccentFill, 12).(*kit.Area), ink.In(theme.OnFill)
		}
		node := kit.Sized(24, 24, kit.Stack(fill, kit.NewData(n, ink)))
		return kit.RowAligned(14, kit.Start, node, kit.Grow(kit.Column(6,
			kit.Pad(4, 0, 0, 0, kit.NewLabel(title, kit.Body.Weighing(kit.SemiBold))),
			kit.Pad(0, 0, 24, 0, kit.NewProse(line, kit.Body.In(theme.Text2))))))
	}
	steps := kit.Column(0,
		step("1", true, text.Key("Connect your PBX"), text.Key("Or try the demo; a PBX can join at any time.")),
		step("2", false, text.Key("Choose the headset"), text.Key("In the settings, under Sound. The system's is used until then.")),
		step("3", false, text.Key("Bring your customers"), text.Key("As CSV from Google, Outlook or Bitrix24, or as vCards.")),
		step("4", false, text.Key("Take a call"), text.Key("The call window opens by itself and knows who it is.")))
	line := kit.Pad(12, 0, 60, 11, kit.RowAligned(0, kit.Stretch, kit.Sized(2, 0, kit.FillRound(theme.Border, 0)), kit.Spacer()))
	return kit.Stack(line, steps)
}

// welcomeHalves shares the window; where it is narrow the steps go.
type welcomeHalves struct{}

func (welcomeHalves) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(400, 420) }

func (welcomeHalves) Layout(o []fyne.CanvasObject, s fyne.Size) {
	cut := float32(int(s.Width * 0.49))
	if s.Width < 860 {
		cut = 0
	}
	if cut == 0 {
		o[0].Hide()
	} else {
		o[0].Show()
	}
	o[0].Resize(fyne.NewSize(cut, s.Height))
	o[1].Move(fyne.NewPos(cut, 0))
	o[1].Resize(fyne.NewSize(s.Width-cut, s.Height))
}

// welcomeColumn centres a column of 360 and lets it be as high as it is.
type welcomeColumn struct{}

const welcomeWidth = 360

func (welcomeColumn) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(welcomeWidth, columnHeight(o[0], welcomeWidth)+48)
}

func (welcomeColumn) Layout(o []fyne.CanvasObject, s fyne.Size) {
	h := columnHeight(o[0], welcomeWidth)
	o[0].Move(fyne.NewPos(float32(int((s.Width-welcomeWidth)/2)), max(24, float32(int((s.Height-h)/2)))))
	o[0].Resize(fyne.NewSize(welcomeWidth, h))
}

// columnHeight is how high o is at a width; its wrapped text needs to know that first.
func columnHeight(o fyne.CanvasObject, width float32) float32 {
	if o.Size().Width != width {
		o.Resize(fyne.NewSize(width, o.MinSize().Height))
	}
	return o.MinSize().Height
}
