package rig

import (
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// console is a telephone that takes commands where others have a window.
type console struct {
	Dir string // its home

	t       testing.TB
	process *Process
	in      io.Writer
}

func newConsole(t testing.TB) console { return console{Dir: folder(t), t: t} }

func (c *console) file(name string) string { return filepath.Join(c.Dir, name) }

// start runs it with its home in Dir.
func (c *console) start(name string, cmd *exec.Cmd) {
	c.t.Helper()
	cmd.Env = append(cmd.Environ(), "HOME="+c.Dir)
	in, err := cmd.StdinPipe()
	if err != nil {
		c.t.Fatal(err)
	}
	c.in, c.process = in, Start(c.t, name, cmd)
}

// Do gives it a command of its console: "call 101", "answer", "hold".
func (c *console) Do(command string) {
	c.t.Helper()
	if _, err := fmt.Fprintln(c.in, command); err != nil {
		c.t.Fatalf("%s: %v", command, err)
	}
}

// Says waits until it has written text.
func (c *console) Says(text string, within time.Duration) {
	c.t.Helper()
	c.process.Says(c.t, text, within)
}
