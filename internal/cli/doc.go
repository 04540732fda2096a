// Package cli is the command line: what starts the server, and what an operator
// does beside the pages. A command reads flags and input, calls one operation,
// and prints what became of it in the language of the machine.
//
// Exit codes: 0 done, 1 a fault, 2 a wrong call or configuration, 3 refused.
// Secrets are read from standard input, never from an argument: other people on
// the machine see arguments.
package cli
