// Package rig brings up what tests of the server need besides it: a PostgreSQL of their own.
// It is for tests only.
//
// What is missing on the machine skips the test, except under CI=true, where it
// fails it. `.ci/setup test` installs it.
package rig
