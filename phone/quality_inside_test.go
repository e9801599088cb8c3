package phone

import (
	"strings"
	"testing"
	"time"

	"leadline/phone/media"
)

func TestTheSummaryOfACallAndItsTenSeconds(t *testing.T) {
	var q quality
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	var s media.Stats
	second := func(mos float64, lost uint64, state CallState, trouble Trouble) {
		now = now.Add(time.Second)
		s.Codec, s.MOS, s.Jitter = "Opus", mos, 3*time.Millisecond
		s.PacketsReceived += 50 - lost
		s.PacketsLost += lost
		q.tick(s, state, trouble, now)
	}
	for range 20 {
		second(4.4, 0, Active, NoTrouble)
	}
	for range 10 {
		second(2.4, 5, Active, NothingHeard)
	}
	for range 10 {
		second(1, 0, HeldHere, NoTrouble) // nobody is heard on hold, which is no fault
	}
	got := q.summary()
	if got.Time != 29*time.Second || got.Lost != 50 || got.Received != 1950 || got.Loss != 0.025 || got.WorstMOS < 2.39 || got.WorstMOS > 2.41 ||
		got.MOS < 3.7 || got.MOS > 3.72 || len(got.Troubles) != 1 || got.Jitter != 3*time.Millisecond {
		t.Errorf("%+v", got)
	}
	history := q.history()
	if len(history) != 4 || history[2].Lost != 50 || history[2].Trouble != NothingHeard || history[3].State != HeldHere || history[3].MOS != 0 {
		t.Errorf("%+v", history)
	}
	var b strings.Builder
	callReport{samples: history}.table(&b)
	if lines := strings.Split(strings.TrimSpace(b.String()), "\n"); len(lines) != 5 || !strings.Contains(lines[3], "nothing-heard") {
		t.Errorf("table\n%s", b.String())
	}
	for range sampleEvery * mostSamples {
		second(4, 0, Active, NoTrouble)
	}
	if history := q.history(); len(history) != mostSamples || !history[mostSamples-1].At.Equal(now) || !history[0].At.Before(history[1].At) {
		t.Errorf("%d samples are kept", len(history))
	}
}
