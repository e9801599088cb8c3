package front

import (
	"context"
	"sync"
	"time"

	"leadline/crm"
	"leadline/crm/server/access"
	"leadline/crm/server/database"
	"leadline/crm/wire"
)

const (
	sayEvery  = 25 * time.Second       // how often the database is told that a device is still connected
	askEvery  = 500 * time.Millisecond // how often a server reads what devices have told the others
	forgotten = 24 * time.Hour
)

// asked has when each workspace's presence was last read from the database.
type asked struct {
	mu sync.Mutex
	at map[crm.ID]time.Time
}

// due says whether askEvery has passed since the last time, and notes this one.
func (a *asked) due(workspace crm.ID, now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if now.Sub(a.at[workspace]) < askEvery {
		return false
	}
	if a.at == nil {
		a.at = map[crm.ID]time.Time{}
	}
	a.at[workspace] = now
	return true
}

// share writes a device's state to the database, for the other servers.
func (f *Front) share(ctx context.Context, p access.Person, s wire.Availability, at time.Time) error {
	if !f.Shared {
		return nil
	}
	defer f.tellNeighbours(database.News{Workspace: string(p.Workspace)})
	return f.Engine.DB.Write(ctx, string(p.Workspace), func(t *database.Tx) error {
		return t.Exec(ctx, `INSERT INTO presence(ws, user_id, device, state, since, heard) VALUES($1, $2, $3, $4, $5, $5)
			ON CONFLICT(ws, user_id, device) DO UPDATE SET state = excluded.state, since = excluded.since, heard = excluded.heard`,
			string(p.Workspace), string(p.User), string(p.Device), string(s), at.UnixMilli())
	})
}

// heard notes that a device is still connected, here and for the other servers. It leaves the state in the database as it is: the device
// may have told another server a newer one.
func (f *Front) heard(ctx context.Context, p access.Person) {
	if !f.board.heard(p.Workspace, p.User, p.Device) || !f.Shared {
		return
	}
	err := f.Engine.DB.Write(ctx, string(p.Workspace), func(t *database.Tx) error {
		return t.Exec(ctx, "UPDATE presence SET heard = $4 WHERE ws = $1 AND user_id = $2 AND device = $3",
			string(p.Workspace), string(p.User), string(p.Device), f.Engine.Now().UnixMilli())
	})
	if err != nil && ctx.Err() == nil && f.unheard.Due() {
		f.Log.Warn("other servers are not told that a device is there", "error", err)
	}
}

// learn reads what devices have told other servers, at most every askEvery.
func (f *Front) learn(ctx context.Context, workspace crm.ID) {
	if f.Shared && f.asked.due(workspace, f.Engine.Now()) {
		f.readPresence(ctx, workspace)
	}
}

// readPresence reads the presence of a workspace from the database. It passes over rows that are more than presenceTime in the future,
// which a server with a wrong clock has written.
func (f *Front) readPresence(ctx context.Context, workspace crm.ID) {
	now := f.Engine.Now()
	err := f.Engine.DB.Read(ctx, string(workspace), func(t *database.Tx) error {
		return t.Each(ctx, "SELECT user_id, device, state, since, heard FROM presence WHERE ws = $1 AND heard > $2 AND heard <= $3",
			[]any{string(workspace), now.Add(-presenceTime).UnixMilli(), now.Add(presenceTime).UnixMilli()}, func(scan func(...any) error) error {
				var user, device crm.ID
				var s wire.Availability
				var since, heard int64
				if err := scan(&user, &device, &s, &since, &heard); err != nil {
					return err
				}
				if p, changed := f.board.set(workspace, user, device, s, time.UnixMilli(since), time.UnixMilli(heard)); changed {
					f.hub.setPresence(workspace, p)
				}
				return nil
			})
	})
	if err != nil && ctx.Err() == nil {
		f.Log.Warn("what other servers know of the team cannot be read", "error", err)
	}
}

// forgetPresence deletes the presence of devices that were not heard of for a day.
func (f *Front) forgetPresence(ctx context.Context, workspace crm.ID) error {
	return f.Engine.DB.Write(ctx, string(workspace), func(t *database.Tx) error {
		return t.Exec(ctx, "DELETE FROM presence WHERE ws = $1 AND heard < $2", string(workspace), f.Engine.Now().Add(-forgotten).UnixMilli())
	})
}
