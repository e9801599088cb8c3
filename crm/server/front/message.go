package front

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"

	"leadline/crm/server/database"
	"leadline/crm/wire"
)

// Bounds of a request's body.
const (
	mostBody     = 1 << 20 // bytes, compressed or not
	mostPushBody = 2 << 20 // of a push: its arguments and what is around them
	bombRatio    = 4       // a compressed body may have this many times the bound once it is decompressed
	bodyTime     = 30 * time.Second
	answerTime   = 60 * time.Second
	compressFrom = 1 << 10 // bytes from which on an answer is compressed
)

var errTooLarge = wire.Problem{Code: wire.TooLarge, Message: "the request is too large"}

// read reads the message in a request's body of at most most bytes, in any encoding and compression. Its error is a wire.Problem.
func (f *Front) read(w http.ResponseWriter, r *http.Request, most int64, message any) error {
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(f.bodyTime))
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != wire.TypeCBOR && kind != wire.TypeJSON {
		return wire.Problem{Code: wire.Malformed, Message: "the Content-Type is neither " + wire.TypeCBOR + " nor " + wire.TypeJSON}
	}
	body, err := plain(http.MaxBytesReader(w, r.Body, most), r.Header.Get("Content-Encoding"))
	if err != nil {
		return err
	}
	defer body.Close()
	bound := most * bombRatio
	data, err := io.ReadAll(io.LimitReader(body, bound+1))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large), int64(len(data)) > bound, errors.Is(err, zstd.ErrDecoderSizeExceeded), errors.Is(err, zstd.ErrWindowSizeExceeded):
		return errTooLarge
	case err != nil:
		return wire.Problem{Code: wire.Malformed, Message: "the request's body cannot be read"}
	}
	_ = http.NewResponseController(w).SetReadDeadline(time.Time{})
	return wire.Decode(kind, data, message)
}

// plain decompresses a body by its Content-Encoding.
func plain(body io.Reader, encoding string) (io.ReadCloser, error) {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "", "identity":
		return io.NopCloser(body), nil
	case "gzip":
		z, err := gzip.NewReader(body)
		if err != nil {
			return nil, wire.Problem{Code: wire.Malformed, Message: "the body is not gzip"}
		}
		return z, nil
	case "zstd":
		z, err := zstd.NewReader(body, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(4<<20), zstd.WithDecoderLowmem(true))
		if err != nil {
			return nil, wire.Problem{Code: wire.Malformed, Message: "the body is not zstd"}
		}
		return z.IOReadCloser(), nil
	}
	return nil, wire.Problem{Code: wire.Malformed, Message: "the Content-Encoding is none of zstd, gzip, identity"}
}

var squeezer = func() *zstd.Encoder {
	e, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(2))
	if err != nil {
		panic(err)
	}
	return e
}()

// answer sends a message in the encoding that the request asks for: our programs name CBOR, whoever asks by hand gets JSON.
func (f *Front) answer(w http.ResponseWriter, r *http.Request, status int, message any) {
	kind := encodingFor(r)
	data, err := wire.Encode(kind, message)
	if err != nil {
		f.Log.Error("an answer cannot be encoded", "route", r.Pattern, "error", err)
		http.Error(w, "the server made a mistake", http.StatusInternalServerError)
		return
	}
	head := w.Header()
	head.Set("Content-Type", kind)
	head.Add("Vary", "Accept, Accept-Encoding")
	if len(data) >= compressFrom && accepts(r.Header.Get("Accept-Encoding"), "zstd") {
		data = squeezer.EncodeAll(data, make([]byte, 0, len(data)/2))
		head.Set("Content-Encoding", "zstd")
	}
	head.Set("Content-Length", strconv.Itoa(len(data)))
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(answerTime))
	w.WriteHeader(status)
	_, _ = w.Write(data) // the client may be gone
}

// encodingFor is the encoding of what goes to who made a request.
func encodingFor(r *http.Request) string {
	if accepts(r.Header.Get("Accept"), wire.TypeCBOR) {
		return wire.TypeCBOR
	}
	return wire.TypeJSON
}

func accepts(list, wanted string) bool {
	for part := range strings.SplitSeq(list, ",") {
		name, _, _ := strings.Cut(part, ";")
		if strings.EqualFold(strings.TrimSpace(name), wanted) {
			return true
		}
	}
	return false
}

// How long a client waits before it tries again, after an error of ours.
const (
	fullRetry = 30 * time.Second
	awayRetry = 5 * time.Second
)

// problemOf is the answer to an error of ours: it says nothing of the cause.
func problemOf(err error) wire.Problem {
	switch {
	case errors.Is(err, database.ErrFull):
		return wire.Problem{Code: wire.Full, Message: "the server's disk is full", Retry: fullRetry}
	case errors.Is(err, database.ErrAway):
		return wire.Problem{Code: wire.Unavailable, Message: "the server's database is not to be had", Retry: awayRetry}
	}
	return wire.Problem{Code: wire.Internal, Message: "the server could not do it"}
}

// refuse answers with an error. One that is no wire.Problem is ours: it is logged, and the answer does not name the cause.
func (f *Front) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var p wire.Problem
	if !errors.As(err, &p) {
		p = problemOf(err)
		if r.Context().Err() == nil && (p.Code == wire.Internal || f.unworkable.Due()) {
			f.Log.Error("a request failed", "route", r.Pattern, "error", err)
		}
	}
	f.metrics.refused.WithLabelValues(string(p.Code)).Inc()
	if p.Retry > 0 {
		w.Header().Set("Retry-After", fmt.Sprint(int64((p.Retry+time.Second-1)/time.Second)))
	}
	if p.Status() == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	f.answer(w, r, p.Status(), p)
}
