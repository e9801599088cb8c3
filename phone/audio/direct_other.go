//go:build !linux

package audio

import "github.com/gen2brain/malgo"

// direct does nothing here: the device's thread calls into Go.
type direct struct{}

func newDirect(*malgo.DeviceConfig, *tap) *direct { return nil }
func (d *direct) close()                          {}
