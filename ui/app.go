package ui

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	"leadline/ui/desk"
	"leadline/ui/door"
	"leadline/ui/hotkey"
	"leadline/ui/screen"
	"leadline/ui/theme"
	"leadline/ui/tray"
)

// AppID names the program to the desktop, and its settings folder.
const AppID = "org.leadline.Leadline"

// Options are what the windows need. Desk and Settings are required.
type Options struct {
	Desk      Desk
	Settings  Settings
	Importer  Importer
	Company   Company
	Customers Customers
	Shared    Shared
	SignIns   SignIns
	Erasures  Erasures
	Software  OtherSoftware
	Region    string // ISO 3166 code of numbers written nationally; "" is "DE"
	Workspace string // the company's name; "" for the program's
	Version   string
	Kept      Kept
	Demo      func()   // starts the demo; nil when it can't be started from here
	Door      string   // socket of the automation door; "" for none
	Links     []string // tel:, sip: or callto: links the program was started with
}

// callFirst is how long a new call's window has the painter for itself, and the
// desktop the processor: the main window and the notification come after it.
const callFirst = 120 * time.Millisecond

// App is all windows of the program.
type App struct {
	opts  Options
	app   fyne.App
	do    *Dispatcher
	main  *MainWindow
	calls *callWindows
	door  *door.Door
	keys  *hotkey.Keys
	tray  *tray.Tray
	rouse func() // ends the idler, before the loop of the windows ends
	stop  []func()

	closing chan struct{}
	close   func() // closes it, once
}

// NewApp makes the windows. It is called on the first goroutine of the program, as
// is Run. The error is the
// door's, screen.ErrNone or screen.ErrNoOpenGL.
func NewApp(o Options) (*App, error) {
	if o.Desk == nil || o.Settings == nil {
		panic("ui: Options lacks Desk or Settings")
	}
	screen.PreferX11()
	// What the fyne tool would read from FyneApp.toml: every change to a widget goes
	// through fyne.Do, so Fyne need not check each one for its goroutine.
	app.SetMetadata(fyne.AppMetadata{
		ID: AppID, Name: "Leadline", Version: o.Version, Icon: theme.Logo(), Migrations: map[string]bool{"fyneDo": true},
	})
	a := &App{opts: o, app: app.NewWithID(AppID), do: NewDispatcher(), closing: make(chan struct{})}
	a.close = sync.OnceFunc(func() { close(a.closing) })
	if o.Kept != nil {
		a.app.SetCloudProvider(keptForFyne{o.Kept})
		endWithoutDeeds(a.app)
	}
	ApplyLook(a.app, o.Settings.Look())
	ApplySight(a.app, o.Settings.Sight())
	if err := screen.Ready(); err != nil {
		return nil, err
	}
	a.keys = hotkey.New(func(k hotkey.Action) { doHotkey(o.Desk, k) })
	a.calls = newCallWindows(MainOptions{App: a.app, Desk: o.Desk, Now: time.Now, Do: a.do, Settings: o.Settings})
	a.tray = tray.Open(a.do.Do, a.Raise, func() {
		a.do.Do(func() { a.main.trayChanged() })
	})
	a.stop = append(a.stop, a.tray.Shut)
	a.main = NewMain(MainOptions{
		App: a.app, Desk: o.Desk, Do: a.do, Settings: o.Settings, Importer: o.Importer, Company: o.Company, Customers: o.Customers, Shared: o.Shared, SignIns: o.SignIns, Erasures: o.Erasures, Software: o.Software, Region: o.Region,
		Workspace: o.Workspace, Version: o.Version, Demo: o.Demo, Kept: o.Kept, Tour: o.Door == "", Hotkeys: a.keys, ShowCall: a.calls.Reopen, CallShown: a.calls.Shown, CallFirst: callFirst, Tray: a.tray,
	})
	a.calls.onShown = a.main.RedrawCall
	a.calls.open, a.calls.convert, a.calls.devices = a.main.openInFront, a.main.convertInFront, a.main.showDevices
	if o.Door != "" {
		d, err := door.Listen(o.Door, doorProgram{a})
		if err != nil {
			return nil, fmt.Errorf("open the automation door: %w", err)
		}
		a.door = d
	}
	return a, nil
}

// Run shows the main window and returns when the program is to end.
func (a *App) Run() {
	screen.OmitDepthBuffers()
	a.calls.Warm()
	a.rouse = startIdler(a.do)
	a.main.win.SetOnClosed(func() {
		a.close()
		a.rouse()
	})
	a.stop = append(a.stop, a.calls.Start(a.do), watchNotifications(a))
	a.main.Show()
	a.main.TourOnce()
	go useHotkeys(a.keys, a.opts.Settings.Hotkeys()) // the X server is asked
	a.stop = append(a.stop, a.keys.Close)
	a.Open(a.opts.Links)
	a.app.Run()
	a.close()
	a.do.end()
	a.main.Stop()
	a.do.choices.wait() // the last one may have been made a moment ago
	for _, stop := range a.stop {
		stop()
	}
	if a.door != nil {
		a.door.Close()
	}
}

// Open is a second start: the program comes to the front with the links it was
// started with. From any goroutine.
func (a *App) Open(links []string) {
	if len(links) > 0 {
		a.main.DialText(strings.TrimSpace(links[0]))
	}
}

// Raise brings the main window to the front. From any goroutine.
func (a *App) Raise() { a.main.Raise() }

// Closing is closed when the windows begin to go away, for whatever reason. Run returns soon after, or never, as
// the X server and the desktop's bus like.
func (a *App) Closing() <-chan struct{} { return a.closing }

// endWithoutDeeds takes back what Fyne would do as the program ends, which is to write its preferences; it has none
// when they are kept elsewhere. It would hand that to its loop when the loop looks for the last time, and wait for
// ever if that was a moment too late.
func endWithoutDeeds(a fyne.App) {
	if l, ok := a.Lifecycle().(interface{ SetOnStoppedHookExecuted(func()) }); ok {
		l.SetOnStoppedHookExecuted(nil)
	}
}

// Quit ends Run. From any goroutine.
func (a *App) Quit() {
	a.close()
	a.do.Do(func() {
		if a.rouse != nil {
			a.rouse()
		}
		a.app.Quit()
	})
}

// doorProgram is the program as the automation door sees it.
type doorProgram struct{ a *App }

func (p doorProgram) Do(f func())             { p.a.do.Do(f) }
func (p doorProgram) Snapshot() desk.Snapshot { return p.a.opts.Desk.Snapshot() }
func (p doorProgram) Dial(to, account string) { p.a.opts.Desk.Dial(to, account) }
func (p doorProgram) Windows() []door.Window {
	m := p.a.main
	return append([]door.Window{doorWindow("main", m.win, !m.hidden, m.closing)}, p.a.calls.doorWindows()...)
}
