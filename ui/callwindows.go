package ui

import (
	"image"
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"leadline/ui/desk"
	"leadline/ui/door"
	"leadline/ui/screen"
)

const (
	ready  = 2               // windows made in advance: one that rings, one that waits
	linger = 8 * time.Second // how long an ended call stays
	brief  = 3 * time.Second // the same, when there is nothing to do about it any more
	grace  = 3 * time.Second // after the pointer or the keyboard has left, or something was typed
)

// callWindows shows a window for each call of the desk (requirements.md H1) and
// takes it away again. It belongs to the goroutine of the windows.
type callWindows struct {
	desk Desk
	now  func() time.Time
	make func(slot int) *callWindow
	// slots are all that were ever made; a free one is filled again. None is closed: without a graphics card Mesa gives little of a
	// window back. Of 16 that took 291 MB, 12 were closed and made again twice, which took 386; kept, they took 292.
	slots []*callWindow

	onShown func()         // a window was shown or hidden
	open    func(desk.Ref) // shows a record in the main window
	convert func(desk.Ref) // and begins to convert it
	devices func()         // shows where the sound's devices are chosen

	// arm sets the clock that calls Tick to what has changed.
	arm func()
}

// newCallWindows takes App, Desk and Now of opt, and to play recordings Do and Settings.
func newCallWindows(opt MainOptions) *callWindows {
	c := &callWindows{desk: opt.Desk, now: opt.Now, arm: func() {}, onShown: func() {}, open: func(desk.Ref) {}, convert: func(desk.Ref) {}, devices: func() {}}
	c.make = func(slot int) *callWindow {
		w := newCallWindow(opt, slot)
		w.onTyped = func() { c.arm() }
		w.onShown = func() { c.onShown() }
		w.open = func(r desk.Ref) { c.open(r) }
		w.convert = func(r desk.Ref) { c.convert(r) }
		w.devices = func() { c.devices() }
		return w
	}
	return c
}

// Warm makes the first windows and has each painted once: making one in the moment
// of the ring costs 50 to 90 ms, filling a ready one 20.
func (c *callWindows) Warm() {
	for len(c.slots) < ready {
		w := c.make(len(c.slots))
		c.slots = append(c.slots, w)
		w.warm()
	}
}

// Draw brings the windows in line with a snapshot.
func (c *callWindows) Draw(s desk.Snapshot) {
	defer c.arm()
	for _, w := range c.slots {
		if w.busy && !slices.ContainsFunc(s.Calls, func(k desk.Call) bool { return k.ID == w.id }) {
			w.leave()
		}
	}
	for _, k := range s.Calls {
		w := c.of(k.ID)
		if w == nil {
			w = c.free()
			c.number(w)
			c.announce(w)
			w.enter(k)
			w.sound(s.Sound)
			w.show()
			continue
		}
		c.queue(w, s)
		w.fill(k)
		w.sound(s.Sound)
		if w.wanted() && !w.shown {
			c.announce(w)
			w.show()
		}
	}
}

// queue tells a window which call waits after its own is over: one that rings, else one that is over, too.
func (c *callWindows) queue(w *callWindow, s desk.Snapshot) {
	next := desk.CallID("")
	for _, k := range s.Calls {
		if o := c.of(k.ID); k.ID != w.id && (k.State == desk.Incoming || next == "" && k.State == desk.Ended && (o == nil || o.wanted())) {
			next = k.ID
		}
	}
	if changed := (next != "") != (w.next != nil); changed {
		w.view.fresh = true
	}
	w.next = nil
	if next != "" {
		w.next = func() { c.Reopen(next) }
	}
}

// Tick moves the clocks, saves what was typed, and puts ended calls away.
func (c *callWindows) Tick() {
	now := c.now()
	for _, w := range c.slots {
		if w.busy {
			w.tick(now)
		}
	}
	c.arm()
}

// rest is how long the windows stay as they are by themselves; false when no call is there.
func (c *callWindows) rest() (wait time.Duration, open bool) {
	now := c.now()
	for _, w := range c.slots {
		if !w.busy {
			continue
		}
		if r := w.rest(now); !open || r < wait {
			wait, open = r, true
		}
	}
	return max(wait, beat), open
}

// Reopen shows a call's window again that the agent had closed, and gives it the
// keyboard: it was asked for.
func (c *callWindows) Reopen(id desk.CallID) {
	w := c.of(id)
	if w == nil {
		return
	}
	w.dismissed = false
	if !w.shown {
		c.announce(w)
		w.show()
	}
	w.win.RequestFocus()
}

