// Package client speaks to the automation door of a running Leadline.
package client

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"time"
)

// Client is a connection to a door. It is for one goroutine at a time.
type Client struct {
	conn net.Conn
	in   *bufio.Reader
}

// Answer is what came back, "ok" included.
type Answer map[string]any

// Dial connects to the door at socket.
func Dial(socket string) (*Client, error) {
	conn, err := net.Dial("unix", socket)
	if err != nil {
		return nil, fmt.Errorf("connect to the automation door: %w", err)
	}
	return &Client{conn: conn, in: bufio.NewReader(conn)}, nil
}

// DialContext tries until the door is open: the program may still be starting.
func DialContext(ctx context.Context, socket string) (*Client, error) {
	for {
		c, err := Dial(socket)
		if err == nil {
			return c, nil
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Close ends the connection.
func (c *Client) Close() error { return c.conn.Close() }

// Do sends one wish and waits for its answer. A refusal is an error, the answer
// beside it. After a cancelled ctx the connection is of no more use.
func (c *Client) Do(ctx context.Context, wish map[string]any) (Answer, error) {
	line, err := json.Marshal(wish)
	if err != nil {
		return nil, fmt.Errorf("automation door: %w", err)
	}
	stop := context.AfterFunc(ctx, func() { _ = c.conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	if _, err := c.conn.Write(append(line, '\n')); err != nil {
		return nil, fmt.Errorf("automation door: %w", errors.Join(ctx.Err(), err))
	}
	back, err := c.in.ReadBytes('\n')
	if err != nil {
		return nil, fmt.Errorf("automation door: %w", errors.Join(ctx.Err(), err))
	}
	var answer Answer
	if err := json.Unmarshal(back, &answer); err != nil {
		return nil, fmt.Errorf("automation door: answer %q: %w", back, err)
	}
	if ok, _ := answer["ok"].(bool); !ok {
		return answer, fmt.Errorf("automation door: %s: %v", line, answer["error"])
	}
	return answer, nil
}

// Tap taps a widget by its English name.
func (c *Client) Tap(ctx context.Context, window, name string) error {
	_, err := c.Do(ctx, map[string]any{"do": "tap", "window": window, "name": name})
	return err
}

// Type types text into a field, in place of what is there.
func (c *Client) Type(ctx context.Context, window, name, text string) error {
	_, err := c.Do(ctx, map[string]any{"do": "type", "window": window, "name": name, "text": text})
	return err
}

// Choose picks an option.
func (c *Client) Choose(ctx context.Context, window, name, option string) error {
	_, err := c.Do(ctx, map[string]any{"do": "choose", "window": window, "name": name, "text": option})
	return err
}

// Key presses a key, "Esc" or "Ctrl+J".
func (c *Client) Key(ctx context.Context, window, key string) error {
	_, err := c.Do(ctx, map[string]any{"do": "key", "window": window, "key": key})
	return err
}

// Call places a call. account is "" for the first.
func (c *Client) Call(ctx context.Context, to, account string) error {
	_, err := c.Do(ctx, map[string]any{"do": "dial", "to": to, "account": account})
	return err
}

// Wait waits until a text can be read in a window.
func (c *Client) Wait(ctx context.Context, window, text string, limit time.Duration) error {
	_, err := c.Do(ctx, map[string]any{"do": "wait", "window": window, "text": text, "timeout_ms": limit.Milliseconds()})
	return err
}

// WaitGone waits until a text can't be read in a window any more; with "" until the
// window is hidden.
func (c *Client) WaitGone(ctx context.Context, window, text string, limit time.Duration) error {
	_, err := c.Do(ctx, map[string]any{"do": "wait", "window": window, "text": text, "gone": true, "timeout_ms": limit.Milliseconds()})
	return err
}

// WaitFor waits until a widget can be used.
func (c *Client) WaitFor(ctx context.Context, window, name string, limit time.Duration) error {
	_, err := c.Do(ctx, map[string]any{"do": "wait", "window": window, "name": name, "timeout_ms": limit.Milliseconds()})
	return err
}

// Shot writes a picture of a window. The file is named for the program, not for the
// client: an absolute path is the same for both.
func (c *Client) Shot(ctx context.Context, window, file string) error {
	_, err := c.Do(ctx, map[string]any{"do": "shot", "window": window, "file": file})
	return err
}
