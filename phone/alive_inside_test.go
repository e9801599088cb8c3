package phone

import (
	"testing"
	"time"
)

// A far end that is there and doesn't know its call when it is asked is asked after 2, 4, 8 minutes, and then every 15.
func TestTheRestBetweenQuestionsInVainDoubles(t *testing.T) {
	t.Parallel()
	var a asks
	for _, want := range []time.Duration{2, 4, 8, 15, 15} {
		if a.failed(time.Minute); a.rest != want*time.Minute {
			t.Errorf("%s, want %s", a.rest, want*time.Minute)
		}
	}
	var slow asks
	if slow.failed(20 * time.Minute); slow.rest != 20*time.Minute {
		t.Errorf("%s, and no far end is asked sooner than after 20 min", slow.rest)
	}
}
