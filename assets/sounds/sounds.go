// Package sounds holds the sounds that are part of the program.
package sounds

import _ "embed"

// Ringtone is a WAV file, 16-bit PCM, that is played over and over while it
// rings; its pause is part of it.
//
//go:embed ringtone.wav
var Ringtone []byte

//go:generate go run ./gen ringtone.wav
