package store

import (
	"database/sql"
	"encoding/json"
	"errors"
	"maps"
	"slices"

	"leadline/crm"
	"leadline/crm/wire"
)

func rowOf(r crm.Ref) wire.RowID { return wire.RowID{Entity: wire.EntityOf(r.Kind), ID: r.ID} }

func isRecord(r wire.RowID) bool { return wire.KindOf(r.Entity) != "" }

func refOfRow(r wire.RowID) crm.Ref { return crm.Ref{Kind: wire.KindOf(r.Entity), ID: r.ID} }

// rowData is a row as the server keeps it, with what this program does not know of it; nil when there is none.
func rowData(q querier, r wire.RowID) (json.RawMessage, error) {
	known, err := knownData(q, r)
	if err != nil {
		return nil, err
	}
	var unknown map[string]json.RawMessage
	err = q.row("SELECT data FROM row_unknown WHERE entity = ? AND id = ?", r.Entity, string(r.ID)).Scan(jsonColumn{&unknown})
	if errors.Is(err, sql.ErrNoRows) {
		return known, nil
	}
	if err != nil {
		return nil, explain(err)
	}
	return joined(known, unknown)
}

// joined is what is known of a row, and the rest.
func joined(known json.RawMessage, unknown map[string]json.RawMessage) (json.RawMessage, error) {
	all := map[string]json.RawMessage{}
	if known != nil {
		if err := json.Unmarshal(known, &all); err != nil {
			return nil, err
		}
	}
	for name, value := range unknown {
		if name == callOrder {
			continue
		}
		have, there := all[name]
		if name == callRefs && there {
			var refs, more []crm.Ref
			if err := errors.Join(json.Unmarshal(have, &refs), json.Unmarshal(value, &more)); err != nil {
				return nil, err
			}
			value, there = mustJSON(inOrder(union(refs, more), unknown[callOrder])), false
		}
		if !there {
			all[name] = value
		}
	}
	return json.Marshal(all)
}

// callRefs is the field of a call of which a part may be unknown here. callOrder is kept beside that part: all of the
// field, as the server has it.
const (
	callRefs  = "refs"
	callOrder = "refs in order"
)

// inOrder are refs in the server's order, as long as they are the server's.
func inOrder(refs []crm.Ref, servers json.RawMessage) []crm.Ref {
	var order []crm.Ref
	if json.Unmarshal(servers, &order) != nil || len(order) != len(refs) {
		return refs
	}
	for _, r := range refs {
		if !containsRef(order, r) {
			return refs
		}
	}
	return order
}

func mustJSON(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // plain values of our own
	}
	return b
}

// knownData is a row as this program knows it; nil when there is none.
func knownData(q querier, r wire.RowID) (data json.RawMessage, err error) {
	v, err := knownRow(q, r)
	if errors.Is(err, ErrNotFound) || errors.Is(err, sql.ErrNoRows) || err == nil && v == nil {
		return nil, nil
	}
	if err != nil {
		return nil, explain(err)
	}
	return json.Marshal(v)
}

func knownRow(q querier, r wire.RowID) (v any, err error) {
	switch {
	case isRecord(r):
		rid, err := ridOf(q, string(r.Entity), r.ID)
		if err != nil || rid == 0 {
			return nil, err
		}
		return recordByKey(q, makeKey(wire.KindOf(r.Entity), rid))
	case r.Entity == wire.Call:
		c, err := callByID(q, r.ID)
		return c.Call, err
	case r.Entity == wire.User:
		return userByID(q, r.ID)
	}
	query, args := storedAsJSON(r)
	if query == "" {
		return nil, nil
	}
	var raw json.RawMessage
	err = q.row(query, args...).Scan(jsonColumn{&raw})
	return raw, err
}

// storedAsJSON asks for a row that is kept as its JSON; "" for entities that are not known.
func storedAsJSON(r wire.RowID) (query string, args []any) {
	switch r.Entity {
	case wire.Note, wire.FollowUp, wire.Line, wire.Entry:
		return "SELECT data FROM " + string(r.Entity) + " WHERE id = ?", []any{r.ID.Bytes()}
	case wire.Workspace:
		return "SELECT data FROM setup WHERE kind = ? AND id = ?", []any{r.Entity, theWorkspace}
	case wire.Queue, wire.Pipeline, wire.Role, wire.Field:
		return "SELECT data FROM setup WHERE kind = ? AND id = ?", []any{r.Entity, r.ID.Bytes()}
	}
	return "", nil
}

