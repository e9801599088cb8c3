package server

import (
	"sync"
	"time"
)

// Seldom keeps what fails again and again from filling the log: it is logged at first, and then once a minute. Its methods are safe to call
// from several goroutines.
type Seldom struct {
	mu   sync.Mutex
	told time.Time
}

const tellAgain = time.Minute

// Due says whether a failure is to be logged.
func (s *Seldom) Due() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if !s.told.IsZero() && now.Sub(s.told) < tellAgain {
		return false
	}
	s.told = now
	return true
}

// Over says whether something was logged before that goes well now. The next failure is logged at once.
func (s *Seldom) Over() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	failed := !s.told.IsZero()
	s.told = time.Time{}
	return failed
}
