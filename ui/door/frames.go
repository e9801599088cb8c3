package door

import (
	"bytes"
	"runtime"
	"strings"
	"sync"
	"time"
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

// frameWatch watches how long the goroutine of the windows is taken by one thing. It hands in work that does
// nothing, again and again, and measures how late it is done. What the machine gave to other programs
// meanwhile does not count, where the system tells (Linux).
type frameWatch struct {
	begin sync.Once

	mu      sync.Mutex
	watched int
	worst   float64 // ms
	long    []frameLine
}

type framesAnswer struct {
	OK      bool        `json:"ok"`
	Watched int         `json:"watched"`  // frames looked at since the wish before
	Worst   float64     `json:"worst_ms"` // of them
	Long    []frameLine `json:"long"`     // those over 50 ms, at most 20
}

// frameLine is a frame that took too long.
type frameLine struct {
	At      time.Time `json:"at"`
	Took    float64   `json:"took_ms"`
	Ran     float64   `json:"ran_ms"`     // of it: how long the thread of the windows had a processor
	Machine float64   `json:"machine_ms"` // of the frame: how long somebody on the machine, be it the screen, waited for a processor
	State   string    `json:"state"`      // of the goroutine of the windows after 50 ms, in Go's words: running, syscall, chan receive, ...
	Did     []string  `json:"did"`        // the functions that it was in then, innermost first
}

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
	late := time.NewTimer(time.Hour)
	defer late.Stop()
	for d.ctx.Err() == nil {
		met, before, full, handedIn := uiThread.Load() != 0, threadTimes(), machineFull(), time.Now()
		done := make(chan time.Time, 1)
		d.program.Do(func() {
			noteThread()
			done <- time.Now()
		})
		late.Reset(longFrame)
		var state string
		var did []string
		var ended time.Time
		for ended.IsZero() {
			select {
			case <-d.ctx.Done():
				return
			case <-late.C:
				state, did = windowsStack()
			case ended = <-done:
			}
		}
		took, ran := ended.Sub(handedIn), time.Duration(0)
		if took > longFrame {
			var waited time.Duration
			ran, waited = since(before)
			took -= waited
		}
		if met {
			d.frames.saw(frameLine{handedIn, milliseconds(took), milliseconds(ran), milliseconds(machineFull() - full), state, did})
		}
		time.Sleep(betweenFrames)
	}
}

func (f *frameWatch) saw(l frameLine) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.watched++
	f.worst = max(f.worst, l.Took)
	if l.Took > milliseconds(longFrame) && len(f.long) < mostLongFrames {
		f.long = append(f.long, l)
	}
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// windowsStack is the state of the first goroutine, that of the windows, and the functions that it is in, innermost first.
func windowsStack() (state string, functions []string) {
	stack := make([]byte, 1<<20)
	stack = stack[:runtime.Stack(stack, true)]
	_, stack, found := bytes.Cut(stack, []byte("goroutine 1 "))
	if !found {
		return "", nil
	}
	stack, _, _ = bytes.Cut(stack, []byte("\n\n"))
	for i, line := range strings.Split(string(stack), "\n") {
		if i == 0 {
			state, _, _ = strings.Cut(strings.Trim(line, "[]:"), ",")
		} else if line != "" && line[0] != '\t' {
			name, _, _ := strings.Cut(line, "(0x")
			functions = append(functions, strings.TrimSuffix(name, "(...)"))
		}
	}
	return state, functions
}
