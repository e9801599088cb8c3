package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"leadline/cmd/leadline/config"
	"leadline/crm/disk"
	"leadline/phone"
)

// reportFile is in the data directory: what `leadline report` writes out. It holds the last calls,
// and is replaced after each.
const reportFile = "last-calls.txt"

// reportAfter is how long after a call's end its report is written: the answer to a BYE belongs to it.
const reportAfter = 2 * time.Second

// reporter has the report written once calls have ended, and passes on what it hears.
type reporter struct {
	phone.Listener
	write func()

	mu    sync.Mutex
	timer *time.Timer
}

// CallChanged is phone.Listener's.
func (r *reporter) CallChanged(c phone.Call) {
	r.Listener.CallChanged(c)
	if c.State != phone.Ended {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.timer != nil {
		r.timer.Stop() // of several calls that end together, one report
	}
	r.timer = time.AfterFunc(reportAfter, r.write)
}

// stop writes nothing any more.
func (r *reporter) stop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.timer != nil && r.timer.Stop() {
		r.write()
	}
}

// writeReport replaces the report in the data directory.
func (p *program) writeReport() {
	var b bytes.Buffer
	err := p.phone.WriteReport(&b)
	if err == nil {
		err = disk.WriteFile(filepath.Join(p.config().Data, reportFile), b.Bytes())
	}
	if err != nil {
		p.log.Warn("write the report of the last calls", "error", err)
	}
}

// CallReport is the report of the last calls, for the network's administrator.
func (s settings) CallReport() (string, error) {
	var b bytes.Buffer
	err := s.phone.WriteReport(&b)
	return b.String(), err
}

// reportCommand writes the report of the last calls to a file, or to out for "-" and for none.
func reportCommand(load func() (config.Config, error), args []string, out io.Writer) error {
	flags := flag.NewFlagSet("report", flag.ContinueOnError)
	if helped, err := parse(flags, args, usage, out); helped || err != nil {
		return err
	}
	if flags.NArg() > 1 {
		return usageError("report", errors.New("it needs the name of one file, or none"), usage)
	}
	c, err := load()
	if err != nil {
		return err
	}
	report, err := os.ReadFile(filepath.Join(c.Data, reportFile))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no report yet: it is written when a call has ended (%w)", err)
	}
	if err != nil {
		return fmt.Errorf("read the report of the last calls: %w", err)
	}
	if to := flags.Arg(0); to == "" || to == "-" {
		_, err = out.Write(report)
		return err
	}
	return disk.WriteFile(flags.Arg(0), report)
}
