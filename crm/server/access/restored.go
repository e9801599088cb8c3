package access

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"leadline/crm"
	"leadline/crm/server/database"
	"leadline/crm/server/ledger"
	"leadline/crm/wire"
)

// SignIns is, by workspace, how people, devices and other software sign in to a database that a restore replaces: the backup may be
// older. It has only the hashes of passwords, tokens and keys.
type SignIns map[crm.ID]signIns

type signIns struct {
	at      database.Workspace
	epochs  map[uint64]database.Epoch
	left    []crm.ID // users who have left the company
	people  []signIn
	devices []Device
	keys    []apiKey
	links   []invitationLink
}

type signIn struct {
	email, hash       string
	user              crm.ID
	disabled, changed int64
}

type apiKey struct {
	id, user      crm.ID
	name, scopes  string
	hash          []byte
	made, revoked int64
}

type invitationLink struct {
	user crm.ID
	hash []byte
	ends int64
}

// SignInsOf reads the SignIns of a database.
func SignInsOf(ctx context.Context, db *database.DB) (SignIns, error) {
	var workspaces []database.Workspace
	err := db.Read(ctx, "", func(t *database.Tx) (err error) {
		workspaces, err = t.Workspaces(ctx)
		return err
	})
	all := SignIns{}
	for _, w := range workspaces {
		if err == nil {
			err = db.Read(ctx, string(w.ID), func(t *database.Tx) (err error) {
				all[w.ID], err = signInsOf(ctx, t)
				return err
			})
		}
	}
	return all, err
}

func signInsOf(ctx context.Context, t *database.Tx) (s signIns, err error) {
	if s.at, err = t.Head(ctx, false); err != nil {
		return s, err
	}
	if s.epochs, err = t.Epochs(ctx); err != nil {
		return s, err
	}
	users, err := usersOf(ctx, t)
	if err != nil {
		return s, err
	}
	for _, id := range slices.Sorted(maps.Keys(users)) {
		if users[id].Left {
			s.left = append(s.left, id)
		}
	}
	if s.people, err = people(ctx, t); err != nil {
		return s, err
	}
	if s.devices, err = devices(ctx, t, "workspace = $1 ORDER BY made, n", t.Workspace); err != nil {
		return s, err
	}
	err = t.Each(ctx, "SELECT id, user_id, name, hash, scopes, made, revoked FROM api_key WHERE workspace = $1 ORDER BY made, id", []any{t.Workspace}, func(scan func(...any) error) error {
		var k apiKey
		err := scan(&k.id, &k.user, &k.name, &k.hash, &k.scopes, &k.made, &k.revoked)
		s.keys = append(s.keys, k)
		return err
	})
	if err != nil {
		return s, err
	}
	of := invitationOf(crm.ID(t.Workspace), "")
	err = t.Each(ctx, "SELECT purpose, hash, ends FROM one_time WHERE purpose LIKE $1 ORDER BY purpose", []any{of + "%"}, func(scan func(...any) error) error {
		var purpose string
		var l invitationLink
		err := scan(&purpose, &l.hash, &l.ends)
		l.user = crm.ID(strings.TrimPrefix(purpose, of))
		s.links = append(s.links, l)
		return err
	})
	return s, err
}

// usersOf are the users of a workspace, by id.
func usersOf(ctx context.Context, t *database.Tx) (map[crm.ID]crm.User, error) {
	rows, err := t.Rows(ctx).All(wire.User)
	users := map[crm.ID]crm.User{}
	for _, r := range rows {
		if users[r.ID], err = ledger.Read[crm.User](r); err != nil {
			return nil, err
		}
	}
	return users, err
}

func people(ctx context.Context, t *database.Tx) (all []signIn, err error) {
	err = t.Each(ctx, "SELECT email, user_id, hash, disabled, changed FROM credential WHERE workspace = $1 ORDER BY email", []any{t.Workspace}, func(scan func(...any) error) error {
		var p signIn
		err := scan(&p.email, &p.user, &p.hash, &p.disabled, &p.changed)
		all = append(all, p)
		return err
	})
	return all, err
}

// Kept is what Keep has taken over from the replaced database.
type Kept struct {
	Passwords           []string // e-mail addresses of users whose password is newer than that of the backup
	Out, In             []string // e-mail addresses of users who were locked out since the backup, or let in again
	Missing             []string // e-mail addresses of users who could sign in, and are not in the backup
	DevicesOut, KeysOut int      // devices signed out, and keys revoked, since the backup
	DevicesIn, KeysIn   int      // devices signed in, and keys made, since the backup
}

