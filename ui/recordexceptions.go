package ui

import (
	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// exceptionHints warn, while one types, of numbers and addresses that are exceptions: calls with them never
// reach the record (requirements.md E1).
type exceptionHints struct {
	box     *fyne.Container
	list    crm.Blocklist
	resized func()
	shown   int
}

func newExceptionHints(list crm.Blocklist, resized func()) *exceptionHints {
	h := &exceptionHints{box: kit.Column(6), list: list, resized: resized}
	h.box.Hide()
	return h
}

// Look shows the entries that what was typed falls under.
func (h *exceptionHints) Look(numbers []crm.Number, sip []string, emails []crm.Email) {
	entries := h.list.Among(numbers, sip, emails)
	if len(entries)+h.shown == 0 {
		return
	}
	h.box.Objects, h.shown = nil, len(entries)
	for _, e := range entries {
		h.box.Add(kit.Stack(kit.FillRound(theme.WarningSoft, 6), kit.Pad(7, 10, 7, 10, kit.RowAligned(8, kit.Start, kit.NewIcon(theme.IconBan, 14, theme.WarningText).Image,
			kit.Grow(kit.NewProseData(text.Say(desk.Text(crm.Say(crm.EntryExcepts, "entry", e.Pattern))), kit.Secondary.In(theme.WarningText)))))))
	}
	setShown(h.box, h.shown > 0)
	h.resized()
}
