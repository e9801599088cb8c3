package ui

import (
	"net/url"
	"path/filepath"

	"fyne.io/fyne/v2"

	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// recordings are the recordings of a call in a timeline: a button for each, that opens it with
// the desktop's player.
func (v *recordView) recordings(e desk.Event) fyne.CanvasObject {
	if len(e.Recordings) == 0 {
		return nil
	}
	problem := kit.NewProseData("", kit.Secondary.In(theme.DangerText))
	problem.Hide()
	box := kit.Column(4)
	for _, name := range e.Recordings {
		b := kit.NewButton("Play recording", kit.Line, func() {
			if err := v.play(name); err != nil {
				problem.SetText(text.T("The recording cannot be played: {reason}", "reason", err.Error()))
				problem.Show()
				box.Refresh()
			}
		}).WithIcon(theme.IconHeadset).Small()
		box.Add(kit.Row(0, b, kit.Spacer()))
	}
	box.Add(problem)
	return box
}

func (v *recordView) play(name string) error {
	path, err := v.opt.Settings.RecordingFile(name)
	if err != nil {
		return err
	}
	return v.opt.App.OpenURL(&url.URL{Scheme: "file", Path: filepath.ToSlash(path)})
}
