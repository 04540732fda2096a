// Command intendant keeps the customer accounts of a software vendor. See
// README.md, or run it without arguments for what it can do.
package main

import (
	"os"
	"time"

	"intendant/internal/cli"
)

func main() {
	code := cli.Run(cli.Machine{
		Args: os.Args[1:], Environ: os.Environ(), Now: time.Now,
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
	})
	zzstop()
	os.Exit(code)
}
