package rig

import (
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Names of the sound devices that every Pulse has.
const (
	PulseSpeaker    = "speaker"    // what is played there can be recorded
	PulseMicrophone = "microphone" // what a test plays into it is heard
	PulseMicInput   = "micinput"   // what Play plays can be recorded there
)

// Pulse is a PulseAudio server of a test's own, with a speaker and a microphone
// that are null sinks, so that a tone played in can be heard and a tone played
// out can be measured. It touches no sound server of the person at the machine.
type Pulse struct {
	*Process
	dir     string
	modules map[string]string // sink or source → module number
}

// StartPulse starts the server and waits until it answers. The programs that
// should use it need the variables of Env; the test's own process gets them too
// (t.Setenv: not in parallel tests).
func StartPulse(t testing.TB) *Pulse {
	t.Helper()
	p := StartPulseBeside(t)
	for _, e := range p.Env() {
		key, value, _ := strings.Cut(e, "=")
		t.Setenv(key, value)
	}
	return p
}

// StartPulseBeside is StartPulse for other programs only: the test's own process goes on without it, and may
// run in parallel with others.
func StartPulseBeside(t testing.TB) *Pulse {
	t.Helper()
	Need(t, "pulseaudio", "pactl", "paplay", "parecord")
	p := &Pulse{dir: folder(t)}
	p.begin(t)
	return p
}

// Restart ends the server and starts it anew, with the devices that every Pulse has; programs lose their connections.
func (p *Pulse) Restart(t testing.TB) {
	t.Helper()
	p.Kill()
	p.begin(t)
}

func (p *Pulse) begin(t testing.TB) {
	t.Helper()
	p.modules = map[string]string{}
	cmd := exec.Command("pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1",
		"--use-pid-file=no", "--disallow-exit", "--high-priority=no", "--realtime=no",
		"-L", "module-native-protocol-unix socket="+p.socket()+" auth-anonymous=1")
	cmd.Env = append(os.Environ(), p.Env()...)
	p.Process = Start(t, "pulseaudio", cmd)
	Eventually(t, 30*time.Second, "PulseAudio answers", func() (bool, string) {
		out, err := p.pactl("info")
		return err == nil, out
	})
	p.PlugSink(t, PulseSpeaker)
	p.PlugSink(t, PulseMicInput)
	p.PlugSource(t, PulseMicrophone)
	p.Default(t, PulseSpeaker, PulseMicrophone)
}

// Env is what a program needs to use this server and no other.
func (p *Pulse) Env() []string {
	return []string{
		"PULSE_SERVER=unix:" + p.socket(),
		"XDG_RUNTIME_DIR=" + p.dir,
		"PULSE_STATE_PATH=" + p.dir,
		"PULSE_COOKIE=" + filepath.Join(p.dir, "cookie"),
	}
}

func (p *Pulse) socket() string { return filepath.Join(p.dir, "pulse.sock") }

// PlugSink adds a speaker, which can be recorded.
func (p *Pulse) PlugSink(t testing.TB, name string) {
	t.Helper()
	p.PlugSinkAt(t, name, 48000)
}

// PlugSinkAt is PlugSink for a device that runs at one rate only.
func (p *Pulse) PlugSinkAt(t testing.TB, name string, rate int) {
	t.Helper()
	p.load(t, name, "module-null-sink", "sink_name="+name, "rate="+strconv.Itoa(rate), "channels=2",
		"sink_properties=device.description="+name)
}

// PlugSource adds a microphone that hears what Play plays.
func (p *Pulse) PlugSource(t testing.TB, name string) {
	t.Helper()
	p.PlugSourceAt(t, name, 48000)
}

// PlugSourceAt is PlugSource for a device that runs at one rate only.
func (p *Pulse) PlugSourceAt(t testing.TB, name string, rate int) {
	t.Helper()
	p.load(t, name, "module-remap-source", "source_name="+name, "master="+PulseMicInput+".monitor", "rate="+strconv.Itoa(rate),
		"source_properties=device.description="+name)
}

// Mute mutes a microphone where the system does, for all programs.
func (p *Pulse) Mute(t testing.TB, source string, on bool) {
	t.Helper()
	if out, err := p.pactl("set-source-mute", source, strconv.FormatBool(on)); err != nil {
		t.Fatalf("mute %s: %v: %s", source, err, out)
	}
}

// Unplug takes a speaker or a microphone away.
func (p *Pulse) Unplug(t testing.TB, name string) {
	t.Helper()
	if out, err := p.pactl("unload-module", p.modules[name]); err != nil {
		t.Fatalf("unplug %s: %v: %s", name, err, out)
	}
	delete(p.modules, name)
}

// Default makes devices the system's default.
func (p *Pulse) Default(t testing.TB, sink, source string) {
	t.Helper()
	for _, args := range [][]string{{"set-default-sink", sink}, {"set-default-source", source}} {
		if out, err := p.pactl(args...); err != nil {
			t.Fatalf("%v: %v: %s", args, err, out)
		}
	}
}

// Play plays a sound into the microphone, until it ends or stop is called.
func (p *Pulse) Play(t testing.TB, s Sound) (stop func()) {
	t.Helper()
	file := filepath.Join(folder(t), "play.wav")
	WriteWAV(t, file, s)
	return p.command(t, "paplay", "--device="+PulseMicInput, "--latency-msec=20", file).Kill
}

// Record records what a speaker plays, from now until stop, which gives it back.
func (p *Pulse) Record(t testing.TB, sink string) (stop func() Sound) {
	t.Helper()
	file, rec := p.record(t, sink)
	return func() Sound {
		rec.Stop()
		s, _ := recorded(t, file, 0)
		return s
	}
}

const pulseRate = 48000 // of what is recorded

func (p *Pulse) record(t testing.TB, sink string) (file string, rec *Process) {
	t.Helper()
	file = filepath.Join(folder(t), "record.raw")
	rec = p.command(t, "parecord", "--device="+sink+".monitor", "--rate="+itoa(pulseRate), "--channels=1",
		"--format=s16le", "--raw", "--latency-msec=20", file)
	Eventually(t, 30*time.Second, "the recording runs", func() (bool, string) {
		info, err := os.Stat(file)
		return err == nil && info.Size() > 0, fmt.Sprint(info, err)
	})
	return file, rec
}

// recorded is what a recording has from there on, and up to where.
func recorded(t testing.TB, file string, from int64) (s Sound, to int64) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	raw, err := io.ReadAll(io.NewSectionReader(f, 2*from, 1<<40))
	if err != nil {
		t.Fatal(err)
	}
	s = Sound{Rate: pulseRate, Samples: make([]int16, len(raw)/2)}
	for i := range s.Samples {
		s.Samples[i] = int16(binary.LittleEndian.Uint16(raw[2*i:]))
	}
	return s, from + int64(len(s.Samples))
}

