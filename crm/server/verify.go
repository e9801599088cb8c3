package server

import (
	"context"

	"leadline/crm"
	"leadline/crm/server/database"
)

// Verify checks what the server promises of a workspace, the audit log included. broken has one sentence for each violation, none when
// all is well; an error says that the database could not be read.
func (e *Engine) Verify(ctx context.Context, workspace crm.ID) (broken []string, err error) {
	err = e.DB.Read(ctx, string(workspace), func(t *database.Tx) error {
		if broken, err = t.Unreadable(ctx); err != nil {
			return err
		}
		some, err := t.Violations(ctx)
		if err != nil {
			return err
		}
		broken = append(broken, some...)
		if chain := t.AuditLog(ctx, func(database.Record) error { return nil }); chain != nil {
			broken = append(broken, chain.Error())
		}
		return nil
	})
	return broken, err
}
