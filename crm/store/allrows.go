package store

import (
	"context"
	"encoding/json"

	"leadline/crm/wire"
)

// Rows are all rows of the file as the server keeps them, with what this program does not know of them: for
// comparing a file with the server.
func (s *Store) Rows(ctx context.Context) (map[wire.RowID]json.RawMessage, error) {
	r, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	ids, err := rowIDs(r, everyRow)
	if err != nil {
		return nil, err
	}
	all := make(map[wire.RowID]json.RawMessage, len(ids))
	for _, id := range append(ids, wire.RowID{Entity: wire.Workspace, ID: wire.WorkspaceID}) {
		data, err := rowData(r, id)
		if err != nil {
			return nil, err
		}
		if data != nil {
			all[id] = data
		}
	}
	return all, nil
}
