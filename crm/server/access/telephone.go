package access

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"leadline/crm"
	"leadline/crm/server/database"
	"leadline/crm/wire"
)

func purpose(workspace crm.ID, user crm.ID, name string) string {
	return "telephone\x00" + string(workspace) + "\x00" + string(user) + "\x00" + name
}

// transports are those that an account may have; "" is udp.
var transports = []string{"", "udp", "tcp", "tls", "auto"}

// CheckTelephone says why programs could not use an account; nil when they can. The error does not quote the password.
func CheckTelephone(p wire.Account) error {
	switch {
	case p.Name == "" || len(p.Name) > 100 || !sipAddress(p.Address) || len(p.Password) > 1000 || len(p.AuthUser) > 200:
		return errors.New("an account needs a name and an address such as sip:101@pbx.example.org")
	case !slices.Contains(transports, p.Transport):
		return fmt.Errorf("the transport %q is none of udp, tcp, tls, auto", p.Transport)
	}
	return nil
}

// sipAddress says whether s is an address such as "sip:101@pbx.example.org". It takes no sips: the transport says that.
func sipAddress(s string) bool {
	rest, ok := strings.CutPrefix(s, "sip:")
	user, host, at := strings.Cut(rest, "@")
	return ok && at && user != "" && host != "" && len(s) <= 300 && !strings.ContainsAny(s, " \t\r\n<>\"")
}

// SaveTelephone adds or sets an account at the PBX that a user's programs get when they sign in (I3).
func (a *Access) SaveTelephone(ctx context.Context, workspace crm.ID, user crm.ID, p wire.Account) error {
	return a.db.Write(ctx, string(workspace), func(t *database.Tx) error { return a.saveTelephone(ctx, t, workspace, user, p) })
}

func (a *Access) saveTelephone(ctx context.Context, t *database.Tx, workspace, user crm.ID, p wire.Account) error {
	sealed := a.vault.Seal(purpose(workspace, user, p.Name), []byte(p.Password))
	return t.Exec(ctx, `INSERT INTO telephone(ws, user_id, name, address, auth_user, password, transport, line) VALUES($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT(ws, user_id, name) DO UPDATE SET address = excluded.address, auth_user = excluded.auth_user, password = excluded.password,
		transport = excluded.transport, line = excluded.line`,
		workspace, string(user), p.Name, p.Address, p.AuthUser, sealed, p.Transport, string(p.Line))
}

// RemoveTelephone removes an account of a user.
func (a *Access) RemoveTelephone(ctx context.Context, workspace crm.ID, user crm.ID, name string) error {
	return a.db.Write(ctx, string(workspace), func(t *database.Tx) error {
		return t.Exec(ctx, "DELETE FROM telephone WHERE ws = $1 AND user_id = $2 AND name = $3", workspace, string(user), name)
	})
}

// Telephone is an account with its password in the clear.
type Telephone struct {
	wire.Account
	Shut bool // the key with which its password was sealed is lost: it has none here, until it is set anew
}

// Telephones are the accounts of a user, sorted by name.
func (a *Access) Telephones(ctx context.Context, workspace crm.ID, user crm.ID) (all []Telephone, err error) {
	err = a.db.Read(ctx, string(workspace), func(t *database.Tx) error {
		all = nil
		return t.Each(ctx, "SELECT name, address, auth_user, password, transport, line FROM telephone WHERE ws = $1 AND user_id = $2 ORDER BY name",
			[]any{workspace, string(user)}, func(scan func(...any) error) error {
				var p Telephone
				var sealed []byte
				if err := scan(&p.Name, &p.Address, &p.AuthUser, &sealed, &p.Transport, &p.Line); err != nil {
					return err
				}
				clear, err := a.vault.Open(purpose(workspace, user, p.Name), sealed)
				p.Password, p.Shut = string(clear), err != nil
				all = append(all, p)
				return nil
			})
	})
	return all, err
}
