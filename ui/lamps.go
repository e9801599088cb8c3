package ui

import (
	"strconv"

	"fyne.io/fyne/v2"

	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// lampItems are the mailboxes with messages, and the colleagues, in the status strip.
func lampItems(s desk.Snapshot) []statusItem {
	var out []statusItem
	for _, m := range s.Mailboxes {
		it := statusItem{english: text.English("Mailbox"), icon: theme.IconMail, ink: theme.WarningText, call: m.Call, account: m.Account}
		switch m.New {
		case 0:
			it.words = text.T("Messages in the mailbox")
		case 1:
			it.words = text.T("1 new message")
		default:
			it.words = text.T("{n} new messages", "n", text.Number(int64(m.New)))
		}
		out = append(out, it)
	}
	if len(s.Colleagues) == 0 {
		return out
	}
	it := statusItem{english: text.English("Colleagues"), icon: theme.IconLampFree, ink: theme.AnswerText, colleagues: true}
	talking := 0
	for _, c := range s.Colleagues {
		if c.Talking {
			talking++
		}
	}
	it.words = text.Tn(talking, "{n} of {all} colleagues is talking", "{n} of {all} colleagues are talking", "all", strconv.Itoa(len(s.Colleagues)))
	if talking > 0 {
		it.icon, it.ink = theme.IconLampBusy, ""
	}
	for _, c := range s.Colleagues {
		if c.Ringing {
			it.icon, it.tone, it.ink = theme.IconLampRinging, kit.Warn, ""
			it.words = text.T("It rings at {extension}", "extension", c.Extension)
			break
		}
	}
	return append(out, it)
}

// colleagueLine is what a colleague does, as a command: a call that rings is picked up,
// everybody else is called.
func colleagueLine(opt MainOptions, c desk.Colleague) kit.MenuItem {
	extension := []any{"extension", c.Extension}
	call := func() { opt.Desk.Dial(c.Extension, c.Account) }
	pickUp := func() { opt.Desk.PickUp(c.Account, c.Extension) }
	switch {
	case c.Ringing && c.PickUp && c.Caller != "":
		return kit.MenuItem{Key: "{extension}: pick up the call of {caller}", Args: append(extension, "caller", c.Caller), Do: pickUp}
	case c.Ringing && c.PickUp:
		return kit.MenuItem{Key: "{extension}: pick up the call", Args: extension, Do: pickUp}
	case c.Ringing:
		return kit.MenuItem{Key: "{extension}: it rings", Args: extension, Do: call}
	case c.Talking:
		return kit.MenuItem{Key: "{extension}: talking", Args: extension, Do: call}
	case c.Known:
		return kit.MenuItem{Key: "{extension}: free", Args: extension, Do: call}
	}
	return kit.MenuItem{Key: "{extension}: the PBX does not tell", Args: extension, Do: call}
}

// showColleagues lists the colleagues in a popup above an object.
func showColleagues(opt MainOptions, layer *kit.Layer, above fyne.CanvasObject, all []desk.Colleague) {
	var lines []kit.MenuItem
	for _, c := range all {
		lines = append(lines, colleagueLine(opt, c))
	}
	content := kit.Pad(4, 4, 4, 4, layer.Menu(lines...))
	showAbove(layer, above, content, presenceWidth)
}
