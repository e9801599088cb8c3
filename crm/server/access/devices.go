package access

import (
	"context"
	"time"

	"leadline/crm"
	"leadline/crm/server/database"
	"leadline/crm/wire"
)

// Device is a program on a machine that a person has signed in on.
type Device struct {
	wire.DeviceInfo
	Workspace   crm.ID
	User        crm.ID
	Made, Seen  time.Time
	Revoked     time.Time // zero: signed in
	Erase       bool      // it is to erase its copy
	Erased      time.Time // when it said that it has; zero: not yet
	n           string    // ours
	accessEnds  time.Time
	refreshEnds time.Time
	accessHash  []byte
	refreshHash []byte
	used        bool // the access token was used since it was issued
}

func (d Device) person() Person { return Person{Workspace: d.Workspace, User: d.User, Device: d.ID} }

func devices(ctx context.Context, t *database.Tx, where string, args ...any) (all []Device, err error) {
	err = t.Each(ctx, `SELECT n, id, workspace, user_id, name, platform, made, seen, revoked, erase, erased, access_ends, refresh_ends, access_hash, refresh_hash, access_used
		FROM device WHERE `+where, args, func(scan func(...any) error) error {
		var d Device
		var made, seen, revoked, erase, erased, accessEnds, refreshEnds, used int64
		err := scan(&d.n, &d.ID, &d.Workspace, &d.User, &d.Name, &d.Platform, &made, &seen, &revoked, &erase, &erased, &accessEnds, &refreshEnds,
			&d.accessHash, &d.refreshHash, &used)
		d.Made, d.Seen, d.Revoked, d.Erased = moment(made), moment(seen), moment(revoked), moment(erased)
		d.accessEnds, d.refreshEnds, d.Erase, d.used = moment(accessEnds), moment(refreshEnds), erase > 0, used > 0
		all = append(all, d)
		return err
	})
	return all, err
}

func deviceBy(ctx context.Context, t *database.Tx, where string, args ...any) (Device, error) {
	all, err := devices(ctx, t, where, args...)
	if err == nil && len(all) == 0 {
		err = ErrNoDevice
	}
	if err != nil {
		return Device{}, err
	}
	return all[0], nil
}

// Devices are those of a user, or with "" of all users of the workspace, the one last seen first.
func (a *Access) Devices(ctx context.Context, workspace crm.ID, user crm.ID) (all []Device, err error) {
	err = a.whole(ctx, false, func(t *database.Tx) error {
		all, err = devices(ctx, t, "workspace = $1 AND ($2 = '' OR user_id = $2) ORDER BY made DESC, id", workspace, string(user))
		return err
	})
	return all, err
}

// Revoke signs a device of the workspace out, for whoever uses it; with erase it is to erase its copy when it next connects. user, if not
// "", is whose device it must be. ErrNoDevice when there is no such device.
func (a *Access) Revoke(ctx context.Context, workspace crm.ID, user, device crm.ID, erase bool) error {
	return a.whole(ctx, true, func(t *database.Tx) error {
		all, err := devices(ctx, t, "workspace = $1 AND ($2 = '' OR user_id = $2) AND id = $3", workspace, string(user), string(device))
		if err != nil {
			return err
		}
		if len(all) == 0 {
			return ErrNoDevice
		}
		for _, d := range all {
			if err := a.revoke(ctx, t, d, erase); err != nil {
				return err
			}
		}
		return nil
	})
}

func (a *Access) revoke(ctx context.Context, t *database.Tx, d Device, erase bool) error {
	at := d.Revoked
	if at.IsZero() {
		at = a.now()
	}
	return t.Exec(ctx, "UPDATE device SET revoked = $2, erase = $3 WHERE n = $1", d.n, milli(at), flag(erase || d.Erase))
}

// StillIn says whether a device is still signed in, for connections that outlast a token: an error of type Revoked when it is not, others
// are the database's.
func (a *Access) StillIn(ctx context.Context, p Person) error {
	return a.whole(ctx, false, func(t *database.Tx) error {
		d, err := deviceBy(ctx, t, "workspace = $1 AND user_id = $2 AND id = $3", string(p.Workspace), string(p.User), string(p.Device))
		if err == nil && !d.Revoked.IsZero() {
			err = Revoked{d.Erase}
		}
		return err
	})
}
