package ui

import (
	"slices"
	"time"

	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
)

const (
	toastLasts        = 6 * time.Second
	toastLastsWarning = 12 * time.Second
	toastsAtOnce      = 3
)

// toaster shows notices at the bottom right of the main window, for a while.
type toaster struct {
	layer *kit.Layer
	do    *Dispatcher
	shown []*toastShown
}

type toastShown struct {
	words string
	toast *kit.Toast
	timer *time.Timer // nil while it stays
}

func newToaster(layer *kit.Layer, do *Dispatcher) *toaster { return &toaster{layer: layer, do: do} }

// Notice shows a notice of the desk.
func (t *toaster) Notice(n desk.Notice) {
	if !n.Stays {
		t.Show(text.Say(n.Text), n.Warning)
		return
	}
	s := t.offer(text.Say(n.Text), n.Warning, "", nil)
	s.toast.Whole()
	s.stop()
}

// Show shows a translated sentence. What stands there already is not repeated,
// and the oldest that goes by itself gives way to a fourth.
func (t *toaster) Show(words string, warning bool) { t.Offer(words, warning, "", nil) }

// Offer is Show with something that can be done about it: that is another thing each time, also where the words are the same.
func (t *toaster) Offer(words string, warning bool, action text.Key, do func()) {
	t.offer(words, warning, action, do)
}

func (t *toaster) offer(words string, warning bool, action text.Key, do func()) *toastShown {
	for _, s := range t.shown {
		if s.words == words && do == nil {
			if s.timer != nil {
				t.keep(s, warning, false)
			}
			return s
		}
	}
	for len(t.shown) >= toastsAtOnce {
		t.close(t.shown[max(0, slices.IndexFunc(t.shown, func(s *toastShown) bool { return s.timer != nil }))])
	}
	s := &toastShown{words: words}
	s.toast = t.layer.ShowToast(words, warning, action, do, func() { t.close(s) })
	t.shown = append(t.shown, s)
	t.keep(s, warning, do != nil)
	return s
}

// stop has it stay until it is closed by hand.
func (s *toastShown) stop() {
	if s.timer != nil {
		s.timer.Stop()
		s.timer = nil
	}
}

// Withdraw takes a sentence away that is no longer true.
func (t *toaster) Withdraw(words string) {
	for _, s := range slices.Clone(t.shown) {
		if s.words == words {
			t.close(s)
		}
	}
}

func (t *toaster) keep(s *toastShown, warning, action bool) {
	s.stop()
	lasts := toastLasts
	if warning || action { // what can be done is to be read, too
		lasts = toastLastsWarning
	}
	s.timer = time.AfterFunc(lasts, func() { t.do.Do(func() { t.close(s) }) })
}

func (t *toaster) close(s *toastShown) {
	s.stop()
	s.toast.Close()
	for i, o := range t.shown {
		if o == s {
			t.shown = append(t.shown[:i], t.shown[i+1:]...)
			return
		}
	}
}

// Stop takes all away.
func (t *toaster) Stop() {
	for len(t.shown) > 0 {
		t.close(t.shown[0])
	}
}
