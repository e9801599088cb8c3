package front

import (
	"crypto/subtle"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"leadline/crm/server/access"
	"leadline/crm/wire"
)

// metrics are what Prometheus reads at /metrics. Nothing in them is about a person.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	inFlight prometheus.Gauge
	panics   prometheus.Counter
	signIns  *prometheus.CounterVec
	refused  *prometheus.CounterVec
	watchers prometheus.Gauge
	commands prometheus.Counter
	routes   *prometheus.CounterVec
}

func newMetrics(version string) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "leadline_http_requests_total", Help: "Requests by route and status."}, []string{"route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "leadline_http_request_seconds", Help: "How long requests took, by route.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}}, []string{"route"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{Name: "leadline_http_requests_in_flight", Help: "Requests being answered now."}),
		panics:   prometheus.NewCounter(prometheus.CounterOpts{Name: "leadline_panics_total", Help: "Requests that made the server panic."}),
		signIns:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "leadline_sign_ins_total", Help: "Attempts to sign in, by result."}, []string{"result"}),
		refused:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "leadline_refused_total", Help: "Requests that were refused as a whole, by code."}, []string{"code"}),
		watchers: prometheus.NewGauge(prometheus.GaugeOpts{Name: "leadline_watchers", Help: "Programs that are connected for hints."}),
		commands: prometheus.NewCounter(prometheus.CounterOpts{Name: "leadline_commands_total", Help: "Commands that were pushed."}),
		routes:   prometheus.NewCounterVec(prometheus.CounterOpts{Name: "leadline_routes_total", Help: "Questions of PBXs for a route, by answer."}, []string{"answer"}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{Name: "leadline_build_info", Help: "The version of this server; always 1.", ConstLabels: prometheus.Labels{"version": version}})
	build.Set(1)
	m.registry.MustRegister(build, m.requests, m.seconds, m.inFlight, m.panics, m.signIns, m.refused, m.watchers, m.commands, m.routes,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) request(route string, status int, took time.Duration) {
	m.requests.WithLabelValues(route, strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues(route).Observe(took.Seconds())
}

func (f *Front) showMetrics(w http.ResponseWriter, r *http.Request) {
	if err := f.mayMeasure(r); err != nil {
		f.refuse(w, r, err)
		return
	}
	promhttp.HandlerFor(f.metrics.registry, promhttp.HandlerOpts{}).ServeHTTP(w, r)
}

// mayMeasure says why somebody may not read the metrics.
func (f *Front) mayMeasure(r *http.Request) error {
	if f.MetricsToken == "" {
		if !fromHere(r) {
			return wire.Problem{Code: wire.Forbidden, Message: "metrics are for this machine, unless the server was given a token for them"}
		}
		return nil
	}
	if wait := f.limits.guesses.spent(addressOf(r)); wait > 0 {
		return tooMany(wait)
	}
	if subtle.ConstantTimeCompare([]byte(bearer(r)), []byte(f.MetricsToken)) != 1 {
		return problem(f.guessed(r, access.ErrNoToken))
	}
	return nil
}

// forwarding are the headers that a proxy adds to a request.
var forwarding = []string{"X-Forwarded-For", "Forwarded", "X-Real-Ip", "Via"}

// fromHere says whether a request was made on this machine, and did not come through a proxy on it.
func fromHere(r *http.Request) bool {
	return loopback(r.RemoteAddr) && !slices.ContainsFunc(forwarding, func(name string) bool { return len(r.Header[name]) > 0 })
}
