package ui

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/widget"

	"leadline/ui/desk"
	"leadline/ui/door"
	"leadline/ui/theme"
)

func init() {
	programs["calls"] = callProgram
	programs["editor"] = editorProgram
}

// callProgram shows the samples it is told on its input, one name for each call, and
// prints what its windows wish. LEADLINE_TEST_DOOR is its automation door.
func callProgram() {
	a := app.NewWithID("org.example.leadline.test")
	a.Settings().SetTheme(theme.New(theme.Light))
	d := &fakeDesk{onWish: func(w string) { fmt.Println("wish", w) }}
	do := NewDispatcher()
	calls := newCallWindows(MainOptions{App: a, Desk: d, Now: time.Now})
	calls.Warm()
	a.Lifecycle().SetOnStarted(func() { fmt.Println("started") })
	calls.Start(do)
	draw := calls.Draw
	d.subs = nil
	d.Subscribe(func(s desk.Snapshot) {
		at := time.Now()
		do.Do(func() {
			draw(s)
			fmt.Printf("painted %.1f ms\n", float64(time.Since(at).Microseconds())/1000)
		})
	})
	if path := os.Getenv("LEADLINE_TEST_DOOR"); path != "" {
		if _, err := door.Listen(path, testProgram{d, do, calls}); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	go func() {
		in := bufio.NewScanner(os.Stdin)
		for in.Scan() {
			d.publish(desk.Snapshot{Calls: live(strings.Fields(in.Text()))})
		}
		do.Do(a.Quit)
	}()
	a.Run()
}

// live are samples whose clocks run from now.
func live(names []string) []desk.Call {
	var calls []desk.Call
	for _, name := range names {
		c := samples()[name]
		shift := time.Since(noon)
		for _, t := range []*time.Time{&c.Began, &c.Answered, &c.Ended} {
			if !t.IsZero() {
				*t = t.Add(shift)
			}
		}
		calls = append(calls, c)
	}
	return calls
}

type testProgram struct {
	*fakeDesk
	do    *Dispatcher
	calls *callWindows
}

func (p testProgram) Do(f func())            { p.do.Do(f) }
func (p testProgram) Windows() []door.Window { return p.calls.doorWindows() }

// editorProgram is another program in which somebody types: it prints each text.
func editorProgram() {
	a := app.NewWithID("org.example.editor.test")
	w := a.NewWindow("Somebody's letter")
	e := widget.NewMultiLineEntry()
	e.OnChanged = func(s string) { fmt.Printf("text %q\n", s) }
	w.SetContent(e)
	w.Resize(fyne.NewSize(500, 300))
	w.Canvas().Focus(e)
	w.ShowAndRun()
}
