package recordings

import (
	"context"
	"io"
	"time"

	"golang.org/x/time/rate"
)

// How fast recordings go, in bytes a second. In a call it is about as much as one call with its recording makes, so that
// somebody who talks all day is not left with all of them, and little beside what the line carries.
const (
	paceIdle   = 1 << 20
	paceInCall = 32 << 10
	paceStep   = 4 << 10 // bytes that go at once: 3 packets
)

// pace lets bytes go.
type pace struct {
	inCall func() bool
	now    func() time.Time
	after  func(time.Duration) <-chan time.Time
	limit  *rate.Limiter
}

func newPace(inCall func() bool, now func() time.Time, after func(time.Duration) <-chan time.Time) pace {
	return pace{inCall, now, after, rate.NewLimiter(paceIdle, paceStep)}
}

// of reads no faster than may be sent.
func (p pace) of(ctx context.Context, r io.Reader) io.Reader { return &paced{ctx, p, r} }

type paced struct {
	ctx context.Context
	pace
	r io.Reader
}

func (p *paced) Read(b []byte) (int, error) {
	n, err := p.r.Read(b[:min(len(b), paceStep)])
	if n == 0 {
		return n, err
	}
	now, speed := p.now(), rate.Limit(paceIdle)
	if p.inCall() {
		speed = paceInCall
	}
	p.limit.SetLimitAt(now, speed)
	wait := p.limit.ReserveN(now, n).DelayFrom(now)
	if wait <= 0 {
		return n, err
	}
	select {
	case <-p.ctx.Done():
		return 0, p.ctx.Err()
	case <-p.after(wait):
		return n, err
	}
}
