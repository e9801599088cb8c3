// Package media is the voice of one call: RTP in and out, codecs, a jitter buffer,
// loss concealment, digits (RFC 4733) and RTCP.
//
// It is pure: no sockets, no goroutines and no devices. Whoever owns the sockets
// gives [Session.ReceiveRTP] and [Session.ReceiveRTCP] what arrives and sends what
// the functions in [Config] are called with; the sound pump calls [Session.Play] and
// [Session.Capture] once every 10 ms. Time comes from outside too, so that the tests
// live through an hour of clock drift in a second. Everything that comes from the
// network may be anything: no packet panics, blocks or allocates without bound.
//
// A packet's way in: receive.go (is it ours, is it new, a digit?) → buffer.go (its
// place in the order) → player.go (its turn in time, by the delay that delay.go
// learns; conceal.go for what is missing, stretch.go to follow the clocks) →
// resample.go → the sound card. The way out: send.go, digits.go. What is said about
// both: rtcp.go, stats.go, oneway.go. What is recorded of both: recorder.go. A codec is one value of the type in codec.go.
//
// Measured: the filters pass 50 to 3400 Hz within 0.1 dB and keep aliases 70 dB down;
// a clean network has a playout delay of 20 to 30 ms, 40 ms of jitter one of 50 ms,
// an hour at ±200 ppm the same; a frame of a PCMA call takes 12 µs and no allocation,
// BenchmarkFrame tells of each codec.
package media
