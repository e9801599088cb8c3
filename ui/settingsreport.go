package ui

import (
	"fyne.io/fyne/v2"

	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// Reports tells how the last calls went on the network.
type Reports interface {
	// CallReport is what an administrator wants to know of the last calls, as text. It takes
	// up to some milliseconds.
	CallReport() (string, error)
}

// newReportRow is the button that copies the report of the last calls.
func newReportRow(opt MainOptions) fyne.CanvasObject {
	said := kit.NewProseData("", kit.Secondary)
	said.Hide()
	copied := func() {
		report, err := opt.Settings.CallReport()
		if err != nil {
			said.SetText(text.T("The report could not be made: {reason}", "reason", reasonOf(err)))
			said.SetStyle(kit.Secondary.In(theme.DangerText))
		} else {
			opt.App.Clipboard().SetContent(report)
			said.SetText(text.T("Copied. Paste it into a letter to your network's administrator."))
		}
		said.Show()
	}
	return kit.Column(6,
		kit.Row(0, kit.NewButton("Copy report of the last calls", kit.Line, copied), kit.Spacer()),
		kit.NewProse("How they went and sounded, and what was said in SIP. Numbers of callers are in it, passwords and keys are not.", kit.Quiet),
		said)
}
