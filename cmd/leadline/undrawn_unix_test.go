//go:build !windows

package main

import (
	"strings"
	"testing"
)

// xmessage breaks no lines, and takes what it shows for Latin-1.
func TestAMessageIsReadableInTheOldestDialog(t *testing.T) {
	said := wrapped("Leadline darf eine Datei nicht lesen oder schreiben, die es braucht. Sorgen Sie dafür, dass die Datei Ihnen gehört.\n\nopen /home/x y")
	want := "Leadline darf eine Datei nicht lesen oder schreiben, die es braucht.\nSorgen Sie dafür, dass die Datei Ihnen gehört.\n\nopen /home/x y"
	if said != want {
		t.Errorf("it is %q", said)
	}
	if long := strings.Repeat("x", 100); wrapped(long) != long {
		t.Error("a path is broken")
	}
	if got := latin1("„Größe“ – ja… 界"); got != "\"Gr\xf6\xdfe\" - ja... ?" {
		t.Errorf("it is %q", got)
	}
}