// Keep brings how people sign in to a restored database up to date with the one that it replaces: newer passwords stay, users who were
// locked out stay out, and used tokens and links stay invalid. Users who are not in the backup are left out.
func Keep(ctx context.Context, db *database.DB, all SignIns) (kept Kept, err error) {
	for _, workspace := range slices.Sorted(maps.Keys(all)) {
		var k keeping
		if err := db.Write(ctx, string(workspace), func(t *database.Tx) error {
			k = keeping{t: t, signIns: all[workspace]}
			return k.keep(ctx)
		}); err != nil {
			return kept, err
		}
		kept.Passwords, kept.Missing = append(kept.Passwords, k.Passwords...), append(kept.Missing, k.Missing...)
		kept.Out, kept.In = append(kept.Out, k.Out...), append(kept.In, k.In...)
		kept.DevicesOut, kept.DevicesIn = kept.DevicesOut+k.DevicesOut, kept.DevicesIn+k.DevicesIn
		kept.KeysOut, kept.KeysIn = kept.KeysOut+k.KeysOut, kept.KeysIn+k.KeysIn
	}
	return kept, nil
}

// keeping is Keep in one workspace.
type keeping struct {
	t *database.Tx
	signIns
	Kept
	users map[crm.ID]crm.User
	may   map[crm.ID]signIn // how users sign in, by user
}

func (k *keeping) keep(ctx context.Context) error {
	var one int
	if there, err := k.t.One(ctx, "SELECT 1 FROM ws WHERE id = $1", []any{k.t.Workspace}, &one); err != nil || !there {
		return err // another company's database
	}
	var err error
	if k.users, err = usersOf(ctx, k.t); err != nil {
		return err
	}
	had, err := people(ctx, k.t)
	if err != nil {
		return err
	}
	k.may = map[crm.ID]signIn{}
	for _, p := range had {
		k.may[p.user] = p
	}
	for _, part := range []func(context.Context) error{k.keepOut, k.keepPeople, k.keepDevices, k.keepKeys, k.keepLinks} {
		if err := part(ctx); err != nil {
			return err
		}
	}
	return nil
}

// follow says whether the replaced database is newer than the backup, from whose branch it has gone on.
func (k *keeping) follow(ctx context.Context) (bool, error) {
	now, err := k.t.Head(ctx, false)
	if err != nil {
		return false, err
	}
	epochs, err := k.t.Epochs(ctx)
	backup := epochs[now.Epoch]
	if backup.Parent == k.at.Epoch {
		return k.at.Rev >= backup.ForkRev, err
	}
	_, knows := k.epochs[backup.Parent]
	return knows, err
}

// keepOut keeps users out who have left since the backup. The restored workspace has them as users again until programs send that
// change again.
func (k *keeping) keepOut(ctx context.Context) error {
	younger, err := k.follow(ctx)
	if err != nil || !younger {
		return err
	}
	for _, user := range k.left {
		p, can := k.may[user]
		if !can || k.users[user].Left {
			continue
		}
		if err := k.t.Exec(ctx, "DELETE FROM credential WHERE workspace = $1 AND user_id = $2", k.t.Workspace, string(user)); err != nil {
			return err
		}
		delete(k.may, user)
		k.Out = append(k.Out, p.email)
	}
	return nil
}

func (k *keeping) keepPeople(ctx context.Context) error {
	for _, p := range k.people {
		was, can := k.may[p.user]
		switch {
		case slices.Contains(k.left, p.user): // see keepOut
			continue
		case k.users[p.user].ID == "":
			k.Missing = append(k.Missing, p.email)
			continue
		case p.changed <= was.changed && p.disabled > 0 && was.disabled == 0: // where the databases differ, a locked-out user stays out
			was.disabled = p.disabled
			p = was
		case p.changed <= was.changed:
			continue
		}
		var other crm.ID
		taken, err := k.t.One(ctx, "SELECT user_id FROM credential WHERE email = $1 AND user_id <> $2", []any{p.email, string(p.user)}, &other)
		switch {
		case err != nil:
			return err
		case taken && !can:
			k.Missing = append(k.Missing, p.email)
			continue
		case taken:
			p.email = was.email
		}
		if err := k.t.Exec(ctx, `INSERT INTO credential(email, workspace, user_id, hash, disabled, changed) VALUES($1, $2, $3, $4, $5, $6)
			ON CONFLICT(workspace, user_id) DO UPDATE SET email = excluded.email, hash = excluded.hash, disabled = excluded.disabled, changed = excluded.changed`,
			p.email, k.t.Workspace, string(p.user), p.hash, p.disabled, p.changed); err != nil {
			return err
		}
		k.may[p.user] = p
		if p.hash != was.hash {
			k.Passwords = append(k.Passwords, p.email)
		}
		if out := p.disabled > 0; out && was.disabled == 0 {
			k.Out = append(k.Out, p.email)
		} else if !out && was.disabled > 0 {
			k.In = append(k.In, p.email)
		}
	}
	return nil
}

