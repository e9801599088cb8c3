package sim

import (
	"context"
	"slices"

	"leadline/crm/wire"
)

// Mutant is a way in which the protocol is broken. That the checks notice each shows that they look.
type Mutant string

// The mutants, each a mistake that a first draft of the protocol made or nearly made.
const (
	Sound            Mutant = ""
	AckBySequence    Mutant = "acknowledge by sequence alone"
	MidPageCursor    Mutant = "cursor from the middle of a page"
	HintAsTruth      Mutant = "hint as truth"
	SequenceRevision Mutant = "sequence instead of counter"
	FlatEpochs       Mutant = "flat epochs"
	NoDedupe         Mutant = "no dedupe"
	SnapshotAtHead   Mutant = "snapshot at the head"
	EraseOnce        Mutant = "erase once, and not again after a restore"
	EarlyErased      Mutant = "acknowledge an erasure before the file is clean"
)

// Mutants are all that break something.
var Mutants = []Mutant{AckBySequence, MidPageCursor, HintAsTruth, SequenceRevision, FlatEpochs, NoDedupe, SnapshotAtHead, EraseOnce, EarlyErased}

// welcome: acknowledging by sequence alone, the program does not look which command the last one was, either. With
// flat epochs the server does not say where the new one has come from, but that it goes on where it
// stands now. A snapshot that is said to be as of now leaves out what came since.
func (m Mutant) welcome(h wire.Hello, w wire.Welcome) wire.Welcome {
	if m == AckBySequence {
		w.Last = h.Last
	}
	if m == SnapshotAtHead && w.Snapshot != nil { // a ready file says itself where it stands
		w.Snapshot.Rev, w.Snapshot.File = w.Head, nil
	}
	if m == FlatEpochs {
		w.Branches = slices.Clone(w.Branches)
		for i := range w.Branches {
			if w.Branches[i].Epoch == w.Epoch {
				w.Branches[i].ForkRev = w.Head
			}
		}
	}
	return w
}

// hello: acknowledging by sequence alone, the server does not look which command the last one was.
func (m Mutant) hello(ctx context.Context, w *World, h wire.Hello) (wire.Hello, error) {
	if m != AckBySequence {
		return h, nil
	}
	client, err := w.client(ctx, h.Client)
	h.Last = wire.Ack{Seq: client.Seq, ID: client.UUID}
	return h, err
}

// push: acknowledging by sequence alone, a number that was there is done. Without dedupe a command that
// comes again is another one.
func (m Mutant) push(ctx context.Context, w *World, p wire.Push, commit func(wire.Push) (wire.Pushed, error)) (wire.Pushed, error) {
	commands := slices.Clone(p.Commands)
	switch m {
	case AckBySequence:
		client, err := w.client(ctx, p.Client)
		if err != nil {
			return wire.Pushed{}, err
		}
		p.Commands = slices.DeleteFunc(slices.Clone(commands), func(c wire.Command) bool { return c.Seq <= client.Seq })
		pushed, err := commit(p)
		var results []wire.Result
		for _, c := range commands[:len(commands)-len(p.Commands)] {
			results = append(results, wire.Result{ID: c.ID, Status: wire.Applied})
		}
		pushed.Results = append(results, pushed.Results...)
		return pushed, err
	case NoDedupe:
		client, err := w.client(ctx, p.Client)
		if err != nil {
			return wire.Pushed{}, err
		}
		for i := range commands {
			commands[i].ID, commands[i].Seq = w.id(), client.Seq+uint64(i)+1
		}
		named := p.Commands
		p.Commands = commands
		pushed, err := commit(p)
		for i := range pushed.Results {
			pushed.Results[i].ID = named[i].ID
		}
		return pushed, err
	}
	return commit(p)
}

// hint: as truth, its rows are taken wherever the file stands.
func (m Mutant) hint(ctx context.Context, a *agent, h wire.Hint) (wire.Hint, error) {
	if m != HintAsTruth || h.PrevRev == 0 {
		return h, nil
	}
	at, err := a.file.Standing(ctx)
	h.PrevRev = at.Cursor
	return h, err
}

// page: what the server answers when a part of the protocol is left out.
func (m Mutant) page(ctx context.Context, a *agent, asked wire.Pull, p wire.Page) (wire.Page, error) {
	switch m {
	case AckBySequence:
		if p.Ack != nil {
			waiting, err := a.file.Outbox(ctx, wire.MostCommands, wire.MostBytes)
			for _, c := range waiting {
				if err == nil && c.Seq == p.Ack.Seq {
					p.Ack.ID = c.ID
				}
			}
			return p, err
		}
	case MidPageCursor: // a page that ends in the middle of what it says it has
		if n := len(p.Rows); n > 1 && p.More {
			p.Rows = p.Rows[:n/2]
		}
	case HintAsTruth: // nothing is pulled that no hint spoke of
		if a.told.Load() < p.Rev {
			return wire.Page{Epoch: p.Epoch, Rev: asked.Cursor}, nil
		}
	case SequenceRevision: // a row that was numbered early and is committed late is not there yet when it is looked for
		if n := len(p.Rows); n > 1 && a.link.dice["pull"].chance(0.2) {
			p.Rows = slices.Delete(slices.Clone(p.Rows), n-2, n-1)
		}
	}
	return p, nil
}
