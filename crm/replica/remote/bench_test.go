package remote_test

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/replica"
	"leadline/crm/replica/remote"
	"leadline/crm/server"
	"leadline/crm/server/ledger"
	"leadline/crm/server/rig/company"
	"leadline/crm/wire"
)

const (
	fanOutRounds = 60
	roundEvery   = 100 * time.Millisecond // agents do not change something all at the same time
	files        = 40                     // of the connected programs that have a real file; the others only read what they are told
)

// design.md: a change is in another agent's file, with 1, 100 and 1,000 connected; p99 ≤ 2 × a raw TCP fan-out of as many bytes to
// as many connections, in the same process. The clock starts as Anna saves, so that two commits are in it which the raw fan-out has
// not: in her own file and on the server, each with its fsync. When the server had committed it is told besides, and how long it
// took from there into the files.
func BenchmarkFanOut(b *testing.B) {
	for _, connected := range []int{1, 100, 1000} {
		b.Run(fmt.Sprint(connected), func(b *testing.B) {
			for b.Loop() {
				raw := rawFanOut(b, connected, 700)
				ours := fanOut(b, connected)
				for _, p := range []struct {
					name string
					at   float64
				}{{"p50", .5}, {"p99", .99}} {
					r, o := quantile(raw, p.at), quantile(ours.files, p.at)
					b.ReportMetric(milliseconds(r), "raw-ms-"+p.name)
					b.ReportMetric(milliseconds(o), "file-ms-"+p.name)
					b.ReportMetric(float64(o)/float64(r), "×-raw-"+p.name)
					b.ReportMetric(milliseconds(quantile(ours.committed, p.at)), "committed-ms-"+p.name)
					b.ReportMetric(milliseconds(quantile(ours.after, p.at)), "from-commit-to-file-ms-"+p.name)
				}
			}
		})
	}
}

