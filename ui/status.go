package ui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"leadline/ui/desk"
	"leadline/ui/hotkey"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// statusStrip is the strip at the bottom of the main window: what happens to calls
// that come in, how each account stands and why, what is wrong with the sound, and the running call.
type statusStrip struct {
	opt   MainOptions
	place func(settingsPlace) // shows a place of the settings
	layer func() *kit.Layer   // of the window, for the popup
	box   *fyne.Container
	left  *fyne.Container
	right *fyne.Container
	snap  desk.Snapshot
	shown string // what left was made for
	rank  statusRow
	call  *statusCall
	clock *mainDelay
}

func newStatusStrip(opt MainOptions, place func(settingsPlace), layer func() *kit.Layer) *statusStrip {
	s := &statusStrip{opt: opt, place: place, layer: layer}
	s.left = container.New(&s.rank)
	s.right = kit.Stack()
	s.call = newStatusCall(opt)
	s.right.Objects = []fyne.CanvasObject{s.call.box}
	s.right.Hide()
	s.box = kit.RowAligned(0, kit.Stretch, kit.Grow(kit.Pad(0, 0, 0, 4, s.left)), s.right)
	s.clock = newMainDelay(opt.Do, 0, s.tick)
	return s
}

// Stop ends the clock of the running call.
func (s *statusStrip) Stop() { s.clock.Stop() }

// Draw shows a snapshot.
func (s *statusStrip) Draw(snap desk.Snapshot) {
	s.snap = snap
	items := statusItems(snap, s.opt.Now())
	if key := statusKey(items); key != s.shown {
		s.shown = key
		s.left.Objects, s.rank = nil, nil
		for i, it := range items {
			if i > 0 {
				s.left.Objects, s.rank = append(s.left.Objects, kit.Sized(1, 14, kit.NewHairline())), append(s.rank, statusNever)
			}
			s.left.Objects, s.rank = append(s.left.Objects, s.item(it)), append(s.rank, it.gives())
		}
		s.left.Refresh()
	}
	c, ok := runningCall(snap.Calls)
	s.right.Hidden = !ok
	if ok {
		s.tick()
		s.call.Draw(c)
	} else {
		s.clock.Stop()
	}
	s.box.Refresh()
}

// follow is told when a call's own window was shown or hidden. It draws only what that changes: the
// window of a call that rings is to be painted first.
func (s *statusStrip) follow() {
	c, ok := runningCall(s.snap.Calls)
	if ok && !c.Answered.IsZero() && s.elsewhere(c) == s.call.clock.Visible() {
		s.Draw(s.snap)
	}
}

// elsewhere tells whether the call's own window shows its clock.
func (s *statusStrip) elsewhere(c desk.Call) bool {
	return s.opt.CallShown != nil && s.opt.CallShown(c.ID)
}

// tick writes the clock of the running call and waits for its next second. While the call's own
// window shows one there is none here: each second of it would be a whole window painted.
func (s *statusStrip) tick() {
	c, ok := runningCall(s.snap.Calls)
	if !ok || c.Answered.IsZero() {
		setShown(s.call.clock, true)
		s.clock.Stop()
		return
	}
	elsewhere := s.elsewhere(c)
	setShown(s.call.clock, !elsewhere)
	if elsewhere {
		s.call.clock.SetText("")
		s.clock.Stop()
		return
	}
	talked := s.opt.Now().Sub(c.Answered)
	s.call.clock.SetText(text.Length(talked))
	s.clock.Stop()
	s.clock.wait = time.Second - talked%time.Second + 5*time.Millisecond
	s.clock.Start()
}

func (s *statusStrip) item(it statusItem) fyne.CanvasObject {
	icon, ink := theme.IconHandset, theme.Text3
	style := kit.Secondary
	switch it.tone {
	case kit.Warn:
		icon, ink = theme.IconWarning, theme.WarningText
		style = style.In(theme.WarningText).Weighing(kit.Medium)
	case kit.Bad:
		icon, ink = theme.IconAlert, theme.DangerText
		style = style.In(theme.DangerText).Weighing(kit.Medium)
	}
	if it.presence && style == kit.Secondary { // what an agent looks for first
		style = style.In(theme.Text1).Weighing(kit.Medium)
	}
	if it.icon != "" {
		icon = it.icon
	}
	if it.ink != "" {
		ink = it.ink
	}
	px, edge := float32(14), float32(8)
	if it.presence {
		px, edge = 16, 6
	}
	parts := []fyne.CanvasObject{kit.NewIcon(icon, px, ink).Image, kit.Grow(kit.NewData(it.words, style).Shrink(40))}
	width := kit.NewData(it.words, style).MinSize().Width + 8 + 14 + 7 + 9
	if it.presence || it.lines {
		parts = append(parts, kit.NewIcon(theme.IconChevronDown, 12, theme.Text3).Image)
		width += 7 + 12
	}
	p := newPressFocus("item", 4, kit.Sized(width, 24, kit.Pad(0, edge, 0, 8, kit.Row(7, parts...))), nil)
	p.onTap = func() { s.place(settingsAccounts) }
	switch {
	case it.presence:
		p.onTap = func() { showPresence(s.opt, s.layer(), p, s.snap.Presence) }
	case it.lines:
		p.onTap = func() { showLines(s.opt, s.layer(), p, s.snap.Out) }
	case it.place != "":
		p.onTap = func() { s.place(it.place) }
	case it.colleagues:
		p.onTap = func() { showColleagues(s.opt, s.layer(), p, s.snap.Colleagues) }
	case it.call != "":
		p.onTap = func() { s.opt.Desk.Dial(it.call, it.account) }
	}
	p.english, p.shown = func() string { return it.english }, func() string { return it.words }
	p.tip = func() string {
		if p.Size().Width < width { // only its icon is seen
			return joined(" · ", it.words, it.advice, it.detail)
		}
		return joined(" · ", it.advice, it.detail)
	}
	return p
}

