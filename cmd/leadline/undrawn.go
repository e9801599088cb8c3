package main

import (
	"fmt"
	"log/slog"
	"os"
	"strings"

	"leadline/ui/text"
)

// softwareGL has Mesa draw without a graphics card; the others name drivers, which may be those
// that fail.
const softwareGL = "LIBGL_ALWAYS_SOFTWARE"

var driverVariables = []string{softwareGL, "LIBGL_DRIVERS_PATH", "MESA_LOADER_DRIVER_OVERRIDE", "GALLIUM_DRIVER", "__GLX_VENDOR_LIBRARY_NAME", "__EGL_VENDOR_LIBRARY_FILENAMES"}

// undrawn deals with a screen on which no window can be drawn: the program starts once more on
// the software renderer, and when that does not help, it says so where a person sees it. It
// returns the error that the program ends with, if it returns.
func undrawn(err error) error {
	if os.Getenv(softwareGL) == "" {
		slog.Warn("start again on the software renderer", "reason", err)
		if again := startAgain(softwareEnv(os.Environ())); again != nil {
			slog.Warn("start again", "error", again)
		}
	}
	fmt.Fprintln(os.Stderr, "leadline:", undrawnWords())
	sayOutside(text.T("Leadline cannot draw its windows"), undrawnWords())
	return err
}

// softwareEnv is an environment for the software renderer.
func softwareEnv(env []string) []string {
	kept := []string{softwareGL + "=1"}
	for _, v := range env {
		name, _, _ := strings.Cut(v, "=")
		drop := false
		for _, d := range driverVariables {
			drop = drop || name == d
		}
		if !drop {
			kept = append(kept, v)
		}
	}
	return kept
}
