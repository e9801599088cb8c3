package front

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"leadline/crm/wire"
)

// limits bound how often one address, e-mail address or token may ask. Each server counts for itself.
type limits struct {
	address *meter // every request
	guesses *meter // sign-ins from an address that failed
	email   *meter // sign-ins with an e-mail address that failed
	device  *meter // requests with one token
}

// addressRate is Options.AddressRate where nothing else is said: an office of a hundred agents is one address.
const addressRate = 200

func newLimits(now func() time.Time, perAddress int) *limits {
	if perAddress == 0 {
		perAddress = addressRate
	}
	pace := rate.Limit(perAddress)
	if perAddress < 0 {
		pace = rate.Inf
	}
	return &limits{
		address: newMeter(now, pace, 10*max(perAddress, 0)),
		guesses: newMeter(now, rate.Every(6*time.Second), 30),
		email:   newMeter(now, rate.Every(30*time.Second), 10),
		device:  newMeter(now, 50, 300),
	}
}

// mostMeasured bounds the keys that a meter remembers. Those that may do the full burst again are dropped first.
const mostMeasured = 20_000

// meter limits how often something is done for each key, by a token bucket. Its methods are safe to call from several goroutines.
type meter struct {
	now   func() time.Time
	pace  rate.Limit // per second
	burst int

	mu   sync.Mutex
	keys map[string]*rate.Limiter
}

func newMeter(now func() time.Time, pace rate.Limit, burst int) *meter {
	return &meter{now: now, pace: pace, burst: burst, keys: map[string]*rate.Limiter{}}
}

func (m *meter) of(key string) *rate.Limiter {
	m.mu.Lock()
	defer m.mu.Unlock()
	l, ok := m.keys[key]
	if !ok {
		if len(m.keys) >= mostMeasured {
			m.forget()
		}
		l = rate.NewLimiter(m.pace, m.burst)
		m.keys[key] = l
	}
	return l
}

func (m *meter) forget() {
	now := m.now()
	for key, l := range m.keys {
		if l.TokensAt(now) >= float64(m.burst) {
			delete(m.keys, key)
		}
	}
	for key := range m.keys { // all are in use: any of them
		if len(m.keys) < mostMeasured {
			return
		}
		delete(m.keys, key)
	}
}

// take counts one time; wait is how long to wait if that is too often, which then is not counted, else 0.
func (m *meter) take(key string) (wait time.Duration) {
	now := m.now()
	r := m.of(key).ReserveN(now, 1)
	if wait = r.DelayFrom(now); wait > 0 {
		r.CancelAt(now)
	}
	return wait
}

// spent is how long to wait before the next time, without counting.
func (m *meter) spent(key string) (wait time.Duration) {
	now := m.now()
	r := m.of(key).ReserveN(now, 1)
	wait = r.DelayFrom(now)
	r.CancelAt(now)
	return wait
}

// left is how many times more it may be done now.
func (m *meter) left(key string) int { return max(0, int(m.of(key).TokensAt(m.now()))) }

func tooMany(wait time.Duration) error {
	return wire.Problem{Code: wire.TooMany, Message: "that was too often", Retry: wait}
}

func (f *Front) limitAddress(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if wait := f.limits.address.take(addressOf(r)); wait > 0 {
			f.refuse(w, r, tooMany(wait))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// addressOf is the address that a request is counted for. Behind a proxy on this machine it is the last one in X-Forwarded-For, which the
// proxy has seen itself. Of IPv6 it is the /64, which belongs to one customer.
func addressOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	a, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	if forwarded := r.Header.Values("X-Forwarded-For"); a.IsLoopback() && len(forwarded) > 0 {
		all := strings.Split(forwarded[len(forwarded)-1], ",")
		if seen, err := netip.ParseAddr(strings.TrimSpace(all[len(all)-1])); err == nil {
			a = seen
		}
	}
	a = a.Unmap().WithZone("")
	if a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}
