package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"os/user"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"time"

	"leadline/cmd/leadline/config"
	"leadline/cmd/leadline/secret"
	"leadline/crm"
	sounds "leadline/crm/replica/recordings"
	"leadline/crm/store"
	"leadline/phone"
	"leadline/phone/audio"
	"leadline/ui"
	"leadline/ui/desk"
	"leadline/ui/text"
)

// options are how the program is started.
type options struct {
	Config    config.Config
	File      string   // where settings are saved
	Door      string   // socket of the automation door; "" for none
	Links     []string // to dial once connected
	Agent     crm.User // who works here; zero: the user of the machine
	Seed      func(context.Context, *store.Store) error
	Workspace string // the company's name; "" when there is none
	Private   bool   // passwords stay in the data folder and out of the system's keyring
	Password  string // at the server, when nobody is signed in; "" for that of the environment
	Demo      func() // starts the demo from the welcome; nil in the demo itself
}

// How long the program waits at exit, whatever the network, the desktop and the sound server do: it ends within five
// seconds. Only for the disk it waits as long as that takes.
const (
	farewell   = 3 * time.Second         // for hanging up and unregistering, and meanwhile for the windows to go
	lastMoment = 1200 * time.Millisecond // then for the shared server and the sound
)

// program holds all parts of the program, wired together. It is the only place where they meet.
type program struct {
	opts    options
	log     *slog.Logger
	logFile io.Closer
	kept    *workplace
	store   *store.Store
	desk    *desk.Desk
	audio   *audio.System
	phone   *phone.Phone
	reports *reporter
	secrets *secret.Store
	shared  *shared
	damaged chan error // the file was found damaged while it is used

	saving  sync.Mutex // held by who changes the configuration's file
	mu      sync.Mutex
	cfg     config.Config
	fetched *sounds.Cache

	conduct   func(quit func()) // drives the demo's tour; nil otherwise
	exit      func(code int)    // os.Exit
	leaveOnce sync.Once
	left      error
	closeOnce sync.Once
}

func (p *program) config() config.Config {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cfg
}

// newProgram opens the file, the sound card and the telephone. Registration is on
// its way when it returns; the windows come after.
func newProgram(o options) (p *program, err error) {
	p = &program{opts: o, cfg: o.Config, damaged: make(chan error, 1), exit: os.Exit}
	if p.log, p.logFile, err = openLog(o.Config.Data); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			p.close()
		}
	}()
	ctx := context.Background()
	p.log.Info("start", "version", versionLine())
	p.kept = openWorkplace(filepath.Join(o.Config.Data, workplaceFile), p.log)
	if p.store, err = openStore(ctx, o.Config, store.Options{Log: p.log, Damaged: func(err error) { p.damaged <- err }}); err != nil {
		return nil, err
	}
	if o.Seed != nil {
		if err := o.Seed(ctx, p.store); err != nil {
			return nil, err
		}
	}
	// Whoever has signed in at a server is known from there.
	if at, err := p.store.Standing(ctx); err != nil {
		return nil, err
	} else if at.Server == "" {
		if _, err := p.store.SignIn(ctx, p.agent()); err != nil {
			return nil, err
		}
	}
	a := o.Config.Audio
	if p.audio, err = audio.Open(audio.Choice{Microphone: a.Microphone, Speaker: a.Speaker, Ringer: a.Ringer}, p.log); err != nil {
		return nil, err
	}
	p.audio.SetCountry(o.Config.UI.Region)
	p.secrets = secret.Open(o.Config.Data)
	if o.Private {
		p.secrets = secret.OpenFile(o.Config.Data)
	}
	p.desk = desk.New(desk.Config{
		File: p.store, Region: o.Config.UI.Region, Language: ui.Spoken(o.Config.UI.Language), Log: p.log,
		Money: func(m crm.Money) string { return text.Money(m.Minor, m.Digits(), m.Currency) },
	})
	p.shared = &shared{p: p}
	p.audio.OnChange(func(s audio.State) { p.desk.SoundChanged(viewSound(s)) })
	p.reports = &reporter{Listener: p.desk, write: p.writeReport}
	p.phone = phone.New(phone.Config{Sound: p.audio, Listener: p.reports, Lamps: p.desk, Log: p.log, UserAgent: "Leadline/" + version,
		MayCall: p.desk.MayCall})
	if err := p.cache().Empty(); err != nil {
		p.log.Warn("remove recordings that were heard", "error", err)
	}
	p.mendRecordings()
	p.useRecordings()
	p.desk.Connect(p.phone)
	if err := p.useSound(a); err != nil {
		p.log.Error("sound", "error", err)
	}
	if err := p.shared.start(ctx); err != nil {
		p.log.Error("shared server", "error", err)
	}
	p.useCalls()
	if err := p.useAccounts(); err != nil {
		// The others work; the status strip and the settings say which doesn't.
		p.log.Error("accounts", "error", err)
	}
	return p, nil
}

