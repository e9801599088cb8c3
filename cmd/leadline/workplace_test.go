package main

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"leadline/ui"
)

func TestWhatTheWindowsRememberSurvivesAStart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "data", workplaceFile)
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, nil))
	var first ui.Kept = openWorkplace(file, logger)
	first.SetString("filter.Müller", `{"a":1}`)
	first.SetBool("board", true)
	first.SetFloat("width", 1111.5)
	first.SetString("gone", "x")
	first.RemoveValue("gone")
	first.(*workplace).Close()
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v, %v", info, err)
	}
	second := openWorkplace(file, logger)
	defer second.Close()
	if s, b, w := second.String("filter.Müller"), second.Bool("board"), second.FloatWithFallback("width", 1); s != `{"a":1}` || !b || w != 1111.5 {
		t.Errorf("after a start: %q, %v, %v", s, b, w)
	}
	if s, b, w := second.String("gone"), second.Bool("gone"), second.FloatWithFallback("gone", 7); s != "" || b || w != 7 {
		t.Errorf("what was removed is %q, %v, %v", s, b, w)
	}
	if log.Len() > 0 {
		t.Errorf("it complains: %s", &log)
	}
}

// Nobody has to end the program in order.
func TestWhatTheWindowsRememberIsWrittenByItself(t *testing.T) {
	file := filepath.Join(t.TempDir(), workplaceFile)
	k := openWorkplace(file, slog.New(slog.DiscardHandler))
	defer k.Close()
	k.SetString("order", "company")
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		if b, err := os.ReadFile(file); err == nil && strings.Contains(string(b), `"order": "company"`) {
			return
		} else if time.Now().After(deadline) {
			t.Fatalf("not written: %s, %v", b, err)
		}
	}
}

func TestADamagedFileOfWhatTheWindowsRememberIsPutBeside(t *testing.T) {
	for _, damaged := range []string{"", "{\"a\":", "null", "[1]"} {
		dir := t.TempDir()
		file := filepath.Join(dir, workplaceFile)
		if err := os.WriteFile(file, []byte(damaged), 0o600); err != nil {
			t.Fatal(err)
		}
		var log bytes.Buffer
		k := openWorkplace(file, slog.New(slog.NewTextHandler(&log, nil)))
		k.SetString("a", "b")
		k.Close()
		if b, err := os.ReadFile(file + ".damaged"); err != nil || string(b) != damaged {
			t.Errorf("%q is not kept: %q, %v", damaged, b, err)
		}
		if b, err := os.ReadFile(file); err != nil || !strings.Contains(string(b), `"a": "b"`) {
			t.Errorf("%q: nothing is written in its place: %q, %v", damaged, b, err)
		}
		if damaged != "null" && !strings.Contains(log.String(), "can't be read") {
			t.Errorf("%q is not told of: %s", damaged, &log)
		}
	}
}

// A disk that is full, or a folder that is none, is told of, and what was to be written is written later.
func TestWhatTheWindowsRememberWaitsForTheDisk(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	if err := os.WriteFile(dir, nil, 0o600); err != nil { // where the folder should be
		t.Fatal(err)
	}
	var log bytes.Buffer
	k := openWorkplace(filepath.Join(dir, workplaceFile), slog.New(slog.NewTextHandler(&log, nil)))
	defer k.Close()
	k.values["a"], k.changed = "b", true
	if err := k.save(); err == nil || !strings.Contains(err.Error(), "data") {
		t.Errorf("the error is %v", err)
	}
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	if err := k.save(); err != nil {
		t.Error(err)
	}
	if b, err := os.ReadFile(k.file); err != nil || !strings.Contains(string(b), `"a": "b"`) {
		t.Errorf("written later: %q, %v", b, err)
	}
}
