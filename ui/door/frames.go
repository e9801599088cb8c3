package door

import (
	"bytes"
	"runtime"
	"strings"
	"sync"
	"time"

	"fyne.io/fyne/v2"
)

const (
	// longFrame is how long the goroutine of the windows may be taken by one thing: what it paints, works or waits. After
	// that a person sees it.
	longFrame = 50 * time.Millisecond
	// betweenFrames is how long the goroutine of the windows is left alone between two looks.
	betweenFrames = 5 * time.Millisecond
	// mostLongFrames are kept with what the program did.
	mostLongFrames = 20
)

// frameWatch watches how long the goroutine of the windows is taken by one thing. It hands in work that does nothing, again
// and again, and measures how late it is done. Fyne takes what is handed in and what is due for painting in any order, so
// that the work may have to wait for several frames: each counts by itself, from where Fyne came to it (an animation is told)
// to where it came to the next one, with what was typed, clicked and handed in for that. The time that the windows' thread
// waits for a processor does not count, where the system tells (Linux).
type frameWatch struct {
	begin sync.Once

	mu      sync.Mutex
	begun   []reading // frames, since the work was handed in
	watched int
	worst   float64 // ms
	long    []frameLine
}

type framesAnswer struct {
	OK      bool        `json:"ok"`
	Watched int         `json:"watched"`  // looks since the wish before
	Worst   float64     `json:"worst_ms"` // of all frames
	Long    []frameLine `json:"long"`     // those over 50 ms, at most 20
}

// frameLine is a frame that took too long.
type frameLine struct {
	At      time.Time `json:"at"`
	Took    float64   `json:"took_ms"`    // without what the thread of the windows waited for a processor
	Ran     float64   `json:"ran_ms"`     // of it: how long it had one
	Machine float64   `json:"machine_ms"` // of it: how long somebody else on the machine, be it the screen, waited for one
	stack
}

// stack is what the goroutine of the windows did 50 ms after a frame began.
type stack struct {
	State string   `json:"state"` // in Go's words: running, syscall, chan receive, ...
	Did   []string `json:"did"`   // the functions that it was in, innermost first
}

// reading is what the clocks say.
type reading struct {
	at      time.Time
	windows threadTime
	full    time.Duration // how long somebody on the machine has waited for a processor
}

func now() reading { return reading{time.Now(), windowsTime(), machineFull()} }

// framesSeen answers what was seen since the last wish; the first one begins the watch.
func (d *Door) framesSeen() (any, error) {
	f := &d.frames
	f.begin.Do(func() { d.wg.Go(d.watchFrames) })
	f.mu.Lock()
	defer f.mu.Unlock()
	answer := framesAnswer{OK: true, Watched: f.watched, Worst: f.worst, Long: append([]frameLine{}, f.long...)}
	f.watched, f.worst, f.long = 0, 0, nil
	return answer, nil
}

func (d *Door) watchFrames() {
	f := &d.frames
	each := fyne.NewAnimation(time.Minute, func(float32) { f.frameBegins(now()) })
	each.RepeatCount = fyne.AnimationRepeatForever
	d.program.Do(each.Start)
	late := time.NewTimer(time.Hour)
	defer late.Stop()
	for d.ctx.Err() == nil {
		met, handedIn := uiThread.Load() != 0, now()
		f.handIn(handedIn)
		done := make(chan reading, 1)
		d.program.Do(func() {
			noteThread()
			done <- now()
		})
		late.Reset(longFrame)
		stacks := map[reading]stack{} // of frames, by where they began
		var ended reading
		for ended.at.IsZero() {
			select {
			case <-d.ctx.Done():
				return
			case <-late.C:
				begun := f.last()
				left := longFrame - time.Since(begun.at)
				if left <= 0 {
					stacks[begun] = windowsStack()
					left = longFrame
				}
				late.Reset(left)
			case ended = <-done:
			}
		}
		if met {
			f.saw(ended, stacks)
		}
		time.Sleep(betweenFrames)
	}
}

func (f *frameWatch) handIn(m reading) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.begun = []reading{m}
}

// frameBegins runs on the goroutine of the windows.
func (f *frameWatch) frameBegins(m reading) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.begun = append(f.begun, m)
}

func (f *frameWatch) last() reading {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.begun[len(f.begun)-1]
}

// saw takes in a look that ended.
func (f *frameWatch) saw(ended reading, stacks map[reading]stack) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.watched++
	for i, begun := range f.begun {
		end := ended
		if i+1 < len(f.begun) {
			end = f.begun[i+1]
		}
		waited := end.windows.waited - begun.windows.waited
		took := end.at.Sub(begun.at) - waited
		f.worst = max(f.worst, milliseconds(took))
		if took > longFrame && len(f.long) < mostLongFrames {
			f.long = append(f.long, frameLine{
				At: begun.at, Took: milliseconds(took), Ran: milliseconds(end.windows.ran - begun.windows.ran),
				Machine: milliseconds(max(0, end.full-begun.full-waited)), stack: stacks[begun],
			})
		}
	}
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// windowsStack is what the first goroutine, that of the windows, does.
func windowsStack() stack {
	text := make([]byte, 1<<20)
	text = text[:runtime.Stack(text, true)]
	_, text, found := bytes.Cut(text, []byte("goroutine 1 "))
	if !found {
		return stack{}
	}
	text, _, _ = bytes.Cut(text, []byte("\n\n"))
	var s stack
	for i, line := range strings.Split(string(text), "\n") {
		if i == 0 {
			s.State, _, _ = strings.Cut(strings.Trim(line, "[]:"), ",")
		} else if line != "" && line[0] != '\t' {
			name, _, _ := strings.Cut(line, "(0x")
			s.Did = append(s.Did, strings.TrimSuffix(name, "(...)"))
		}
	}
	return s
}