// Shown tells whether a call's window is on the screen.
func (c *callWindows) Shown(id desk.CallID) bool {
	w := c.of(id)
	return w != nil && w.shown
}

func (c *callWindows) of(id desk.CallID) *callWindow {
	for _, w := range c.slots {
		if w.busy && w.id == id {
			return w
		}
	}
	return nil
}

// free is a window without a call: the first of those that are ready, so that the
// one window that most agents ever see is always the same.
func (c *callWindows) free() *callWindow {
	for _, w := range c.slots {
		if !w.busy {
			return w
		}
	}
	w := c.make(len(c.slots))
	c.slots = append(c.slots, w)
	return w
}

// number gives a window that takes a call the first name that no call in progress
// has: "call" is the one that rings, also while the window of the call before it is
// still up. That one, and those that wait, take the name left over.
func (c *callWindows) number(w *callWindow) {
	first := 0
	for slices.ContainsFunc(c.slots, func(o *callWindow) bool {
		return o != w && o.number == first && o.busy && o.call.State != desk.Ended
	}) {
		first++
	}
	for _, o := range c.slots {
		if o != w && o.number == first {
			o.number = w.number
		}
	}
	w.number = first
}

// announce puts a window at the first place at the top right where none stands yet.
// Place, and being on top, are lost by hiding and asked for again.
func (c *callWindows) announce(w *callWindow) {
	place := 0
	for c.taken(place) {
		place++
	}
	w.announce(place, spot(screen.WorkArea(), w.pixels(), place))
}

func (c *callWindows) taken(place int) bool {
	return slices.ContainsFunc(c.slots, func(w *callWindow) bool { return w.shown && w.place == place })
}

// The room that a window's frame takes, and between windows, in pixels.
const (
	titleBar = 36
	edge     = 12
	// Many desktops show notifications at the top right, where they would cover the
	// caller's name.
	notices = 120
)

// spot is where the content of the n-th window begins: side by side from the top
// right, so that none covers another's buttons; when the row is full, the next one
// begins a little lower and further left.
func spot(area image.Rectangle, size image.Point, n int) image.Point {
	if area.Empty() {
		return image.Point{}
	}
	inRow := max(1, area.Dx()/(size.X+edge))
	row, col := n/inRow, n%inRow
	x := area.Max.X - (col+1)*(size.X+edge) - row*titleBar // where the screen is too low for the rows, too, something is seen of each
	y := area.Min.Y + notices + titleBar + row*2*titleBar
	return image.Pt(max(area.Min.X, x), min(y, max(area.Min.Y+titleBar, area.Max.Y-size.Y)))
}

// beat is the least time between two looks at the clocks, however many calls there are. Each
// look wakes the loop of the windows, and what has changed is painted: with one call, once
// a second.
const (
	beat = 100 * time.Millisecond
	// afterSecond is how much later than a second begins the clocks are looked at: the timer and
	// the clock on the wall are two.
	afterSecond = 5 * time.Millisecond
)

// Start draws what the desk has now and from then on, until stop.
func (c *callWindows) Start(do *Dispatcher) (stop func()) {
	clock := newMainDelay(do, beat, c.Tick)
	c.arm = func() {
		clock.Stop()
		if wait, open := c.rest(); open {
			clock.wait = wait + afterSecond
			clock.Start()
		}
	}
	draw := Latest(do, c.Draw)
	unsubscribe := c.desk.Subscribe(draw)
	draw(c.desk.Snapshot())
	return func() {
		unsubscribe()
		c.arm = clock.Stop
		clock.Stop()
	}
}

// doorWindows are the windows as the automation door knows them.
func (c *callWindows) doorWindows() []door.Window {
	var all []door.Window
	for _, w := range c.slots {
		d := doorWindow(w.name(), w.win, w.shown, w.closed)
		d.Call = w.id
		d.Settle = func() time.Duration { return w.view.actions.settle(c.now()) }
		all = append(all, d)
	}
	return all
}

// doorWindow describes a window to the automation door.
func doorWindow(name string, w fyne.Window, visible bool, shut func()) door.Window {
	d := door.Window{Name: name, Title: w.Title(), Visible: visible, Canvas: w.Canvas(), Close: shut}
	if gl, ok := w.(interface{ RunWithContext(func()) }); ok {
		d.InContext = gl.RunWithContext
	}
	if visible {
		r := screen.Content(w)
		d.X, d.Y, d.W, d.H = r.Min.X, r.Min.Y, r.Dx(), r.Dy()
	}
	return d
}
