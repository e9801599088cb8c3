package front

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"leadline/crm/server"
	"leadline/crm/server/access"
	"leadline/crm/server/recordings"
	"leadline/crm/server/webhook"
	"leadline/crm/wire"
)

// Options are what a front needs.
type Options struct {
	Access *access.Access
	Engine *server.Engine
	Log    *slog.Logger
	// Snapshots are what new devices start from; nil has them pull everything page by page.
	Snapshots *server.Snapshots
	// Recordings takes the recordings that programs upload; nil takes none.
	Recordings *recordings.Recordings
	// Hooks are the software that is told of changes, to be set up from the program; nil for none.
	Hooks *webhook.Hooks
	// KeepErasures keeps the list of erasures beside the database, so that a restore brings nobody back; nil keeps it nowhere else.
	KeepErasures func(context.Context) error
	// Shared says that other servers may use the same database: news and presence are exchanged through it.
	Shared bool
	Region string // of numbers that are written nationally, in a workspace that the front makes: "DE"
	// RouteTime is how long a PBX waits for an answer at most, while a customer hears nothing (D3, D4); 0 is 50 ms.
	RouteTime time.Duration
	// MetricsToken is what has to be shown as a bearer token to read /metrics. With "" nothing has to be, and they are for
	// this machine alone.
	MetricsToken string
	// AddressRate is how many requests a second one address may make, and ten times as many at once; 0 is 200, less than 0 any number.
	AddressRate int
	Version     string // of the program, for the metrics
}

// Front answers requests. Its methods are safe to call from several goroutines.
type Front struct {
	Options
	company    Company
	committer  *server.Committer
	metrics    *metrics
	limits     *limits
	hub        *hub
	feed       *server.Feed
	board      *board
	builder    *builder
	asked      asked
	neighbours neighbours
	unanswered server.Seldom // polls
	unheard    server.Seldom // devices of which others are not told
	unready    server.Seldom // probes
	unworkable server.Seldom // requests without a database, or room on its disk
	signing    chan struct{} // holds one value for each password that is being tried
	closing    chan struct{}
	remains    sync.WaitGroup // what is removed after erasures
	removing   sync.Mutex     // held by the one that removes

	headerTime time.Duration // for the header of a request
	bodyTime   time.Duration // for its body
	wholeTime  time.Duration // for a request and its answer, unless the route has its own
	safetyPoll time.Duration // see run.go
}

// New makes a Front and sets Engine.Committed. It panics when something is missing.
func New(o Options) *Front {
	if o.Access == nil || o.Engine == nil || o.Log == nil {
		panic("front: New needs access, an engine and a log")
	}
	if o.RouteTime == 0 {
		o.RouteTime = routeTime
	}
	now := o.Engine.Now
	f := &Front{Options: o, company: Company{o.Engine}, committer: server.NewCommitter(o.Engine), metrics: newMetrics(o.Version), limits: newLimits(now, o.AddressRate),
		hub: newHub(), feed: server.NewFeed(o.Engine), board: newBoard(now), builder: newBuilder(), neighbours: neighbours{due: make(chan struct{}, 1)},
		signing: make(chan struct{}, signingAtOnce), closing: make(chan struct{}), headerTime: headerTime, bodyTime: bodyTime, wholeTime: mostWait + answerTime,
		safetyPoll: safetyPoll}
	o.Engine.Committed = f.committed
	if o.Recordings != nil {
		f.metrics.registry.MustRegister(&soundMetrics{recordings: o.Recordings, log: o.Log, now: now})
	}
	return f
}

