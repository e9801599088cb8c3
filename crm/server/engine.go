package server

import (
	"io"
	"log/slog"
	"time"

	"leadline/crm"
	"leadline/crm/server/database"
)

// Engine is the server without HTTP: it commits and answers for any workspace. Its methods are safe to call from several goroutines.
type Engine struct {
	DB     *database.DB
	Now    func() time.Time
	Random io.Reader // cryptographic, safe for several goroutines
	Log    *slog.Logger

	// Committed is called after each commit with the workspace's new revision, on the goroutine that committed; it must be quick.
	// nil when nobody listens.
	Committed func(workspace crm.ID, rev uint64)
}

// NewEngine makes one; it panics when something is missing.
func NewEngine(e Engine) *Engine {
	if e.DB == nil || e.Now == nil || e.Random == nil || e.Log == nil {
		panic("server: an engine needs a database, a clock, randomness and a log")
	}
	return &e
}
