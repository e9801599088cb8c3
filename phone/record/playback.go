package record

import (
	"fmt"
	"math"
	"sort"
	"sync"
	"sync/atomic"
	"time"

	"leadline/phone/media"
)

// upRate is how many samples of the sound card are one of a recording.
const upRate = media.Rate / media.RecordRate

// Playback is a recording that is played: a voice for the sound card, with both sides in one.
// Its methods return at once and may be called from any goroutine, Play and Capture from the
// pump's alone.
type Playback struct {
	paused   atomic.Bool
	over     atomic.Bool
	failed   atomic.Pointer[error]
	position atomic.Int64 // samples of the recording

	round  atomic.Int64 // of seeking; what was read for an earlier one is dropped
	blocks chan playBlock
	wish   chan seekWish
	quit   chan struct{}
	once   sync.Once
	now    playBlock // the pump's
}

// playBlock is a piece of sound on its way to the sound card.
type playBlock struct {
	round int64
	at    int64 // of the recording
	sound []int16
	end   bool // there is no more
}

// seekWish is a place in the recording to go on from.
type seekWish struct {
	round  int64
	offset int64 // in the file, of the frame
	at     int64 // its first sample
	skip   int64 // samples of it
}

// Play begins to read a recording; Close has to be called.
func Play(path string) *Playback {
	p := &Playback{blocks: make(chan playBlock, 4), wish: make(chan seekWish, 1), quit: make(chan struct{})}
	go p.run(path)
	return p
}

// Pause holds it, or goes on. Over ends with the next Seek.
func (p *Playback) Pause(on bool) { p.paused.Store(on) }

// Over says whether all was played.
func (p *Playback) Over() bool { return p.over.Load() }

// Err is why it can't be played on; nil while it can.
func (p *Playback) Err() error {
	if err := p.failed.Load(); err != nil {
		return *err
	}
	return nil
}

// At is how much was played.
func (p *Playback) At() time.Duration {
	return time.Duration(p.position.Load()) * time.Second / media.RecordRate
}

// Seek goes on from another place of t, which is Scan's of the same file.
func (p *Playback) Seek(t *Track, to time.Duration) {
	if len(t.blocks) == 0 {
		return
	}
	sample := int64(max(0, min(to, t.Length)) * media.RecordRate / time.Second)
	i := max(0, sort.Search(len(t.blocks), func(i int) bool { return t.blocks[i].sample > sample })-1)
	b := t.blocks[i]
	w := seekWish{round: p.round.Add(1), offset: b.offset, at: b.sample, skip: sample - b.sample}
	p.position.Store(sample)
	p.over.Store(false)
	for {
		select {
		case p.wish <- w:
			return
		case <-p.wish: // an earlier one, not begun with
		}
	}
}

// Close ends it.
func (p *Playback) Close() { p.once.Do(func() { close(p.quit) }) }

// Capture drops what the microphone hears.
func (p *Playback) Capture([]int16) {}

// Play is the next piece of sound; silence where it is not read yet.
func (p *Playback) Play(dst []int16) {
	if p.paused.Load() {
		return
	}
	for len(dst) > 0 {
		if len(p.now.sound) == 0 || p.now.round != p.round.Load() {
			select {
			case p.now = <-p.blocks:
			default:
				return
			}
			if p.now.end && p.now.round == p.round.Load() {
				p.over.Store(true)
				return
			}
			continue
		}
		n := copy(dst, p.now.sound)
		dst, p.now.sound = dst[n:], p.now.sound[n:]
		p.now.at += int64(n)
		p.position.Store(p.now.at / upRate)
	}
}

// run reads ahead of the sound card.
func (p *Playback) run(path string) {
	defer func() {
		if r := recover(); r != nil { // the file may come from anywhere
			p.fail(fmt.Errorf("play the recording: %v", r))
		}
	}()
	s, err := openSource(path)
	if err != nil {
		p.fail(err)
		return
	}
	defer s.close()
	up := media.Upsample(media.RecordRate)
	at := seekWish{}
	var skip int64
	for {
		b := playBlock{round: at.round, at: (at.at + skip) * upRate}
		if f, err := s.next(); err != nil {
			b.end = true
		} else {
			b.sound = both(f.Subframes[0].Samples, f.Subframes[1].Samples, up)[skip*upRate:]
			at.at += int64(f.BlockSize)
		}
		skip = 0
		again, ok := p.hand(b)
		if !ok {
			return
		}
		if again != nil {
			at, skip = *again, again.skip
			if err := s.seek(at.offset); err != nil {
				p.fail(fmt.Errorf("play the recording: %w", err))
				return
			}
		}
	}
}

// hand gives a block to the sound card, unless another place is wished for first. After the
// last one it waits for that.
func (p *Playback) hand(b playBlock) (again *seekWish, ok bool) {
	select {
	case w := <-p.wish:
		return &w, true
	case <-p.quit:
		return nil, false
	case p.blocks <- b:
	}
	if !b.end {
		return nil, true
	}
	select {
	case w := <-p.wish:
		return &w, true
	case <-p.quit:
		return nil, false
	}
}

func (p *Playback) fail(err error) { p.failed.Store(&err) }

// both mixes the two sides for one ear, at the sound card's rate.
func both(left, right []int32, up func(dst, src []int16)) []int16 {
	mixed := make([]int16, len(left))
	for i := range mixed {
		mixed[i] = int16(max(math.MinInt16, min(math.MaxInt16, left[i]+right[i])))
	}
	out := make([]int16, len(mixed)*upRate)
	up(out, mixed)
	return out
}
