package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"leadline/ui/kit"
)

// shutInput is a field, check, select or button that could be used before its form was locked.
type shutInput struct{ open func() }

// shutInputs makes all that is in a form read-only, with the reason where the pointer rests on it, and adds it to shut.
func shutInputs(shut []shutInput, o fyne.CanvasObject, reason string) []shutInput {
	switch w := o.(type) {
	case *fyne.Container:
		for _, inner := range w.Objects {
			shut = shutInputs(shut, inner, reason)
		}
	case *container.Scroll:
		shut = shutInputs(shut, w.Content, reason)
	case *kit.Field:
		if w.Enabled() {
			w.SetReadOnly(true, w.Help())
			shut = append(shut, shutInput{func() { w.SetReadOnly(false, w.Help()) }})
		}
	case interface {
		kit.Named
		SetEnabled(on bool, reason string)
	}:
		if w.Enabled() {
			w.SetEnabled(false, reason)
			shut = append(shut, shutInput{func() { w.SetEnabled(true, "") }})
		}
	case kit.Parent:
		for _, inner := range w.Children() {
			shut = shutInputs(shut, inner, reason)
		}
	}
	return shut
}
