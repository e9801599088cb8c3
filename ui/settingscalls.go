package ui

import (
	"context"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// How long a call may ring before it goes on to somebody else, in seconds.
const (
	leastRinging = 5
	mostRinging  = 120
	usualRinging = 20
)

const (
	declineEverywhere = "everywhere"
	declineHere       = "here"
)

// settingsCallsView says what happens to calls that come in: where they go, and what declining means.
type settingsCallsView struct {
	opt      MainOptions
	box      *fyne.Container
	inner    fyne.CanvasObject
	every    *checkedField // for a while: the presence's
	busy     *checkedField
	noAnswer *checkedField
	after    *checkedField // seconds
	decline  *kit.Segmented
	until    *checkedField
	quiet    *kit.Button
	save     *kit.Button
	said     *kit.Prose
	is       desk.Presence
	shown    callFields // what the fields were filled with
}

// callFields is what one types on the page about incoming calls.
type callFields struct{ every, busy, noAnswer, after, decline string }

// checkedField is a field of the settings with what is wrong in it below.
type checkedField struct {
	*kit.Field
	wrong *kit.Prose
}

func newCheckedField(name, placeholder text.Key, changed func()) *checkedField {
	c := &checkedField{wrong: kit.NewProseData("", kit.Secondary.In(theme.DangerText))}
	c.Field = kit.NewBareField(name, func(string) { c.tell(""); changed() }).WithPlaceholder(placeholder)
	c.wrong.Hide()
	return c
}

// tell shows what is wrong, "" for nothing; it tells whether there is something.
func (c *checkedField) tell(wrong string) bool {
	c.SetError(wrong)
	c.wrong.SetText(wrong)
	setShown(c.wrong, wrong != "")
	return wrong != ""
}

func (c *checkedField) typed() string { return strings.TrimSpace(c.Text()) }

// checkTarget tells of what can't be dialled; nothing can be left empty.
func (c *checkedField) checkTarget() bool {
	to := c.typed()
	if to == "" || desk.DialTarget(to, "") != "" {
		return !c.tell("")
	}
	return !c.tell(text.T("“{target}” is not a number or SIP address", "target", to))
}

func newSettingsCalls(opt MainOptions) *settingsCallsView {
	v := &settingsCallsView{opt: opt}
	target := func(name text.Key) *checkedField { return newCheckedField(name, "Extension or number", v.look) }
	v.every, v.busy, v.noAnswer = target("Send every call on to"), target("In another call"), target("When nobody answers")
	v.after = newCheckedField("Seconds", "20", v.look)
	v.decline = kit.NewSegmented("Declining", []kit.Option{
		{ID: declineEverywhere, Key: text.Key("Nobody takes it")}, {ID: declineHere, Key: text.Key("Busy, try the next one")},
	}, func(string) { v.look() })
	v.until = newCheckedField("Until", "14:30", func() {})
	v.quiet = kit.NewButton("Do not disturb", kit.Line, v.disturbNot)
	v.until.OnSubmit(func(string) { v.disturbNot() })
	v.save = kit.NewButton("Save", kit.Primary, v.Submit).WithHint("Ctrl+S")
	v.said = kit.NewProseData("", kit.Secondary)
	v.inner = kit.Column(20,
		settingsRow("Send every call on to", v.control(v.every, "For a while: until you are available again, or Leadline ends. It does not ring here.")),
		settingsRow("In another call", v.control(v.busy, "Where a call goes while you talk, or are not to be disturbed. Empty: it rings; with do not disturb it is refused as busy.")),
		settingsRow("When nobody answers", v.control(v.noAnswer, "A colleague or the mailbox, where the PBX does not see to that itself.",
			kit.NewLabel("after", kit.Body), kit.Sized(56, 32, v.after), kit.NewLabel("seconds", kit.Body))),
		settingsRow("Declining", kit.Column(6, kit.Row(0, v.decline, kit.Spacer()),
			kit.NewProse("What the PBX is told of a call that you decline: that nobody takes it, or that this telephone is busy, so that it may ring at somebody else's.", kit.Quiet))),
		settingsRow("Do not disturb", kit.Column(4, kit.Row(8, kit.NewLabel("until", kit.Body), kit.Sized(88, 32, v.until), v.quiet, kit.Spacer()), v.until.wrong)))
	v.box = kit.Column(0, settingsTitle("Incoming calls|settings"), kit.Grow(kit.Scroll(kit.Pad(20, 24, 20, 24, v.inner))), settingsBar(v.said, v.save))
	v.Enter()
	return v
}

// control is a field with what stands beside it and below.
func (v *settingsCallsView) control(f *checkedField, help text.Key, beside ...fyne.CanvasObject) fyne.CanvasObject {
	row := append([]fyne.CanvasObject{kit.Sized(196, 32, f)}, beside...)
	below := []fyne.CanvasObject{kit.Row(8, append(row, kit.Spacer())...), f.wrong}
	if f == v.noAnswer {
		below = append(below, v.after.wrong)
	}
	return kit.Column(4, append(below, kit.NewProse(help, kit.Quiet))...)
}

func (v *settingsCallsView) written() callFields {
	return callFields{v.every.typed(), v.busy.typed(), v.noAnswer.typed(), v.after.typed(), v.decline.Chosen()}
}

// look is called when something was typed.
func (v *settingsCallsView) look() {
	v.said.SetText("")
	if n := differences(v.written(), v.shown); n > 0 {
		v.said.SetText(text.Tn(n, "{n} change not saved", "{n} changes not saved"))
	}
	v.save.SetEnabled(v.written() != v.shown, text.T("Nothing has changed"))
	v.inner.Refresh()
}

// targets are the fields that say where calls go.
func (v *settingsCallsView) targets() [3]*checkedField {
	return [...]*checkedField{v.every, v.busy, v.noAnswer}
}

// Submit keeps what is typed, if the agent's role allows that calls go there (requirements.md G1).
func (v *settingsCallsView) Submit() {
	w := v.written()
	if w == v.shown {
		return
	}
	seconds, ok := v.seconds()
	for _, f := range v.targets() {
		ok = f.checkTarget() && ok
	}
	if !ok {
		v.inner.Refresh()
		return
	}
	asked := [...]string{w.every, w.busy, w.noAnswer}
	fileAsk(v.opt, func(ctx context.Context) (refused [len(asked)]error, _ error) {
		for i, to := range asked {
			if to != "" {
				refused[i] = v.opt.Desk.MaySendOn(ctx, to)
			}
		}
		return refused, nil
	}, func(refused [len(asked)]error, err error) {
		if err != nil {
			v.notKept(err)
			return
		}
		ok := true
		for i, f := range v.targets() {
			if refused[i] == nil {
				continue
			}
			ok = false
			if f.typed() == asked[i] {
				f.tell(companyWhy(refused[i]))
			}
		}
		if !ok {
			v.inner.Refresh()
			return
		}
		v.keep(w, seconds)
	})
}

// keep saves what was written, and has the calls of today go where it says.
func (v *settingsCallsView) keep(w callFields, seconds int) {
	choice := CallChoice{Busy: w.busy, NoAnswer: w.noAnswer, After: seconds, DeclineHere: w.decline == declineHere}
	keepChoice(v.opt, func() error { return v.opt.Settings.SaveCalls(choice) }, func(err error) {
		if err != nil {
			v.notKept(err)
			return
		}
		switch {
		case w.every == v.shown.every:
		case w.every == "":
			v.opt.Desk.Available()
		default:
			v.opt.Desk.ForwardAll(w.every)
		}
		v.shown = w
		v.look()
		v.said.SetText(text.T("Saved, for calls from now on."))
	})
}

func (v *settingsCallsView) notKept(err error) { v.said.SetText(notKept(err)) }

// seconds are how long it rings, 0 for the usual time.
func (v *settingsCallsView) seconds() (n int, ok bool) {
	typed := v.after.typed()
	if typed == "" {
		return 0, true
	}
	n, err := strconv.Atoi(typed)
	if err != nil || n < leastRinging || n > mostRinging {
		return 0, !v.after.tell(text.T("{least} to {most} seconds", "least", strconv.Itoa(leastRinging), "most", strconv.Itoa(mostRinging)))
	}
	if n == usualRinging {
		n = 0
	}
	return n, true
}

// disturbNot refuses calls until the time that was typed; none is until one ends it.
func (v *settingsCallsView) disturbNot() {
	until := time.Time{}
	if typed := v.until.typed(); typed != "" {
		var ok bool
		if until, ok = nextTime(typed, v.opt.Now()); !ok {
			v.until.tell(text.T("Type a time such as 14:30"))
			v.inner.Refresh()
			return
		}
	}
	v.opt.Desk.DoNotDisturb(until)
}

// nextTime is the next moment that a time of day as typed stands for.
func nextTime(typed string, now time.Time) (time.Time, bool) {
	hour, minute, ok := timeOfDay(typed)
	at := time.Date(now.Year(), now.Month(), now.Day(), hour, minute, 0, 0, now.Location())
	if !at.After(now) {
		at = at.AddDate(0, 0, 1)
	}
	return at, ok
}

// Object is the view.
func (v *settingsCallsView) Object() fyne.CanvasObject { return v.box }

// Enter shows what is kept, unless something else was typed.
func (v *settingsCallsView) Enter() {
	if v.shown != (callFields{}) && v.written() != v.shown {
		return
	}
	c := v.opt.Settings.CallChoice()
	v.busy.SetText(c.Busy)
	v.noAnswer.SetText(c.NoAnswer)
	if c.After == 0 {
		c.After = usualRinging
	}
	v.after.SetText(strconv.Itoa(c.After))
	v.decline.SetChosen(declineEverywhere)
	if c.DeclineHere {
		v.decline.SetChosen(declineHere)
	}
	v.every.SetText(v.is.Forward)
	v.shown = v.written()
	v.look()
}

// Leave does nothing.
func (v *settingsCallsView) Leave() {}

// Draw follows a presence that was changed elsewhere.
func (v *settingsCallsView) Draw(s desk.Snapshot) {
	if s.Presence == v.is {
		return
	}
	v.is = s.Presence
	if v.every.typed() == v.shown.every {
		v.every.SetText(v.is.Forward)
		v.shown.every = v.every.typed()
		v.look()
	}
}
