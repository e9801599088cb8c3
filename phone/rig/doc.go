// Package rig brings up the other side for tests: Asterisk, Kamailio, baresip, Linphone, Twinkle
// and SIPp, each with a configuration of its own in a folder of its own, on free
// ports of 127.0.0.1 and nowhere else. It also makes and measures tones.
//
// What a test starts here ends with the test, by its process group. When the
// test has failed its output is in the test's log. A program that is missing
// skips the test, except under CI=true, where it fails it. `.ci/setup test`
// installs all of them.
//
// What SIPp sends and expects is written by package scenario.
//
// The rig knows nothing of Leadline, so every package can use it.
package rig
