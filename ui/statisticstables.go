package ui

import (
	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// statisticsRows is how many rows of a table are shown; the export has all.
const statisticsRows = 12

// figureColumn is a column of numbers.
type figureColumn struct {
	name text.Key
	wide float32
	bad  bool // in red
}

// tableHead is the heading of a table with the names of its columns.
func tableHead(title text.Key, columns []figureColumn) fyne.CanvasObject {
	row := kit.Row(8, kit.Grow(kit.NewLabel(title, kit.Body.Weighing(kit.SemiBold)).Shrink(40)))
	for _, c := range columns {
		row.Add(kit.Sized(c.wide, 16, kit.NewLabel(c.name, kit.Caption.Weighing(kit.Medium).Right()).Shrink(10)))
	}
	return kit.Pad(0, 0, 8, 0, row)
}

// tableRow is a row of a table: a name, a bar, numbers. A click leads to its calls.
func tableRow(name string, bar fyne.CanvasObject, columns []figureColumn, numbers []string, tap func()) fyne.CanvasObject {
	row := kit.Row(8, kit.GrowBy(35, kit.Sized(132, 16, kit.NewData(name, kit.Body).Shrink(10))), kit.GrowBy(65, bar))
	for i, c := range columns {
		style := kit.Secondary.Right()
		if i == 0 {
			style = kit.Body.Right()
		}
		if c.bad && numbers[i] != "0" {
			style = style.In(theme.DangerText)
		}
		row.Add(kit.Sized(c.wide, 16, kit.NewData(numbers[i], style).Shrink(10)))
	}
	content := kit.Sized(0, 31, kit.Pad(0, 0, 0, 0, row))
	w := newPressFocus("row", 4, content, tap)
	w.english = func() string { return name }
	w.shown = func() string { return joined(" · ", append([]string{name}, numbers...)...) }
	return kit.Column(0, w, kit.NewHairline())
}

var countColumns = []figureColumn{{text.Key("Calls"), 48, false}, {text.Key("Missed"), 60, true}, {text.Key("Mean"), 48, false}, {text.Key("Out"), 76, false}}

func countNumbers(n crm.CallCounts) []string {
	mean := "–"
	if n.Answered+n.Reached > 0 {
		mean = text.Length(n.MeanTalk())
	}
	return []string{text.Number(int64(n.Calls)), text.Number(int64(n.Missed)), mean, text.Number(int64(n.Out))}
}

// callTable is a table of calls by something that has a name.
func (b *statisticsBody) callTable(title text.Key, all []crm.NamedCounts, none string, narrow func(*crm.CallCriteria, crm.NamedCounts)) fyne.CanvasObject {
	if len(all) == 0 {
		return nil
	}
	rows := []fyne.CanvasObject{tableHead(title, countColumns), kit.NewHairline()}
	most := 0
	for _, n := range all {
		most = max(most, n.Calls)
	}
	for _, n := range all[:min(len(all), statisticsRows)] {
		name := n.Name
		if name == "" {
			name = none
		}
		c := b.p.criteria(crm.CallsCounted)
		narrow(&c, n)
		rows = append(rows, tableRow(name, kit.NewShareBar(n.Calls-n.Missed, n.Missed, most), countColumns, countNumbers(n.CallCounts), b.toCalls(name, c)))
	}
	return kit.Column(0, append(rows, b.rest(len(all)))...)
}

// rest says that the export has more.
func (b *statisticsBody) rest(all int) fyne.CanvasObject {
	if all <= statisticsRows {
		return kit.Gap(0)
	}
	return kit.Pad(8, 0, 0, 0, kit.NewData(text.Tn(all-statisticsRows, "{n} more is in the export.", "{n} more are in the export."), kit.Quiet))
}

func (b *statisticsBody) byAgent() fyne.CanvasObject {
	return b.callTable(text.Key("By agent"), b.has.ByAgent, text.T("Nobody|agent"), func(c *crm.CallCriteria, n crm.NamedCounts) {
		c.Agent, c.NoAgent = n.ID, n.ID == ""
	})
}

func (b *statisticsBody) byLine() fyne.CanvasObject {
	return b.callTable(text.Key("By line"), b.has.ByLine, text.T("No line"), func(c *crm.CallCriteria, n crm.NamedCounts) {
		c.Line, c.NoLine = n.ID, n.ID == ""
	})
}

var resultColumns = []figureColumn{{text.Key("Calls"), 48, false}, {text.Key("Share"), 60, false}}

func (b *statisticsBody) byResult() fyne.CanvasObject {
	if len(b.has.Results) == 0 {
		return nil
	}
	rows := []fyne.CanvasObject{tableHead(text.Key("By result"), resultColumns), kit.NewHairline()}
	all := 0 // each call at each of our phones has a result; in all, one that rang at several is one
	for _, n := range b.has.Results {
		all += n.Calls
	}
	for _, n := range b.has.Results[:min(len(b.has.Results), statisticsRows)] {
		name, c := text.T("No result"), b.p.criteria(crm.CallsCounted)
		if c.Result, c.NoResult = n.Name, n.Name == ""; n.Name != "" {
			name = resultWords(n.Name)
		}
		numbers := []string{text.Number(int64(n.Calls)), percent(crm.Percent(n.Calls, all))}
		rows = append(rows, tableRow(name, kit.NewShareBar(n.Calls, 0, b.has.Results[0].Calls), resultColumns, numbers, b.toCalls(name, c)))
	}
	return kit.Column(0, append(rows, b.rest(len(b.has.Results)))...)
}

var leadColumns = []figureColumn{{text.Key("Leads"), 44, false}, {text.Key("Converted"), 84, false}}

func (b *statisticsBody) bySource() fyne.CanvasObject {
	if b.p.noLeads {
		return nil
	}
	rows := []fyne.CanvasObject{tableHead(text.Key("Leads by source"), leadColumns), kit.NewHairline()}
	if len(b.has.Sources) == 0 {
		rows = append(rows, kit.Pad(8, 0, 0, 0, kit.NewLabel("No leads were made in this time.", kit.Secondary)))
	}
	for _, n := range b.has.Sources[:min(len(b.has.Sources), statisticsRows)] {
		name := text.T("No source")
		if n.Source != "" {
			name = sourceWords(n.Source)
		}
		tap := b.toLeads(joined(" · ", text.T("New leads"), name), crm.RecordCriteria{Source: n.Source, NoSource: n.Source == ""})
		converted := joined(" · ", text.Number(int64(n.Converted)), percent(crm.Percent(n.Converted, n.Made)))
		rows = append(rows, tableRow(name, kit.NewShareBar(n.Made, 0, b.has.Sources[0].Made), leadColumns, []string{text.Number(int64(n.Made)), converted}, tap))
	}
	return kit.Column(0, append(rows, b.rest(len(b.has.Sources)), b.fates())...)
}

// fates are what has become of the leads of the period.
func (b *statisticsBody) fates() fyne.CanvasObject {
	n := b.has.Leads
	if n.Made == 0 {
		return kit.Gap(0)
	}
	fate := func(name text.Key, n int, which crm.LeadFate) fyne.CanvasObject {
		content := kit.Pad(4, 8, 4, 0, kit.Column(1, kit.NewLabel(name, kit.Secondary).Shrink(20), kit.NewData(text.Number(int64(n)), kit.Strong)))
		w := newPressFocus("tile", 6, content, b.toLeads(joined(" · ", text.T("New leads"), text.T(name)), crm.RecordCriteria{Fate: which}))
		w.english = func() string { return text.English(name) }
		w.shown = func() string { return joined(" · ", text.T(name), text.Number(int64(n))) }
		return w
	}
	return kit.Pad(12, 0, 0, 0, kit.Column(6, kit.NewLabel("What has become of them", kit.Caption.Weighing(kit.Medium)),
		kit.Columns(0, fate(text.Key("Still open"), n.Open, crm.FateOpen), fate(text.Key("Converted"), n.Converted, crm.FateConverted), fate(text.Key("Junk"), n.Junk, crm.FateJunk))))
}
