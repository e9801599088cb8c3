package phone_test

import (
	"slices"
	"testing"
	"time"

	"leadline/phone/siptest"
)

// BenchmarkInviteTo180 measures what a caller waits for the ring: from the INVITE on
// the wire to the 180, over the loopback (design.md: median ≤ 1 ms, p99 ≤ 3 ms).
func BenchmarkInviteTo180(b *testing.B) {
	pbx := siptest.New(b)
	d := newDesk(b, pbx).registered()
	if _, err := d.Dial("", "102"); err != nil { // the path is warm, and the phone has a call up
		b.Fatal(err)
	}
	pbx.Expect("INVITE")
	took := make([]time.Duration, 0, b.N)
	for b.Loop() {
		// The last one is gone, as is the case between people who call.
		d.eventually("quiet", func() bool { return len(d.Calls()) <= 1 })
		caller := pbx.NewCall()
		invite := caller.Request("INVITE", siptest.SDP(4000))
		began := time.Now()
		caller.Send(caller.To, invite)
		pbx.Expect("180")
		took = append(took, time.Since(began))
		caller.Do("CANCEL", "")
		caller.Refused(487)
	}
	slices.Sort(took)
	at := func(q float64) float64 {
		return float64(took[int(q*float64(len(took)-1))]) / float64(time.Millisecond)
	}
	b.ReportMetric(at(0.5), "ms-median")
	b.ReportMetric(at(0.99), "ms-p99")
	b.ReportMetric(at(1), "ms-worst")
}
