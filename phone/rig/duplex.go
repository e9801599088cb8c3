package rig

import (
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// Duplex is a sound card whose microphone and speaker are the two channels of one
// stream, so that a single recording tells the time between what is said and what
// is heard, to the sample.
type Duplex struct {
	pulse *Pulse
}

// Duplex makes its devices the defaults of the sound server.
func (p *Pulse) Duplex(t testing.TB) *Duplex {
	t.Helper()
	p.load(t, "duplex", "module-null-sink", "sink_name=duplex", "rate=48000", "channels=2", "channel_map=front-left,front-right")
	remap := []string{"channels=1", "channel_map=mono", "remix=no"}
	p.load(t, "ear", "module-remap-sink", append(remap, "sink_name=ear", "master=duplex", "master_channel_map=front-right")...)
	p.load(t, "says", "module-remap-sink", append(remap, "sink_name=says", "master=duplex", "master_channel_map=front-left")...)
	p.load(t, "mouth", "module-remap-source", append(remap, "source_name=mouth", "master=duplex.monitor", "master_channel_map=front-left")...)
	p.Default(t, "ear", "mouth")
	return &Duplex{p}
}

// Delays plays a short tone into the microphone every second, for as many seconds
// as n, and measures how long each takes to come out of the speaker. A tone that
// never comes is left out.
func (d *Duplex) Delays(t testing.TB, n int) []time.Duration {
	t.Helper()
	const rate = 48000
	beeps := Sound{Rate: rate, Samples: make([]int16, rate*(n+1))}
	for i := range n {
		copy(beeps.Samples[rate/2+i*rate:], Tone(rate, 1000, 0.06, 0.5).Samples)
	}
	dir := folder(t)
	WriteWAV(t, filepath.Join(dir, "beeps.wav"), beeps)
	raw := filepath.Join(dir, "duplex.raw")
	rec := d.pulse.command(t, "parecord", "--device=duplex.monitor", "--rate=48000", "--channels=2",
		"--channel-map=front-left,front-right", "--format=s16le", "--raw", raw)
	Eventually(t, 30*time.Second, "the recording runs", func() (bool, string) {
		info, err := os.Stat(raw)
		return err == nil && info.Size() > 0, fmt.Sprint(info, err)
	})
	play := d.pulse.command(t, "paplay", "--device=says", filepath.Join(dir, "beeps.wav"))
	if err := play.Err(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Second)
	rec.Stop()
	b, err := os.ReadFile(raw)
	if err != nil {
		t.Fatal(err)
	}
	said, heard := Sound{Rate: rate}, Sound{Rate: rate}
	for i := 0; i+4 <= len(b); i += 4 {
		said.Samples = append(said.Samples, int16(binary.LittleEndian.Uint16(b[i:])))
		heard.Samples = append(heard.Samples, int16(binary.LittleEndian.Uint16(b[i+2:])))
	}
	return delays(said.onsets(), heard.onsets())
}

// onsets are the times at which a sound begins after at least 300 ms of silence.
func (s Sound) onsets() []time.Duration {
	step := s.Rate / 1000
	var all []time.Duration
	quiet := 300
	for i := 0; i+step <= len(s.Samples); i += step {
		if (Sound{s.Rate, s.Samples[i : i+step]}).Level() < 0.02 {
			quiet++
			continue
		}
		if quiet >= 300 {
			all = append(all, time.Duration(i)*time.Second/time.Duration(s.Rate))
		}
		quiet = 0
	}
	return all
}

// delays pairs what was said with the first that was heard after it, within the
// second until the next.
func delays(said, heard []time.Duration) []time.Duration {
	var all []time.Duration
	for _, s := range said {
		for _, h := range heard {
			if h >= s && h-s < 900*time.Millisecond {
				all = append(all, h-s)
				break
			}
		}
	}
	return all
}

// ALSA is what a program that only knows ALSA needs to use this sound server: set
// ALSA_CONFIG_PATH to the file that it writes. It needs libasound2-plugins.
func (p *Pulse) ALSA(t testing.TB) []string {
	t.Helper()
	out, err := exec.Command("sh", "-c", "ls /usr/lib/*/alsa-lib/libasound_module_pcm_pulse.so").CombinedOutput()
	if err != nil {
		Lacking(t, "libasound2-plugins is not installed: %s", out)
	}
	file := filepath.Join(folder(t), "asound.conf")
	write(t, file, "</usr/share/alsa/alsa.conf>\npcm.!default { type pulse }\npcm.pulse { type pulse }\nctl.!default { type pulse }\n")
	return append(p.Env(), "ALSA_CONFIG_PATH="+file)
}
