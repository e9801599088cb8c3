package server

import (
	"testing"
	"time"

	"leadline/crm/wire"
)

// Those who were answered come together again, but a commit is not made to wait noticeably for them.
func TestACommitWaitsLittleForOthers(t *testing.T) {
	for took, want := range map[time.Duration]time.Duration{0: 0, 800 * time.Microsecond: 100 * time.Microsecond, 8 * time.Millisecond: time.Millisecond, time.Minute: mostGathering} {
		if got := gathering(took); got != want {
			t.Errorf("after a commit of %v it is waited for %v, want %v", took, got, want)
		}
	}
}

// Nobody else would fit into the next transaction anyway.
func TestACommitWaitsForNobodyWhereTheNextIsFull(t *testing.T) {
	c := NewCommitter(nil)
	push := func(commands int) *waiting {
		return &waiting{pushed: Pushed{Push: wire.Push{Commands: make([]wire.Command, commands)}}}
	}
	for _, step := range []struct {
		commands int
		full     bool
	}{{mostAtOnce - 1, false}, {1, true}, {3, true}} {
		c.queues["w"] = append(c.queues["w"], push(step.commands))
		if c.full("w") != step.full {
			t.Errorf("with %d commands more the next transaction is full: %v", step.commands, !step.full)
		}
	}
}
