package ui

import (
	"fmt"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/screen"
	"leadline/ui/text"
	"leadline/ui/theme"
)

const (
	mainNarrow  = 1100 // below this width the rail has icons only and facts are a tab
	mainTop     = 48
	mainBottom  = 30
	railWide    = 184
	railNarrow  = 52
	omniAtWide  = 190
	omniAtSmall = 58
)

// mainFrame lays out the main window: the top bar, the rail, the panel, the
// status strip, and the omnibox over them.
type mainFrame struct {
	brand, add, help, rail, panel, status, omni fyne.CanvasObject

	narrow   bool
	known    bool
	narrowed func(bool)
	line     *kit.Area
	// The chrome's colour behind the top bar, the rail and the status strip.
	top, left, bottom fyne.CanvasObject
}

func (f *mainFrame) container() *fyne.Container {
	f.line = kit.NewHairline()
	f.top, f.left, f.bottom = kit.Fill(theme.Background), kit.Fill(theme.Background), kit.Fill(theme.Background)
	return &fyne.Container{Layout: f, Objects: []fyne.CanvasObject{f.top, f.left, f.bottom, f.brand, f.help, f.rail, f.panel, f.status, f.line, f.add, f.omni}}
}

func (f *mainFrame) Layout(_ []fyne.CanvasObject, s fyne.Size) {
	if narrow := s.Width < mainNarrow; narrow != f.narrow || !f.known {
		f.narrow, f.known = narrow, true
		f.narrowed(narrow)
	}
	rail, omni, omniWidth := float32(railWide), float32(omniAtWide), float32(480)
	if f.narrow {
		rail, omni, omniWidth = railNarrow, omniAtSmall, 420
	}
	put := func(o fyne.CanvasObject, x, y, w, h float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(w, h))
	}
	put(f.top, 0, 0, s.Width, mainTop)
	put(f.left, 0, mainTop, rail, s.Height-mainTop-mainBottom)
	put(f.bottom, 0, s.Height-mainBottom, s.Width, mainBottom)
	put(f.brand, 0, 0, rail, mainTop)
	hs := f.help.MinSize()
	put(f.help, s.Width-8-hs.Width, (mainTop-hs.Height)/2, hs.Width, hs.Height)
	right := s.Width - 8 - hs.Width - 8
	if f.add.Visible() {
		as := f.add.MinSize()
		right -= as.Width
		put(f.add, right, (mainTop-as.Height)/2, as.Width, as.Height)
	}
	put(f.rail, 0, mainTop, rail, s.Height-mainTop-mainBottom)
	put(f.panel, rail, mainTop, s.Width-rail+1, s.Height-mainTop-mainBottom) // its right edge lies outside
	put(f.line, 0, s.Height-mainBottom-1, s.Width, 1)
	put(f.status, 0, s.Height-mainBottom, s.Width, mainBottom)
	put(f.omni, omni, 0, min(omniWidth, right-omni-8), mainTop)
}

func (f *mainFrame) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(760, 420) }

// mainBrand is the mark and the company's name at the top left.
type mainBrand struct {
	box  *fyne.Container
	name *fyne.Container
}

func newMainBrand(workspace string) *mainBrand {
	b := &mainBrand{}
	b.name = kit.Grow(kit.NewData(workspace, kit.Body.Weighing(kit.SemiBold)).Shrink(0))
	b.box = kit.Stack()
	b.arrange(false)
	return b
}

func (b *mainBrand) SetNarrow(on bool) {
	b.arrange(on)
	b.box.Refresh()
}

func (b *mainBrand) arrange(narrow bool) {
	if narrow {
		b.box.Objects = []fyne.CanvasObject{kit.Middle(newMark(18))}
		return
	}
	b.box.Objects = []fyne.CanvasObject{kit.Pad(0, 8, 0, 20, kit.Row(8, newMark(16), b.name))}
}

// newMark is Leadline's mark: the line.
func newMark(size float32) fyne.CanvasObject {
	line := kit.FillRound(theme.OnFill, 1)
	return kit.Sized(size, size, kit.Stack(kit.FillRound(theme.AccentFill, size/4), kit.Middle(kit.Sized(size/8, size/2, line))))
}

// mainDelay runs something a little later, once, however often it is started meanwhile.
type mainDelay struct {
	do      *Dispatcher
	wait    time.Duration
	run     func()
	timer   *time.Timer
	waiting bool
}

func newMainDelay(do *Dispatcher, wait time.Duration, run func()) *mainDelay {
	return &mainDelay{do: do, wait: wait, run: run}
}

// Start has it run after the delay, unless it is waiting already.
func (d *mainDelay) Start() {
	if d.waiting {
		return
	}
	d.waiting = true
	d.timer = time.AfterFunc(d.wait, func() {
		d.do.Do(func() {
			if d.waiting {
				d.waiting = false
				d.run()
			}
		})
	})
}

// Restart begins the delay anew.
func (d *mainDelay) Restart() {
	d.Stop()
	d.Start()
}

// Stop forgets what waits.
func (d *mainDelay) Stop() {
	d.waiting = false
	if d.timer != nil {
		d.timer.Stop()
	}
}

// listsDependOn is what of a snapshot means that records or calls have changed in
// the file. The clock, the quality and the typing in a note do not.
func listsDependOn(s desk.Snapshot) string {
	var b strings.Builder
	fmt.Fprint(&b, s.Data, s.Missed, s.Due)
	for _, c := range s.Calls {
		fmt.Fprint(&b, "|", c.ID, c.State, c.Outcome, c.Saved, c.Card.Ref, c.Note.SavedAt.Unix()/5)
	}
	return b.String()
}

// Speak sets the language that the program speaks, by its tag; "" is the system's. One that there is no
// translation for leaves English.
func Speak(language string) {
	_ = text.SetLanguage(Spoken(language))
	sayInToolkit()
}

// Spoken is the language that Speak would have the program speak: "en" or "de". It may be called on any goroutine.
func Spoken(language string) string {
	if language == "" {
		language = systemLanguage()
	}
	return text.Spoken(language)
}

// ApplyLook sets language and theme for all windows; those that are open draw their
// colours anew by themselves and their words when they are filled the next time.
func ApplyLook(app fyne.App, l Look) {
	Speak(l.Language)
	mode := theme.System
	switch l.Theme {
	case "light":
		mode = theme.Light
	case "dark":
		mode = theme.Dark
	}
	app.Settings().SetTheme(theme.New(mode).InContrast(shownTheme(app).Strong()))
}

// ApplySight draws all windows as large and as strong as is wished.
func ApplySight(app fyne.App, s Sight) {
	screen.Enlarge(s.TextSize)
	app.Settings().SetTheme(shownTheme(app).InContrast(s.Contrast))
}

func shownTheme(app fyne.App) *theme.Theme {
	if t, ok := app.Settings().Theme().(*theme.Theme); ok {
		return t
	}
	return theme.New(theme.System)
}
