package main

import (
	"context"
	"runtime/debug"
	"time"
)

// Fonts, icons and windows are made at start; what that leaves behind is given back
// once the program has settled, since it then stays open all day.
const settled = 10 * time.Second

// gcPercent trades processor time, of which an idle telephone has plenty, for memory
// that it holds all day.
const gcPercent = 40

func saveMemory(ctx context.Context) {
	debug.SetGCPercent(gcPercent)
	select {
	case <-ctx.Done():
	case <-time.After(settled):
		debug.FreeOSMemory()
		_ = forgetCode() // what can't be given back is kept
	}
}
