// Package exports makes tables of what an account has: they are asked for, run by
// themselves, and their files are kept some days (REP-2). What they are made of is
// handed in by the families of their nouns, and the words by the edge.
package exports
