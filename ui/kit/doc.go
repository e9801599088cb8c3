// Package kit is the box of widgets that Leadline's windows are built of, drawn
// as look.md says: buttons, fields, chips, lists, and the rows and columns that
// lay them out on whole pixels.
//
// What a person reads comes in two kinds. A wording of the program is a
// text.Key: the widget shows its translation and keeps the English as its name.
// Data (a caller's name, a time already written out) is a plain string and goes
// in by methods called Set… or Raw….
//
// Each widget says what it is (Named) and does by itself what a click or typing
// would do (Tappable, Typable, Choosable), for the automation door and for
// screen readers. Walk visits the visible ones of a window.
//
// Everything here belongs to Fyne's goroutine. No widget starts a goroutine that
// touches a widget; timers come back through fyne.Do.
package kit
