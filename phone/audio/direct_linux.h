#ifndef LEADLINE_DIRECT_H
#define LEADLINE_DIRECT_H

#include <stdint.h>
#include <stdlib.h>

// leadline_tap is a tap (tap.go) and its ring (ring.go). What the pointers show to is Go's, pinned.
typedef struct {
	uint32_t rate;     // Hz
	uint64_t enough, little; // enoughHeard, littleLeft
	int16_t *buf;      // mask+1 samples
	uint64_t mask;
	uint64_t *wrote, *taken, *moved, *starved, *missed;
	int64_t *asked;
	uint32_t *rung;    // of the bell
	int bell;          // its file descriptor
	int direct;        // the device calls us
} leadline_tap;

// leadline_notified is a notification callback of miniaudio's, for a device whose user data is a
// leadline_tap: once the device has started, it has the device call the code here.
void leadline_notified(const void *notification);

int leadline_is_direct(leadline_tap *t);

// For tests and benchmarks: what the device's thread calls.
void leadline_from_microphone(leadline_tap *t, const int16_t *in, uint64_t n);
void leadline_from_speaker(leadline_tap *t, int16_t *out, uint64_t n);

#endif
