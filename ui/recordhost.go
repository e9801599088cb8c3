package ui

import (
	"leadline/crm"
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
	withdraw(words string) // takes away what was offered
	warn(words string)
	tell(words string)
	// openCalls and openLeads show the calls and leads that a figure counts; words say which.
	openCalls(c crm.CallCriteria, words string)
	openLeads(c crm.RecordCriteria, words string)
	showErasure(id crm.ID)
	askFolder(chosen func(folder string))
	over() *kit.Layer // what popups lie on
}

func (m *MainWindow) offer(words string, action text.Key, do func()) {
	m.toasts.Offer(words, false, action, do)
}

func (m *MainWindow) withdraw(words string) { m.toasts.Withdraw(words) }

func (m *MainWindow) warn(words string) { m.toasts.Show(words, true) }

func (m *MainWindow) tell(words string) { m.toasts.Show(words, false) }

func (m *MainWindow) openCalls(c crm.CallCriteria, words string) {
	m.Go(pageCalls)
	m.pages[pageCalls].(*listPage).narrowTo(c, crm.RecordCriteria{}, words)
}

func (m *MainWindow) openLeads(c crm.RecordCriteria, words string) {
	m.Go(pageLeads)
	m.pages[pageLeads].(*listPage).narrowTo(crm.CallCriteria{}, c, words)
}

// showErasure shows how an erasure stands.
func (m *MainWindow) showErasure(id crm.ID) {
	m.ShowSettings(settingsErasures)
	if v, ok := m.pages[pageSettings].(*settingsPage).places[settingsErasures].(*settingsErasuresView); ok {
		v.Show(id)
	}
}

func (m *MainWindow) over() *kit.Layer { return m.layer }
