// Package sessionbus speaks with the desktop's session bus, on Linux and the BSDs, so that a bus that hangs, or
// somebody on it who does not answer, holds nobody up: what takes too long is given up with its connection.
package sessionbus
