// Package siptest is the other end of a telephone line for tests: a raw SIP peer that
// writes and reads messages as text, so that a test can say what no library would.
package siptest
