package rig

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// Endpoint is a telephone, or a person's account, at the PBX.
type Endpoint struct {
	User     string // the extension too: "101"
	Password string
	Name     string   // display name
	Codecs   []string // default alaw, ulaw
	Contacts int      // how many may be registered at once; default 5
	// Encryption is "sdes" or "dtls" for an endpoint whose sound must be encrypted so;
	// "" for one whose isn't.
	Encryption string
}

// AsteriskOptions say what kind of PBX a test wants. The zero value with some
// endpoints is a good one.
type AsteriskOptions struct {
	Endpoints []Endpoint
	// Group are the users that extension 610 rings all at once; default all.
	Group []string
	// Line is sent in X-Line with every call to an endpoint; default +493012345.
	Line string
	// Expiry is the registration time in seconds that is granted whatever is
	// asked for; 0 grants what is asked for.
	Expiry int
	// Certificate and Key are PEM files; with them it takes TLS too, see TLSAddr. With
	// ClientCA it wants a certificate that this authority has signed.
	Certificate, Key, ClientCA string
	// Calls is how many it must bear at once; default 20.
	Calls int
	// Lamps lets endpoints watch each other and their mailboxes, see lamps.go.
	Lamps bool
	// PJSIP and Dialplan are added to pjsip.conf and extensions.conf. A dialplan
	// begins inside the context that endpoints call into.
	PJSIP, Dialplan string
	// Modules are loaded besides those that a small PBX needs: "func_curl res_curl".
	Modules string
}

// Asterisk is a running PBX. What its extensions do is in dialplan.go.
type Asterisk struct {
	Port int
	Dir  string // of configuration, logs and recordings

	t       testing.TB
	opt     AsteriskOptions
	tls     int // port
	bin     asteriskBin
	rtp     int
	process *Process
	calls   int
}

// asteriskBin is where .ci/asterisk has unpacked Asterisk with its own C library.
type asteriskBin struct{ loader, libs, program, modules, data string }

func findAsterisk() (asteriskBin, error) {
	root := os.Getenv("LEADLINE_ASTERISK")
	if root == "" {
		root = "/var/tmp/leadline-asterisk"
	}
	loaders, _ := filepath.Glob(filepath.Join(root, "usr/lib*/ld-linux*.so.*"))
	modules, _ := filepath.Glob(filepath.Join(root, "usr/lib/*-linux-gnu/asterisk/modules"))
	if len(loaders) == 0 || len(modules) == 0 {
		return asteriskBin{}, fmt.Errorf("no Asterisk in %s", root)
	}
	return asteriskBin{
		loader:  loaders[0],
		libs:    filepath.Dir(filepath.Dir(modules[0])),
		program: filepath.Join(root, "usr/sbin/asterisk"),
		modules: modules[0],
		data:    filepath.Join(root, "usr/share/asterisk"),
	}, nil
}

func (b asteriskBin) command(args ...string) *exec.Cmd {
	return exec.Command(b.loader, append([]string{"--library-path", b.libs, b.program}, args...)...)
}

