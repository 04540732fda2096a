// Package server puts the parts of an installation together: configuration,
// database, secret, catalogue, operations, pages, workers and the HTTP server.
// An Installation is everything but the serving, which is what the command line
// works on; a Server serves one. Tests start it too.
//
// Whoever reads the database file, the secret and the log can read everything;
// the package keeps all three readable by their owner only.
package server
