package ui

import (
	"net/url"
	"slices"
	"time"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// MainOptions are what the main window needs. Desk, Do and Settings are required;
// NewMain panics without them.
type MainOptions struct {
	App       fyne.App
	Desk      Desk
	Do        *Dispatcher
	Settings  Settings
	Company   Company           // nil: how the company is set up can't be changed here
	Customers Customers         // nil: records are only shown
	Shared    Shared            // nil: there is no shared server to sign in at
	SignIns   SignIns           // nil: how others sign in can't be set up here
	Erasures  Erasures          // nil: nobody can be erased here
	Software  OtherSoftware     // nil: other software can't be let in from here
	Region    string            // ISO 3166 code of numbers written nationally; "" is "DE"
	Importer  Importer          // nil: contacts can't be imported here
	Workspace string            // the company's name at the top; "" for the program's
	Version   string            // of the program, for About
	Hotkeys   Hotkeys           // nil: no key works outside of the windows
	Tray      Tray              // nil: the desktop is not asked for one
	Kept      Kept              // nil: Fyne's preferences
	Tour      bool              // shows the tour by itself, once
	Demo      func()            // starts the demo; nil when it can't be started from here
	ShowCall  func(desk.CallID) // brings a call's window to the front; nil for none
	// CallShown tells whether a call's own window is on the screen; nil: never. RedrawCall follows each change.
	CallShown func(desk.CallID) bool
	Now       func() time.Time     // nil for time.Now
	Browse    func(*url.URL) error // opens a link; nil: the app does
	// CallFirst is how long drawing waits when a call begins: the call window is to be
	// painted first, and both are painted by one goroutine. 0 is not at all.
	CallFirst time.Duration

	drafts *noteDrafts
}

// page is one place of the rail.
type page interface {
	Object() fyne.CanvasObject
	// Enter is called when the page is shown, Leave when another one is.
	Enter()
	Leave()
	// Draw is called with each snapshot while the page is shown; data says that
	// records or calls may have changed.
	Draw(s desk.Snapshot, data bool)
	SetNarrow(bool)
}

// MainWindow is the program's main window. All its methods are for the goroutine
// of the windows, but Raise and DialText, which any may call.
type MainWindow struct {
	opt     MainOptions
	win     fyne.Window
	layer   *kit.Layer
	frame   *mainFrame
	rail    *rail
	omni    *omnibox
	status  *statusStrip
	toasts  *toaster
	imports *settingsImportView // nil where nothing can be imported
	panel   *fyne.Container
	brand   *mainBrand
	pages   map[pageName]page
	at      pageName
	narrow  bool
	snap    desk.Snapshot // drawn
	coming  desk.Snapshot // the latest
	looked  time.Time     // for drafts of notes on records that are gone
	later   *mainDelay
	seen    string    // what of the snapshot the lists depend on
	asked   time.Time // when closing was put off last
	hidden  bool      // in the tray
	tray    *trayMenu // nil where the desktop is not asked
	reload  *mainDelay
	stop    []func()

	welcome *welcomeView
	home    fyne.CanvasObject // what the window shows but for the welcome
	whole   *fyne.Container
}

// NewMain makes the window without showing it.
func NewMain(opt MainOptions) *MainWindow {
	if opt.App == nil || opt.Desk == nil || opt.Do == nil || opt.Settings == nil {
		panic("ui: MainOptions lacks App, Desk, Do or Settings")
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Workspace == "" {
		opt.Workspace = "Leadline"
	}
	if opt.Kept == nil {
		opt.Kept = opt.App.Preferences()
	}
	if opt.Browse == nil {
		opt.Browse = opt.App.OpenURL
	}
	opt.drafts = readNoteDrafts(opt.Kept)
	m := &MainWindow{opt: opt, pages: map[pageName]page{}}
	m.win = opt.App.NewWindow("Leadline")
	m.win.SetIcon(theme.Logo())
	m.win.SetMaster()
	m.reload = newMainDelay(opt.Do, 250*time.Millisecond, func() { m.draw(true) })
	m.build()
	if len(opt.Settings.Accounts()) == 0 {
		m.Welcome()
	}
	w, h := m.keptSize()
	m.win.Resize(fyne.NewSize(w, h))
	m.later = newMainDelay(opt.Do, opt.CallFirst, func() { m.take(m.coming) })
	m.stop = append(m.stop, opt.Desk.Subscribe(Latest(opt.Do, m.arrived)))
	opt.Desk.Notices(func(n desk.Notice) {
		opt.Do.Do(func() { m.toasts.Notice(n) })
	})
	m.win.SetCloseIntercept(m.closing)
	if opt.Tray != nil {
		m.tray = &trayMenu{opt: opt, open: m.raise, missed: m.showMissed, quit: m.quit}
	}
	m.take(opt.Desk.Snapshot())
	return m
}

// build makes everything in the window: at the start, and again when the language
// has changed.
func (m *MainWindow) build() {
	at := m.at
	if at == "" {
		at = pageCalls
	}
	for _, p := range m.pages {
		p.Leave()
	}
	if m.status != nil {
		m.status.Stop()
	}
	m.panel = kit.Stack()
	m.brand = newMainBrand(m.opt.Workspace)
	m.rail = newRail(m.Go)
	m.status = newStatusStrip(m.opt, m.ShowSettings, func() *kit.Layer { return m.layer })
	m.omni = newOmnibox(m.opt, func() fyne.Canvas { return m.win.Canvas() }, m.open)
	if m.opt.Customers != nil {
		m.omni.add = m.addContact
	}
	m.pages = map[pageName]page{
		pageCalls:     newListPage(m.opt, callsPageSpec(), m),
		pageMissed:    newMissedPage(m.opt, m.openRow),
		pageFollowUps: newFollowUpsPage(m.opt, m),
		pageLeads:     newListPage(m.opt, leadsPageSpec(), m),
		pageContacts:  newListPage(m.opt, contactsPageSpec(), m),
		pageCompanies: newListPage(m.opt, companiesPageSpec(), m),
		pageDeals:     m.newDealsPage(),
		pageTeam:      newTeamPage(m.opt, m.ShowSettings),
		pageSettings:  newSettingsPage(m.opt, m.relook, m.open, m.newImportPlace()),
	}
	if m.opt.Customers != nil {
		m.pages[pageStatistics] = newStatisticsPage(m.opt, m)
	}
	for _, p := range m.pages {
		p.SetNarrow(m.narrow)
	}
	help := kit.NewIconButton("Help", theme.IconHelp, kit.Ghost, nil)
	help.OnTap(func() {
		m.layer.ShowMenu(help, kit.MenuItem{Key: "Keys", Hint: "?", Do: m.showKeys}, kit.MenuItem{Key: "Tour", Do: m.Tour}, kit.MenuItem{Key: "About Leadline", Do: func() { m.ShowSettings(settingsAbout) }})
	})
	m.frame = &mainFrame{narrowed: m.setNarrow, narrow: m.narrow}
	add := kit.NewButton("New|record", kit.Line, nil).WithIcon(theme.IconPlus)
	add.OnTap(func() { m.layer.ShowMenu(add, m.newRecords()...) })
	add.Hidden = m.opt.Customers == nil
	m.frame.brand, m.frame.help, m.frame.rail, m.frame.add = m.brand.box, help, m.rail.box, add
	m.frame.panel = kit.Stack(kit.NewPanel(), kit.Pad(1, 0, 0, 1, m.panel))
	m.frame.status, m.frame.omni = m.status.box, m.omni.box
	m.home = m.frame.container()
	if m.layer != nil {
		m.layer.Release()
	}
	if m.welcome != nil {
		m.welcome.Stop()
		m.welcome = newWelcomeView(m.opt, m.Home, m.signIn)
		m.home.Hide()
	}
	m.whole = kit.Stack(m.home)
	if m.welcome != nil {
		m.whole.Add(m.welcome.box)
	}
	m.layer = kit.Cover(m.win, m.whole)
	m.toasts = newToaster(m.layer, m.opt.Do)
	m.keys(m.win.Canvas())
	m.at = ""
	m.Go(at)
}

// Window is the Fyne window, for the automation door and for tests.
func (m *MainWindow) Window() fyne.Window { return m.win }

// Show shows the window.
func (m *MainWindow) Show() { m.win.Show() }

// Raise brings the window to the front: a second start was made.
func (m *MainWindow) Raise() { m.opt.Do.Do(m.raise) }

func (m *MainWindow) raise() {
	m.hidden = false
	m.win.Show()
	m.win.RequestFocus()
}

// DialText puts a number into the omnibox and waits for Enter: a link was opened
// in another program, and a link alone must not place a call. Links are
// tel:, sip: and callto: (requirements.md H5).
func (m *MainWindow) DialText(target string) {
	m.opt.Do.Do(func() {
		m.raise()
		m.layer.ClosePopup()
		m.omni.Ask(target)
	})
}

// Welcome shows the welcome instead of the pages, until an account is saved.
func (m *MainWindow) Welcome() {
	if m.welcome != nil {
		return
	}
	m.welcome = newWelcomeView(m.opt, m.Home, m.signIn)
	m.home.Hide()
	m.whole.Add(m.welcome.box)
	m.win.Canvas().Focus(m.welcome.form.address.Focusable())
}

// signIn leaves the welcome for the page of the shared server: accounts may come from there.
func (m *MainWindow) signIn() {
	m.Home()
	m.ShowSettings(settingsServer)
}

// Home shows the pages; the welcome is done.
func (m *MainWindow) Home() {
	if m.welcome == nil {
		return
	}
	m.welcome.Stop()
	m.whole.Remove(m.welcome.box)
	m.welcome = nil
	m.home.Show()
	m.whole.Refresh()
	m.TourOnce()
}

// Go shows a page.
func (m *MainWindow) Go(name pageName) {
	p, ok := m.pages[name]
	if !ok || name == m.at {
		return
	}
	if old := m.pages[m.at]; old != nil {
		old.Leave()
	}
	m.at = name
	m.rail.Select(name)
	m.panel.Objects = []fyne.CanvasObject{p.Object()}
	m.panel.Refresh()
	p.Enter()
	p.Draw(m.snap, false)
	m.title()
}

// open shows a record in its list's page.
func (m *MainWindow) open(ref desk.Ref) {
	name := pageOf(ref.Kind)
	m.Go(name)
	if p, ok := m.pages[name].(interface{ Open(desk.Ref) }); ok {
		p.Open(ref)
	}
}

// openRow shows the record of a row, or the call of somebody whom the CRM does not know.
func (m *MainWindow) openRow(r desk.Row) {
	if r.Ref != (desk.Ref{}) {
		m.open(r.Ref)
		return
	}
	m.Go(pageCalls)
	p := m.pages[pageCalls].(*listPage)
	p.choose(-1, r)
	p.loaded()
}

// openInFront is open for who comes from another window.
func (m *MainWindow) openInFront(ref desk.Ref) {
	m.raise()
	m.open(ref)
}

// convertInFront opens a lead, and what it is to become as soon as it is there.
func (m *MainWindow) convertInFront(lead desk.Ref) {
	if p, ok := m.pages[pageOf(lead.Kind)].(*listPage); ok {
		p.detail.converts = lead
	}
	m.openInFront(lead)
}

// ShowSettings opens the settings at one of their places.
func (m *MainWindow) ShowSettings(at settingsPlace) {
	m.Go(pageSettings)
	if p, ok := m.pages[pageSettings].(*settingsPage); ok {
		p.Go(at)
	}
}

// showDevices shows, in front, where the sound's devices are chosen.
func (m *MainWindow) showDevices() {
	m.raise()
	m.ShowSettings(settingsSound)
}

// arrived is called with each new snapshot.
func (m *MainWindow) arrived(s desk.Snapshot) {
	m.coming = s
	if m.later.waiting {
		return
	}
	if m.opt.CallFirst > 0 && len(s.Calls) > 0 && !slices.ContainsFunc(m.snap.Calls, func(c desk.Call) bool { return c.ID == s.Calls[len(s.Calls)-1].ID }) {
		m.later.Start()
		return
	}
	m.take(s)
}

// take draws a snapshot.
func (m *MainWindow) take(s desk.Snapshot) {
	m.snap = s
	if m.welcome != nil && signedIn(s.Sync.State) { // the company's server brings the account
		m.Home()
	}
	if seen := listsDependOn(s); seen != m.seen {
		if m.seen != "" {
			m.reload.Start()
		}
		m.seen = seen
	}
	m.draw(false)
}

func (m *MainWindow) draw(data bool) {
	m.keepDrafts(data)
	m.rail.Missed(m.snap.Missed)
	m.rail.Due(m.snap.Due)
	m.rail.Leads(m.snap.Leads)
	if m.snap.NoLeads && !m.rail.noLeads && m.at == pageLeads { // the company has just gone over to the simple mode
		m.rail.WithoutLeads(true)
		m.Go(pageContacts)
	}
	m.rail.WithoutLeads(m.snap.NoLeads)
	m.status.Draw(m.snap)
	m.omni.Draw(m.snap)
	if p := m.pages[m.at]; p != nil {
		p.Draw(m.snap, data)
	}
	if m.tray != nil {
		m.tray.Draw(m.snap)
	}
	m.title()
}

// draftsLooked is how long the drafts of notes are left alone between two looks for records that are gone: each reads them whole.
const draftsLooked = time.Minute

// keepDrafts drops what was typed about those whose data is gone. While the company's data comes in as a whole nobody is.
func (m *MainWindow) keepDrafts(data bool) {
	now := m.opt.Now()
	switch state := m.snap.Sync.State; {
	case state == desk.ErasedHere:
		m.opt.drafts.forget()
	case data && (state == desk.NoServer || state == desk.Everywhere) && now.Sub(m.looked) >= draftsLooked:
		m.looked = now
		m.opt.drafts.prune(m.opt)
	}
}

// RedrawCall follows a call's own window that was shown or hidden.
func (m *MainWindow) RedrawCall() { m.status.follow() }

// newRecords are the records that can be made by hand.
func (m *MainWindow) newRecords() (items []kit.MenuItem) {
	for _, r := range []struct {
		page pageName
		name text.Key
	}{{pageContacts, "New contact"}, {pageCompanies, "New company"}, {pageLeads, "New lead"}, {pageDeals, "New deal"}} {
		if r.page == pageLeads && m.snap.NoLeads {
			continue
		}
		items = append(items, kit.MenuItem{Key: r.name, Do: func() {
			m.Go(r.page)
			m.pages[r.page].(interface{ add() }).add()
		}})
	}
	return items
}

// addContact opens the form of a new contact with a number or a name.
func (m *MainWindow) addContact(words string) {
	m.Go(pageContacts)
	m.pages[pageContacts].(*listPage).detail.NewWith(desk.Contact, words)
}

// title tells of waiting calls where only the taskbar shows.
func (m *MainWindow) title() {
	t := "Leadline"
	if m.opt.Workspace != t {
		t = m.opt.Workspace + " – " + t
	}
	if n := m.snap.Missed; n > 0 {
		t = "(" + text.Number(int64(n)) + ") " + t
	}
	if m.win.Title() != t {
		m.win.SetTitle(t)
	}
}

func (m *MainWindow) setNarrow(on bool) {
	m.narrow = on
	m.brand.SetNarrow(on)
	m.rail.SetNarrow(on)
	m.omni.SetNarrow(on)
	for _, p := range m.pages {
		p.SetNarrow(on)
	}
}

// relook is called when language or theme were changed in the settings.
func (m *MainWindow) relook(l Look) {
	ApplyLook(m.opt.App, l)
	m.opt.Do.Do(func() { // not while the settings still handle the click
		m.build()
		m.draw(false)
		if p, ok := m.pages[pageSettings].(*settingsPage); ok {
			p.Go(settingsAppearance)
		}
	})
}

// keys are the shortcuts of the whole window.
func (m *MainWindow) keys(c fyne.Canvas) {
	add := func(key fyne.KeyName, do func()) {
		c.AddShortcut(&desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault}, m.shortcut(do))
	}
	c.SetOnTypedRune(func(r rune) {
		switch {
		case m.covered(), m.welcome != nil:
		case r == '?':
			m.showKeys()
		case unicode.IsLetter(r):
			m.pageKey(fyne.KeyName(unicode.ToUpper(r)))
		}
	})
	c.SetOnTypedKey(func(e *fyne.KeyEvent) {
		if m.covered() {
			if e.Name == fyne.KeyEscape {
				dismissFiles(c)
			}
			return
		}
		switch e.Name {
		case fyne.KeyUp, fyne.KeyDown:
			m.pageKey(e.Name)
			m.layer.ScrollPopup(map[fyne.KeyName]float32{fyne.KeyUp: -sheetStep, fyne.KeyDown: sheetStep}[e.Name])
		case fyne.KeyEscape:
			m.layer.ClosePopup()
		}
	})
	// elsewhere leads away from a menu that is open.
	elsewhere := func(key fyne.KeyName, do func()) {
		add(key, func() {
			m.layer.ClosePopup()
			do()
		})
	}
	elsewhere(fyne.KeyK, func() { m.omni.Focus() })
	for i := range railKeys {
		elsewhere(fyne.KeyName(rune('1'+i)), func() { m.goNth(i) })
	}
	elsewhere(fyne.KeyF, func() {
		if p, ok := m.pages[m.at].(interface{ Find() }); ok && m.welcome == nil {
			p.Find()
		}
	})
	elsewhere(fyne.KeyComma, func() { m.Go(pageSettings) })
	for _, key := range []fyne.KeyName{fyne.KeyJ, fyne.KeyD, fyne.KeyM, fyne.KeyH} {
		add(key, func() { m.status.call.key(key) })
	}
	add(fyne.KeyS, func() {
		if p, ok := m.pages[m.at].(interface{ Submit() }); ok {
			p.Submit()
		}
	})
}

// covered tells whether a dialog of Fyne's lies over the window: no key is for what is below.
func (m *MainWindow) covered() bool { return m.win.Canvas().Overlays().Top() != nil }

// shortcut is what a key with Ctrl does.
func (m *MainWindow) shortcut(do func()) func(fyne.Shortcut) {
	return func(fyne.Shortcut) {
		if !m.covered() {
			do()
		}
	}
}

// goNth shows the page that the rail has at a place, from 0.
func (m *MainWindow) goNth(i int) {
	if places := m.rail.places(); i < len(places) {
		m.Go(places[i])
	}
}

// pageKey hands the page a key that nothing with the keyboard wanted: R on the missed calls, also when the rail was clicked last.
func (m *MainWindow) pageKey(k fyne.KeyName) {
	if p, ok := m.pages[m.at].(interface{ Key(fyne.KeyName) }); ok && m.welcome == nil && !m.layer.PopupOpen() {
		p.Key(k)
	}
}

// showKeys shows the sheet of the shortcuts.
func (m *MainWindow) showKeys() { showKeySheet(m.layer, m.win.Canvas().Size()) }

// sheetStep is how far the arrows scroll a popup without lines, in px.
const sheetStep = 48

const (
	prefWidth  = "main.width"
	prefHeight = "main.height"
)

// keptSize is the size the window had, within what makes sense.
func (m *MainWindow) keptSize() (w, h float32) {
	p := m.opt.Kept
	w, h = float32(p.FloatWithFallback(prefWidth, 1280)), float32(p.FloatWithFallback(prefHeight, 800))
	return min(max(w, 760), 4000), min(max(h, 520), 3000)
}

func (m *MainWindow) keepSize() {
	s := m.win.Canvas().Size()
	if s.Width < 1 || s.Height < 1 {
		return
	}
	m.opt.Kept.SetFloat(prefWidth, float64(s.Width))
	m.opt.Kept.SetFloat(prefHeight, float64(s.Height))
}

// Stop ends what the window started; it draws nothing more.
func (m *MainWindow) Stop() {
	m.keepSize()
	for _, f := range m.stop {
		f()
	}
	for _, p := range m.pages {
		p.Leave()
	}
	m.status.Stop()
	m.reload.Stop()
	m.later.Stop()
	m.toasts.Stop()
	if m.welcome != nil {
		m.welcome.Stop()
	}
	m.layer.Release()
}
