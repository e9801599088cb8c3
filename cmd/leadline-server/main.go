// Command leadline-server is the shared server: it keeps the company's CRM the same on every
// agent's program.
//
//	leadline-server serve -listen HOST:PORT [-database sqlite:FILE|postgres://…]
//	leadline-server user add|list|password|disable|enable …
//	leadline-server key add|list|revoke …
//	leadline-server webhook add|list|remove …
//	leadline-server backup|restore|verify|erase …
//	leadline-server version
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "leadline-server:", err)
		os.Exit(exitCode(err))
	}
}
