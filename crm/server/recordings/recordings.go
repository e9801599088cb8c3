package recordings

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"leadline/crm"
	"leadline/crm/server"
	"leadline/crm/server/access"
	"leadline/crm/server/database"
	"leadline/crm/server/ledger"
	"leadline/crm/wire"
)

// Options are what recordings need.
type Options struct {
	Engine *server.Engine
	Vault  *access.Vault
	Folder string // which must be there; servers on one database share it
	Quota  int64  // bytes that one workspace's recordings may take; 0 is as many as the disk has
	// Free is how many bytes the disk of the folder has left; nil does not ask.
	Free func(folder string) (uint64, error)
}

// KeptFree is how many bytes recordings leave free on the disk, for the database beside them.
const KeptFree = 1 << 30

// fullRetry is after what time a program tries again when the disk or the quota is full.
const fullRetry = 10 * time.Minute

// Recordings are those of all workspaces. Its methods are safe to call from several goroutines.
type Recordings struct {
	Options
	mu   sync.Mutex
	busy map[string]bool // files that are written

	failed atomic.Int64
}

// New makes them; it panics when something is missing.
func New(o Options) *Recordings {
	if o.Engine == nil || o.Vault == nil || o.Folder == "" {
		panic("recordings: an engine, a vault and a folder are needed")
	}
	return &Recordings{Options: o, busy: map[string]bool{}}
}

const (
	ending = ".recording"
	partly = ".part"
)

// path is a recording's file. Both ids were parsed before, so they cannot name another folder.
func (r *Recordings) path(workspace, id crm.ID) string { return pathIn(r.Folder, workspace, id) }

func pathIn(folder string, workspace, id crm.ID) string {
	return filepath.Join(folder, string(workspace), string(id)[:2], string(id)+ending)
}

// hold reserves a file for one request; ok is false when another one has it.
func (r *Recordings) hold(path string) (release func(), ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.busy[path] {
		return nil, false
	}
	r.busy[path] = true
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.busy, path)
	}, true
}

// none is the answer to somebody who may not even know that there is such a recording.
var none = wire.Problem{Code: wire.NotFound, Message: "there is no such recording"}

// seen is the call of a recording, with its row, if the sender may see that call; else none.
func seen(ctx context.Context, t *database.Tx, from server.Sender, id crm.ID) (c crm.Call, row *ledger.Row, me crm.User, rights crm.Rights, err error) {
	row, err = t.Rows(ctx).Row(ledger.Key{Entity: wire.Call, ID: id})
	if err == nil && (row == nil || row.Deleted) {
		err = none
	}
	if err != nil {
		return c, nil, me, rights, err
	}
	view, rights, err := server.ViewOf(ctx, t, from.User)
	if err != nil {
		return c, nil, me, rights, err
	}
	if stored := database.StoredOf(row); !view.Shows(stored) && !view.Showed(stored) {
		return c, nil, me, rights, none
	}
	if c, err = ledger.Read[crm.Call](row); err != nil {
		return c, nil, me, rights, err
	}
	me, _, err = ledger.RightsOf(t.Rows(ctx), from.User)
	return c, row, me, rights, err
}

// Open opens a recording's sound for somebody who may listen to it (G1). wire.NotFound when the sender may not see the call, or it has no
// such recording; wire.Forbidden when the sender may see the call and not listen; wire.Damaged, and access.ErrUnsealed, when the key is lost.
func (r *Recordings) Open(ctx context.Context, from server.Sender, id crm.ID) (*Sound, error) {
	var rec database.Recording
	err := r.Engine.DB.Read(ctx, string(from.Workspace), func(t *database.Tx) (err error) {
		var ok bool
		if rec, ok, err = t.Recording(ctx, id); err != nil {
			return err
		}
		if !ok || rec.Gone > 0 {
			return none
		}
		c, _, me, rights, err := seen(ctx, t, from, rec.Call)
		switch {
		case err != nil:
			return err
		case c.RecordingName(id) == "":
			return none
		}
		owner, _, err := ledger.RightsOf(t.Rows(ctx), c.Agent)
		if err != nil {
			return err
		}
		if !mayListen(rights.Listen, me, owner) {
			return wire.Problem{Code: wire.Forbidden, Message: "the role does not let listen to this call's recordings"}
		}
		// The call names it as uploaded before Done is set (tell), and colleagues ask as soon as they hear of that.
		if rec.Done == 0 && !slices.Contains(c.Uploaded, id) {
			return wire.Problem{Code: wire.NotFound, Message: "the recording is not here yet"}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	s, err := openSound(r.Vault, r.path(from.Workspace, id), r.sealed(from.Workspace, rec))
	if errors.Is(err, access.ErrUnsealed) { // whoever listens is told, and whoever looks after the server
		r.Engine.Log.Error("a recording cannot be opened", "recording", id, "error", err)
		return nil, errors.Join(shut, err)
	}
	if err != nil {
		return nil, fmt.Errorf("open the recording %s: %w", id, err)
	}
	s.Hash = rec.Hash
	return s, nil
}

// shut is the answer to somebody who may listen to a recording that the server itself cannot read.
var shut = wire.Problem{Code: wire.Damaged, Message: "the server has lost the key of this recording, or its file is damaged"}

// mayListen is Reach.Includes, but a call of nobody is only for those who may listen to all.
func mayListen(reach crm.Reach, me, owner crm.User) bool {
	return reach == crm.ReachAll || owner.ID != "" && reach.Includes(me, owner)
}

func (r *Recordings) sealed(workspace crm.ID, rec database.Recording) sealed {
	return sealed{workspace: workspace, id: rec.ID, size: rec.Size}
}

// full refuses a recording because the disk or the quota is full. The program keeps its file, and tries again after fullRetry.
func full(why string) error {
	return wire.Problem{Code: wire.Full, Message: why, Retry: fullRetry}
}

// writing makes a full disk's error a wire.Problem; others stay as they are.
func writing(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return full("the server's disk is full")
	}
	return err
}

// remove removes a recording's files; it is no error when they are not there.
func (r *Recordings) remove(workspace, id crm.ID) error {
	path := r.path(workspace, id)
	var failed error
	for _, p := range []string{path, path + partly} {
		if err := os.Remove(p); err != nil && !errors.Is(err, os.ErrNotExist) {
			failed = errors.Join(failed, fmt.Errorf("remove a recording: %w", err))
		}
	}
	return failed
}
