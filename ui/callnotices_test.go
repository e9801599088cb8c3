package ui

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"leadline/ui/desk"
	"leadline/ui/notify"
)

// fakeDesktop writes down what is shown and closed.
type fakeDesktop struct {
	mu   sync.Mutex
	seen []string
	fail bool
	slow chan struct{} // each Show waits for it when it is not nil,
	hung chan struct{} // after it has told that it does
}

func (d *fakeDesktop) note(format string, args ...any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.seen = append(d.seen, fmt.Sprintf(format, args...))
}

func (d *fakeDesktop) Show(n notify.Notification) error {
	if d.slow != nil {
		select {
		case d.hung <- struct{}{}:
		default:
		}
		<-d.slow
	}
	var keys []string
	for _, a := range n.Actions {
		keys = append(keys, a.Key)
	}
	d.note("show %s: %s (%s) %s", n.Tag, n.Title, n.Body, strings.Join(keys, ","))
	if d.fail {
		return errors.New("no desktop")
	}
	return nil
}

func (d *fakeDesktop) Close(tag string) { d.note("close %s", tag) }
func (d *fakeDesktop) Shut()            { d.note("shut") }

func (d *fakeDesktop) all() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.seen)
}

// What is being shown waits for a desktop that answers nothing: the program ends all the same.
func TestADesktopThatAnswersNothingDoesNotKeepTheProgram_H2(t *testing.T) {
	d := &fakeDesktop{slow: make(chan struct{}), hung: make(chan struct{}, 1)}
	defer close(d.slow)
	n := newCallNotices(d, 0, func() NoticeChoice { return NoticeChoice{} }, &deskNews{})
	n.start()
	n.take(desk.Snapshot{Calls: []desk.Call{sample("known")}})
	<-d.hung
	closed := make(chan struct{})
	go func() { defer close(closed); n.close() }()
	select {
	case <-closed:
	case <-time.After(20 * time.Second):
		t.Fatal("it waits")
	}
	if !slices.Contains(d.all(), "shut") {
		t.Error("what waits for the desktop is not told that it is over")
	}
}

func TestWhatRingsIsOnTheDesktop_H2(t *testing.T) {
	d := &fakeDesktop{}
	n := newCallNotices(d, 0, func() NoticeChoice { return NoticeChoice{} }, &deskNews{})
	draw := func(calls ...desk.Call) { n.draw(desk.Snapshot{Calls: calls}) }
	known, loading := sample("known"), sample("known")
	loading.Card = desk.Card{Loading: true}
	talk := known
	talk.State = desk.Talking

	draw(loading) // its name comes in a moment
	draw(known)
	draw(known)
	draw(known, sample("withheld"))
	draw(talk, sample("withheld"))
	draw()
	want := []string{
		"show 1: Jürgen Müller-Lüdenscheidt (Meier GmbH · 030 2094 8812 · Head office) answer,decline",
		"show 5: Number withheld (Head office) answer,decline",
		"close 1", "close 5",
	}
	if got := d.all(); !slices.Equal(got, want) {
		t.Errorf("the desktop saw\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestADesktopThatHangsHoldsNothingUp_H2(t *testing.T) {
	d := &fakeDesktop{slow: make(chan struct{}), hung: make(chan struct{}, 1), fail: true}
	n := newCallNotices(d, 0, func() NoticeChoice { return NoticeChoice{} }, &deskNews{})
	n.start()
	n.take(desk.Snapshot{Calls: []desk.Call{sample("known")}})
	<-d.hung
	told := make(chan struct{})
	go func() {
		defer close(told)
		for range 100 {
			n.take(desk.Snapshot{Calls: []desk.Call{sample("known"), sample("withheld")}})
		}
		n.take(desk.Snapshot{})
	}()
	select {
	case <-told:
	case <-time.After(time.Minute):
		t.Fatal("the desk waits for the desktop")
	}
	close(d.slow)
	for end := time.Now().Add(time.Minute); !slices.Contains(d.all(), "close 1") && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	n.close()
	got := d.all()
	if !slices.Contains(got, "close 1") || got[len(got)-1] != "shut" {
		t.Errorf("the desktop saw %q", got)
	}
	if len(got) > 5 {
		t.Errorf("it was told of snapshots that were over: %q", got)
	}
}
