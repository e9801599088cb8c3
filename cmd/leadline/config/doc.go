// Package config is the program's configuration file, in TOML.
//
// Load refuses what it does not understand: an unknown key, a value out of its
// range, an address that is none. It reports every problem with file, line and
// reason, so that one look at the file mends them all. Save writes atomically and
// with mode 0600, because the file may hold a password.
package config
