package recordings

import (
	"context"
	"crypto/sha256"
	"io"
	"io/fs"
	"time"
)

// summed is the checksum of a file as it was then.
type summed struct {
	size int64
	at   time.Time
	sum  []byte
}

// sum is a file's SHA-256, read once as long as it does not change.
func (u *Uploader) sum(ctx context.Context, f io.Reader, path string, info fs.FileInfo) ([]byte, error) {
	if s, ok := u.sums[path]; ok && s.size == info.Size() && s.at.Equal(info.ModTime()) {
		return s.sum, nil
	}
	h := sha256.New()
	if _, err := io.Copy(h, &until{ctx, f}); err != nil {
		return nil, err
	}
	sum := h.Sum(nil)
	u.sums[path] = summed{info.Size(), info.ModTime(), sum}
	return sum, nil
}

// until ends reading with its context.
type until struct {
	ctx context.Context
	io.Reader
}

func (u *until) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.Reader.Read(p)
}
