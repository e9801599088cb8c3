package remote

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"leadline/crm"
	"leadline/crm/wire"
)

// pieceTime is how long a piece of a recording may take, beyond which it is begun anew where it broke off.
const pieceTime = 3 * time.Minute

// Announce begins to bring a recording, or says how much of it the server has.
func (c *Client) Announce(ctx context.Context, up wire.Upload) (wire.Uploaded, error) {
	return ask[wire.Uploaded](ctx, c, wire.PathRecordings, up)
}

// Bring brings the piece of a recording that begins at an offset. pace lets the bytes go, nil at once.
func (c *Client) Bring(ctx context.Context, id crm.ID, offset int64, piece []byte, pace func(io.Reader) io.Reader) (at wire.Uploaded, err error) {
	err = c.signedIn(ctx, func(token string) (err error) {
		at, err = c.bring(ctx, id, offset, piece, pace, token)
		return err
	})
	return at, err
}

func (c *Client) bring(ctx context.Context, id crm.ID, offset int64, piece []byte, pace func(io.Reader) io.Reader, token string) (at wire.Uploaded, err error) {
	ctx, cancel := context.WithTimeout(ctx, pieceTime)
	defer cancel()
	var body io.Reader = bytes.NewReader(piece)
	if pace != nil {
		body = pace(body)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPatch, c.base+wire.PathRecordings+"/"+string(id), body)
	if err != nil {
		return at, err
	}
	r.ContentLength = int64(len(piece))
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/octet-stream")
	r.Header.Set("Accept", wire.TypeCBOR)
	r.Header.Set(wire.HeaderOffset, strconv.FormatInt(offset, 10))
	response, err := c.http.Do(r)
	if err != nil {
		return at, err
	}
	defer response.Body.Close()
	data, err := readAnswer(response)
	switch {
	case err != nil:
		return at, err
	case response.StatusCode >= http.StatusMultipleChoices:
		return at, problemOf(response, data)
	}
	return at, wire.Decode(response.Header.Get("Content-Type"), data, &at)
}

// Recording opens a recording's sound from an offset on, and says what the SHA-256 of the whole is.
func (c *Client) Recording(ctx context.Context, id crm.ID, offset int64) (body io.ReadCloser, hash []byte, err error) {
	err = c.signedIn(ctx, func(token string) (err error) {
		var head http.Header
		if body, head, err = c.openFrom(ctx, wire.PathRecordings+"/"+string(id), offset, token); err != nil {
			return err
		}
		if hash, err = digestOf(head); err != nil {
			err = errors.Join(err, body.Close())
		}
		return err
	})
	return body, hash, err
}

// digestOf reads Repr-Digest (RFC 9530 §3), as the server writes it.
func digestOf(head http.Header) ([]byte, error) {
	text, ok := strings.CutPrefix(head.Get("Repr-Digest"), "sha-256=:")
	hash, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(text, ":"))
	if !ok || err != nil || len(hash) != sha256.Size {
		return nil, fmt.Errorf("the server does not say what the recording's checksum is: %q", head.Get("Repr-Digest"))
	}
	return hash, nil
}
