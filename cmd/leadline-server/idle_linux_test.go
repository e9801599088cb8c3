package main

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/replica/remote"
	"leadline/crm/wire"
)

const (
	idleAgents = 1000
	idleFor    = time.Minute // three pings each, and what it took to connect them is given back
)

// How much memory the real server takes for each thousand agents who are signed in, connected and do nothing, over TLS as
// programs do, and how much of a core when all of them are told of changes. Fifty share a sign-in.
func BenchmarkIdleAgents(b *testing.B) {
	s := shell{b, b.TempDir()}
	web := httptest.NewUnstartedServer(nil)
	web.StartTLS()
	defer web.Close()
	s.writeKey(web)
	s.do("user", "add", "-email", "anna@example.org", "-name", "Anna", "-role", "administrator", "-password-file", "-")
	said := &printed{}
	c := exec.Command(os.Args[0], "serve", "-listen", "127.0.0.1:0", "-database", s.database(), "-tls-cert", s.file("cert.pem"), "-tls-key", s.file("key.pem"))
	c.Env, c.Stdout, c.Stderr = append(os.Environ(), serverEnv+"=1"), said, said
	if err := c.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() { _ = c.Process.Kill(); _ = c.Wait() }()
	var address string
	for deadline := time.Now().Add(time.Minute); address == ""; time.Sleep(5 * time.Millisecond) {
		if m := listens.FindStringSubmatch(said.String()); m != nil {
			address = m[1]
		}
		if time.Now().After(deadline) {
			b.Fatalf("the server does not listen: %s", said)
		}
	}
	agents := &idle{b: b, address: address, transport: web.Client().Transport}
	for b.Loop() {
		ctx, stop := context.WithCancel(b.Context())
		agents.connect(ctx, 1)
		time.Sleep(idleFor)
		before := pss(b, c.Process.Pid)
		agents.connect(ctx, idleAgents)
		time.Sleep(idleFor)
		after := pss(b, c.Process.Pid)
		b.ReportMetric(before, "MB-with-1")
		b.ReportMetric(after-before, fmt.Sprintf("MB-for-%d-more", idleAgents))
		took, told := agents.tellAll(c.Process.Pid)
		b.ReportMetric(float64(took.Microseconds())/float64(told), "µs-of-a-core-to-tell-one")
		b.ReportMetric(float64(told), "told")
		stop()
		agents.over.Wait()
	}
}

func (s shell) file(name string) string { return filepath.Join(s.dir, name) }

// writeKey has our server take the certificate of another, whose client trusts it.
func (s shell) writeKey(web *httptest.Server) {
	s.t.Helper()
	pair := web.TLS.Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		s.t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{"cert.pem": {Type: "CERTIFICATE", Bytes: pair.Certificate[0]}, "key.pem": {Type: "PRIVATE KEY", Bytes: key}} {
		if err := os.WriteFile(s.file(name), pem.EncodeToMemory(block), 0o600); err != nil {
			s.t.Fatal(err)
		}
	}
}

// idle are agents who do nothing.
type idle struct {
	b         *testing.B
	address   string
	transport http.RoundTripper
	over      sync.WaitGroup
	heard     atomic.Int64
	last      *remote.Client // that signed in last
}

const (
	changesASecond = 20
	changing       = 10 * time.Second
)

// tellAll has one program change something again and again, and says how long the server computes meanwhile, and how many agents
// it tells, each time counted. What the commits take is in it.
func (a *idle) tellAll(pid int) (took time.Duration, told int64) {
	a.b.Helper()
	p := &program{t: a.b, client: a.last, id: newID(a.b)}
	p.hello(0)
	began, ticks, heard := time.Now(), processorTime(a.b, pid), a.heard.Load()
	for every := time.NewTicker(time.Second / changesASecond); time.Since(began) < changing; <-every.C {
		p.push(crm.CreateContact{Contact: crm.Contact{ID: newID(a.b), FirstName: "Sabine", LastName: "Meier"}})
	}
	time.Sleep(time.Second) // the last are told
	return processorTime(a.b, pid) - ticks, a.heard.Load() - heard
}

// processorTime is what a process has taken so far.
func processorTime(b *testing.B, pid int) time.Duration {
	b.Helper()
	all, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(all), ") ")
	fields := strings.Fields(rest)
	var ticks int64
	for _, field := range fields[11:13] { // utime and stime, in hundredths (proc(5))
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			b.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

// from has requests come from an address of an office, as a proxy says it.
type from struct {
	http.RoundTripper
	address string
}

func (f from) RoundTrip(r *http.Request) (*http.Response, error) {
	r.Header.Set("X-Forwarded-For", f.address)
	return f.RoundTripper.RoundTrip(r)
}

// connect signs agents in and connects them, until the context ends.
func (a *idle) connect(ctx context.Context, n int) {
	a.b.Helper()
	connected := make(chan struct{}, n)
	var client *remote.Client
	for i := range n {
		if i%50 == 0 {
			var err error
			if client, err = remote.New(remote.Options{URL: a.address, Device: wire.DeviceInfo{ID: newID(a.b), Name: "laptop"},
				HTTP: &http.Client{Transport: from{a.transport, fmt.Sprintf("10.0.0.%d", i/50)}}}); err == nil {
				_, err = client.SignIn(ctx, "anna@example.org", "a long password")
			}
			if err != nil {
				a.b.Fatal(err)
			}
		}
		mine := client
		a.last = client
		a.over.Go(func() {
			first := true
			err := mine.Watch(ctx, func(wire.Hint) {
				a.heard.Add(1)
				if first {
					connected <- struct{}{}
				}
				first = false
			})
			if ctx.Err() == nil {
				a.b.Error("an agent is cut off:", err)
			}
		})
	}
	for range n {
		select {
		case <-connected:
		case <-time.After(time.Minute):
			a.b.Fatal("not all are connected")
		}
	}
}

// pss is what a process takes of the memory, in MB.
func pss(b *testing.B, pid int) float64 {
	b.Helper()
	all, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(string(all)) {
		var kb float64
		if _, err := fmt.Sscanf(line, "Pss: %f kB", &kb); err == nil {
			return kb / 1000
		}
	}
	b.Fatal("the system does not tell")
	return 0
}
