package main

import (
	"fmt"
	"os"
	"testing"
)

// Where nobody has a home folder, as in some containers, the tests have one of their own.
func TestMain(m *testing.M) {
	os.Exit(func() int {
		if _, err := os.UserHomeDir(); err != nil {
			home, err := os.MkdirTemp("", "home")
			if err == nil {
				defer os.RemoveAll(home)
				err = os.Setenv("HOME", home)
			}
			if err != nil {
				fmt.Fprintln(os.Stderr, err)
				return 1
			}
		}
		return m.Run()
	}())
}
