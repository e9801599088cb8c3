package replica

// lock is a mutex that may be held while a message is on its way. It is a channel, so that a simulator whose time
// goes on when all wait (testing/synctest) counts a goroutine that waits for it.
type lock chan struct{}

func newLock() lock { return make(lock, 1) }

// Lock is sync.Locker's.
func (l lock) Lock() { l <- struct{}{} }

// Unlock is sync.Locker's.
func (l lock) Unlock() { <-l }
