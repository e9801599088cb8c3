//go:build !linux && !freebsd && !netbsd && !openbsd && !windows

package tray

func iconFile(png []byte) []byte { return png }
