//go:build !linux

package audio

// bell wakes the pump. Anybody may ring it, a device's real-time thread too.
type bell struct{ rung chan struct{} }

func newBell() (*bell, error) { return &bell{make(chan struct{}, 1)}, nil }

// ring wakes the pump, unless it has not heard the last ring yet.
func (b *bell) ring() {
	select {
	case b.rung <- struct{}{}:
	default:
	}
}

// sleep waits for the next ring.
func (b *bell) sleep() { <-b.rung }
