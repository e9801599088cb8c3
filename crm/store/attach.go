package store

import (
	"context"
	"fmt"
	"strings"

	"leadline/crm"
	"leadline/crm/wire"
)

// Attachment is what a file takes over from a server when somebody signs in for the first time.
type Attachment struct {
	Server string   // its address
	Key    []byte   // the workspace's, from which the ids of leads follow (crm.LeadID)
	User   crm.User // who signs in
	Epoch  int64
}

// Attach makes the file one that is kept in step with a server. What was made before waits in the outbox
// and is sent. Whoever worked here alone is the user who signs in from now on.
func (s *Store) Attach(ctx context.Context, a Attachment) error {
	err := s.write(ctx, func(t *tx) error {
		y, err := syncOf(t)
		if err != nil {
			return err
		}
		if y.Server != "" && y.Server != a.Server {
			return fmt.Errorf("this file belongs to the server %s", y.Server)
		}
		if err := t.becomeUser(a.User); err != nil {
			return err
		}
		key := any(a.Key)
		if len(a.Key) == 0 {
			key = nil
		}
		if _, err := t.exec("UPDATE sync SET server = ?, epoch = CASE WHEN server = '' THEN ? ELSE epoch END, workspace_key = coalesce(?, workspace_key)",
			a.Server, a.Epoch, key); err != nil {
			return err
		}
		if y.Server == "" {
			return t.renumber(int64(y.Ack.Seq))
		}
		return nil
	})
	if err == nil {
		err = s.write(ctx, func(t *tx) error { t.s.synced = true; return nil })
		s.signalQueued()
	}
	return err
}

// becomeUser makes who worked here alone the server's user: the same person, under the server's id.
func (t *tx) becomeUser(u crm.User) error {
	if u.ID == "" {
		return nil
	}
	was, err := me(t)
	if err != nil {
		return err
	}
	is, err := isHere(t, wire.RowID{Entity: wire.User, ID: u.ID})
	if err != nil {
		return err
	}
	if was.ID != "" && was.ID != u.ID && !is && !t.s.synced {
		if err := t.renameUser(was.ID, u.ID); err != nil {
			return err
		}
	}
	if err := t.saveUser(u); err != nil {
		return err
	}
	return t.setSetting(settingMe, string(u.ID))
}

// renameUser gives a user another id, wherever the old one is written. That the user was made
// here is not told to the server: it has them.
func (t *tx) renameUser(old, now crm.ID) error {
	if _, err := t.exec("DELETE FROM outbox WHERE cmd = 'user.save' AND args ->> '$.id' = ?", string(old)); err != nil {
		return err
	}
	if _, err := t.exec("UPDATE user SET id = ? WHERE id = ?", now.Bytes(), old.Bytes()); err != nil {
		return err
	}
	for _, written := range []string{"outbox.args", "note.data", "followup.data", "setup.data", "undo.data", "draft.form"} {
		table, column, _ := strings.Cut(written, ".")
		if _, err := t.exec("UPDATE "+table+" SET "+column+" = replace("+column+", ?1, ?2) WHERE instr("+column+", ?1)", string(old), string(now)); err != nil {
			return err
		}
	}
	return nil
}

// renumber gives the commands that the server has not answered the sequence numbers after last,
// without a gap. They keep their ids.
func (t *tx) renumber(last int64) error {
	seqs, err := t.numbers("SELECT seq FROM outbox WHERE state IN (?, ?) ORDER BY seq", waits, onItsWay)
	if err != nil {
		return err
	}
	if n := int64(len(seqs)); n > 0 && seqs[0] == last+1 && seqs[n-1] == last+n {
		return nil
	}
	rest, err := t.numbers("SELECT seq FROM outbox WHERE state NOT IN (?, ?) AND seq > ? ORDER BY seq", waits, onItsWay, 0)
	if err != nil {
		return err
	}
	var lowest int64
	if err := t.row("SELECT min(0, coalesce(min(seq), 0)) FROM outbox").Scan(&lowest); err != nil {
		return err
	}
	// What is answered already makes room, below zero, in its order.
	for i, seq := range rest {
		if err := t.moveSeq(seq, lowest-int64(len(rest)-i)); err != nil {
			return err
		}
	}
	lowest -= int64(len(rest))
	for i, seq := range seqs { // no number is given twice on the way
		if err := t.moveSeq(seq, lowest-int64(len(seqs)-i)); err != nil {
			return err
		}
	}
	for i := range seqs {
		if err := t.moveSeq(lowest-int64(len(seqs)-i), last+int64(i)+1); err != nil {
			return err
		}
	}
	_, err = t.exec("UPDATE sqlite_sequence SET seq = ? WHERE name = 'outbox'", last+int64(len(seqs)))
	return err
}

func (t *tx) moveSeq(from, to int64) error {
	if _, err := t.exec("UPDATE outbox SET seq = ? WHERE seq = ?", to, from); err != nil {
		return err
	}
	_, err := t.exec("UPDATE pending SET seq = ? WHERE seq = ?", to, from)
	return err
}
