package front

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"leadline/crm"
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
