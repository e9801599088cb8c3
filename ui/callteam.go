package ui

import (
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
)

// teamRows is how many colleagues the call window has room for.
const teamRows = 5

// callTeam is the colleagues that a call can be passed on to, with their lamps; who is free comes first.
type callTeam struct {
	t      *callTransfer
	root   *fyne.Container
	hints  *fyne.Container // for passing on
	call   *fyne.Container // for calling as well
	send   *fyne.Container // for sending on
	list   *fyne.Container
	count  *kit.Label
	all    []desk.Teammate // as last told
	typed  string
	fits   []desk.Teammate // all whom what was typed means
	first  int             // of fits that is shown
	at     int             // of fits that is chosen; -1: what was typed is meant itself
	byHand bool            // the agent has chosen
}

func newCallTeam(t *callTransfer) *callTeam {
	c := &callTeam{t: t, list: kit.Column(0), count: kit.NewData("", kit.Quiet), at: -1}
	c.hints = kit.Row(6, kit.NewKeyHint("Enter"), kit.NewLabel("Ask first", kit.Quiet), kit.Gap(4), kit.NewKeyHint("Shift+Enter"),
		kit.NewLabel("Blind|transfer", kit.Quiet))
	c.call = kit.Row(6, kit.NewKeyHint("Enter"), kit.NewLabel("Call", kit.Quiet))
	c.send = kit.Row(6, kit.NewKeyHint("Enter"), kit.NewLabel("Send on", kit.Quiet))
	c.root = kit.Column(0, kit.Pad(0, callMargin, 4, callMargin, c.list), kit.Pad(0, callMargin, 8, callMargin, kit.Row(0, c.hints, c.call, c.send, kit.Spacer(), c.count)))
	return c
}

// show lists whom what was typed means. A number means itself until the agent chooses somebody, unless it is
// somebody's extension.
func (c *callTeam) show(all []desk.Teammate, typed string) {
	typed = strings.TrimSpace(typed)
	chosen, byHand := "", c.byHand && typed == c.typed
	if byHand && c.at >= 0 {
		chosen = teamKey(c.fits[c.at])
	}
	c.all, c.typed, c.byHand = all, typed, byHand
	c.fits = slices.DeleteFunc(byReach(all), func(m desk.Teammate) bool { return m.Dial == "" || !teamFits(m, typed) })
	c.at = slices.IndexFunc(c.fits, func(m desk.Teammate) bool {
		switch {
		case chosen != "":
			return teamKey(m) == chosen
		case byHand:
			return false
		case desk.DialTarget(typed, "") != "":
			return m.Extension == typed
		}
		return true
	})
	c.draw()
}

// draw makes the rows, with the chosen one among them.
func (c *callTeam) draw() {
	c.first = max(0, min(c.first, c.at, len(c.fits)-teamRows))
	if c.at >= c.first+teamRows {
		c.first = c.at - teamRows + 1
	}
	shown := c.fits[c.first:min(c.first+teamRows, len(c.fits))]
	c.list.Objects = nil
	setShown(c.hints, c.t.why == toPassOn)
	setShown(c.call, c.t.why == toAdd)
	setShown(c.send, c.t.why == toSendOn)
	for i, m := range shown {
		c.list.Objects = append(c.list.Objects, c.row(c.first+i, m))
	}
	c.count.SetText("")
	if len(c.fits) > len(shown) {
		c.count.SetText(text.T("{shown} of {n}", "shown", strconv.Itoa(len(shown)), "n", strconv.Itoa(len(c.fits))))
	}
	setShown(c.root, len(shown) > 0)
}

func (c *callTeam) row(i int, m desk.Teammate) fyne.CanvasObject {
	look := teamLookOf(m.State)
	style := kit.Strong
	if !present(m.State) {
		style = style.In(kit.Neutral.Ink())
	}
	name := joined(" · ", m.Name, m.Department)
	cells := []fyne.CanvasObject{kit.NewIcon(look.icon, 16, look.tone.Ink()).Image, kit.Grow(kit.NewData(name, style).Shrink(0))}
	switch {
	case i == c.at && c.t.why == toAdd:
		cells = append(cells, kit.NewButton("Call", kit.Answer, c.t.consult).Small())
	case i == c.at && c.t.why == toSendOn:
		cells = append(cells, kit.NewButton("Send on", kit.Primary, c.t.pass).Small())
	case i == c.at:
		busy := c.t.v.w.call.Transfer.Busy
		ask := kit.NewButton("Ask first", kit.Line, c.t.consult).Small().WithTip(tipAsk)
		blind := kit.NewButton("Blind|transfer", kit.Primary, c.t.pass).Small().WithTip(tipBlind)
		ask.SetEnabled(!busy, "")
		blind.SetEnabled(!busy, "")
		cells = append(cells, ask, blind)
	default:
		cells = append(cells, kit.NewData(text.T(look.word), kit.Quiet))
	}
	if m.Extension != "" && m.Extension != m.Name {
		cells = append(cells, kit.Sized(34, 0, kit.NewData(m.Extension, kit.Secondary.Right()).Shrink(20)))
	}
	row := newPressFocus("row", 6, kit.Sized(0, 40, kit.Pad(0, 8, 0, 8, kit.Row(8, cells...))), func() { c.choose(i) })
	row.english = func() string { return m.Name }
	row.shown = func() string { return joined(" · ", m.Department, text.T(look.word), m.Extension) }
	row.SetSelected(i == c.at)
	row.onKey = func(k fyne.KeyName) bool {
		if k == fyne.KeyUp || k == fyne.KeyDown {
			c.t.v.w.win.Canvas().Focus(c.t.field.Focusable())
			c.choose(i)
			return c.key(k)
		}
		return false
	}
	return row
}

// choose makes somebody the one that the buttons are for.
func (c *callTeam) choose(i int) {
	c.at, c.byHand = i, true
	c.draw()
	setShown(c.t.typed, c.at < 0)
	c.t.enable()
	c.t.v.lay()
}

// key lets the arrows choose while one types.
func (c *callTeam) key(k fyne.KeyName) bool {
	switch {
	case len(c.fits) == 0:
		return false
	case k == fyne.KeyDown && c.at+1 < len(c.fits):
		c.choose(c.at + 1)
	case k == fyne.KeyUp && c.at > 0:
		c.choose(c.at - 1)
	case k == fyne.KeyUp && c.at == 0 && c.typed != "":
		c.choose(-1)
	default:
		return k == fyne.KeyDown || k == fyne.KeyUp
	}
	return true
}

// dial is what reaches the chosen colleague; "" when what was typed is meant.
func (c *callTeam) dial() string {
	if c.at < 0 {
		return ""
	}
	return c.fits[c.at].Dial
}

// stale tells whether somebody is otherwise than shown.
func (c *callTeam) stale(now []desk.Teammate) bool {
	return !slices.EqualFunc(c.all, now, sameTeammate)
}
