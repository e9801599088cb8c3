package webhook

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"leadline/crm"
	"leadline/crm/server"
	"leadline/crm/server/access"
	"leadline/crm/server/database"
	"leadline/crm/wire"
)

// Hooks are the webhooks of all workspaces. Its methods are safe to call from several goroutines.
type Hooks struct {
	engine *server.Engine
	access *access.Access
	vault  *access.Vault
	every  time.Duration // between two looks for something to post
	client *http.Client

	unlisted, untold server.Seldom // failures of the database

	mu      sync.Mutex
	busy    map[crm.ID]bool // webhooks that a goroutine posts to
	telling sync.WaitGroup
}

// New makes Hooks; v seals their secrets.
func New(e *server.Engine, a *access.Access, v *access.Vault) *Hooks {
	if e == nil || a == nil || v == nil {
		panic("webhook: New needs an engine, access and a vault")
	}
	return &Hooks{engine: e, access: a, vault: v, every: tellEvery, client: newClient(), busy: map[crm.ID]bool{}}
}

// Hook is one address that is told of changes.
type Hook struct {
	ID       crm.ID
	User     crm.ID // whose view decides what it is told
	URL      string
	Kinds    []string // of rows: contact, company, lead, deal, call …
	Cursor   uint64   // up to this revision it was told
	Failures int      // in a row
	Next     time.Time
	Told     time.Time // when it last took something; zero: never, as far as that was kept
	Reason   string    // of the latest of the failures
	secret   []byte
	sealed   error // why the secret cannot be read: it was sealed by another key
}

// Broken says that its secret cannot be read any more, and so nothing can be posted.
func (h Hook) Broken() bool { return h.sealed != nil }

// Kinds are the kinds of rows that a webhook can be told of.
var Kinds = []string{string(wire.Contact), string(wire.Company), string(wire.Lead), string(wire.Deal), string(wire.Call), string(wire.Note), string(wire.FollowUp)}

// What a webhook may not be.
var (
	ErrURL   = errors.New("a webhook's address begins with https://; http:// is for this machine only")
	ErrKinds = errors.New("a webhook tells of: " + strings.Join(Kinds, ", "))
)

func checkURL(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil {
		return ErrURL
	}
	ip := net.ParseIP(u.Hostname())
	if u.Scheme == "https" || u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()) {
		return nil
	}
	return ErrURL
}

func purpose(workspace, id crm.ID) string {
	return "webhook\x00" + string(workspace) + "\x00" + string(id)
}

// Add makes a webhook for changes from now on. The secret, for checking signatures, is given only here.
func (h *Hooks) Add(ctx context.Context, workspace, user crm.ID, address string, kinds []string) (hook Hook, secret access.Token, err error) {
	if err := checkURL(address); err != nil {
		return hook, "", err
	}
	if len(kinds) == 0 {
		kinds = Kinds
	}
	if slices.ContainsFunc(kinds, func(k string) bool { return !slices.Contains(Kinds, k) }) {
		return hook, "", ErrKinds
	}
	id, err := h.access.NewID()
	if err != nil {
		return hook, "", err
	}
	_, head, err := h.engine.Head(ctx, workspace)
	if err != nil {
		return hook, "", err
	}
	secret = access.NewToken()
	hook = Hook{ID: id, User: user, URL: address, Kinds: kinds, Cursor: head, secret: []byte(secret)}
	err = h.engine.DB.Write(ctx, string(workspace), func(t *database.Tx) error {
		return t.Exec(ctx, "INSERT INTO webhook(ws, id, user_id, url, secret, kinds, cursor, failures, next) VALUES($1, $2, $3, $4, $5, $6, $7, 0, 0)",
			string(workspace), string(id), string(user), address, h.vault.Seal(purpose(workspace, id), hook.secret), strings.Join(kinds, " "), int64(head))
	})
	return hook, secret, err
}

