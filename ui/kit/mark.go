package kit

import (
	"leadline/ui/desk"
	"leadline/ui/theme"
)

// NewMark is a chip below the caller's name, in the shape and colour of its tone.
func NewMark(m desk.Mark) *Chip {
	icon, tone := theme.IconRepeat, Neutral
	switch m.Tone {
	case desk.MarkDeal:
		icon, tone = theme.IconDeal, Accent
	case desk.MarkLead:
		icon, tone = theme.IconLead, Accent
	case desk.MarkMissed:
		icon, tone = theme.IconMissed, Bad
	case desk.MarkVIP:
		icon, tone = theme.IconStar, Warn
	case desk.MarkNotInCRM:
		icon, tone = theme.IconStatusNew, Neutral
	}
	c := NewDataChip("", icon, tone)
	c.words = sayText(m.Text)
	return c
}