// isHere says whether there is a row that a reference can point to.
func isHere(q querier, r wire.RowID) (bool, error) {
	rid, err := ridOf(q, string(r.Entity), r.ID)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return rid != 0, err
}

// putRow makes a row what the server has. No command of it goes to the outbox.
func (t *tx) putRow(r wire.RowID, data json.RawMessage) error {
	was, err := knownData(t, r)
	if err != nil {
		return err
	}
	known, lacking, err := t.putKnown(r, data)
	if err != nil {
		return err
	}
	if err := t.keepUnknown(r, data, known, lacking); err != nil {
		return err
	}
	if was != nil || known == nil {
		return nil
	}
	return t.resolve(r.ID)
}

// resolve puts rows anew that pointed to one that was not here until now.
func (t *tx) resolve(target crm.ID) error {
	var waiting []wire.RowID
	err := each(t, "SELECT entity, id FROM dangling WHERE target = ?", []any{string(target)}, func(rows *sql.Rows) error {
		var r wire.RowID
		err := rows.Scan(&r.Entity, &r.ID)
		waiting = append(waiting, r)
		return err
	})
	for _, r := range waiting {
		if err != nil {
			return err
		}
		var data json.RawMessage
		if data, err = rowData(t, r); err == nil && data != nil {
			err = t.putRow(r, data)
		}
	}
	return err
}

// keepUnknown keeps what of a row's data is not in what the program knows of it, and which
// rows it points to that are not here.
func (t *tx) keepUnknown(r wire.RowID, data json.RawMessage, known any, lacking []crm.ID) error {
	var was bool
	if err := t.row("SELECT EXISTS(SELECT 1 FROM row_unknown WHERE entity = ?1 AND id = ?2) OR EXISTS(SELECT 1 FROM dangling WHERE entity = ?1 AND id = ?2)",
		r.Entity, string(r.ID)).Scan(&was); err != nil {
		return explain(err)
	}
	for _, forget := range []string{"DELETE FROM row_unknown WHERE entity = ? AND id = ?", "DELETE FROM dangling WHERE entity = ? AND id = ?"} {
		if !was { // as nearly always
			break
		}
		if _, err := t.exec(forget, r.Entity, string(r.ID)); err != nil {
			return err
		}
	}
	rest, err := unknownOf(data, known)
	if err != nil || len(rest) == 0 {
		return err
	}
	if _, err := t.exec("INSERT INTO row_unknown(entity, id, data) VALUES(?, ?, ?)", r.Entity, string(r.ID), string(mustJSON(rest))); err != nil {
		return err
	}
	for _, target := range lacking {
		if _, err := t.exec("INSERT OR IGNORE INTO dangling(target, entity, id) VALUES(?, ?, ?)", string(target), r.Entity, string(r.ID)); err != nil {
			return err
		}
	}
	return nil
}

// unknownOf are the fields of data that known has not. Of what a call is saved on, they are those that known lacks.
func unknownOf(data json.RawMessage, known any) (map[string]json.RawMessage, error) {
	var rest, have map[string]json.RawMessage
	if err := json.Unmarshal(data, &rest); err != nil {
		return nil, err
	}
	if known != nil {
		if err := json.Unmarshal(mustJSON(known), &have); err != nil {
			return nil, err
		}
	}
	refs := rest[callRefs]
	maps.DeleteFunc(rest, func(name string, _ json.RawMessage) bool {
		_, is := have[name]
		return is
	})
	c, isCall := known.(crm.Call)
	if !isCall || refs == nil {
		return rest, nil
	}
	var all []crm.Ref
	if err := json.Unmarshal(refs, &all); err != nil {
		return nil, err
	}
	delete(rest, callRefs)
	if all = slices.DeleteFunc(all, func(r crm.Ref) bool { return containsRef(c.Refs, r) }); len(all) > 0 {
		rest[callRefs], rest[callOrder] = mustJSON(all), refs
	}
	return rest, nil
}