// List are the webhooks of a workspace.
func (h *Hooks) List(ctx context.Context, workspace crm.ID) (all []Hook, err error) {
	err = h.engine.DB.Read(ctx, string(workspace), func(t *database.Tx) error {
		all = nil
		return t.Each(ctx, "SELECT id, user_id, url, secret, kinds, cursor, failures, next, told, reason FROM webhook WHERE ws = $1 ORDER BY id", []any{string(workspace)},
			func(scan func(...any) error) error {
				var k Hook
				var sealed []byte
				var kinds string
				var next, told int64
				if err := scan(&k.ID, &k.User, &k.URL, &sealed, &kinds, &k.Cursor, &k.Failures, &next, &told, &k.Reason); err != nil {
					return err
				}
				if told > 0 {
					k.Told = time.UnixMilli(told)
				}
				k.Kinds, k.Next = strings.Fields(kinds), time.UnixMilli(next)
				k.secret, k.sealed = h.vault.Open(purpose(workspace, k.ID), sealed)
				all = append(all, k)
				return nil
			})
	})
	return all, err
}

// Try posts something that tells of nothing, signed as usual. failure is why it was not taken, "" when it was; ErrNone when there is no
// such webhook.
func (h *Hooks) Try(ctx context.Context, workspace, id crm.ID) (failure string, err error) {
	all, err := h.List(ctx, workspace)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(all, func(k Hook) bool { return k.ID == id })
	if i < 0 {
		return "", ErrNone
	}
	if all[i].sealed != nil {
		return all[i].sealed.Error(), nil
	}
	if err := h.send(ctx, all[i], map[string]any{"webhook": id, "test": true, "events": []Event{}}); err != nil {
		return reason(err), nil
	}
	return "", nil
}

// ErrNone means that there is no such webhook.
var ErrNone = errors.New("there is no such webhook")

// Remove removes a webhook; ErrNone when there is none.
func (h *Hooks) Remove(ctx context.Context, workspace, id crm.ID) error {
	return h.engine.DB.Write(ctx, string(workspace), func(t *database.Tx) error {
		var one int
		if there, err := t.One(ctx, "SELECT 1 FROM webhook WHERE ws = $1 AND id = $2", []any{string(workspace), string(id)}, &one); err != nil || !there {
			if err == nil {
				err = ErrNone
			}
			return err
		}
		return t.Exec(ctx, "DELETE FROM webhook WHERE ws = $1 AND id = $2", string(workspace), string(id))
	})
}

// claim reserves a webhook for this server until a time; mine is false when another server has it.
func (h *Hooks) claim(ctx context.Context, workspace crm.ID, hook Hook, until time.Time) (mine bool, err error) {
	err = h.engine.DB.Write(ctx, string(workspace), func(t *database.Tx) error {
		if _, err := t.Head(ctx, true); err != nil { // so that no other server claims it meanwhile
			return err
		}
		now := h.engine.Now()
		var one int
		mine, err = t.One(ctx, "SELECT 1 FROM webhook WHERE ws = $1 AND id = $2 AND cursor = $3 AND (next <= $4 OR next > $5)",
			[]any{string(workspace), string(hook.ID), int64(hook.Cursor), now.UnixMilli(), now.Add(hook.furthest()).UnixMilli()}, &one)
		if err != nil || !mine {
			return err
		}
		return t.Exec(ctx, "UPDATE webhook SET next = $3 WHERE ws = $1 AND id = $2", string(workspace), string(hook.ID), until.UnixMilli())
	})
	return mine, err
}

// settle saves up to which revision a webhook was told, unless another server has moved it on from before meanwhile: a server whose clock is
// ahead claims it too early.
func (h *Hooks) settle(ctx context.Context, workspace crm.ID, hook Hook, before uint64) error {
	return h.engine.DB.Write(ctx, string(workspace), func(t *database.Tx) error {
		return t.Exec(ctx, "UPDATE webhook SET cursor = $3, failures = $4, next = $5, told = $7, reason = $8 WHERE ws = $1 AND id = $2 AND cursor = $6",
			string(workspace), string(hook.ID), int64(hook.Cursor), hook.Failures, hook.Next.UnixMilli(), int64(before), max(0, hook.Told.UnixMilli()), hook.Reason)
	})
}
