package access

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"leadline/crm"
	"leadline/crm/server/database"
	"leadline/crm/wire"
)

// Session is what a device holds.
type Session struct {
	Person
	Access      Token
	AccessEnds  time.Time
	Refresh     Token
	RefreshEnds time.Time
}

// SignIn begins a session of a device by e-mail address and password; a device that was signed out can sign in again so. An unknown
// address, a wrong password and a user who is locked out give the same error, after the same time.
func (a *Access) SignIn(ctx context.Context, email, password string, on wire.DeviceInfo) (s Session, err error) {
	email, err = Email(email)
	known := err == nil
	hash, disabled := a.cost.nobodysHash(), int64(0)
	if known {
		err = a.whole(ctx, false, func(t *database.Tx) error {
			stored := ""
			known, err = t.One(ctx, "SELECT workspace, user_id, hash, disabled FROM credential WHERE email = $1", []any{email},
				&s.Workspace, &s.User, &stored, &disabled)
			if known = known && stored != ""; known {
				hash = stored
			}
			return err
		})
		if err != nil {
			return Session{}, err
		}
	}
	device, err := crm.ParseID(string(on.ID))
	if err != nil {
		return Session{}, fmt.Errorf("%w: %w", ErrBadDevice, err)
	}
	right, err := passwordIs(ctx, password, hash)
	if err != nil {
		return Session{}, err
	}
	if !known || !right || disabled != 0 {
		return Session{}, ErrWrongPassword
	}
	s.Device = device
	return a.letIn(ctx, s.Person, hash, on)
}

// letIn begins the session of a person whose password fits a hash. Comparing took a while, so it checks that the hash is still theirs and
// that they may still sign in.
func (a *Access) letIn(ctx context.Context, p Person, hash string, on wire.DeviceInfo) (s Session, err error) {
	n, err := a.newID()
	if err != nil {
		return s, err
	}
	s = a.fresh(p)
	err = a.whole(ctx, true, func(t *database.Tx) error {
		var one int
		still, err := t.One(ctx, "SELECT 1 FROM credential WHERE workspace = $1 AND user_id = $2 AND hash = $3 AND disabled = 0"+t.Lock(), []any{p.Workspace, string(p.User), hash}, &one)
		if err == nil && !still {
			err = ErrWrongPassword
		}
		if err != nil {
			return err
		}
		return t.Exec(ctx, `INSERT INTO device(n, id, workspace, user_id, name, platform, made, seen, access_hash, access_ends, access_used, refresh_hash, refresh_ends,
			revoked, erase, erased) VALUES($1, $2, $3, $4, $5, $6, $7, $7, $8, $9, 0, $10, $11, 0, 0, 0)
			ON CONFLICT(workspace, user_id, id) DO UPDATE SET name = excluded.name, platform = excluded.platform, seen = excluded.seen,
			access_hash = excluded.access_hash, access_ends = excluded.access_ends, access_used = 0, refresh_hash = excluded.refresh_hash,
			refresh_ends = excluded.refresh_ends, revoked = 0, erase = 0, erased = 0`,
			string(n), string(p.Device), p.Workspace, string(p.User), clip(on.Name, 100), clip(on.Platform, 100), milli(a.now()),
			s.Access.hash(), milli(s.AccessEnds), s.Refresh.hash(), milli(s.RefreshEnds))
	})
	if err != nil {
		return Session{}, err
	}
	return s, nil
}

