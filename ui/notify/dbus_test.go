//go:build linux

package notify

import (
	"bufio"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"leadline/ui/sessionbus"
)

// session starts a D-Bus session with a real notification service, dunst, on the X
// server of DISPLAY or on an Xvfb of its own, for this test alone.
func session(t *testing.T) {
	t.Helper()
	need(t, "dbus-daemon", "dunst", "dunstctl", "Xvfb")
	display := xvfb(t)
	bus := exec.Command("dbus-daemon", "--session", "--nofork", "--print-address=1")
	out, err := bus.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	start(t, bus)
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal("dbus-daemon told no address: ", err)
	}
	t.Setenv("DISPLAY", display)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", strings.TrimSpace(address))
	config := filepath.Join(t.TempDir(), "dunstrc")
	if err := os.WriteFile(config, []byte("[global]\nmarkup = full\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	dunst := exec.Command("dunst", "-config", config)
	dunst.Env = append(os.Environ(), "HOME="+t.TempDir())
	start(t, dunst)
	conn, err := dbus.ConnectSessionBus()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	within(t, "dunst on the bus", func() bool {
		var has bool
		_ = conn.BusObject().Call("org.freedesktop.DBus.NameHasOwner", 0, busInterface).Store(&has)
		return has
	})
}

func need(t *testing.T, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err == nil {
			continue
		}
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is missing", p)
		}
		t.Skipf("%s is missing", p)
	}
}

func start(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
}

func xvfb(t *testing.T) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	x := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1024x768x24", "-nolisten", "tcp")
	x.ExtraFiles = []*os.File{w}
	start(t, x)
	w.Close()
	n, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatal("Xvfb told no display: ", err)
	}
	return ":" + strings.TrimSpace(n)
}

// patience is for what dunst does at once, on a busy machine.
const patience = time.Minute

func within(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("no %s within %v", what, patience)
}

func displayed(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("dunstctl", "count", "displayed").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

func TestNotificationsAreAnsweredOnARealDesktop_H2(t *testing.T) {
	session(t)
	type press struct{ tag, key string }
	pressed := make(chan press, 8)
	d := Open("Leadline", func(tag, key string) { pressed <- press{tag, key} })
	defer d.Shut()
	call := Notification{
		Tag: "call-1", Title: "Groß & Söhne <b>", Body: "<img src=x> & 0221 987 65 43", Urgent: true,
		Actions: []Action{{"answer", "Answer"}, {"decline", "Decline"}},
	}
	if err := d.Show(call); err != nil {
		t.Fatal(err)
	}
	within(t, "notification", func() bool { return displayed(t) == "1" }) // it says that it has one before it shows it

	t.Run("the body is not read as markup", func(t *testing.T) {
		if got := d.(*bus).body("<b>& you</b>"); got != "&lt;b&gt;&amp; you&lt;/b&gt;" {
			t.Errorf("body is sent as %q", got)
		}
	})

	t.Run("another with its tag takes its place", func(t *testing.T) {
		call.Body = "Jörg Groß"
		if err := d.Show(call); err != nil {
			t.Fatal(err)
		}
		if n := displayed(t); n != "1" {
			t.Fatalf("%s notifications displayed, want 1", n)
		}
	})

	t.Run("a button comes back with its tag", func(t *testing.T) {
		call.Actions = call.Actions[:1] // dunst opens a menu when there are several
		if err := d.Show(call); err != nil {
			t.Fatal(err)
		}
		if err := exec.Command("dunstctl", "action").Run(); err != nil {
			t.Fatal(err)
		}
		select {
		case p := <-pressed:
			if p != (press{"call-1", "answer"}) {
				t.Errorf("got %+v", p)
			}
		case <-time.After(patience):
			t.Fatal("no button was heard of")
		}
	})

	t.Run("it goes when the call is over", func(t *testing.T) {
		if err := d.Show(call); err != nil {
			t.Fatal(err)
		}
		d.Close("call-1")
		within(t, "empty desktop", func() bool { return displayed(t) == "0" })
		d.Close("call-1")
	})

	t.Run("signals of others are left alone", func(t *testing.T) {
		b := d.(*bus)
		for _, body := range [][]any{nil, {1, 2}, {"x", "y"}, {uint32(99), "answer"}, {uint32(1)}} {
			b.heard(&dbus.Signal{Name: busInterface + ".ActionInvoked", Body: body})
		}
		b.heard(nil)
		select {
		case p := <-pressed:
			t.Errorf("heard %+v", p)
		default:
		}
	})
}

func TestWithoutASessionBusItSaysSo(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+t.TempDir()+"/none")
	d := Open("Leadline", func(string, string) {})
	defer d.Shut()
	if err := d.Show(Notification{Tag: "x", Title: "y"}); err == nil {
		t.Fatal("showed it on no desktop")
	}
	d.Close("x")
}

// silentBus takes connections and says nothing.
func silentBus(t *testing.T) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bus")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+path)
}

func TestABusThatAnswersNothingHoldsNoNotificationUp_H2(t *testing.T) {
	silentBus(t)
	d := Open("Leadline", func(string, string) {}).(*bus)
	d.patience = 50 * time.Millisecond
	shown := make(chan error, 1)
	go func() { shown <- d.Show(Notification{Tag: "x", Title: "y"}) }()
	select {
	case err := <-shown:
		if !errors.Is(err, sessionbus.ErrSilent) {
			t.Errorf("it says %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("it waits")
	}
	d.Close("x")

	d.patience = time.Hour
	go func() { shown <- d.Show(Notification{Tag: "x", Title: "y"}) }()
	time.Sleep(50 * time.Millisecond)
	ended := make(chan struct{})
	go func() { defer close(ended); d.Shut() }()
	for range 2 {
		select {
		case <-ended:
			ended = nil
		case <-shown:
		case <-time.After(10 * time.Second):
			t.Fatal("the program cannot end")
		}
	}
}

// The service hangs in the middle of a call: what was shown is given up, and shown anew once it is there again.
func TestADesktopThatHangsIsAskedAnew_H2(t *testing.T) {
	session(t)
	d := Open("Leadline", func(string, string) {}).(*bus)
	defer d.Shut()
	if err := d.Show(Notification{Tag: "call-1", Title: "Jörg Groß", Urgent: true}); err != nil {
		t.Fatal(err)
	}
	pid := dunstPID(t)
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = syscall.Kill(pid, syscall.SIGCONT) }()
	d.conn.Close()
	d.patience = 100 * time.Millisecond
	if err := d.Show(Notification{Tag: "call-2", Title: "Petra Weiß"}); !errors.Is(err, sessionbus.ErrSilent) {
		t.Fatalf("it says %v", err)
	}
	if err := syscall.Kill(pid, syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	d.patience = 10 * time.Second
	if err := d.Show(Notification{Tag: "call-3", Title: "Özlem Yılmaz"}); err != nil {
		t.Errorf("it is not shown: %v", err)
	}
}

// dunstPID is the process of the notification service.
func dunstPID(t *testing.T) int {
	t.Helper()
	conn, err := dbus.ConnectSessionBus()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	var pid uint32
	if err := conn.BusObject().Call("org.freedesktop.DBus.GetConnectionUnixProcessID", 0, busInterface).Store(&pid); err != nil {
		t.Fatal(err)
	}
	return int(pid)
}
