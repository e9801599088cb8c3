package ui

import (
	"maps"

	"fyne.io/fyne/v2"

	"leadline/ui/desk"
	"leadline/ui/hotkey"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// settingsShortcutsView sets the keys that work everywhere, and shows those of the windows.
type settingsShortcutsView struct {
	opt    MainOptions
	box    *fyne.Container
	inner  fyne.CanvasObject
	fields map[hotkey.Action]*kit.Field
	errors map[hotkey.Action]*kit.Prose
	said   *kit.Prose
	save   *kit.Button
	filled map[hotkey.Action]string // what the fields were filled with
}

// hotkeyNames are what the keys that work everywhere do.
var hotkeyNames = map[hotkey.Action]text.Key{
	hotkey.Answer: text.Key("Answer"), hotkey.Decline: text.Key("Decline"), hotkey.HangUp: text.Key("Hang up"),
	hotkey.Mute: text.Key("Mute"), hotkey.Hold: text.Key("Hold, or take back"),
}

func newSettingsShortcuts(opt MainOptions) *settingsShortcutsView {
	v := &settingsShortcutsView{opt: opt, fields: map[hotkey.Action]*kit.Field{}, errors: map[hotkey.Action]*kit.Prose{}}
	v.said = kit.NewProseData("", kit.Secondary)
	v.save = kit.NewButton("Save", kit.Primary, v.Submit).WithHint("Ctrl+S")
	rows := []fyne.CanvasObject{kit.NewSection("While another program has the keyboard", nil)}
	if opt.Hotkeys == nil || !hotkey.Possible() {
		rows = append(rows, kit.NewProse("This desktop gives no keys to programs: under Wayland its own settings can start commands by key, and Leadline's windows take theirs.", kit.Secondary))
	} else {
		for _, a := range hotkey.Actions {
			f := kit.NewBareField(hotkeyNames[a], func(string) { v.look() }).WithPlaceholder("None, or Ctrl+Shift+F9")
			wrong := kit.NewProseData("", kit.Secondary.In(theme.DangerText))
			wrong.Hide()
			v.fields[a], v.errors[a] = f, wrong
			rows = append(rows, settingsRow(hotkeyNames[a], kit.Column(4, kit.Row(0, kit.Sized(260, 32, f), kit.Spacer()), wrong)))
		}
		rows = append(rows, kit.Row(12, v.save, kit.Grow(v.said)))
	}
	for _, s := range keySheets() {
		rows = append(rows, kit.Gap(4), kit.NewSection(s.where, nil))
		for _, l := range s.lines {
			rows = append(rows, kit.Row(12, kit.Sized(96, 24, kit.Row(0, kit.NewKeyHint(l.keys), kit.Spacer())), kit.Grow(kit.NewProse(l.does, kit.Body))))
		}
	}
	v.inner = kit.Column(12, rows...)
	v.box = kit.Column(0, settingsTitle("Shortcuts"), kit.Grow(kit.Scroll(kit.Pad(20, 24, 20, 24, v.inner))))
	v.Enter()
	return v
}

// written are the keys as they stand in the fields.
func (v *settingsShortcutsView) written() map[hotkey.Action]string {
	all := map[hotkey.Action]string{}
	for a, f := range v.fields {
		all[a] = f.Text()
	}
	return all
}

func (v *settingsShortcutsView) changed() bool {
	kept := v.opt.Settings.Hotkeys()
	for a, s := range v.written() {
		if s != kept[a] {
			return true
		}
	}
	return false
}

func (v *settingsShortcutsView) look() {
	v.save.SetEnabled(v.changed(), text.T("Nothing has changed"))
	v.said.SetText("")
}

// Submit keeps the keys and takes them, and says which could not be had.
func (v *settingsShortcutsView) Submit() {
	if v.opt.Hotkeys == nil || !v.changed() {
		return
	}
	written, unread := v.written(), map[hotkey.Action]string{}
	for a, s := range written { // what can't be read is not kept
		c, err := hotkey.Parse(s)
		if written[a] = c.String(); err != nil {
			unread[a] = hotkeyWrong(err)
		}
	}
	if len(unread) > 0 {
		v.tell(unread, "")
		return
	}
	var wrong map[hotkey.Action]string
	save := func() error {
		if err := v.opt.Settings.SaveHotkeys(maps.Clone(written)); err != nil {
			return err
		}
		wrong = useHotkeys(v.opt.Hotkeys, written)
		return nil
	}
	keepChoice(v.opt, save, func(err error) {
		if err != nil {
			v.tell(nil, notKept(err))
			return
		}
		v.fill(written)
		said := ""
		if len(wrong) == 0 {
			said = text.T("Saved. The keys work from now on.")
		}
		v.tell(wrong, said)
		v.look()
	})
}

func (v *settingsShortcutsView) tell(wrong map[hotkey.Action]string, said string) {
	for a, e := range v.errors {
		e.SetText(wrong[a])
		setShown(e, wrong[a] != "")
	}
	v.said.SetText(said)
	v.inner.Refresh()
}

// Object is the view.
func (v *settingsShortcutsView) Object() fyne.CanvasObject { return v.box }

// Enter shows the keys that are kept, unless others were typed.
func (v *settingsShortcutsView) Enter() {
	if v.filled == nil || maps.Equal(v.written(), v.filled) {
		v.fill(v.opt.Settings.Hotkeys())
	}
	v.look()
}

func (v *settingsShortcutsView) fill(keys map[hotkey.Action]string) {
	for a, f := range v.fields {
		f.SetText(keys[a])
	}
	v.filled = v.written()
}

// Leave does nothing.
func (v *settingsShortcutsView) Leave() {}

// Draw does nothing: keys are in no snapshot.
func (v *settingsShortcutsView) Draw(desk.Snapshot) {}
