package front

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"leadline/crm"
	"leadline/crm/server/database"
)

// A database that is away for an hour is polled 18,000 times, and does not fill the log.
func TestPollsThatFailAreLoggedSeldom(t *testing.T) {
	o := open(t)
	log := &bytes.Buffer{}
	o.front.Log = slog.New(slog.NewTextHandler(log, nil))
	defer o.front.hub.leave(o.front.hub.join("a company", crm.ID("a device")))
	if err := o.front.Engine.DB.Close(); err != nil {
		t.Fatal(err)
	}
	for range 100 {
		o.front.poll(t.Context())
	}
	if n := strings.Count(log.String(), "does not say where a workspace stands"); n != 1 {
		t.Errorf("logged %d times: %s", n, log)
	}
}

// Why requests cannot be answered while the database is away, or its disk full, is logged once for all of them; what is a fault, each time.
func TestRequestsWithoutADatabaseTellWhySeldom(t *testing.T) {
	o := open(t)
	log := &bytes.Buffer{}
	o.front.Log = slog.New(slog.NewTextHandler(log, nil))
	for range 100 {
		o.front.refuse(httptest.NewRecorder(), httptest.NewRequest("POST", "/v1/sync/push", nil), fmt.Errorf("%w: a socket", database.ErrAway))
		o.front.refuse(httptest.NewRecorder(), httptest.NewRequest("POST", "/v1/sync/push", nil), errors.New("a fault"))
	}
	if away, fault := strings.Count(log.String(), "a socket"), strings.Count(log.String(), "a fault"); away != 1 || fault != 100 {
		t.Errorf("logged %d and %d times", away, fault)
	}
}
