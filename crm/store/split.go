package store

import (
	"context"
	"encoding/json"
	"slices"

	"leadline/crm"
)

// peopleInPart is how many people and companies a part of an import has that was split.
const peopleInPart = 250

// Split makes several commands of an import that waits and is too large to be sent as one. ok is false when
// the command is no such import.
func (s *Store) Split(ctx context.Context, seq uint64) (ok bool, err error) {
	err = s.write(ctx, func(t *tx) error {
		c, err := t.commandOf(int64(seq))
		if err != nil {
			return err
		}
		whole, is := c.Change.(crm.ImportContacts)
		parts := partsOf(whole)
		if ok = is && len(parts) > 1; !ok {
			return nil
		}
		return t.replaceBy(int64(seq), c.At, parts)
	})
	return ok, err
}

// partsOf are imports of a few each, the companies first, which people point to.
func partsOf(whole crm.ImportContacts) (parts []crm.ImportContacts) {
	for companies := range slices.Chunk(whole.Companies, peopleInPart) {
		parts = append(parts, crm.ImportContacts{Companies: companies, By: whole.By})
	}
	for contacts := range slices.Chunk(whole.Contacts, peopleInPart) {
		parts = append(parts, crm.ImportContacts{Contacts: contacts, By: whole.By})
	}
	return parts
}

// replaceBy puts commands in the place of one that waits; those after it make room.
func (t *tx) replaceBy(seq int64, at crm.HLC, parts []crm.ImportContacts) error {
	later, err := t.numbers("SELECT seq FROM outbox WHERE seq > ? ORDER BY seq DESC", seq)
	if err != nil {
		return err
	}
	for _, l := range later {
		if err := t.moveSeq(l, l+int64(len(parts))-1); err != nil {
			return err
		}
	}
	if _, err := t.exec("DELETE FROM outbox WHERE seq = ?", seq); err != nil {
		return err
	}
	for i, part := range parts {
		id, err := t.s.makeID()
		if err != nil {
			return err
		}
		args, err := json.Marshal(part)
		if err != nil {
			return err
		}
		if _, err := t.exec("INSERT INTO outbox(seq, uuid, cmd, version, args, hlc) VALUES(?, ?, 'contacts.import', 1, ?, ?)",
			seq+int64(i), id.Bytes(), string(args), int64(at)); err != nil {
			return err
		}
	}
	_, err = t.exec("UPDATE sqlite_sequence SET seq = (SELECT max(seq) FROM outbox) WHERE name = 'outbox'")
	return err
}
