#include "direct_linux.h"

#include <string.h>
#include <unistd.h>

// How struct ma_device of miniaudio 0.11 begins, and a notification. malgo shows neither; where
// another version has something else there, what stands around onData gives it away, and the
// device goes on calling Go.
typedef struct device {
	void *context;
	int type;
	uint32_t rate;
	int state;
	void (*onData)(struct device *, void *out, const void *in, uint32_t frames);
	void (*onNotification)(const void *);
	void *onStop;
	void *user;
} device;

typedef struct {
	device *device;
	int type; // 0: started
} notification;

static uint64_t load(uint64_t *at) { return __atomic_load_n(at, __ATOMIC_ACQUIRE); }
static void store(uint64_t *at, uint64_t v) { __atomic_store_n(at, v, __ATOMIC_RELEASE); }
static void count(uint64_t *at, uint64_t n) { __atomic_add_fetch(at, n, __ATOMIC_SEQ_CST); }

static uint64_t at_most(uint64_t a, uint64_t b) { return a < b ? a : b; }

static void ring_bell(leadline_tap *t) {
	static const uint64_t one = 1;
	if (__atomic_exchange_n(t->rung, 1, __ATOMIC_SEQ_CST) == 0 && write(t->bell, &one, sizeof one) < 0)
		return; // full after 2^64 rings
}

// put writes to the ring as much as fits.
static void put(leadline_tap *t, const int16_t *src, uint64_t n) {
	uint64_t wrote = load(t->wrote), size = t->mask + 1;
	n = at_most(n, size - (wrote - load(t->taken)));
	uint64_t at = wrote & t->mask, first = at_most(n, size - at);
	memcpy(t->buf + at, src, first * sizeof *src);
	memcpy(t->buf, src + first, (n - first) * sizeof *src);
	store(t->wrote, wrote + n);
}

// take reads from the ring what is there.
static uint64_t take(leadline_tap *t, int16_t *dst, uint64_t n) {
	uint64_t taken = load(t->taken), size = t->mask + 1;
	n = at_most(n, load(t->wrote) - taken);
	uint64_t at = taken & t->mask, first = at_most(n, size - at);
	memcpy(dst, t->buf + at, first * sizeof *dst);
	memcpy(dst + first, t->buf, (n - first) * sizeof *dst);
	store(t->taken, taken + n);
	return n;
}

static uint64_t level(leadline_tap *t) { return load(t->wrote) - load(t->taken); }

void leadline_from_microphone(leadline_tap *t, const int16_t *in, uint64_t n) {
	put(t, in, n);
	count(t->moved, 1);
	if (level(t) >= t->enough)
		ring_bell(t);
}

void leadline_from_speaker(leadline_tap *t, int16_t *out, uint64_t n) {
	uint64_t got = take(t, out, n);
	if (got < n) {
		memset(out + got, 0, (n - got) * sizeof *out);
		count(t->starved, 1);
		count(t->missed, n - got);
	}
	// The first fills the device's buffer.
	if (__atomic_add_fetch(t->moved, 1, __ATOMIC_SEQ_CST) > 1 && (int64_t)n > __atomic_load_n(t->asked, __ATOMIC_SEQ_CST))
		__atomic_store_n(t->asked, (int64_t)n, __ATOMIC_SEQ_CST);
	if (level(t) < (n > t->little ? n : t->little))
		ring_bell(t);
}

static void on_data(device *d, void *out, const void *in, uint32_t frames) {
	leadline_tap *t = d->user;
	if (in)
		leadline_from_microphone(t, in, frames);
	if (out)
		leadline_from_speaker(t, out, frames);
}

void leadline_notified(const void *about) {
	const notification *n = about;
	device *d = n->device;
	if (n->type != 0 || d->onNotification != leadline_notified || d->rate != ((leadline_tap *)d->user)->rate)
		return;
	d->onData = on_data;
	__atomic_store_n(&((leadline_tap *)d->user)->direct, 1, __ATOMIC_SEQ_CST);
}

int leadline_is_direct(leadline_tap *t) { return __atomic_load_n(&t->direct, __ATOMIC_SEQ_CST); }
