package media

import (
	"bytes"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/mewkiz/flac"

	"leadline/phone/sdp"
)

// memory is a file that is not there. It takes limit bytes, if that is not 0.
type memory struct {
	data  []byte
	at    int
	limit int
}

var errFull = errors.New("no space left on device")

func (m *memory) Write(p []byte) (int, error) {
	room := len(p)
	if m.limit > 0 {
		room = min(room, m.limit-m.at)
	}
	m.data = append(m.data[:m.at], append(append([]byte(nil), p[:room]...), m.data[min(m.at+room, len(m.data)):]...)...)
	m.at += room
	if room < len(p) {
		return room, errFull
	}
	return room, nil
}

func (m *memory) Seek(offset int64, whence int) (int64, error) {
	if whence != io.SeekStart {
		return 0, errors.New("only from the start")
	}
	m.at = int(offset)
	return offset, nil
}

// played is what a decoder makes of a file, ended or not.
func played(t *testing.T, data []byte) (left, right []int16) {
	t.Helper()
	stream, err := flac.New(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	for {
		f, err := stream.ParseNext()
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return left, right
		}
		if err != nil {
			t.Fatal(err)
		}
		for i := range f.Subframes[0].Samples {
			left = append(left, int16(f.Subframes[0].Samples[i]))
			right = append(right, int16(f.Subframes[1].Samples[i]))
		}
	}
}

// taped is a simulated call whose first phone is recorded.
type taped struct {
	*network
	t    *testing.T
	a, b *phone
	r    *Recorder
	file *memory
}

func tape(t *testing.T, n *network) *taped {
	t.Helper()
	a, b := call(t, n, 0, 0)
	c := &taped{network: n, t: t, a: a, b: b, file: &memory{}}
	n.run(time.Second, a, b)
	r, err := NewRecorder(c.file, n.time())
	if err != nil {
		t.Fatal(err)
	}
	c.r = r
	a.Record(r)
	return c
}

// talk lets time pass, with a Drain every 200 ms.
func (c *taped) talk(d time.Duration) {
	c.t.Helper()
	for end := c.now + d; c.now < end; {
		c.run(min(200*time.Millisecond, end-c.now), c.a, c.b)
		if err := c.r.Drain(c.time()); err != nil {
			c.t.Fatal(err)
		}
	}
}

func (c *taped) close() (left, right []int16) {
	c.t.Helper()
	c.a.Record(nil)
	if err := c.r.Close(c.time()); err != nil {
		c.t.Fatal(err)
	}
	return played(c.t, c.file.data)
}

// at is the amplitude of a tone in a recording between two moments.
func at(pcm []int16, from, to time.Duration, hz float64) float64 {
	// goertzel thinks in Rate.
	return goertzel(pcm[recordSamples(from):recordSamples(to)], hz*Rate/RecordRate)
}

const s = time.Second

func TestTheMicrophoneIsNotRecordedWhileMusicPlaysInItsPlace(t *testing.T) {
	c := tape(t, newNetwork())
	c.a.speaks = tone(400)
	c.talk(2 * s)
	c.a.Comfort(func(frame []int16) { clear(frame) })
	c.talk(2 * s)
	left, _ := c.close()
	if talks, held := at(left, s, 2*s, 400), at(left, 3*s, 4*s, 400); talks < 0.2 || held > 0.001 {
		t.Errorf("our voice has %.3f before and %.3f while the other side is held", talks, held)
	}
}

