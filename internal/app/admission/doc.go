// Package admission holds the two ways into an account that nobody opened for one:
// its admin keys, posted in letters and asked for anew, and requests to join it by
// its customer number.
package admission
