package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"time"

	"leadline/cmd/leadline/config"
	"leadline/cmd/leadline/secret"
	"leadline/crm"
	"leadline/crm/replica"
	"leadline/crm/replica/remote"
	"leadline/crm/wire"
	"leadline/ui/desk"
)

// envPassword has the server's password for who starts the program without a keyring.
const envPassword = "LEADLINE_PASSWORD"

// settingDevice is the id of this copy of the file as a device.
const settingDevice = "device"

// shared is the program's connection with the shared server; without one it is idle.
type shared struct {
	p *program

	mu      sync.Mutex
	client  *remote.Client   // nil without a server
	replica *replica.Replica // nil while nobody is signed in
	stop    func()           // ends the replica, and waits for that

	giving   sync.Mutex // guards greeted and accounts
	greeted  bool       // the server has named the company's accounts, and they are not taken over yet
	accounts []wire.Account
	taking   sync.WaitGroup // the goroutines of takeAccounts
	oneTakes sync.Mutex     // held by the one that takes accounts over
}

// secretOfServer is the name of a server's session in the keyring.
func secretOfServer(url string) string { return "server " + url }

// start connects with the server of the configuration, if there is one and somebody is signed in, or can
// be by the environment's password. It does not wait for the network.
func (s *shared) start(ctx context.Context) error {
	c := s.p.config().Server
	if c.URL = strings.TrimRight(c.URL, "/"); c.URL == "" {
		return nil
	}
	client, err := s.connect(ctx, c.URL, s.keeper(c.URL))
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.client = client
	switch password := or(s.p.opts.Password, os.Getenv(envPassword)); {
	case client.SignedIn():
		s.run(client, c.URL, nil)
	case password != "" && c.User != "":
		s.run(client, c.URL, func(ctx context.Context) error {
			_, err := client.SignIn(ctx, c.User, password)
			return err
		})
	default:
		s.tell(replica.Status{State: replica.SignedOut, Since: time.Now()})
	}
	return nil
}

// connect makes a client with the session that is kept.
func (s *shared) connect(ctx context.Context, url string, keep func(wire.Session) error) (*remote.Client, error) {
	device, err := s.device(ctx)
	if err != nil {
		return nil, err
	}
	var session wire.Session
	kept, err := s.p.secrets.Get(secretOfServer(url))
	if err == nil {
		err = json.Unmarshal([]byte(kept.Reveal()), &session)
	}
	if err != nil && !errors.Is(err, secret.ErrNotFound) {
		s.p.log.Warn("read the session at the server", "error", err)
	}
	return remote.New(remote.Options{URL: url, Device: device, Session: session, Keep: keep})
}

// keeper keeps sessions at a server for the next start.
func (s *shared) keeper(url string) func(wire.Session) error {
	return func(next wire.Session) error {
		if next.Refresh == "" {
			return s.p.secrets.Delete(secretOfServer(url))
		}
		data, err := json.Marshal(next)
		if err != nil {
			return err
		}
		return s.p.secrets.Set(secretOfServer(url), secret.Secret(data))
	}
}

// device is this copy of the file as the server lists it.
func (s *shared) device(ctx context.Context) (wire.DeviceInfo, error) {
	id, err := s.p.store.Setting(ctx, settingDevice)
	if err == nil && id == "" {
		id = string(s.p.store.NewID())
		err = s.p.store.SetSetting(ctx, settingDevice, id)
	}
	name, nameless := os.Hostname()
	if nameless != nil {
		name = ""
	}
	return wire.DeviceInfo{ID: crm.ID(id), Name: name, Platform: runtime.GOOS + "/" + runtime.GOARCH}, err
}

// signInRetry is how long the first sign-in by the environment's password waits between tries.
const signInRetry = 5 * time.Second

// run keeps the file in step until stop is called; first, if any, signs in before.
func (s *shared) run(client *remote.Client, url string, first func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	r := replica.New(replica.Config{
		File: s.p.store, Server: client, Address: url, Program: "leadline " + version, Snapshots: s.p.config().Data, Log: s.p.log,
		OnStatus: func(now replica.Status) {
			s.tell(now)
			if now.State == replica.Live {
				s.takeAccounts(ctx)
			}
		}, OnWelcome: s.welcomed, Recordings: s.p,
		OnPresence: func(users []wire.Presence, whole bool) { s.p.desk.TeamTold(teamOf(users), whole) }, OnSilence: s.p.desk.TeamSilent,
	})
	var over sync.WaitGroup
	over.Go(func() {
		for first != nil && ctx.Err() == nil {
			err := first(ctx)
			if err == nil {
				break
			}
			s.p.log.Warn("sign in at the server", "error", err)
			s.tell(replica.Status{State: replica.SignedOut, Since: time.Now(), Problem: err})
			select {
			case <-ctx.Done():
			case <-time.After(signInRetry):
			}
		}
		over.Go(func() { s.bringRecordings(ctx, client) })
		over.Go(func() { tellAvailability(ctx, s.p.desk, client, s.p.log) })
		r.Run(ctx)
	})
	s.replica, s.stop = r, func() { cancel(); over.Wait() }
}

