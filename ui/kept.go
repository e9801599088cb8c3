package ui

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
