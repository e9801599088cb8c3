package desk

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"

	"leadline/crm"
	"leadline/phone"
)

// An error ends in what to do, in words that are translated; what nobody knows is told as it is (issue 6.10).
func TestAnErrorSaysWhatToDo(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{fmt.Errorf("save: %w", crm.ErrDiskFull), "Make room"},
		{&os.PathError{Op: "write", Path: "x.csv", Err: syscall.ENOSPC}, "Make room"},
		{&os.PathError{Op: "open", Path: "x.csv", Err: syscall.EACCES}, "another place"},
		{&os.PathError{Op: "open", Path: "x.csv", Err: syscall.EROFS}, "another place"},
		{&os.PathError{Op: "open", Path: "x.csv", Err: syscall.ENOENT}, "moved or removed"},
		{fmt.Errorf("link: %w", crm.ErrNotFound), "removed it"},
		{fmt.Errorf("read: %w", crm.ErrDamaged), "Start Leadline again"},
		{fmt.Errorf("call: %w", phone.ErrNotConnected), "Settings, Accounts"},
		{phone.ErrNoSuchAccount, "Choose another"},
		{context.DeadlineExceeded, "Try again"},
		{&net.OpError{Op: "dial", Net: "tcp", Err: errors.New("no route to host")}, "Look at the network"},
	} {
		if got := because("Not saved: {why}", c.err); got.Key != "Not saved: {why}" || !strings.Contains(got.Args["why"], c.want) || got.Args["why"] != Why(c.err).Key {
			t.Errorf("%v: %+v, want %q in it", c.err, got, c.want)
		}
	}
	if got := because("Not saved: {why}", errors.New("the moon is full")); got.Args["why"] != "the moon is full" {
		t.Errorf("an error that nobody knows: %+v", got)
	}
	if got := because("Not saved: {why}", crm.Invalid{Text: crm.Say(crm.FormNeedsName)}); got.Key != crm.FormNeedsName {
		t.Errorf("what the CRM refuses: %+v", got)
	}
}
