package access

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"leadline/crm"
	"leadline/crm/server/database"
)

// Scopes of keys: what other software may do, within the rights of the user whose key it is.
const (
	ScopeRoute = "route" // ask where a call goes (D3); the only one that a PBX needs
	ScopeRead  = "read"  // read and search records and calls
	ScopeWrite = "write" // create and change records
)

// Scopes are all scopes.
var Scopes = []string{ScopeRoute, ScopeRead, ScopeWrite}

// Key lets other software in. It has no end of its own, and can be revoked.
type Key struct {
	ID      crm.ID
	User    crm.ID // whose rights it has; "" for a PBX, which may only ask for routes
	Name    string
	Scopes  []string
	MadeBy  crm.ID // the user who made it; "" for who did at the server's command line
	Made    time.Time
	Used    time.Time // last, as SaveUses has kept it; zero: never
	Revoked time.Time
}

// AddKey makes a key. Its token is given only here: the database has its hash.
func (a *Access) AddKey(ctx context.Context, workspace crm.ID, user crm.ID, name string, scopes []string) (k Key, token Token, err error) {
	return a.AddKeyBy(ctx, workspace, user, "", name, scopes)
}

// AddKeyBy is AddKey for a user who makes it.
func (a *Access) AddKeyBy(ctx context.Context, workspace, user, by crm.ID, name string, scopes []string) (k Key, token Token, err error) {
	for _, s := range scopes {
		if !slices.Contains(Scopes, s) {
			return k, "", fmt.Errorf("scope %q is none of %s", s, strings.Join(Scopes, ", "))
		}
		if user == "" && s != ScopeRoute {
			return k, "", fmt.Errorf("a key with scope %q needs a user", s)
		}
	}
	if len(scopes) == 0 {
		return k, "", fmt.Errorf("a key needs a scope: %s", strings.Join(Scopes, ", "))
	}
	k = Key{User: user, Name: clip(name, 100), Scopes: scopes, MadeBy: by, Made: a.now()}
	if k.ID, err = a.newID(); err != nil {
		return k, "", err
	}
	token = NewToken()
	err = a.whole(ctx, true, func(t *database.Tx) error {
		return t.Exec(ctx, "INSERT INTO api_key(id, workspace, user_id, name, hash, scopes, made, revoked, made_by) VALUES($1, $2, $3, $4, $5, $6, $7, 0, $8)",
			string(k.ID), workspace, string(user), k.Name, token.hash(), strings.Join(scopes, " "), milli(k.Made), string(by))
	})
	return k, token, err
}

// Keys are all keys of a workspace, revoked ones included, oldest first.
func (a *Access) Keys(ctx context.Context, workspace crm.ID) (all []Key, err error) {
	err = a.whole(ctx, false, func(t *database.Tx) error {
		all = nil
		return t.Each(ctx, "SELECT id, user_id, name, scopes, made_by, made, used, revoked FROM api_key WHERE workspace = $1 ORDER BY made, id", []any{workspace},
			func(scan func(...any) error) error {
				var k Key
				var scopes string
				var made, used, revoked int64
				err := scan(&k.ID, &k.User, &k.Name, &scopes, &k.MadeBy, &made, &used, &revoked)
				k.Scopes, k.Made, k.Used, k.Revoked = strings.Fields(scopes), moment(made), moment(used), moment(revoked)
				all = append(all, k)
				return err
			})
	})
	return all, err
}

// ErrNoKey means that there is no such key.
var ErrNoKey = errors.New("there is no such key")

// RevokeKey revokes a key, also one that is revoked already. ErrNoKey when there is none.
func (a *Access) RevokeKey(ctx context.Context, workspace crm.ID, id crm.ID) error {
	return a.whole(ctx, true, func(t *database.Tx) error {
		var one int
		if there, err := t.One(ctx, "SELECT 1 FROM api_key WHERE workspace = $1 AND id = $2", []any{workspace, string(id)}, &one); err != nil || !there {
			if err == nil {
				err = ErrNoKey
			}
			return err
		}
		return t.Exec(ctx, "UPDATE api_key SET revoked = $3 WHERE workspace = $1 AND id = $2 AND revoked = 0", workspace, string(id), milli(a.now()))
	})
}

func (a *Access) keyOf(ctx context.Context, hash []byte) (p Person, err error) {
	err = a.whole(ctx, false, func(t *database.Tx) error {
		var scopes string
		var revoked int64
		ok, err := t.One(ctx, "SELECT id, workspace, user_id, scopes, revoked FROM api_key WHERE hash = $1", []any{hash},
			&p.Key, &p.Workspace, &p.User, &scopes, &revoked)
		p.Scopes = strings.Fields(scopes)
		if err == nil && (!ok || revoked > 0) {
			err = ErrNoToken
		}
		return err
	})
	if err != nil {
		return Person{}, err
	}
	a.using.Lock()
	defer a.using.Unlock()
	a.uses[p.Key] = a.now()
	return p, nil
}

// SaveUses keeps when keys were used since the last time. A request does not wait for that: a PBX has little patience.
func (a *Access) SaveUses(ctx context.Context) error {
	a.using.Lock()
	uses := a.uses
	a.uses = map[crm.ID]time.Time{}
	a.using.Unlock()
	if len(uses) == 0 {
		return nil
	}
	return a.whole(ctx, true, func(t *database.Tx) error {
		for key, at := range uses {
			if err := t.Exec(ctx, "UPDATE api_key SET used = $2 WHERE id = $1 AND used < $2", string(key), milli(at)); err != nil {
				return err
			}
		}
		return nil
	})
}
