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
type threadTime struct{}

func threadTimes() map[string]threadTime { return nil }

func since(map[string]threadTime) (ran, waited time.Duration) { return 0, 0 }

func machineFull() time.Duration { return 0 }
