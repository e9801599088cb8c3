package main

import (
	"context"
	"strings"

	"leadline/crm/store"
	"leadline/ui/desk"
	"leadline/ui/text"
)

// tellDamage tells the agent what became of a file that was damaged, and when it
// is found damaged while it is used.
func (p *program) tellDamage(ctx context.Context) {
	if saved, was := p.store.Salvaged(); was {
		p.desk.Tell(desk.Notice{Text: salvageText(saved), Warning: true, Stays: true})
	}
	select {
	case <-ctx.Done():
	case <-p.damaged:
		p.desk.Tell(desk.Notice{Text: desk.Text{
			Key: "The file with your customers is damaged. Start Leadline again: what can be read is saved, and the damaged file is kept",
		}, Warning: true, Stays: true})
	}
}

func salvageText(s store.Salvage) desk.Text {
	return desk.Text{
		Key: "The file with your customers was damaged. What could be read was saved: {saved}. The damaged file is kept as {file}",
		Args: map[string]string{"file": s.Kept, "saved": strings.Join([]string{
			text.Tn(s.Saved["contact"], "{n} contact", "{n} contacts"), text.Tn(s.Saved["lead"], "{n} lead", "{n} leads"),
			text.Tn(s.Saved["call"], "{n} call", "{n} calls"),
		}, ", ")},
	}
}
