package kit

import (
	"fyne.io/fyne/v2"

	"leadline/ui/text"
	"leadline/ui/theme"
)

// Toast is a message at the bottom right, 420 × 44 or as much higher as its words need, with at most one action.
type Toast struct {
	box   *fyne.Container
	words *Prose
	layer *Layer
}

// ShowToast shows words that are translated already. The newest is the lowest.
// action may be "" and do nil. A toast stays until Close: the caller owns its time, and is told by closed, which may be nil,
// when a person takes it away.
func (l *Layer) ShowToast(words string, warning bool, action text.Key, do, closed func()) *Toast {
	t := &Toast{layer: l, words: NewProseData(words, Body).MaxLines(toastLines)}
	icon, color := theme.IconCheck, theme.AnswerText
	if warning {
		icon, color = theme.IconWarning, theme.WarningText
	}
	shut := func() {
		t.Close()
		if closed != nil {
			closed()
		}
	}
	items := []fyne.CanvasObject{NewIcon(icon, 16, color).Image, Grow(t.words)}
	if action != "" {
		items = append(items, NewButton(action, Ghost, func() {
			shut()
			if do != nil {
				do()
			}
		}))
	}
	items = append(items, NewIconButton("Close", theme.IconX, Ghost, shut))
	t.box = Stack(newPopupBox(8), Pad(toastPad, 2, toastPad, 14, Row(8, items...)))
	l.toasts.Add(t.box)
	return t
}

// Whole shows all of the words, also where they are more than a toast has as a rule.
func (t *Toast) Whole() {
	t.words.MaxLines(0).Refresh()
	t.layer.toasts.Refresh()
}

// Lines are its words as they are shown.
func (t *Toast) Lines() []string { return t.words.breaks(t.words.Size().Width) }

// Close takes the toast away; a second time does nothing.
func (t *Toast) Close() { t.layer.toasts.Remove(t.box) }

// toastLayout stacks toasts from the bottom right, above the status strip.
type toastLayout struct{}

const (
	toastWidth, toastHeight = 420, 44
	toastMargin             = 16
	toastBottom             = 30 + 52 + 12 // the status strip, and the bar that saves a form
	toastLines, toastPad    = 4, 5
)

func (toastLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	y := size.Height - toastBottom
	w := min(float32(toastWidth), size.Width-2*toastMargin)
	for i := len(objects) - 1; i >= 0; i-- {
		h := max(toastHeight, ceil(heightFor(objects[i], w)))
		y -= h
		place(objects[i], size.Width-toastMargin-w, y, w, h)
		y -= 8
	}
}

func (toastLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }
