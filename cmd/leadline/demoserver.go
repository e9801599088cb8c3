package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"leadline/crm"
	"leadline/crm/server"
	"leadline/crm/server/access"
	"leadline/crm/server/database"
	"leadline/crm/server/front"
	"leadline/crm/wire"
)

// demoServer is the shared server in the box, on loopback, with the demo's company.
type demoServer struct {
	url       string
	db        *database.DB
	access    *access.Access
	company   front.Company
	workspace crm.ID

	stop func()
	ran  sync.WaitGroup
}

// startDemoServer serves from a file in dir until close.
func startDemoServer(dir string) (s *demoServer, err error) {
	ctx, stop := context.WithCancel(context.Background())
	s = &demoServer{stop: stop}
	defer func() {
		if err != nil {
			err = fmt.Errorf("start the demo's server: %w", errors.Join(err, s.close()))
		}
	}()
	vault, err := access.OpenVault(filepath.Join(dir, "server.key"))
	if err != nil {
		return s, err
	}
	if s.db, err = database.Open(ctx, "sqlite:"+filepath.Join(dir, "server.db")); err != nil {
		return s, err
	}
	log := slog.New(slog.DiscardHandler)
	engine := server.NewEngine(server.Engine{DB: s.db, Now: time.Now, Random: rand.Reader, Log: log})
	s.access, s.company = access.New(s.db, vault, time.Now), front.Company{Engine: engine}
	f := front.New(front.Options{Access: s.access, Engine: engine, Log: log, Region: crm.DefaultRegion})
	if s.workspace, err = s.company.FirstWorkspace(ctx, crm.DefaultRegion); err != nil {
		return s, err
	}
	port, err := front.Listening{Address: "127.0.0.1:0"}.Listen()
	if err != nil {
		return s, err
	}
	s.url = "http://" + port.Addr().String()
	s.ran.Go(func() { f.Run(ctx) })
	s.ran.Go(func() { _ = f.Serve(ctx, port) })
	return s, nil
}

// hire adds a user who can sign in with a password, and whose telephone is set up for them.
func (s *demoServer) hire(ctx context.Context, u crm.User, password string, telephones ...wire.Account) error {
	err := errors.Join(s.company.SaveUser(ctx, s.workspace, u), s.access.AddCredential(ctx, s.workspace, u.ID, u.Email, password))
	for _, t := range telephones {
		err = errors.Join(err, s.access.SaveTelephone(ctx, s.workspace, u.ID, t))
	}
	if err != nil {
		return fmt.Errorf("add %s at the demo's server: %w", u.Name, err)
	}
	return nil
}

func (s *demoServer) close() error {
	s.stop()
	s.ran.Wait()
	if s.db == nil {
		return nil
	}
	return s.db.Close()
}