func quantile(all []time.Duration, p float64) time.Duration {
	slices.Sort(all)
	return all[int(p*float64(len(all)-1))]
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// fannedOut is how long what Anna did took: until the server had committed it, from there into others' files, and both together.
type fannedOut struct{ committed, after, files []time.Duration }

// fanOut is how long it takes from what Anna does in her program until it is in others' files.
func fanOut(b *testing.B, connected int) fannedOut {
	b.Helper()
	c := newOffice(b)
	arrivals := newArrivals()
	engine := c.Engine
	tell := engine.Committed
	engine.Committed = func(workspace crm.ID, rev uint64) {
		arrivals.commit()
		tell(workspace, rev)
	}
	c.user("Anna", "anna@example.org")
	c.user("Petra", "petra@example.org")
	anna := c.desk("anna@example.org")
	anna.live()
	for range min(connected, files) {
		d := c.desk("petra@example.org")
		b.Cleanup(d.OnChange(arrivals.changed))
		d.live()
	}
	c.listeners(b, "petra@example.org", connected-files)
	for range fanOutRounds {
		time.Sleep(roundEvery)
		id := anna.NewID()
		arrived := arrivals.expect(id, min(connected, files))
		if err := anna.Do(context.Background(), crm.CreateContact{Contact: crm.Contact{ID: id, FirstName: "Sabine", LastName: "Meier",
			Emails: []crm.Email{{Address: "sabine.meier@example.org"}}, Numbers: []crm.Number{crm.Parse("+493020948812", "DE").Number(crm.LabelWork)}}}); err != nil {
			b.Fatal(err)
		}
		select {
		case <-arrived:
		case <-time.After(soon):
			b.Fatal("not everybody has it")
		}
	}
	return arrivals.took
}

// arrivals are when files had what was waited for.
type arrivals struct {
	mu        sync.Mutex
	id        crm.ID
	began     time.Time
	committed time.Time
	left      int
	all       chan struct{}
	took      fannedOut
}

// commit is called as the server has committed something: nobody but Anna does anything meanwhile.
func (a *arrivals) commit() {
	now := time.Now()
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.left > 0 && a.committed.IsZero() {
		a.committed = now
		a.took.committed = append(a.took.committed, now.Sub(a.began))
	}
}

func newArrivals() *arrivals { return &arrivals{} }

func (a *arrivals) expect(id crm.ID, files int) <-chan struct{} {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.id, a.began, a.committed, a.left, a.all = id, time.Now(), time.Time{}, files, make(chan struct{})
	return a.all
}

func (a *arrivals) changed(c crm.Changed) {
	now := time.Now()
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.left == 0 || !slices.ContainsFunc(c.Refs, func(r crm.Ref) bool { return r.ID == a.id }) {
		return
	}
	a.took.files = append(a.took.files, now.Sub(a.began))
	a.took.after = append(a.took.after, now.Sub(a.committed))
	if a.left--; a.left == 0 {
		close(a.all)
	}
}

// listeners connect programs that read what they are told. Fifty share a sign-in.
func (c *office) listeners(b *testing.B, email string, n int) {
	b.Helper()
	ctx, stop := context.WithCancel(context.Background())
	var all sync.WaitGroup
	b.Cleanup(func() { stop(); all.Wait() })
	connected := make(chan struct{}, max(n, 0))
	var client *remote.Client
	for i := range n {
		if i%50 == 0 {
			client = must(remote.New(remote.Options{URL: c.URL, Device: wire.DeviceInfo{ID: c.ID(), Name: "laptop"},
				HTTP: &http.Client{Transport: from{fmt.Sprintf("10.0.0.%d", i/50)}}}))(b)
			if _, err := client.SignIn(ctx, email, company.Password); err != nil {
				b.Fatal(err)
			}
		}
		mine := client
		all.Go(func() {
			first := true
			err := mine.Watch(ctx, func(wire.Hint) {
				if first {
					connected <- struct{}{}
				}
				first = false
			})
			if ctx.Err() == nil {
				b.Error("a listener is cut off:", err)
			}
		})
	}
	for range n {
		select {
		case <-connected:
		case <-time.After(soon):
			b.Fatal("not all are connected")
		}
	}
}

// from has requests come from an address, as a proxy says it.
type from struct{ address string }

func (f from) RoundTrip(r *http.Request) (*http.Response, error) {
	r.Header.Set("X-Forwarded-For", f.address)
	return http.DefaultTransport.RoundTrip(r)
}

// rawFanOut is how long as many bytes take to each of so many plain connections, from one writer for each, as the server has.
func rawFanOut(b *testing.B, connections, size int) (took []time.Duration) {
	b.Helper()
	port, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer port.Close()
	var mu sync.Mutex
	var all sync.WaitGroup
	defer all.Wait()
	wake := make([]chan time.Time, connections)
	var round sync.WaitGroup
	for i := range wake {
		wake[i] = make(chan time.Time, 1)
		reader, err := net.Dial("tcp", port.Addr().String())
		if err != nil {
			b.Fatal(err)
		}
		defer reader.Close()
		writer, err := port.Accept()
		if err != nil {
			b.Fatal(err)
		}
		defer writer.Close()
		all.Go(func() {
			message := make([]byte, size)
			for began := range wake[i] {
				binary.BigEndian.PutUint64(message, uint64(began.UnixNano()))
				if _, err := writer.Write(message); err != nil {
					return
				}
			}
		})
		all.Go(func() {
			message := make([]byte, size)
			for {
				if _, err := io.ReadFull(reader, message); err != nil {
					return
				}
				d := time.Since(time.Unix(0, int64(binary.BigEndian.Uint64(message))))
				mu.Lock()
				took = append(took, d)
				mu.Unlock()
				round.Done()
			}
		})
	}
	for range fanOutRounds {
		time.Sleep(roundEvery)
		round.Add(connections)
		began := time.Now()
		for _, w := range wake {
			w <- began
		}
		round.Wait()
	}
	for _, w := range wake {
		close(w)
	}
	return took
}

// design.md: a new device with a million records; at most 8 × as long as the raw transfer of the same file over the same HTTP. The file is
// the ready one, as it is on the disk in the end; what goes over the network is compressed, which is told besides. The index for the
// search is made afterwards, in the background, while one works already.
func BenchmarkNewDevice(b *testing.B) {
	for _, records := range []int{100_000, 1_000_000} {
		b.Run(fmt.Sprint(records), func(b *testing.B) { newDevice(b, records) })
	}
}

func newDevice(b *testing.B, records int) {
	const piece = 1000
	c := newOffice(b)
	anna := c.user("Anna", "anna@example.org")
	var last crm.ID
	for from := 0; from < records; from += piece {
		var some crm.ImportContacts
		for i := from; i < from+piece; i++ {
			last = c.ID()
			some.Contacts = append(some.Contacts, crm.Contact{ID: last, FirstName: fmt.Sprint("Sabine ", i%997), LastName: fmt.Sprint("Meier ", i),
				Created: time.Now(), Updated: time.Now(), Numbers: []crm.Number{crm.Parse(fmt.Sprintf("+4930%07d", i), "DE").Number(crm.LabelWork)}})
		}
		if err := c.Do(b.Context(), c.Workspace, ledger.Sender{System: true}, some); err != nil {
			b.Fatal(err)
		}
	}
	began := time.Now()
	m := must(c.Snapshots.Build(b.Context(), server.Sender{Workspace: c.Workspace, User: anna.ID}))(b)
	client := must(remote.New(remote.Options{URL: c.URL, Device: wire.DeviceInfo{ID: c.ID(), Name: "laptop"}}))(b)
	if _, err := client.SignIn(b.Context(), "anna@example.org", company.Password); err != nil || m.Rows < uint64(records) {
		b.Fatalf("%+v %v", m, err)
	}
	pages := time.Since(began)
	began = time.Now()
	must(c.Snapshots.AddFile(b.Context(), server.Sender{Workspace: c.Workspace, User: anna.ID}))(b)
	offer, _, err := c.Snapshots.Offer(b.Context(), server.Sender{Workspace: c.Workspace, User: anna.ID})
	if err != nil || offer.File == nil {
		b.Fatalf("%+v %v", offer, err)
	}
	file := time.Since(began)
	packed := *offer
	packed.Name, packed.Bytes = offer.Name+wire.ReadySuffix, offer.File.Bytes
	var raw, compressed, signedIn, ours time.Duration
	for b.Loop() {
		raw += rawTransfer(b, offer.File.Size)
		began := time.Now()
		body := must(client.Snapshot(b.Context(), packed, 0))(b)
		if n, err := io.Copy(io.Discard, body); err != nil || n != packed.Bytes {
			b.Fatalf("%d of %d bytes: %v", n, packed.Bytes, err)
		}
		_ = body.Close()
		compressed += time.Since(began)
		began = time.Now()
		d := c.desk("anna@example.org")
		signedIn += time.Since(began)
		d.within(10*time.Minute, "live", func(s replica.Status) bool { return s.State == replica.Live && s.Waiting == 0 })
		ours += time.Since(began)
		if !d.has(crm.Ref{Kind: crm.KindContact, ID: last}) {
			b.Fatal("the last record is not there")
		}
		d.stop() // and does not index while the next is measured
		if err := d.Close(); err != nil {
			b.Fatal(err)
		}
	}
	for name, all := range map[string]time.Duration{"raw-s": raw, "raw-compressed-s": compressed, "signed-in-s": signedIn, "ready-s": ours} {
		b.ReportMetric(all.Seconds()/float64(b.N), name)
	}
	b.ReportMetric(ours.Seconds()/raw.Seconds(), "×-raw")
	b.ReportMetric(pages.Seconds(), "server-makes-pages-s")
	b.ReportMetric(file.Seconds(), "server-makes-file-s")
	b.ReportMetric(float64(offer.File.Size)/1e6, "MB")
	b.ReportMetric(float64(offer.File.Bytes)/1e6, "MB-compressed")
}

// rawTransfer is how long a file of that size takes by plain HTTP on this machine, to somebody who throws it away.
func rawTransfer(b *testing.B, size int64) time.Duration {
	b.Helper()
	path := filepath.Join(b.TempDir(), "file")
	data := make([]byte, size)
	_, _ = rand.Read(data)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		b.Fatal(err)
	}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, path) }))
	defer web.Close()
	began := time.Now()
	response := must(http.Get(web.URL))(b)
	defer response.Body.Close()
	if n, err := io.Copy(io.Discard, response.Body); err != nil || n != size {
		b.Fatalf("%d of %d bytes: %v", n, size, err)
	}
	return time.Since(began)
}
