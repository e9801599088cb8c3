package instance

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

// ErrTaken says that another program has the directory: HandOver speaks to it.
var ErrTaken = errors.New("another Leadline is running with this data")

const (
	lockName   = "leadline.lock"
	socketName = "leadline.sock"
	// A start hands over a link or two; more is not ours.
	maxMessage = 64 << 10
	patience   = 3 * time.Second
)

// Instance is the hold on a data directory.
type Instance struct {
	lock   *flock.Flock
	listen net.Listener
	socket string
	starts chan []string

	mu    sync.Mutex
	conns map[net.Conn]bool
	done  bool
	work  sync.WaitGroup
}

// Acquire takes dir, which is made when missing. When another program has it, the
// error wraps ErrTaken. Call Close at the end.
func Acquire(dir string) (*Instance, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	lock := flock.New(filepath.Join(dir, lockName), flock.SetPermissions(0o600))
	ok, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock the data folder %s: %w", dir, err)
	}
	if !ok {
		return nil, fmt.Errorf("%s: %w", dir, ErrTaken)
	}
	i := &Instance{lock: lock, starts: make(chan []string, 8), conns: map[net.Conn]bool{}}
	err = i.open(dir)
	if unsupported := new(os.SyscallError); errors.As(err, &unsupported) && unsupported.Syscall == "socket" {
		// Before Windows 10, and under Wine, there are no such sockets: a telephone that later
		// starts don't reach is better than none.
		slog.Warn("later starts will not be heard", "error", err)
		return i, nil
	}
	if err != nil {
		_ = lock.Close()
		return nil, err
	}
	i.work.Add(1)
	go i.accept()
	return i, nil
}

// open listens. We hold the lock, so a socket that lies there is a dead program's.
func (i *Instance) open(dir string) error {
	path, err := socketPath(dir)
	if err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove the stale socket: %w", err)
	}
	i.listen, err = net.Listen("unix", path)
	if err != nil {
		return fmt.Errorf("listen for later starts: %w", err)
	}
	i.socket = path
	// The folder is closed to others (0700) where we made it; where it was there
	// before, the mode of the socket is what keeps them out.
	if err := os.Chmod(path, 0o600); err != nil {
		i.listen.Close()
		return fmt.Errorf("protect the socket for later starts: %w", err)
	}
	return nil
}

// Starts tells of later starts, each by its arguments, which may be none. It is
// closed by Close.
func (i *Instance) Starts() <-chan []string { return i.starts }

// Close gives the directory free.
func (i *Instance) Close() error {
	i.mu.Lock()
	if i.done {
		i.mu.Unlock()
		return nil
	}
	i.done = true
	for c := range i.conns {
		c.Close()
	}
	i.mu.Unlock()
	var err error
	if i.listen != nil {
		err = i.listen.Close() // removes the socket file
	}
	i.work.Wait()
	close(i.starts)
	// The lock file stays: to remove it would let two programs lock two files of one name.
	return errors.Join(err, i.lock.Close())
}

func (i *Instance) accept() {
	defer i.work.Done()
	for {
		conn, err := i.listen.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			slog.Warn("a later start could not be heard", "error", err)
			time.Sleep(100 * time.Millisecond) // out of file descriptors, most likely
			continue
		}
		i.mu.Lock()
		if i.done {
			i.mu.Unlock()
			conn.Close()
			return
		}
		i.conns[conn] = true
		i.work.Add(1)
		i.mu.Unlock()
		go i.serve(conn)
	}
}

type message struct {
	Args []string `json:"args"`
}

func (i *Instance) serve(conn net.Conn) {
	defer i.work.Done()
	defer func() {
		i.mu.Lock()
		delete(i.conns, conn)
		i.mu.Unlock()
		conn.Close()
		if p := recover(); p != nil {
			slog.Error("fault while a later start spoke", "fault", p)
		}
	}()
	_ = conn.SetDeadline(time.Now().Add(patience))
	var m message
	if err := json.NewDecoder(io.LimitReader(conn, maxMessage)).Decode(&m); err != nil {
		slog.Warn("a later start was not understood", "error", err)
		return
	}
	select {
	case i.starts <- m.Args:
		_, _ = io.WriteString(conn, "ok\n")
	default:
		_, _ = io.WriteString(conn, "busy\n")
	}
}

// HandOver gives args to the program that has dir and waits until it has taken
// them. While that one is still starting, HandOver tries for some seconds.
func HandOver(dir string, args []string) error {
	path, err := socketPath(dir)
	if err != nil {
		return err
	}
	data, err := json.Marshal(message{Args: args})
	if err != nil {
		return fmt.Errorf("hand over to the running Leadline: %w", err)
	}
	if len(data) >= maxMessage {
		return fmt.Errorf("hand over to the running Leadline: the arguments are longer than %d bytes", maxMessage)
	}
	for end := time.Now().Add(patience); ; {
		err = handOver(path, data)
		if err == nil {
			return nil
		}
		if time.Now().After(end) {
			return fmt.Errorf("hand over to the running Leadline at %s: %w; end it first", path, err)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func handOver(path string, data []byte) error {
	conn, err := net.DialTimeout("unix", path, patience)
	if err != nil {
		return err
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(patience))
	if _, err := conn.Write(append(data, '\n')); err != nil {
		return err
	}
	answer, err := io.ReadAll(io.LimitReader(conn, 16))
	if err != nil {
		return err
	}
	if string(answer) != "ok\n" {
		return fmt.Errorf("it answered %q", answer)
	}
	return nil
}
