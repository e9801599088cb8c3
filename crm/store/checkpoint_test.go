package store

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"leadline/crm"
)

// What was written gets from the log into the file by itself, soon after.
func TestTheLogIsMovedIntoTheFileInTheBackground(t *testing.T) {
	path := filepath.Join(t.TempDir(), "leadline.db")
	s := openAt(t, path)
	c, _ := begin(t, s, crm.Incoming, DemoUnknown, crm.Line{})
	const words = "to be found in the file itself"
	ok(t, s.SaveNote(ctx, c.ID, words))
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		b, err := os.ReadFile(path)
		ok(t, err)
		if strings.Contains(string(b), words) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the note is in the log only")
		}
	}
}

// After a pause the log has begun anew before the next call needs it: that call is not the one that waits for it.
func TestACallAfterAPauseDoesNotBeginTheLog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "leadline.db")
	s := openAt(t, path)
	salts := func() string {
		b, err := os.ReadFile(path + "-wal")
		ok(t, err)
		return string(b[16:24]) // of this round of the log; https://sqlite.org/fileformat2.html#walformat
	}
	first := salts() // before the call, after which the log may begin anew before anybody looks
	begin(t, s, crm.Incoming, DemoUnknown, crm.Line{})
	var second string
	var length int64
	for deadline := time.Now().Add(time.Minute); ; {
		for ; salts() == first; time.Sleep(20 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatal("the log has not begun anew")
			}
		}
		second, length = salts(), fileSize(t, path+"-wal")
		began := time.Now()
		begin(t, s, crm.Incoming, DemoUnknown, crm.Line{})
		after := salts()
		if after == second {
			break
		}
		if time.Since(began) < checkpointAfter {
			t.Error("the call began the log")
			break
		}
		first = second // on a busy machine: another pause has come meanwhile
	}
	if now := fileSize(t, path+"-wal"); length < logRoom || now != length {
		t.Errorf("after the pause the log has %d bytes, after the call %d", length, now)
	}
}

func fileSize(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	ok(t, err)
	return info.Size()
}

// Who hears of colleagues' changes all the time has no pause, and no log that grows until a call has to move it.
func TestTheLogIsMovedAlsoWithoutAPause(t *testing.T) {
	path := filepath.Join(t.TempDir(), "leadline.db")
	s := openAt(t, path)
	c, _ := begin(t, s, crm.Incoming, DemoUnknown, crm.Line{})
	const words = "to be found in the file itself"
	ok(t, s.SaveNote(ctx, c.ID, words))
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(checkpointAfter / 10) {
		ok(t, s.SaveResult(ctx, c.ID, crm.Results[0]))
		b, err := os.ReadFile(path)
		ok(t, err)
		if strings.Contains(string(b), words) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the note is in the log only")
		}
	}
}
