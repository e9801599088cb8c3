package access

import (
	"context"

	"leadline/crm"
	"leadline/crm/server/database"
)

// Sealed counts what a database needs the key for: passwords of telephone accounts, secrets of webhooks, and recordings. shut are those
// passwords of telephone accounts that a vault does not open.
func Sealed(ctx context.Context, db *database.DB, v *Vault) (all, shut int, err error) {
	var workspaces []database.Workspace
	if err := db.Read(ctx, "", func(t *database.Tx) (err error) {
		workspaces, err = t.Workspaces(ctx)
		return err
	}); err != nil {
		return 0, 0, err
	}
	for _, w := range workspaces {
		err := db.Read(ctx, string(w.ID), func(t *database.Tx) error {
			hooks := 0
			if _, err := t.One(ctx, "SELECT count(*) FROM webhook WHERE ws = $1", []any{t.Workspace}, &hooks); err != nil {
				return err
			}
			there, _, _, err := t.CountRecordings(ctx)
			if err != nil {
				return err
			}
			all += hooks + int(there)
			return t.Each(ctx, "SELECT user_id, name, password FROM telephone WHERE ws = $1", []any{t.Workspace}, func(scan func(...any) error) error {
				var user crm.ID
				var name string
				var sealed []byte
				if err := scan(&user, &name, &sealed); err != nil {
					return err
				}
				all++
				if v == nil {
					return nil
				}
				if _, err := v.Open(purpose(w.ID, user, name), sealed); err != nil {
					shut++
				}
				return nil
			})
		})
		if err != nil {
			return 0, 0, err
		}
	}
	return all, shut, nil
}
