// Package ui has Leadline's windows: the main window, the call windows, the
// welcome, and the settings.
//
// Windows draw values (desk.Snapshot) and hand in wishes (Desk); they keep no
// state of the telephone or the CRM. Everything that touches Fyne runs on its
// one goroutine, and whatever comes from elsewhere gets there through the
// Dispatcher.
package ui
