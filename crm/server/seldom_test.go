package server

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestWhatFailsAgainAndAgainIsLoggedOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s Seldom
		if s.Over() {
			t.Error("nothing has failed yet")
		}
		logged := 0
		for range 5 * 60 * 3 { // three minutes, five times a second
			if s.Due() {
				logged++
			}
			time.Sleep(time.Second / 5)
		}
		if logged != 3 {
			t.Errorf("logged %d times in three minutes", logged)
		}
		if !s.Over() || s.Over() {
			t.Error("that it goes well is news once")
		}
		if !s.Due() {
			t.Error("the next failure is not logged at once")
		}
	})
}
