package access

import (
	"context"

	"leadline/crm"
	"leadline/crm/server/database"
)

// Lockouts are who may no more: what a restore has to be given, since the backup may be of before. Only ids are in it.
type Lockouts struct {
	Users   []lockedOut
	Devices []lockedOut
	Keys    []lockedOut
}

type lockedOut struct {
	Workspace crm.ID
	User      crm.ID
	ID        crm.ID // of a device or key
	At        int64  // Unix milliseconds
	Erase     int64  // a device is to erase its copy
}

// LockoutsOf are those of a database.
func LockoutsOf(ctx context.Context, db *database.DB) (l Lockouts, err error) {
	err = db.Read(ctx, "", func(t *database.Tx) error {
		l = Lockouts{}
		for _, part := range []struct {
			of    *[]lockedOut
			query string
		}{
			{&l.Users, "SELECT workspace, user_id, '', disabled, 0 FROM credential WHERE disabled > 0"},
			{&l.Devices, "SELECT workspace, user_id, id, revoked, erase FROM device WHERE revoked > 0"},
			{&l.Keys, "SELECT workspace, user_id, id, revoked, 0 FROM api_key WHERE revoked > 0"},
		} {
			if err := t.Each(ctx, part.query, nil, func(scan func(...any) error) error {
				var o lockedOut
				err := scan(&o.Workspace, &o.User, &o.ID, &o.At, &o.Erase)
				*part.of = append(*part.of, o)
				return err
			}); err != nil {
				return err
			}
		}
		return nil
	})
	return l, err
}

// LockOutAgain keeps those out whom a backup lets in. Who is out in the backup as well, or not in it, is left as they are.
func LockOutAgain(ctx context.Context, db *database.DB, l Lockouts) error {
	return db.Write(ctx, "", func(t *database.Tx) error {
		for _, o := range l.Users {
			if err := t.Exec(ctx, "UPDATE credential SET disabled = $3 WHERE workspace = $1 AND user_id = $2 AND disabled = 0",
				string(o.Workspace), string(o.User), o.At); err != nil {
				return err
			}
		}
		for _, o := range l.Devices {
			if err := t.Exec(ctx, "UPDATE device SET revoked = $4, erase = $5 WHERE workspace = $1 AND user_id = $2 AND id = $3 AND revoked = 0",
				string(o.Workspace), string(o.User), string(o.ID), o.At, o.Erase); err != nil {
				return err
			}
		}
		for _, o := range l.Keys {
			if err := t.Exec(ctx, "UPDATE api_key SET revoked = $3 WHERE workspace = $1 AND id = $2 AND revoked = 0",
				string(o.Workspace), string(o.ID), o.At); err != nil {
				return err
			}
		}
		return nil
	})
}
