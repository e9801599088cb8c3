package access

import (
	"context"
	"errors"

	"golang.org/x/crypto/acme/autocert"

	"leadline/crm/server/database"
)

// certificates keeps what ACME gave in the database, sealed, so that all servers share it.
type certificates struct{ a *Access }

// Certificates is the cache for ACME.
func (a *Access) Certificates() autocert.Cache { return certificates{a} }

func (c certificates) Get(ctx context.Context, key string) (data []byte, err error) {
	err = c.a.whole(ctx, false, func(t *database.Tx) error {
		var sealed []byte
		ok, err := t.One(ctx, "SELECT data FROM certificate WHERE name = $1", []any{key}, &sealed)
		if err != nil {
			return err
		}
		if !ok {
			return autocert.ErrCacheMiss
		}
		if data, err = c.a.vault.Open("certificate\x00"+key, sealed); errors.Is(err, ErrUnsealed) {
			return autocert.ErrCacheMiss // the key is lost: another certificate is asked for
		}
		return err
	})
	return data, err
}

func (c certificates) Put(ctx context.Context, key string, data []byte) error {
	return c.a.whole(ctx, true, func(t *database.Tx) error {
		return t.Exec(ctx, "INSERT INTO certificate(name, data) VALUES($1, $2) ON CONFLICT(name) DO UPDATE SET data = excluded.data",
			key, c.a.vault.Seal("certificate\x00"+key, data))
	})
}

func (c certificates) Delete(ctx context.Context, key string) error {
	return c.a.whole(ctx, true, func(t *database.Tx) error {
		return t.Exec(ctx, "DELETE FROM certificate WHERE name = $1", key)
	})
}
