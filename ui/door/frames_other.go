//go:build !linux

package door

import (
	"sync/atomic"
	"time"
)

// uiThread says that the goroutine of the windows has been met.
var uiThread atomic.Int64

func noteThread() { uiThread.Store(1) }

// threadTime is not known here.
type threadTime struct{ ran, waited time.Duration }

func windowsTime() threadTime { return threadTime{} }

func machineFull() time.Duration { return 0 }
