package front

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"leadline/crm/server/recordings"
)

// soundMetrics are the metrics of recordings. The database is asked when they are read, at most once in countEvery.
type soundMetrics struct {
	recordings *recordings.Recordings
	log        *slog.Logger
	now        func() time.Time

	mu      sync.Mutex
	counted time.Time
	stock   recordings.Stock
}

const (
	countEvery = time.Minute
	countTime  = 5 * time.Second
)

var (
	soundCount  = prometheus.NewDesc("leadline_recordings", "Recordings that are kept, and those that arrive.", []string{"state"}, nil)
	soundBytes  = prometheus.NewDesc("leadline_recordings_bytes", "Bytes of the recordings that are kept.", nil, nil)
	soundFailed = prometheus.NewDesc("leadline_recordings_failed_total", "Times that a recording could not be taken: no room, damaged, or a disk or database that fails.", nil, nil)
)

// Describe is prometheus.Collector's.
func (m *soundMetrics) Describe(to chan<- *prometheus.Desc) {
	to <- soundCount
	to <- soundBytes
	to <- soundFailed
}

// Collect is prometheus.Collector's. What cannot be counted is left out.
func (m *soundMetrics) Collect(to chan<- prometheus.Metric) {
	to <- prometheus.MustNewConstMetric(soundFailed, prometheus.CounterValue, float64(m.recordings.Failed()))
	m.mu.Lock()
	defer m.mu.Unlock()
	if now := m.now(); m.counted.IsZero() || now.Sub(m.counted) >= countEvery {
		ctx, cancel := context.WithTimeout(context.Background(), countTime)
		defer cancel()
		stock, err := m.recordings.Stock(ctx)
		if err != nil {
			m.log.Warn("recordings could not be counted", "error", err)
			return
		}
		m.stock, m.counted = stock, now
	}
	to <- prometheus.MustNewConstMetric(soundCount, prometheus.GaugeValue, float64(m.stock.Kept), "kept")
	to <- prometheus.MustNewConstMetric(soundCount, prometheus.GaugeValue, float64(m.stock.Arriving), "arriving")
	to <- prometheus.MustNewConstMetric(soundBytes, prometheus.GaugeValue, float64(m.stock.Bytes))
}
