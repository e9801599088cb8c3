// Package instance sees to it that a data directory has one program at a time.
//
// The first start locks a file in the directory and listens on a Unix socket
// beside it (mode 0600); a second start hands its arguments over that socket and
// ends, and the first one raises its window. The lock is the truth: it goes with
// its process, however that ended, so a socket without a lock is stale.
package instance
