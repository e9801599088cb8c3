package main

import (
	"context"
	"runtime/debug"
	"time"

	"leadline/ui/desk"
)

const (
	// settled is how long the program has been left alone when it gives back what it does not need: fonts, icons and
	// windows are made at start, a call's window and its records with every call, and then it stays open all day.
	settled = 10 * time.Second
	// forgotten is when it does so again: what was painted is kept for a minute by Fyne.
	forgotten = 90 * time.Second
	// gcPercent trades processor time, of which an idle telephone has plenty, for memory
	// that it holds all day.
	gcPercent = 40
)

// saveMemory gives memory back once the program has started, and again each time when calls have ended. It returns with ctx.
func saveMemory(ctx context.Context, now func() desk.Snapshot) {
	debug.SetGCPercent(gcPercent)
	tick := time.NewTicker(settled)
	defer tick.Stop()
	started, quiet := true, time.Duration(0)
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if len(now().Calls) > 0 {
			quiet = 0
			continue
		}
		if quiet += settled; quiet == settled || quiet == forgotten {
			giveMemoryBack(started)
			started = false
		}
	}
}

// giveMemoryBack returns pages to the system that neither Go nor C needs now, after the start the code and constants too that
// only a start needs: what can't be given back is kept.
func giveMemoryBack(started bool) {
	debug.FreeOSMemory()
	trimC()
	if started {
		_ = forgetFiles()
	}
}
