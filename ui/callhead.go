package ui

import (
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// callHead is the top of a call window: the state line, the state in words with the
// line that was dialled, and the clock.
type callHead struct {
	root    fyne.CanvasObject
	line    *kit.StateLine
	icon    *kit.Icon
	word    *kit.Label
	where   *kit.Label
	caption *kit.Label
	clock   *kit.Clock
}

func newCallHead() *callHead {
	h := &callHead{
		line:    kit.NewStateLine(),
		icon:    kit.NewIcon(theme.IconIncoming, 16, theme.Accent),
		word:    kit.NewData("", kit.Style{Size: 13, Weight: kit.SemiBold, Color: theme.Accent}),
		where:   kit.NewData("", kit.Quiet).Shrink(0),
		caption: kit.NewData("", kit.Caption),
		clock:   kit.NewClock(kit.PageTitle),
	}
	h.root = kit.Column(0,
		kit.Sized(0, 3, h.line.Area),
		kit.Sized(0, 44, kit.Pad(0, 16, 0, 16, kit.Row(8,
			h.icon.Image, h.word, kit.Grow(h.where), h.caption, h.clock))),
	)
	return h
}

func (h *callHead) fill(c desk.Call) {
	l := lookOf(c)
	h.line.Set(l.line)
	h.icon.Set(l.icon, l.line.Ink())
	h.word.SetStyle(kit.Style{Size: 13, Weight: kit.SemiBold, Color: l.line.Ink()})
	h.word.SetText(h.said(c, l))
	h.where.SetText(joined(" · ", c.Line, c.Queue, text.Say(c.Passed)))
}

// said is the state in words; with its length when there was a conversation.
func (h *callHead) said(c desk.Call, l stateLook) string {
	word := text.T(l.word)
	if c.State == desk.Ended && !c.Answered.IsZero() {
		word += " " + text.Length(clockOf(c, time.Time{}))
	}
	return word
}

// tick shows the time. left is how long an ended call still stays, negative when it
// stays until it is closed by hand.
func (h *callHead) tick(c desk.Call, now time.Time, left time.Duration) {
	switch c.State {
	case desk.Ended:
		if left < 0 {
			h.tickWrapUp(c, now)
			return
		}
		h.caption.SetText(text.T("closes in"))
		h.clock.Set(text.Length(left + time.Second - 1))
		return
	case desk.Incoming:
		h.caption.SetText(text.T("waiting"))
	default:
		h.caption.SetText("")
	}
	h.clock.Set(text.Length(clockOf(c, now)))
}

// tickWrapUp shows for how long a conversation that is over is being worked on.
func (h *callHead) tickWrapUp(c desk.Call, now time.Time) {
	if c.Answered.IsZero() || c.Ended.IsZero() {
		h.caption.SetText("")
		h.clock.Set("")
		return
	}
	h.caption.SetText(text.T("wrap-up"))
	h.clock.Set(text.Length(max(0, now.Sub(c.Ended))))
}

// callIdentity says who it is; always as high, whatever is known, and without marks only while a call is wrapped up.
type callIdentity struct {
	root   fyne.CanvasObject
	avatar *kit.Avatar
	name   *kit.Label
	role   *kit.Label
	number *kit.Label
	tail   *kit.Label
	bars   fyne.CanvasObject // instead of the role while the file is asked
	marks  *fyne.Container
	below  fyne.CanvasObject // the marks' place,
	short  fyne.CanvasObject // and what is there instead
	drawn  []desk.Mark
	who    string // whom the avatar shows
}

const (
	identityHeight = 94
	identityNames  = 65 // of it, above the marks
	identityShort  = 80 // without them
	callMargin     = 16
	marksGap       = 6
)

func newCallIdentity() *callIdentity {
	i := &callIdentity{
		avatar: kit.NewAvatar("", 52),
		name:   kit.NewData("", kit.CallerName).Shrink(0),
		role:   kit.NewData("", kit.Body.In(theme.Text2)).Shrink(0),
		number: kit.NewData("", kit.Strong),
		tail:   kit.NewData("", kit.Quiet).Shrink(0),
		marks:  kit.Row(marksGap),
	}
	i.bars = kit.Pad(4, 0, 4, 0, kit.Row(0, kit.Sized(160, 10, kit.FillRound(theme.Hover, 5))))
	i.bars.Hide()
	number := kit.Row(8, i.number, kit.Grow(i.tail))
	i.below, i.short = kit.Sized(callWidth-2*callMargin, identityHeight-identityNames, kit.Pad(9, 0, 0, 0, i.marks)), kit.Gap(identityShort-identityNames)
	i.short.Hide()
	i.root = kit.Pad(0, callMargin, 0, callMargin, kit.Column(0,
		kit.Sized(0, identityNames, kit.Pad(4, 0, 0, 0, kit.RowAligned(14, kit.Start, kit.Sized(52, 52, i.avatar), kit.Grow(kit.Column(0,
			kit.Sized(0, 25, i.name), kit.Sized(0, 18, kit.Stack(i.role, i.bars)), kit.Sized(0, 18, number)))))),
		i.below, i.short))
	return i
}

func (i *callIdentity) fill(c desk.Call, short bool) {
	setShown(i.below, !short)
	setShown(i.short, short)
	name := callerName(c)
	i.name.SetText(name)
	i.role.SetText(callerRole(c))
	i.number.SetText(c.Party.Number)
	atMost(i.number, 320)
	setShown(i.number, c.Party.Number != name)
	i.tail.SetText(callerTail(c))
	i.fillAvatar(c, name)
	i.fillMarks(c)
}

func (i *callIdentity) fillAvatar(c desk.Call, name string) {
	icon := theme.IconName("")
	switch {
	case c.Card.Known && c.Card.Ref.Kind == desk.Company:
		icon = theme.IconCompany
	case !c.Card.Known && !c.Party.Internal, kit.Initials(name) == "":
		icon = theme.IconHandset
	}
	if who := name + "\x00" + string(icon); who != i.who {
		i.who = who
		i.avatar.SetName(name)
		if icon != "" {
			i.avatar.SetIcon(icon)
		}
	}
}

func (i *callIdentity) fillMarks(c desk.Call) {
	marks := c.Card.Marks
	stranger := !c.Card.Known && !c.Card.Loading && !c.Party.Withheld && !c.Party.Internal
	if stranger && len(marks) == 0 {
		marks = []desk.Mark{{Tone: desk.MarkNotInCRM, Text: desk.Text{Key: "Not in the CRM"}}}
	}
	marks = marks[:min(3, len(marks))]
	if slices.EqualFunc(marks, i.drawn, sameMark) {
		return
	}
	i.drawn = marks
	i.marks.Objects = nil
	chips, widths, room := make([]fyne.CanvasObject, len(marks)), make([]float32, len(marks)), float32(callWidth-2*callMargin-(len(marks)-1)*marksGap)
	for n, m := range marks {
		chips[n] = kit.NewMark(m)
		widths[n] = chips[n].MinSize().Width
	}
	for n, w := range within(room, widths) {
		i.marks.Objects = append(i.marks.Objects, kit.Sized(w, 20, chips[n]))
	}
}

// within are widths that fit into the room together: the widest give way.
func within(room float32, widths []float32) []float32 {
	fitting, left := slices.Clone(widths), room
	for n, w := range slices.Sorted(slices.Values(widths)) {
		if most := left / float32(len(widths)-n); w > most {
			for i := range fitting {
				fitting[i] = min(fitting[i], most)
			}
			break
		}
		left -= w
	}
	return fitting
}

func sameMark(a, b desk.Mark) bool {
	return a.Tone == b.Tone && text.Say(a.Text) == text.Say(b.Text)
}

// tick shows grey bars when the file takes longer than a moment: sooner they would
// only flicker.
func (i *callIdentity) tick(c desk.Call, now time.Time) {
	slow := c.Card.Loading && now.Sub(c.Began) > 150*time.Millisecond && strings.TrimSpace(callerRole(c)) == ""
	if slow != i.bars.Visible() {
		setShown(i.bars, slow)
	}
}

func setShown(o fyne.CanvasObject, on bool) {
	switch {
	case on && !o.Visible():
		o.Show()
	case !on && o.Visible():
		o.Hide()
	}
}

// atMost lets a label be as wide as its text, up to px: what stands beside it keeps
// its place.
func atMost(l *kit.Label, px float32) {
	l.Shrink(-1)
	l.Shrink(min(px, l.MinSize().Width))
}
