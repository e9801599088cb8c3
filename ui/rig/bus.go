package rig

import (
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	phone "leadline/phone/rig"
)

// StartBus starts a session bus of the test's own, which the test's programs speak with by DBUS_SESSION_BUS_ADDRESS until it
// ends. One that the test freezes thaws then.
func StartBus(t *testing.T) (bus *phone.Process, address string) {
	t.Helper()
	phone.Need(t, "dbus-daemon")
	address = "unix:path=" + filepath.Join(t.TempDir(), "bus")
	bus = phone.Start(t, "dbus-daemon", exec.Command("dbus-daemon", "--session", "--nofork", "--nopidfile", "--address="+address, "--print-address"))
	bus.Says(t, "unix:", time.Minute)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
	t.Cleanup(bus.Thaw) // what is frozen does not end
	return bus, address
}
