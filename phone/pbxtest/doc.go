// Package pbxtest has the telephone's tests against real ones: it registers at
// Asterisk and Kamailio, calls and is called, and tones are measured at both ends.
//
// The tests are a package of their own because they take their time and the whole
// machine; those of package phone need neither. All but the benchmarks wait most of
// that time, each for a PBX of its own, and run beside each other.
package pbxtest
