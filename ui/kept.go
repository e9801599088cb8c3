package ui

import (
	"strconv"

	"fyne.io/fyne/v2"
)

// Kept is what the windows remember between two starts: sizes, orders, filters. It belongs to the goroutine of the windows,
// which nothing of it may hold up. Fyne's own preferences fit it; the program has a file of its own instead, since Fyne's is
// written by whoever sets a value, waits for the disk, and is half empty meanwhile.
type Kept interface {
	String(key string) string // "" for nothing
	SetString(key, value string)
	RemoveValue(key string)
	Bool(key string) bool
	SetBool(key string, value bool)
	FloatWithFallback(key string, none float64) float64
	SetFloat(key string, value float64)
}

// keptForFyne has Fyne's own dialogs remember in Kept where they were. Fyne's file of preferences is not used then: Fyne
// writes it at the end of each program, however empty, and reports an error when its own watcher comes in between.
type keptForFyne struct{ kept Kept }

func (keptForFyne) ProviderName() string        { return "Leadline" }
func (keptForFyne) ProviderDescription() string { return "" }
func (keptForFyne) ProviderIcon() fyne.Resource { return nil }
func (keptForFyne) Setup(fyne.App) error        { return nil }
func (keptForFyne) Cleanup(fyne.App)            {}

// CloudPreferences is for Fyne.
func (k keptForFyne) CloudPreferences(a fyne.App) fyne.Preferences {
	return fynePreferences{a.Preferences(), k.kept}
}

// fynePreferences are the kinds of values that Fyne's dialogs keep; no others are kept.
type fynePreferences struct {
	fyne.Preferences
	kept Kept
}

func (p fynePreferences) String(key string) string     { return p.kept.String(key) }
func (p fynePreferences) SetString(key, value string)  { p.kept.SetString(key, value) }
func (p fynePreferences) SetInt(key string, value int) { p.kept.SetString(key, strconv.Itoa(value)) }

func (p fynePreferences) Int(key string) int {
	n, _ := strconv.Atoi(p.kept.String(key)) // "" is 0
	return n
}