func TestARecordingHasUsAtTheLeftAndThemAtTheRight(t *testing.T) {
	c := tape(t, newNetwork())
	c.a.speaks, c.b.speaks = tone(400), tone(1000)
	c.talk(5 * s)
	left, right := c.close()
	if got := time.Duration(len(left)) * s / RecordRate; got < 5*s || got > 5*s+256*time.Millisecond {
		t.Errorf("the recording is %v long", got)
	}
	for _, test := range []struct {
		side         string
		pcm          []int16
		theirs, ours float64
	}{{"left", left, 1000, 400}, {"right", right, 400, 1000}} {
		own, other := at(test.pcm, s, 4*s, test.ours), at(test.pcm, s, 4*s, test.theirs)
		t.Logf("%s: %.0f Hz %.4f, %.0f Hz %.6f", test.side, test.ours, own, test.theirs, other)
		if own < 0.24 || own > 0.26 || other > 0.001 {
			t.Errorf("%s: own tone %.4f, the other's %.6f", test.side, own, other)
		}
	}
	info, err := flac.New(bytes.NewReader(c.file.data))
	if err != nil {
		t.Fatal(err)
	}
	if int(info.Info.NSamples) != len(left) || info.Info.NChannels != 2 || info.Info.SampleRate != RecordRate || info.Info.MD5sum == [16]byte{} {
		t.Errorf("header %+v", info.Info)
	}
}

// onset is the first moment at which a recording is loud.
func onset(pcm []int16, from time.Duration) time.Duration {
	for i := recordSamples(from); i < int64(len(pcm)); i++ {
		if pcm[i] > 2000 || pcm[i] < -2000 {
			return time.Duration(i) * s / RecordRate
		}
	}
	return -1
}

// TestARecordingTellsHowLongAnAnswerTook has the far end answer the moment it hears us: what lies
// between is twice the way through the network, and the jitter buffers. In the file it is what it
// was at the ear.
func TestARecordingTellsHowLongAnAnswerTook(t *testing.T) {
	for _, jitter := range []time.Duration{0, 40 * time.Millisecond} {
		n := newNetwork()
		n.jitter = jitter
		c := tape(t, n)
		c.talk(2 * s)
		c.a.speaks = tone(400)
		c.talk(100 * time.Millisecond)
		c.b.speaks = tone(1000)
		began := n.now
		heard := len(c.a.heard)
		c.talk(2 * s)
		var ear time.Duration
		for i, v := range c.a.heard[heard:] {
			if v > 2000 || v < -2000 {
				ear = began + time.Duration(i)*s/Rate - s // the recording began after a second
				break
			}
		}
		left, right := c.close()
		asked, answered := onset(left, 0), onset(right, 0)
		t.Logf("jitter %v: asked at %v, answered at %v, at the ear at %v", jitter, asked, answered, ear)
		if d := asked - 2*s; d < -15*time.Millisecond || d > 15*time.Millisecond {
			t.Errorf("we spoke after 2 s; in the file after %v", asked)
		}
		if d := answered - ear; d < -25*time.Millisecond || d > 25*time.Millisecond {
			t.Errorf("they were heard after %v; in the file after %v", ear, answered)
		}
	}
}

