// Package sim runs the real code of the agents' files, of their replicas and of the server against
// each other, with the network, clocks, crashes, restored devices and restored servers made up from a seed,
// and checks what the sync protocol promises (design.md, The sync protocol).
//
// A run lives in a bubble of testing/synctest: time is the bubble's, so that hours pass in a second, and
// the same seed gives the same run. Files are real SQLite files.
package sim
