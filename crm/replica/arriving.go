package replica

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"os"
	"path/filepath"
	"strings"

	"leadline/crm/wire"
)

// partPattern is for snapshots on their way.
const partPattern = "leadline-*.part"

var errSnapshot = errors.New("the snapshot is not what the server said it would be")

// arriving reads a snapshot: first what an interrupted download has left in the file, then the rest from the server,
// which it also adds to that file.
type arriving struct {
	m    wire.Manifest
	file *os.File
	rest io.ReadCloser // of the server's
	from io.Reader     // both
	sum  hash.Hash
	read int64
	err  error // of the network, or of the disk
	over bool  // the file is of no more use
}

// arrive begins to read a snapshot.
func (r *Replica) arrive(ctx context.Context, m wire.Manifest) (_ *arriving, err error) {
	// By its hash: a name of the server's is no name for a file of ours.
	path := filepath.Join(r.c.Snapshots, strings.Replace(partPattern, "*", hex.EncodeToString(m.SHA256), 1))
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	a := &arriving{m: m, file: file, rest: io.NopCloser(strings.NewReader("")), sum: sha256.New()}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.Close())
		}
	}()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	have := min(info.Size(), m.Bytes)
	if have < m.Bytes {
		rest, err := r.c.Server.Snapshot(ctx, m, have)
		if err != nil {
			a.over = have == 0
			return nil, err
		}
		a.rest = rest
	}
	a.from = io.MultiReader(io.LimitReader(file, have), io.TeeReader(io.LimitReader(a.rest, m.Bytes-have), file))
	return a, nil
}

// Read gives the snapshot's bytes, before it is known whether they are right.
func (a *arriving) Read(p []byte) (int, error) {
	n, err := a.from.Read(p)
	a.sum.Write(p[:n])
	a.read += int64(n)
	if err == io.EOF && a.read < a.m.Bytes {
		err = io.ErrUnexpectedEOF // what is here is kept: the next try goes on after it
	}
	if err != nil && err != io.EOF {
		a.err = err
	}
	return n, err
}

// whole reads what was not read yet, and says whether the bytes are right.
func (a *arriving) whole() error {
	if a.err == nil {
		_, a.err = io.Copy(io.Discard, a)
	}
	if a.over = a.err == nil; a.over && !bytes.Equal(a.sum.Sum(nil), a.m.SHA256) {
		return errSnapshot
	}
	return a.err
}

// Close ends it, wherever it is. What is here of it stays for the next time, unless all was read.
func (a *arriving) Close() error {
	err := errors.Join(a.rest.Close(), a.file.Close())
	if a.over {
		err = errors.Join(err, os.Remove(a.file.Name()))
	}
	return err
}