// end stops what runs.
func (s *shared) end() {
	s.mu.Lock()
	stop := s.stop
	s.replica, s.stop = nil, nil
	s.mu.Unlock()
	if stop != nil {
		stop()
	}
	s.taking.Wait()
}

var syncStates = map[replica.State]desk.SyncState{
	replica.Offline: desk.ServerAway, replica.Bootstrap: desk.Loading, replica.CatchUp: desk.CatchingUp, replica.Live: desk.Everywhere,
	replica.SignedOut: desk.SignedOut, replica.Revoked: desk.ErasedHere, replica.Upgrade: desk.ProgramOld, replica.TooNew: desk.ServerTooOld,
}

// tell shows how the file stands with the server.
func (s *shared) tell(now replica.Status) {
	view := desk.Sync{State: syncStates[now.State], Since: now.Since, Waiting: now.Waiting, Refused: now.Refused}
	if now.Problem != nil {
		view.Detail = now.Problem.Error()
	}
	s.p.desk.SyncChanged(view)
}

// welcomed keeps the accounts that the company has set up for the user, until the lines they belong to are in the file,
// too.
func (s *shared) welcomed(w wire.Welcome) {
	s.giving.Lock()
	defer s.giving.Unlock()
	s.greeted, s.accounts = true, w.Accounts
}

// takeAccounts has the telephone work with the company's accounts (requirement I3).
func (s *shared) takeAccounts(ctx context.Context) {
	s.giving.Lock()
	greeted := s.greeted
	s.giving.Unlock()
	if !greeted {
		return
	}
	s.taking.Go(func() {
		s.oneTakes.Lock()
		defer s.oneTakes.Unlock()
		s.giving.Lock() // now, and not before the last one was done: of several in a call the newest counts
		greeted, accounts := s.greeted, s.accounts
		s.greeted, s.accounts = false, nil
		s.giving.Unlock()
		if !greeted {
			return
		}
		if err := s.p.takeAccounts(ctx, accounts); err != nil && ctx.Err() == nil {
			s.p.log.Error("take over the company's accounts", "error", err)
		}
	})
}

// signIn begins a session at a server, keeps it in the configuration, and begins to keep the file in step.
func (s *shared) signIn(ctx context.Context, url, user, password string) error {
	at, err := s.p.store.Standing(ctx)
	if err != nil {
		return err
	}
	var mine func(wire.Session) error // nil until it is known who that is: the session of whose file it is stays kept
	client, err := s.connect(ctx, url, func(next wire.Session) error {
		if mine == nil {
			return nil
		}
		return mine(next)
	})
	if err != nil {
		return err
	}
	if at.Server != "" && at.Server != url {
		return errOtherServer{at.Server}
	}
	session, err := client.SignIn(ctx, user, password)
	if err != nil {
		return err
	}
	if at.User != "" && at.User != session.User {
		me, err := s.p.store.Me(ctx)
		return errors.Join(errOtherUser{me.Name}, err, client.SignOut(ctx))
	}
	mine = s.keeper(url)
	if err := mine(session); err != nil {
		return err
	}
	err = s.p.change(func(next *config.Config) error {
		next.Server = config.Server{URL: url, User: user}
		return nil
	})
	if err != nil {
		return err
	}
	s.end()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.client = client
	s.run(client, url, nil)
	return nil
}

// errOtherServer: the file is kept in step with another server already.
type errOtherServer struct{ url string }

func (e errOtherServer) Error() string {
	return fmt.Sprintf("the data on this computer belongs to the server %s", e.url)
}

// errOtherUser: the file is another user's, and what waits in it is to be sent in their name.
type errOtherUser struct{ name string }

func (e errOtherUser) Error() string { return "the data on this computer belongs to " + e.name }

// signOut ends the session; the file stays as it is.
func (s *shared) signOut(ctx context.Context) error {
	s.end()
	s.mu.Lock()
	client := s.client
	s.mu.Unlock()
	if client == nil {
		return nil
	}
	at, err := s.p.store.Standing(ctx)
	s.tell(replica.Status{State: replica.SignedOut, Since: time.Now(), Waiting: at.Waiting, Refused: at.Refused})
	return errors.Join(err, client.SignOut(ctx))
}
