package rig

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// BaresipOptions say what telephone a test wants.
type BaresipOptions struct {
	User, Password string
	Registrar      string // host:port; "" registers nowhere
	Transport      string // udp, tcp; default udp
	Name           string // display name
	// Says is what its microphone hears; default a tone of 660 Hz. Hears is how
	// the test reads back what came: see Heard.
	Says Sound
	// Answer takes every call at once.
	Answer bool
	Codecs string // "PCMA/8000/1,PCMU/8000/1"; default all it has of G.711
	// Config is added to its configuration file, Account to the account line.
	Config, Account string
	// Audio replaces the file that it plays and the nowhere that it plays to:
	// "alsa,pulse" for a real sound card.
	Audio string
	Env   []string // more of its environment
}

// Baresip is a running telephone.
type Baresip struct {
	Port int
	Dir  string

	t       testing.TB
	opt     BaresipOptions
	process *Process
	conn    net.Conn

	mu     sync.Mutex
	events []BaresipEvent
	more   chan struct{}
}

// BaresipEvent is what baresip tells of itself: Type is CALL_INCOMING,
// CALL_RINGING, CALL_ESTABLISHED, CALL_CLOSED …
type BaresipEvent struct {
	Type  string `json:"type"`
	Class string `json:"class"`
	Param string `json:"param"` // of CALL_CLOSED: why
	Peer  string `json:"peeruri"`
}

// StartBaresip starts a telephone and waits until it takes commands, but not until
// it is registered: see Registered.
func StartBaresip(t testing.TB, opt BaresipOptions) *Baresip {
	t.Helper()
	Need(t, "baresip")
	modules, _ := filepath.Glob("/usr/lib*/baresip/modules")
	if more, _ := filepath.Glob("/usr/lib/*-linux-gnu/baresip/modules"); len(modules) == 0 {
		modules = more
	}
	if len(modules) == 0 {
		Lacking(t, "baresip's modules are not where Debian puts them")
	}
	b := &Baresip{Port: FreePort(t), Dir: folder(t), t: t, opt: opt, more: make(chan struct{})}
	control, rtp := FreePort(t), FreePorts(t, 20)
	if opt.Says.Rate == 0 {
		opt.Says = Tone(8000, 660, 60, 0.3)
	}
	WriteWAV(t, filepath.Join(b.Dir, "says.wav"), opt.Says)
	audio := fmt.Sprintf("module aufile.so\naudio_source aufile,%s/says.wav\n", b.Dir)
	if opt.Audio != "" {
		module, _, _ := strings.Cut(opt.Audio, ",")
		audio = fmt.Sprintf("module %s.so\naudio_source %[2]s\naudio_player %[2]s\n", module, opt.Audio)
	}
	write(t, filepath.Join(b.Dir, "config"), `poll_method epoll
sip_listen 127.0.0.1:%d
net_interface 127.0.0.1
call_local_timeout 120
call_max_calls 10
rtp_ports %d-%d
ctrl_tcp_listen 127.0.0.1:%d
module_path %s
module g711.so
module sndfile.so
snd_path %s
%smodule_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
ring_aufile none
ringback_aufile none
busy_aufile none
error_aufile none
notfound_aufile none
callwaiting_aufile none
hangup_aufile none
%s
`, b.Port, rtp, rtp+19, control, modules[0], b.Dir, audio, opt.Config)
	write(t, filepath.Join(b.Dir, "accounts"), "%s\n", b.account())
	write(t, filepath.Join(b.Dir, "contacts"), "")

	cmd := command("baresip", "-4", "-f", b.Dir, "-v")
	cmd.Env = append(os.Environ(), opt.Env...)
	b.process = Start(t, "baresip "+opt.User, cmd)
	b.connect(Loopback(control))
	return b
}

func (b *Baresip) account() string {
	o := b.opt
	if o.Transport == "" {
		o.Transport = "udp"
	}
	registrar, interval := o.Registrar, 600
	if registrar == "" {
		registrar, interval = Loopback(b.Port), 0
	}
	answer := "manual"
	if o.Answer {
		answer = "auto"
	}
	codecs := o.Codecs
	if codecs == "" {
		codecs = "PCMA/8000/1,PCMU/8000/1"
	}
	return fmt.Sprintf(`"%s" <sip:%s@%s;transport=%s>;auth_user=%[2]s;auth_pass=%[5]s;answermode=%s;regint=%d;audio_codecs=%s;ptime=20%s`,
		o.Name, o.User, registrar, o.Transport, o.Password, answer, interval, codecs, o.Account)
}

