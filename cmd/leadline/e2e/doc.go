// Package e2e tests the program from outside, as a person would use it: the real
// binary on a desktop of its own, with a real PBX, a sound card made of null sinks,
// and the automation door for a hand.
//
// With LEADLINE_BENCH=1 it measures instead, beside other telephones where the
// table of the design names one; `make bench` does that.
package e2e
