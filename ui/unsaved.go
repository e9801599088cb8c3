package ui

import (
	"reflect"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// unsavedNote says at the left of a save bar how much is not saved yet.
type unsavedNote struct {
	box  *fyne.Container
	dot  fyne.CanvasObject
	said *kit.Prose
}

func newUnsavedNote() *unsavedNote {
	n := &unsavedNote{dot: kit.Sized(6, 6, kit.FillRound(theme.WarningText, 3)), said: kit.NewProseData("", kit.Body.In(theme.Text2)).MaxLines(2)}
	n.box = kit.Row(8, n.dot, kit.Grow(n.said))
	n.Count(0)
	return n
}

// Count shows a number of changes.
func (n *unsavedNote) Count(changes int) {
	words := ""
	if changes > 0 {
		words = text.Tn(changes, "{n} change not saved", "{n} changes not saved")
	}
	n.Say(words)
	setShown(n.dot, changes > 0)
	n.box.Refresh()
}

// Say shows something else.
func (n *unsavedNote) Say(words string) {
	n.said.SetText(words)
	setShown(n.dot, false)
}

// differences is in how many settings two values of a type differ: a field each, in lists an entry each.
func differences[T any](now, was T) int {
	return differ(reflect.ValueOf(now), reflect.ValueOf(was))
}

// several are the types with a setting in each field; others are a setting as a whole.
var several = map[reflect.Type]bool{
	reflect.TypeFor[crm.Line](): true, reflect.TypeFor[crm.Dialout](): true, reflect.TypeFor[crm.Queue](): true, reflect.TypeFor[crm.Pipeline](): true,
	reflect.TypeFor[crm.Field](): true, reflect.TypeFor[crm.Role](): true, reflect.TypeFor[crm.Rights](): true, reflect.TypeFor[crm.User](): true,
	reflect.TypeFor[crm.Workspace](): true, reflect.TypeFor[AccountSettings](): true, reflect.TypeFor[callFields](): true,
}

func differ(now, was reflect.Value) (n int) {
	switch {
	case several[now.Type()]:
		for i := range now.NumField() {
			n += differ(now.Field(i), was.Field(i))
		}
		return n
	case now.Kind() == reflect.Slice:
		return entriesApart(now, was)
	case now.Comparable():
		n = b2i(!now.Equal(was))
	default:
		n = b2i(!reflect.DeepEqual(now.Interface(), was.Interface()))
	}
	return n
}

// entriesApart is how many entries of a list are others; one where only their order is.
func entriesApart(now, was reflect.Value) int {
	left := map[any]int{}
	for i := range was.Len() {
		left[was.Index(i).Interface()]++
	}
	added, moved := 0, false
	for i := range now.Len() {
		entry := now.Index(i).Interface()
		if left[entry] > 0 {
			left[entry]--
		} else {
			added++
		}
		moved = moved || i < was.Len() && entry != was.Index(i).Interface()
	}
	removed := was.Len() - (now.Len() - added)
	return max(added, removed, b2i(moved))
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
