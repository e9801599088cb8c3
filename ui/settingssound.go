package ui

import (
	"slices"

	"fyne.io/fyne/v2"

	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// settingsSoundView chooses the devices and what is done to the sound; a choice is used at once.
type settingsSoundView struct {
	opt     MainOptions
	box     *fyne.Container
	mic     *kit.Select
	speaker *kit.Select
	ringer  *kit.Select
	echo    *kit.Check
	noise   *kit.Check
	gain    *kit.Check
	music   *kit.Check
	trial   *soundTestView
	problem *kit.StateSentence
	error   string // why the last choice was not kept
	sound   desk.Sound
}

func newSettingsSound(opt MainOptions) *settingsSoundView {
	v := &settingsSoundView{opt: opt}
	save := func(put func(*AudioChoice)) {
		save := func() error {
			c := opt.Settings.AudioChoice()
			put(&c)
			return opt.Settings.SaveAudio(c)
		}
		keepChoice(opt, save, func(err error) {
			v.error = notKept(err)
			v.list()
		})
	}
	pick := func(put func(*AudioChoice, string)) func(string) {
		return func(id string) { save(func(c *AudioChoice) { put(c, id) }) }
	}
	tick := func(put func(*AudioChoice, bool)) func(bool) {
		return func(on bool) { save(func(c *AudioChoice) { put(c, on) }) }
	}
	v.mic = kit.NewBareSelect("Microphone", nil, pick(func(c *AudioChoice, id string) { c.Microphone = id }))
	v.speaker = kit.NewBareSelect("Speaker", nil, pick(func(c *AudioChoice, id string) { c.Speaker = id }))
	v.ringer = kit.NewBareSelect("Ringer", nil, pick(func(c *AudioChoice, id string) { c.Ringer = id }))
	v.echo = kit.NewCheck("Echo cancellation", tick(func(c *AudioChoice, on bool) { c.Echo = on })).
		WithHelp("When you talk without a headset: the other end does not hear itself.")
	v.noise = kit.NewCheck("Noise suppression", tick(func(c *AudioChoice, on bool) { c.Noise = on })).
		WithHelp("Takes fans and the murmur of an office down.")
	v.gain = kit.NewCheck("Even loudness", tick(func(c *AudioChoice, on bool) { c.Gain = on })).
		WithHelp("Brings a quiet voice up and a loud one down.")
	v.music = kit.NewCheck("Music on hold", tick(func(c *AudioChoice, on bool) { c.HoldMusic = on })).
		WithHelp("For who is held, where the PBX has none of its own.")
	v.problem = kit.NewStateSentence(kit.Secondary)
	row := func(label text.Key, s *kit.Select, help text.Key) fyne.CanvasObject {
		return settingsRow(label, kit.Column(6, kit.Row(0, kit.Sized(320, 32, s), kit.Spacer()), kit.NewProse(help, kit.Quiet)))
	}
	v.trial = newSoundTestView(opt)
	v.box = kit.Column(0, settingsTitle("Sound"), kit.Grow(kit.Scroll(kit.Pad(20, 24, 20, 24, kit.Column(20,
		row(text.Key("Microphone"), v.mic, text.Key("What the other end hears.")),
		row(text.Key("Speaker"), v.speaker, text.Key("Where you hear the other end: the headset, most likely.")),
		row(text.Key("Ringer"), v.ringer, text.Key("Rings for a call. Not the headset, if it may lie on the table.")),
		settingsRow("Test", v.trial.box),
		settingsRow("Processing", kit.Column(8, v.echo, v.noise, v.gain, v.music)),
		settingsRow("State", v.problem.Container))))))
	return v
}

// Object is the view.
func (v *settingsSoundView) Object() fyne.CanvasObject { return v.box }

// Enter lists the devices that are there now, and shows how loud they are.
func (v *settingsSoundView) Enter() {
	v.list()
	v.trial.Enter()
}

// list shows the devices that are there and what is chosen.
func (v *settingsSoundView) list() {
	mics, speakers := v.opt.Settings.AudioDevices()
	c := v.opt.Settings.AudioChoice()
	v.mic.SetOptions(soundOptions(mics, c.Microphone))
	v.mic.SetChosen(c.Microphone)
	v.speaker.SetOptions(soundOptions(speakers, c.Speaker))
	v.speaker.SetChosen(c.Speaker)
	v.ringer.SetOptions(soundOptions(speakers, c.Ringer))
	v.ringer.SetChosen(c.Ringer)
	for _, check := range []*kit.Check{v.echo, v.noise, v.gain} {
		setShown(check, v.opt.Settings.CanEnhance())
	}
	v.echo.SetOn(c.Echo)
	v.noise.SetOn(c.Noise)
	v.gain.SetOn(c.Gain)
	v.music.SetOn(c.HoldMusic)
	v.state()
}

// Leave lets go of the sound.
func (v *settingsSoundView) Leave() { v.trial.Leave() }

// Draw shows devices that came and went.
func (v *settingsSoundView) Draw(s desk.Snapshot) {
	changed := v.sound.Microphone != s.Sound.Microphone || v.sound.Speaker != s.Sound.Speaker || v.sound.Problem.Key != s.Sound.Problem.Key
	v.sound = s.Sound
	if changed {
		v.list()
	}
}

func (v *settingsSoundView) state() {
	switch {
	case v.error != "":
		v.problem.Set(v.error, theme.IconAlert, kit.Bad)
	case v.sound.Problem.Key != "":
		v.problem.Set(joined(". ", text.Say(v.sound.Problem), adviceOn(v.sound.Problem)), theme.IconWarning, kit.Warn)
	case v.sound.Microphone != "" && v.sound.Speaker != "":
		v.problem.Set(text.T("In use: {microphone}, {speaker}", "microphone", v.sound.Microphone, "speaker", v.sound.Speaker), theme.IconStatusDone, kit.Good)
	default:
		v.problem.Set(text.T("Opened when a call begins"), theme.IconInfo, kit.Neutral)
	}
	v.box.Refresh()
}

// soundOptions are the devices to choose from, and the chosen one even when it is
// not plugged in.
func soundOptions(devices []string, chosen string) []kit.Option {
	options := []kit.Option{{ID: "", Key: text.Key("The system's")}}
	for _, d := range devices {
		options = append(options, kit.Option{ID: d, Label: d})
	}
	if chosen != "" && !slices.Contains(devices, chosen) {
		options = append(options, kit.Option{ID: chosen, Label: text.T("{device} (not plugged in)", "device", chosen)})
	}
	return options
}