// TestTheSidesStayTogether gives the two sides sound cards that differ by 0.2 %, half a second in
// four minutes.
func TestTheSidesStayTogether(t *testing.T) {
	file := &memory{}
	r, err := NewRecorder(file, start)
	if err != nil {
		t.Fatal(err)
	}
	// A click every ten seconds, on both sides at once.
	frame := make([]int16, FrameSamples)
	click := make([]int16, FrameSamples)
	for i := range click {
		click[i] = 20000
	}
	play := func(at time.Duration, next *time.Duration, last *int, take func([]int16, time.Time)) {
		if n := int(at / (10 * s)); n != *last {
			*last = n
			take(click, start.Add(at))
		} else {
			take(frame, start.Add(at))
		}
	}
	var said, heard, drained time.Duration
	var lastSaid, lastHeard int
	for said < 4*time.Minute {
		if said <= heard {
			play(said, &said, &lastSaid, func(f []int16, at time.Time) { r.say(f, false, at) })
			said += 10*time.Millisecond - 10*time.Microsecond
		} else {
			play(heard, &heard, &lastHeard, r.hear)
			heard += 10*time.Millisecond + 10*time.Microsecond
		}
		if now := min(said, heard); now-drained > s {
			drained = now
			if err := r.Drain(start.Add(now)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := r.Close(start.Add(said)); err != nil {
		t.Fatal(err)
	}
	left, right := played(t, file.data)
	if r.Lost() > 0 {
		t.Errorf("%d frames were lost", r.Lost())
	}
	var worst, apart time.Duration
	for at := 10 * s; at < 230*s; at += 10 * s {
		l, h := onset(left, at-s), onset(right, at-s)
		worst = max(worst, l-at, at-l, h-at, at-h)
		apart = max(apart, l-h, h-l)
	}
	t.Logf("at most %v from where it belongs, at most %v apart; %.1f MB", worst, apart, float64(len(file.data))/1e6)
	if worst > 40*time.Millisecond || apart > 30*time.Millisecond {
		t.Errorf("%v from its place, %v apart", worst, apart)
	}
}

func TestWhatIsMutedHeldOrPausedIsSilenceOfItsLength(t *testing.T) {
	c := tape(t, newNetwork())
	c.a.speaks, c.b.speaks = tone(400), tone(1000)
	c.talk(2 * s)
	c.a.Mute(true)
	c.talk(2 * s) // 2..4: they don't hear us
	c.a.Mute(false)
	held := agreed()
	held.Direction = sdp.Inactive
	if err := c.a.Update(held); err != nil {
		t.Fatal(err)
	}
	c.talk(2 * s) // 4..6: nobody hears anybody
	if err := c.a.Update(agreed()); err != nil {
		t.Fatal(err)
	}
	c.talk(2 * s)
	c.r.Pause(true)
	c.talk(2 * s) // 8..10: nobody is to know
	c.r.Pause(false)
	c.talk(2 * s)
	left, right := c.close()
	for _, test := range []struct {
		from        time.Duration
		left, right bool
	}{{0, true, true}, {2 * s, false, true}, {4 * s, false, false}, {6 * s, true, true}, {8 * s, false, false}, {10 * s, true, true}} {
		// Half a second aside for what is on its way at the change.
		l := at(left, test.from+s/2, test.from+3*s/2, 400)
		r := at(right, test.from+s/2, test.from+3*s/2, 1000)
		if (l > 0.2) != test.left || (r > 0.2) != test.right || (l > 0.001) != test.left || (r > 0.001) != test.right {
			t.Errorf("after %v: left %.4f, right %.4f", test.from, l, r)
		}
	}
	if got := time.Duration(len(left)) * s / RecordRate; got < 12*s || got > 12*s+256*time.Millisecond {
		t.Errorf("the recording is %v long", got)
	}
}

func TestARecordingPlaysUpToTheLastSecondWhereverItEnds(t *testing.T) {
	c := tape(t, newNetwork())
	c.a.speaks, c.b.speaks = tone(400), tone(1000)
	for range 10 {
		c.talk(700 * time.Millisecond)
		left, right := played(t, c.file.data)
		if missing := c.now - s - time.Duration(len(left))*s/RecordRate; missing > s {
			t.Fatalf("after %v, %v are missing", c.now, missing)
		}
		if len(left) > RecordRate && at(left, s/2, s, 400) < 0.2 || len(right) > RecordRate && at(right, s/2, s, 1000) < 0.2 {
			t.Fatal("the file has not what was said")
		}
	}
	// A block that was cut in the middle costs no other.
	whole, _ := played(t, c.file.data)
	cut, _ := played(t, c.file.data[:len(c.file.data)-100])
	if len(cut) != len(whole)-recordBlock {
		t.Errorf("%d of %d samples are left", len(cut), len(whole))
	}
}

func TestAFullDiskKeepsWhatWasWritten(t *testing.T) {
	c := tape(t, newNetwork())
	c.a.speaks, c.b.speaks = tone(400), tone(1000)
	c.file.limit = 100_000
	var err error
	for err == nil && c.now < time.Minute {
		c.run(200*time.Millisecond, c.a, c.b)
		err = c.r.Drain(c.time())
	}
	if !errors.Is(err, errFull) {
		t.Fatalf("Drain said %v", err)
	}
	c.run(s, c.a, c.b)
	if again := c.r.Drain(c.time()); !errors.Is(again, errFull) || c.r.Close(c.time()) == nil {
		t.Errorf("afterwards Drain said %v", again)
	}
	left, _ := played(t, c.file.data[:c.r.Written()])
	if len(left)%recordBlock != 0 || len(left) < RecordRate || at(left, s/2, s, 400) < 0.2 {
		t.Errorf("%d samples are kept", len(left))
	}
}

// TestALaptopThatSleptCostsNoMemory has the clock jump.
func TestALaptopThatSleptCostsNoMemory(t *testing.T) {
	c := tape(t, newNetwork())
	c.a.speaks, c.b.speaks = tone(400), tone(1000)
	c.talk(s)
	c.now += 5 * time.Minute
	c.a.next, c.b.next = c.now, c.now
	c.run(200*time.Millisecond, c.a, c.b)
	before := len(c.file.data)
	c.talk(2 * s)
	if got := cap(c.r.said.buf) + cap(c.r.heard.buf); got > 4*RecordRate {
		t.Errorf("%d samples of memory", got)
	}
	left, _ := c.close()
	if loud := at(left, 5*time.Minute+2*s, 5*time.Minute+5*s/2, 400); loud < 0.2 || before > 50_000 {
		t.Errorf("after the sleep %.3f, before it %d bytes", loud, before)
	}
}

func TestTheBeepIsHeardByBothSides(t *testing.T) {
	n := newNetwork()
	a, b := call(t, n, 0, 0)
	n.run(s, a, b)
	a.Mute(true)
	a.Beep()
	n.run(600*time.Millisecond, a, b)
	for name, p := range map[string]*phone{"here": a, "there": b} {
		heard := p.last(600 * time.Millisecond)
		if level := goertzel(heard, beepHertz); level < 0.06 {
			t.Errorf("%s it is heard with %.4f", name, level)
		}
	}
	n.run(s, a, b)
	if level := goertzel(b.last(s), beepHertz); level > 0.001 {
		t.Errorf("it does not end: %.4f", level)
	}
	held := agreed()
	held.Direction = sdp.RecvOnly
	if err := a.Update(held); err != nil {
		t.Fatal(err)
	}
	a.Beep()
	n.run(s, a, b)
	if err := a.Update(agreed()); err != nil {
		t.Fatal(err)
	}
	n.run(600*time.Millisecond, a, b)
	if level := goertzel(b.last(600*time.Millisecond), beepHertz); level < 0.06 {
		t.Errorf("after a hold they hear it with %.4f", level)
	}
}

func TestRecordingAllocatesNothingInThePump(t *testing.T) {
	r, err := NewRecorder(&memory{}, start)
	if err != nil {
		t.Fatal(err)
	}
	pcm := make([]int16, FrameSamples)
	now := start
	if n := testing.AllocsPerRun(1000, func() { // more than the queue holds: dropping costs nothing either
		r.hear(pcm, now)
		r.say(pcm, false, now)
		now = now.Add(10 * time.Millisecond)
	}); n > 0 {
		t.Errorf("%v allocations a frame", n)
	}
	if r.Lost() == 0 {
		t.Error("a full queue went on")
	}
}

// BenchmarkRecording is the cost of one second of recording, in the writer's goroutine.
func BenchmarkRecording(b *testing.B) {
	file, err := os.Create(filepath.Join(b.TempDir(), "x.flac"))
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	r, err := NewRecorder(file, start)
	if err != nil {
		b.Fatal(err)
	}
	voice := make([]int16, Rate)
	for i := range voice {
		voice[i] = int16(math.Round(32767 * spoken(i)))
	}
	now := start
	b.ReportAllocs()
	for b.Loop() {
		for i := 0; i < Rate; i += FrameSamples {
			r.hear(voice[i:i+FrameSamples], now)
			r.say(voice[i:i+FrameSamples], false, now)
			now = now.Add(10 * time.Millisecond)
		}
		if err := r.Drain(now); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(r.Written())/float64(b.N)/1000, "kB/s")
}

// A recording that ends as it begins is a file that plays, and not one that no decoder opens.
func TestARecordingThatEndsAtOnceCanBeOpened(t *testing.T) {
	file, start := &memory{}, time.Now()
	r, err := NewRecorder(file, start)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(start); err != nil {
		t.Fatal(err)
	}
	if left, right := played(t, file.data); len(left) != recordBlock || len(right) != recordBlock {
		t.Errorf("it has %d and %d samples", len(left), len(right))
	}
}
