package door

import (
	"errors"
	"fmt"
	"time"

	"fyne.io/fyne/v2"

	"leadline/ui/desk"
)

// Program is what the door opens to. Snapshot and Dial are called from any
// goroutine, Windows on that of the windows only.
type Program interface {
	// Do has f run on the goroutine of the windows and returns at once.
	Do(f func())
	Windows() []Window
	Snapshot() desk.Snapshot
	Dial(to, account string)
}

// Window is a window of the program, shown or hidden.
type Window struct {
	Name    string // "main", "call", "call-2", …: stable in every language
	Title   string
	Visible bool
	X, Y    int // of its content, in pixels of the screen; 0 where the desktop doesn't tell
	W, H    int // of its content, in pixels
	Call    desk.CallID
	Canvas  fyne.Canvas
	// InContext runs f with the window's OpenGL context; nil where there is none.
	InContext func(f func())
	Close     func()               // as its close button would
	Settle    func() time.Duration // how long clicks are still ignored; may be nil
}

// wish is a line.
type wish struct {
	Do      string `json:"do"`
	Window  string `json:"window"`
	Name    string `json:"name"`
	Text    string `json:"text"`
	Append  bool   `json:"append"`
	Key     string `json:"key"`
	To      string `json:"to"`
	Account string `json:"account"`
	Timeout *int   `json:"timeout_ms"`
	Gone    bool   `json:"gone"`
	File    string `json:"file"`
}

// done is the answer to a wish that has nothing to tell.
type done struct {
	OK bool `json:"ok"` // always true
}

var errClosed = errors.New("the program is ending")

// stuck is how long the goroutine of the windows may take before the door says that
// it hangs.
const stuck = 10 * time.Second

func (d *Door) do(w wish) (any, error) {
	switch w.Do {
	case "state":
		return stateOf(d.program.Snapshot()), nil
	case "dial":
		return d.dial(w)
	case "windows":
		return onUI(d, d.windows)
	case "wait":
		return d.wait(w)
	case "tap":
		return d.inAMoment(func() (any, error) { return d.tap(w) })
	case "shot":
		return d.shot(w)
	case "type", "choose":
		return d.inAMoment(func() (any, error) { return d.visibly(w) })
	case "tree", "key", "close":
		return d.visibly(w)
	case "frames":
		return d.framesSeen()
	case "":
		return nil, errors.New(`not understood: "do" is missing`)
	}
	return nil, fmt.Errorf("not understood: do %q", w.Do)
}

// visibly does what concerns a window that can be seen.
func (d *Door) visibly(w wish) (any, error) {
	return onUI(d, func() (any, error) {
		win, err := d.window(w.Window)
		if err != nil {
			return nil, err
		}
		return inWindow(win, w)
	})
}

func inWindow(win Window, w wish) (any, error) {
	switch w.Do {
	case "tree":
		return treeOf(win), nil
	case "type":
		return done{true}, typeInto(win, w.Name, w.Text, w.Append)
	case "choose":
		return done{true}, choose(win, w.Name, w.Text)
	case "key":
		return done{true}, press(win, w.Key)
	}
	win.Close()
	return done{true}, nil
}

// onUI runs f on the goroutine of the windows and waits for its answer. That is the
// right way round: the door may wait for a window, never a window for the door.
func onUI[T any](d *Door, f func() (T, error)) (T, error) {
	type result struct {
		v   T
		err error
	}
	back := make(chan result, 1)
	d.program.Do(func() {
		r := result{err: errors.New("fault in a window; see the log")}
		defer func() { back <- r }()
		r.v, r.err = f()
	})
	var none T
	timer := time.NewTimer(stuck)
	defer timer.Stop()
	select {
	case r := <-back:
		return r.v, r.err
	case <-d.ctx.Done():
		return none, errClosed
	case <-timer.C:
		return none, fmt.Errorf("the windows did not answer in %v", stuck)
	}
}

func (d *Door) dial(w wish) (any, error) {
	if w.To == "" {
		return nil, errors.New(`dial: "to" is missing`)
	}
	if w.Account != "" {
		known := false
		for _, a := range d.program.Snapshot().Accounts {
			known = known || a.Name == w.Account
		}
		if !known {
			return nil, fmt.Errorf("dial: there is no account %q", w.Account)
		}
	}
	d.program.Dial(w.To, w.Account)
	return done{true}, nil
}

// window finds a window by its name; without one it is the main window.
func (d *Door) window(name string) (Window, error) {
	if name == "" {
		name = "main"
	}
	for _, win := range d.program.Windows() {
		if win.Name != name {
			continue
		}
		if !win.Visible {
			return Window{}, notYet(fmt.Errorf("window %q is hidden", name))
		}
		return win, nil
	}
	return Window{}, fmt.Errorf("there is no window %q", name)
}

type windowLine struct {
	Window  string      `json:"window"`
	Title   string      `json:"title"`
	Visible bool        `json:"visible"`
	X       int         `json:"x"`
	Y       int         `json:"y"`
	W       int         `json:"w"`
	H       int         `json:"h"`
	Call    desk.CallID `json:"call,omitempty"`
}

type windowsAnswer struct {
	OK      bool         `json:"ok"`
	Windows []windowLine `json:"windows"`
}

func (d *Door) windows() (any, error) {
	answer := windowsAnswer{OK: true, Windows: []windowLine{}}
	for _, w := range d.program.Windows() {
		answer.Windows = append(answer.Windows, windowLine{
			w.Name, w.Title, w.Visible, w.X, w.Y, w.W, w.H, w.Call,
		})
	}
	return answer, nil
}
