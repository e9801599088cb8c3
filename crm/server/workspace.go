package server

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"

	"leadline/crm"
	"leadline/crm/server/database"
)

// CreateWorkspace makes an empty workspace, without users. region is the ISO 3166 country of numbers that are written nationally: "DE".
func (e *Engine) CreateWorkspace(ctx context.Context, name, region string) (crm.ID, error) {
	id, err := crm.NewID(e.Now(), e.Random)
	if err != nil {
		return "", err
	}
	w := database.Workspace{ID: id, Name: name, Region: region, Secret: make([]byte, 32)}
	if _, err := io.ReadFull(e.Random, w.Secret); err != nil {
		return "", fmt.Errorf("read randomness for the workspace's key: %w", err)
	}
	if w.Epoch, err = e.newEpoch(); err != nil {
		return "", err
	}
	err = e.DB.Write(ctx, string(id), func(t *database.Tx) error { return t.AddWorkspace(ctx, w) })
	return id, err
}

// newEpoch is a random number: two restores of the same backup must not begin the same epoch.
func (e *Engine) newEpoch() (uint64, error) {
	var chance [8]byte
	if _, err := io.ReadFull(e.Random, chance[:]); err != nil {
		return 0, fmt.Errorf("read randomness for a new epoch: %w", err)
	}
	return binary.BigEndian.Uint64(chance[:])>>2 | 1, nil // it fits the database's signed numbers, and is not 0
}
