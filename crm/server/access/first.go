package access

import (
	"context"
	"crypto/subtle"
	"time"

	"leadline/crm"
	"leadline/crm/server/database"
)

// FirstLinkTime is how long the link for the first administrator is good for; a restart prints another.
const FirstLinkTime = 24 * time.Hour

// FirstLink is the one-time token for the first administrator; "" when somebody can sign in already.
// The latest is good.
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

// CheckFirst says whether the link is good still, without using it.
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

// UseFirst takes the link and lets its bearer sign in as a user, both or neither. makeUser is called before,
// once all else is in order: if it fails, the link is good still.
func (a *Access) UseFirst(ctx context.Context, token Token, workspace crm.ID, user crm.ID, email, password string, makeUser func() error) error {
	email, err := Email(email)
	if err != nil {
		return err
	}
	if err := CheckPassword(password); err != nil {
		return err
	}
	if err := a.CheckFirst(ctx, token); err != nil { // before the costly hash
		return err
	}
	hash, err := a.cost.hashPassword(ctx, password)
	if err != nil {
		return err
	}
	if err := makeUser(); err != nil {
		return err
	}
	return a.whole(ctx, true, func(t *database.Tx) error {
		if err := a.checkFirst(ctx, t, token); err != nil {
			return err
		}
		if err := t.Exec(ctx, "DELETE FROM one_time WHERE purpose = 'first'"); err != nil {
			return err
		}
		return a.addCredential(ctx, t, workspace, user, email, hash)
	})
}
