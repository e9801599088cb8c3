package door

import (
	"errors"
	"fmt"
	"time"
)

// How long wait waits when it isn't told, and how often it looks.
const (
	patience = 5 * time.Second
	longWait = 10 * time.Minute
	glance   = 10 * time.Millisecond
)

// wait waits for a text or a widget of a window; the window too may still have to come.
func (d *Door) wait(w wish) (any, error) {
	if w.Text == "" && w.Name == "" && w.Window == "" {
		return nil, errors.New(`wait: "window", "text" or "name" is missing`)
	}
	limit := patience
	if w.Timeout != nil {
		limit = time.Duration(*w.Timeout) * time.Millisecond
	}
	if limit < 0 || limit > longWait {
		return nil, fmt.Errorf("wait: timeout_ms is from 0 to %d", longWait.Milliseconds())
	}
	end := time.Now().Add(limit)
	for {
		ok, err := onUI(d, func() (bool, error) { return d.arrived(w), nil })
		if err != nil {
			return nil, err
		}
		if ok {
			return done{true}, nil
		}
		if !time.Now().Before(end) {
			return nil, d.missed(w, limit)
		}
		select {
		case <-d.ctx.Done():
			return nil, errClosed
		case <-time.After(glance):
		}
	}
}

func (d *Door) arrived(w wish) bool {
	win, err := d.window(w.Window)
	if err != nil {
		return w.Gone
	}
	there := true
	if w.Text != "" {
		there = shows(win, w.Text)
	}
	if w.Name != "" {
		there = there && usable(win, w.Name)
	}
	return there != w.Gone
}

func (d *Door) missed(w wish, limit time.Duration) error {
	what := "it"
	switch {
	case w.Text != "":
		what = fmt.Sprintf("%q", w.Text)
	case w.Name != "":
		what = fmt.Sprintf("a usable %q", w.Name)
	}
	state := "not there"
	if w.Gone {
		state = "still there"
	}
	return fmt.Errorf("waited %v: %s is %s in window %q", limit, what, state, w.Window)
}

// tap waits until the window listens to clicks again, as a person would have to:
// buttons that have just changed places ignore them for a moment.
func (d *Door) tap(w wish) (any, error) {
	for {
		var rest time.Duration
		answer, err := onUI(d, func() (any, error) {
			win, err := d.window(w.Window)
			if err != nil {
				return nil, err
			}
			if win.Settle != nil {
				if rest = win.Settle(); rest > 0 {
					return nil, nil
				}
			}
			return done{true}, tapIn(win, w.Name)
		})
		if err != nil || rest <= 0 {
			return answer, err
		}
		select {
		case <-d.ctx.Done():
			return nil, errClosed
		case <-time.After(rest):
		}
	}
}

// grace is how long a wish waits for what the wish before it brings: a window
// answers a click with its next snapshot, a frame or two later.
const grace = 500 * time.Millisecond

// tooEarly is a refusal that the next moment may lift: not visible, or disabled.
type tooEarly struct{ error }

func notYet(err error) error { return tooEarly{err} }

// inAMoment tries a wish until it isn't too early for it any more.
func (d *Door) inAMoment(try func() (any, error)) (any, error) {
	end := time.Now().Add(d.grace)
	for {
		answer, err := try()
		if !errors.As(err, new(tooEarly)) || !time.Now().Before(end) {
			return answer, err
		}
		select {
		case <-d.ctx.Done():
			return nil, errClosed
		case <-time.After(glance):
		}
	}
}
