package front

import (
	"context"
	"errors"
	"fmt"

	"leadline/crm"
	"leadline/crm/server"
	"leadline/crm/server/access"
	"leadline/crm/server/database"
	"leadline/crm/server/ledger"
	"leadline/crm/wire"
)

// Company is what Front and the command line ask of the engine besides sync: users, roles and single changes. It is safe to use from
// several goroutines.
type Company struct{ Engine *server.Engine }

// FirstWorkspace is the server's first workspace, which it makes when there is none.
func (c Company) FirstWorkspace(ctx context.Context, region string) (id crm.ID, err error) {
	err = c.Engine.DB.Read(ctx, "", func(t *database.Tx) error {
		all, err := t.Workspaces(ctx)
		if len(all) > 0 {
			id = all[0].ID
		}
		return err
	})
	if err != nil || id != "" {
		return id, err
	}
	return c.Engine.CreateWorkspace(ctx, "", region)
}

// AddUser adds a user who can sign in, with the server's own rights. join is of Access.Joining, and is done in the same transaction.
func (c Company) AddUser(ctx context.Context, workspace crm.ID, u crm.User, join func(context.Context, *database.Tx) error) error {
	return c.do(ctx, workspace, ledger.Sender{System: true}, crm.SaveUser{User: u}, join)
}

// SaveUser adds or sets a user, with the server's own rights.
func (c Company) SaveUser(ctx context.Context, workspace crm.ID, u crm.User) error {
	return c.Do(ctx, workspace, ledger.Sender{System: true}, crm.SaveUser{User: u})
}

// TelephonesChanged has a user's programs ask for their telephone accounts again.
func (c Company) TelephonesChanged(ctx context.Context, workspace, user crm.ID) error {
	return c.Do(ctx, workspace, ledger.Sender{System: true}, crm.TelephonesChanged{User: user})
}

// Do does a change with the rights of from. An error of type Refused says why it was not done.
func (c Company) Do(ctx context.Context, workspace crm.ID, from ledger.Sender, change crm.Change) error {
	return c.do(ctx, workspace, from, change, nil)
}

func (c Company) do(ctx context.Context, workspace crm.ID, from ledger.Sender, change crm.Change, also func(context.Context, *database.Tx) error) error {
	id, err := crm.NewID(c.Engine.Now(), c.Engine.Random)
	if err != nil {
		return err
	}
	result, err := c.Engine.DoAlso(ctx, workspace, from, crm.Command{ID: id, At: crm.HLC(0).Next(c.Engine.Now()), Change: change}, also)
	if err != nil {
		return err
	}
	if result.Status == wire.Rejected {
		return Refused{result.Code, result.Reason}
	}
	return nil
}

// Refused means that the company's rules do not allow a change.
type Refused struct {
	Code   wire.Reject
	Reason crm.Text
}

func (r Refused) Error() string { return fmt.Sprintf("%s: %s", r.Code, r.Reason.Key) }

// User is a user with their rights; the zero User without any for an id that there is not.
func (c Company) User(ctx context.Context, workspace, id crm.ID) (u crm.User, rights crm.Rights, err error) {
	err = c.Engine.DB.Read(ctx, string(workspace), func(t *database.Tx) error {
		u, rights, err = ledger.RightsOf(t.Rows(ctx), id)
		return err
	})
	return u, rights, err
}

// Users are all users of a workspace.
func (c Company) Users(ctx context.Context, workspace crm.ID) ([]crm.User, error) {
	return all[crm.User](ctx, c, workspace, wire.User)
}

// FreeEmail takes an e-mail address from a user who has left the workspace, so that another can sign in with it.
func (c Company) FreeEmail(ctx context.Context, a *access.Access, workspace crm.ID, email string) error {
	has, err := a.Credential(ctx, email)
	if errors.Is(err, access.ErrNoUser) || errors.Is(err, access.ErrBadEmail) {
		return nil
	}
	if err != nil || has.Workspace != workspace {
		return err
	}
	if u, _, err := c.User(ctx, workspace, has.User); err != nil || !u.Left {
		return err
	}
	return a.Forget(ctx, workspace, has.User)
}

// Roles are the standard ones and the company's own.
func (c Company) Roles(ctx context.Context, workspace crm.ID) ([]crm.Role, error) {
	own, err := all[crm.Role](ctx, c, workspace, wire.Role)
	roles := crm.StandardRoles()
	for _, r := range own {
		if i := indexOf(roles, r.ID); i >= 0 {
			roles[i] = r
		} else {
			roles = append(roles, r)
		}
	}
	return roles, err
}

func indexOf(roles []crm.Role, id crm.ID) int {
	for i, r := range roles {
		if r.ID == id {
			return i
		}
	}
	return -1
}

func all[T any](ctx context.Context, c Company, workspace crm.ID, entity wire.Entity) (list []T, err error) {
	err = c.Engine.DB.Read(ctx, string(workspace), func(t *database.Tx) error {
		list = nil
		rows, err := t.Rows(ctx).All(entity)
		for _, r := range rows {
			v, err := ledger.Read[T](r)
			if err != nil {
				return err
			}
			list = append(list, v)
		}
		return err
	})
	return list, err
}
