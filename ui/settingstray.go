package ui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// loadTray asks for what the server refused.
func (v *settingsServerView) loadTray() {
	fileAsk(v.opt, v.opt.Shared.RefusedChanges, func(tray []RefusedChange, err error) {
		if err != nil {
			v.fail(err)
			return
		}
		v.showTray(tray)
	})
}

func (v *settingsServerView) showTray(tray []RefusedChange) {
	v.tray.Objects = nil
	if len(tray) > 0 {
		v.tray.Add(kit.Pad(8, 0, 4, 0, kit.NewLabel("Refused changes", kit.Section)))
		v.tray.Add(kit.NewProse("The server did not take these, and they were taken back here. Look at each record, then decide.", kit.Secondary))
	}
	for _, r := range tray {
		v.tray.Add(v.refused(r))
		v.tray.Add(kit.NewHairline())
	}
	v.tray.Refresh()
	v.box.Refresh()
}

func (v *settingsServerView) refused(r RefusedChange) fyne.CanvasObject {
	words := kit.Column(2, kit.NewData(joined(" · ", r.Subject, text.Say(r.What)), kit.Strong).Shrink(60),
		kit.NewProseData(text.Say(r.Why), kit.Secondary), kit.NewData(text.Day(r.At, v.opt.Now()), kit.Caption))
	decide := func(do func(context.Context, int64) error) func() {
		return func() {
			v.error.Hide()
			fileDo(v.opt, func(ctx context.Context) error { return do(ctx, r.Seq) }, func(err error) {
				if err != nil {
					v.fail(err)
				}
				v.loadTray()
			})
		}
	}
	var row []fyne.CanvasObject
	if r.Record.ID != "" {
		row = append(row, kit.NewButton("Show record", kit.Line, func() { v.open(r.Record) }).Small())
	}
	row = append(row, kit.NewButton("Copy", kit.Line, func() { v.opt.App.Clipboard().SetContent(v.told(r)) }).WithIcon(theme.IconCopy).Small(), kit.Spacer())
	if !r.Final {
		row = append(row, kit.NewButton("Keep mine again", kit.Line, decide(v.opt.Shared.DoAgain)).Small())
	}
	row = append(row, kit.NewButton("Drop it", kit.Ghost, decide(v.opt.Shared.Drop)).Small())
	return kit.Pad(10, 0, 10, 0, kit.Column(8, words, kit.Row(8, row...)))
}

// told is a refused change as text, with what it would have set: once it is dropped nothing else has that.
func (v *settingsServerView) told(r RefusedChange) string {
	lines := []string{joined(" · ", r.Subject, text.Say(r.What)), text.Day(r.At, v.opt.Now()), text.Say(r.Why)}
	if r.Wanted != "" {
		lines = append(lines, "", r.Wanted)
	}
	return strings.Join(lines, "\n") + "\n"
}
