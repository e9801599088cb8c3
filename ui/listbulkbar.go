package ui

import (
	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// bulkBar is what stands below a list while rows are chosen: what can be done with them, the question before they are
// deleted, or how far it is.
type bulkBar struct {
	bar      *fyne.Container
	controls *fyne.Container
	count    *kit.Label
	every    *kit.Button
	who      *kit.Select
	status   *kit.Select
	source   *kit.Select
	question *fyne.Container
	words    *kit.Prose
	running  *fyne.Container
	progress *kit.Label
}

func (s *listSelection) newBulkBar() {
	p := s.p
	s.count = kit.NewData("", kit.Strong)
	s.who = kit.NewBareSelect("Responsible", nil, func(id string) { s.assign(crm.ID(id)) })
	s.status = kit.NewBareSelect("Status", nil, s.setStatus)
	s.source = kit.NewBareSelect("Source", nil, s.setSource)
	s.every = kit.NewButton("Choose all {n}", kit.Ghost, s.chooseAll).Small()
	s.controls = kit.Column(8, kit.Row(6, kit.Grow(s.count.Shrink(20)), kit.NewButton("Export", kit.Line, s.export).WithIcon(theme.IconDownload).Small(),
		kit.NewIconButton("Select none", theme.IconX, kit.Ghost, s.Clear).High(26)), kit.Row(0, s.every, kit.Spacer()))
	if p.opt.Customers != nil && !p.spec.calls {
		remove := kit.NewButton("Delete", kit.DangerOutline, s.askRemove)
		if p.spec.kind == desk.Lead || p.spec.kind == desk.Deal {
			s.controls.Add(kit.Row(8, kit.Grow(s.who), kit.Grow(s.status)))
			s.controls.Add(kit.Row(8, kit.Grow(s.source), remove))
		} else {
			s.controls.Add(kit.Row(8, kit.Grow(s.who), kit.Grow(s.source)))
			s.controls.Add(kit.Row(8, remove, kit.Spacer()))
		}
	}
	s.words = kit.NewProseData("", kit.Secondary)
	s.question = kit.Column(8, s.words, kit.Row(8, kit.NewButton("Delete now", kit.Danger, s.remove),
		kit.NewButton("Keep", kit.Ghost, s.keep), kit.Spacer()))
	s.progress = kit.NewData("", kit.Strong)
	s.running = kit.Row(8, kit.Grow(s.progress.Shrink(20)), kit.NewButton("Stop", kit.Line, func() {
		if s.stop != nil {
			s.stop()
		}
	}).Small())
	s.bar = kit.Column(0, kit.NewHairline(), kit.Stack(kit.Fill(theme.Sunk), kit.Pad(8, 12, 10, 16, kit.Column(0, s.controls, s.question, s.running))))
	s.bar.Hide()
}

// askRemove asks before records are deleted.
func (s *listSelection) askRemove() {
	s.asks = true
	s.words.SetText(text.Tn(s.n(), "Delete {n} record with its notes and follow-ups? Its calls stay in the call list.",
		"Delete {n} records with their notes and follow-ups? Their calls stay in the call list."))
	s.arrange()
}

// keep takes the question back.
func (s *listSelection) keep() {
	s.asks = false
	s.arrange()
}

// arrange shows the part of the bar that is due.
func (s *listSelection) arrange() {
	setShown(s.controls, s.stop == nil && !s.asks)
	setShown(s.question, s.stop == nil && s.asks)
	setShown(s.running, s.stop != nil)
	setShown(s.bar, s.Any() || s.stop != nil)
	all, more := s.p.pager.Total()
	s.every.WithArgs("n", text.Number(int64(all)))
	setShown(s.every, !s.all && !more && all > len(s.rows))
	s.bar.Refresh()
	s.p.box.Refresh()
}
