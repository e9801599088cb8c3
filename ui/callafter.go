package ui

import (
	"context"
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// callAfter leads on from a call that is over: to its recording, to the record, and to its conversion while it is an open lead.
type callAfter struct {
	v       *callView
	root    *fyne.Container
	play    *kit.Button
	open    *kit.Button
	convert *kit.Button
	players *fyne.Container // opened by play
	sound   recordPlayers
	length  asker[[]desk.Recorded, time.Duration]
	files   []desk.Recorded
}

func newCallAfter(v *callView) *callAfter {
	a := &callAfter{v: v, sound: recordPlayers{opt: v.w.opt, open: map[string]*recordPlayer{}}}
	a.length = asker[[]desk.Recorded, time.Duration]{do: v.w.opt.Do, ask: a.measure}
	a.play = kit.NewButton("Recording", kit.Ghost, a.toggle).WithIcon(theme.IconPlay).Small()
	a.convert = kit.NewButton("Convert…", kit.Link, func() { v.w.convert(v.w.call.Card.Ref) })
	a.open = kit.NewButton("Open the record", kit.Link, v.openRecord)
	a.players = kit.Column(8)
	a.root = kit.Stack(kit.Fill(theme.Sunk), kit.Column(0, kit.NewHairline(),
		kit.Pad(8, callMargin, 0, callMargin, a.players),
		kit.Sized(0, 33, kit.Pad(0, callMargin, 0, callMargin-8, kit.Row(20, a.play, kit.Spacer(), a.convert, a.open)))))
	a.begin()
	return a
}

// begin makes it ready for another call.
func (a *callAfter) begin() {
	a.length.Stop()
	a.sound.Clear()
	a.files = nil
	a.shut()
	a.root.Hide()
}

func (a *callAfter) fill(c desk.Call) {
	if a.v.w.opt.Settings == nil { // nothing to play with
		c.Recordings = nil
	}
	over := c.State == desk.Ended && c.Form == nil
	record := over && c.Card.Known && c.Card.Ref.ID != ""
	setShown(a.root, record || over && len(c.Recordings) > 0)
	setShown(a.open, record)
	setShown(a.convert, record && c.Card.OpenLead)
	setShown(a.play, len(c.Recordings) > 0)
	if slices.Equal(a.files, c.Recordings) {
		return
	}
	a.files = c.Recordings
	a.play.SetData(text.T("Recording"))
	a.length.Ask(a.files, func(long time.Duration, err error) {
		if err == nil && long > 0 { // else a player says what is wrong
			a.play.SetData(text.T("Recording {time}", "time", text.Length(long)))
			a.v.lay()
		}
	})
}

// measure is how long recordings are together.
func (a *callAfter) measure(ctx context.Context, files []desk.Recorded) (sum time.Duration, err error) {
	for _, r := range files {
		long, err := a.v.w.opt.Settings.RecordingLength(ctx, r)
		if err != nil {
			return 0, err
		}
		sum += long
	}
	return sum, nil
}

// toggle opens the players and plays, or closes them.
func (a *callAfter) toggle() {
	a.v.w.touched = a.v.w.now()
	if a.players.Visible() {
		a.sound.Stop()
		a.shut()
		a.v.lay()
		return
	}
	a.players.Show()
	for _, r := range a.files {
		p := a.sound.Of(r)
		p.save.Hide() // a call's window is no place to look for a folder
		a.players.Add(p.box)
	}
	a.v.lay()
	a.sound.Of(a.files[0]).toggle()
}

func (a *callAfter) shut() {
	a.players.Objects = nil
	a.players.Hide()
}

// plays tells whether a recording is heard.
func (a *callAfter) plays() bool { return a.sound.playing() }
