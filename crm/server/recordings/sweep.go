package recordings

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"leadline/crm"
	"leadline/crm/server/database"
	"leadline/crm/server/ledger"
	"leadline/crm/wire"
)

const (
	stuckFor   = 14 * 24 * time.Hour // after which an upload is removed that does not go on
	strangeFor = 90 * 24 * time.Hour // after which a file without a row is removed; after a restore its program may still announce it
	atOnce     = 200                 // old recordings that are removed in one transaction
)

// Run removes files and old recordings from time to time, until ctx ends.
func (r *Recordings) Run(ctx context.Context) {
	var clock watch
	began := time.Now()
	clock.steady(r.Engine.Now(), 0)
	sweep, look := time.NewTicker(10*time.Second), time.NewTicker(steadyFor)
	defer sweep.Stop()
	defer look.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case <-sweep.C:
			err = r.Sweep(ctx)
		case <-look.C:
			err = r.removeAged(ctx, &clock, time.Since(began))
		}
		if err != nil && ctx.Err() == nil {
			r.Engine.Log.Error("recordings could not be removed", "error", err)
		}
	}
}

// removeAged removes what has become too old, if the clock by which it has can be believed.
func (r *Recordings) removeAged(ctx context.Context, clock *watch, passed time.Duration) error {
	steady, set := clock.steady(r.Engine.Now(), passed)
	if set != 0 {
		r.Engine.Log.Warn("the clock was set, or the machine slept: recordings that are too old are removed once it has gone evenly for a while", "by", set.Round(time.Second).String(), "for", steadyFor.String())
	}
	if !steady {
		return nil
	}
	return errors.Join(r.Retain(ctx), r.Tidy(ctx))
}

// each calls f for every workspace.
func (r *Recordings) each(ctx context.Context, f func(workspace crm.ID) error) error {
	heads, err := r.Engine.Heads(ctx)
	if err != nil {
		return err
	}
	for workspace := range heads {
		if err := f(workspace); err != nil {
			return err
		}
	}
	return nil
}

// Sweep removes the files of recordings that no call names any more: an erased person's (I4), and deleted ones.
func (r *Recordings) Sweep(ctx context.Context) error {
	return r.each(ctx, func(workspace crm.ID) error {
		var gone []database.Recording
		err := r.Engine.DB.Read(ctx, string(workspace), func(t *database.Tx) (err error) {
			gone, err = t.RecordingsGone(ctx)
			return err
		})
		if err != nil || len(gone) == 0 {
			return err
		}
		if err := r.forget(ctx, workspace, gone); err != nil {
			return err
		}
		r.Engine.Log.Info("recordings removed that no call has any more", "count", len(gone))
		return nil
	})
}

// forget removes files, and then their rows.
func (r *Recordings) forget(ctx context.Context, workspace crm.ID, all []database.Recording) error {
	for _, rec := range all {
		release, ok := r.hold(r.path(workspace, rec.ID))
		if !ok {
			continue // it is being written: the next time
		}
		err := r.remove(workspace, rec.ID)
		if err == nil {
			err = r.Engine.DB.Write(ctx, string(workspace), func(t *database.Tx) error {
				if _, err := t.Head(ctx, true); err != nil { // so that tell cannot note it as uploaded meanwhile
					return err
				}
				return t.ForgetRecording(ctx, rec.ID)
			})
		}
		release()
		if err != nil {
			return err
		}
	}
	return nil
}

// Retain removes recordings that are older than the company keeps them: from their calls and here at once, from devices when they pull that.
func (r *Recordings) Retain(ctx context.Context) error {
	return r.each(ctx, func(workspace crm.ID) error {
		for {
			n, err := r.retain(ctx, workspace)
			if err != nil || n < atOnce {
				return errors.Join(err, r.Sweep(ctx))
			}
		}
	})
}

func (r *Recordings) retain(ctx context.Context, workspace crm.ID) (n int, err error) {
	var old []database.Recording
	err = r.Engine.DB.Read(ctx, string(workspace), func(t *database.Tx) error {
		all, err := t.Rows(ctx).All(wire.Workspace)
		if err != nil || len(all) == 0 {
			return err
		}
		company, err := ledger.Read[crm.Workspace](all[0])
		if err != nil {
			return err
		}
		until, limited := company.RecordingsUntil(r.Engine.Now())
		if !limited {
			return nil
		}
		old, err = t.RecordingsBefore(ctx, until.UnixMilli(), atOnce)
		return err
	})
	if err != nil {
		return 0, err
	}
	for _, rec := range old {
		refused, err := r.do(ctx, workspace, crm.RemoveRecordings{Call: rec.Call, Recordings: []crm.ID{rec.ID}})
		if err != nil {
			return 0, err
		}
		if refused { // the call is gone
			err = r.forget(ctx, workspace, []database.Recording{rec})
		}
		if err != nil {
			return 0, err
		}
	}
	return len(old), nil
}

// Tidy removes uploads that have not gone on for stuckFor, and files without a row.
func (r *Recordings) Tidy(ctx context.Context) error {
	now := r.Engine.Now()
	return r.each(ctx, func(workspace crm.ID) error {
		var stuck []database.Recording
		err := r.Engine.DB.Read(ctx, string(workspace), func(t *database.Tx) (err error) {
			stuck, err = t.RecordingsStuck(ctx, now.Add(-stuckFor).UnixMilli())
			return err
		})
		if err != nil {
			return err
		}
		if err := r.forget(ctx, workspace, stuck); err != nil {
			return err
		}
		return r.removeStrange(ctx, workspace, now)
	})
}

// removeStrange removes files that have had no row for strangeFor.
func (r *Recordings) removeStrange(ctx context.Context, workspace crm.ID, now time.Time) error {
	err := filepath.WalkDir(filepath.Join(r.Folder, string(workspace)), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil || now.Sub(info.ModTime()) < strangeFor {
			return nil // or it is gone meanwhile
		}
		name, _, _ := strings.Cut(d.Name(), ".")
		known := true
		err = r.Engine.DB.Read(ctx, string(workspace), func(t *database.Tx) (err error) {
			_, known, err = t.Recording(ctx, crm.ID(name))
			return err
		})
		if err != nil || known {
			return err
		}
		return os.Remove(path)
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Erased removes the files of all recordings of erased persons, also those without a row: a folder that was restored from a copy may have
// them again (I4).
func (r *Recordings) Erased(ctx context.Context) error {
	all, err := r.Engine.Erasures(ctx)
	if err != nil {
		return err
	}
	for workspace, erasures := range all {
		for _, e := range erasures {
			for _, id := range e.Recordings {
				if _, bad := crm.ParseID(string(id)); bad != nil {
					continue
				}
				err = errors.Join(err, r.remove(workspace, id))
			}
		}
	}
	return errors.Join(err, r.Sweep(ctx))
}
