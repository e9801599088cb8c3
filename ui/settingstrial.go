package ui

import (
	"context"
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// trialSpan is how far back settings are tried out.
const trialSpan = 30 * 24 * time.Hour

// trialPanel says what changed settings would have made of the calls of the last
// month, before they are saved.
type trialPanel struct {
	opt    MainOptions
	box    *fyne.Container
	asking asker[crm.RuleChange, crm.Tryout]
	change crm.RuleChange // to be asked about after the pause
	rest   *mainDelay
	grown  func()
	opened bool // the calls that would have gone another way are listed
}

func newTrialPanel(opt MainOptions) *trialPanel {
	p := &trialPanel{opt: opt, box: kit.Stack()}
	p.asking = asker[crm.RuleChange, crm.Tryout]{do: opt.Do, ask: func(ctx context.Context, change crm.RuleChange) (crm.Tryout, error) {
		return opt.Company.TryRules(ctx, opt.Now().Add(-trialSpan), change)
	}}
	p.rest = newMainDelay(opt.Do, pause, func() { p.asking.Ask(p.change, p.answered) })
	p.say(kit.NewProse("Change something, and see here what it would have made of the calls of the last 30 days.", kit.Secondary))
	return p
}

// OnGrown calls f when what it says has another height.
func (p *trialPanel) OnGrown(f func()) { p.grown = f }

// Try asks what a change would have made, after a pause of the typing: it walks through
// the calls of a month. The question before is cancelled at once.
func (p *trialPanel) Try(change crm.RuleChange) {
	p.asking.Stop()
	p.change = change
	p.rest.Restart()
}

// Stop drops the question that waits or is on its way.
func (p *trialPanel) Stop() {
	p.rest.Stop()
	p.asking.Stop()
}

func (p *trialPanel) answered(out crm.Tryout, err error) {
	if err != nil {
		p.say(kit.NewProseData(companyWhy(err), kit.Secondary.In(theme.DangerText)))
		return
	}
	p.show(out)
}

func (p *trialPanel) show(out crm.Tryout) {
	if out.Calls == 0 {
		p.say(kit.NewProse("There was no call in the last 30 days to try it on.", kit.Secondary))
		return
	}
	was, would := out.Before.Leads, out.After.Leads
	what := text.Tn(would, "lead instead of {was}", "leads instead of {was}", "was", text.Number(int64(was)))
	switch {
	case p.noLeads() || out.Before.Deals != out.After.Deals:
		was, would = out.Before.Deals, out.After.Deals
		what = text.Tn(would, "deal instead of {was}", "deals instead of {was}", "was", text.Number(int64(was)))
		if was == would {
			what = text.Tn(would, "deal, as now", "deals, as now")
		}
	case was == would:
		what = text.Tn(would, "lead, as now", "leads, as now")
	}
	most := float32(max(was, would, 1))
	bar := func(label text.Key, n int, color fyne.ThemeColorName) fyne.CanvasObject {
		const full = 118
		filled := kit.Gap(0)
		if n > 0 {
			filled = kit.Sized(max(2, full*float32(n)/most), 10, kit.Fill(color))
		}
		return kit.Row(8, kit.Sized(34, 0, kit.NewLabel(label, kit.Quiet)), kit.Sized(full, 10, kit.Row(0, filled, kit.Spacer())),
			kit.Spacer(), kit.NewData(text.Number(int64(n)), kit.Secondary.In(theme.Text1)))
	}
	p.say(
		kit.NewProse("With these settings, the calls of the last 30 days would have made:", kit.Secondary),
		kit.RowAligned(6, kit.End, kit.NewData(text.Number(int64(would)), kit.Figure), kit.Pad(0, 0, 4, 0, kit.NewData(what, kit.Secondary))),
		kit.Column(6, bar(text.Key("Now"), was, theme.ChartPale), bar(text.Key("New|settings"), would, theme.ChartMain)),
		kit.NewProseData(text.Tn(len(out.Differences), "{n} of {all} calls would have gone another way.|one", "{n} of {all} calls would have gone another way.", "all", text.Number(int64(out.Calls))), kit.Quiet),
		p.differences(out))
}

// noLeads tells whether calls make no leads, now or with what is tried (requirements.md F2).
func (p *trialPanel) noLeads() bool {
	if w := p.change.Workspace; w != nil {
		return w.Mode == crm.Simple
	}
	return p.opt.Desk.Snapshot().NoLeads
}

// trialCalls is how many of the calls that would have gone another way are listed, the latest first.
const trialCalls = 20

// differences lists the calls that would have gone another way, each with what would have been.
func (p *trialPanel) differences(out crm.Tryout) fyne.CanvasObject {
	if len(out.Differences) == 0 {
		return kit.Gap(0)
	}
	name := text.Key("Show these calls")
	if p.opened {
		name = text.Key("Hide these calls")
	}
	rows := []fyne.CanvasObject{kit.Row(0, kit.NewButton(name, kit.Link, func() {
		p.opened = !p.opened
		kit.Redraw(p.box, func() { p.show(out) })
	}), kit.Spacer())}
	if p.opened {
		for i, d := range slices.Backward(out.Differences) {
			if len(out.Differences)-i > trialCalls {
				break
			}
			who := d.Call.Party.Show(p.opt.Region)
			if who == "" {
				who = text.T("Number withheld")
			}
			rows = append(rows, kit.Column(1, kit.NewData(who, kit.Strong).Shrink(40), kit.NewData(text.Appointment(d.Call.Began.In(p.opt.Now().Location()), p.opt.Now()), kit.Quiet).Shrink(40),
				kit.NewProseData(text.Say(desk.Text(d.After.Reason)), kit.Secondary)))
		}
		if more := len(out.Differences) - trialCalls; more > 0 {
			rows = append(rows, kit.NewProseData(text.Tn(more, "and {n} more", "and {n} more"), kit.Quiet))
		}
	}
	return kit.Column(10, rows...)
}

func (p *trialPanel) say(lines ...fyne.CanvasObject) {
	all := append([]fyne.CanvasObject{kit.NewLabel("Try it first", kit.Strong)}, lines...)
	p.box.Objects = []fyne.CanvasObject{kit.NewCard(theme.Sunk, theme.Border, 8), kit.Pad(13, 13, 13, 13, kit.Column(10, all...))}
	p.box.Refresh()
	if p.grown != nil {
		p.grown()
	}
}
