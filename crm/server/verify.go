package server

import (
	"context"

	"leadline/crm"
	"leadline/crm/server/database"
)

// Verify says what in a workspace is not as the server promises, the audit log included; nothing is good.
func (e *Engine) Verify(ctx context.Context, workspace crm.ID) (broken []string, err error) {
	err = e.DB.Read(ctx, string(workspace), func(t *database.Tx) error {
		if broken, err = t.Twice(ctx); err != nil {
			return err
		}
		if chain := t.AuditLog(ctx, func(database.Record) error { return nil }); chain != nil {
			broken = append(broken, chain.Error())
		}
		return nil
	})
	return broken, err
}
