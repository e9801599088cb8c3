package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"leadline/crm"
	"leadline/crm/server/database"
	"leadline/crm/server/ledger"
	"leadline/crm/wire"
)

// Erased is what erasing a person reached on the server.
type Erased struct {
	ID         crm.ID    // of the erasure
	Refs       []crm.Ref // the records that were theirs
	Recordings []crm.ID  // by crm.RecordingID; Recordings.Sweep removes their files
}

// Erase erases a person's data (I4): records are blanked, with what hangs on them, and the calls in which their
// number stands; arguments and answers of commands are scrubbed. Programs purge when they next say hello. Only an
// administrator may, or the server itself. What is left of them beside the rows of the database is for the caller to remove, by EraseRemains.
func (e *Engine) Erase(ctx context.Context, workspace crm.ID, by ledger.Sender, refs []crm.Ref) (done Erased, err error) {
	id, err := crm.NewID(e.Now(), e.Random)
	if err != nil {
		return done, err
	}
	return e.erase(ctx, workspace, by, database.Erasure{ID: id, At: e.Now().UnixMilli(), By: by.User, Refs: refs})
}

// EraseAs is Erase of one person under an id that whoever asks has made up: asked for again, as after an answer that was lost, it is done
// once. done has the erasure as it is kept. A wire.Problem says why it cannot be.
func (e *Engine) EraseAs(ctx context.Context, workspace crm.ID, by ledger.Sender, id crm.ID, person crm.Ref) (done database.Erasure, err error) {
	err = e.commit(ctx, workspace, nil, func(c *commit) error {
		if err := c.mayErase(by); err != nil {
			return err
		}
		was, there, err := c.t.Erasure(ctx, id)
		if err != nil {
			return err
		}
		if there && !slices.Contains(was.Refs, person) {
			return wire.Problem{Code: wire.Malformed, Message: "another person was erased under this id"}
		}
		if there {
			done = was
			return nil
		}
		row, err := c.rows.Row(ledger.KeyOf(person))
		if err == nil && row == nil {
			err = wire.Problem{Code: wire.NotFound, Message: "there is no such record"}
		}
		if err != nil {
			return err
		}
		if _, err := c.erase(by, database.Erasure{ID: id, At: c.now.UnixMilli(), By: by.User, Refs: []crm.Ref{person}}); err != nil {
			return err
		}
		done, _, err = c.t.Erasure(ctx, id)
		return err
	})
	return done, err
}

// EraseRemains removes what is left of erased persons: from files beside the database by beside, which may be nil, and what the files of the
// database still have of deleted rows. The latter may take minutes, in which changes wait. That it is owed stands in the database from the
// erasure on until here, so that it is done after all where it fails, or the server is killed.
func (e *Engine) EraseRemains(ctx context.Context, beside func(context.Context) error) error {
	owed, err := e.owedRemains(ctx)
	if beside != nil {
		err = errors.Join(err, beside(ctx))
	}
	if len(owed) > 0 {
		if failed := e.DB.Shred(ctx); failed != nil {
			err = errors.Join(err, fmt.Errorf("what stood there could not be overwritten in the files of the database: %w", failed))
		}
	}
	if err != nil {
		return fmt.Errorf("the data is erased, and what is left of it is removed when the server starts next, or some hours from now: %w", err)
	}
	for workspace, rev := range owed {
		if err := e.DB.Write(ctx, string(workspace), func(t *database.Tx) error { return t.SettleRemains(ctx, rev) }); err != nil {
			return fmt.Errorf("note that nothing is left of erased persons: %w", err)
		}
	}
	return nil
}

// OwesRemains says whether something is left of erased persons, as far as it is known.
func (e *Engine) OwesRemains(ctx context.Context) (bool, error) {
	owed, err := e.owedRemains(ctx)
	return len(owed) > 0, err
}

// owedRemains is the revision of the latest erasure of each workspace that still owes something.
func (e *Engine) owedRemains(ctx context.Context) (owed map[crm.ID]uint64, err error) {
	heads, err := e.Heads(ctx)
	owed = map[crm.ID]uint64{}
	for workspace := range heads {
		if err := e.DB.Read(ctx, string(workspace), func(t *database.Tx) error {
			rev, err := t.OwedRemains(ctx)
			if rev > 0 {
				owed[workspace] = rev
			}
			return err
		}); err != nil {
			return nil, err
		}
	}
	return owed, err
}

