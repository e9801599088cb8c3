package demo_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"leadline/phone/demo"
)

// slowLog holds the goroutine that logs until it is let go.
type slowLog struct {
	slog.Handler
	holds, letGo chan struct{}
}

func (l slowLog) Enabled(context.Context, slog.Level) bool { return true }

func (l slowLog) Handle(context.Context, slog.Record) error {
	l.holds <- struct{}{}
	<-l.letGo
	return nil
}

func TestCloseWaitsForTheRequestsUnderWay(t *testing.T) {
	log := slowLog{slog.DiscardHandler, make(chan struct{}, 16), make(chan struct{})}
	p := start(t, demo.Options{Log: slog.New(log)})
	newRaw(t, p).register()
	select {
	case <-log.holds: // the REGISTER is answered, its handler still runs
	case <-time.After(20 * time.Second):
		t.Fatal("a registration is not logged")
	}
	closed := make(chan struct{})
	go func() { p.Close(); close(closed) }()
	select {
	case <-closed:
		t.Error("the box is closed while a request is being handled")
	case <-time.After(300 * time.Millisecond):
	}
	close(log.letGo)
	select {
	case <-closed:
	case <-time.After(20 * time.Second):
		t.Error("Close does not return")
	}
}
