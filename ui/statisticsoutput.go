package ui

import (
	"context"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"leadline/crm"
	"leadline/ui/text"
)

// copy puts all figures onto the clipboard, as a table.
func (p *statisticsPage) copy() {
	var b strings.Builder
	for _, row := range p.rows() {
		for i, cell := range row {
			if i > 0 {
				b.WriteByte('\t')
			}
			b.WriteString(harmless(strings.Join(strings.Fields(cell), " ")))
		}
		b.WriteByte('\n')
	}
	p.opt.App.Clipboard().SetContent(b.String())
	p.host.tell(text.T("The figures are on the clipboard."))
}

// export asks for a folder and writes all figures there.
func (p *statisticsPage) export() { p.host.askFolder(p.exportTo) }

func (p *statisticsPage) exportTo(folder string) {
	rows := p.rows()
	name := text.T("statistics") + " " + p.has.span.from.Format(time.DateOnly) + ".csv"
	fileAsk(p.opt, func(context.Context) (string, error) {
		return writeTable(folder, name, func(t tableWriter) error {
			for _, r := range rows {
				if err := t.Row(r...); err != nil {
					return err
				}
			}
			return nil
		})
	}, func(path string, err error) {
		if err != nil {
			p.host.warn(text.T("The file could not be written: {reason}", "reason", reasonOf(err)))
			return
		}
		p.host.tell(text.T("Written: {file}", "file", filepath.Base(path)))
	})
}

// rows are all figures that are shown, as a table.
func (p *statisticsPage) rows() [][]string {
	now := p.opt.Now()
	head := []string{text.T("Calls"), text.T("Incoming"), text.T("Answered"), text.T("Answered within 20 s"), text.T("Missed"), text.T("Called back"),
		text.T("Outgoing"), text.T("Reached"), text.T("Seconds talked")}
	counts := func(group, name string, n crm.CallCounts) []string {
		row := []string{group, name}
		for _, v := range []int{n.Calls, n.In, n.Answered, n.Quick, n.Missed, n.Back, n.Out, n.Reached, int(n.Talk / time.Second)} {
			row = append(row, strconv.Itoa(v))
		}
		return row
	}
	of := p.has.span.words(now)
	if p.line.Chosen() != "" {
		of = joined(" · ", of, p.line.Value())
	}
	rows := [][]string{append([]string{text.T("By"), of}, head...), counts(text.T("Total"), "", p.has.Total)}
	if p.has.Before.Calls > 0 {
		rows = append(rows, counts(text.T("Before"), p.has.span.beforeWords(now), p.has.Before))
	}
	for _, d := range p.has.ByDay {
		rows = append(rows, counts(text.T("Day"), d.Day.Format(time.DateOnly), d.CallCounts))
	}
	for h, n := range p.has.ByHour {
		if n.Calls > 0 {
			rows = append(rows, counts(text.T("Hour"), strconv.Itoa(h)+":00", n))
		}
	}
	for _, group := range []struct {
		name, none string
		all        []crm.NamedCounts
	}{{text.T("Agent"), text.T("Nobody|agent"), p.has.ByAgent}, {text.T("Line"), text.T("No line"), p.has.ByLine}, {text.T("Result"), text.T("No result"), p.has.Results}} {
		for _, n := range group.all {
			name := n.Name
			switch {
			case name == "":
				name = group.none
			case n.ID == "":
				name = resultWords(name)
			}
			rows = append(rows, counts(group.name, name, n.CallCounts))
		}
	}
	if p.noLeads {
		return rows
	}
	rows = append(rows, []string{text.T("Source"), "", text.T("Leads"), text.T("Open"), text.T("Converted"), text.T("Junk")})
	for _, n := range p.has.Sources {
		name := text.T("No source")
		if n.Source != "" {
			name = sourceWords(n.Source)
		}
		rows = append(rows, []string{text.T("Source"), name, strconv.Itoa(n.Made), strconv.Itoa(n.Open), strconv.Itoa(n.Converted), strconv.Itoa(n.Junk)})
	}
	return rows
}