// clip shortens a text to n characters and drops NUL, which PostgreSQL does not take.
func clip(s string, n int) string {
	s = strings.ReplaceAll(s, "\x00", "")
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

func (a *Access) fresh(p Person) Session {
	now := a.now()
	return Session{Person: p, Access: NewToken(), AccessEnds: now.Add(AccessTime), Refresh: NewToken(), RefreshEnds: now.Add(RefreshTime)}
}

// Refresh exchanges a refresh token for new tokens. A token that was exchanged before is taken for stolen, and its device is signed out
// (Stolen); unless its successor was never used: then the answer was lost, and it is exchanged again. The
// other errors are ErrNoToken, ErrExpired and Revoked.
func (a *Access) Refresh(ctx context.Context, refresh Token, device crm.ID) (s Session, err error) {
	hash := refresh.hash()
	if hash == nil {
		return s, ErrNoToken
	}
	var refused error
	err = a.whole(ctx, true, func(t *database.Tx) error {
		refused = nil
		d, err := deviceBy(ctx, t, "refresh_hash = $1"+t.Lock(), hash)
		if errors.Is(err, ErrNoDevice) {
			d, refused, err = a.spent(ctx, t, hash)
		}
		if err != nil || refused != nil {
			return err
		}
		switch {
		case device != d.ID:
			refused = ErrNoToken
			return nil
		case !d.Revoked.IsZero():
			refused = Revoked{d.Erase}
			return nil
		case a.now().After(d.refreshEnds):
			refused = ErrExpired
			return nil
		}
		s = a.fresh(d.person())
		now := milli(a.now())
		if err := t.Exec(ctx, "INSERT INTO spent_refresh(hash, device, at) VALUES($1, $2, $3) ON CONFLICT(hash) DO NOTHING", d.refreshHash, d.n, now); err != nil {
			return err
		}
		if err := t.Exec(ctx, "DELETE FROM spent_refresh WHERE device = $1 AND at < $2", d.n, now-RefreshTime.Milliseconds()); err != nil {
			return err
		}
		return t.Exec(ctx, "UPDATE device SET access_hash = $2, access_ends = $3, access_used = 0, refresh_hash = $4, refresh_ends = $5, seen = $6 WHERE n = $1",
			d.n, s.Access.hash(), milli(s.AccessEnds), s.Refresh.hash(), milli(s.RefreshEnds), now)
	})
	if err == nil {
		err = refused
	}
	if err != nil {
		return Session{}, err
	}
	return s, nil
}

// spent is the device of a refresh token that was exchanged before; refused is why it gets no new one, nil when it does.
func (a *Access) spent(ctx context.Context, t *database.Tx, hash []byte) (d Device, refused, err error) {
	var n string
	var at int64
	ok, err := t.One(ctx, "SELECT device, at FROM spent_refresh WHERE hash = $1", []any{hash}, &n, &at)
	if err != nil || !ok {
		return d, ErrNoToken, err
	}
	if d, err = deviceBy(ctx, t, "n = $1", n); err != nil {
		return d, nil, err
	}
	var later int
	superseded, err := t.One(ctx, "SELECT 1 FROM spent_refresh WHERE device = $1 AND at > $2 LIMIT 1", []any{n, at}, &later)
	if err != nil || !d.used && !superseded || !d.Revoked.IsZero() {
		return d, nil, err
	}
	return d, Stolen{d.person().Workspace}, a.revoke(ctx, t, d, false)
}

// seenEvery is how often the time is written at which a device was last seen.
const seenEvery = time.Minute

// Authenticate is the person whose access token or key it is: ErrNoToken for one that nobody has, ErrExpired, or a Revoked.
func (a *Access) Authenticate(ctx context.Context, token Token) (p Person, err error) {
	hash := token.hash()
	if hash == nil {
		return p, ErrNoToken
	}
	var d Device
	err = a.whole(ctx, false, func(t *database.Tx) error {
		d, err = deviceBy(ctx, t, "access_hash = $1", hash)
		return err
	})
	if errors.Is(err, ErrNoDevice) {
		return a.keyOf(ctx, hash)
	}
	switch {
	case err != nil:
		return p, err
	case !d.Revoked.IsZero():
		return p, Revoked{d.Erase}
	case a.now().After(d.accessEnds):
		return p, ErrExpired
	}
	if !d.used || a.now().Sub(d.Seen) >= seenEvery {
		err = a.whole(ctx, true, func(t *database.Tx) error {
			return t.Exec(ctx, "UPDATE device SET seen = $2, access_used = 1 WHERE n = $1 AND access_hash = $3", d.n, milli(a.now()), hash)
		})
	}
	return d.person(), err
}

// Erased notes that a revoked device has erased its copy. The device shows its last access or refresh token.
func (a *Access) Erased(ctx context.Context, token Token) error {
	hash := token.hash()
	if hash == nil {
		return ErrNoToken
	}
	return a.whole(ctx, true, func(t *database.Tx) error {
		d, err := deviceBy(ctx, t, "revoked > 0 AND (access_hash = $1 OR refresh_hash = $1)", hash)
		if errors.Is(err, ErrNoDevice) {
			return ErrNoToken
		}
		if err != nil || !d.Erased.IsZero() {
			return err
		}
		return t.Exec(ctx, "UPDATE device SET erased = $2 WHERE n = $1", d.n, milli(a.now()))
	})
}

// SignOut ends a session; the device keeps its data.
func (a *Access) SignOut(ctx context.Context, p Person) error {
	return a.whole(ctx, true, func(t *database.Tx) error {
		d, err := deviceBy(ctx, t, "workspace = $1 AND user_id = $2 AND id = $3", p.Workspace, string(p.User), string(p.Device))
		if err != nil {
			return err
		}
		return a.revoke(ctx, t, d, false)
	})
}
