package ui

import (
	"fyne.io/fyne/v2"

	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// exceptQuestion asks before something is removed from the CRM because its number
// becomes an exception (requirements.md E2).
type exceptQuestion struct {
	root  *fyne.Container
	words *kit.Prose
}

func newExceptQuestion(answer func(yes bool)) *exceptQuestion {
	q := &exceptQuestion{words: kit.NewProseData("", kit.Secondary.In(theme.WarningText))}
	q.root = kit.Stack(kit.FillRound(theme.WarningSoft, 6), kit.Pad(8, 10, 8, 10, kit.Column(8, q.words, kit.Row(8,
		kit.NewButton("Remove and add", kit.Danger, func() { answer(true) }),
		kit.NewButton("Cancel", kit.Ghost, func() { answer(false) }), kit.Spacer()))))
	return q
}

// ask shows what would be removed; nothing asked is not shown.
func (q *exceptQuestion) ask(t *desk.Trace) {
	setShown(q.root, t != nil)
	if t == nil {
		return
	}
	var leads, calls string
	if n := len(t.Leads); n > 0 {
		leads = text.Tn(n, "{n} open lead will be removed.", "{n} open leads will be removed.")
	}
	if n := t.Calls; n > 0 {
		calls = text.Tn(n, "{n} call will be taken off the records and stays in the call list only.",
			"{n} calls will be taken off the records and stay in the call list only.")
	}
	q.words.SetText(joined(" ", leads, calls))
}
