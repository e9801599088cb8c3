package instance

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// A Unix socket's path has room for 104 bytes on the BSDs and macOS, 108 on
// Linux and Windows, the final zero included.
const maxSocketPath = 103

// socketPath is where the socket of dir lies: in it, or, when that path would be
// too long, in a folder of ours below the temporary one, named by dir's hash.
func socketPath(dir string) (string, error) {
	whole, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("find the data folder %s: %w", dir, err)
	}
	if path := filepath.Join(whole, socketName); len(path) <= maxSocketPath {
		return path, nil
	}
	// Two ways to the same folder must give the same socket.
	if real, err := filepath.EvalSymlinks(whole); err == nil {
		whole = real
	}
	ours := filepath.Join(os.TempDir(), "leadline-"+strconv.Itoa(os.Getuid()))
	if err := os.MkdirAll(ours, 0o700); err != nil {
		return "", fmt.Errorf("make a folder for the socket: %w", err)
	}
	if err := checkOwner(ours); err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(whole))
	return filepath.Join(ours, hex.EncodeToString(sum[:8])+".sock"), nil
}
