package media

import (
	"fmt"
	"io"
	"math"
	"sync/atomic"
	"time"

	"github.com/mewkiz/flac"
	"github.com/mewkiz/flac/frame"
	"github.com/mewkiz/flac/meta"
)

// RecordRate is the sampling rate of recordings in Hz: what wide-band telephony carries.
const RecordRate = 16000

const (
	recordBlock = 4096                   // samples of a FLAC frame, 256 ms
	recordSlack = 200 * time.Millisecond // how late a frame may come to its place
	recordFrame = RecordRate * 10 / 1000 // samples of 10 ms
	frameTime   = time.Second / (Rate / FrameSamples)
)

// A Recorder writes what both sides of a call say to a FLAC file in stereo: left
// what goes out from here, silence while muted; right what is heard here. Both are placed by the
// clock on one timeline, whatever the two sound cards' clocks, stalls, holds and the
// jitter buffer do, so that an answer comes as long after its question as it did for
// whoever sat here. What passes while it is paused is silence of the same length.
//
// [Session.Record] connects it. The sound pump leaves frames in two lock-free queues of
// 2.5 s and never waits; a goroutine of the owner's calls Drain a few times a second, which
// is where resampling, encoding and writing are done. Each block of 256 ms is
// a FLAC frame of its own and written at once: a file that ends anywhere plays up to there.
type Recorder struct {
	began       time.Time
	paused      atomic.Bool
	said, heard lane

	// Of the goroutine that calls Drain and Close.
	encoder *flac.Encoder
	out     *blocks
	block   *frame.Frame
	pos     int64 // samples written
	err     error
}

// NewRecorder makes a recording that begins at began. Nothing is written to w before Drain.
func NewRecorder(w io.WriteSeeker, began time.Time) (*Recorder, error) {
	r := &Recorder{began: began, out: &blocks{file: w}}
	r.said.down, r.heard.down = newDownsampler(RecordRate), newDownsampler(RecordRate)
	// FLAC: blocks of one size; 0 samples and an MD5 of zero mean unknown, for as long as it lasts.
	info := &meta.StreamInfo{BlockSizeMin: recordBlock, BlockSizeMax: recordBlock, SampleRate: RecordRate, NChannels: 2, BitsPerSample: 16}
	var err error
	if r.encoder, err = flac.NewEncoder(r.out, info); err != nil {
		return nil, fmt.Errorf("begin a recording: %w", err)
	}
	r.encoder.EnablePredictionAnalysis(false)
	r.block = &frame.Frame{Header: frame.Header{HasFixedBlockSize: true, BlockSize: recordBlock, SampleRate: RecordRate,
		Channels: frame.ChannelsLR, BitsPerSample: 16}}
	for range 2 {
		r.block.Subframes = append(r.block.Subframes, &frame.Subframe{Samples: make([]int32, recordBlock), NSamples: recordBlock})
	}
	return r, nil
}

// Pause leaves out what is said and heard from now on, or stops leaving it out. Any goroutine.
func (r *Recorder) Pause(on bool) { r.paused.Store(on) }

// Lost is how many frames of 10 ms were left out because Drain did not come in time. Any goroutine.
func (r *Recorder) Lost() uint64 { return r.said.ring.lost.Load() + r.heard.ring.lost.Load() }

// Written is how many bytes of the file are whole blocks: after an error the file may be cut there.
func (r *Recorder) Written() int64 { return r.out.written }

// hear and say take 10 ms from the pump: no lock, no allocation, no waiting.
func (r *Recorder) hear(samples []int16, at time.Time) {
	if !r.paused.Load() {
		r.heard.ring.put(samples, at.Sub(r.began))
	}
}

func (r *Recorder) say(samples []int16, silent bool, at time.Time) {
	switch {
	case r.paused.Load():
	case silent:
		r.said.ring.put(nil, at.Sub(r.began)-frameTime)
	default: // it took 10 ms to say
		r.said.ring.put(samples, at.Sub(r.began)-frameTime)
	}
}

// Drain writes what was said and heard up to a moment before now. After an error, which it
// returns from then on, nothing more is written.
func (r *Recorder) Drain(now time.Time) error {
	until := now.Sub(r.began)
	for _, l := range []*lane{&r.said, &r.heard} {
		if at, ok := l.ring.oldest(); ok {
			until = min(until, at)
		}
	}
	r.emit(recordSamples(until - recordSlack)) // a long gap is written before what follows it waits here
	r.said.collect()
	r.heard.collect()
	r.emit(recordSamples(now.Sub(r.began) - recordSlack))
	if r.pos == 0 && r.err == nil { // the header, so that a full disk is known at once
		r.err = r.out.flush()
	}
	return r.err
}

// Close writes the rest, padded to a block, and the length into the header. It does not close the file.
func (r *Recorder) Close(now time.Time) error {
	_ = r.Drain(now)
	end := recordSamples(now.Sub(r.began))
	if r.pos == 0 {
		end = max(end, 1) // a file without a block can't be opened (RFC 9639 §8.2)
	}
	if end > r.pos {
		r.emit((end + recordBlock - 1) / recordBlock * recordBlock)
	}
	if r.err != nil {
		return r.err
	}
	if err := r.encoder.Close(); err != nil {
		return fmt.Errorf("finish a recording: %w", err)
	}
	return r.out.flush()
}

func recordSamples(d time.Duration) int64 {
	return int64(d) / int64(time.Millisecond) * (RecordRate / 1000)
}

