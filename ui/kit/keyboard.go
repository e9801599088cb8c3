package kit

import "fyne.io/fyne/v2"

// KeyboardIn says whether what is typed goes to something that is seen in a window. A canvas still names what had the focus when
// another window has the keyboard, or when it was hidden since; a widget hears of the former.
func KeyboardIn(w fyne.Window) bool {
	held := w.Canvas().Focused()
	if has, ok := held.(interface{ HasKeyboard() bool }); !ok || !has.HasKeyboard() {
		return false
	}
	seen := false
	Walk(w.Content(), func(o fyne.CanvasObject, _ fyne.Position) {
		f, field := o.(*Field)
		seen = seen || o == held.(fyne.CanvasObject) || field && f.Focusable() == held
	})
	return seen
}
