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

// KeptFree is what recordings leave of the disk, for the database beside them.
const KeptFree = 1 << 30

// fullRetry is when a program tries again that was told that there is no room.
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

// path is where a recording is; the ids are read before, so that they are no names of other folders.
func (r *Recordings) path(workspace, id crm.ID) string { return pathIn(r.Folder, workspace, id) }

func pathIn(folder string, workspace, id crm.ID) string {
	return filepath.Join(folder, string(workspace), string(id)[:2], string(id)+ending)
}

// hold has a file be one request's.
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

// none is the answer to who may not even know that there is one.
var none = wire.Problem{Code: wire.NotFound, Message: "there is no such recording"}

// seen is the call of a recording as its row is, if who asks may see it.
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

// Open is a recording's sound, for who may listen to it (G1): wire.NotFound for a call that one may not see, or
// without such a recording, wire.Forbidden for one that one sees without that right.
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
		// The call says first that it is here (tell): others ask as soon as they hear of that.
		if rec.Done == 0 && !slices.Contains(c.Uploaded, id) {
			return wire.Problem{Code: wire.NotFound, Message: "the recording is not here yet"}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	s, err := openSound(r.Vault, r.path(from.Workspace, id), r.sealed(from.Workspace, rec))
	if err != nil {
		return nil, fmt.Errorf("open the recording %s: %w", id, err)
	}
	s.Hash = rec.Hash
	return s, nil
}

// mayListen is Reach.Includes, where a call that is nobody's is for who hears all.
func mayListen(reach crm.Reach, me, owner crm.User) bool {
	return reach == crm.ReachAll || owner.ID != "" && reach.Includes(me, owner)
}

func (r *Recordings) sealed(workspace crm.ID, rec database.Recording) sealed {
	return sealed{workspace: workspace, id: rec.ID, size: rec.Size}
}

// full says that there is no room, so that the program keeps its file and comes again.
func full(why string) error {
	return wire.Problem{Code: wire.Full, Message: why, Retry: fullRetry}
}

// writing is an error of the disk's.
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