// Addr is where it listens, "127.0.0.1:port".
func (b *Baresip) Addr() string { return Loopback(b.Port) }

// Process is the running program.
func (b *Baresip) Process() *Process { return b.process }

func (b *Baresip) connect(addr string) {
	b.t.Helper()
	Eventually(b.t, 30*time.Second, "baresip takes commands", func() (bool, string) {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			return false, err.Error()
		}
		b.conn = c
		return true, ""
	})
	b.t.Cleanup(func() { b.conn.Close() })
	go b.read()
}

// read takes in events until the connection is closed. They are JSON in
// netstrings: "12:{…},".
func (b *Baresip) read() {
	r := bufio.NewReader(b.conn)
	for {
		head, err := r.ReadString(':')
		if err != nil {
			return
		}
		n, err := strconv.Atoi(strings.TrimLeft(strings.TrimSuffix(head, ":"), ","))
		if err != nil {
			return
		}
		body := make([]byte, n)
		for at := 0; at < n; {
			m, err := r.Read(body[at:])
			if err != nil {
				return
			}
			at += m
		}
		var e BaresipEvent
		if json.Unmarshal(body, &e) != nil || e.Type == "" {
			continue
		}
		b.mu.Lock()
		b.events = append(b.events, e)
		close(b.more)
		b.more = make(chan struct{})
		b.mu.Unlock()
	}
}

// Do gives it a command of its menu: "dial", "accept", "hangup", "sndcode" …
func (b *Baresip) Do(command, params string) {
	b.t.Helper()
	body, err := json.Marshal(map[string]string{"command": command, "params": params})
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := fmt.Fprintf(b.conn, "%d:%s,", len(body), body); err != nil {
		b.t.Fatalf("baresip %s: %v", command, err)
	}
}

// Registered waits until its registrar has taken it. baresip registers before
// anybody can listen for its events, so this is read from what it prints.
func (b *Baresip) Registered(within time.Duration) {
	b.t.Helper()
	b.process.Says(b.t, "200 OK (", within)
}

// Refused waits until its registrar has refused it with a SIP status.
func (b *Baresip) Refused(status int, within time.Duration) {
	b.t.Helper()
	b.process.Says(b.t, fmt.Sprintf(": %d ", status), within)
}

// Dial calls a URI, Accept takes the call that rings, HangUp ends or declines it.
func (b *Baresip) Dial(uri string) { b.t.Helper(); b.Do("dial", uri) }
func (b *Baresip) Accept()         { b.t.Helper(); b.Do("accept", "") }
func (b *Baresip) HangUp()         { b.t.Helper(); b.Do("hangup", "") }

// WaitFor waits for an event that no earlier WaitFor has returned, and forgets
// those before it.
func (b *Baresip) WaitFor(kind string, within time.Duration) BaresipEvent {
	b.t.Helper()
	late := time.After(within)
	var seen []BaresipEvent
	for {
		b.mu.Lock()
		for i, e := range b.events {
			if e.Type == kind {
				b.events = b.events[i+1:]
				b.mu.Unlock()
				return e
			}
		}
		more := b.more
		seen = append([]BaresipEvent(nil), b.events...)
		b.mu.Unlock()
		select {
		case <-more:
		case <-late:
			b.t.Fatalf("baresip %s: no %s within %v, only %v", b.opt.User, kind, within, seen)
		}
	}
}

// Heard is what it heard in its latest call. Read it after the call has ended.
func (b *Baresip) Heard() Sound {
	b.t.Helper()
	files, _ := filepath.Glob(filepath.Join(b.Dir, "dump-*-dec.wav"))
	if len(files) == 0 {
		b.t.Fatalf("baresip %s heard nothing", b.opt.User)
	}
	return ReadWAV(b.t, files[len(files)-1])
}
