package rig

import (
	"encoding/csv"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// SIPpOptions are one run of SIPp.
type SIPpOptions struct {
	// Scenario is the XML that is sent and expected. The scenario's own keywords
	// work: [service], [remote_ip], [field0] …
	Scenario string
	Target   string // host:port; "" waits for calls
	Service  string // [service], the user called
	Calls    int    // default 1
	Rate     int    // calls begun per second; default 1
	// Fields is one line of values per call, [field0], [field1] …
	Fields [][]string
	Keys   map[string]string // [name] in the scenario
	Limit  time.Duration     // for the whole run; default 30 s
	Turn   time.Duration     // how long it may wait before that until somebody calls
	Media  bool              // give [media_port] a port range of its own
	Echo   bool              // send back the sound that comes
	TCP    bool
}

// SIPp is a run in progress.
type SIPp struct {
	Port int
	Dir  string

	t       testing.TB
	process *Process
	calls   int
	limit   time.Duration
}

// SIPpResult is what came of a run.
type SIPpResult struct {
	Passed, Failed int
	// Times are the response times of <send start_rtd="1"> … <recv rtd="1">.
	Times  []time.Duration
	Errors string // what was unexpected, in SIPp's words
}

// RunSIPp runs a scenario to its end; the test fails unless every call passed.
func RunSIPp(t testing.TB, opt SIPpOptions) SIPpResult {
	t.Helper()
	return StartSIPp(t, opt).Passed()
}

// StartSIPp starts a scenario and goes on.
func StartSIPp(t testing.TB, opt SIPpOptions) *SIPp {
	t.Helper()
	Need(t, "sipp", "ss")
	limit := opt.Limit
	if limit == 0 {
		limit = 30 * time.Second
	}
	s := &SIPp{Port: FreePort(t), Dir: folder(t), t: t, calls: max(opt.Calls, 1), limit: limit}
	write(t, filepath.Join(s.Dir, "scenario.xml"), "%s", opt.Scenario)
	rate := max(opt.Rate, 1)
	if s.calls == 1 {
		rate = 100 // else SIPp waits a second before its only call
	}
	args := []string{
		"-sf", "scenario.xml", "-i", "127.0.0.1", "-p", itoa(s.Port), "-nostdin",
		"-m", itoa(s.calls), "-r", itoa(rate), "-l", "1000",
		"-timeout", fmt.Sprintf("%ds", int((limit + opt.Turn).Seconds())), "-timeout_error",
		"-trace_stat", "-stf", "stat.csv", "-fd", "1",
		"-trace_rtt", "-rtt_freq", "1",
		"-trace_err", "-error_file", "errors.log",
	}
	if opt.Service != "" {
		args = append(args, "-s", opt.Service)
	}
	if opt.Echo {
		args = append(args, "-rtp_echo", "-mp", itoa(FreePorts(t, 4)), "-mi", "127.0.0.1")
	}
	if opt.Media {
		args = append(args, "-min_rtp_port", itoa(FreePorts(t, 20)), "-mi", "127.0.0.1")
	}
	if opt.TCP {
		args = append(args, "-t", "t1")
	}
	for k, v := range opt.Keys {
		args = append(args, "-key", k, v)
	}
	if len(opt.Fields) > 0 {
		lines := "SEQUENTIAL\n"
		for _, f := range opt.Fields {
			lines += strings.Join(f, ";") + "\n"
		}
		write(t, filepath.Join(s.Dir, "fields.csv"), "%s", lines)
		args = append(args, "-inf", "fields.csv")
	}
	if opt.Target != "" {
		args = append(args, opt.Target)
	}
	cmd := command("sipp", args...)
	cmd.Dir = s.Dir
	// Its screen is drawn with escape sequences that nobody will read.
	cmd.Env = append(os.Environ(), "TERM=dumb")
	s.process = Start(t, "sipp", cmd)
	if opt.Target == "" {
		// Calls may come as soon as its socket is there.
		Eventually(t, 30*time.Second, "sipp listens", func() (bool, string) {
			out, _ := AskQuietly(exec.Command("ss", "-lntuH", "sport", "=", ":"+itoa(s.Port)))
			return len(out) > 0, "no socket"
		})
	}
	return s
}

// Addr is where it listens.
func (s *SIPp) Addr() string { return Loopback(s.Port) }

// Process is the running program.
func (s *SIPp) Process() *Process { return s.process }

// Passed waits for the end; the test fails unless every call passed.
func (s *SIPp) Passed() SIPpResult {
	s.t.Helper()
	r := s.Result()
	if err := s.process.Err(); err != nil || r.Failed > 0 || r.Passed < s.calls {
		s.t.Fatalf("sipp: %d passed, %d failed of %d, %v\n%s", r.Passed, r.Failed, s.calls, err, r.Errors)
	}
	return r
}

// Result waits for the end and tells what came of it.
func (s *SIPp) Result() SIPpResult {
	s.t.Helper()
	select {
	case <-s.process.Done():
	case <-time.After(s.limit + patience): // its own limit has ended it before
		s.process.Kill()
	}
	var r SIPpResult
	if b, err := os.ReadFile(filepath.Join(s.Dir, "errors.log")); err == nil {
		r.Errors = string(b)
	}
	rows := s.table("stat.csv")
	if len(rows) > 1 {
		last := rows[len(rows)-1]
		r.Passed = number(rows[0], last, "SuccessfulCall(C)")
		r.Failed = number(rows[0], last, "FailedCall(C)")
	}
	files, _ := filepath.Glob(filepath.Join(s.Dir, "scenario_*_rtt.csv"))
	for _, f := range files {
		for _, row := range s.table(filepath.Base(f))[1:] {
			if ms, err := strconv.ParseFloat(row[1], 64); err == nil {
				r.Times = append(r.Times, time.Duration(ms*float64(time.Millisecond)))
			}
		}
	}
	return r
}

func (s *SIPp) table(name string) [][]string {
	s.t.Helper()
	f, err := os.Open(filepath.Join(s.Dir, name))
	if err != nil {
		return nil
	}
	defer f.Close()
	c := csv.NewReader(f)
	c.Comma, c.FieldsPerRecord = ';', -1
	rows, err := c.ReadAll()
	if err != nil {
		s.t.Fatalf("sipp's %s: %v", name, err)
	}
	return rows
}

func number(head, row []string, column string) int {
	i := slices.Index(head, column)
	if i < 0 || i >= len(row) {
		return -1
	}
	n, _ := strconv.Atoi(row[i])
	return n
}