// Hears waits until a speaker has played a second of that tone and little else, from now on and in all: what a busy machine
// leaves out between does not count.
func (p *Pulse) Hears(t testing.TB, sink string, hertz float64) {
	t.Helper()
	file, rec := p.record(t, sink)
	defer rec.Stop()
	e, at := Ear{Hertz: hertz, Rate: pulseRate}, int64(0)
	Eventually(t, 30*time.Second, fmt.Sprintf("a second of %v Hz from the %s", hertz, sink), func() (bool, string) {
		var more Sound
		more, at = recorded(t, file, at)
		e.Take(more.Samples)
		return e.Lasted >= 1, e.String()
	})
}

// Streams is how many programs play and record now.
func (p *Pulse) Streams(t testing.TB) (playing, recording int) {
	t.Helper()
	count := func(kind string) int {
		out, err := p.pactl("list", "short", kind)
		if err != nil {
			t.Fatalf("list %s: %v: %s", kind, err, out)
		}
		n := 0
		for line := range strings.Lines(out) {
			// A remapped source is itself a recorder; it has no client ("-").
			if fields := strings.Split(line, "\t"); len(fields) > 2 && fields[2] != "-" {
				n++
			}
		}
		return n
	}
	return count("sink-inputs"), count("source-outputs")
}

func (p *Pulse) load(t testing.TB, name, module string, args ...string) {
	t.Helper()
	out, err := p.pactl(append([]string{"load-module", module}, args...)...)
	if err != nil {
		t.Fatalf("load %s: %v: %s", module, err, out)
	}
	p.modules[name] = strings.TrimSpace(out)
}

func (p *Pulse) pactl(args ...string) (string, error) {
	cmd := exec.Command("pactl", args...)
	cmd.Env = append(append(os.Environ(), p.Env()...), "LC_ALL=C")
	return Ask(cmd)
}

func (p *Pulse) command(t testing.TB, name string, args ...string) *Process {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), p.Env()...)
	return Start(t, name, cmd)
}
