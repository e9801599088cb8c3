package remote_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/replica/remote"
	"leadline/crm/server/ledger"
	"leadline/crm/server/rig/company"
	"leadline/crm/wire"
)

// listening is set for the process that BenchmarkFanOutToAnotherProcess has listen.
const listening = "LEADLINE_TEST_LISTENING"

func TestMain(m *testing.M) {
	if os.Getenv(listening) != "" {
		if err := listen(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// audience is who listens, in a process of their own.
type audience struct {
	Server, Raw string // where they connect: a URL, and host:port; "" is not at all
	Email       string
	Devices     []crm.ID
	Connections int
	Size        int // of a raw message
}

// arrival is when somebody has heard of something, by its number. Both processes have the clock of the machine.
type arrival struct {
	N  uint64
	At int64 // Unix nanoseconds
}

// heardAll are the arrivals at all connections.
type heardAll struct {
	mu  sync.Mutex
	all []arrival
}

func (h *heardAll) add(n uint64) {
	a := arrival{n, time.Now().UnixNano()}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.all = append(h.all, a)
}

// listen connects as it is told, says so, and tells what it has heard when it is told no more.
func listen(in io.Reader, out io.Writer) error {
	var a audience
	commands := json.NewDecoder(in)
	if err := commands.Decode(&a); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	heard, connected := &heardAll{}, make(chan error, a.Connections)
	for i := range a.Connections {
		if a.Raw != "" {
			go func() { connected <- hearRaw(a, heard) }()
			continue
		}
		if i%perDevice == 0 {
			if err := hear(ctx, a, i/perDevice, min(perDevice, a.Connections-i), heard, connected); err != nil {
				return err
			}
		}
	}
	for range a.Connections {
		if err := <-connected; err != nil {
			return err
		}
	}
	if _, err := fmt.Fprintln(out, "connected"); err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, in); err != nil {
		return err
	}
	heard.mu.Lock()
	defer heard.mu.Unlock()
	return json.NewEncoder(out).Encode(heard.all)
}

// perDevice is how many connections share a sign-in.
const perDevice = 50

// hear has a device connect as programs do, several times.
func hear(ctx context.Context, a audience, device, connections int, heard *heardAll, connected chan<- error) error {
	client, err := remote.New(remote.Options{URL: a.Server, Device: wire.DeviceInfo{ID: a.Devices[device], Name: "laptop"},
		HTTP: &http.Client{Transport: from{fmt.Sprintf("10.0.0.%d", device)}}})
	if err != nil {
		return err
	}
	if _, err := client.SignIn(ctx, a.Email, company.Password); err != nil {
		return err
	}
	for range connections {
		go func() {
			first := true
			err := client.Watch(ctx, func(h wire.Hint) {
				if !first {
					heard.add(h.Rev)
					return
				}
				first = false
				connected <- nil
			})
			if first {
				connected <- err
			}
		}()
	}
	return nil
}

// hearRaw reads messages that begin with their number.
func hearRaw(a audience, heard *heardAll) error {
	conn, err := net.Dial("tcp", a.Raw)
	if err != nil {
		return err
	}
	go func() {
		defer conn.Close()
		message := make([]byte, a.Size)
		for {
			if _, err := io.ReadFull(conn, message); err != nil {
				return
			}
			heard.add(binary.BigEndian.Uint64(message))
		}
	}()
	return nil
}

// elsewhere starts a process that listens; over gives what it has heard.
func elsewhere(b *testing.B, a audience) (over func() []arrival) {
	b.Helper()
	c := exec.Command(os.Args[0])
	c.Env, c.Stderr = append(os.Environ(), listening+"=1"), os.Stderr
	in := must(c.StdinPipe())(b)
	out := bufio.NewReader(must(c.StdoutPipe())(b))
	if err := c.Start(); err != nil {
		b.Fatal(err)
	}
	if err := json.NewEncoder(in).Encode(a); err != nil {
		b.Fatal(err)
	}
	if line, err := out.ReadString('\n'); err != nil || line != "connected\n" {
		b.Fatalf("the listeners say %q, %v", line, err)
	}
	return func() (all []arrival) {
		b.Helper()
		if err := in.Close(); err != nil {
			b.Fatal(err)
		}
		if err := json.NewDecoder(out).Decode(&all); err != nil {
			b.Fatal(err)
		}
		if err := c.Wait(); err != nil {
			b.Fatal(err)
		}
		return all
	}
}

// processorTime is what this process has used so far.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// design.md: a change is heard of by a thousand programs, p99 ≤ 2 × a raw TCP fan-out of as many bytes to as many connections. Here who
// listens is another process, whose work is not the server's. The clock starts as the server has committed. Processor time is the
// server's alone, for a change and one connection; of the server's its commit is a part.
func BenchmarkFanOutToAnotherProcess(b *testing.B) {
	for _, connections := range []int{100, 1000} {
		b.Run(fmt.Sprint(connections), func(b *testing.B) {
			for b.Loop() {
				raw, rawUsed := rawElsewhere(b, connections, 700)
				ours, used := hintsElsewhere(b, connections)
				for name, p := range map[string]float64{"p50": .5, "p99": .99} {
					r, o := quantile(raw, p), quantile(ours, p)
					b.ReportMetric(milliseconds(r), "raw-ms-"+name)
					b.ReportMetric(milliseconds(o), "heard-ms-"+name)
					b.ReportMetric(float64(o)/float64(r), "×-raw-"+name)
				}
				each := float64(connections * fanOutRounds)
				b.ReportMetric(float64(rawUsed.Nanoseconds())/1000/each, "raw-processor-µs")
				b.ReportMetric(float64(used.Nanoseconds())/1000/each, "server-processor-µs")
			}
		})
	}
}

// took is how long each arrival took after its beginning.
func took(b *testing.B, began map[uint64]int64, all []arrival, connections int) (each []time.Duration) {
	b.Helper()
	for _, a := range all {
		if at, ok := began[a.N]; ok {
			each = append(each, time.Duration(a.At-at))
		}
	}
	if len(each) != connections*fanOutRounds {
		b.Fatalf("%d arrivals, want %d", len(each), connections*fanOutRounds)
	}
	return each
}

func hintsElsewhere(b *testing.B, connections int) ([]time.Duration, time.Duration) {
	b.Helper()
	c := newOffice(b)
	petra := c.user("Petra", "petra@example.org")
	a := audience{Server: c.URL, Email: petra.Email, Connections: connections}
	for range (connections + perDevice - 1) / perDevice {
		a.Devices = append(a.Devices, c.ID())
	}
	over := elsewhere(b, a)
	engine := c.Engine
	began, tell := map[uint64]int64{}, engine.Committed
	engine.Committed = func(workspace crm.ID, rev uint64) { // by who saves, below
		began[rev] = time.Now().UnixNano()
		tell(workspace, rev)
	}
	before := processorTime(b)
	for range fanOutRounds {
		time.Sleep(roundEvery)
		id := must(crm.NewID(time.Now(), rand.Reader))(b)
		if err := c.Do(b.Context(), c.Workspace, ledger.Sender{System: true}, crm.CreateContact{Contact: crm.Contact{ID: id, FirstName: "Sabine", LastName: "Meier",
			Emails: []crm.Email{{Address: "sabine.meier@example.org"}}, Numbers: []crm.Number{crm.Parse("+493020948812", "DE").Number(crm.LabelWork)}}}); err != nil {
			b.Fatal(err)
		}
	}
	time.Sleep(settled)
	used := processorTime(b) - before
	return took(b, began, over(), connections), used
}

// settled is after which everybody has heard of the last change.
const settled = 2 * time.Second

// rawElsewhere has one writer for each connection, as the server has.
func rawElsewhere(b *testing.B, connections, size int) ([]time.Duration, time.Duration) {
	b.Helper()
	port := must(net.Listen("tcp", "127.0.0.1:0"))(b)
	defer port.Close()
	wake := make([]chan uint64, connections)
	var writers sync.WaitGroup
	accepted := make(chan error, 1)
	go func() {
		for i := range wake {
			wake[i] = make(chan uint64, fanOutRounds)
			conn, err := port.Accept()
			if err != nil {
				accepted <- err
				return
			}
			writers.Go(func() {
				defer conn.Close()
				message := make([]byte, size)
				for n := range wake[i] {
					binary.BigEndian.PutUint64(message, n)
					if _, err := conn.Write(message); err != nil {
						return
					}
				}
			})
		}
		accepted <- nil
	}()
	over := elsewhere(b, audience{Raw: port.Addr().String(), Connections: connections, Size: size})
	if err := <-accepted; err != nil {
		b.Fatal(err)
	}
	began, before := map[uint64]int64{}, processorTime(b)
	for n := range uint64(fanOutRounds) {
		time.Sleep(roundEvery)
		began[n] = time.Now().UnixNano()
		for _, w := range wake {
			w <- n
		}
	}
	time.Sleep(settled)
	used := processorTime(b) - before
	all := over()
	for _, w := range wake {
		close(w)
	}
	writers.Wait()
	return took(b, began, all, connections), used
}
