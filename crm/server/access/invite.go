package access

import (
	"context"
	"strings"
	"time"

	"leadline/crm"
	"leadline/crm/server/database"
)

// InvitationTime is how long the link is valid with which a user sets a password.
const InvitationTime = 7 * 24 * time.Hour

const invitation = "password "

// invitationOf is the purpose of a user's one-time link.
func invitationOf(workspace, user crm.ID) string {
	return invitation + string(workspace) + " " + string(user)
}

// LetIn lets a user sign in with an e-mail address, or changes the address; a password that they have stays. ErrBadEmail, ErrTaken.
func (a *Access) LetIn(ctx context.Context, workspace, user crm.ID, email string) error {
	email, err := Email(email)
	if err != nil {
		return err
	}
	return a.whole(ctx, true, func(t *database.Tx) error {
		var had string
		there, err := t.One(ctx, "SELECT email FROM credential WHERE workspace = $1 AND user_id = $2", []any{workspace, string(user)}, &had)
		switch {
		case err != nil:
			return err
		case !there:
			return a.addCredential(ctx, t, workspace, user, email, "")
		case had == email:
			return nil
		}
		var one int
		if taken, err := t.One(ctx, "SELECT 1 FROM credential WHERE email = $1", []any{email}, &one); err != nil || taken {
			if err == nil {
				err = ErrTaken
			}
			return err
		}
		return t.Exec(ctx, "UPDATE credential SET email = $2, changed = $3 WHERE email = $1", had, email, milli(a.now()))
	})
}

// Invite makes the one-time token with which a user who has a credential sets a password. Only the latest is valid, until ends.
func (a *Access) Invite(ctx context.Context, workspace, user crm.ID) (token Token, ends time.Time, err error) {
	token, ends = NewToken(), a.now().Add(InvitationTime)
	err = a.whole(ctx, true, func(t *database.Tx) error {
		var one int
		if there, err := t.One(ctx, "SELECT 1 FROM credential WHERE workspace = $1 AND user_id = $2 AND disabled = 0", []any{workspace, string(user)}, &one); err != nil || !there {
			if err == nil {
				err = ErrNoUser
			}
			return err
		}
		return t.Exec(ctx, `INSERT INTO one_time(purpose, hash, ends) VALUES($1, $2, $3)
			ON CONFLICT(purpose) DO UPDATE SET hash = excluded.hash, ends = excluded.ends`, invitationOf(workspace, user), token.hash(), milli(ends))
	})
	return token, ends, err
}

// Invited is the user whose password a token sets; ErrNoLink when it was used or has expired.
func (a *Access) Invited(ctx context.Context, token Token) (c Credential, err error) {
	err = a.whole(ctx, false, func(t *database.Tx) error {
		c, err = a.invited(ctx, t, token)
		return err
	})
	return c, err
}

func (a *Access) invited(ctx context.Context, t *database.Tx, token Token) (c Credential, err error) {
	var purpose string
	var ends int64
	ok, err := t.One(ctx, "SELECT purpose, ends FROM one_time WHERE hash = $1", []any{token.hash()}, &purpose, &ends)
	if err != nil {
		return c, err
	}
	whose, ours := strings.CutPrefix(purpose, invitation)
	workspace, user, _ := strings.Cut(whose, " ")
	if !ok || !ours || a.now().After(moment(ends)) {
		return c, ErrNoLink
	}
	c = Credential{Workspace: crm.ID(workspace), User: crm.ID(user)}
	ok, err = t.One(ctx, "SELECT email FROM credential WHERE workspace = $1 AND user_id = $2 AND disabled = 0", []any{workspace, user}, &c.Email)
	if err == nil && !ok {
		err = ErrNoLink
	}
	return c, err
}

// UseInvitation sets the password of the token's user, and uses the token up: ErrNoLink, ErrWeakPassword. All their devices have to sign
// in again.
func (a *Access) UseInvitation(ctx context.Context, token Token, password string) (c Credential, err error) {
	if err := CheckPassword(password); err != nil {
		return c, err
	}
	if c, err = a.Invited(ctx, token); err != nil { // before the costly hash
		return c, err
	}
	hash, err := a.cost.hashPassword(ctx, password)
	if err != nil {
		return c, err
	}
	err = a.whole(ctx, true, func(t *database.Tx) error {
		if c, err = a.invited(ctx, t, token); err != nil {
			return err
		}
		if err := t.Exec(ctx, "DELETE FROM one_time WHERE purpose = $1", invitationOf(c.Workspace, c.User)); err != nil {
			return err
		}
		return a.putPassword(ctx, t, c, hash)
	})
	return c, err
}
