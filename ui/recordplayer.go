package ui

import (
	"context"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"

	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// playerPace is how often a player that plays is drawn.
const playerPace = 100 * time.Millisecond

// recordPlayers are the players of a record's recordings. They outlast a new drawing of the
// record, and at most one plays.
type recordPlayers struct {
	opt  MainOptions
	open map[string]*recordPlayer
}

// Of is the player of a recording.
func (p *recordPlayers) Of(r desk.Recorded) *recordPlayer {
	key := string(r.Call) + " " + r.Name
	if p.open[key] == nil {
		p.open[key] = newRecordPlayer(p, r)
	}
	one := p.open[key]
	one.file = r
	one.state.SetText(recordedWords(r.At))
	setShown(one.state, r.At != desk.RecordedHere)
	one.button.SetEnabled(r.At != desk.RecordedAway, text.T("It is not here yet"))
	return one
}

// recordedWords say where a recording is.
func recordedWords(at desk.RecordedAt) string {
	switch at {
	case desk.RecordedWaiting:
		return text.T("On this computer, on its way to the server")
	case desk.RecordedShared:
		return text.T("On the server")
	case desk.RecordedAway:
		return text.T("On a colleague's computer, not on the server yet")
	}
	return ""
}

// Stop closes the files; what is played again is opened again.
func (p *recordPlayers) Stop() {
	for _, one := range p.open {
		one.close()
	}
}

// Clear is for another record.
func (p *recordPlayers) Clear() {
	p.Stop()
	clear(p.open)
}

// playing tells whether one plays.
func (p *recordPlayers) playing() bool {
	for _, one := range p.open {
		if one.quit != nil {
			return true
		}
	}
	return false
}

// alone pauses all others.
func (p *recordPlayers) alone(one *recordPlayer) {
	for _, other := range p.open {
		if other != one {
			other.pause()
		}
	}
}

// recordPlayer plays one recording: play and pause, who speaks when, the time, save as.
type recordPlayer struct {
	all     *recordPlayers
	file    desk.Recorded
	box     *fyne.Container
	button  *kit.Button
	track   *kit.Soundtrack
	time    *kit.Label
	save    *kit.Button
	problem *kit.Prose
	state   *kit.Label // where the file is

	asking asker[desk.Recorded, RecordingPlayer]
	player RecordingPlayer // nil until it is played for the first time
	shape  RecordingShape
	quit   chan struct{} // ends the clock; nil while nothing plays
}

func newRecordPlayer(all *recordPlayers, r desk.Recorded) *recordPlayer {
	p := &recordPlayer{all: all, file: r}
	p.asking = asker[desk.Recorded, RecordingPlayer]{do: all.opt.Do, ask: func(ctx context.Context, r desk.Recorded) (RecordingPlayer, error) {
		player, err := all.opt.Settings.OpenRecording(ctx, r)
		if err == nil && ctx.Err() != nil {
			player.Close()
			return nil, ctx.Err()
		}
		return player, err
	}}
	p.button = kit.NewIconButton("Play recording", theme.IconPlay, kit.Ghost, p.toggle).Small()
	p.track = kit.NewSoundtrack("Place in the recording", p.seek)
	p.track.SetEnabled(false, text.T("Play it first"))
	p.time = kit.NewData("", kit.Caption)
	p.save = kit.NewIconButton("Save recording as…", theme.IconDownload, kit.Ghost, p.saveAs).Small()
	p.problem = kit.NewProseData("", kit.Secondary.In(theme.DangerText))
	p.problem.Hide()
	p.state = kit.NewData("", kit.Caption)
	legend := kit.Sized(0, 26, kit.Column(0, kit.NewLabel("You|recording", kit.Caption.In(theme.Accent)), kit.NewLabel("They|recording", kit.Caption.In(theme.AnswerText))))
	row := kit.Row(8, p.button, legend, kit.Grow(p.track), kit.Sized(84, 0, p.time), p.save)
	p.box = kit.Column(4, kit.Sized(0, 36, kit.Stack(kit.NewCard(theme.Sunk, theme.Border, 6), kit.Pad(0, 4, 0, 4, row))), p.state, p.problem)
	return p
}

func (p *recordPlayer) toggle() {
	switch {
	case p.player == nil:
		p.fail("")
		p.asking.Ask(p.file, func(player RecordingPlayer, err error) {
			if err != nil {
				p.fail(text.T("The recording cannot be played: {reason}", "reason", reasonOf(err)))
				return
			}
			p.player, p.shape = player, player.Shape()
			p.track.SetShape(p.shape.Ours, p.shape.Theirs)
			p.track.SetEnabled(true, "")
			p.play()
		})
	case p.quit != nil:
		p.pause()
	default:
		p.play()
	}
}

func (p *recordPlayer) play() {
	p.all.alone(p)
	if p.player.State().Over {
		p.player.Seek(0)
	}
	p.player.Play()
	quit := make(chan struct{})
	p.quit = quit
	go func() { _, _ = guardedAsk(context.Background(), quit, p.clock) }()
	p.draw()
}

// clock draws while it plays.
func (p *recordPlayer) clock(_ context.Context, quit chan struct{}) (none struct{}, err error) {
	tick := time.NewTicker(playerPace)
	defer tick.Stop()
	for {
		select {
		case <-quit:
			return none, nil
		case <-tick.C:
		}
		drawn := make(chan struct{})
		p.all.opt.Do.Do(func() {
			defer close(drawn)
			if p.quit == quit {
				p.draw()
			}
		})
		select { // never ahead of the window
		case <-quit:
			return none, nil
		case <-drawn:
		}
	}
}

func (p *recordPlayer) pause() {
	if p.quit == nil {
		return
	}
	close(p.quit)
	p.quit = nil
	p.player.Pause()
	p.draw()
}

func (p *recordPlayer) seek(part float32) {
	p.player.Seek(time.Duration(float64(part) * float64(p.shape.Length)).Round(time.Millisecond))
	p.draw()
}

// draw shows where it stands.
func (p *recordPlayer) draw() {
	s := p.player.State()
	if p.quit != nil && (s.Over || s.Err != nil) {
		p.pause()
		return
	}
	if s.Err != nil {
		p.fail(text.T("The recording cannot be played: {reason}", "reason", s.Err.Error()))
	}
	if p.quit != nil {
		p.button.SetIcon(theme.IconPause)
		p.button.Rename("Pause|player")
	} else {
		p.button.SetIcon(theme.IconPlay)
		p.button.Rename("Play recording")
	}
	part := float32(0)
	if p.shape.Length > 0 {
		part = float32(float64(s.At) / float64(p.shape.Length))
	}
	words := text.Length(s.At) + " / " + text.Length(p.shape.Length)
	p.time.SetText(words)
	if who := p.speaks(part); who != "" {
		words += ", " + who
	}
	p.track.Set(part, words)
}

// speechLeast is how loud somebody is who speaks, of 255.
const speechLeast = 8

// speaks is who does at a place: the louder one, "" when nobody.
func (p *recordPlayer) speaks(part float32) string {
	n := len(p.shape.Ours)
	if n == 0 {
		return ""
	}
	i := min(n-1, int(part*float32(n)))
	ours, theirs := p.shape.Ours[i], p.shape.Theirs[i]
	switch {
	case max(ours, theirs) < speechLeast:
		return ""
	case ours >= theirs:
		return text.T("You|recording")
	}
	return text.T("They|recording")
}

func (p *recordPlayer) fail(why string) {
	p.problem.SetText(why)
	setShown(p.problem, why != "")
	p.box.Refresh()
}

func (p *recordPlayer) close() {
	p.asking.Stop()
	if p.player != nil {
		p.pause()
		player := p.player
		p.player = nil
		go player.Close()
	}
}

// saveAs asks where to, and copies it there.
func (p *recordPlayer) saveAs() {
	windows := p.all.opt.App.Driver().AllWindows()
	at := fyne.CurrentApp().Driver().CanvasForObject(p.box)
	i := slices.IndexFunc(windows, func(w fyne.Window) bool { return w.Canvas() == at })
	if i < 0 {
		return
	}
	d := dialog.NewFileSave(func(w fyne.URIWriteCloser, err error) {
		if err != nil {
			p.fail(text.T("The file could not be written: {reason}", "reason", reasonOf(err)))
			return
		}
		if w == nil { // cancelled
			return
		}
		path := w.URI().Path()
		w.Close()
		p.copyTo(path)
	}, windows[i])
	d.SetFileName(p.file.Name)
	showFiles(d, windows[i], "Save the recording", "Save")
}

func (p *recordPlayer) copyTo(path string) {
	fileDo(p.all.opt, func(ctx context.Context) error { return p.all.opt.Settings.CopyRecording(ctx, p.file, path) }, func(err error) {
		if err != nil {
			p.fail(text.T("The file could not be written: {reason}", "reason", reasonOf(err)))
		}
	})
}
