//go:build unix

package instance

import (
	"fmt"
	"os"
	"syscall"
)

// checkOwner refuses a folder in the shared temporary one that somebody else
// made in our name or may write into.
func checkOwner(dir string) error {
	info, err := os.Lstat(dir)
	if err != nil {
		return fmt.Errorf("look at the folder of the socket: %w", err)
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.IsDir() || int(stat.Uid) != os.Getuid() || info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("%s is not ours alone; remove it or choose a shorter data folder", dir)
	}
	return nil
}