// Handler is all routes of the server.
func (f *Front) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", f.health)
	mux.HandleFunc("GET /readyz", f.ready)
	mux.HandleFunc("GET /metrics", f.showMetrics)
	mux.HandleFunc("GET /start/{token}", f.showFirst)
	mux.HandleFunc("POST /start/{token}", f.useFirst)

	mux.HandleFunc("POST "+wire.PathSession, f.signIn)
	mux.HandleFunc("POST "+wire.PathRefresh, f.refresh)
	mux.HandleFunc("POST "+wire.PathErased, f.erased)
	mux.HandleFunc("DELETE "+wire.PathSession, f.onDevice(f.signOut))
	mux.HandleFunc("PUT "+wire.PathPassword, f.onDevice(f.changePassword))
	mux.HandleFunc("GET "+wire.PathDevices, f.onDevice(f.devices))
	mux.HandleFunc("DELETE "+wire.PathDevices+"/{id}", f.onDevice(f.revokeDevice))

	mux.HandleFunc("GET "+pathPassword+"{token}", f.showPassword)
	mux.HandleFunc("POST "+pathPassword+"{token}", f.usePassword)
	mux.HandleFunc("GET "+wire.PathSignIns, f.onDevice(f.signIns))
	mux.HandleFunc("POST "+wire.PathSignIns+"/{user}/invitation", f.onDevice(f.invite))
	mux.HandleFunc("PUT "+wire.PathSignIns+"/{user}/password", f.onDevice(f.setPassword))
	mux.HandleFunc("PUT "+wire.PathSignIns+"/{user}/telephone", f.onDevice(f.savePhone))
	mux.HandleFunc("DELETE "+wire.PathSignIns+"/{user}/telephone/{name}", f.onDevice(f.removePhone))

	mux.HandleFunc("GET "+wire.PathErasures, f.onDevice(f.erasures))
	mux.HandleFunc("PUT "+wire.PathErasures+"/{id}", f.onDevice(f.erasePerson))

	mux.HandleFunc("GET "+wire.PathKeys, f.onDevice(f.keys))
	mux.HandleFunc("POST "+wire.PathKeys, f.onDevice(f.addKey))
	mux.HandleFunc("DELETE "+wire.PathKeys+"/{id}", f.onDevice(f.revokeKey))

	mux.HandleFunc("GET "+wire.PathWebhooks, f.withHooks(f.webhooks))
	mux.HandleFunc("POST "+wire.PathWebhooks, f.withHooks(f.addWebhook))
	mux.HandleFunc("POST "+wire.PathWebhooks+"/{id}/test", f.withHooks(f.tryWebhook))
	mux.HandleFunc("DELETE "+wire.PathWebhooks+"/{id}", f.withHooks(f.removeWebhook))

	mux.HandleFunc("POST "+wire.PathHello, f.onDevice(f.hello))
	mux.HandleFunc("POST "+wire.PathPush, f.onDevice(f.push))
	mux.HandleFunc("POST "+wire.PathPull, f.onDevice(f.pull))
	mux.HandleFunc("POST "+wire.PathRows, f.onDevice(f.rows))

	mux.HandleFunc("GET "+wire.PathSnapshot+"{name}", f.onDevice(f.snapshot))
	mux.HandleFunc("POST "+wire.PathRecordings, f.onDevice(f.announceRecording))
	mux.HandleFunc("PATCH "+wire.PathRecordings+"/{id}", f.onDevice(f.takeRecording))
	mux.HandleFunc("GET "+wire.PathRecordings+"/{id}", f.onDevice(f.recording))
	mux.HandleFunc("GET "+wire.PathWatch, f.onDevice(f.watch))
	mux.HandleFunc("POST "+wire.PathPresence, f.onDevice(f.setPresence))
	mux.HandleFunc("GET "+wire.PathPresence, f.onDevice(f.team))
	mux.HandleFunc("GET /v1/route", f.forPBX(f.route))
	mux.HandleFunc("GET /v1/queue", f.forPBX(f.queue))

	f.rest(mux)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		f.refuse(w, r, wire.Problem{Code: wire.NotFound, Message: "there is nothing here"})
	})
	return f.observe(f.limitAddress(mux))
}

// Close ends WebSockets and long polls, so that they do not hold up the server's stop. Call it once. Who closes the database afterwards
// waits by Settle for what an erasure still removes.
func (f *Front) Close() { close(f.closing) }

// Settle waits for what an erasure still removes.
func (f *Front) Settle() { f.remains.Wait() }
