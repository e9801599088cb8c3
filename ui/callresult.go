package ui

import (
	"strconv"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
)

// standardResults are the results of a call (requirements.md H3), in the order of their keys, as
// crm.Results has them.
var standardResults = map[string]text.Key{
	"Interested":   text.Key("Interested|result"),
	"Callback":     text.Key("Callback|result"),
	"Quote":        text.Key("Quote|result"),
	"Complaint":    text.Key("Complaint|result"),
	"No need":      text.Key("No need|result"),
	"Wrong number": text.Key("Wrong no.|result"),
}

// resultWords is a call's result in words; another than the standard ones is shown as it is.
func resultWords(result string) string {
	if key, ok := standardResults[result]; ok {
		return text.T(key)
	}
	return result
}

// sourceWords is a lead's source in words; one of the company's own is shown as it is.
func sourceWords(source string) string {
	if key, ok := standardSources[source]; ok {
		return text.T(key)
	}
	return source
}

// callResults asks, after a conversation, what came of it: by a click or the keys 1 to 6.
type callResults struct {
	v       *callView
	root    *fyne.Container
	buttons []*kit.Button
	air     *fyne.Container // above; not in a low window
}

func newCallResults(v *callView) *callResults {
	r := &callResults{v: v, air: kit.Gap(wrapUpAir)}
	rows := kit.Column(8)
	for i, name := range crm.Results {
		b := kit.NewButton(standardResults[name], kit.Line, func() { r.choose(i) }).WithHint(strconv.Itoa(i + 1))
		r.buttons = append(r.buttons, b)
	}
	for i := 0; i < len(r.buttons); i += 3 {
		rows.Add(kit.Columns(8, r.buttons[i], r.buttons[i+1], r.buttons[i+2]))
	}
	r.root = kit.Column(0, r.air, kit.Pad(12-wrapUpAir, callMargin, 5, callMargin, kit.Column(5, kit.NewLabel("Result", kit.Section), rows)))
	return r
}

// A low window has no room for some of the space between what a wrap-up asks, and for low buttons only.
const (
	wrapUpAir = 4
	resultLow = 28
	resultPx  = 32
)

// asked tells whether a call has a result: there was a conversation, with somebody who is no colleague.
func (r *callResults) asked(c desk.Call) bool {
	return c.State == desk.Ended && !c.Answered.IsZero() && c.Outcome != desk.AnsweredElsewhere && !c.Party.Internal && c.Form == nil
}

func (r *callResults) fill(c desk.Call) {
	setShown(r.root, r.v.wrapsUp(c))
	setShown(r.air, !r.v.w.low())
	height := float32(resultPx)
	if r.v.w.low() {
		height = resultLow
	}
	for i, b := range r.buttons {
		b.High(height)
		kind := kit.Line
		if crm.Results[i] == c.Result {
			kind = kit.Chosen
		}
		b.SetKind(kind)
	}
}

// key chooses by a digit that is typed outside of a field.
func (r *callResults) key(digit rune) bool {
	i := int(digit - '1')
	if !r.root.Visible() || i < 0 || i >= len(r.buttons) {
		return false
	}
	r.choose(i)
	return true
}

func (r *callResults) choose(i int) {
	r.v.w.touched = r.v.w.now()
	r.v.w.desk.Result(r.v.w.id, crm.Results[i])
}
