package access

import (
	"context"
	"crypto/subtle"
	"time"

	"leadline/crm"
	"leadline/crm/server/database"
)

// FirstLinkTime is how long the link for the first administrator is valid; a restart of the server prints another.
const FirstLinkTime = 24 * time.Hour

// FirstLink makes the one-time token for the first administrator; "" when somebody can sign in already. Only the latest is valid.
func (a *Access) FirstLink(ctx context.Context) (token Token, err error) {
	fresh := NewToken()
	err = a.whole(ctx, true, func(t *database.Tx) error {
		token = ""
		someone, err := anyone(ctx, t)
		if err != nil || someone {
			return err
		}
		token = fresh
		return t.Exec(ctx, `INSERT INTO one_time(purpose, hash, ends) VALUES('first', $1, $2)
			ON CONFLICT(purpose) DO UPDATE SET hash = excluded.hash, ends = excluded.ends`, fresh.hash(), milli(a.now().Add(FirstLinkTime)))
	})
	return token, err
}

func anyone(ctx context.Context, t *database.Tx) (bool, error) {
	var one int
	return t.One(ctx, "SELECT 1 FROM credential LIMIT 1", nil, &one)
}

// CheckFirst says whether the token for the first administrator is valid, without using it up: ErrNoLink when it is not.
func (a *Access) CheckFirst(ctx context.Context, token Token) error {
	return a.whole(ctx, false, func(t *database.Tx) error { return a.checkFirst(ctx, t, token) })
}

func (a *Access) checkFirst(ctx context.Context, t *database.Tx, token Token) error {
	var want []byte
	var ends int64
	ok, err := t.One(ctx, "SELECT hash, ends FROM one_time WHERE purpose = 'first'", nil, &want, &ends)
	if err != nil {
		return err
	}
	if !ok || subtle.ConstantTimeCompare(want, token.hash()) != 1 || a.now().After(moment(ends)) {
		return ErrNoLink
	}
	return nil
}

// JoiningFirst is Joining for the first administrator. What it gives also uses up the token: ErrNoLink when that is not valid.
func (a *Access) JoiningFirst(ctx context.Context, token Token, workspace, user crm.ID, email, password string) (func(context.Context, *database.Tx) error, error) {
	if err := a.CheckFirst(ctx, token); err != nil { // before the costly hash
		return nil, err
	}
	join, err := a.Joining(ctx, workspace, user, email, password)
	return func(ctx context.Context, t *database.Tx) error {
		if err := a.checkFirst(ctx, t, token); err != nil {
			return err
		}
		if err := t.Exec(ctx, "DELETE FROM one_time WHERE purpose = 'first'"); err != nil {
			return err
		}
		return join(ctx, t)
	}, err
}
