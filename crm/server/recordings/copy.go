package recordings

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"leadline/crm"
	"leadline/crm/disk"
	"leadline/crm/server"
	"leadline/crm/server/database"
)

// Copied is what Copy did.
type Copied struct {
	New, There int      // copied now; there already, whole
	Missing    []string // what could not be copied, and why
}

// copying ends the name of a file until it is whole.
const copying = ".copying"

// Copy copies the files of the recordings that the database has whole from one folder to another, sealed as they are, while
// the server serves. What is there already is left, and nothing is removed: a backup goes on where the last one ended, and
// keeps what was deleted since as older backups of the database do. A file that is missing or cut off is told of and the
// others are copied all the same.
func Copy(ctx context.Context, e *server.Engine, from, to string) (done Copied, err error) {
	if err := apart(from, to); err != nil {
		return done, err
	}
	r := &Recordings{Options: Options{Engine: e, Folder: from}}
	err = r.walk(ctx, func(workspace crm.ID, rec database.Recording) error {
		source, target, length := pathIn(from, workspace, rec.ID), pathIn(to, workspace, rec.ID), sealed{size: rec.Size}.length()
		if info, err := os.Stat(target); err == nil && info.Size() == length {
			done.There++
			return nil
		}
		switch info, err := os.Stat(source); {
		case err == nil && info.Size() == length:
			if err := copyWhole(source, target, length); err != nil {
				return fmt.Errorf("copy recording %s: %w", rec.ID, err)
			}
			done.New++
		case err == nil:
			err = fmt.Errorf("the file has %d bytes, not %d", info.Size(), length)
			fallthrough
		default:
			if r.stays(ctx, workspace, rec.ID) {
				done.Missing = append(done.Missing, fmt.Sprintf("recording %s of call %s: %v", rec.ID, rec.Call, err))
			}
		}
		return nil
	})
	return done, err
}

// apart refuses a folder that is the other, or inside it, where the server would remove the copies as files without a row.
func apart(from, to string) error {
	a, err := filepath.Abs(from)
	if err != nil {
		return err
	}
	b, err := filepath.Abs(to)
	if err != nil {
		return err
	}
	for _, pair := range [][2]string{{a, b}, {b, a}} {
		if rel, err := filepath.Rel(pair[0], pair[1]); err == nil && filepath.IsLocal(rel) {
			return fmt.Errorf("the folder %s is, or is in, %s: recordings are copied to a folder of their own", pair[1], pair[0])
		}
	}
	return nil
}

// copyWhole copies source to target, all of it or nothing.
func copyWhole(source, target string, length int64) (err error) {
	if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
		return err
	}
	in, err := os.Open(source)
	if err != nil {
		return err
	}
	defer in.Close()
	part := target + copying
	out, err := os.OpenFile(part, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	n, err := io.Copy(out, in)
	if err == nil && n != length {
		err = fmt.Errorf("it had %d bytes, not %d", n, length)
	}
	if err = errors.Join(err, out.Sync(), out.Close()); err == nil {
		err = os.Rename(part, target)
	}
	if err != nil {
		return errors.Join(err, os.Remove(part))
	}
	return disk.SyncFolder(filepath.Dir(target)) // the name, too
}
