package ui

import (
	"math"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// belowEvent is what a timeline shows below an event: of a call how it sounded, its recordings and what came of it; of a
// change that it can be taken back; of a note its words while they are changed.
func (v *recordView) belowEvent(e desk.Event) fyne.CanvasObject {
	if e.Kind == desk.EventChanged {
		return v.belowChange(e)
	}
	var rows []fyne.CanvasObject
	if n := v.editing(e); n != nil {
		rows = append(rows, n.box)
	}
	if s := e.Sounded; s != nil {
		rows = append(rows, kit.NewProseData(soundedWords(*s), kit.Quiet))
	}
	for _, r := range e.Recordings {
		rows = append(rows, v.players.Of(r).box)
	}
	if chips := callChips(e); len(chips) > 0 {
		rows = append(rows, kit.Row(6, append(chips, kit.Spacer())...))
	}
	if len(rows) == 0 {
		return nil
	}
	return kit.Column(6, rows...)
}

// callChips are the result of a call and its line.
func callChips(e desk.Event) (chips []fyne.CanvasObject) {
	if e.Result != "" {
		chips = append(chips, kit.NewDataChip(resultWords(e.Result), theme.IconCheck, kit.Neutral))
	}
	if e.Line != "" {
		chips = append(chips, kit.NewDataChip(kit.Ellipsis(e.Line, kit.Caption, 180), "", kit.Neutral))
	}
	return chips
}

// soundedWords tell how a call sounded.
func soundedWords(s desk.Sounded) string {
	var parts []string
	if s.Quality > 0 {
		parts = append(parts, text.T("Sound: {quality}", "quality", text.T(qualityWord(s.Quality)))+" (MOS "+decimal(s.MOS)+")")
	}
	if s.Codec != "" {
		parts = append(parts, s.Codec)
	}
	parts = append(parts, text.T("{share} lost", "share", decimal(s.Loss*100)+percentSign()),
		text.T("jitter {n} ms", "n", strconv.FormatInt(s.Jitter.Milliseconds(), 10)))
	if s.Encryption != "" {
		parts = append(parts, text.T("encrypted ({how})", "how", s.Encryption))
	} else {
		parts = append(parts, text.T("not encrypted"))
	}
	return strings.Join(parts, " · ")
}

// decimal is a number with a digit behind the point, or the comma.
func decimal(v float64) string {
	s := strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64)
	if text.Language() == "de" {
		return strings.Replace(s, ".", ",", 1)
	}
	return s
}

// percentSign is the sign as text.Percent writes it.
func percentSign() string { return strings.TrimPrefix(text.Percent(0), "0") }
