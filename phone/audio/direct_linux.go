package audio

/*
#include "direct_linux.h"
*/
import "C"

import (
	"runtime"
	"unsafe"

	"github.com/gen2brain/malgo"
)

// direct is a tap as the code in direct_linux.c sees it, which takes the place of fromMicrophone
// and fromSpeaker: the device's thread then never enters Go. It waits for no garbage collector,
// and the Go scheduler and its monitor, which look around for work each time that a thread comes
// from C, sleep on.
type direct struct {
	view *C.leadline_tap
	pin  runtime.Pinner
}

// newDirect has the device that is opened with this configuration fill or empty the tap.
// It holds the tap until close.
func newDirect(config *malgo.DeviceConfig, t *tap) *direct {
	d := &direct{view: (*C.leadline_tap)(C.calloc(1, C.sizeof_leadline_tap))}
	d.pin.Pin(t)
	d.pin.Pin(t.ring)
	d.pin.Pin(&t.ring.buf[0])
	d.pin.Pin(t.bell)
	*d.view = C.leadline_tap{
		rate: Rate, enough: enoughHeard, little: littleLeft,
		buf: (*C.int16_t)(&t.ring.buf[0]), mask: C.uint64_t(t.ring.mask),
		wrote: word(unsafe.Pointer(&t.ring.wrote)), taken: word(unsafe.Pointer(&t.ring.taken)),
		moved: word(unsafe.Pointer(&t.moved)), starved: word(unsafe.Pointer(&t.starved)), missed: word(unsafe.Pointer(&t.missed)),
		asked: (*C.int64_t)(unsafe.Pointer(&t.asked)),
		rung:  (*C.uint32_t)(unsafe.Pointer(&t.bell.rung)), bell: C.int(t.bell.fd),
	}
	config.PUserData = (*byte)(unsafe.Pointer(d.view))
	config.NotificationCallback = (*[0]byte)(C.leadline_notified)
	return d
}

func word(p unsafe.Pointer) *C.uint64_t { return (*C.uint64_t)(p) }

// works reports whether the device has taken to it.
func (d *direct) works() bool { return C.leadline_is_direct(d.view) != 0 }

// close follows the device's end.
func (d *direct) close() {
	C.free(unsafe.Pointer(d.view))
	d.pin.Unpin()
}

// fromMicrophone and fromSpeaker do what the device's thread does, for tests.
func (d *direct) fromMicrophone(in []int16) {
	C.leadline_from_microphone(d.view, (*C.int16_t)(&in[0]), C.uint64_t(len(in)))
}

func (d *direct) fromSpeaker(out []int16) {
	C.leadline_from_speaker(d.view, (*C.int16_t)(&out[0]), C.uint64_t(len(out)))
}
