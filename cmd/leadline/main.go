// Command leadline is the agent's program: it reads the configuration and wires
// the packages together, nothing else.
//
//	leadline [-config FILE] [-automation SOCKET] [tel:…|sip:…|callto:…]
//	leadline import FILE
//	leadline export FILE
//	leadline demo [-tour DIR]
//	leadline version
package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
)

func main() {
	// Painting in software, SQLite and the sound card hold a processor of Go's for
	// milliseconds while they are in C. On two cores both can be held when it rings.
	runtime.GOMAXPROCS(max(4, runtime.GOMAXPROCS(0)))
	if err := run(os.Args[1:], os.Stdout); err != nil {
		if !errors.As(err, &errTold{}) {
			fmt.Fprintln(os.Stderr, "leadline:", err)
		}
		os.Exit(1)
	}
}
