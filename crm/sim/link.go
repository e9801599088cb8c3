package sim

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

// What a program sees of a network, or of a server, that fails.
var (
	errNetwork = errors.New("sim: the network failed")
	errDown    = errors.New("sim: the server is down")
)

// link is the network between one program and the server.
type link struct {
	w    *World
	down atomic.Bool // the cable is out
	dice map[string]*dice
}

// dice are the chances of one kind of message, so that the loops of a program do not take each other's.
type dice struct {
	mu sync.Mutex
	r  *rand.Rand
}

func newDice(seed uint64, parts ...uint64) *dice {
	mixed := uint64(0)
	for _, p := range parts {
		mixed = mixed*1_000_003 + p + 1
	}
	return &dice{r: rand.New(rand.NewPCG(seed, mixed))}
}

func (d *dice) chance(p float64) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.r.Float64() < p
}

// between is a span of time, as likely anywhere within. It has nanoseconds, so that hardly ever two things happen at once.
func (d *dice) between(from, to time.Duration) time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	return from + time.Duration(d.r.Int64N(int64(to-from)))
}

func (d *dice) n(n int) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.r.IntN(n)
}

// Read makes dice a source of randomness for ids.
func (d *dice) Read(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i := range p {
		p[i] = byte(d.r.Uint32())
	}
	return len(p), nil
}

func newLink(w *World, number uint64) *link {
	l := &link{w: w, dice: map[string]*dice{}}
	for i, kind := range append([]string{"hello", "push", "pull", "rows", "snapshot", "watch", "jitter", "queued", "taken"}, writes...) {
		l.dice[kind] = newDice(w.o.Seed, number, uint64(i))
	}
	return l
}

// How often something happens to a message while the network is not calm.
const (
	requestLost = 0.04
	replyLost   = 0.06
	doubled     = 0.05
	slow        = 0.02
	late        = 0.03 // of what changes something on the server
)

// lateBy is how much later a message is there at most that nobody waits for any more.
const lateBy = time.Minute

// carry brings a message to the server and its answer back, if the network lets it.
func carry[A any](ctx context.Context, l *link, kind string, ask func(context.Context) (A, error)) (answer A, err error) {
	var none A
	d := l.dice[kind]
	if err := pause(ctx, l.delay(d)); err != nil {
		return none, err
	}
	if l.lost(d, requestLost) {
		return none, errNetwork
	}
	if (kind == "push" || kind == "hello") && !l.w.calm.Load() && d.chance(late) {
		come(l, d, ask)
		if d.chance(0.5) { // else it comes twice
			return none, errNetwork
		}
	}
	answer, err = served(ctx, l.w, ask)
	if !l.w.calm.Load() && d.chance(doubled) { // the server gets it once more
		if err := pause(ctx, l.delay(d)); err != nil {
			return none, err
		}
		answer, err = served(ctx, l.w, ask)
	}
	if err := pause(ctx, l.delay(d)); err != nil {
		return none, err
	}
	if l.lost(d, replyLost) {
		return none, errNetwork
	}
	return answer, err
}

// come has a message come to the server much later.
func come[A any](l *link, d *dice, ask func(context.Context) (A, error)) {
	after := d.between(0, lateBy)
	l.w.late.Go(func() {
		if pause(l.w.ctx, after) == nil {
			_, _ = served(l.w.ctx, l.w, ask) // nobody hears what is said to it
		}
	})
}

func served[A any](ctx context.Context, w *World, ask func(context.Context) (A, error)) (answer A, err error) {
	w.serving.RLock()
	defer w.serving.RUnlock()
	if w.engine == nil {
		return answer, errDown
	}
	return ask(ctx)
}

func (l *link) lost(d *dice, p float64) bool {
	return l.down.Load() || !l.w.calm.Load() && d.chance(p)
}

// delay is 1 to 80 ms, now and then some seconds.
func (l *link) delay(d *dice) time.Duration {
	t := d.between(time.Millisecond, 80*time.Millisecond)
	if !l.w.calm.Load() && d.chance(slow) {
		t *= 60
	}
	return t
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
