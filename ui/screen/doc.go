// Package screen has what Fyne doesn't offer about windows on a screen: showing one
// without taking the keyboard, where it is, and how large the screen is without panels.
//
// Everything here runs on the goroutine of the windows. Under Fyne's test driver,
// and where a desktop doesn't tell (Wayland), the answers are zero.
package screen
