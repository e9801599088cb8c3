//go:build !linux || !cgo || nospeex

package audio

// CanEnhance reports whether this build can do what an Enhancement asks for.
func CanEnhance() bool { return false }

func newEnhancer(Enhancement) enhancer { return nil }
