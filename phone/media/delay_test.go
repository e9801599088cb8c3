package media

import (
	"testing"
	"time"
)

func TestAHitchWhileTheCallBeginsIsForgottenInSeconds(t *testing.T) {
	var e estimator
	const transit = 10 * time.Millisecond
	for i := range 150 { // three seconds
		late := time.Duration(0)
		if i == 30 {
			late = 45 * time.Millisecond
		}
		e.arrived(time.Duration(i)*20*time.Millisecond, transit+late)
	}
	if got := e.target(); got > initialDelay {
		t.Errorf("the delay aimed for is still %v", got)
	}
}

func TestTheDelayIsBackASecondAfterTheSoundCardStoodStill(t *testing.T) {
	for _, still := range []time.Duration{60 * time.Millisecond, 160 * time.Millisecond, 400 * time.Millisecond} {
		f := newFeed(t)
		f.talk(5 * time.Second)
		for range still / (20 * time.Millisecond) {
			f.receive(f.packet())
			f.now += 20 * time.Millisecond
		}
		f.talk(time.Second)
		p := f.s.in.player
		if got := p.current() - p.delay.target(); got > 10*time.Millisecond {
			t.Errorf("a second after %v of standstill the delay is %v more than it should be", still, got)
		}
	}
}
