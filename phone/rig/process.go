package rig

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Process is a program that a test has started. Its methods may be called from
// any goroutine.
type Process struct {
	Name string
	PID  int

	cmd  *exec.Cmd
	log  *output
	done chan struct{}
	err  error // of Wait; read it after done
}

// Start runs a program in a process group of its own and ends it with the test.
func Start(t testing.TB, name string, cmd *exec.Cmd) *Process {
	t.Helper()
	p, err := start(name, cmd)
	if err != nil {
		t.Fatalf("start %s: %v", name, err)
	}
	t.Cleanup(func() {
		p.Stop()
		if t.Failed() {
			t.Logf("== %s said:\n%s", name, p.log.tail(16<<10))
		}
	})
	return p
}

func start(name string, cmd *exec.Cmd) (*Process, error) {
	p := &Process{Name: name, cmd: cmd, log: newOutput(), done: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = p.log, p.log
	// Grandchildren may keep the pipe open after the program has ended.
	cmd.WaitDelay = time.Second
	// The program must also end when the test binary is killed, say by go test's
	// timeout. Linux sends Pdeathsig when the *thread* that started it ends, so that
	// thread is kept until the program is gone.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err != nil {
			return
		}
		p.err = cmd.Wait()
		p.log.end()
		close(p.done)
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	p.PID = cmd.Process.Pid
	return p, nil
}

// guard has the program's children end with the test binary, too: Pdeathsig reaches only the program itself. A shell
// in their process group reads from a pipe whose other end is ours alone, and ends the group when that is closed.
func (p *Process) guard(t testing.TB) {
	t.Helper()
	watch := exec.Command("sh", "-c", "read -r _; kill -s KILL 0")
	watch.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pgid: p.PID}
	pipe, err := watch.StdinPipe()
	if err == nil {
		err = watch.Start()
	}
	if err != nil {
		t.Fatalf("watch over %s: %v", p.Name, err)
	}
	go func() {
		_ = watch.Wait() // the end of the group is its end
		_ = pipe.Close()
	}()
}

// Stop asks the program to end and kills its process group when it has not done
// so within half a minute. Stopping twice does no harm.
func (p *Process) Stop() {
	p.signal(syscall.SIGTERM)
	// A process is there until the last of its threads was given the processor to end. Mesa has some of the lowest priority,
	// which wait for seconds for that when a machine is busy, after the program has done its last.
	select {
	case <-p.done:
	case <-time.After(30 * time.Second):
	}
	p.Kill()
}

// Kill ends the process group at once, as a crash would.
func (p *Process) Kill() {
	p.signal(syscall.SIGKILL)
	<-p.done
}

// Freeze stops the program without ending it: it keeps its ports and answers nothing.
func (p *Process) Freeze() { p.signal(syscall.SIGSTOP) }

// Thaw lets a frozen program go on.
func (p *Process) Thaw() { p.signal(syscall.SIGCONT) }

func (p *Process) signal(s syscall.Signal) {
	// The group is signalled even when its leader is gone: children may be left.
	_ = syscall.Kill(-p.PID, s)
}

// Done is closed when the program has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Err waits for the end, a minute at most, and is what it ended with; nil is exit status 0.
func (p *Process) Err() error {
	select {
	case <-p.done:
		return p.err
	case <-time.After(time.Minute):
		return fmt.Errorf("%s goes on", p.Name)
	}
}

// patience is how long what a test asks a program may take: milliseconds do, but not where a server that it asks hangs.
const patience = 30 * time.Second

// Ask runs a program to its end and gives what it prints, errors too; one that takes longer than half a minute is killed.
func Ask(cmd *exec.Cmd) (string, error) { return AskWithin(patience, cmd) }

// AskWithin is Ask of a program that has more to do.
func AskWithin(limit time.Duration, cmd *exec.Cmd) (string, error) {
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := endsWithin(limit, cmd)
	return out.String(), err
}

// AskQuietly is Ask without what it prints of errors.
func AskQuietly(cmd *exec.Cmd) (string, error) {
	var out bytes.Buffer
	cmd.Stdout = &out
	err := endsWithin(patience, cmd)
	return out.String(), err
}

func endsWithin(limit time.Duration, cmd *exec.Cmd) error {
	cmd.WaitDelay = time.Second // its children may keep the pipe open
	if err := cmd.Start(); err != nil {
		return err
	}
	late := time.AfterFunc(limit, func() { _ = cmd.Process.Kill() })
	err := cmd.Wait()
	if !late.Stop() {
		return fmt.Errorf("%s did not end within %v: %w", filepath.Base(cmd.Path), limit, err)
	}
	return err
}

// Output is all that the program has written so far.
func (p *Process) Output() string { return p.log.String() }

// Says waits until the program has written text; the test fails when it doesn't
// in time or has ended without.
func (p *Process) Says(t testing.TB, text string, within time.Duration) {
	t.Helper()
	if !p.log.wait(text, within) {
		t.Fatalf("%s did not say %q within %v", p.Name, text, within)
	}
}

// Group is the process ids in the program's process group, itself included.
func (p *Process) Group() []string {
	out, _ := AskQuietly(exec.Command("pgrep", "-g", itoa(p.PID)))
	return strings.Fields(out)
}

// output keeps what a program writes and wakes those who wait for a piece of it.
type output struct {
	mu    sync.Mutex
	buf   bytes.Buffer
	more  chan struct{} // closed and replaced at each write
	ended bool
}

func newOutput() *output { return &output{more: make(chan struct{})} }

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.buf.Write(b)
	close(o.more)
	o.more = make(chan struct{})
	return len(b), nil
}

func (o *output) end() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ended = true
	close(o.more)
	o.more = make(chan struct{})
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

func (o *output) tail(n int) string {
	s := o.String()
	if len(s) > n {
		return "…" + s[len(s)-n:]
	}
	return s
}

func (o *output) wait(text string, within time.Duration) bool {
	late := time.After(within)
	for {
		o.mu.Lock()
		found, ended, more := bytes.Contains(o.buf.Bytes(), []byte(text)), o.ended, o.more
		o.mu.Unlock()
		if found || ended {
			return found
		}
		select {
		case <-more:
		case <-late:
			return false
		}
	}
}

// folder is a new folder directly below the system's temporary one: t.TempDir has
// the test's name in its path, and a Unix socket's path ends at 107 bytes.
func folder(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "rig")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func command(name string, args ...string) *exec.Cmd {
	path, err := program(name)
	if err != nil {
		path = name // Start tells
	}
	return exec.Command(path, args...)
}
