package audio

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
)

// maxWAV bounds what is read into memory: ten minutes in stereo.
const maxWAV = 10 * 60 * Rate * 4

var errNotWAV = errors.New("not a WAV file with 16-bit PCM")

// parseWAV is the sound of a WAV file (RIFF, 16-bit PCM, any rate, any number of
// channels) as the program's own format.
func parseWAV(b []byte) ([]int16, error) {
	if len(b) < 12 || string(b[:4]) != "RIFF" || string(b[8:12]) != "WAVE" {
		return nil, errNotWAV
	}
	le := binary.LittleEndian
	var channels, rate int
	for at := 12; at+8 <= len(b); {
		id, size := string(b[at:at+4]), int(le.Uint32(b[at+4:]))
		body := b[at+8:]
		// A file that was never finished says 0 or the largest number.
		if size > len(body) || id == "data" && size == 0 {
			size = len(body)
		}
		body = body[:size]
		switch id {
		case "fmt ":
			if size < 16 || le.Uint16(body) != 1 && le.Uint16(body) != 0xFFFE || le.Uint16(body[14:]) != 16 {
				return nil, errNotWAV
			}
			channels, rate = int(le.Uint16(body[2:])), int(le.Uint32(body[4:]))
		case "data":
			if channels < 1 || channels > 64 || rate < 1000 || rate > 384000 {
				return nil, errNotWAV
			}
			return resample(mono(body, channels), rate), nil
		}
		at += 8 + size + size%2
	}
	return nil, errNotWAV
}

// mono is the mean of the channels.
func mono(body []byte, channels int) []int16 {
	out := make([]int16, len(body)/2/channels)
	for i := range out {
		var sum int
		for c := range channels {
			sum += int(int16(binary.LittleEndian.Uint16(body[2*(i*channels+c):])))
		}
		out[i] = int16(sum / channels)
	}
	return out
}

// resample brings a sound to Rate by straight lines between samples: good enough
// for a ring and for tests, which is all it is used for.
func resample(in []int16, rate int) []int16 {
	if rate == Rate || len(in) == 0 {
		return in
	}
	out := make([]int16, int(int64(len(in))*Rate/int64(rate)))
	for i := range out {
		at := float64(i) * float64(rate) / Rate
		n := int(at)
		next := in[min(n+1, len(in)-1)]
		out[i] = int16(math.Round(float64(in[n]) + (at-float64(n))*(float64(next)-float64(in[n]))))
	}
	return out
}

// loop plays a sound over and over.
type loop struct {
	sound []int16
	at    int
}

func (l *loop) read(dst []int16) {
	for n := 0; n < len(dst) && len(l.sound) > 0; {
		m := copy(dst[n:], l.sound[l.at:])
		n += m
		l.at = (l.at + m) % len(l.sound)
	}
}

// loadLoop reads the WAV file that a microphone is to hear.
func loadLoop(path string) (*loop, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read the sound for the microphone: %w", err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxWAV))
	if err != nil {
		return nil, fmt.Errorf("read the sound for the microphone: %w", err)
	}
	sound, err := parseWAV(b)
	if err != nil {
		return nil, fmt.Errorf("read the sound for the microphone from %s: %w", path, err)
	}
	return &loop{sound: sound}, nil
}

// recorder writes a speaker's sound to a WAV file. Its header is right after
// every second, so that a program that was killed leaves a file too.
type recorder struct {
	f       *os.File
	samples int
	buf     []byte
	failed  bool
}

func newRecorder(path string) (*recorder, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600) // what customers say
	if err != nil {
		return nil, fmt.Errorf("record the speaker: %w", err)
	}
	r := &recorder{f: f, buf: make([]byte, 0, 2*Rate)}
	if _, err := f.Write(r.header()); err != nil {
		f.Close()
		return nil, fmt.Errorf("record the speaker to %s: %w", path, err)
	}
	return r, nil
}

func (r *recorder) write(frame []int16) {
	for _, v := range frame {
		r.buf = binary.LittleEndian.AppendUint16(r.buf, uint16(v))
	}
	r.samples += len(frame)
	if len(r.buf) >= 2*Rate {
		r.flush()
	}
}

// flush writes what is waiting and a header that counts it. A full disk ends
// the recording, not the call.
func (r *recorder) flush() {
	if !r.failed {
		_, err := r.f.Write(r.buf)
		_, err2 := r.f.WriteAt(r.header(), 0)
		r.failed = err != nil || err2 != nil
	}
	r.buf = r.buf[:0]
}

func (r *recorder) close() {
	r.flush()
	r.f.Close()
}

func (r *recorder) header() []byte {
	le := binary.LittleEndian
	data := uint32(2 * r.samples)
	b := le.AppendUint32([]byte("RIFF"), 36+data)
	b = le.AppendUint32(append(b, "WAVEfmt "...), 16)
	b = le.AppendUint16(b, 1) // PCM
	b = le.AppendUint16(b, 1) // mono
	b = le.AppendUint32(b, Rate)
	b = le.AppendUint32(b, 2*Rate)
	b = le.AppendUint16(b, 2)
	b = le.AppendUint16(b, 16)
	return le.AppendUint32(append(b, "data"...), data)
}