// emit writes whole blocks up to a place of the timeline; what is not there is silence.
func (r *Recorder) emit(until int64) {
	for r.err == nil && r.pos+recordBlock <= until {
		r.said.take(r.block.Subframes[0])
		r.heard.take(r.block.Subframes[1])
		err := r.encoder.WriteFrame(r.block)
		if err == nil {
			err = r.out.flush()
		}
		if err != nil {
			r.err = fmt.Errorf("write a recording: %w", err)
			return
		}
		r.pos += recordBlock
	}
}

// blocks gathers what the encoder writes in small pieces, so that the file has either all of
// a block or, when it is killed, its beginning.
type blocks struct {
	file    io.WriteSeeker
	buf     []byte
	written int64
	mends   bool // what is written has its place already
}

func (b *blocks) Write(p []byte) (int, error) {
	b.buf = append(b.buf, p...)
	return len(p), nil
}

func (b *blocks) flush() error {
	n, err := b.file.Write(b.buf)
	if err == nil && n < len(b.buf) {
		err = io.ErrShortWrite
	}
	if err == nil && !b.mends {
		b.written += int64(n)
	}
	b.buf = b.buf[:0]
	return err
}

// Seek is for the header, at the end.
func (b *blocks) Seek(offset int64, whence int) (int64, error) {
	if err := b.flush(); err != nil {
		return 0, err
	}
	b.mends = true
	return b.file.Seek(offset, whence)
}

// A lane is one side of a recording on its way to the timeline.
type lane struct {
	ring frameRing
	down *downsampler

	frame [recordFrame]int16
	buf   []int16 // placed and not written yet
	base  int64   // where buf begins on the timeline, in samples
	begun bool

	settling int     // frames until usual is known
	usual    float64 // how far behind the clock its end is: a sound card brings its frames in batches
	lag      float64 // how much further it is behind now, smoothed, in samples
	rest     int     // frames until the next correction
}

const (
	laneGap   = RecordRate / 10  // a hole of 100 ms is silence; less is a pump that was held up
	laneEarly = RecordRate / 5   // what is further ahead of the clock is dropped
	laneSlip  = RecordRate / 200 // a sound card may go wrong by 5 ms before it is corrected
	laneLearn = 100              // frames, to learn what is usual
	laneRest  = 4                // frames from one correction to the next: 0.16 %, a fiftieth of a semitone
)

func (l *lane) collect() {
	for {
		f := l.ring.next()
		if f == nil {
			return
		}
		l.down.run(l.frame[:], f.samples[:])
		at := recordSamples(f.at)
		l.ring.done()
		l.place(at)
	}
}

// place puts the frame where its time is. Sound cards are up to 0.02 % fast or slow, 700 ms in
// an hour: a frame becomes a sample longer or shorter now and then, which nobody hears.
func (l *lane) place(at int64) {
	end := l.base + int64(len(l.buf))
	late := at - end
	switch {
	case late < -laneEarly, !l.begun && late < 0:
		return
	case !l.begun || late > laneGap:
		l.begun, l.settling, l.usual, l.lag = true, laneLearn, 0, 0
		l.buf = append(l.buf, make([]int16, late)...)
		late = 0
	}
	l.append(recordFrame + l.correction(float64(late)))
}

// correction is by how many samples a frame has to be longer or shorter.
func (l *lane) correction(late float64) int {
	if l.settling > 0 {
		l.settling--
		l.usual += late / laneLearn
		return 0
	}
	l.lag += (late - l.usual - l.lag) / 128
	if l.rest--; l.rest > 0 {
		return 0
	}
	switch {
	case l.lag > laneSlip:
		l.lag--
		l.rest = laneRest
		return 1
	case l.lag < -laneSlip:
		l.lag++
		l.rest = laneRest
		return -1
	}
	return 0
}

// append adds the frame as n samples.
func (l *lane) append(n int) {
	if n == recordFrame {
		l.buf = append(l.buf, l.frame[:]...)
		return
	}
	for i := range n {
		at := float64(i) * (recordFrame - 1) / float64(n-1)
		j := min(int(at), recordFrame-2)
		share := at - float64(j)
		l.buf = append(l.buf, int16(math.Round(float64(l.frame[j])*(1-share)+float64(l.frame[j+1])*share)))
	}
}

// take moves a block to a subframe of FLAC.
func (l *lane) take(to *frame.Subframe) {
	n := min(len(l.buf), recordBlock)
	for i, v := range l.buf[:n] {
		to.Samples[i] = int32(v)
	}
	clear(to.Samples[n:])
	l.buf = l.buf[:copy(l.buf, l.buf[n:])]
	l.base += recordBlock
	predict(to)
}

// frameRing is a queue of frames between one writer and one reader: no locks, no allocation,
// never waits.
type frameRing struct {
	frames [256]timedFrame
	wrote  atomic.Uint64
	taken  atomic.Uint64
	lost   atomic.Uint64
}

type timedFrame struct {
	at      time.Duration
	samples [FrameSamples]int16
}

// put adds a frame, silence if there are no samples, or drops it when the queue is full. Writer only.
func (r *frameRing) put(samples []int16, at time.Duration) {
	w := r.wrote.Load()
	if w-r.taken.Load() == uint64(len(r.frames)) {
		r.lost.Add(1)
		return
	}
	f := &r.frames[w%uint64(len(r.frames))]
	f.at = at
	clear(f.samples[copy(f.samples[:], samples):])
	r.wrote.Store(w + 1)
}

// next is the oldest frame, nil when there is none; done lets it go. Reader only.
func (r *frameRing) next() *timedFrame {
	t := r.taken.Load()
	if t == r.wrote.Load() {
		return nil
	}
	return &r.frames[t%uint64(len(r.frames))]
}

func (r *frameRing) done() { r.taken.Add(1) }

func (r *frameRing) oldest() (at time.Duration, ok bool) {
	if f := r.next(); f != nil {
		return f.at, true
	}
	return 0, false
}
