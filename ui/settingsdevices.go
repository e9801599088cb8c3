package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
)

// deviceRows lists devices, each with a way to sign it out.
func deviceRows(opt MainOptions, all []UserDevice, out func(UserDevice)) fyne.CanvasObject {
	if len(all) == 0 {
		return kit.NewProse("No device is signed in.", kit.Secondary)
	}
	rows := kit.Column(8)
	for _, d := range all {
		name := d.Name
		if name == "" {
			name = text.T("A device without a name")
		}
		seen := text.T("seen {time}", "time", text.Ago(d.Seen, opt.Now()))
		words := joined(" · ", d.Platform, seen)
		line := []fyne.CanvasObject{kit.Grow(kit.Column(1, kit.NewData(name, kit.Strong).Shrink(60), kit.NewData(words, kit.Secondary).Shrink(60)))}
		if d.This {
			line = append(line, kit.NewLabel("this device", kit.Quiet))
		} else {
			line = append(line, askingButton("Sign out and erase", "Erase its copy", func() { out(d) }))
		}
		rows.Add(kit.Row(8, line...))
	}
	return rows
}

// askingButton does something only on the second click, which its other wording asks for.
func askingButton(first, sure text.Key, do func()) *kit.Button {
	var b *kit.Button
	asked := false
	b = kit.NewButton(first, kit.Line, func() {
		if asked {
			do()
			return
		}
		asked = true
		b.Rename(sure)
		b.SetKind(kit.Danger)
	})
	return b
}

// loadDevices lists the agent's own devices under the shared server.
func (v *settingsServerView) loadDevices() {
	v.devices.Objects = nil
	if v.opt.SignIns == nil || !v.server.SignedIn || !signedIn(v.sync.State) || v.sync.State == desk.ServerAway {
		v.devices.Refresh()
		return
	}
	fileAsk(v.opt, func(ctx context.Context) ([]UserDevice, error) {
		ctx, cancel := context.WithTimeout(ctx, signInTime)
		defer cancel()
		return v.opt.SignIns.OwnDevices(ctx)
	}, func(all []UserDevice, err error) {
		if err != nil || len(all) == 0 {
			return // the line above says how the server stands
		}
		v.devices.Objects = []fyne.CanvasObject{settingsRow("Your devices", deviceRows(v.opt, all, func(d UserDevice) {
			fileDo(v.opt, func(ctx context.Context) error { return v.opt.SignIns.SignOutDevice(ctx, d.ID) }, func(err error) {
				if err != nil {
					v.fail(err)
				}
				v.loadDevices()
			})
		}))}
		v.devices.Refresh()
		v.box.Refresh()
	})
}
