package recordings

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"leadline/crm"
	"leadline/crm/disk"
	"leadline/crm/server"
	"leadline/crm/server/access"
	"leadline/crm/server/database"
	"leadline/crm/server/ledger"
	"leadline/crm/wire"
)

// Begin begins an upload, or says how much of it is here already, from where the program goes on. Only the agent of the call may upload its
// recordings, once the call names them. Refusals are wire.Problems.
func (r *Recordings) Begin(ctx context.Context, from server.Sender, up wire.Upload) (done wire.Uploaded, err error) {
	defer func() { r.noteFailure(ctx, err) }()
	if up.Size <= 0 || up.Size > wire.MostRecording || len(up.SHA256) != sha256.Size {
		return done, wire.Problem{Code: wire.Malformed, Message: "a recording has a size and a SHA-256"}
	}
	if err := r.checkSpace(up.Size); err != nil {
		return done, err
	}
	var rec database.Recording
	again := false // what is here is of another file with this name
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
		// The server ended before finish did, or an older database was restored.
		return r.finish(ctx, from, rec, s)
	}
	have, err := r.arrived(path+partly, s)
	if err != nil {
		return done, err
	}
	if have == rec.Size {
		return r.finish(ctx, from, rec, s)
	}
	return wire.Uploaded{ID: rec.ID, Have: have}, nil
}

// arrived is how much of the sound is in the file of a recording on its way. One whose key is lost is removed: the program brings it from its
// beginning.
func (r *Recordings) arrived(part string, s sealed) (have int64, err error) {
	f, err := os.Open(part)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	_, unread := readHead(r.Vault, f, s)
	info, err := f.Stat()
	if err := errors.Join(err, f.Close()); err != nil {
		return 0, err
	}
	if errors.Is(unread, access.ErrUnsealed) {
		return 0, os.Remove(part)
	}
	return s.have(info.Size()), nil
}

var busy = wire.Problem{Code: wire.Unavailable, Message: "another request brings this recording"}

// announce notes that a recording is being uploaded; again says that what is here is of another file with its name.
func (r *Recordings) announce(ctx context.Context, t *database.Tx, from server.Sender, up wire.Upload) (rec database.Recording, again bool, err error) {
	if _, err := t.Head(ctx, true); err != nil { // so that nobody erases the call meanwhile
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

// checkSpace refuses a recording for which the disk has not enough free space: then KeptFree would not be left.
func (r *Recordings) checkSpace(size int64) error {
	if r.Free == nil {
		return nil
	}
	left, err := r.Free(r.Folder)
	switch {
	case err != nil:
		return fmt.Errorf("ask for the free space on the disk: %w", err)
	case left < uint64(size)+KeptFree:
		return full("the server's disk is nearly full")
	}
	return nil
}

// Write takes the piece of a recording that begins at offset. Whole blocks of it are kept, also when the piece breaks off; after the last
// piece the recording is checked against its checksum.
func (r *Recordings) Write(ctx context.Context, from server.Sender, id crm.ID, offset int64, piece io.Reader) (done wire.Uploaded, err error) {
	defer func() { r.noteFailure(ctx, err) }()
	path := r.path(from.Workspace, id)
	release, ok := r.hold(path)
	if !ok {
		return done, busy
	}
	defer release()
	rec, err := r.expected(ctx, from, id) // after hold, so that forget does not remove it meanwhile
	if err != nil {
		return done, err
	}
	s := r.sealed(from.Workspace, rec)
	have, err := r.take(path+partly, s, offset, piece)
	if err != nil {
		return done, writing(err)
	}
	if have < rec.Size {
		// It may have been erased from the command line, which looked for files before this one was written. The request's context may have
		// ended.
		if _, err := r.expected(context.WithoutCancel(ctx), from, id); errors.Is(err, none) {
			return done, errors.Join(err, r.remove(from.Workspace, id))
		} else if err != nil {
			return done, err
		}
		return wire.Uploaded{ID: id, Have: have}, nil
	}
	return r.finish(ctx, from, rec, s)
}

// expected is a recording that a user is uploading; none when no call names it any more.
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

// take writes a piece at its place; have is how many bytes of the sound are here then.
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
			break // it broke off, or ends within a block, which the program sends again
		}
		if err := s.write(f, have/blockSize, block[:want]); err != nil {
			// A block that was written in part does not count. One from an earlier write in its place would.
			return have, errors.Join(err, f.Truncate(placeOf(have/blockSize)))
		}
		have += want
	}
	return have, nil
}

// finish checks a whole recording against its checksum, gives the file its name, and notes it in the call. When it is interrupted, Begin
// repeats it.
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

// check reads a whole recording and compares its checksum.
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

// tell notes in the call that its recording is uploaded. A recording that no call names any more is removed, and so is one that an erasure
// from the command line has dropped just before.
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
		if _, err := t.Head(ctx, true); err != nil { // so that forget does not drop it meanwhile
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

// do does a change with the server's own rights.
func (r *Recordings) do(ctx context.Context, workspace crm.ID, change crm.Change) (refused bool, err error) {
	id, err := crm.NewID(r.Engine.Now(), r.Engine.Random)
	if err != nil {
		return false, err
	}
	result, err := r.Engine.Do(ctx, workspace, ledger.Sender{System: true}, crm.Command{ID: id, At: crm.HLC(0).Next(r.Engine.Now()), Change: change})
	return result.Status == wire.Rejected, err
}

// syncFile waits until a file is on the disk.
func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDONLY, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