// statusCall is the running call at the right of the strip.
type statusCall struct {
	opt   MainOptions
	id    desk.CallID
	state desk.State
	since time.Time // when the buttons came to mean this call, or another thing
	muted bool
	box   *fyne.Container
	name  *kit.Label
	clock *kit.Label
	icon  *kit.Icon
	back  *kit.Area
	mute  *kit.Button
	end   *kit.Button
}

func newStatusCall(opt MainOptions) *statusCall {
	c := &statusCall{opt: opt}
	style := kit.Secondary.In(theme.AnswerText).Weighing(kit.SemiBold)
	c.icon = kit.NewIcon(theme.IconOnCall, 14, theme.AnswerText)
	c.name, c.clock = kit.NewData("", style), kit.NewData("", style)
	c.back = kit.FillRound(theme.AnswerSoft, 0).(*kit.Area)
	c.mute = kit.NewIconButton("Mute", theme.IconMicOff, kit.Ghost, func() { c.opt.Desk.Mute(c.id, !c.muted) }).High(26)
	c.end = kit.NewIconButton("Hang up", theme.IconHangUp, kit.Ghost, func() { c.opt.Desk.HangUp(c.id) }).High(26)
	words := newPressFocus("item", 4, kit.Pad(0, 6, 0, 12, kit.Row(7, c.icon.Image, c.name, c.clock)), func() {
		if c.opt.ShowCall != nil {
			c.opt.ShowCall(c.id)
		}
	})
	words.english = func() string { return text.English("Running call") }
	words.shown = func() string { return joined(" ", c.name.Text(), c.clock.Text()) }
	c.box = kit.Stack(c.back, kit.Pad(0, 4, 0, 0, kit.Row(0, kit.Sized(0, mainBottom, words), c.mute, c.end)))
	return c
}

// Draw shows a call.
func (c *statusCall) Draw(call desk.Call) {
	if c.id != call.ID || (c.state == desk.Incoming) != (call.State == desk.Incoming) {
		c.since = c.opt.Now()
	}
	c.id, c.state, c.muted = call.ID, call.State, call.Muted
	name := callName(call)
	c.name.SetText(kit.Ellipsis(name, kit.Secondary.Weighing(kit.SemiBold), 180))
	soft, ink, icon := theme.AnswerSoft, theme.AnswerText, theme.IconOnCall
	word := text.Key("")
	switch call.State {
	case desk.Incoming:
		soft, ink, icon, word = theme.AccentSoft, theme.Accent, theme.IconIncoming, text.Key("rings")
	case desk.Dialling, desk.RingingThere, desk.EarlyMedia:
		soft, ink, icon, word = theme.AccentSoft, theme.Accent, theme.IconOutgoing, text.Key("calling")
	case desk.HeldHere, desk.HeldThere:
		soft, ink, icon = theme.WarningSoft, theme.WarningText, theme.IconPause
	}
	style := kit.Secondary.In(ink).Weighing(kit.SemiBold)
	c.back.SetColors(soft, theme.Clear)
	c.icon.Set(icon, ink)
	c.name.SetStyle(style)
	c.clock.SetStyle(style)
	if word != "" {
		c.clock.Say(word)
	}
	c.mute.Hidden = call.Answered.IsZero()
	if call.Muted {
		c.mute.Rename("Unmute")
		c.mute.SetKind(kit.Chosen)
	} else {
		c.mute.Rename("Mute")
		c.mute.SetKind(kit.Ghost)
	}
	if call.State == desk.Incoming {
		c.end.Rename("Decline")
		c.end.OnTap(func() { c.opt.Desk.Decline(c.id) })
	} else {
		c.end.Rename("Hang up")
		c.end.OnTap(func() { c.opt.Desk.HangUp(c.id) })
	}
	c.box.Refresh()
}

// key does what Ctrl and a key mean in a call window: a call's window takes no keyboard as it comes
// up, so that whoever works here has theirs. J answers what rings longest, D ends the call of the strip;
// nothing is taken or ended that came this moment.
func (c *statusCall) key(name fyne.KeyName) {
	d := c.opt.Desk
	running, ok := runningCall(d.Snapshot().Calls)
	settled := running.ID == c.id && c.opt.Now().Sub(c.since) >= deaf
	switch {
	case !ok:
	case name == fyne.KeyM:
		doHotkey(d, hotkey.Mute)
	case name == fyne.KeyH && (running.State != desk.Talking || running.CanHold):
		doHotkey(d, hotkey.Hold)
	case name == fyne.KeyJ && (settled || running.State != desk.Incoming):
		doHotkey(d, hotkey.Answer)
	case name == fyne.KeyD && settled && running.State == desk.Incoming:
		d.Decline(running.ID)
	case name == fyne.KeyD && settled:
		d.HangUp(running.ID)
	}
}

// runningCall is the call that the strip shows: the one that talks, else one on
// hold, else the oldest that rings.
func runningCall(calls []desk.Call) (desk.Call, bool) {
	best, rank := -1, 0
	for i, c := range calls {
		r := 1
		switch c.State {
		case desk.Ended:
			continue
		case desk.Talking:
			r = 3
		case desk.HeldHere, desk.HeldThere:
			r = 2
		}
		if r > rank {
			best, rank = i, r
		}
	}
	if best < 0 {
		return desk.Call{}, false
	}
	return calls[best], true
}