// eraseAgain repeats an erasure that a restore has undone.
func (e *Engine) eraseAgain(ctx context.Context, workspace crm.ID, was database.Erasure) error {
	_, err := e.erase(ctx, workspace, ledger.Sender{System: true}, was)
	return err
}

func (e *Engine) erase(ctx context.Context, workspace crm.ID, by ledger.Sender, what database.Erasure) (done Erased, err error) {
	err = e.commit(ctx, workspace, nil, func(c *commit) error {
		if err := c.mayErase(by); err != nil {
			return err
		}
		done, err = c.erase(by, what)
		return err
	})
	if err != nil {
		return Erased{}, err
	}
	return done, nil
}

func (c *commit) mayErase(by ledger.Sender) error {
	if by.System {
		return nil
	}
	_, rights, err := ledger.RightsOf(c.rows, by.User)
	if err == nil && rights != crm.AllRights {
		err = wire.Problem{Code: wire.Forbidden, Message: "only an administrator erases a person"}
	}
	return err
}

func (c *commit) erase(by ledger.Sender, what database.Erasure) (done Erased, err error) {
	subjects, identifiers, err := c.batch.Subjects(what.Refs)
	if err != nil {
		return done, err
	}
	texts := make([]string, len(identifiers))
	for i, identifier := range identifiers {
		texts[i] = inJSON(identifier)
	}
	others, err := c.t.Mentions(c.ctx, texts)
	if err != nil {
		return done, err
	}
	for _, was := range what.Hung { // an erasure that is repeated: the backup may lack some of them
		if k := ledger.Key(was); !slices.Contains(others, k) {
			others = append(others, k)
		}
	}
	erasing, err := c.batch.Erase(subjects, others, c.now)
	if err != nil {
		return done, err
	}
	what.Hung = nil
	for _, k := range erasing.Hung {
		if k.Entity == wire.Call {
			c.pruneRecordings(k.ID)
		}
		texts = append(texts, string(k.ID)) // for commands that name only the call or the note
		what.Hung = append(what.Hung, wire.RowID(k))
	}
	if err := c.t.Scrub(c.ctx, texts); err != nil {
		return done, err
	}
	args, err := json.Marshal(map[string]any{"refs": erasing.Refs})
	if err != nil {
		return done, err
	}
	cmd := wire.Command{ID: what.ID, Name: "person.erase/1", Args: args}
	t := &task{answer: database.Answer{UUID: cmd.ID}, answered: true, given: true, touched: erasing.Changed}
	c.given = []*task{t}
	if err := c.record(by, "", cmd, t, false); err != nil {
		return done, err
	}
	if err := c.save(); err != nil {
		return done, err
	}
	what.Rev, what.Refs = c.rev, erasing.Refs
	for _, id := range erasing.Recordings { // beside those of the first time, where it is repeated
		if !slices.Contains(what.Recordings, id) {
			what.Recordings = append(what.Recordings, id)
		}
	}
	return Erased{ID: what.ID, Refs: erasing.Refs, Recordings: what.Recordings}, c.t.AddErasure(c.ctx, what)
}

// inJSON is a text as JSON writes it, without the quotes.
func inJSON(text string) string {
	b, err := json.Marshal(text)
	if err != nil {
		panic(err) // a string always is JSON
	}
	return string(b[1 : len(b)-1])
}

// Erasures are the erasures of every workspace; Restored is given them after a restore.
func (e *Engine) Erasures(ctx context.Context) (map[crm.ID][]database.Erasure, error) {
	heads, err := e.Heads(ctx)
	if err != nil {
		return nil, err
	}
	all := map[crm.ID][]database.Erasure{}
	for id := range heads {
		err := e.DB.Read(ctx, string(id), func(t *database.Tx) error {
			all[id], err = t.Erasures(ctx)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Acknowledgements are the programs that have to purge their files after an erasure, those first that have not acknowledged it yet.
func (e *Engine) Acknowledgements(ctx context.Context, workspace, erasure crm.ID) (owed []database.Owed, err error) {
	err = e.DB.Read(ctx, string(workspace), func(t *database.Tx) error {
		owed, err = t.OwedBy(ctx, erasure)
		return err
	})
	slices.SortStableFunc(owed, func(a, b database.Owed) int {
		switch {
		case a.Done == 0 && b.Done != 0:
			return -1
		case a.Done != 0 && b.Done == 0:
			return 1
		}
		return 0
	})
	return owed, err
}
