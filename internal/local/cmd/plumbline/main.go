// Plumbline runs the whole stack on this machine; --help tells how.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"plumbline/internal/local"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process at once
	if err := local.Command(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "plumbline:", err)
		os.Exit(1)
	}
}
