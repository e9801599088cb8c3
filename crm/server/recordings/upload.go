package recordings

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"leadline/crm"
	"leadline/crm/disk"
	"leadline/crm/server"
	"leadline/crm/server/database"
	"leadline/crm/server/ledger"
	"leadline/crm/wire"
)

// Begin begins to take a recording, or says how much of it is here: who asks goes on from there. Only who made the call
// brings its recordings, once the call has named them.
func (r *Recordings) Begin(ctx context.Context, from server.Sender, up wire.Upload) (done wire.Uploaded, err error) {
	defer func() { r.noteFailure(ctx, err) }()
	if up.Size <= 0 || up.Size > wire.MostRecording || len(up.SHA256) != sha256.Size {
		return done, wire.Problem{Code: wire.Malformed, Message: "a recording has a size and a SHA-256"}
	}
	if err := r.room(up.Size); err != nil {
		return done, err
	}
	var rec database.Recording
	again := false // another file by this name
	err = r.Engine.DB.Write(ctx, string(from.Workspace), func(t *database.Tx) (err error) {
		rec, again, err = r.announce(ctx, t, from, up)
		return err
	})
	if err != nil {
		return done, err
	}
	path := r.path(from.Workspace, rec.ID)
	release, ok := r.hold(path)
	if !ok {
		return done, busy
	}
	defer release()
	if again {
		if err := r.remove(from.Workspace, rec.ID); err != nil {
			return done, err
		}
	}
	s := r.sealed(from.Workspace, rec)
	if _, err := os.Stat(path); err == nil {
		if rec.Done > 0 {
			return wire.Uploaded{ID: rec.ID, Have: rec.Size, Done: true}, nil
		}
		// It was whole when the server ended, or a database from before was put back.
		return r.finish(ctx, from, rec, s)
	}
	have := int64(0)
	if info, err := os.Stat(path + partly); err == nil {
		have = s.have(info.Size())
	}
	if have == rec.Size {
		return r.finish(ctx, from, rec, s)
	}
	return wire.Uploaded{ID: rec.ID, Have: have}, nil
}

var busy = wire.Problem{Code: wire.Unavailable, Message: "another request brings this recording"}

// announce notes that a recording is on its way; again says that what is here of it is another file's.
func (r *Recordings) announce(ctx context.Context, t *database.Tx, from server.Sender, up wire.Upload) (rec database.Recording, again bool, err error) {
	if _, err := t.Head(ctx, true); err != nil { // nobody erases the call meanwhile
		return rec, false, err
	}
	c, row, _, _, err := seen(ctx, t, from, up.Call)
	switch {
	case err != nil:
		return rec, false, err
	case c.Agent != from.User && !slices.Contains(row.Former, from.User):
		return rec, false, wire.Problem{Code: wire.Forbidden, Message: "only who made a call brings its recordings"}
	case !slices.Contains(c.Recordings, up.Name):
		return rec, false, none
	}
	id := crm.RecordingID(up.Call, up.Name)
	now := r.Engine.Now().UnixMilli()
	rec, known, err := t.Recording(ctx, id)
	if err != nil || known && (rec.Done > 0 || rec.Size == up.Size && bytes.Equal(rec.Hash, up.SHA256)) {
		return rec, false, err
	}
	used, err := t.RecordedBytes(ctx)
	switch {
	case err != nil:
		return rec, false, err
	case r.Quota > 0 && used-rec.Size+up.Size > r.Quota:
		return rec, false, full("the company's recordings have used up their quota")
	}
	rec = database.Recording{ID: id, Call: up.Call, User: from.User, Size: up.Size, Hash: up.SHA256, Began: c.Began.UnixMilli(), Made: now}
	return rec, known, t.SaveRecording(ctx, rec)
}

// room refuses what the disk has no room for.
func (r *Recordings) room(size int64) error {
	if r.Free == nil {
		return nil
	}
	left, err := r.Free(r.Folder)
	switch {
	case err != nil:
		return fmt.Errorf("ask for the room on the disk: %w", err)
	case left < uint64(size)+KeptFree:
		return full("the server's disk is nearly full")
	}
	return nil
}

// Write takes a piece of a recording. What arrives of it in whole blocks is kept, also when the piece breaks off; with
// the last one the whole is held against its checksum.
func (r *Recordings) Write(ctx context.Context, from server.Sender, id crm.ID, offset int64, piece io.Reader) (done wire.Uploaded, err error) {
	defer func() { r.noteFailure(ctx, err) }()
	path := r.path(from.Workspace, id)
	release, ok := r.hold(path)
	if !ok {
		return done, busy
	}
	defer release()
	rec, err := r.expected(ctx, from, id) // while it is held: nobody removes it meanwhile and forgets it
	if err != nil {
		return done, err
	}
	s := r.sealed(from.Workspace, rec)
	have, err := r.take(path+partly, s, offset, piece)
	if err != nil {
		return done, writing(err)
	}
	if have < rec.Size {
		// Erased from the command line, perhaps, which may have looked for files before. Who has broken off waits for no answer any more.
		if _, err := r.expected(context.WithoutCancel(ctx), from, id); errors.Is(err, none) {
			return done, errors.Join(err, r.remove(from.Workspace, id))
		} else if err != nil {
			return done, err
		}
		return wire.Uploaded{ID: id, Have: have}, nil
	}
	return r.finish(ctx, from, rec, s)
}

