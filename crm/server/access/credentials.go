package access

import (
	"context"
	"crypto/rand"
	"errors"
	"net/mail"
	"strings"
	"time"

	"leadline/crm"
	"leadline/crm/server/database"
	"leadline/crm/wire"
)

var randomness = rand.Reader

// Credential is a user who can sign in.
type Credential struct {
	Email     string
	Workspace crm.ID
	User      crm.ID
	Disabled  time.Time // zero: may sign in
	Password  bool      // has one
}

// ErrBadEmail means that something is no e-mail address.
var ErrBadEmail = errors.New("that is no e-mail address")

// Email is an e-mail address as it is kept and compared: without a name, in lower case. It fails with ErrBadEmail.
func Email(written string) (string, error) {
	written = strings.TrimSpace(written)
	a, err := mail.ParseAddress(written)
	if err != nil || a.Address != written || len(written) > 254 {
		return "", ErrBadEmail
	}
	return strings.ToLower(written), nil
}

// AddCredential lets a user sign in with an e-mail address; with password "" only once they get one. It fails with ErrBadEmail,
// ErrWeakPassword or ErrTaken.
func (a *Access) AddCredential(ctx context.Context, workspace crm.ID, user crm.ID, email, password string) error {
	email, err := Email(email)
	if err != nil {
		return err
	}
	hash := ""
	if password != "" {
		if err := CheckPassword(password); err != nil {
			return err
		}
		if hash, err = a.cost.hashPassword(ctx, password); err != nil {
			return err
		}
	}
	return a.whole(ctx, true, func(t *database.Tx) error { return a.addCredential(ctx, t, workspace, user, email, hash) })
}

