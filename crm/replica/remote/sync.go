package remote

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/coder/websocket"

	"leadline/crm/wire"
)

// Hello begins a session of the protocol.
func (c *Client) Hello(ctx context.Context, h wire.Hello) (wire.Welcome, error) {
	return ask[wire.Welcome](ctx, c, wire.PathHello, h)
}

// Push sends commands.
func (c *Client) Push(ctx context.Context, p wire.Push) (wire.Pushed, error) {
	return ask[wire.Pushed](ctx, c, wire.PathPush, p)
}

// Pull asks for what is new.
func (c *Client) Pull(ctx context.Context, p wire.Pull) (wire.Page, error) {
	return ask[wire.Page](ctx, c, wire.PathPull, p)
}

// Rows asks for rows by id.
func (c *Client) Rows(ctx context.Context, f wire.Fetch) (wire.Fetched, error) {
	return ask[wire.Fetched](ctx, c, wire.PathRows, f)
}

// SetPresence tells how one is.
func (c *Client) SetPresence(ctx context.Context, p wire.Presence) error {
	return c.signedIn(ctx, func(token string) error { return c.post(ctx, wire.PathPresence, token, p, nil) })
}

// Snapshot opens a snapshot from an offset on.
func (c *Client) Snapshot(ctx context.Context, m wire.Manifest, offset int64) (body io.ReadCloser, err error) {
	err = c.signedIn(ctx, func(token string) (err error) {
		body, _, err = c.openFrom(ctx, wire.PathSnapshot+url.PathEscape(m.Name), offset, token)
		return err
	})
	return body, err
}

// openFrom opens a file of the server's from an offset on.
func (c *Client) openFrom(ctx context.Context, path string, offset int64, token string) (io.ReadCloser, http.Header, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+path, nil)
	if err != nil {
		return nil, nil, err
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Accept-Encoding", "identity") // it is compressed as it is
	want := http.StatusOK
	if offset > 0 {
		r.Header.Set("Range", fmt.Sprintf("bytes=%d-", offset))
		want = http.StatusPartialContent
	}
	response, err := c.http.Do(r)
	if err != nil {
		return nil, nil, err
	}
	switch {
	case response.StatusCode == want:
		return response.Body, response.Header, nil
	case response.StatusCode == http.StatusOK: // it knows no ranges
		if _, err := io.CopyN(io.Discard, response.Body, offset); err != nil {
			return nil, nil, err
		}
		return response.Body, response.Header, nil
	}
	defer response.Body.Close()
	data, err := readAnswer(response)
	if err != nil {
		return nil, nil, err
	}
	return nil, nil, problemOf(response, data)
}

const (
	mostHint  = 4 << 20  // bytes; one with rows
	largeHint = 64 << 10 // of which no room is kept for the next
	hintsDead = 65 * time.Second
	connect   = 20 * time.Second
)

// Watch hears hints until the connection breaks, and says why. The server pings each 20 s; a connection that is
// silent for longer than three of them is dead.
func (c *Client) Watch(ctx context.Context, heard func(wire.Hint)) error {
	return c.signedIn(ctx, func(token string) error { return c.watch(ctx, token, heard) })
}

func (c *Client) watch(ctx context.Context, token string, heard func(wire.Hint)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	silence := time.AfterFunc(connect, func() { cancel(context.DeadlineExceeded) })
	defer silence.Stop()
	conn, response, err := websocket.Dial(ctx, c.base+wire.PathWatch, &websocket.DialOptions{
		HTTPClient: c.http, HTTPHeader: http.Header{"Authorization": {"Bearer " + token}, "Accept": {wire.TypeCBOR}},
		OnPingReceived: func(context.Context, []byte) bool { silence.Reset(hintsDead); return true },
	})
	if err != nil {
		if response != nil && response.Body != nil && response.StatusCode >= http.StatusBadRequest {
			if data, e := io.ReadAll(io.LimitReader(response.Body, 1<<16)); e == nil {
				return problemOf(response, data)
			}
		}
		return err
	}
	defer conn.CloseNow()
	// Once for the connection: given to each Read, the library would set it up for each.
	stop := context.AfterFunc(ctx, func() { _ = conn.CloseNow() })
	defer stop()
	conn.SetReadLimit(mostHint)
	var message bytes.Buffer
	for {
		silence.Reset(hintsDead)
		_, from, err := conn.Reader(context.Background())
		if err == nil {
			if message.Reset(); message.Cap() > largeHint {
				message = bytes.Buffer{}
			}
			_, err = message.ReadFrom(from)
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil {
			return err
		}
		var h wire.Hint
		if err := wire.Decode(wire.TypeCBOR, message.Bytes(), &h); err != nil {
			return err
		}
		heard(h)
	}
}