// run shows the windows until the agent ends the program. It is called on the first
// goroutine; starts are the second starts, with their links.
func (p *program) run(starts <-chan []string) error {
	// Fyne makes its folder in this one, which a new home does not have.
	if cache, err := os.UserCacheDir(); err == nil {
		if err := os.MkdirAll(cache, 0o700); err != nil {
			p.log.Warn("make the folder for caches", "error", err)
		}
	}
	windows, err := ui.NewApp(ui.Options{
		Desk: p.desk, Settings: settings{p}, Importer: settings{p}, Company: p.store, Customers: p.store, Shared: settings{p}, SignIns: settings{p}, Erasures: settings{p}, Software: settings{p}, Region: p.opts.Config.UI.Region, Workspace: p.opts.Workspace,
		Version: version, Demo: p.opts.Demo, Kept: p.kept, Door: p.opts.Door, Links: p.opts.Links,
	})
	if err != nil {
		return err
	}
	// The tables of places are large, and the first call should not wait for them.
	go crm.WarmUp(text.Language())
	go func() {
		for links := range starts {
			windows.Raise()
			windows.Open(links)
		}
	}()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go p.tellDamage(ctx)
	go p.tidyRecordings(ctx)
	context.AfterFunc(ctx, windows.Quit)
	gone := make(chan struct{})
	go func() {
		<-windows.Closing()
		p.closeWith(gone)
	}()
	go saveMemory(ctx, p.desk.Snapshot)
	if p.conduct != nil {
		p.conduct(windows.Quit)
	}
	windows.Run()
	close(gone)
	return nil
}

// closeWith begins to close while the windows go: a session that ends may not wait until they are torn down, and the
// PBX must not ring a phone that is gone. If the windows block the first goroutine, because an X server or a desktop
// does not answer, the program exits without them.
func (p *program) closeWith(gone <-chan struct{}) {
	go p.leave()
	select {
	case <-gone:
		return
	case <-time.After(farewell):
	}
	stacks := make([]byte, 1<<20)
	p.log.Error("the windows do not go; the program ends without them", "goroutines", string(stacks[:runtime.Stack(stacks, true)]))
	p.close()
	p.exit(0)
}

// agent is who works here while there is no shared server to sign in at.
func (p *program) agent() crm.User {
	if p.opts.Agent.Name != "" {
		return p.opts.Agent
	}
	u := crm.User{Name: "Agent"}
	if me, err := user.Current(); err == nil {
		u.Name = me.Username
		if me.Name != "" {
			u.Name = me.Name
		}
	}
	if accounts := p.config().Accounts; len(accounts) > 0 {
		if at, err := config.ParseAddress(accounts[0].Address); err == nil {
			u.Extension = at.User
		}
	}
	return u
}

// viewSound is the sound card as the status strip shows it. The sentences are those
// of audio.Problem.Key, written out where the translations' test finds them.
func viewSound(s audio.State) desk.Sound {
	v := desk.Sound{Microphone: shownDevice(s.Microphone), Speaker: shownDevice(s.Speaker)}
	problem, use := s.Problem()
	args := map[string]string{"device": use.Device, "wanted": use.Wanted}
	switch problem {
	case audio.NoMicrophone:
		v.Problem = desk.Text{Key: "No microphone: the other side cannot hear you"}
	case audio.NoSpeaker:
		v.Problem = desk.Text{Key: "No speaker: you cannot hear the other side"}
	case audio.NoRinger:
		v.Problem = desk.Text{Key: "No ringer: incoming calls are silent"}
	case audio.MicrophoneReplaced:
		v.Problem = desk.Text{Key: "{wanted} is not connected, {device} is used as the microphone", Args: args}
	case audio.SpeakerReplaced:
		v.Problem = desk.Text{Key: "{wanted} is not connected, {device} is used as the speaker", Args: args}
	case audio.RingerReplaced:
		v.Problem = desk.Text{Key: "{wanted} is not connected, {device} is used as the ringer", Args: args}
	}
	return v
}

// shownDevice is a device by its name; silence has none.
func shownDevice(u audio.Use) string {
	if u.Device == audio.Null {
		return ""
	}
	return u.Device
}

// leave hangs up and unregisters our own contacts. Whoever calls it again waits for
// the first.
func (p *program) leave() error {
	p.leaveOnce.Do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), farewell)
		defer cancel()
		p.left = p.phone.Close(ctx)
		p.reports.stop()
	})
	return p.left
}

// close hangs up, unregisters our own contacts, finishes the writing and lets go
// of everything. It may be called more than once; the first is waited for.
func (p *program) close() {
	p.closeOnce.Do(func() {
		var errs []error
		if p.phone != nil {
			errs = append(errs, p.leave())
		}
		last, cancel := context.WithTimeout(context.Background(), lastMoment)
		defer cancel()
		errs = append(errs, both(last, p.endShared, p.closeAudio))
		if p.desk != nil {
			errs = append(errs, p.desk.Close(context.Background()))
		}
		errs = append(errs, p.cache().Empty())
		if p.store != nil {
			errs = append(errs, p.store.Close())
		}
		if p.kept != nil {
			p.kept.Close()
		}
		if err := errors.Join(errs...); err != nil {
			p.log.Error("close", "error", err)
		}
		p.log.Info("end")
		_ = p.logFile.Close()
	})
}

// endShared leaves the shared server; what it does not have yet waits in the file for the next start.
func (p *program) endShared() {
	if p.shared != nil {
		p.shared.end()
	}
}

func (p *program) closeAudio() {
	if p.audio != nil {
		p.audio.Close()
	}
}

// both waits for two things that are done side by side, or until ctx ends.
func both(ctx context.Context, one, other func()) error {
	done := make(chan struct{})
	go func() {
		defer close(done)
		var work sync.WaitGroup
		work.Go(one)
		work.Go(other)
		work.Wait()
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return errors.New("the shared server or the sound did not let go in time")
	}
}
