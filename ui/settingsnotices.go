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

// settingsNoticesView chooses what is told outside of the windows; a choice is used at once.
type settingsNoticesView struct {
	opt    MainOptions
	box    *fyne.Container
	checks map[*kit.Check]func(NoticeChoice) bool // whether it is ticked
	volume *kit.Select
	error  *kit.Prose
}

func newSettingsNotices(opt MainOptions) *settingsNoticesView {
	v := &settingsNoticesView{opt: opt, checks: map[*kit.Check]func(NoticeChoice) bool{}}
	save := func(put func(*NoticeChoice)) {
		save := func() error {
			c := opt.Settings.NoticeChoice()
			put(&c)
			return opt.Settings.SaveNotices(c)
		}
		keepChoice(opt, save, func(err error) {
			v.error.SetText(notKept(err))
			setShown(v.error, err != nil)
			v.Enter()
		})
	}
	check := func(name, help text.Key, is func(NoticeChoice) bool, put func(*NoticeChoice, bool)) *kit.Check {
		c := kit.NewCheck(name, func(on bool) { save(func(c *NoticeChoice) { put(c, on) }) }).WithHelp(help)
		v.checks[c] = is
		return c
	}
	v.volume = kit.NewBareSelect("Volume of the ringtone", ringVolumes(), func(id string) {
		save(func(c *NoticeChoice) { c.RingVolume, _ = strconv.Atoi(id) })
	})
	v.error = kit.NewProseData("", kit.Secondary.In(theme.DangerText))
	v.error.Hide()
	v.box = kit.Column(0, settingsTitle("Notifications"), kit.Grow(kit.Scroll(kit.Pad(20, 24, 20, 24, kit.Column(20,
		settingsRow("Tell me on the desktop", kit.Column(10,
			check(text.Key("Calls that come in"), text.Key("With Answer and Decline, where the desktop has buttons. The call window comes in any case."),
				func(c NoticeChoice) bool { return !c.NoCalls }, func(c *NoticeChoice, on bool) { c.NoCalls = !on }),
			check(text.Key("Calls that I missed here"), text.Key("With a button that calls back."),
				func(c NoticeChoice) bool { return !c.NoMissed }, func(c *NoticeChoice, on bool) { c.NoMissed = !on }),
			check(text.Key("Messages in the mailbox"), text.Key("Where the PBX tells of them."),
				func(c NoticeChoice) bool { return !c.NoMessages }, func(c *NoticeChoice, on bool) { c.NoMessages = !on }),
			check(text.Key("Follow-ups whose time has come"), text.Key("Within a minute of it."),
				func(c NoticeChoice) bool { return !c.NoFollowUps }, func(c *NoticeChoice, on bool) { c.NoFollowUps = !on }))),
		settingsRow("In a call", check(text.Key("Quiet while I talk"), text.Key("A call that waits has its window only, and everything else is told when you have hung up."),
			func(c NoticeChoice) bool { return c.QuietInCall }, func(c *NoticeChoice, on bool) { c.QuietInCall = on })),
		settingsRow("Volume of the ringtone", kit.Column(4, kit.Row(0, kit.Sized(120, 32, v.volume), kit.Spacer()),
			kit.NewProse("Of Leadline's own ringtone. Its device and a test are under Sound.", kit.Quiet))), v.error)))))
	v.Enter()
	return v
}

// ringVolumes are what can be chosen, in percent.
func ringVolumes() (all []kit.Option) {
	for volume := 100; volume >= 10; volume -= 10 {
		all = append(all, kit.Option{ID: strconv.Itoa(volume), Label: text.Percent(volume)})
	}
	return all
}

// Object is the view.
func (v *settingsNoticesView) Object() fyne.CanvasObject { return v.box }

// Enter shows what is chosen.
func (v *settingsNoticesView) Enter() {
	c := v.opt.Settings.NoticeChoice()
	for check, is := range v.checks {
		check.SetOn(is(c))
	}
	v.volume.SetChosen(strconv.Itoa(cmp.Or(c.RingVolume, 100)))
}

// Leave does nothing.
func (v *settingsNoticesView) Leave() {}

// Draw does nothing: what is told is in no snapshot.
func (v *settingsNoticesView) Draw(desk.Snapshot) {}
