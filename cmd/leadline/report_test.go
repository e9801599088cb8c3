package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"leadline/phone"
)

// heard is a listener that counts.
type heard struct{ calls int }

func (h *heard) CallChanged(phone.Call)                 { h.calls++ }
func (h *heard) RegistrationChanged(phone.Registration) {}

func TestAReportIsWrittenWhenCallsHaveEnded(t *testing.T) {
	h, written := &heard{}, 0
	r := &reporter{Listener: h, write: func() { written++ }}
	r.CallChanged(phone.Call{State: phone.Active})
	r.stop()
	if written != 0 {
		t.Error("a call that goes on was reported")
	}
	r.CallChanged(phone.Call{State: phone.Ended})
	r.CallChanged(phone.Call{State: phone.Ended})
	r.stop() // before its time: the program ends
	r.stop()
	if written != 1 || h.calls != 3 {
		t.Errorf("written %d times, %d changes passed on", written, h.calls)
	}
}

func TestReportWritesWhatTheProgramLeft(t *testing.T) {
	file := configFile(t, "")
	err := run([]string{"-config", file, "report"}, &bytes.Buffer{})
	if err == nil || !strings.Contains(err.Error(), "when a call has ended") {
		t.Errorf("without a report: %v", err)
	}
	data := filepath.Join(filepath.Dir(file), "data")
	if err := os.MkdirAll(data, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(data, reportFile), []byte("INVITE"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := run([]string{"-config", file, "report"}, &out); err != nil || out.String() != "INVITE" {
		t.Errorf("wrote %q, %v", out.String(), err)
	}
	to := filepath.Join(t.TempDir(), "calls.txt")
	if err := run([]string{"-config", file, "report", to}, &out); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(to); err != nil || string(got) != "INVITE" {
		t.Errorf("the file holds %q, %v", got, err)
	}
	if err := run([]string{"-config", file, "report", "a", "b"}, &out); err == nil {
		t.Error("two files were taken")
	}
}