// expected is a recording that is on its way from a user, if it still is wanted.
func (r *Recordings) expected(ctx context.Context, from server.Sender, id crm.ID) (rec database.Recording, err error) {
	err = r.Engine.DB.Read(ctx, string(from.Workspace), func(t *database.Tx) (err error) {
		var ok bool
		if rec, ok, err = t.Recording(ctx, id); err == nil && (!ok || rec.Gone > 0 || rec.User != from.User) {
			err = none
		}
		return err
	})
	return rec, err
}

// take writes a piece at its place, and says how much is here then.
func (r *Recordings) take(part string, s sealed, offset int64, piece io.Reader) (have int64, err error) {
	if err := os.MkdirAll(filepath.Dir(part), 0o700); err != nil {
		return 0, err
	}
	f, s, err := openPart(r.Vault, part, s)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	if have = s.have(info.Size()); offset != have || offset == s.size {
		return have, wire.Problem{Code: wire.Gap, Message: fmt.Sprintf("the next piece begins at %d, not at %d", have, offset)}
	}
	block := make([]byte, blockSize)
	for have < s.size {
		want := min(blockSize, s.size-have)
		if _, err := io.ReadFull(piece, block[:want]); err != nil {
			break // it broke off, or its end is in the middle of a block, which comes again
		}
		if err := s.write(f, have/blockSize, block[:want]); err != nil {
			// A block that was torn does not count as one; a whole one in its place does.
			return have, errors.Join(err, f.Truncate(placeOf(have/blockSize)))
		}
		have += want
	}
	return have, nil
}

// finish holds a whole recording against its checksum, gives it its name, and says so in its call. Whatever interrupts it,
// Begin does it again.
func (r *Recordings) finish(ctx context.Context, from server.Sender, rec database.Recording, s sealed) (done wire.Uploaded, err error) {
	path := r.path(from.Workspace, rec.ID)
	if _, err := os.Stat(path); err != nil {
		if err := syncFile(path + partly); err != nil {
			return done, writing(err)
		}
		if err := os.Rename(path+partly, path); err != nil {
			return done, err
		}
		if err := disk.SyncFolder(filepath.Dir(path)); err != nil {
			return done, err
		}
	}
	if err := r.check(path, s, rec.Hash); err != nil {
		r.Engine.Log.Warn("a recording did not arrive as it was sent", "recording", rec.ID, "error", err)
		return done, errors.Join(wire.Problem{Code: wire.Damaged, Message: "the recording is not what was announced"}, r.remove(from.Workspace, rec.ID))
	}
	if err := r.tell(ctx, from.Workspace, rec); err != nil {
		return done, err
	}
	return wire.Uploaded{ID: rec.ID, Have: rec.Size, Done: true}, nil
}

// check reads a whole recording against its checksum.
func (r *Recordings) check(path string, s sealed, want []byte) error {
	sound, err := openSound(r.Vault, path, s)
	if err != nil {
		return err
	}
	defer sound.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, sound); err != nil {
		return err
	}
	if !bytes.Equal(sum.Sum(nil), want) {
		return errors.New("the checksum is another one")
	}
	return nil
}

// tell has the call say that its recording is here. When nobody's call names it any more, it is removed; so it is when an erasure
// from the command line has removed and forgotten it just before it came.
func (r *Recordings) tell(ctx context.Context, workspace crm.ID, rec database.Recording) error {
	refused, err := r.do(ctx, workspace, crm.RecordingUploaded{Call: rec.Call, Recording: rec.ID})
	if err != nil {
		return err
	}
	if refused {
		return errors.Join(none, r.remove(workspace, rec.ID), r.Sweep(ctx))
	}
	rec.Done = r.Engine.Now().UnixMilli()
	known := false
	err = r.Engine.DB.Write(ctx, string(workspace), func(t *database.Tx) (err error) {
		if _, err := t.Head(ctx, true); err != nil { // nobody forgets it meanwhile
			return err
		}
		if _, known, err = t.Recording(ctx, rec.ID); err != nil || !known {
			return err
		}
		return t.SaveRecording(ctx, rec)
	})
	if err == nil && !known {
		err = errors.Join(none, r.remove(workspace, rec.ID))
	}
	return err
}

// do does a change by the server's own right.
func (r *Recordings) do(ctx context.Context, workspace crm.ID, change crm.Change) (refused bool, err error) {
	id, err := crm.NewID(r.Engine.Now(), r.Engine.Random)
	if err != nil {
		return false, err
	}
	result, err := r.Engine.Do(ctx, workspace, ledger.Sender{System: true}, crm.Command{ID: id, At: crm.HLC(0).Next(r.Engine.Now()), Change: change})
	return result.Status == wire.Rejected, err
}

// syncFile has a file be on the disk.
func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDONLY, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
