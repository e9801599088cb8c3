package main

import (
	"context"

	"leadline/crm/store"
	"leadline/ui/desk"
	"leadline/ui/text"
)

// tellDamage tells the agent what became of a file that was damaged, and when it
// is found damaged while it is used.
func (p *program) tellDamage(ctx context.Context) {
	if saved, was := p.store.Salvaged(); was {
		p.desk.Tell(desk.Notice{Text: salvageText(saved), Warning: true})
	}
	select {
	case <-ctx.Done():
	case <-p.damaged:
		p.desk.Tell(desk.Notice{Text: desk.Text{
			Key: "The file with your customers is damaged. Start Leadline again: what can be read is saved, and the damaged file is kept",
		}, Warning: true})
	}
}

func salvageText(s store.Salvage) desk.Text {
	return desk.Text{
		Key: "The file with your customers was damaged. {contacts} contacts, {leads} leads and {calls} calls could be read and were saved; the damaged file is kept as {file}",
		Args: map[string]string{
			"contacts": text.Number(int64(s.Saved["contact"])), "leads": text.Number(int64(s.Saved["lead"])),
			"calls": text.Number(int64(s.Saved["call"])), "file": s.Kept,
		},
	}
}
