// Package packaging holds the test of what make package makes: the packages are installed
// into a root of their own, and started from there by a user without rights.
package packaging
