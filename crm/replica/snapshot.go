package replica

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/fxamacker/cbor/v2"
	"github.com/klauspost/compress/zstd"

	"leadline/crm/wire"
)

// mostPage bounds one page of a snapshot: a thousand rows, each of what a push may hold.
const mostPage = 64 << 20

// partPattern is for snapshots on their way.
const partPattern = "leadline-*.part"

var errSnapshot = errors.New("the snapshot is not what the server said it would be")

// begin takes over everything of the server's view: by a snapshot, or page by page where there is none.
func (r *Replica) begin(ctx context.Context, w wire.Welcome) error {
	r.tell(Bootstrap, nil)
	if w.Snapshot == nil || w.Snapshot.View != w.View || w.Snapshot.Epoch != w.Epoch {
		return r.pullAll(ctx, w)
	}
	if taken, err := r.beginReady(ctx, *w.Snapshot); err != nil || taken {
		return err
	}
	file, err := r.load(ctx, *w.Snapshot)
	if err != nil {
		return fmt.Errorf("load the snapshot %s: %w", w.Snapshot.Name, err)
	}
	defer file.Close()
	if err := r.takeOver(ctx, file); err != nil {
		return fmt.Errorf("take over the snapshot %s: %w", w.Snapshot.Name, err)
	}
	if err := r.c.File.EndSnapshot(ctx, *w.Snapshot); err != nil {
		return err
	}
	return os.Remove(file.Name())
}

// pullAll is begin without a snapshot.
func (r *Replica) pullAll(ctx context.Context, w wire.Welcome) error {
	at, err := r.c.File.Standing(ctx)
	if err != nil {
		return err
	}
	if err := r.c.File.BeginSnapshot(ctx); err != nil {
		return err
	}
	pull := wire.Pull{Client: at.Client, Epoch: w.Epoch, View: w.View}
	for {
		page, err := r.c.Server.Pull(ctx, pull)
		if err != nil {
			return err
		}
		if err := r.c.File.ApplySnapshot(ctx, page.Rows); err != nil {
			return err
		}
		pull.Cursor = page.Rev
		if !page.More {
			return r.c.File.EndSnapshot(ctx, wire.Manifest{Epoch: w.Epoch, Rev: page.Rev, View: w.View})
		}
	}
}

// load brings a snapshot's bytes into a file, from where it broke off the last time, and holds
// them against their hash.
func (r *Replica) load(ctx context.Context, m wire.Manifest) (_ *os.File, err error) {
	// By its hash: a name of the server's is no name for a file of ours.
	path := filepath.Join(r.c.Snapshots, strings.Replace(partPattern, "*", hex.EncodeToString(m.SHA256), 1))
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, file.Close())
		}
	}()
	sum := sha256.New()
	have, err := io.Copy(sum, io.LimitReader(file, m.Bytes))
	if err != nil {
		return nil, err
	}
	if have < m.Bytes {
		if err := r.loadRest(ctx, m, file, sum, have); err != nil {
			return nil, err
		}
	}
	if !bytes.Equal(sum.Sum(nil), m.SHA256) {
		return nil, errors.Join(errSnapshot, os.Remove(path))
	}
	_, err = file.Seek(0, io.SeekStart)
	return file, err
}

func (r *Replica) loadRest(ctx context.Context, m wire.Manifest, file *os.File, sum hash.Hash, have int64) error {
	rest, err := r.c.Server.Snapshot(ctx, m, have)
	if err != nil {
		return err
	}
	defer rest.Close()
	n, err := io.Copy(io.MultiWriter(file, sum), io.LimitReader(rest, m.Bytes-have))
	if err == nil && have+n < m.Bytes {
		err = io.ErrUnexpectedEOF // what is here is kept: the next try goes on after it
	}
	return err
}

// takeOver reads the pages of a snapshot into the file.
func (r *Replica) takeOver(ctx context.Context, compressed io.Reader) error {
	plain, err := zstd.NewReader(compressed, zstd.WithDecoderMaxMemory(mostPage), zstd.WithDecoderConcurrency(1))
	if err != nil {
		return err
	}
	defer plain.Close()
	if err := r.c.File.BeginSnapshot(ctx); err != nil {
		return err
	}
	pages := cbor.NewDecoder(plain)
	for {
		var raw cbor.RawMessage
		if err := pages.Decode(&raw); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		var page wire.Page
		if err := wire.Decode(wire.TypeCBOR, raw, &page); err != nil {
			return err
		}
		if err := r.c.File.ApplySnapshot(ctx, page.Rows); err != nil {
			return err
		}
	}
}