// Joining prepares what lets a new user sign in: the password's hash and the telephone accounts. The func that it gives writes them, in
// the transaction that makes the user, so that a user is added with all of it or not at all.
func (a *Access) Joining(ctx context.Context, workspace, user crm.ID, email, password string, telephones ...wire.Account) (func(context.Context, *database.Tx) error, error) {
	email, err := Email(email)
	if err != nil {
		return nil, err
	}
	if err := CheckPassword(password); err != nil {
		return nil, err
	}
	hash, err := a.cost.hashPassword(ctx, password)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, t *database.Tx) error {
		if err := a.addCredential(ctx, t, workspace, user, email, hash); err != nil {
			return err
		}
		for _, p := range telephones {
			if err := a.saveTelephone(ctx, t, workspace, user, p); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

func (a *Access) addCredential(ctx context.Context, t *database.Tx, workspace crm.ID, user crm.ID, email, hash string) error {
	var one int
	taken, err := t.One(ctx, "SELECT 1 FROM credential WHERE email = $1", []any{email}, &one)
	if err != nil {
		return err
	}
	if taken {
		return ErrTaken
	}
	return t.Exec(ctx, "INSERT INTO credential(email, workspace, user_id, hash, disabled, changed) VALUES($1, $2, $3, $4, 0, $5)",
		email, workspace, string(user), hash, milli(a.now()))
}

// Credentials are all users who can sign in to a workspace, or with "" to any, sorted by e-mail address.
func (a *Access) Credentials(ctx context.Context, workspace crm.ID) (all []Credential, err error) {
	err = a.whole(ctx, false, func(t *database.Tx) error {
		all = nil
		return t.Each(ctx, "SELECT email, workspace, user_id, disabled, hash <> '' FROM credential WHERE $1 = '' OR workspace = $1 ORDER BY email", []any{workspace},
			func(scan func(...any) error) error {
				var c Credential
				var disabled int64
				err := scan(&c.Email, &c.Workspace, &c.User, &disabled, &c.Password)
				c.Disabled = moment(disabled)
				all = append(all, c)
				return err
			})
	})
	return all, err
}

// Credential finds a user by e-mail address; ErrNoUser when none has it.
func (a *Access) Credential(ctx context.Context, email string) (c Credential, err error) {
	if email, err = Email(email); err != nil {
		return c, err
	}
	err = a.whole(ctx, false, func(t *database.Tx) error {
		var disabled int64
		ok, err := t.One(ctx, "SELECT email, workspace, user_id, disabled, hash <> '' FROM credential WHERE email = $1", []any{email},
			&c.Email, &c.Workspace, &c.User, &disabled, &c.Password)
		if err == nil && !ok {
			err = ErrNoUser
		}
		c.Disabled = moment(disabled)
		return err
	})
	return c, err
}

// SetPassword gives a user another password: ErrNoUser, ErrWeakPassword. All their devices have to sign in again, and keep their data.
func (a *Access) SetPassword(ctx context.Context, email, password string) error {
	c, err := a.Credential(ctx, email)
	if err != nil {
		return err
	}
	if err := CheckPassword(password); err != nil {
		return err
	}
	hash, err := a.cost.hashPassword(ctx, password)
	if err != nil {
		return err
	}
	return a.whole(ctx, true, func(t *database.Tx) error {
		// A link to set a password is no longer valid.
		if err := t.Exec(ctx, "DELETE FROM one_time WHERE purpose = $1", invitationOf(c.Workspace, c.User)); err != nil {
			return err
		}
		return a.putPassword(ctx, t, c, hash)
	})
}

// ChangePassword gives a person another password, if current is the one they have: ErrWrongPassword, ErrWeakPassword. Their other devices
// have to sign in again, and keep their data.
func (a *Access) ChangePassword(ctx context.Context, p Person, current, password string) error {
	if err := CheckPassword(password); err != nil {
		return err
	}
	email, stored := "", ""
	if err := a.whole(ctx, false, func(t *database.Tx) error {
		ok, err := t.One(ctx, "SELECT email, hash FROM credential WHERE workspace = $1 AND user_id = $2 AND disabled = 0",
			[]any{string(p.Workspace), string(p.User)}, &email, &stored)
		if err == nil && (!ok || stored == "") {
			err = ErrWrongPassword
		}
		return err
	}); err != nil {
		return err
	}
	right, err := passwordIs(ctx, current, stored)
	if err == nil && !right {
		err = ErrWrongPassword
	}
	if err != nil {
		return err
	}
	hash, err := a.cost.hashPassword(ctx, password)
	if err != nil {
		return err
	}
	now := milli(a.now())
	return a.whole(ctx, true, func(t *database.Tx) error {
		var one int
		still, err := t.One(ctx, "SELECT 1 FROM credential WHERE email = $1 AND hash = $2 AND disabled = 0"+t.Lock(), []any{email, stored}, &one)
		if err == nil && !still { // an administrator has changed it meanwhile
			err = ErrWrongPassword
		}
		if err != nil {
			return err
		}
		if err := t.Exec(ctx, "DELETE FROM one_time WHERE purpose = $1", invitationOf(p.Workspace, p.User)); err != nil {
			return err
		}
		if err := t.Exec(ctx, "UPDATE credential SET hash = $2, changed = $3 WHERE email = $1", email, hash, now); err != nil {
			return err
		}
		return t.Exec(ctx, "UPDATE device SET revoked = $4 WHERE workspace = $1 AND user_id = $2 AND id <> $3 AND revoked = 0",
			string(p.Workspace), string(p.User), string(p.Device), now)
	})
}

func (a *Access) putPassword(ctx context.Context, t *database.Tx, c Credential, hash string) error {
	if err := t.Exec(ctx, "UPDATE credential SET hash = $2, changed = $3 WHERE email = $1", c.Email, hash, milli(a.now())); err != nil {
		return err
	}
	return a.revokeAll(ctx, t, c, false)
}

// Disable locks a user out, and has their devices erase their copies. Enable lets them sign in again.
func (a *Access) Disable(ctx context.Context, email string) error {
	return a.setDisabled(ctx, email, milli(a.now()))
}

// Enable undoes Disable.
func (a *Access) Enable(ctx context.Context, email string) error { return a.setDisabled(ctx, email, 0) }

func (a *Access) setDisabled(ctx context.Context, email string, at int64) error {
	c, err := a.Credential(ctx, email)
	if err != nil {
		return err
	}
	return a.whole(ctx, true, func(t *database.Tx) error {
		if err := t.Exec(ctx, "UPDATE credential SET disabled = $2, changed = $3 WHERE email = $1", c.Email, at, milli(a.now())); err != nil || at == 0 {
			return err
		}
		return a.lockOut(ctx, t, c)
	})
}

// LockOut is for a user who has left the company: their devices are to erase their copies, and their keys are revoked.
func (a *Access) LockOut(ctx context.Context, workspace, user crm.ID) error {
	return a.whole(ctx, true, func(t *database.Tx) error { return a.lockOut(ctx, t, Credential{Workspace: workspace, User: user}) })
}

// Forget removes a user's credential, so that another user can have the e-mail address.
func (a *Access) Forget(ctx context.Context, workspace, user crm.ID) error {
	return a.whole(ctx, true, func(t *database.Tx) error {
		if err := t.Exec(ctx, "DELETE FROM credential WHERE workspace = $1 AND user_id = $2", string(workspace), string(user)); err != nil {
			return err
		}
		if err := t.Exec(ctx, "DELETE FROM one_time WHERE purpose = $1", invitationOf(workspace, user)); err != nil {
			return err
		}
		return a.lockOut(ctx, t, Credential{Workspace: workspace, User: user})
	})
}

func (a *Access) lockOut(ctx context.Context, t *database.Tx, c Credential) error {
	if err := t.Exec(ctx, "UPDATE api_key SET revoked = $3 WHERE workspace = $1 AND user_id = $2 AND revoked = 0",
		c.Workspace, string(c.User), milli(a.now())); err != nil {
		return err
	}
	return a.revokeAll(ctx, t, c, true)
}

func (a *Access) revokeAll(ctx context.Context, t *database.Tx, c Credential, erase bool) error {
	return t.Exec(ctx, `UPDATE device SET revoked = CASE WHEN revoked = 0 THEN $3 ELSE revoked END, erase = CASE WHEN $4 = 1 THEN 1 ELSE erase END
		WHERE workspace = $1 AND user_id = $2`, c.Workspace, string(c.User), milli(a.now()), flag(erase))
}

func flag(on bool) int64 {
	if on {
		return 1
	}
	return 0
}
