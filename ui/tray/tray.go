package tray

import (
	"context"
	"sync"
	"time"
)

// Face is what the tray shows. Each Face of a program has as many items as its first.
type Face struct {
	Icon  []byte // a square PNG
	Tip   string // what the program is and how it stands, in words
	Items []Item
}

// Item is a line of the menu; one without a title divides it.
type Item struct {
	Title   string
	Checked bool
	Do      func() // called on a goroutine of the tray, and has to return soon
}

// Tray is the icon. There is one in a program: the library of Windows and macOS knows no second.
type Tray struct {
	do      func(func())
	opened  func()
	changed func()

	patience time.Duration // how long the desktop may take for an answer
	again    time.Duration // after which it is asked again when it did not answer

	life context.Context // ends with Shut
	end  context.CancelFunc

	mu    sync.Mutex
	there bool
	want  Face
	wake  chan struct{} // holds one
	done  sync.WaitGroup

	icon icon
}

// Open looks for the desktop's tray, and for one that comes later. do has its function
// run on the first goroutine of the program, soon; opened is a click on the icon; changed
// is called when There is another. Both may come on any goroutine.
func Open(do func(func()), opened, changed func()) *Tray {
	t := &Tray{do: do, opened: opened, changed: changed, patience: patience, again: 30 * time.Second, wake: make(chan struct{}, 1)}
	t.begin()
	return t
}

func (t *Tray) begin() {
	t.life, t.end = context.WithCancel(context.Background())
	t.done.Add(2)
	go func() {
		defer t.done.Done()
		t.watch()
		if t.life.Err() == nil { // the session is over
			t.set(false)
		}
	}()
	go func() {
		defer t.done.Done()
		t.run()
	}()
}

// There says whether an icon is seen now. It does not wait.
func (t *Tray) There() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.there
}

// Show shows a face as soon as there is a place for it. It does not wait.
func (t *Tray) Show(f Face) {
	t.mu.Lock()
	t.want = f
	t.mu.Unlock()
	t.rouse()
}

// Shut takes the icon away.
func (t *Tray) Shut() {
	t.end()
	t.done.Wait()
	t.icon.end()
}

func (t *Tray) rouse() {
	select {
	case t.wake <- struct{}{}:
	default:
	}
}

// set is told by watch whether the desktop has a tray.
func (t *Tray) set(there bool) {
	t.mu.Lock()
	other := t.there != there
	t.there = there
	t.mu.Unlock()
	if other {
		t.rouse()
		t.changed()
	}
}

// run speaks with the desktop, which may be slow. Of several faces that came meanwhile only the last is shown.
func (t *Tray) run() {
	for {
		select {
		case <-t.life.Done():
			return
		case <-t.wake:
		}
		t.mu.Lock()
		there, face := t.there, t.want
		t.mu.Unlock()
		if there && len(face.Icon) > 0 {
			t.icon.show(t, face)
		}
	}
}

func (t *Tray) clicked(i int) {
	t.mu.Lock()
	var do func()
	if i < len(t.want.Items) {
		do = t.want.Items[i].Do
	}
	t.mu.Unlock()
	if do != nil {
		do()
	}
}