// keepDevices keeps the tokens that devices hold now: those of the backup may have been replaced because they were stolen.
func (k *keeping) keepDevices(ctx context.Context) error {
	had, err := devices(ctx, k.t, "workspace = $1", k.t.Workspace)
	if err != nil {
		return err
	}
	type owned struct{ user, device crm.ID }
	before := map[owned]Device{}
	for _, d := range had {
		before[owned{d.User, d.ID}] = d
	}
	for _, d := range k.devices {
		was, there := before[owned{d.User, d.ID}]
		_, can := k.may[d.User]
		newer := d.refreshEnds.After(was.refreshEnds)
		switch {
		case !there && !can, there && !newer && (d.Revoked.IsZero() || !was.Revoked.IsZero()):
			continue
		case !there:
			k.DevicesIn++
		case !d.Revoked.IsZero() && was.Revoked.IsZero():
			k.DevicesOut++
		}
		if there && !newer {
			was.Revoked, was.Erase = d.Revoked, d.Erase
			d = was
		}
		if err := k.t.Exec(ctx, `INSERT INTO device(n, id, workspace, user_id, name, platform, made, seen, access_hash, access_ends, access_used, refresh_hash, refresh_ends,
			revoked, erase, erased) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
			ON CONFLICT(workspace, user_id, id) DO UPDATE SET name = excluded.name, platform = excluded.platform, seen = excluded.seen,
			access_hash = excluded.access_hash, access_ends = excluded.access_ends, access_used = excluded.access_used, refresh_hash = excluded.refresh_hash,
			refresh_ends = excluded.refresh_ends, revoked = excluded.revoked, erase = excluded.erase, erased = excluded.erased`,
			d.n, string(d.ID), k.t.Workspace, string(d.User), d.Name, d.Platform, orNever(d.Made), orNever(d.Seen), d.accessHash, orNever(d.accessEnds), flag(d.used),
			d.refreshHash, orNever(d.refreshEnds), orNever(d.Revoked), flag(d.Erase), orNever(d.Erased)); err != nil {
			return err
		}
	}
	return nil
}

// orNever is what moment reads; 0 for the zero time.
func orNever(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return milli(t)
}

func (k *keeping) keepKeys(ctx context.Context) error {
	for _, key := range k.keys {
		var revoked int64
		there, err := k.t.One(ctx, "SELECT revoked FROM api_key WHERE id = $1", []any{string(key.id)}, &revoked)
		switch {
		case err != nil:
			return err
		case there && key.revoked > 0 && revoked == 0:
			k.KeysOut++
			err = k.t.Exec(ctx, "UPDATE api_key SET revoked = $2 WHERE id = $1", string(key.id), key.revoked)
		case !there && key.revoked == 0 && (key.user == "" || k.users[key.user].ID != ""):
			k.KeysIn++
			err = k.t.Exec(ctx, "INSERT INTO api_key(id, workspace, user_id, name, hash, scopes, made, revoked) VALUES($1, $2, $3, $4, $5, $6, $7, 0)",
				string(key.id), k.t.Workspace, string(key.user), key.name, key.hash, key.scopes, key.made)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// keepLinks keeps only those links to set a password that were still valid: one of the backup may have been used since.
func (k *keeping) keepLinks(ctx context.Context) error {
	if err := k.t.Exec(ctx, "DELETE FROM one_time WHERE purpose LIKE $1", invitationOf(crm.ID(k.t.Workspace), "")+"%"); err != nil {
		return err
	}
	for _, l := range k.links {
		if _, can := k.may[l.user]; !can {
			continue
		}
		if err := k.t.Exec(ctx, "INSERT INTO one_time(purpose, hash, ends) VALUES($1, $2, $3)", invitationOf(crm.ID(k.t.Workspace), l.user), l.hash, l.ends); err != nil {
			return err
		}
	}
	return nil
}

// KeepNothing is for a restore without the replaced database. It makes links to set a password invalid, since they may have been used. at
// is the latest time at which a password was set, a device seen or a key made in the backup; zero for never.
func KeepNothing(ctx context.Context, db *database.DB) (at time.Time, err error) {
	var ms int64
	err = db.Write(ctx, "", func(t *database.Tx) error {
		if err := t.Exec(ctx, "DELETE FROM one_time WHERE purpose LIKE $1", invitation+"%"); err != nil {
			return err
		}
		_, err := t.One(ctx, `SELECT coalesce(max(at), 0) FROM (SELECT max(changed) AS at FROM credential UNION ALL SELECT max(seen) FROM device
			UNION ALL SELECT max(made) FROM api_key) AS heard`, nil, &ms)
		return err
	})
	return moment(ms), err
}
