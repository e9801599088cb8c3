package record

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"time"

	"github.com/mewkiz/flac/frame"

	"leadline/phone/media"
)

// trackStep is how many samples a piece of a Track's shape is.
const trackStep = 1024

// Track is what has to be known of a recording to show it and to jump in it.
type Track struct {
	Length      time.Duration
	Left, Right []uint8 // the loudest of every 1024 samples, 0..255 of full scale: we and they

	blocks []trackBlock
}

// trackBlock is where a FLAC frame is.
type trackBlock struct {
	offset int64 // in the file
	sample int64 // its first
}

// Scan reads a recording through: a second of work for a quarter of an hour of sound. What
// broke off is as long as can be played.
func Scan(ctx context.Context, path string) (*Track, error) {
	s, err := openSource(path)
	if err != nil {
		return nil, err
	}
	defer s.close()
	t := &Track{}
	var samples int64
	for ctx.Err() == nil {
		at := s.at
		f, err := s.next()
		if err != nil { // its end, or where it broke off
			t.Length = time.Duration(samples) * time.Second / media.RecordRate
			return t, nil
		}
		t.blocks = append(t.blocks, trackBlock{offset: at, sample: samples})
		t.Left, t.Right = shape(t.Left, f, 0), shape(t.Right, f, 1)
		samples += int64(f.BlockSize)
	}
	return nil, ctx.Err()
}

// shape adds the loudest of each step of a frame's channel.
func shape(to []uint8, f *frame.Frame, channel int) []uint8 {
	samples := f.Subframes[channel].Samples
	for len(samples) > 0 {
		n := min(trackStep, len(samples))
		loudest := int32(0)
		for _, v := range samples[:n] {
			loudest = max(loudest, v, -v)
		}
		to = append(to, uint8(min(math.MaxUint8, loudest>>7)))
		samples = samples[n:]
	}
	return to
}

// source reads the frames of a recording one by one and knows where each begins.
type source struct {
	file *os.File
	read *bufio.Reader
	at   int64 // of the next byte
}

var errNoRecording = errors.New("not a recording of Leadline: FLAC in stereo with 16 bits at 16 kHz")

// openSource opens a recording at its first frame (RFC 9639 §8).
func openSource(path string) (*source, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open the recording: %w", err)
	}
	s := &source{file: f, read: bufio.NewReaderSize(f, 1<<16)}
	if err := s.header(); err != nil {
		s.close()
		return nil, fmt.Errorf("read the recording %s: %w", path, err)
	}
	return s, nil
}

// header passes over the metadata; the first of it says what the sound is.
func (s *source) header() error {
	var head [4]byte
	if _, err := io.ReadFull(s, head[:]); err != nil || string(head[:]) != "fLaC" {
		return errNoRecording
	}
	for first, last := true, false; !last; first = false {
		if _, err := io.ReadFull(s, head[:]); err != nil {
			return errNoRecording
		}
		last = head[0]&0x80 != 0
		size := int64(binary.BigEndian.Uint32(head[:]) & 0xffffff)
		if !first {
			if _, err := io.CopyN(io.Discard, s, size); err != nil {
				return errNoRecording
			}
			continue
		}
		var info [34]byte // STREAMINFO, RFC 9639 §8.2
		if head[0]&0x7f != 0 || size != int64(len(info)) {
			return errNoRecording
		}
		if _, err := io.ReadFull(s, info[:]); err != nil {
			return errNoRecording
		}
		about := binary.BigEndian.Uint32(info[10:])
		if about>>12 != media.RecordRate || about>>9&7 != 1 || about>>4&31 != 15 {
			return errNoRecording
		}
	}
	return nil
}

// Read is io.Reader's.
func (s *source) Read(p []byte) (int, error) {
	n, err := s.read.Read(p)
	s.at += int64(n)
	return n, err
}

// seek goes to a frame.
func (s *source) seek(offset int64) error {
	if _, err := s.file.Seek(offset, io.SeekStart); err != nil {
		return err
	}
	s.read.Reset(s.file)
	s.at = offset
	return nil
}

// next is the frame after the last one.
func (s *source) next() (*frame.Frame, error) {
	f, err := frame.Parse(s)
	if err != nil {
		return nil, err
	}
	if len(f.Subframes) != 2 || len(f.Subframes[0].Samples) != int(f.BlockSize) || len(f.Subframes[1].Samples) != int(f.BlockSize) {
		return nil, errNoRecording
	}
	return f, nil
}

func (s *source) close() { _ = s.file.Close() }
