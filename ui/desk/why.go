package desk

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"syscall"

	"leadline/crm"
	"leadline/phone"
)

// Why says why something did not work and what to do about it, for the {why} of another sentence; zero
// where we have no words for it.
func Why(err error) Text {
	var away *net.OpError
	switch {
	case errors.Is(err, crm.ErrDiskFull), errors.Is(err, syscall.ENOSPC):
		return Text{Key: "the disk is full. Make room on it and try again"}
	case errors.Is(err, crm.ErrDamaged):
		return Text{Key: "the file with your customers is damaged. Start Leadline again, and what can be read is saved"}
	case errors.Is(err, crm.ErrNotFound):
		return Text{Key: "it is not in the CRM any more. Somebody may have removed it"}
	case errors.Is(err, phone.ErrNotConnected):
		return Text{Key: "the account has no connection to its PBX. Settings, Accounts tells why"}
	case errors.Is(err, phone.ErrNoSuchAccount):
		return Text{Key: "this account is not there any more. Choose another one"}
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return Text{Key: "Leadline may not read or write there. Take another place, or ask whoever looks after this computer"}
	case errors.Is(err, fs.ErrNotExist):
		return Text{Key: "it is not there. Look whether it was moved or removed"}
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, syscall.ETIMEDOUT):
		return Text{Key: "it took too long. Try again"}
	case errors.As(err, &away):
		return Text{Key: "the other side cannot be reached. Look at the network and try again"}
	}
	return Text{}
}

// because is a sentence with a {why}; what the CRM refuses has words of its own.
func because(key string, err error) Text {
	var wrong crm.Invalid
	if errors.As(err, &wrong) {
		return Text(wrong.Text)
	}
	why := err.Error()
	if known := Why(err); known.Key != "" {
		why = known.Key
	}
	return Text{Key: key, Args: map[string]string{"why": why}}
}
