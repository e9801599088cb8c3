// Package audio is the sound card as a telephone needs it: one microphone and
// one speaker for the whole program, shared by all calls, and a ringer beside
// them (requirements of issue "The main job", 7).
//
// A call's end is a Voice; System mixes all voices into the speaker and lets
// each hear the microphone, in frames of 10 ms at 48 kHz mono. Devices may be
// slow, missing, pulled out or hung: calls go on in silence, nobody who calls
// into this package waits for a sound server, and State says what is wrong.
//
// Three kinds of goroutine share the work. The device's own thread touches one
// lock-free ring and nothing else; the pump goroutine moves frames between the
// rings and the voices; and each role (microphone, speaker, ringer) has an owner
// goroutine, the only one that opens, polls and closes its device.
package audio