// StartAsterisk starts a PBX and returns when it takes calls. Several can run at
// the same time.
func StartAsterisk(t testing.TB, opt AsteriskOptions) *Asterisk {
	t.Helper()
	Need(t, "asterisk")
	bin, err := findAsterisk()
	if err != nil {
		t.Fatal(err)
	}
	if opt.Calls == 0 {
		opt.Calls = 20
	}
	a := &Asterisk{Port: FreePort(t), Dir: folder(t), t: t, opt: opt, bin: bin, rtp: FreePorts(t, 2*opt.Calls)}
	if opt.Certificate != "" {
		a.tls = FreePort(t)
	}
	for _, d := range []string{"etc", "run", "spool/outgoing", "spool/tmp", "spool/monitor", "log", "lib", "db"} {
		if err := os.MkdirAll(filepath.Join(a.Dir, d), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	a.configure()
	a.Start()
	return a
}

// Addr is where it takes SIP over UDP and TCP: "127.0.0.1:port".
func (a *Asterisk) Addr() string { return Loopback(a.Port) }

// TLSAddr is where it takes SIP over TLS.
func (a *Asterisk) TLSAddr() string { return Loopback(a.tls) }

// URI is "sip:user@127.0.0.1:port".
func (a *Asterisk) URI(user string) string { return "sip:" + user + "@" + a.Addr() }

// Start starts it again on the same port after Stop or Kill.
func (a *Asterisk) Start() {
	a.t.Helper()
	a.process = Start(a.t, "asterisk", a.bin.command("-C", a.etc("asterisk.conf"), "-f", "-n", "-vvv"))
	a.process.Says(a.t, "Asterisk Ready", 30*time.Second)
}

// Stop ends it in order: registrations are kept in its database, calls get a BYE.
func (a *Asterisk) Stop() { a.process.Stop() }

// Kill ends it as a power cut would.
func (a *Asterisk) Kill() { a.process.Kill() }

// Freeze lets it answer nothing while its ports stay open; Thaw ends that.
func (a *Asterisk) Freeze() { a.process.Freeze() }
func (a *Asterisk) Thaw()   { a.process.Thaw() }

// Process is the running program.
func (a *Asterisk) Process() *Process { return a.process }

// CLI is the answer to a command of Asterisk's console.
func (a *Asterisk) CLI(command string) string {
	a.t.Helper()
	out, err := a.cli(command)
	if err != nil {
		a.t.Fatalf("asterisk -rx %q: %v: %s", command, err, out)
	}
	return out
}

func (a *Asterisk) cli(command string) (string, error) {
	out, err := Ask(a.bin.command("-C", a.etc("asterisk.conf"), "-rx", command))
	if err == nil && strings.Contains(out, "Unable to connect to remote asterisk") {
		err = errors.New("not running")
	}
	return out, err
}

// Contacts are the contact URIs registered for a user now.
func (a *Asterisk) Contacts(user string) []string {
	a.t.Helper()
	var uris []string
	for _, m := range contactLine.FindAllStringSubmatch(a.CLI("pjsip show aor "+user), -1) {
		uris = append(uris, m[1])
	}
	return uris
}

var contactLine = regexp.MustCompile(`(?m)^\s*Contact:\s+\S+?/(sips?:\S+)\s`)

// Registered waits until the user has n contacts.
func (a *Asterisk) Registered(user string, n int, within time.Duration) {
	a.t.Helper()
	Eventually(a.t, within, fmt.Sprintf("%s has %d contacts", user, n), func() (bool, string) {
		c := a.Contacts(user)
		return len(c) == n, fmt.Sprint(c)
	})
}

// Channels is how many channels are up, that is legs of calls.
func (a *Asterisk) Channels() int {
	a.t.Helper()
	out := a.CLI("core show channels count")
	var n int
	if _, err := fmt.Sscanf(strings.TrimSpace(out), "%d active channel", &n); err != nil {
		a.t.Fatalf("core show channels count said %q", out)
	}
	return n
}

// HangUp ends every call with a BYE or a CANCEL.
func (a *Asterisk) HangUp() { a.CLI("channel request hangup all") }

// Caller is somebody outside who calls.
type Caller struct {
	To     string // extension; "610" is the ring group
	Number string // caller id; "" withholds it
	Name   string
	Line   string        // X-Line; default the PBX's
	Rings  time.Duration // until the caller gives up; default 30 s, whole seconds
	// Then is the extension whose play the caller is once answered; default 608,
	// which plays 440 Hz and records what it hears.
	Then string
}

// Call lets somebody call, and returns at once with the call's name, by which
// Heard finds what the caller heard.
func (a *Asterisk) Call(c Caller) string {
	a.t.Helper()
	a.calls++
	name := fmt.Sprintf("call%d", a.calls)
	if c.Rings == 0 {
		c.Rings = 30 * time.Second
	}
	if c.Then == "" {
		c.Then = "608"
	}
	line := c.Line
	if line == "" {
		line = a.line()
	}
	hidden := ""
	if c.Number == "" {
		hidden = "Setvar: HIDDEN=yes\n"
	}
	file := fmt.Sprintf(`Channel: Local/%s@incoming/n
CallerID: "%s" <%s>
WaitTime: %d
MaxRetries: 0
Context: phones
Extension: %s
Priority: 1
Setvar: __LINE=%s
Setvar: __CALL=%s
Setvar: __CALLER=%s
Setvar: __CALLERNAME=%s
%s`, c.To, c.Name, c.Number, int(c.Rings/time.Second), c.Then, line, name, c.Number, c.Name, hidden)
	// pbx_spool reads a file as soon as it is there, so it is moved into place.
	tmp := filepath.Join(a.Dir, "spool/tmp", name)
	write(a.t, tmp, file)
	if err := os.Rename(tmp, filepath.Join(a.Dir, "spool/outgoing", name)); err != nil {
		a.t.Fatal(err)
	}
	return name
}

// Heard is what extension 608 has heard in a call: the name that Call gave back,
// or "608" for a phone that has dialled it. Read it after the call has ended: it waits until
// the file is written, which Asterisk does a while after the channel is gone.
func (a *Asterisk) Heard(call string) Sound {
	a.t.Helper()
	const header = 44 // ends with how many bytes of sound follow, 0 until the file is closed
	path := filepath.Join(a.Dir, "spool/monitor", call+"-rx.wav")
	Eventually(a.t, 30*time.Second, "what "+call+" heard is written", func() (bool, string) {
		b, err := os.ReadFile(path)
		if err != nil || len(b) <= header {
			return false, fmt.Sprintf("%d bytes, %v", len(b), err)
		}
		size := int(binary.LittleEndian.Uint32(b[header-4:]))
		return size == len(b)-header, fmt.Sprintf("%d bytes of %d", len(b)-header, size)
	})
	return ReadWAV(a.t, path)
}

// Digits are what extension 607 has been sent, of all calls so far.
func (a *Asterisk) Digits() string {
	b, err := os.ReadFile(filepath.Join(a.Dir, "digits"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		a.t.Fatal(err)
	}
	return strings.Join(strings.Fields(string(b)), "")
}

func (a *Asterisk) etc(name string) string { return filepath.Join(a.Dir, "etc", name) }

func (a *Asterisk) line() string {
	if a.opt.Line != "" {
		return a.opt.Line
	}
	return "+493012345"
}
