// Package record keeps recordings of calls in files: FLAC in stereo, one goroutine for each
// call that is recorded, which is the only one that waits for the disk.
//
// What makes the sound of it is [media.Recorder]; here are names, modes (only their owner may read
// them), full disks and the end. A file that was not ended, because the program was killed or
// the machine lost its power, plays up to a second before.
package record
