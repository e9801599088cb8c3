package ui

import (
	"maps"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// callBelow is the row under the actions: what else can be done with a call that rings and who is responsible, how it
// sounds while they talk, and what is wrong with the sound card in both.
type callBelow struct {
	root    *fyne.Container
	send    *kit.Button
	except  *kit.Button
	owner   *kit.Label
	ownerIs *kit.Label
	bars    *kit.Bars
	quality *kit.Label
	codec   *kit.Label
	lock    *kit.Icon
	secret  *kit.Label
	headset *kit.Icon
	device  *kit.Label
	problem *kit.StateSentence
	devices *kit.Button // for what is wrong with the sound card
	dot1    *kit.Label
	dot2    *kit.Label
	ringing *fyne.Container
	heard   *fyne.Container
	wrong   *fyne.Container
	gap     *fyne.Container
	call    desk.Call
	card    desk.Sound
	v       *callView
}

func newCallBelow(v *callView) *callBelow {
	b := &callBelow{
		v:       v,
		send:    kit.NewButton("Send to…", kit.Ghost, v.toggleSendOn).WithIcon(theme.IconTransfer),
		except:  kit.NewButton("Exceptions", kit.Ghost, func() { v.w.desk.Except(v.w.id) }).WithIcon(theme.IconBan),
		owner:   kit.NewLabel("Responsible", kit.Quiet),
		ownerIs: kit.NewData("", kit.Secondary.In(theme.Text1).Weighing(kit.Medium)),
		bars:    kit.NewBars(),
		quality: kit.NewData("", kit.Secondary),
		codec:   kit.NewData("", kit.Secondary),
		lock:    kit.NewIcon(theme.IconLock, 14, theme.Text2),
		secret:  kit.NewData("", kit.Secondary),
		headset: kit.NewIcon(theme.IconHeadset, 14, theme.Text2),
		device:  kit.NewData("", kit.Secondary),
		dot1:    kit.NewData("·", kit.Quiet),
		dot2:    kit.NewData("·", kit.Quiet),
		problem: kit.NewStateSentence(kit.Secondary).MaxLines(2),
		devices: kit.NewButton("Devices…", kit.WarningLink, func() { v.w.devices() }).High(16),
	}
	b.ringing = kit.Sized(0, 42, kit.Pad(0, callMargin, 2, callMargin, kit.Row(belowGap, b.send, b.except, kit.Spacer(), b.owner, b.ownerIs)))
	b.heard = kit.Sized(0, 37, kit.Pad(0, callMargin, 2, callMargin, kit.Row(7,
		b.bars, b.quality, b.dot1, b.codec, b.dot2, b.lock.Image, b.secret, kit.Spacer(), b.headset.Image, b.device)))
	b.wrong = kit.Pad(8, callMargin, 0, callMargin, kit.Stack(kit.FillRound(theme.WarningSoft, 6),
		kit.Pad(7, 10, 7, 10, kit.Row(8, kit.Grow(b.problem.Container), b.devices))))
	b.gap = kit.Gap(14)
	b.root = kit.Column(0, b.wrong, b.ringing, b.heard, b.gap)
	return b
}

func (b *callBelow) fill(c desk.Call) {
	b.call = c
	b.draw()
}

// sound tells whether something has changed.
func (b *callBelow) sound(s desk.Sound) bool {
	if s.Microphone == b.card.Microphone && text.Say(s.Problem) == text.Say(b.card.Problem) {
		return false
	}
	b.card = s
	b.draw()
	return true
}

// belowGap is between the things of the row.
const belowGap = 4

// fillRinging shows what else can be done, and lets the name of the responsible have the room that is left. An unknown
// number has its own button for exceptions, beside those that make a record of it.
func (b *callBelow) fillRinging(c desk.Call) {
	kind := kit.Ghost
	if b.v.transferOpen && b.v.pass.why == toSendOn {
		kind = kit.Chosen
	}
	b.send.SetKind(kind)
	setShown(b.except, c.Card.Known && c.Party.Dial != "" && !c.Party.Internal && c.Reason.Key != crm.ReasonException)
	owned := c.Card.Responsible != ""
	setShown(b.owner, owned)
	setShown(b.ownerIs, owned)
	b.ownerIs.SetText(c.Card.Responsible)
	room := float32(callWidth - 2*callMargin)
	for _, o := range []fyne.CanvasObject{b.send, b.except, b.owner} {
		if o.Visible() {
			room -= o.MinSize().Width + belowGap
		}
	}
	atMost(b.ownerIs, room-belowGap)
}

func (b *callBelow) draw() {
	c := b.call
	live := c.State != desk.Ended
	talks := live && phaseOf(c.State) == talking
	rings := phaseOf(c.State) == ringing && c.Form == nil
	setShown(b.ringing, rings)
	b.fillRinging(c)
	// A form and the list of colleagues need the room, in a low window the keypad, too.
	heard := talks && c.Form == nil && !b.v.transferOpen && !(b.v.keypadOpen && b.v.w.low())
	setShown(b.heard, heard)
	b.bars.Set(int(c.Quality))
	setShown(b.bars, c.Quality > 0)
	b.quality.SetText(joined(", ", text.T(qualityWord(c.Quality)), text.Say(c.WhyPoor)))
	setShown(b.quality, c.Quality > 0)
	b.codec.SetText(c.Codec)
	setShown(b.codec, c.Codec != "")
	setShown(b.lock.Image, c.Encrypted)
	b.secret.SetText(text.T(secrecyWord(c)))
	setShown(b.secret, c.Encrypted || c.Exposed)
	setShown(b.dot1, c.Quality > 0 && c.Codec != "")
	setShown(b.dot2, (c.Encrypted || c.Exposed) && (c.Codec != "" || c.Quality > 0))
	b.device.SetText(b.card.Microphone)
	atMost(b.device, 150)
	room := c.WhyPoor.Key == "" // what is wrong needs it more
	setShown(b.headset.Image, room && b.card.Microphone != "")
	setShown(b.device, room)
	problem, icon := b.card.Problem, theme.IconWarning
	card := problem.Key
	if c.State == desk.HeldHere || c.State == desk.HeldThere {
		problem = desk.Text{} // nobody is to hear anybody; the main window tells of a device all the same
	}
	if c.Trouble.Key != "" {
		problem = c.Trouble
	}
	if c.Transfer.Text.Key != "" {
		problem = withShortAddress(c.Transfer.Text)
		if !c.Transfer.Failed {
			icon = theme.IconTransfer
		}
	}
	if problem.Key == "" && c.Dialled != "" {
		problem, icon = desk.Text{Key: string(text.Key("The other side dials {digits}")), Args: map[string]string{"digits": lastDigits(c.Dialled)}}, theme.IconKeypad
	}
	if problem.Key == "" && c.Recording.State == desk.RecordingFailed {
		problem = c.Recording.Why
	}
	wrong := live && problem.Key != ""
	setShown(b.wrong, wrong)
	setShown(b.gap, !rings && !heard && !b.v.wrapsUp(c) && !(wrong && b.v.keypadOpen && b.v.w.low()))
	setShown(b.devices, problem.Key == card)
	b.problem.Set(text.Say(problem), icon, kit.Warn)
}

// withShortAddress says of an address of any length as much as leaves room for why it was not reached.
func withShortAddress(t desk.Text) desk.Text {
	const most = 190 // px: the sentence is read whole in two lines
	if to := t.Args["to"]; widthOf(to, kit.Secondary) > most {
		t.Args = maps.Clone(t.Args)
		t.Args["to"] = kit.Ellipsis(to, kit.Secondary, most)
	}
	return t
}

// callWhy tells, after the end, why it ended so: in words, and where a call failed the
// PBX's own for whoever knows them.
type callWhy struct {
	root   *fyne.Container
	why    *kit.Prose
	detail *kit.Label
}

func newCallWhy() *callWhy {
	w := &callWhy{
		why:    kit.NewProseData("", kit.Body.In(theme.Text2)).MaxLines(2),
		detail: kit.NewData("", kit.Caption).Shrink(0),
	}
	w.root = kit.Column(0,
		kit.Pad(10, callMargin, 10, callMargin, kit.Column(2, w.why, w.detail)),
		kit.Sized(0, 1, kit.NewHairline()))
	return w
}

func (w *callWhy) fill(c desk.Call) {
	detail := c.Detail
	switch c.Outcome {
	case desk.Missed, desk.AnsweredElsewhere, desk.Declined, desk.Cancelled: // nothing failed
		if c.Why.Key != "" {
			detail = ""
		}
	}
	setShown(w.root, c.State == desk.Ended && (c.Why.Key != "" || detail != ""))
	w.why.SayText(c.Why)
	setShown(w.why, c.Why.Key != "")
	w.detail.SetText(detail)
	setShown(w.detail, detail != "")
}

// callKeypad sends digits, and shows which were sent.
type callKeypad struct {
	root *fyne.Container
	sent *kit.Label
	keys *kit.Keypad
}

// padAround is how high the keypad is without its keys.
const padAround = 10 + 24 + 8 + 12 + 1

func newCallKeypad(v *callView) *callKeypad {
	k := &callKeypad{sent: kit.NewData("", kit.Title.Centered()).Shrink(0)}
	k.keys = kit.NewKeypad(func(d rune) { v.w.desk.Digits(v.w.id, string(d)) })
	k.root = kit.Column(0,
		kit.Pad(10, 84, 12, 84, kit.Column(8, kit.Sized(0, 24, k.sent), k.keys.Container)),
		kit.Sized(0, 1, kit.NewHairline()))
	k.root.Hide()
	return k
}

// fit gives the keys the height that there is for all of it: in a low window the last row would be out of view.
func (k *callKeypad) fit(height float32) { k.keys.Fit(height - padAround) }

func (k *callKeypad) fill(c desk.Call, open bool) {
	setShown(k.root, open)
	k.sent.SetText(lastDigits(c.Digits))
}

// lastDigits are as many as there is room for: the last ones are those one wants to see.
func lastDigits(digits string) string {
	if n := len(digits); n > 20 {
		return "…" + digits[n-20:]
	}
	return digits
}
