package database

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"leadline/crm"
	"leadline/crm/server/ledger"
)

// AuditLog calls f for each line of the audit log, the oldest first, and says at which line it
// was tampered with: a line that was changed, left out or put in breaks the chain of hashes, and the last has to be
// the one that the workspace keeps as the log's end.
func (t *Tx) AuditLog(ctx context.Context, f func(Record) error) error {
	if _, err := t.Head(ctx, false); err != nil {
		return err
	}
	var last Record
	var c chain
	err := t.Each(ctx, "SELECT n, at, user_id, client, uuid, command, rev, code, args, salt, args_hash, hash FROM audit WHERE ws = $1 ORDER BY n",
		[]any{t.Workspace}, func(scan func(...any) error) error {
			var r Record
			if err := scan(&r.N, &r.At, &r.User, &r.Client, &r.UUID, &r.Command, &r.Rev, &r.Code, &r.Args, &r.Salt, &r.argsHash, &r.Hash); err != nil {
				return err
			}
			blanked := len(r.Salt) == 0 && r.Args == ""
			if r.N != last.N+1 || !bytes.Equal(r.Hash, c.hash(last.Hash, &r)) || !blanked && !bytes.Equal(r.argsHash, c.hashArgs(&r)) {
				return fmt.Errorf("line %d of the audit log is not as it was written", r.N)
			}
			last = r
			return f(r)
		})
	if err == nil && (last.N != t.log.n || !bytes.Equal(last.Hash, t.log.hash)) {
		err = fmt.Errorf("the audit log ends at line %d, the workspace keeps line %d as its end", last.N, t.log.n)
	}
	return err
}

// Damage is what is wrong with the file of an embedded database, in SQLite's words; none when nothing is.
func (db *DB) Damage(ctx context.Context) ([]string, error) {
	found, err := db.dialect.damage(ctx)
	if err != nil && db.dialect.damaged(err) { // it could not even be looked at to its end
		return append(found, err.Error()), nil
	}
	return found, err
}

// Unreadable are the rows that cannot be read, one sentence each.
func (t *Tx) Unreadable(ctx context.Context) (broken []string, err error) {
	err = t.Each(ctx, "SELECT "+documentColumns+" FROM document WHERE ws = $1", []any{t.Workspace}, func(scan func(...any) error) error {
		r, err := scanDocument(scan)
		var why unreadable
		switch {
		case errors.As(err, &why):
			broken = append(broken, why.Error())
			return nil
		case err == nil && !json.Valid(ledger.WriteFields(r.Fields)):
			broken = append(broken, fmt.Sprintf("%s %s is damaged", r.Entity, r.ID))
		}
		return err
	})
	return broken, err
}

// Violations are what breaks the promises of the server about a workspace's rows, one sentence each; none when all is well.
func (t *Tx) Violations(ctx context.Context) (broken []string, err error) {
	for _, rule := range []struct{ query, sentence string }{
		{"SELECT peer FROM peer WHERE ws = $1 AND open = 1 GROUP BY peer HAVING count(*) > 1", "more than one open lead of"},
		{"SELECT min(id) FROM document WHERE ws = $1 AND rev > 0 GROUP BY rev HAVING count(*) > 1", "a revision of two rows, one of them"},
		{"SELECT d.id FROM document d JOIN ws w ON w.id = d.ws WHERE d.ws = $1 AND d.rev > w.rev", "a revision that was never given out, of"},
		{"SELECT d.id FROM document d WHERE d.ws = $1 AND d.deleted > 0 AND EXISTS(SELECT 1 FROM peer p WHERE p.ws = d.ws AND p.entity = d.entity AND p.id = d.id)",
			"a number leads to the removed"},
		{"SELECT a.id FROM document a JOIN child c ON c.ws = a.ws AND c.entity = a.entity AND c.id = a.id JOIN document b ON b.ws = a.ws AND b.entity = 'alias' AND b.id = c.of_id WHERE a.ws = $1 AND a.entity = 'alias' AND a.deleted = 0 AND b.deleted = 0",
			"an alias stands for another alias, "},
	} {
		err := t.Each(ctx, rule.query, []any{t.Workspace}, func(scan func(...any) error) error {
			var id crm.ID
			err := scan(&id)
			broken = append(broken, rule.sentence+" "+string(id))
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return broken, nil
}
