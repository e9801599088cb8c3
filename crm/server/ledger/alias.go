package ledger

import (
	"encoding/json"
	"fmt"

	"leadline/crm"
	"leadline/crm/wire"
)

// longestChain bounds a walk along aliases: an alias always leads to a root, so a longer chain is a fault.
const longestChain = 32

// root is the key that a key stands for now: itself, or the record that it was merged into.
func (t *tx) root(k Key) (Key, error) {
	for range longestChain {
		next, err := t.standsFor(k)
		if err != nil || next == k {
			return k, err
		}
		k = next
	}
	return k, fmt.Errorf("%s %s: its aliases have no end", k.Entity, k.ID)
}

func (t *tx) standsFor(k Key) (Key, error) {
	for _, entity := range []wire.Entity{wire.Alias, Known} {
		r, err := t.row(Key{entity, k.ID})
		if err != nil {
			return k, err
		}
		if a := aliasOf(r); r.live() && (entity == Known || a.Entity == k.Entity) {
			return a, nil
		}
		if k.Entity != wire.Lead {
			break
		}
	}
	return k, nil
}

func aliasOf(r *Row) Key {
	if r == nil {
		return Key{}
	}
	return Key{wire.EntityOf(field[crm.Kind](r, "kind")), field[crm.ID](r, "new")}
}

// taken says whether an id is in use: as that of a row, removed or not, or as an alias.
func (t *tx) taken(k Key) (bool, error) {
	r, err := t.row(k)
	if err != nil || r != nil {
		return true, err
	}
	stands, err := t.standsFor(k)
	return stands != k, err
}

// alias makes an id stand for a record.
func (t *tx) alias(k, root Key) error {
	root, err := t.root(root)
	if err != nil {
		return err
	}
	entity := wire.Alias
	if root.Entity != k.Entity {
		entity = Known
	}
	was, err := t.row(Key{entity, k.ID})
	if err != nil {
		return err
	}
	row := (&Row{Key: Key{entity, k.ID}}).clone()
	if was != nil {
		row.Stamps = was.clone().Stamps
	}
	row.Fields = map[string]json.RawMessage{"kind": raw(root.Entity), "new": raw(root.ID)}
	return t.put(row)
}

// dealias removes the alias of an id, so that it stands for itself again.
func (t *tx) dealias(k Key) error { return t.drop(Key{wire.Alias, k.ID}) }
