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
