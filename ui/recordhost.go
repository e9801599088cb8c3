package ui

import (
	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
)

// recordHost is the window around a record; *MainWindow is one.
type recordHost interface {
	importFile()
	open(desk.Ref)
	// offer says that something was done, and what can be done about it.
	offer(words string, action text.Key, do func())
	warn(words string)
	over() *kit.Layer // what popups lie on
}

func (m *MainWindow) offer(words string, action text.Key, do func()) {
	m.toasts.Offer(words, false, action, do)
}

func (m *MainWindow) warn(words string) { m.toasts.Show(words, true) }

func (m *MainWindow) over() *kit.Layer { return m.layer }
