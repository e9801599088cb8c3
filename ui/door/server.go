package door

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"time"
)

// longest is how long a line may be. Notes fit many times over.
const longest = 1 << 20

// Door is an open socket.
type Door struct {
	program Program
	path    string
	ln      *net.UnixListener
	ctx     context.Context
	cancel  context.CancelFunc
	wg      sync.WaitGroup
	frames  frameWatch
	grace   time.Duration // see there
}

// Listen opens the door to program at path. A socket that a program left behind
// when it was killed is replaced; one that somebody answers at is not, nor is
// anything that is no socket. The directory must belong to nobody who could swap
// the socket: not writable by others, unless they can't remove what isn't theirs.
func Listen(path string, program Program) (*Door, error) {
	if err := clear(path); err != nil {
		return nil, fmt.Errorf("open the automation socket %s: %w", path, err)
	}
	ln, err := listenPrivate(path)
	if err != nil {
		return nil, fmt.Errorf("open the automation socket %s: %w", path, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	d := &Door{program: program, path: path, ln: ln, ctx: ctx, cancel: cancel, grace: grace}
	d.wg.Go(d.accept)
	return d, nil
}

// clear makes room for the socket at path.
func clear(path string) error {
	dir, err := os.Stat(filepath.Dir(path))
	if err != nil {
		return err
	}
	if m := dir.Mode(); m.Perm()&0o002 != 0 && m&fs.ModeSticky == 0 {
		return fmt.Errorf("anybody may write to %s; choose a directory of your own", filepath.Dir(path))
	}
	old, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if old.Mode()&fs.ModeSocket == 0 {
		return errors.New("there is a file with that name; remove it or choose another")
	}
	if c, err := net.Dial("unix", path); err == nil {
		c.Close()
		return errors.New("another program answers there; choose another name")
	}
	return os.Remove(path)
}

// listenPrivate binds the socket in a directory that only we can enter, sets its
// mode, and then moves it to its place: there is no moment at which others could
// open it.
func listenPrivate(path string) (*net.UnixListener, error) {
	dir, err := os.MkdirTemp(filepath.Dir(path), ".d")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	inside := filepath.Join(dir, "s")
	ln, err := net.ListenUnix("unix", &net.UnixAddr{Name: inside, Net: "unix"})
	if err != nil {
		return nil, err
	}
	ln.SetUnlinkOnClose(false)
	err = os.Chmod(inside, 0o600)
	if err == nil {
		err = os.Rename(inside, path)
	}
	if err != nil {
		ln.Close()
		return nil, err
	}
	return ln, nil
}

// Close shuts the door, ends what waits in it, and removes the socket.
func (d *Door) Close() {
	d.cancel()
	_ = os.Remove(d.path)
	d.ln.Close()
	d.wg.Wait()
}

func (d *Door) accept() {
	for {
		c, err := d.ln.AcceptUnix()
		if err != nil {
			if d.ctx.Err() != nil || errors.Is(err, net.ErrClosed) {
				return
			}
			slog.Warn("automation socket", "error", err)
			time.Sleep(100 * time.Millisecond)
			continue
		}
		d.wg.Go(func() { d.serve(c) })
	}
}

// serve answers one connection's lines in order until it is closed.
func (d *Door) serve(c net.Conn) {
	defer c.Close()
	stop := context.AfterFunc(d.ctx, func() { c.Close() })
	defer stop()
	in := bufio.NewReaderSize(c, 64<<10)
	for {
		line, err := readLine(in)
		if err != nil && !errors.Is(err, errLong) {
			return
		}
		if len(bytes.TrimSpace(line)) == 0 && err == nil {
			continue
		}
		var answer any
		if err != nil {
			answer = refusal{Error: err.Error()}
		} else {
			answer = d.answer(line)
		}
		out, err := json.Marshal(answer)
		if err != nil {
			out, _ = json.Marshal(refusal{Error: fmt.Sprintf("write the answer: %v", err)})
		}
		if _, err := c.Write(append(out, '\n')); err != nil {
			return
		}
	}
}

var errLong = fmt.Errorf("the line is longer than %d bytes", longest)

// readLine reads up to the next newline. Of a line that is too long the rest is
// skipped, so that the next one is understood again.
func readLine(in *bufio.Reader) ([]byte, error) {
	var line []byte
	long := false
	for {
		part, err := in.ReadSlice('\n')
		if !long {
			line = append(line, part...)
			long = len(line) > longest
		}
		switch {
		case err == nil && long:
			return nil, errLong
		case err == nil:
			return line, nil
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && len(line) > 0 && !long:
			return line, nil // the last line needs no newline
		default:
			return nil, err
		}
	}
}

type refusal struct {
	OK    bool   `json:"ok"` // always false
	Error string `json:"error"`
}

// answer does what one line asks for.
func (d *Door) answer(line []byte) (answer any) {
	defer func() {
		if r := recover(); r != nil {
			slog.Error("fault at an automation line", "fault", r, "stack", string(debug.Stack()))
			answer = refusal{Error: fmt.Sprintf("fault: %v", r)}
		}
	}()
	var w wish
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&w); err != nil {
		return refusal{Error: fmt.Sprintf("not understood: %v", err)}
	}
	if dec.More() {
		return refusal{Error: "not understood: more than one object in a line"}
	}
	got, err := d.do(w)
	if err != nil {
		return refusal{Error: err.Error()}
	}
	return got
}
