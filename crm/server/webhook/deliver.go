package webhook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"leadline/crm"
	"leadline/crm/server"
	"leadline/crm/wire"
)

const (
	tellEvery  = time.Second
	postTime   = 10 * time.Second
	claimTime  = 30 * time.Second // more than a post takes
	mostAtOnce = 100              // changes in one post
	longest    = time.Hour        // between two attempts
)

// Event is one change in a post.
type Event struct {
	Kind    string          `json:"kind"`
	ID      crm.ID          `json:"id"`
	Rev     uint64          `json:"rev"` // grows with each change
	Deleted bool            `json:"deleted,omitempty"`
	Data    json.RawMessage `json:"data,omitempty"`
}

// SignatureHeader has the time of the post in Unix seconds and the signature: "t=1764000000,v1=hex". The
// signature is HMAC-SHA256 with the webhook's secret over the time, a full stop and the body.
const SignatureHeader = "Leadline-Signature"

// Sign is the value of SignatureHeader.
func Sign(secret []byte, at time.Time, body []byte) string {
	t := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(t + "."))
	mac.Write(body)
	return "t=" + t + ",v1=" + hex.EncodeToString(mac.Sum(nil))
}

// newClient is an HTTP client that gives up after postTime and follows no redirection.
func newClient() *http.Client {
	return &http.Client{Timeout: postTime, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// Run posts to webhooks until ctx ends.
func (h *Hooks) Run(ctx context.Context) {
	tick := time.NewTicker(h.every)
	defer tick.Stop()
	defer h.telling.Wait()
	for {
		select {
		case <-tick.C:
			switch err := h.begin(ctx); {
			case err == nil:
				h.unlisted.Over()
			case ctx.Err() == nil && h.unlisted.Due():
				h.engine.Log.Error("webhooks cannot be told", "error", err)
			}
		case <-ctx.Done():
			return
		}
	}
}

// Tell posts to every webhook what is due, and returns when that is done.
func (h *Hooks) Tell(ctx context.Context) error {
	defer h.telling.Wait()
	return h.begin(ctx)
}

// begin starts a goroutine for every webhook with something due, so that a slow one, or one with much to get, holds up no other.
func (h *Hooks) begin(ctx context.Context) error {
	heads, err := h.engine.Heads(ctx)
	if err != nil {
		return err
	}
	for workspace, head := range heads {
		hooks, err := h.List(ctx, workspace)
		if err != nil {
			return err
		}
		for _, hook := range hooks {
			if hook.Cursor == head || !hook.due(h.engine.Now()) || !h.take(hook.ID) {
				continue
			}
			if hook.sealed != nil { // it stays taken, so that this is logged once
				h.engine.Log.Error("a webhook's secret cannot be read: remove it and set it up anew", "webhook", hook.ID, "error", hook.sealed)
				continue
			}
			h.telling.Go(func() {
				defer h.release(hook.ID)
				switch err := h.tell(ctx, workspace, hook); {
				case err == nil:
					h.untold.Over()
				case ctx.Err() == nil && h.untold.Due():
					h.engine.Log.Error("a webhook cannot be told", "webhook", hook.ID, "error", err)
				}
			})
		}
	}
	return nil
}

// take reserves a webhook for one goroutine; false when another one has it.
func (h *Hooks) take(hook crm.ID) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.busy[hook] {
		return false
	}
	h.busy[hook] = true
	return true
}

func (h *Hooks) release(hook crm.ID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.busy, hook)
}

// tell posts to one webhook page by page, until it has everything or a post fails.
func (h *Hooks) tell(ctx context.Context, workspace crm.ID, hook Hook) error {
	for {
		mine, err := h.claim(ctx, workspace, hook, h.engine.Now().Add(claimTime))
		if err != nil || !mine {
			return err
		}
		rows, upTo, err := h.engine.Changes(ctx, server.Sender{Workspace: workspace, User: hook.User}, hook.Cursor, mostAtOnce)
		if err != nil {
			return err
		}
		before, done := hook.Cursor, upTo == hook.Cursor
		sent, err := h.post(ctx, hook, rows)
		if err == nil {
			hook.Cursor, hook.Failures, hook.Next, hook.Reason = upTo, 0, h.engine.Now(), ""
			if sent {
				hook.Told = h.engine.Now()
			}
		} else {
			hook.Failures++
			hook.Reason = reason(err)
			hook.Next = h.engine.Now().Add(pause(hook.Failures))
			h.engine.Log.Warn("a webhook did not take what it was told; it is told again", "webhook", hook.ID, "reason", reason(err), "failures", hook.Failures, "next", hook.Next)
		}
		if err := h.settle(ctx, workspace, hook, before); err != nil || hook.Failures > 0 || done {
			return err
		}
	}
}

// reason is why a post failed, without the URL, which may have a secret in it.
func reason(err error) string {
	var of *url.Error
	if errors.As(err, &of) {
		err = of.Err
	}
	return err.Error()
}

// clocksApart is how much the clocks of two servers may differ.
const clocksApart = time.Minute

// furthest is how far away the next attempt can be. What is further was written while the clock of this server, or of another, was ahead.
func (k Hook) furthest() time.Duration {
	most := claimTime
	if k.Failures > 0 {
		most = max(most, pause(k.Failures))
	}
	return most + clocksApart
}

// due says whether it is time for the next attempt.
func (k Hook) due(now time.Time) bool { return !now.Before(k.Next) || k.Next.Sub(now) > k.furthest() }

// pause is the time until the next attempt: a second, doubled with each failure, at most longest.
func pause(failures int) time.Duration {
	return min(longest, time.Second<<min(failures-1, 16))
}

// post sends those of the changes that are of the webhook's kinds; without any it sends nothing.
func (h *Hooks) post(ctx context.Context, hook Hook, rows []wire.Row) (sent bool, err error) {
	events := []Event{}
	for _, r := range rows {
		if slices.Contains(hook.Kinds, string(r.Entity)) {
			events = append(events, Event{Kind: string(r.Entity), ID: r.ID, Rev: r.Rev, Deleted: r.Deleted, Data: r.Data})
		}
	}
	if len(events) == 0 {
		return false, nil
	}
	return true, h.send(ctx, hook, map[string]any{"webhook": hook.ID, "events": events})
}

// send posts a message to a webhook, signed; an error says that it was not taken.
func (h *Hooks) send(ctx context.Context, hook Hook, message map[string]any) error {
	body, err := json.Marshal(message)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, hook.URL, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set(SignatureHeader, Sign(hook.secret, h.engine.Now(), body))
	answer, err := h.client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	_, _ = io.CopyN(io.Discard, answer.Body, 64<<10) // so that the connection is used again
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		return fmt.Errorf("it answers %s", answer.Status)
	}
	return nil
}
