//go:build !linux

package door

import (
	"sync/atomic"
	"time"
)

// uiThread says that the goroutine of the windows has been met.
var uiThread atomic.Int64

func noteThread() { uiThread.Store(1) }

// machineWait is not known here.
func machineWait() map[string]time.Duration { return nil }

func waitedFor(map[string]time.Duration) time.Duration { return 0 }

func machineFull() time.Duration { return 0 }
